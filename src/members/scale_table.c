/* SPDX-License-Identifier: MIT */
#include "members/scale_table.h"

#include "base/memory.h"
#include "base/status.h"

#include <string.h>

lstm_status lts_scale_table_init(lts_scale_table *table, int64_t n_series, int64_t n_row,
                                 int64_t n_column)
{
    int64_t size;
    if (!lts_multiply(n_series, n_column, &size))
        size = INT64_MAX;
    *table = (lts_scale_table){.n_series = n_series, .n_row = n_row};
    table->values = lts_alloc(n_row, sizeof *table->values);
    table->scales = lts_alloc(size, sizeof *table->scales);
    return table->values == NULL || table->scales == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

void lts_scale_table_clear(lts_scale_table *table)
{
    lts_free(table->values);
    lts_free(table->scales);
    *table = (lts_scale_table){0};
}

lstm_view lts_scale_table_view(const lts_scale_table *table, const lstm_view *view,
                               const lstm_dataset *dataset)
{
    lstm_view on = lts_view_on(view, dataset);
    if (view->options.scale_series) {
        on.scaler.n_series = table->n_series;
        on.scaler.scales = table->scales;
    }
    return on;
}

void lts_scale_table_set(const lts_scale_table *table, const lstm_view *on, const lstm_view *view,
                         int64_t number, int64_t series, int64_t origin)
{
    int64_t C = view->scaler.n_column;
    if (!view->options.scale_series)
        return;
    lts_scale *scales = table->scales + (table->n_series == 1 ? 0 : series) * C;
    const lts_own_scales own = {number, table->n_row, table->values, scales};
    if (number >= 0)
        memcpy(scales, view->scaler.scales + number * C, (size_t)C * sizeof *scales);
    else
        lts_own_scales_fit(&own, on, series, origin);
}
