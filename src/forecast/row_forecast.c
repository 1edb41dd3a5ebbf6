/* SPDX-License-Identifier: MIT */
#include "forecast/row_forecast.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/threads.h"
#include "data/match.h"
#include "score/loss_options.h"

#include <string.h>

/* Origins of one call: bounds the memory of their forecasts. */
enum { AT_ONCE = 256 };

static void collect_slab(const lts_view_forecast *forecast, int64_t n, int64_t H, lts_level *levels,
                         real *x, real *y)
{
    const lstm_view *view = forecast->view;
    int64_t C = view->n_channel, n_base = view->n_base, K = view->targets.n;
    int64_t n_row = forecast->n_segment * view->options.segment_len;
    for (int64_t p = 0; p < n; p++)
        for (int64_t c = 0; c < C; c++) {
            const lts_place *place = &forecast->places[p * C + c];
            real *values = x + (p * C + c) * n_row * n_base;
            lts_view_levels(view, place, levels);
            lts_view_restore(view, place, levels, n_row, values);
            for (int64_t h = 0; h < H; h++)
                for (int64_t j = 0; j < n_base; j++)
                    y[(p * H + h) * K + c + j] = values[h * n_base + j];
        }
}

void lts_row_forecast_collect(const lts_view_forecast *forecast, int64_t n, int64_t H,
                              lts_level *levels, real *x, int64_t distance, real *y)
{
    const lstm_view *view = forecast->view;
    int64_t size = n * view->n_channel * view->n_base * forecast->n_segment;
    int64_t n_slab = lts_view_forecast_slabs(forecast);
    for (int64_t slab = 0; slab < n_slab; slab++) {
        real *of_slab = y + slab * distance;
        collect_slab(forecast, n, H, levels, x + slab * size * view->options.segment_len, of_slab);
        for (int64_t i = 0; i < n * H * view->targets.n && slab > 0; i++)
            of_slab[i] -= y[i];
    }
}

/* Origins of a call: from number `first` of all on. */
typedef struct some_origins {
    const int64_t *series, *origin;
    int64_t first, n, all;
} some_origins;

static lstm_status run_some(const lts_view_forecast *forecast, const some_origins *at, int64_t H,
                            lts_place *places, lts_level *levels, real *x, real *y)
{
    int64_t slot = H * forecast->view->targets.n;
    int64_t C = forecast->view->n_channel;
    lts_view_forecast some = *forecast;
    for (int64_t p = 0; p < at->n; p++)
        for (int64_t c = 0; c < C; c++) {
            int64_t origin = at->origin[at->first + p];
            places[p * C + c] = (lts_place){at->series[at->first + p], c, origin, origin};
        }
    some.places = places;
    some.n = at->n * C;
    LTS_TRY(lts_view_forecast_run(&some, x));
    lts_row_forecast_collect(&some, at->n, H, levels, x, at->all * slot, y + at->first * slot);
    return LSTM_OK;
}

lstm_status lts_row_forecast_run(const lts_view_forecast *forecast, const int64_t *series,
                                 const int64_t *origin, int64_t n, int64_t H, real *y)
{
    const lstm_view *view = forecast->view;
    int64_t w = view->options.segment_len, size, n_slab = lts_view_forecast_slabs(forecast);
    int64_t at_once = n < AT_ONCE ? n : AT_ONCE;
    lts_view_forecast run = *forecast;
    run.n_segment = (H - 1) / w + 1;
    if (!lts_multiply(run.n_segment, at_once * view->n_channel * view->n_base * w, &size) ||
        !lts_multiply(size, n_slab, &size))
        size = INT64_MAX;
    lts_place *places = lts_alloc(at_once * view->n_channel, sizeof *places);
    lts_level *levels = lts_alloc(view->n_base, sizeof *levels);
    real *x = lts_alloc(size, sizeof *x);
    lstm_status status = places == NULL || levels == NULL || x == NULL ? LSTM_E_NOMEM : LSTM_OK;
    for (int64_t first = 0; first < n && status >= 0; first += at_once) {
        const some_origins at = {series, origin, first, n - first < at_once ? n - first : at_once,
                                 n};
        status = run_some(&run, &at, H, places, levels, x, y);
        run.first += (uint64_t)(at_once * view->n_channel);
    }
    lts_free(places);
    lts_free(levels);
    lts_free(x);
    return status;
}

static lstm_status check_origin(const lstm_view *view, int64_t series, int64_t origin, int64_t H)
{
    const lstm_dataset *d = view->dataset;
    LTS_TRY(lts_dataset_check_series(d, series));
    if (view->options.scale_series && series >= view->scaler.n_series)
        return lts_fail(
            LSTM_E_SHAPE, "series %lld (%.100s) has no scale: the view has those of %lld",
            (long long)series, lts_names_get(&d->names, series), (long long)view->scaler.n_series);
    LTS_TRY(lts_check_at_least("origin", origin, 1));
    if (origin > d->series[series].n_row)
        return lts_fail(LSTM_E_SHAPE, "origin is %lld, series \"%.100s\" has %lld rows",
                        (long long)origin, lts_names_get(&d->names, series),
                        (long long)d->series[series].n_row);
    return lts_match_future(d, series, origin, H);
}

/* Forecasts into a buffer, so that y is filled at the end. */
static lstm_status forecast_staged(const lts_view_forecast *forecast, const int64_t *series,
                                   const int64_t *origins, int64_t n, int64_t H, real *y)
{
    int64_t size;
    if (!lts_multiply(n, H, &size) || !lts_multiply(size, forecast->view->targets.n, &size))
        size = INT64_MAX;
    real *staging = lts_alloc(size, sizeof *staging);
    if (staging == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = lts_row_forecast_run(forecast, series, origins, n, H, staging);
    if (status >= 0)
        memcpy(y, staging, (size_t)size * sizeof *y);
    lts_free(staging);
    return status;
}

lstm_status lstm_view_forecast(const lstm_view *view, const lstm_model *model,
                               const lstm_loss_options *loss, const lstm_dataset *dataset,
                               const int64_t *series, const int64_t *origins, int64_t n,
                               int64_t horizon, int64_t n_threads, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(view);
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(series);
    LTS_NOT_NULL(origins);
    LTS_NOT_NULL(y);
    lts_loss read;
    const lstm_view on = lts_view_on(view, dataset == NULL ? view->dataset : dataset);
    lts_view_forecast forecast = {.model = model, .view = &on, .loss = &read};
    LTS_TRY(lts_check_at_least("n", n, 1));
    LTS_TRY(lts_check_at_least("horizon", horizon, 1));
    LTS_TRY(lts_threads_resolve(n_threads, &forecast.n_thread));
    LTS_TRY(lts_loss_read(&read, loss));
    LTS_TRY(lts_loss_match(&read, on.columns.K, read.n_step_weight));
    LTS_TRY(lts_match_columns(view->dataset, on.dataset));
    for (int64_t i = 0; i < n; i++)
        LTS_TRY(check_origin(&on, series[i], origins[i], horizon));
    return forecast_staged(&forecast, series, origins, n, horizon, y);
}
