/* SPDX-License-Identifier: MIT */
/**
 * @file view.h
 * lstm_view: how the rows of a data set become the steps of a network.
 *
 * A step reads one segment of w rows and predicts the next one. A window with the origin r has
 * context_len segments before row r, which are known, and horizon segments from row r on, which are
 * predicted: the network runs T = context_len + horizon - 1 steps, and its loop is closed from step
 * context_len on. Windows may begin at any row.
 *
 * What a network sees of a value v in row i of a column is
 *
 *     z = (f(v) - shift) / unit - season(i),    less z of row i - difference if that is not 0,
 *     x = (z - base) / spread
 *
 * with f a transformation, shift and unit the scale of the column, and base and spread those of the
 * window. Forecasts are in the units of the data: everything is inverted. Scales and seasons are
 * fitted to the values of the view's part that were given, not filled. A column without any has
 * shift 0, unit 1 and no season. A value outside of the part and of the domain of f counts as
 * missing. Filled values before the origin are those of a series that ends there (lstm_missing).
 *
 * Inputs of a step, D numbers: w rows of the columns that are fed back; w rows of 0 or 1 that say
 * which of these values are missing or lie after the origin, if missing_input is set; w rows of
 * past covariates (LSTM_ROLE_INPUT); w rows of known covariates in the predicted segment, with
 * those of the calendar; the static features, scaled over the series of the data set, or 0 if a
 * series has none; a 1 at the place of the column, if column_input is set. Targets, K numbers: w
 * rows of the target columns. Rows of several columns are row-major.
 *
 * A missing value that is fed back is replaced by the network's own prediction, and by 0 in the
 * first step. A past covariate is 0 before its first value and before the first row of a series.
 * Where a window reaches beyond the rows of a known covariate, the column keeps its last value, or
 * with LSTM_MISSING_SEASONAL has that of one season before. A target is not scored if it is
 * missing, filled, the difference from a filled value, or beyond the part.
 */
#ifndef LSTMTS_VIEW_H
#define LSTMTS_VIEW_H

#include <lstmts/dataset.h>
#include <lstmts/loss.h>
#include <lstmts/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A view. Opaque. It borrows its data set, which must exist as long as the view and must not change
 * except by lstm_dataset_append() and lstm_dataset_set_future().
 *
 * Thread-safety: any number of threads may read it.
 */
typedef struct lstm_view lstm_view;

/** Whether target columns are predicted together. */
typedef enum lstm_channels {
    LSTM_CHANNELS_JOINT = 0,       /**< all of them in one vector (default)                       */
    LSTM_CHANNELS_INDEPENDENT = 1, /**< each is a series of its own, by the same network. Needs
                                        LSTM_ROLE_BOTH for all targets                            */
} lstm_channels;

/** A function of the values. All are increasing, so quantiles stay quantiles. */
typedef enum lstm_transform {
    LSTM_TRANSFORM_NONE = 0,
    LSTM_TRANSFORM_LOG = 1,    /**< log v, v > 0                                            */
    LSTM_TRANSFORM_SQRT = 2,   /**< sqrt v, v >= 0                                          */
    LSTM_TRANSFORM_BOXCOX = 3, /**< (v^lambda - 1) / lambda, or log v if lambda is 0; v > 0 */
} lstm_transform;

/** Shift and unit of a column. The unit is 1 for a column without spread. */
typedef enum lstm_scaling {
    LSTM_SCALING_NONE = 0,     /**< 0 and 1                                                   */
    LSTM_SCALING_STANDARD = 1, /**< mean and standard deviation                               */
    LSTM_SCALING_MINMAX = 2,   /**< minimum and maximum - minimum                             */
    LSTM_SCALING_ROBUST = 3,   /**< median and distance of the quartiles                      */
} lstm_scaling;

/** The base of a window, from the known values of its context; 0 if there are none. */
typedef enum lstm_base {
    LSTM_BASE_NONE = 0, /**< 0                                             */
    LSTM_BASE_LAST = 1, /**< the last value                                */
    LSTM_BASE_MEAN = 2, /**< the mean of the last base_len rows            */
} lstm_base;

/** What a network sees of past covariates after the origin. */
typedef enum lstm_past {
    LSTM_PAST_REFUSE = 0, /**< there must be none (default)                                */
    LSTM_PAST_HOLD = 1,   /**< their last values before the origin, in training as well    */
} lstm_past;

/** The season that is taken out of a column. */
typedef enum lstm_season {
    LSTM_SEASON_NONE = 0,
    LSTM_SEASON_PHASES = 1, /**< a mean for each of the season_len rows of a period             */
    LSTM_SEASON_HARMONICS =
        2,                /**< n_harmonic harmonics of a period of season_len rows            */
    LSTM_SEASON_YEAR = 3, /**< n_harmonic harmonics of the year; rows must have times         */
} lstm_season;

/** Which rows a view is for: targets of windows, and what scales and seasons are fitted to. */
typedef enum lstm_part {
    LSTM_PART_TRAIN = 0,       /**< the training part (default)         */
    LSTM_PART_TRAIN_VALID = 1, /**< training and validation part        */
    LSTM_PART_ALL = 2,         /**< all rows                            */
} lstm_part;

