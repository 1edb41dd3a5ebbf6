/* SPDX-License-Identifier: MIT */
#ifndef LTS_VIEW_VIEW_H
#define LTS_VIEW_VIEW_H

#include "data/columns.h"
#include "data/dataset.h"
#include "view/season.h"
#include <lstmts/view.h>

/** Columns of the data set that are used in one way. */
typedef struct lts_column_list {
    int64_t n;
    int64_t *at; /**< [n] numbers; from the data set's C on those of the calendar */
} lts_column_list;

struct lstm_view {
    const lstm_dataset *dataset; /**< borrowed                                          */
    lstm_view_options options;
    lts_columns columns; /**< D, K and feed; of the rest nothing                        */
    int64_t n_channel;   /**< channels of a series: the targets, or 1 if joint          */
    int64_t n_base;      /**< columns of a window that have a base: 1, or the targets   */
    lts_column_list targets, fed, past, known;
    bool independent;
    bool holes; /**< some window has missing values in columns that are fed back         */
    bool plain; /**< without transformation, season and differences                      */
    lts_transform transform;
    double *transformed;   /**< [C] 1 = the stored column is transformed; else 0             */
    bool transforms_known; /**< the known covariates in the domain are transformed, too      */
    lts_scaler scaler;
    lts_scale *static_scales; /**< of the static features                        */
    lts_season season;
    int64_t n_window, n_skipped; /**< windows, and series without one                    */
    int64_t *first;  /**< [n_series + 1] number of the first window of a series          */
    int64_t *origin; /**< [n_series] of its first window                                 */
    int64_t *end;    /**< [n_series] rows of its part                                    */
};

/** A window that is read. Rows before 0 and from `limit` on are missing. */
typedef struct lts_place {
    int64_t series, channel, origin, limit;
} lts_place;

/** Base and spread of a column in a window, in the units of z. */
typedef struct lts_level {
    real base, spread;
} lts_level;

/** Window `number` as it is trained: its rows end with the part. */
lts_place lts_view_place(const lstm_view *view, int64_t number);

/** z of a row of a stored column (view.h); NaN if it is missing. */
double lts_view_z(const lstm_view *view, const lts_place *place, int64_t column, int64_t row);

/**
 * A covariate in a row, which is only scaled, or transformed and scaled; 0 if it is missing or not
 * in the domain. Known ones exist in any row.
 */
real lts_view_covariate(const lstm_view *view, const lts_place *place, int64_t column, int64_t row);

/** All known covariates in a row, as lts_view_covariate(): u [known.n]. */
void lts_view_known(const lstm_view *view, int64_t series, int64_t row, real *u);

/** Base and spread of the n_base columns: levels [n_base]. */
void lts_view_levels(const lstm_view *view, const lts_place *place, lts_level *levels);

/** Inputs of a step: x [D]. Missing values that may be fed are NaN, others 0. */
void lts_view_inputs(const lstm_view *view, const lts_place *place, const lts_level *levels,
                     int64_t step, real *x);

/**
 * Targets of a step and their weights, 0 or 1: both [K], and either may be NULL. A target that is
 * not scored is 0.
 */
void lts_view_targets(const lstm_view *view, const lts_place *place, const lts_level *levels,
                      int64_t step, real *target, real *weight);

/**
 * From the units of x back to those of the data, in place.
 * @param values  [n, n_base] of the rows from the origin on; the rows of a place that has
 *                differences must begin there
 */
void lts_view_restore(const lstm_view *view, const lts_place *place, const lts_level *levels,
                      int64_t n, real *values);

/** The transformation of a stored column. */
static inline lts_transform lts_view_transform(const lstm_view *view, int64_t column)
{
    return view->transformed[column] != 0 ? view->transform
                                          : (lts_transform){LSTM_TRANSFORM_NONE, 0};
}

/** A value z of a row in the units of the data. */
real lts_view_value(const lstm_view *view, int64_t series, int64_t column, int64_t row, double z);

/**
 * The view on another data set with the same columns; scales and seasons stay those of the fit. It
 * borrows from `view`, and has no windows.
 */
static inline lstm_view lts_view_on(const lstm_view *view, const lstm_dataset *dataset)
{
    lstm_view other = *view;
    other.dataset = dataset;
    return other;
}

/**
 * Leave the data set of a view for one with the same columns and without series, which it borrows
 * from now on. It then has no windows.
 */
static inline void lts_view_leave(lstm_view *view, const lstm_dataset *frame)
{
    view->dataset = frame;
    view->n_window = 0;
}

/** Check options, and replace those of 0 by what they stand for. LSTM_E_ARGUMENT, LSTM_E_LIMIT. */
lstm_status lts_view_options_check(lstm_view_options *options);

/** LSTM_E_ARGUMENT naming the option by which a view changes values: counts would be none. */
lstm_status lts_view_check_counts(const lstm_view_options *options);

/**
 * As lstm_view_new(), but where targets that are not in the domain of the transformation are not
 * transformed (skip_transform), known covariates in the domain are: the effect of a price on the
 * logarithm of sales is proportional to the logarithm of the price, at any level of both.
 */
lstm_status lts_view_new_known(lstm_view **view, const lstm_dataset *dataset,
                               const lstm_view_options *options);

/** What a view has fitted, as it lies in a file. */
typedef struct lts_view_stored {
    int64_t D;          /**< the number of inputs that the view must have                   */
    int64_t n_series;   /**< of the scales                                                  */
    const void *scales; /**< doubles [n_series, C, 2]: shift and unit, all finite          */
    const void *season; /**< reals [C, lts_season_phases() + 1], all finite; NULL if none  */
    const void *static_scales; /**< doubles [S, 2] as `scales`; NULL if there are no features */
    const void *transformed;   /**< doubles [C], 0 or not; NULL = all targets                 */
    bool transforms_known;     /**< of lts_view_new_known()                                   */
} lts_view_stored;

/** Whether `transformed` is in a file: not all targets may be transformed. */
static inline bool lts_view_stores_transforms(const lstm_view_options *options)
{
    return options->skip_transform && options->transform != LSTM_TRANSFORM_NONE;
}

/**
 * A view without windows from what another one has fitted.
 * @param frame    borrowed; it needs no series.
 * @param options  checked
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE; LSTM_E_NUMERIC; LSTM_E_LIMIT; LSTM_E_NOMEM.
 */
lstm_status lts_view_new_stored(lstm_view **view, const lstm_dataset *frame,
                                const lstm_view_options *options, const lts_view_stored *stored);

/**
 * A view with the windows of another data set, which has the same columns and no more series than
 * the view has scales; scales and seasons stay those of the fit.
 * @param part  lstm_part, of the windows
 * @return LSTM_OK; LSTM_E_SHAPE if there is no window; LSTM_E_NOMEM.
 */
lstm_status lts_view_new_like(lstm_view **view, const lstm_view *like, const lstm_dataset *dataset,
                              int64_t part);

/** Row at which step `step` begins to read; it predicts the segment after. */
static inline int64_t lts_view_row(const lstm_view *view, const lts_place *place, int64_t step)
{
    return place->origin + (step - view->options.context_len) * view->options.segment_len;
}

/** The stored column of a channel's or a joint window's target j, 0 .. n_base - 1. */
static inline int64_t lts_view_target(const lstm_view *view, const lts_place *place, int64_t j)
{
    return view->targets.at[view->independent ? place->channel : j];
}

#endif
