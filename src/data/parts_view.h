/* SPDX-License-Identifier: MIT */
/* A data set with other ends of its parts. */
#ifndef LTS_DATA_PARTS_VIEW_H
#define LTS_DATA_PARTS_VIEW_H

#include "data/dataset.h"

/** A view of a data set that shares everything but the ends of the parts. */
typedef struct lts_parts_view {
    lstm_dataset dataset;
    lts_dataset_series *series;
} lts_parts_view;

/** LSTM_E_NOMEM; free it in any case. */
lstm_status lts_parts_view_new(lts_parts_view *view, const lstm_dataset *dataset);
void lts_parts_view_free(lts_parts_view *view);

/** Let the validation parts be empty: what is fitted to the view has not seen their rows. */
void lts_parts_view_hold_out(lts_parts_view *view);

#endif
