/* SPDX-License-Identifier: MIT */
/*
 * How a member sees a series where each series has scales of its own (scale_series of a view): in
 * those that the fit has for it or, where the fit has not seen it, in scales of its latest rows.
 */
#ifndef LTS_MEMBERS_OWN_SCALES_H
#define LTS_MEMBERS_OWN_SCALES_H

#include "view/view.h"

typedef struct lts_own_scales {
    int64_t number;    /**< of the series in the fit; -1 = the fit has not seen it              */
    int64_t n_row;     /**< most rows before an origin that the scales of a new series come from */
    real *values;      /**< [n_row] a column of these rows                                      */
    lts_scale *scales; /**< [C]                                                                 */
} lts_own_scales;

/** @param n_column  C, stored columns. LSTM_E_NOMEM; clear it in each case. */
lstm_status lts_own_scales_init(lts_own_scales *own, int64_t number, int64_t n_row,
                                int64_t n_column);
void lts_own_scales_clear(lts_own_scales *own);

/** Whether scales through a view depend on the origin. */
static inline bool lts_own_scales_vary(const lts_own_scales *own, const lstm_view *view)
{
    return own->number < 0 && view->options.scale_series != 0;
}

/**
 * The view of a member on one series of a data set. It borrows from `view` and from `own`, of which
 * it has the scales: set them with lts_own_scales_fit() before it is used.
 */
lstm_view lts_own_view(const lts_own_scales *own, const lstm_view *view,
                       const lstm_dataset *dataset);

/**
 * Set the scales from observed rows before the origin, where they vary. Columns without any have
 * shift 0 and unit 1. Allocates nothing.
 * @param view  of lts_own_view()
 */
void lts_own_scales_fit(const lts_own_scales *own, const lstm_view *view, int64_t series,
                        int64_t origin);

#endif
