/* SPDX-License-Identifier: MIT */
#include "report/coverage.h"

#include "table/memory.h"

#include <lstmts/uncertainty.h>
#include <math.h>

/* Bounds of one call, about: forecasts of hundreds of columns come in several calls. */
enum { MOST_BOUNDS = 1 << 22 };

/* Forecasts of one series. */
typedef struct batch {
    int64_t n, most;
    int64_t *origins;         /* [most]          */
    lstm_real *lower, *upper; /* [most, L, H, K] */
} batch;

static void free_batch(batch *b)
{
    table_release(b->origins);
    table_release(b->lower);
    table_release(b->upper);
}

static bool new_batch(batch *b, const coverage *c, int64_t most)
{
    const int64_t size = c->L * c->H * c->K, fit = size > 0 ? MOST_BOUNDS / size : 0;
    *b = (batch){.most = most < fit ? most : fit < 1 ? 1 : fit};
    b->origins = table_allocate(b->most, sizeof *b->origins);
    b->lower = table_allocate(b->most * size, sizeof *b->lower);
    b->upper = table_allocate(b->most * size, sizeof *b->upper);
    return b->origins != NULL && b->lower != NULL && b->upper != NULL;
}

int64_t coverage_first_origin(const lstm_dataset *dataset, int64_t series)
{
    int64_t train = 0, valid = 0;
    lstm_dataset_parts(dataset, series, &train, &valid);
    return valid < 1 ? 1 : valid;
}

static int64_t most_origins(const coverage *c, const lstm_dataset *dataset, int64_t stride)
{
    int64_t most = 0;
    for (int64_t s = 0; s < c->n_series; s++) {
        const int64_t rows =
            lstm_dataset_rows(dataset, s) - c->H - coverage_first_origin(dataset, s);
        most = rows >= 0 && rows / stride + 1 > most ? rows / stride + 1 : most;
    }
    return most;
}

/* Of the forecasts of a batch, the values of a target. */
static void count_target(const coverage *c, const batch *b, const lstm_dataset *dataset,
                         int64_t series, int64_t column, int64_t target)
{
    const int64_t width = lstm_dataset_width(dataset);
    const lstm_real *rows = lstm_dataset_data(dataset, series);
    for (int64_t i = 0; i < b->n; i++)
        for (int64_t j = 0; j < c->L * c->H; j++) {
            const int64_t row = b->origins[i] + j % c->H;
            const int64_t at = (i * c->L * c->H + j) * c->K + target;
            const int64_t to = (series * c->L * c->H + j) * c->K + target;
            const lstm_real y = rows[row * width + column];
            if (isnan(b->lower[at]) || !lstm_dataset_observed(dataset, series, row, column))
                continue;
            c->inside[to] += b->lower[at] <= y && y <= b->upper[at];
            c->counted[to]++;
        }
}

static lstm_status count_batch(const coverage *c, const batch *b, const lstm_forecaster *forecaster,
                               const lstm_dataset *dataset, int64_t series)
{
    int64_t target = 0;
    lstm_status status = lstm_forecaster_intervals(forecaster, dataset, series, b->origins, b->n,
                                                   NULL, b->lower, b->upper);
    for (int64_t i = 0; i < lstm_dataset_width(dataset) && status == LSTM_OK; i++) {
        const int64_t role = lstm_dataset_role(dataset, i);
        if (role == LSTM_ROLE_BOTH || role == LSTM_ROLE_TARGET)
            count_target(c, b, dataset, series, i, target++);
    }
    return status;
}

static lstm_status count_series(const coverage *c, batch *b, const lstm_forecaster *forecaster,
                                const lstm_dataset *dataset, int64_t series, int64_t stride)
{
    const int64_t last = lstm_dataset_rows(dataset, series) - c->H;
    lstm_status status = LSTM_OK;
    for (int64_t origin = coverage_first_origin(dataset, series);
         origin <= last && status == LSTM_OK;) {
        for (b->n = 0; b->n < b->most && origin <= last; origin += stride)
            b->origins[b->n++] = origin;
        status = count_batch(c, b, forecaster, dataset, series);
    }
    return status;
}

lstm_status coverage_count(coverage *made, const lstm_forecaster *forecaster,
                           const lstm_dataset *dataset, int64_t stride)
{
    batch b;
    *made = (coverage){.n_series = lstm_dataset_series(dataset),
                       .H = lstm_forecaster_horizon(forecaster),
                       .K = lstm_forecaster_targets(forecaster)};
    made->levels = lstm_forecaster_levels(forecaster, &made->L);
    const int64_t size = made->n_series * made->L * made->H * made->K;
    made->inside = table_allocate(size, sizeof *made->inside);
    made->counted = table_allocate(size, sizeof *made->counted);
    const bool is_there = new_batch(&b, made, most_origins(made, dataset, stride));
    lstm_status status =
        is_there && made->inside != NULL && made->counted != NULL ? LSTM_OK : LSTM_E_NOMEM;
    for (int64_t s = 0; s < made->n_series && made->L > 0 && status == LSTM_OK; s++)
        status = count_series(made, &b, forecaster, dataset, s, stride);
    free_batch(&b);
    return status;
}

double coverage_share(const coverage *of, int64_t level, int64_t series, int64_t step,
                      int64_t column, int64_t *counted)
{
    const int64_t H = of->H, K = of->K;
    const int64_t series_end = series < 0 ? of->n_series : series + 1;
    const int64_t step_end = step < 0 ? H : step + 1, column_end = column < 0 ? K : column + 1;
    int64_t inside = 0, n = 0;
    for (int64_t s = series < 0 ? 0 : series; s < series_end; s++)
        for (int64_t h = step < 0 ? 0 : step; h < step_end; h++)
            for (int64_t k = column < 0 ? 0 : column; k < column_end; k++) {
                const int64_t at = ((s * of->L + level) * H + h) * K + k;
                inside += of->inside[at];
                n += of->counted[at];
            }
    if (counted != NULL)
        *counted = n;
    return n > 0 ? (double)inside / (double)n : (double)NAN;
}

void coverage_free(coverage *made)
{
    table_release(made->inside);
    table_release(made->counted);
    *made = (coverage){0};
}
