/* SPDX-License-Identifier: MIT */
#include "data/parts_view.h"

#include "base/memory.h"

lstm_status lts_parts_view_new(lts_parts_view *view, const lstm_dataset *dataset)
{
    int64_t n = dataset->names.n;
    *view = (lts_parts_view){.dataset = *dataset};
    view->series = lts_alloc(n, sizeof *view->series);
    if (view->series == NULL)
        return LSTM_E_NOMEM;
    if (n > 0) /* else there is no array */
        memcpy(view->series, dataset->series, (size_t)n * sizeof *view->series);
    view->dataset.series = view->series;
    return LSTM_OK;
}

void lts_parts_view_free(lts_parts_view *view)
{
    lts_free(view->series);
}

void lts_parts_view_hold_out(lts_parts_view *view)
{
    for (int64_t s = 0; s < view->dataset.names.n; s++)
        view->series[s].valid_end = view->series[s].train_end = lts_train_end(&view->series[s]);
}
