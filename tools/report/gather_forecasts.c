/* SPDX-License-Identifier: MIT */
#include "report/gather_parts.h"

#include "table/memory.h"

#include <lstmts/uncertainty.h>
#include <math.h>

/* Forecasts of one series from some rows, as the library gives them. */
typedef struct batch {
    int64_t n, L, H, K;
    int64_t *origins;             /* [n] */
    lstm_real *y, *lower, *upper; /* [n, H, K], [n, L, H, K] */
} batch;

static void free_batch(batch *b)
{
    table_release(b->origins);
    table_release(b->y);
    table_release(b->lower);
    table_release(b->upper);
}

/* For `most` origins. */
static bool new_batch(batch *b, const report_gathered *gathered, const report_sources *sources,
                      int64_t most)
{
    *b = (batch){.H = gathered->data.horizon, .K = gathered->data.n_column};
    lstm_forecaster_levels(sources->forecaster, &b->L);
    const size_t cell = sizeof(lstm_real) * (size_t)b->H * (size_t)b->K;
    b->origins = table_allocate(most, sizeof *b->origins);
    b->y = table_allocate(most, cell);
    b->lower = table_allocate(most * b->L, cell);
    b->upper = table_allocate(most * b->L, cell);
    return b->origins != NULL && b->y != NULL && b->lower != NULL && b->upper != NULL;
}

static lstm_status forecast(batch *b, const report_sources *sources, int64_t series)
{
    return lstm_forecaster_intervals(sources->forecaster, sources->dataset, series, b->origins,
                                     b->n, b->y, b->lower, b->upper);
}

static int64_t n_drawn_series(const report_data *data)
{
    const int64_t n = (REPORT_MOST_DRAWN + data->n_column - 1) / data->n_column;
    return n < data->n_series ? n : data->n_series;
}

/* The last row, and rows before it a third of a horizon apart, back to the test part. */
static void choose_shown(batch *b, const report_sources *sources, int64_t series, int64_t last)
{
    const int64_t apart = b->H / 3 < 1 ? 1 : b->H / 3,
                  begin = coverage_first_origin(sources->dataset, series);
    int64_t n = last > begin ? (last - begin) / apart + 1 : 1;
    b->n = n > REPORT_MOST_ORIGINS ? REPORT_MOST_ORIGINS : n;
    for (int64_t i = 0; i < b->n; i++)
        b->origins[i] = last - (b->n - 1 - i) * apart;
}

/* [H, K] to [K, H]. */
static double *transposed(report_gathered *gathered, const lstm_real *y, const batch *b)
{
    double *values = report_gathered_allocate(gathered, b->K * b->H, sizeof *values);
    for (int64_t k = 0; values != NULL && k < b->K; k++)
        for (int64_t h = 0; h < b->H; h++)
            values[k * b->H + h] = (double)y[h * b->K + k];
    return values;
}

/* Forecast i of a batch, with the widest intervals. */
static lstm_status keep_one(report_gathered *gathered, const batch *b, int64_t i, int64_t series,
                            report_forecast *f)
{
    const int64_t cell = b->H * b->K, highest = (i * b->L + b->L - 1) * cell;
    *f = (report_forecast){series, b->origins[i], transposed(gathered, b->y + i * cell, b),
                           transposed(gathered, b->lower + highest, b),
                           transposed(gathered, b->upper + highest, b)};
    return f->mean == NULL || f->lower == NULL || f->upper == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

static lstm_status keep(report_gathered *gathered, const batch *b, int64_t series,
                        report_forecast *forecasts)
{
    for (int64_t i = 0; i < b->n; i++) {
        if (keep_one(gathered, b, i, series, &forecasts[gathered->data.n_forecast]) != LSTM_OK)
            return LSTM_E_NOMEM;
        gathered->data.n_forecast++;
    }
    return LSTM_OK;
}

/* Where known covariates end with the data, the last forecast is that of its last rows. */
static lstm_status forecast_shown(batch *b, const report_sources *sources, int64_t series)
{
    const int64_t n_row = lstm_dataset_rows(sources->dataset, series);
    choose_shown(b, sources, series, n_row);
    lstm_status status = forecast(b, sources, series);
    if (status == LSTM_E_SHAPE && n_row > b->H) {
        choose_shown(b, sources, series, n_row - b->H);
        status = forecast(b, sources, series);
    }
    return status;
}

lstm_status report_gather_forecasts(report_gathered *gathered, const report_sources *sources)
{
    const int64_t n_series = n_drawn_series(&gathered->data);
    report_forecast *forecasts =
        report_gathered_allocate(gathered, n_series * REPORT_MOST_ORIGINS, sizeof *forecasts);
    batch b;
    lstm_status status = new_batch(&b, gathered, sources, REPORT_MOST_ORIGINS) && forecasts != NULL
                             ? LSTM_OK
                             : LSTM_E_NOMEM;
    gathered->data.forecasts = gathered->forecasts = forecasts;
    if (b.L > 0)
        gathered->data.level = lstm_forecaster_levels(sources->forecaster, NULL)[b.L - 1];
    for (int64_t s = 0; s < n_series && status == LSTM_OK; s++) {
        status = forecast_shown(&b, sources, s);
        if (status == LSTM_OK)
            status = keep(gathered, &b, s, forecasts);
    }
    free_batch(&b);
    return status;
}

lstm_status report_gather_last(report_gathered *gathered, const lstm_forecaster *forecaster,
                               const lstm_dataset *dataset)
{
    const report_sources sources = {.forecaster = forecaster, .dataset = dataset};
    batch b;
    lstm_status status = new_batch(&b, gathered, &sources, 1) ? LSTM_OK : LSTM_E_NOMEM;
    b.n = 1;
    for (int64_t i = 0; i < gathered->data.n_forecast && status == LSTM_OK; i++) {
        report_forecast *f = &gathered->forecasts[i];
        if (f->origin != gathered->data.series[f->series].n_row)
            continue;
        b.origins[0] = f->origin;
        status = forecast(&b, &sources, f->series);
        if (status == LSTM_OK)
            status = keep_one(gathered, &b, 0, f->series, f);
    }
    free_batch(&b);
    return status;
}

static lstm_status forecast_next(const report_sources *sources, int64_t from, int64_t n,
                                 lstm_real *y)
{
    int64_t *origins = table_allocate(n, sizeof *origins);
    if (origins == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < n; i++)
        origins[i] = from + i;
    lstm_status status =
        lstm_forecaster_predict_from(sources->forecaster, sources->dataset, 0, origins, n, 1, y);
    table_release(origins);
    return status;
}

lstm_status report_gather_residuals(report_gathered *gathered, const report_sources *sources)
{
    report_data *data = &gathered->data;
    const report_series *series = &data->series[0];
    const int64_t K = data->n_column;
    int64_t from = coverage_first_origin(sources->dataset, 0), n = series->n_row - from;
    if (n < 1)
        return LSTM_OK;
    n = n < REPORT_MOST_RESIDUALS ? n : REPORT_MOST_RESIDUALS;
    from = series->n_row - n;
    lstm_real *y = table_allocate(n * K, sizeof *y);
    double *values = report_gathered_allocate(gathered, n * K, sizeof *values);
    lstm_status status =
        y == NULL || values == NULL ? LSTM_E_NOMEM : forecast_next(sources, from, n, y);
    for (int64_t i = 0; i < n && status == LSTM_OK; i++)
        for (int64_t k = 0; k < K; k++)
            values[k * n + i] = series->values[k * series->n_row + from + i] - (double)y[i * K + k];
    table_release(y);
    data->residuals = (report_residuals){0, n, series->times + from, values};
    return status;
}
