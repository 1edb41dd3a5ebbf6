/* SPDX-License-Identifier: MIT */
/*
 * Intervals of one series as its rows come: the scores that a fit has calibrated, and those of
 * forecasts since. All series share the scores, which are therefore relative: forecasts, rows and
 * bounds are divided by the scale of the series, the mean absolute change of a column over a
 * season.
 */
#ifndef LTS_FORECASTER_SCORING_H
#define LTS_FORECASTER_SCORING_H

#include "forecaster/forecaster.h"

/** Options of the intervals of a forecaster, with their defaults but for those of a rate. */
lstm_interval_options lts_scoring_options(const lts_fitted *fitted,
                                          const lstm_forecaster_options *options);

typedef struct lts_scoring {
    int64_t H, K, L, stride;
    int64_t first; /**< row of the first forecast that is scored, >= 1              */
    const lts_fitted *fitted;
    int64_t number;          /**< of the series in the fit; -1 = a new one                    */
    lstm_interval *interval; /**< in units of the scales                                      */
    double *scales;          /**< [K]                                                       */
    bool has_scales;         /**< and keeps them: always, or from row `first` on            */
    real *low, *high; /**< [H, K] / scales, and NULL; of conformalized ones [L, H, K] each  */
    real *row;        /**< [K] / scales                                              */
} lts_scoring;

/**
 * Begin with the scores of the fit.
 * @param number  of the series in the fit; -1 = a new one
 * @param first   see lts_scoring_first()
 * @return LSTM_OK; LSTM_E_LIMIT; LSTM_E_NOMEM. Clear it in each case. It borrows from `fitted`.
 */
lstm_status lts_scoring_init(lts_scoring *scoring, const lts_fitted *fitted,
                             const lstm_forecaster_options *options, int64_t number, int64_t first);
void lts_scoring_clear(lts_scoring *scoring);

/** In place of a row: no forecast is scored. A horizon may be added to it. */
#define LTS_SCORED_NEVER (INT64_MAX / 2)

/**
 * The row from which forecasts of a series are scored: since the fit, whose members have seen the
 * rows before; not before a context and a season of a series that the fit has not seen, or whose
 * first rows are missing here; and no more forecasts before `present` than scores are kept.
 * @param known    the first row that the fit has not seen, if number >= 0
 * @param present  number of rows that are there
 */
int64_t lts_scoring_first(const lts_fitted *fitted, int64_t number, int64_t known, int64_t present,
                          int64_t H);

/** Rows before an origin that the scales of a series come from which the fit has not seen. */
int64_t lts_scoring_rows(const lts_fitted *fitted);

/**
 * The scales of a series: those of the fit, or of the last rows of a new one. Where these do not
 * change, they are the mean of the fit.
 * @param number       of the series in the fit; -1 = a new one
 * @param n_row        number of present rows in `dataset`
 * @param[out] scales  [K]
 */
void lts_scoring_scales(const lts_fitted *fitted, int64_t number, const lstm_dataset *dataset,
                        int64_t series, int64_t n_row, double *scales);

/** Whether the forecast from a row is to be scored. */
static inline bool lts_scoring_is_due(const lts_scoring *scoring, int64_t row)
{
    return row >= scoring->first && (row - scoring->first) % scoring->stride == 0;
}

/**
 * Set the scales of a new series from its last rows, until it keeps them. To be called before each
 * of the following.
 * @param n_row  number of present rows in `dataset`
 */
void lts_scoring_measure(lts_scoring *scoring, const lstm_dataset *dataset, int64_t series,
                         int64_t n_row);

/** A forecast with the quantiles of conformalized intervals. */
typedef struct lts_scored {
    const real *y;      /**< [H, K]                                                           */
    const real *spread; /**< of the first share: how far its quantile [H, K] is from y; NULL = 0 */
    int64_t distance;   /**< values from share to share, which are those of the forecaster     */
} lts_scored;

/** The forecast from the present row is to be scored. LSTM_E_ORDER as of an interval. */
lstm_status lts_scoring_expect(lts_scoring *scoring, const lts_scored *forecast);

/** The next row, all stored columns: values [C]. Those of NaN are missing. */
lstm_status lts_scoring_observe(lts_scoring *scoring, const lstm_dataset *dataset,
                                const real *values);

/**
 * Replace negative values of y [n], rows of K columns, by 0 in columns that some member transforms:
 * no value of such a column is below 0 (lstm_transform).
 */
void lts_cut_at_domain(const lts_fitted *fitted, int64_t n, real *y);

/** Bounds [L, H, K] around a forecast from the present row; NaN without scores. */
lstm_status lts_scoring_bounds(lts_scoring *scoring, const lts_scored *forecast, real *lower,
                               real *upper);

#endif
