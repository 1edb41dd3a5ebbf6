/* SPDX-License-Identifier: MIT */
#include "members/own_scales.h"

#include "base/memory.h"
#include "base/status.h"
#include "data/known.h"

lstm_status lts_own_scales_init(lts_own_scales *own, int64_t number, int64_t n_row,
                                int64_t n_column)
{
    *own = (lts_own_scales){.number = number, .n_row = n_row};
    if (number >= 0)
        return LSTM_OK;
    own->values = lts_alloc(n_row, sizeof *own->values);
    own->scales = lts_alloc(n_column, sizeof *own->scales);
    return own->values == NULL || own->scales == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

void lts_own_scales_clear(lts_own_scales *own)
{
    lts_free(own->values);
    lts_free(own->scales);
    *own = (lts_own_scales){0};
}

lstm_view lts_own_view(const lts_own_scales *own, const lstm_view *view,
                       const lstm_dataset *dataset)
{
    lstm_view other = lts_view_on(view, dataset);
    if (!view->options.scale_series)
        return other;
    other.scaler.n_series = 1;
    other.scaler.scales =
        own->number < 0 ? own->scales : view->scaler.scales + own->number * view->scaler.n_column;
    return other;
}

/* Copies the observed values of a column in the domain of the transformation, others as NaN. */
static void copy_column(const lstm_dataset *d, int64_t series, int64_t column, int64_t first,
                        int64_t n, const lts_transform *transform, real *values)
{
    for (int64_t i = 0; i < n; i++) {
        double value = lts_value_observed(d, &d->members[series], column, first + i);
        values[i] = lts_transform_takes(transform, value) ? (real)value : (real)NAN;
    }
}

void lts_own_scales_fit(const lts_own_scales *own, const lstm_view *view, int64_t series,
                        int64_t origin)
{
    const lstm_dataset *d = view->dataset;
    int64_t n = origin < own->n_row ? origin : own->n_row;
    if (!lts_own_scales_vary(own, view))
        return;
    for (int64_t c = 0; c < d->n_column; c++) {
        lts_scale made;
        const lts_stretch rows = {.values = own->values, .stride = 1, .n = n};
        const lts_transform transform = lts_view_transform(view, c);
        copy_column(d, series, c, origin - n, n, &transform, own->values);
        lstm_status status = lts_scale_fit(&made, view->options.scaling, &transform, &rows, 1);
        bool is_usable = status >= 0 && isfinite(made.shift) && isfinite(made.unit);
        own->scales[c] = is_usable ? made : (lts_scale){0, 1};
    }
}
