/* SPDX-License-Identifier: MIT */
/**
 * @file forecaster.h
 * lstm_forecaster: rows of a data set in, forecasts in the units of the data out.
 *
 *     lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
 *     options.horizon = 48;
 *     lstm_forecaster_new(&forecaster, &options);
 *     lstm_forecaster_fit(forecaster, dataset);
 *     lstm_forecaster_predict(forecaster, dataset, series, forecast);
 *
 * A forecaster is a mean of networks and a ridge regression, or, where the data does not support
 * more, a baseline. What is not chosen by an option is chosen from the training and the validation
 * part of the data set: the season, the transformation, the base of a window, the context, the
 * sizes of the networks, the number of updates, and which members are used.
 * lstm_forecaster_describe() says what was chosen and why. A network whose training diverges and a
 * ridge regression that cannot be fitted are no candidates, unless the option use asks for them. If
 * a data set has no validation part, its last rows become one. Afterwards everything is fitted
 * again to both parts, unless the option skip_refit is set. The test part is never read.
 */
#ifndef LSTMTS_FORECASTER_H
#define LSTMTS_FORECASTER_H

#include <lstmts/baseline.h>
#include <lstmts/interval.h>
#include <lstmts/loss.h>
#include <lstmts/method.h>
#include <lstmts/model.h>
#include <lstmts/optimizer.h>
#include <lstmts/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A forecaster. Opaque.
 *
 * Thread-safety: any number of threads may forecast with it. lstm_forecaster_fit(),
 * lstm_forecaster_continue() and lstm_forecaster_free() need exclusive access, but
 * lstm_forecaster_cancel() may be called during a fit or a continuation.
 */
typedef struct lstm_forecaster lstm_forecaster;

/** Which members forecast. */
typedef enum lstm_forecaster_use {
    LSTM_USE_AUTO = 0,     /**< by the errors on the validation part: the mean of networks and
                                ridge, unless it is more than 3 % worse than the best of both; its
                                mean with the best baseline if they err alike, within 5 %; that
                                baseline if it is better (default)                           */
    LSTM_USE_MEAN = 1,     /**< the mean of the networks' mean and ridge                     */
    LSTM_USE_NETWORKS = 2, /**< the mean of the networks                                     */
    LSTM_USE_RIDGE = 3,    /**< ridge                                                        */
    LSTM_USE_BASELINE = 4, /**< the best of the baselines                                    */
} lstm_forecaster_use;

/** In place of season_len: the data has no season. */
#define LSTM_NO_SEASON (-1)

/** Progress of a fit. */
typedef struct lstm_fit_progress {
    const char *stage; /**< what is done: "ridge", "network 2 of 3", ...  */
    double fraction;   /**< of the whole fit, 0 .. 1; an estimate         */
    double loss;       /**< of the last update; NaN where there is none   */
    /** MASE on the validation part of what was judged last: a baseline, ridge, networks or their
        mean. NaN before; of a continuation always. */
    double error;
    double best; /**< the least such error until now */
} lstm_fit_progress;

/**
 * Receives the progress, on the thread of the fit and in the caller's floating-point environment.
 * Returns 0 to continue; otherwise the fit is cancelled.
 */
typedef int (*lstm_fit_progress_fn)(const lstm_fit_progress *progress, void *user);

