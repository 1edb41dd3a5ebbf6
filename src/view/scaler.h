/* SPDX-License-Identifier: MIT */
/*
 * Shift and unit of a column, so that networks see numbers of about the size 1:
 *
 *     scaled = (value - shift) / unit
 */
#ifndef LTS_VIEW_SCALER_H
#define LTS_VIEW_SCALER_H

#include "data/dataset.h"
#include "view/order.h"
#include "view/transform.h"

/** unit > 0: it is 1 for a column without spread, whatever the kind. */
typedef struct lts_scale {
    double shift, unit;
} lts_scale;

static inline double lts_scale_apply(const lts_scale *scale, double value)
{
    return (value - scale->shift) / scale->unit;
}

static inline double lts_scale_invert(const lts_scale *scale, double scaled)
{
    return scaled * scale->unit + scale->shift;
}

/**
 * Fit the scale of values that lie in several stretches, after a transformation, whose domain must
 * have all of them. Allocates nothing of the data's size.
 *
 * @param kind       lstm_scaling
 * @param transform  NULL = none
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_SHAPE if there is no value.
 */
lstm_status lts_scale_fit(lts_scale *scale, int64_t kind, const lts_transform *transform,
                          const lts_stretch *stretches, int64_t n_stretch);

/** The scales of a data set's stored columns. */
typedef struct lts_scaler {
    int64_t n_column;  /**< C                                                          */
    int64_t n_series;  /**< 1 if the series share the scales, else the number of series */
    lts_scale *scales; /**< [n_series, n_column]                                       */
} lts_scaler;

/** Whether the domain of a transformation has all values of a stored column in the rows `rows`. */
bool lts_is_in_domain(const lstm_dataset *dataset, int64_t rows, int64_t column,
                      const lts_transform *transform);

/**
 * Fit the scales of all stored columns. A column without any value gets shift 0 and unit 1.
 *
 * @param kind        lstm_scaling
 * @param rows        lstm_part
 * @param is_series   each series has scales of its own
 * @param transforms  [C], or NULL = none
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NUMERIC if a value lies outside of the domain of its
 *         transformation (the message names series, row and column); LSTM_E_NOMEM. On failure there
 *         is nothing to clear.
 */
lstm_status lts_scaler_fit(lts_scaler *scaler, int64_t kind, const lstm_dataset *dataset,
                           int64_t rows, bool is_series, const lts_transform *transforms);
void lts_scaler_clear(lts_scaler *scaler);

/**
 * Fit the scales of the static features over the series that have them. A feature that no series has
 * gets shift 0 and unit 1.
 *
 * @param[out] scales  [S], with S static features; free it with lts_free()
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NOMEM. On failure there is nothing to free.
 */
lstm_status lts_statics_fit(lts_scale **scales, int64_t kind, const lstm_dataset *dataset);

/** The scale of a series' column. */
static inline const lts_scale *lts_scaler_get(const lts_scaler *scaler, int64_t series,
                                              int64_t column)
{
    return &scaler->scales[(scaler->n_series == 1 ? 0 : series) * scaler->n_column + column];
}

#endif
