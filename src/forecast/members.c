/* SPDX-License-Identifier: MIT */
#include "forecast/members.h"

#include "base/memory.h"
#include "base/status.h"

#include <stdlib.h>
#include <string.h>

static int by_context(const void *left, const void *right)
{
    const lts_fleet_member *a = left, *b = right;
    if (a->context_len != b->context_len)
        return a->context_len < b->context_len ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

lstm_status lts_members_init(lts_members *members, const lstm_series *const *series, int64_t n,
                             int64_t context_len, int64_t n_future)
{
    *members = (lts_members){.n = n,
                             .list = lts_alloc(n, sizeof *members->list),
                             .numbers = lts_alloc(n, sizeof *members->numbers)};
    if (members->list == NULL || members->numbers == NULL) {
        lts_members_clear(members);
        return LSTM_E_NOMEM;
    }
    bool sorted = true;
    for (int64_t i = 0; i < n; i++) {
        if (i + LTS_MEMBERS_AHEAD < n)
            __builtin_prefetch(series[i + LTS_MEMBERS_AHEAD]);
        int64_t n_row = series[i]->n_row - n_future;
        int64_t n_read = context_len == 0 || context_len > n_row ? n_row : context_len;
        members->list[i] = (lts_fleet_member){series[i], i, n_read, n_row - n_read};
        sorted = sorted && (i == 0 || by_context(&members->list[i - 1], &members->list[i]) < 0);
    }
    if (!sorted) /* mostly equal lengths, of which sorting 100,000 takes milliseconds */
        qsort(members->list, (size_t)n, sizeof *members->list, by_context);
    for (int64_t i = 0; i < n; i++)
        members->numbers[i] = members->list[i].number;
    members->longest = members->list[n - 1].context_len;
    return LSTM_OK;
}

void lts_members_clear(lts_members *members)
{
    lts_free(members->list);
    lts_free(members->numbers);
    memset(members, 0, sizeof *members);
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
