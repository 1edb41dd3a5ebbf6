/* SPDX-License-Identifier: MIT */
/* The columns of a data set as a view uses them, and their places in a step. */
#ifndef LTS_VIEW_VIEW_COLUMNS_H
#define LTS_VIEW_VIEW_COLUMNS_H

#include "view/view.h"

/** List the columns of each role. LSTM_E_ARGUMENT, LSTM_E_NOMEM. */
lstm_status lts_view_choose_columns(lstm_view *view);

/**
 * The layout of inputs and targets. A segment is not longer than a series. If `D` is not 0,
 * LSTM_E_SHAPE unless the view has D inputs. LSTM_E_LIMIT, LSTM_E_NOMEM.
 */
lstm_status lts_view_lay_out(lstm_view *view, int64_t D);

#endif