/** Options of a view. */
typedef struct lstm_view_options {
    uint64_t struct_size;  /**< set by LSTM_VIEW_OPTIONS_INIT                                     */
    int64_t segment_len;   /**< w, rows of a segment, >= 1; 0 = 1                                 */
    int64_t context_len;   /**< segments that are read, >= 1; required                            */
    int64_t horizon;       /**< segments that are predicted in training, >= 1; 0 = 1. Forecasts may
                                be longer                                                         */
    int64_t channels;      /**< lstm_channels                                                     */
    int64_t column_input;  /**< 1 = the network is told which column it predicts; needs
                                LSTM_CHANNELS_INDEPENDENT                                         */
    int64_t transform;     /**< lstm_transform of the target columns                              */
    double lambda;         /**< -1 .. 2; LSTM_TRANSFORM_BOXCOX                                    */
    int64_t difference;    /**< rows, >= 0; 0 = none                                              */
    int64_t scaling;       /**< lstm_scaling of all stored columns and of the static features     */
    int64_t scale_series;  /**< 1 = each series has scales of its own                             */
    int64_t base;          /**< lstm_base                                                         */
    int64_t base_len;      /**< rows, 1 .. those of the context; LSTM_BASE_MEAN; 0 = all of them  */
    double spread_floor;   /**< > 0: the spread of a window is the standard deviation of the known
                                values of its context, but at least this; 0 = the spread is 1     */
    int64_t season;        /**< lstm_season                                                       */
    int64_t season_len;    /**< rows, >= 2; LSTM_SEASON_PHASES and _HARMONICS                     */
    int64_t n_harmonic;    /**< 1 .. 16; LSTM_SEASON_HARMONICS and _YEAR                          */
    int64_t past;          /**< lstm_past                                                         */
    int64_t missing_input; /**< 1 = the network is told which inputs are missing                  */
    int64_t skip_context;  /**< 1 = only predictions of rows from the origin on are scored        */
    int64_t part;          /**< lstm_part                                                         */
    int64_t skip_short;    /**< 1 = leave out series that are too short for a window; 0 = pad them
                                in front as if rows were missing. A series without a known row
                                before its first predicted segment is always left out             */
    int64_t skip_transform; /**< 1 = a target column with a value outside of the domain of the
                                 transformation in the part is not transformed; 0 = it is refused */
} lstm_view_options;

#define LSTM_VIEW_OPTIONS_INIT                                                                     \
    {                                                                                              \
        sizeof(lstm_view_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  \
            0                                                                                      \
    }

/**
 * Set options as LSTM_VIEW_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_view_options_init(lstm_view_options *options, uint64_t size);

/**
 * Create a view: fit scales and seasons, and count windows. The windows of a series are those that
 * have the first segment after their origin within the part, for each channel.
 *
 * @param[out] view  free it with lstm_view_free().
 * @param dataset    borrowed. Its columns, roles and parts are read now.
 * @param options    not kept.
 * @return LSTM_OK; LSTM_E_ARGUMENT (the message names the field); LSTM_E_OPTIONS; LSTM_E_NUMERIC if
 *         a value is outside of the domain of the transformation (the message names series, row and
 *         column); LSTM_E_SHAPE if no series has a window, or too few values for a season;
 *         LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_view_new(lstm_view **view, const lstm_dataset *dataset,
                                   const lstm_view_options *options);

/**
 * Free a view; NULL is allowed. No object that borrows it may be used afterwards.
 *
 * @since 0.1
 */
LSTM_API void lstm_view_free(lstm_view *view);

/**
 * Number of inputs of a step, D; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_view_inputs(const lstm_view *view);
/**
 * Number of targets of a step, K; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_view_targets(const lstm_view *view);
/**
 * Number of windows; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_view_windows(const lstm_view *view);
/**
 * Number of series without a window: too short, or left out by skip_short; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_view_skipped(const lstm_view *view);

/** A window of a view. */
typedef struct lstm_view_window {
    int64_t series;  /**< number in the data set                                    */
    int64_t channel; /**< number of the target column among the targets; 0 if joint */
    int64_t origin;  /**< first row that is predicted                               */
} lstm_view_window;

/**
 * Get a window by its number: what lstm_iter_offsets() returns for an iterator over a view.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_view_window_at(const lstm_view *view, int64_t number,
                                         lstm_view_window *window);

/**
 * Forecast rows by a network that was trained over a view, from any rows of any series. The network
 * reads the rows before the origin and, in known columns, those of the forecast.
 *
 * @param model      with D inputs and n_out * K outputs of the view and the loss
 * @param loss       of the training: the forecast is its location; NULL = all defaults. Not kept.
 * @param dataset    with the columns, roles, static features and step of that of the view; NULL =
 *                   that one. It may have other rows, and other series unless each has scales of
 *                   its own
 * @param series     [n] numbers in the data set
 * @param origins    [n] first rows that are forecast, 1 .. number of rows of the series
 * @param n          >= 1
 * @param horizon    rows, >= 1; not bounded by the horizon of the view
 * @param n_threads  as lstm_forecast_options.n_threads
 * @param[out] y     [n, horizon, number of target columns], in the units of the data
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS; LSTM_E_SHAPE if model, loss or data set do not
 *         fit the view, a series has fewer rows than its origin, or future rows of known covariates
 *         are missing; LSTM_E_NUMERIC if an output is not finite; LSTM_E_LIMIT; LSTM_E_NOMEM. On
 *         failure y does not change.
 * @since 0.1
 */
LSTM_API lstm_status lstm_view_forecast(const lstm_view *view, const lstm_model *model,
                                        const lstm_loss_options *loss, const lstm_dataset *dataset,
                                        const int64_t *series, const int64_t *origins, int64_t n,
                                        int64_t horizon, int64_t n_threads, lstm_real *y);

#ifdef __cplusplus
}
#endif

#endif