/** Options of a forecaster. A field of 0 is chosen from the data unless stated otherwise. */
typedef struct lstm_forecaster_options {
    uint64_t struct_size; /**< set by LSTM_FORECASTER_OPTIONS_INIT                            */
    int64_t horizon;      /**< rows that are forecast, >= 1; required                         */
    int64_t season_len;   /**< rows, >= 2; or LSTM_NO_SEASON                                  */
    int64_t use;          /**< lstm_forecaster_use                                            */
    int64_t n_network;    /**< number of networks, 1 .. 64; 0 = 3                             */
    int64_t n_hidden;     /**< units of a layer                                               */
    int64_t n_layer;      /**< LSTM layers; 0 = 1                                             */
    int64_t n_update;     /**< updates of a network                                           */
    int64_t batch_size;   /**< windows of an update                                           */
    double learning_rate; /**< of Adam, with a warm-up, and a cosine to 0                     */
    double dropout;       /**< as of an updater; LSTM_ZERO = none                             */
    /** Of the networks, and transformation, scales and season of ridge. Its part is ignored. NULL =
        from the data. */
    const lstm_view_options *view;
    /** NULL = LSTM_LOSS_HUBER, mean over all targets. With LSTM_LOSS_NEGATIVE_BINOMIAL networks see
        counts as they are. */
    const lstm_loss_options *loss;
    uint64_t seed;     /**< of all networks; forecasters of different seeds share no network  */
    int64_t n_threads; /**< as of an updater; 0 = 1                                           */
    /**
     * Where networks are trained, by fits and continuations: as of an updater; copied, and looked
     * for at once. NULL = "cpu". Forecasts are computed on the processor. The file of a forecaster
     * states where it was trained; a loaded one is trained on "cpu", unless the options of a
     * continuation name another device
     */
    const char *device;
    /**
     * Path of an existing folder; copied. Each training of a fit has a folder training-NNN of its
     * own in it, with log and snapshots (trainer.h). A fit that was cancelled or killed is
     * continued by calling lstm_forecaster_fit() again with the same options and data, also in
     * another process: what it makes has the bits of an uninterrupted fit. Trainings of other data
     * or options in the folder are LSTM_E_MISMATCH. lstm_forecaster_method() ignores it. NULL =
     * no files
     */
    const char *folder;
    lstm_fit_progress_fn on_progress; /**< NULL = none                                        */
    void *progress_user; /**< passed to on_progress                                           */
    /** [n_level] of intervals, above 0 and below 1, ascending; NULL = 0.9. */
    const double *levels;
    int64_t n_level; /**< L, 1 .. 16; 0 = 1                                              */
    /**
     * How intervals are calibrated (uncertainty.h): window, block_len, stride, is_two_sided,
     * is_conformalized and rate; copied. What is 0 has the default of a forecaster, which
     * docs/intervals.md states. Its other fields must be 0. is_conformalized: 1 needs a loss with a
     * distribution (loss.h), whose quantiles are calibrated. NULL = all defaults
     */
    const lstm_interval_options *interval;
    int64_t calibrate_once; /**< 1 = intervals learn from the validation part and no later rows;
                                 their levels are not adapted                                 */
    double average_decay;   /**< as of an updater; networks forecast with the average; 0 = none */
    /** 0 = members are fitted again to training and validation part when all is chosen. 1 = they
        are not: those that were fitted to the training part and judged on the validation part
        forecast. A network is trained once instead of twice, and intervals come from the errors
        of the same members; but the newest rows are not learned. */
    int64_t skip_refit;
    /** 1 = networks keep the moments of Adam, with which lstm_forecaster_continue() begins, also in
        a file, which is three times as large. */
    int64_t keep_moments;
    /** NULL = from the data, or `view`; its horizon is ignored. */
    const lstm_ridge_options *ridge;
    /**
     * [n_view] views, copied, in place of `view`: network i has views[i % n_view], and ridge uses
     * views[0] as it would use `view`. NULL = `view`
     */
    const lstm_view_options *const *views;
    int64_t n_view; /**< 1 .. n_network where there are views, else 0 */
    /**
     * Seconds that a fit may take, >= 0; 0 = no limit. Baselines and ridge are fitted in any case.
     * Where time is short, networks have fewer views to choose from or fewer updates, or are left
     * out, and "because" of lstm_forecaster_describe() says so: such fits differ. Not with a folder
     */
    double max_seconds;
} lstm_forecaster_options;

