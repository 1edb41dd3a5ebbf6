/* SPDX-License-Identifier: MIT */
#include "forecast/members.h"

#include "base/memory.h"
#include "base/status.h"
#include "data/window.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static int by_context(const void *left, const void *right)
{
    const lts_fleet_member *a = left, *b = right;
    if (a->context_len != b->context_len)
        return a->context_len < b->context_len ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

/* Rows that a thread reads while another could begin, some 15 to 60 ns each. */
static const double worth_a_thread = 4096;

int64_t lts_members_threads(const lstm_series *const *series, int64_t n,
                            const lstm_forecast_options *options, int64_t n_thread)
{
    int64_t rows = options->context_len;
    if (rows == 0 && series[0] != NULL)
        rows = series[0]->n_row;
    double worth = 1 + (double)n * (double)(rows > 1 ? rows : 1) / worth_a_thread;
    return worth < (double)n_thread ? (int64_t)worth : n_thread;
}

static bool same_columns(const lstm_series *series, const lstm_series *first)
{
    return series->n_column == first->n_column &&
           memcmp(series->roles, first->roles, (size_t)first->n_column * sizeof(int64_t)) == 0;
}

/* A series has the first one's columns, and rows before the future ones. */
static bool is_fine(const lstm_series *series, const lstm_series *first, int64_t n_future)
{
    return series != NULL && same_columns(series, first) && series->n_row > n_future;
}

/* The status and message of series i, which is not fine. */
static lstm_status report(const lstm_series *const *series, int64_t i, int64_t n_future)
{
    if (series[i] == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "series %lld is NULL", (long long)i);
    if (!same_columns(series[i], series[0]))
        return lts_fail(LSTM_E_SHAPE, "series %lld has other columns or roles than series 0",
                        (long long)i);
    return lts_fail(LSTM_E_SHAPE,
                    "n_future is %lld, expected less than the %lld rows of series %lld",
                    (long long)n_future, (long long)series[i]->n_row, (long long)i);
}

/* The list while it is made. */
typedef struct listing {
    lts_fleet_member *list;
    const lstm_series *const *series;
    int64_t n, context_len, n_future;
    atomic_int_fast64_t bad; /* least number of a series that is not fine, or n */
} listing;

static void note_bad(listing *l, int64_t i)
{
    int_fast64_t least = atomic_load(&l->bad);
    while (i < least && !atomic_compare_exchange_weak(&l->bad, &least, i)) {
    }
}

static void list_part(void *work, int64_t part, int64_t n_part)
{
    listing *l = work;
    int64_t n = l->n, end = lts_part_begin(n, part + 1, n_part);
    for (int64_t i = lts_part_begin(n, part, n_part); i < end; i++) {
        const lstm_series *series = l->series[i];
        if (i + LTS_MEMBERS_AHEAD < n)
            __builtin_prefetch(l->series[i + LTS_MEMBERS_AHEAD]);
        if (i + LTS_MEMBERS_AHEAD / 2 < n && l->series[i + LTS_MEMBERS_AHEAD / 2] != NULL)
            __builtin_prefetch(l->series[i + LTS_MEMBERS_AHEAD / 2]->roles);
        if (!is_fine(series, l->series[0], l->n_future)) {
            note_bad(l, i);
            return;
        }
        int64_t n_row = series->n_row - l->n_future;
        int64_t n_read = l->context_len == 0 || l->context_len > n_row ? n_row : l->context_len;
        l->list[i] = (lts_fleet_member){series, i, n_read, n_row - n_read};
    }
}

/* Mostly equal lengths: then the list is in order, and sorting 100,000 would take milliseconds. */
static void order(lts_members *members)
{
    bool sorted = true;
    for (int64_t i = 1; i < members->n && sorted; i++)
        sorted = members->list[i - 1].context_len <= members->list[i].context_len;
    if (!sorted)
        qsort(members->list, (size_t)members->n, sizeof *members->list, by_context);
    for (int64_t i = 0; i < members->n; i++)
        members->numbers[i] = members->list[i].number;
    members->longest = members->list[members->n - 1].context_len;
}

lstm_status lts_members_init(lts_members *members, const lstm_series *const *series, int64_t n,
                             const lstm_forecast_options *options, lts_pool *pool)
{
    int64_t n_future = options->n_future;
    *members = (lts_members){.n = n,
                             .list = lts_alloc(n, sizeof *members->list),
                             .numbers = lts_alloc(n, sizeof *members->numbers)};
    if (members->list == NULL || members->numbers == NULL)
        return LSTM_E_NOMEM;
    if (series[0] == NULL)
        return report(series, 0, n_future);
    listing l = {members->list, series, n, options->context_len, n_future, n};
    lts_pool_run(pool, list_part, &l);
    int64_t bad = (int64_t)atomic_load(&l.bad);
    if (bad < n)
        return report(series, bad, n_future);
    order(members);
    if (options->n_step > INT64_MAX - members->longest)
        return lts_fail(LSTM_E_LIMIT, "%lld steps are too many", (long long)options->n_step);
    return LSTM_OK;
}

void lts_members_clear(lts_members *members)
{
    lts_free(members->list);
    lts_free(members->numbers);
    memset(members, 0, sizeof *members);
}

/* Checks that every input has a value in the predicted rows: it is fed back, or known there. */
static lstm_status check_inputs(const lstm_series *series, const lstm_forecast_options *options)
{
    int64_t past = lts_series_find_role(series, LSTM_ROLE_INPUT);
    int64_t known = lts_series_find_role(series, LSTM_ROLE_KNOWN);
    int64_t n_step = options->n_step, pred = options->pred, n_future = options->n_future;
    if (past >= 0)
        return lts_fail(LSTM_E_SHAPE,
                        "column %lld is LSTM_ROLE_INPUT, whose future values are not known: "
                        "covariates that are known in advance are LSTM_ROLE_KNOWN",
                        (long long)past);
    if (known >= 0 && (n_future < n_step || n_future - n_step < pred - 1))
        return lts_fail(LSTM_E_ARGUMENT,
                        "n_future is %lld, expected at least n_step + pred - 1 = %lld + %lld, "
                        "since column %lld is LSTM_ROLE_KNOWN",
                        (long long)n_future, (long long)n_step, (long long)(pred - 1),
                        (long long)known);
    return LSTM_OK;
}

lstm_status lts_members_check_loop(const lts_members *members, const lstm_forecast_options *options)
{
    const lts_fleet_member *shortest = &members->list[0];
    int64_t lag = options->feedback_lag, context_len = shortest->context_len;
    LTS_TRY(check_inputs(shortest->series, options));
    if (options->n_step > 1 && lts_fed_step(context_len, context_len - 1, lag) < 0)
        return lts_fail(LSTM_E_SHAPE,
                        "feedback_lag is %lld, expected at most the %lld rows read of series %lld",
                        (long long)lag, (long long)context_len, (long long)shortest->number);
    return LSTM_OK;
}

int64_t lts_members_run(const lts_members *members, int64_t first, int64_t end)
{
    int64_t context_len = members->list[first].context_len;
    while (first < end && members->list[first].context_len == context_len)
        first++;
    return first;
}

void lts_members_gather(const lts_members *members, int64_t first, int64_t B, int64_t t,
                        const lts_columns *columns, real *x)
{
    for (int64_t b = 0; b < B; b++) {
        const lts_fleet_member *m = &members->list[first + b];
        int64_t row = m->first + t;
        if (b + LTS_MEMBERS_AHEAD < B)
            __builtin_prefetch(m[LTS_MEMBERS_AHEAD].series);
        if (b + LTS_MEMBERS_AHEAD / 2 < B)
            __builtin_prefetch(m[LTS_MEMBERS_AHEAD / 2].series->rows);
        lts_gather(m->series, columns->input, columns->D, &row, 1, 0, x + b * columns->D);
    }
}
