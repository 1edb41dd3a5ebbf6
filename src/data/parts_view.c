/* SPDX-License-Identifier: MIT */
#include "data/parts_view.h"

#include "base/memory.h"

lstm_status lts_parts_view_new(lts_parts_view *view, const lstm_dataset *dataset)
{
    int64_t n = dataset->names.n;
    *view = (lts_parts_view){.dataset = *dataset};
    view->members = lts_alloc(n, sizeof *view->members);
    if (view->members == NULL)
        return LSTM_E_NOMEM;
    if (n > 0) /* else there is no array */
        memcpy(view->members, dataset->members, (size_t)n * sizeof *view->members);
    view->dataset.members = view->members;
    return LSTM_OK;
}

void lts_parts_view_free(lts_parts_view *view)
{
    lts_free(view->members);
}

void lts_parts_view_hold_out(lts_parts_view *view)
{
    for (int64_t s = 0; s < view->dataset.names.n; s++)
        view->members[s].valid_end = view->members[s].train_end = lts_train_end(&view->members[s]);
}
