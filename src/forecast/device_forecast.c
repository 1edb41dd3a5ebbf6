/* SPDX-License-Identifier: MIT */
/*
 * The device computes in fleets, of which all series are read over equally many rows.
 */
#include "forecast/device_forecast.h"

#include "base/memory.h"
#include "base/status.h"
#include "network/model.h"

#include <string.h>

/* Fleets of equally many rows that are read, and what they read and write. */
typedef struct runs {
    const lts_members *members;
    int64_t n;
    lts_fleet *fleets; /**< [n]                                                                */
    real *x;           /**< of all                                                             */
    real *y; /**< [n_series, n_step, K] in the order of members; NULL = that of their numbers */
} runs;

static int64_t count_runs(const lts_members *members)
{
    int64_t n = 0;
    for (int64_t first = 0; first < members->n; n++)
        first = lts_members_run(members, first, members->n);
    return n;
}

/* Rows of x of a run. */
static int64_t rows_of(const lts_fleet *of_all, int64_t context_len)
{
    return of_all->columns->known ? context_len - 1 + of_all->n_step : context_len;
}

static lstm_status allocate_runs(runs *r, const lts_fleet *of_all)
{
    const lts_members *members = r->members;
    int64_t size = 0, step_size = of_all->n_step * of_all->columns->K;
    r->n = count_runs(members);
    for (int64_t i = 0; i < members->n; i++) {
        int64_t n, n_x = rows_of(of_all, members->list[i].context_len);
        bool fits = lts_multiply(n_x, of_all->columns->D, &n) && n <= INT64_MAX - size;
        size = fits ? size + n : INT64_MAX;
    }
    r->fleets = lts_alloc(r->n, sizeof *r->fleets);
    r->x = lts_alloc(size, sizeof *r->x);
    if (r->n > 1)
        r->y = lts_alloc(members->n * step_size, sizeof *r->y);
    return r->fleets == NULL || r->x == NULL || (r->n > 1 && r->y == NULL) ? LSTM_E_NOMEM : LSTM_OK;
}

/* Each fleet gets x [n_x, n, D] of its members, and their part of y. */
static void divide(runs *r, const lts_fleet *of_all, real *y)
{
    const lts_members *members = r->members;
    int64_t step_size = of_all->n_step * of_all->columns->K, first = 0;
    real *x = r->x;
    for (int64_t i = 0; i < r->n; i++) {
        lts_fleet *run = &r->fleets[i];
        int64_t end = lts_members_run(members, first, members->n);
        *run = *of_all;
        run->n_series = end - first;
        run->context_len = members->list[first].context_len;
        run->n_x = rows_of(of_all, run->context_len);
        run->numbers = members->numbers + first;
        run->x = x;
        run->y = (r->y == NULL ? y : r->y) + first * step_size;
        x += run->n_x * run->n_series * of_all->columns->D;
        first = end;
    }
}

/* Series of which all rows are read before the next ones, while caches have their heads. */
enum { AT_ONCE = 64 };

static void gather(const runs *r, const lts_fleet *run, int64_t begin, int64_t n)
{
    int64_t first = run->numbers - r->members->numbers, D = run->columns->D;
    for (int64_t t = 0; t < run->n_x; t++) {
        int64_t at = run->x - r->x + (t * run->n_series + begin) * D;
        lts_members_gather(r->members, first + begin, n, t, run->columns, r->x + at);
    }
}

/* Fills x of a part of the members of each fleet. */
static void gather_part(void *work, int64_t part, int64_t n_part)
{
    const runs *r = work;
    for (int64_t i = 0; i < r->n; i++) {
        const lts_fleet *run = &r->fleets[i];
        int64_t end = lts_part_begin(run->n_series, part + 1, n_part);
        int64_t at_once = run->n_x > 1 ? AT_ONCE : run->n_series;
        for (int64_t b = lts_part_begin(run->n_series, part, n_part); b < end; b += at_once)
            gather(r, run, b, at_once < end - b ? at_once : end - b);
    }
}

/*
 * If all members read equally many rows, they are in the order of their numbers, and the device
 * writes y itself.
 */
static lstm_status run_members(const lts_device *device, const lts_fleet *of_all,
                               const lts_members *members, lts_pool *pool, real *y)
{
    runs r = {.members = members};
    int64_t step_size = of_all->n_step * of_all->columns->K;
    lstm_status status = allocate_runs(&r, of_all);
    if (status >= 0) {
        divide(&r, of_all, y);
        lts_pool_run(pool, gather_part, &r);
        status = device->forecast(r.fleets, r.n);
    }
    for (int64_t i = 0; status >= 0 && r.y != NULL && i < members->n; i++)
        memcpy(y + members->numbers[i] * step_size, r.y + i * step_size,
               (size_t)step_size * sizeof *r.y);
    lts_free(r.fleets);
    lts_free(r.x);
    lts_free(r.y);
    return status;
}

lstm_status lts_forecast_on_device(const lts_device *device, int64_t index,
                                   const lts_members *members, const lstm_model *model,
                                   const lstm_forecast_options *options, lts_pool *pool, real *y)
{
    lts_fleet on = {.params = &model->params,
                    .values = model->values,
                    .precision = options->precision,
                    .index = index,
                    .n_step = options->n_step,
                    .lag = options->feedback_lag};
    lts_columns columns;
    lts_prepared *prepared; /* knows whether the fold is finite */
    LTS_TRY(lts_columns_init(&columns, members->list[0].series, options->pred));
    lstm_status status = lts_model_prepare(model, LTS_STORED_FLOAT32, &prepared);
    if (status < 0) {
        lts_columns_clear(&columns);
        return status;
    }
    status = lts_columns_match(&columns, model->params.D, 1, model->params.K);
    if (status >= 0)
        status = lts_members_check_loop(members, options);
    on.columns = &columns;
    on.folded = prepared->packed.folded;
    if (status >= 0)
        status = run_members(device, &on, members, pool, y);
    lts_prepared_release(prepared);
    lts_columns_clear(&columns);
    return status;
}