#define LSTM_FORECASTER_OPTIONS_INIT                                                               \
    {                                                                                              \
        sizeof(lstm_forecaster_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  \
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0                                                           \
    }

/**
 * Set options as LSTM_FORECASTER_OPTIONS_INIT does: see lstm_model_options_init().
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_OPTIONS.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_options_init(lstm_forecaster_options *options, uint64_t size);

/**
 * Create a forecaster that is not fitted.
 *
 * @param[out] forecaster  free it with lstm_forecaster_free().
 * @param options          copied, with views and loss.
 * @return LSTM_OK; LSTM_E_ARGUMENT (the message names the field); LSTM_E_OPTIONS;
 *         LSTM_E_DEVICE if there is no such device; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_new(lstm_forecaster **forecaster,
                                         const lstm_forecaster_options *options);

/**
 * Free a forecaster; NULL is allowed.
 *
 * @since 0.1
 */
LSTM_API void lstm_forecaster_free(lstm_forecaster *forecaster);

/**
 * Fit a forecaster. A fit replaces an earlier one.
 *
 * Few rows are no error: where fewer than five forecasts of the horizon fit into the validation
 * parts, or no training part has three seasons, and the option use is LSTM_USE_AUTO, a baseline
 * forecasts. With no forecast there, it is seasonal naive, or naive without a season, and bounds of
 * intervals are NaN until a row after the fit has scored one. lstm_forecaster_describe() says so:
 * "forecast_by" and "because". A series without a validation part has enough rows from
 * 3 * (horizon + 4) on.
 *
 * @param dataset  not kept.
 * @return LSTM_OK; LSTM_STOPPED if it was cancelled; LSTM_E_ARGUMENT; LSTM_E_SHAPE if the training
 *         part is too short for any method; LSTM_E_NUMERIC if members that the option use asks for
 *         diverge; LSTM_E_LIMIT, also if max_seconds were too few for them; LSTM_E_NOMEM; with a
 *         folder also LSTM_E_IO, LSTM_E_LOCKED, LSTM_E_MISMATCH and the errors of
 *         lstm_trainer_resume(). On failure and after a cancellation the forecaster is as before.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_fit(lstm_forecaster *forecaster, const lstm_dataset *dataset);

/**
 * Stop a fit, or a continuation, after its present update: it returns LSTM_STOPPED. If none is in
 * progress, the next one stops at once, or fails for another reason. NULL is allowed.
 *
 * Thread-safety: any thread at any time, and signal handlers.
 *
 * @since 0.1
 */
LSTM_API void lstm_forecaster_cancel(lstm_forecaster *forecaster);

/**
 * Forecast a series from its last row.
 *
 * @param dataset  the one of the fit, or another with the same columns, roles, static features and
 *                  step; missing policy and holidays may be others. Its series are those of the fit
 *                  that have the same names, or the same numbers where one of both was added
 *                  without a name; its rows those of the same times, or numbers. So a window of
 *                  the last rows, with the context of the forecaster, is forecast as the whole
 *                  series, unless rows have no times, or a drift forecasts, which begins at the
 *                  first row. Other series are new: where each series has scales of its own, those
 *                  of a new one come from its latest rows before the origin.
 * @param series   a series of it
 * @param[out] y   [horizon, K], K target columns in their order. NaN where the forecast is that of
 *                 a baseline and the column has no value.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER before a fit; LSTM_E_SHAPE if the data set does
 *         not fit the forecaster, or future rows of known covariates are missing, which networks
 *         read, and ridge where they have effects; LSTM_E_LIMIT if a calendar column is needed
 *         after the year 9999; LSTM_E_NUMERIC; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_predict(const lstm_forecaster *forecaster,
                                             const lstm_dataset *dataset, int64_t series,
                                             lstm_real *y);

/**
 * Forecast a series from several of its rows. Later rows are not read, except in known columns:
 * values that the data set filled from them are filled without them (lstm_missing).
 *
 * @param origins   [n_origin] numbers of known rows, 1 .. number of rows
 * @param horizon   rows, >= 1. It may be longer than the forecaster's: networks run on, and ridge
 *                  reads its own forecasts. Rows from lstm_forecaster_horizon() on are beyond what
 *                  was trained and judged.
 * @param[out] y    [n_origin, horizon, K]
 * @return as lstm_forecaster_predict(); LSTM_E_SHAPE also if the series has fewer rows than an
 *         origin.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_predict_from(const lstm_forecaster *forecaster,
                                                  const lstm_dataset *dataset, int64_t series,
                                                  const int64_t *origins, int64_t n_origin,
                                                  int64_t horizon, lstm_real *y);

/**
 * Forecast each of many series from its last row: as lstm_forecaster_predict() of each, with the
 * same bits, but many together, which takes less time.
 *
 * @param series   [n] numbers in the data set; NULL = 0 .. n-1
 * @param n        >= 1; with lstm_dataset_series() and NULL all are forecast
 * @param[out] y   [n, horizon, K]
 * @return as lstm_forecaster_predict(). If one of them cannot be forecast, none is.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_predict_series(const lstm_forecaster *forecaster,
                                                    const lstm_dataset *dataset,
                                                    const int64_t *series, int64_t n, lstm_real *y);

/**
 * What was chosen and why, as JSON: season, errors on the validation part, networks and ridge with
 * their views if they forecast, and the last errors of all candidates. Keys are the names of
 * options where there is one. New keys may be added.
 *
 * @param[out] text    as much of the text as fits, and a 0; NULL is allowed if size is 0.
 * @param size         bytes of `text`, >= 0
 * @param[out] length  bytes of the text, without the 0: it is complete if length < size. NULL is
 *                     allowed.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER before a fit; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_describe(const lstm_forecaster *forecaster, char *text,
                                              int64_t size, int64_t *length);

/**
 * Save a fitted forecaster: one safetensors file with everything that it needs to forecast and to
 * be fitted again, but no rows of the data set, no folder and no on_progress (docs/file-format.md).
 * The file is replaced as by lstm_model_save().
 *
 * @return LSTM_OK; LSTM_E_ORDER before a fit; LSTM_E_IO; LSTM_E_NUMERIC; LSTM_E_LIMIT if names and
 *         roles take more than 8 MiB; LSTM_E_NOMEM. On failure an existing file is kept.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_save(const lstm_forecaster *forecaster, const char *path);

/**
 * Load a forecaster, which forecasts with the same bits as the one that was saved. Nothing in the
 * file is trusted: a file that any program may have written is refused, or makes a forecaster that
 * is valid and takes not much more memory than the file. The time of a forecast grows with the
 * context, which the file states.
 *
 * @param[out] forecaster  free it with lstm_forecaster_free().
 * @return LSTM_OK; LSTM_E_IO; LSTM_E_TRUNC; LSTM_E_CHECKSUM; LSTM_E_FORMAT, also if the file holds
 *         a model or a checkpoint; LSTM_E_VERSION; LSTM_E_NAME, LSTM_E_SHAPE, LSTM_E_DTYPE or
 *         LSTM_E_NUMERIC, naming the tensor; LSTM_E_LIMIT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_load(lstm_forecaster **forecaster, const char *path);

/**
 * Create a forecaster with the same options, but no folder, that has the same fit. They share its
 * memory until either is fitted again or continued. So a service can forecast on one thread while
 * another one fits, or continues, a clone:
 *
 *     lstm_forecaster_clone(&next, forecaster);
 *     lstm_forecaster_fit(next, dataset);            forecaster is in use meanwhile
 *     then let the threads use `next`, and free `forecaster` when no thread uses it.
 *
 * @param[out] forecaster  free it with lstm_forecaster_free(), before or after `source`.
 * @param source           fitted or not; it must not be fitted or continued meanwhile.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_clone(lstm_forecaster **forecaster,
                                           const lstm_forecaster *source);

/**
 * The rows that lstm_forecaster_predict() forecasts, as in the options; 0 for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_forecaster_horizon(const lstm_forecaster *forecaster);

/**
 * The number of target columns, K; 0 before a fit and for NULL.
 *
 * @since 0.1
 */
LSTM_API int64_t lstm_forecaster_targets(const lstm_forecaster *forecaster);

/**
 * The levels of the intervals, [L], ascending; valid until the forecaster is freed.
 *
 * @param[out] n_level  L; 0 for NULL. NULL is allowed.
 * @return NULL for NULL.
 * @since 0.1
 */
LSTM_API const double *lstm_forecaster_levels(const lstm_forecaster *forecaster, int64_t *n_level);

/**
 * Create an empty data set with columns, roles, step, missing policy, calendar and static features
 * of the data set of the fit. The forecaster accepts it once series are added.
 *
 * @param[out] dataset  free it with lstm_dataset_free().
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_ORDER before a fit; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_frame(lstm_dataset **dataset,
                                           const lstm_forecaster *forecaster);

/**
 * A network of the forecaster, which owns it; valid until it is fitted again or freed.
 *
 * @return the model; NULL if there is none with that number.
 * @since 0.1
 */
LSTM_API const lstm_model *lstm_forecaster_model(const lstm_forecaster *forecaster, int64_t number);

/**
 * The view through which a network of the forecaster sees data, for lstm_view_forecast(). It is
 * valid as long as the network, has a data set without series, and so no windows.
 *
 * @return the view; NULL if there is no network with that number.
 * @since 0.1
 */
LSTM_API const lstm_view *lstm_forecaster_view(const lstm_forecaster *forecaster, int64_t number);

/**
 * Create a method (method.h) that fits a forecaster and forecasts with it, for backtests. Its
 * quantiles are those of lstm_forecaster_quantiles(). Its fits write no files: the folder of the
 * options is ignored, since the trainings of a folder are those of one fit, and backtests fit to
 * several parts. If a fit is cancelled, lstm_method_fit() returns LSTM_E_ORDER with the message
 * "the fit was cancelled", because forecasts need a fit.
 *
 * @param[out] method  free it with lstm_method_free().
 * @param forecaster   borrowed.
 * @param name         shown in tables; copied.
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NOMEM.
 * @since 0.1
 */
LSTM_API lstm_status lstm_forecaster_method(lstm_method **method, lstm_forecaster *forecaster,
                                            const char *name);

#ifdef __cplusplus
}
#endif

#endif
