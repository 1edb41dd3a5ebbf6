/* SPDX-License-Identifier: MIT */
/* LSTM_DRAW_SERIES: first one of the series that have windows, then one of its windows. */
#ifndef LTS_VIEW_SERIES_DRAW_H
#define LTS_VIEW_SERIES_DRAW_H

#include "view/view.h"

typedef struct lts_series_draw {
    int64_t n;            /**< series that have windows; 0 = windows are not drawn by series */
    int64_t *series;      /**< [n] their numbers                                             */
    const int64_t *first; /**< of the view, which is borrowed                                */
} lts_series_draw;

/** LSTM_E_NOMEM; then there is nothing to clear. */
lstm_status lts_series_draw_init(lts_series_draw *draw, const lstm_view *view);
void lts_series_draw_clear(lts_series_draw *draw);

/** The window that is drawn as number `number`: a function of seed and number. */
int64_t lts_series_draw_window(const lts_series_draw *draw, uint64_t seed, uint64_t number);

#endif
