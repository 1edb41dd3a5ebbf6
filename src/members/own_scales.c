/* SPDX-License-Identifier: MIT */
#include "members/own_scales.h"

#include "base/memory.h"
#include "base/status.h"
#include "data/known.h"

lstm_status lts_own_scales_init(lts_own_scales *own, int64_t n_series, int64_t n_row,
                                int64_t n_column)
{
    int64_t size;
    if (!lts_multiply(n_series, n_column, &size))
        size = INT64_MAX;
    *own = (lts_own_scales){.n_series = n_series, .n_row = n_row};
    own->values = lts_alloc(n_row, sizeof *own->values);
    own->scales = lts_alloc(size, sizeof *own->scales);
    return own->values == NULL || own->scales == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

void lts_own_scales_clear(lts_own_scales *own)
{
    lts_free(own->values);
    lts_free(own->scales);
    *own = (lts_own_scales){0};
}

lstm_view lts_own_scales_view(const lts_own_scales *own, const lstm_view *view,
                              const lstm_dataset *dataset)
{
    lstm_view on = lts_view_on(view, dataset);
    if (view->options.scale_series) {
        on.scaler.n_series = own->n_series;
        on.scaler.scales = own->scales;
    }
    return on;
}

/* Copies the observed values of a column in the domain of the transformation, others as NaN. */
static void copy_column(const lstm_dataset *d, int64_t series, int64_t column, int64_t first,
                        int64_t n, const lts_transform *transform, real *values)
{
    for (int64_t i = 0; i < n; i++) {
        double value = lts_value_observed(d, &d->series[series], column, first + i);
        values[i] = lts_transform_takes(transform, value) ? (real)value : (real)NAN;
    }
}

/* Sets scales [C] by the rows of a series before the origin; values [n_row]. */
static void fit_scales(const lstm_view *view, int64_t series, int64_t origin, int64_t n_row,
                       real *values, lts_scale *scales)
{
    const lstm_dataset *d = view->dataset;
    int64_t n = origin < n_row ? origin : n_row;
    for (int64_t c = 0; c < d->n_column; c++) {
        lts_scale made;
        const lts_stretch rows = {.values = values, .stride = 1, .n = n};
        const lts_transform transform = lts_view_transform(view, c);
        copy_column(d, series, c, origin - n, n, &transform, values);
        lstm_status status = lts_scale_fit(&made, view->options.scaling, &transform, &rows, 1);
        bool is_usable = status >= 0 && isfinite(made.shift) && isfinite(made.unit);
        scales[c] = is_usable ? made : (lts_scale){0, 1};
    }
}

void lts_own_scales_set(const lts_own_scales *own, const lstm_view *on, const lstm_view *view,
                        int64_t number, int64_t series, int64_t origin)
{
    int64_t C = view->scaler.n_column;
    if (!view->options.scale_series)
        return;
    lts_scale *scales = own->scales + (own->n_series == 1 ? 0 : series) * C;
    if (number >= 0)
        memcpy(scales, view->scaler.scales + number * C, (size_t)C * sizeof *scales);
    else
        fit_scales(on, series, origin, own->n_row, own->values, scales);
}

/* n series: those of `before`, others with shift 0 and unit 1. */
static lstm_status extend(lts_scaler *all, const lts_scaler *before, int64_t n)
{
    int64_t C = before->n_column, size;
    if (!lts_multiply(n, C, &size))
        size = INT64_MAX;
    *all = (lts_scaler){C, n, lts_alloc(size, sizeof *all->scales)};
    if (all->scales == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < size; i++)
        all->scales[i] = i < before->n_series * C ? before->scales[i] : (lts_scale){0, 1};
    return LSTM_OK;
}

/* Sets scales [C] by the latest rows of a series. */
static lstm_status fit_new(const lstm_view *view, int64_t series, int64_t n_row, lts_scale *scales)
{
    int64_t end = lts_valid_end(&view->dataset->series[series]);
    real *values = lts_alloc(n_row < end ? n_row : end, sizeof *values);
    if (values == NULL)
        return LSTM_E_NOMEM;
    fit_scales(view, series, end, n_row, values, scales);
    lts_free(values);
    return LSTM_OK;
}

lstm_status lts_own_scales_lend(lstm_view *view, const lts_series_map *map, lts_scaler *all)
{
    int64_t n = view->dataset->names.n, C = view->dataset->n_column;
    *all = (lts_scaler){0};
    if (!view->options.scale_series)
        return LSTM_OK;
    lts_scaler lent = {C, n, lts_alloc(n * C, sizeof *lent.scales)};
    lstm_status status = extend(all, &view->scaler, map->n);
    if (lent.scales == NULL)
        status = LSTM_E_NOMEM;
    for (int64_t s = 0; s < n && status >= 0; s++) {
        lts_scale *scales = all->scales + map->numbers[s] * C;
        if (map->is_new[s])
            status = fit_new(view, s, map->n_row, scales);
        memcpy(lent.scales + s * C, scales, (size_t)C * sizeof *scales);
    }
    if (status < 0) {
        lts_scaler_clear(&lent);
        lts_scaler_clear(all);
        return status;
    }
    lts_scaler_clear(&view->scaler);
    view->scaler = lent;
    return LSTM_OK;
}

void lts_own_scales_return(lstm_view *view, lts_scaler *all)
{
    if (all->scales == NULL)
        return;
    lts_scaler_clear(&view->scaler);
    view->scaler = *all;
    *all = (lts_scaler){0};
}

lstm_status lts_own_scales_renew(lstm_view *view, const lstm_view *before,
                                 const lts_series_map *map)
{
    lts_scaler all;
    int64_t C = view->dataset->n_column;
    if (!view->options.scale_series)
        return LSTM_OK;
    LTS_TRY(extend(&all, &before->scaler, map->n));
    for (int64_t s = 0; s < view->dataset->names.n; s++)
        memcpy(all.scales + map->numbers[s] * C, view->scaler.scales + s * C,
               (size_t)C * sizeof *all.scales);
    lts_own_scales_return(view, &all);
    return LSTM_OK;
}
