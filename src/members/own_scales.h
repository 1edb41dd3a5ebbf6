/* SPDX-License-Identifier: MIT */
/*
 * How a member sees a series where each series has scales of its own (scale_series of a view): in
 * those that the fit has for it or, where the fit has not seen it, in scales of its latest rows.
 */
#ifndef LTS_MEMBERS_OWN_SCALES_H
#define LTS_MEMBERS_OWN_SCALES_H

#include "view/view.h"

typedef struct lts_own_scales {
    int64_t n_series;  /**< of the data set; 1 if only one of them is forecast                  */
    int64_t n_row;     /**< most rows before an origin that the scales of a new series come from */
    real *values;      /**< [n_row] a column of these rows                                      */
    lts_scale *scales; /**< [n_series, C]                                                       */
} lts_own_scales;

/**
 * @param n_row     0 if no series is new
 * @param n_column  C, stored columns
 * LSTM_E_NOMEM; clear it in each case.
 */
lstm_status lts_own_scales_init(lts_own_scales *own, int64_t n_series, int64_t n_row,
                                int64_t n_column);
void lts_own_scales_clear(lts_own_scales *own);

/**
 * The view of a member on a data set. It borrows from `view` and, where each series has scales of
 * its own, from `own`: set them with lts_own_scales_set() before it is used.
 */
lstm_view lts_own_scales_view(const lts_own_scales *own, const lstm_view *view,
                              const lstm_dataset *dataset);

/**
 * Set the scales of a series, where each has its own: those of the fit, or of a new series from its
 * observed rows before the origin; columns without any have shift 0 and unit 1. Allocates nothing.
 * @param on      of lts_own_scales_view()
 * @param view    of the member
 * @param number  of the series in the fit; -1 = it is new
 */
void lts_own_scales_set(const lts_own_scales *own, const lstm_view *on, const lstm_view *view,
                        int64_t number, int64_t series, int64_t origin);

/** The series of a data set with which a fit is continued. */
typedef struct lts_series_map {
    int64_t n;        /**< series of the fit, with those that are new                         */
    int64_t *numbers; /**< [series of the data set] in the fit, 0 .. n - 1                    */
    bool *is_new;     /**< [series of the data set] the fit has seen no row of it             */
    int64_t n_row;    /**< most rows at the end that the scales of a new series come from     */
} lts_series_map;

/**
 * A view that has the scales of the fit, by number, gets those of the series of its data set, in
 * their order; those of new series come from their latest rows. Nothing happens if series have no
 * scales of their own.
 * @param[out] all  the scales of all series, by number: lts_own_scales_return(). NULL = nothing.
 * LSTM_E_NOMEM; then there is nothing to clear.
 */
lstm_status lts_own_scales_lend(lstm_view *view, const lts_series_map *map, lts_scaler *all);

/** After lts_own_scales_lend(): the view has the scales of all series. */
void lts_own_scales_return(lstm_view *view, lts_scaler *all);

/**
 * A view that has scales fitted to its data set gets those of all series, by number; others keep
 * those of the view `before`. Nothing happens if series have no scales of their own. LSTM_E_NOMEM.
 */
lstm_status lts_own_scales_renew(lstm_view *view, const lstm_view *before,
                                 const lts_series_map *map);

#endif
