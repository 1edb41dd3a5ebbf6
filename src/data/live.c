/* SPDX-License-Identifier: MIT */
#include "data/live.h"

#include "base/memory.h"
#include "base/status.h"

/* Rows of the buffer: twice what is kept, so that rows move once in n_keep pushes. */
static int64_t capacity_of(int64_t n_keep, int64_t n_future)
{
    int64_t most = INT64_MAX / 8;
    return n_keep > most || n_future > most ? INT64_MAX : 2 * n_keep + n_future;
}

static lstm_status add_member(lstm_dataset *d, const char *name, int64_t n_keep, int64_t n_future,
                              int64_t start)
{
    int64_t capacity = capacity_of(n_keep, n_future), size;
    if (!lts_multiply(capacity, d->n_column, &size))
        size = INT64_MAX;
    d->series = lts_alloc(1, sizeof *d->series);
    d->static_values = lts_alloc(d->statics.n, sizeof *d->static_values);
    if (d->series == NULL || d->static_values == NULL)
        return LSTM_E_NOMEM;
    d->capacity = 1;
    lts_dataset_series *m = &d->series[0];
    LTS_TRY(lts_names_add(&d->names, "series", name));
    *m = (lts_dataset_series){
        .start = start, .capacity = capacity, .train_end = -1, .valid_end = -1};
    for (int64_t i = 0; i < d->statics.n; i++)
        d->static_values[i] = (real)NAN;
    m->values = lts_alloc(size, sizeof *m->values);
    if (m->values == NULL)
        return LSTM_E_NOMEM;
    if (!lts_dataset_fills(d))
        return LSTM_OK;
    m->filled = lts_alloc(size / LTS_FILLED_BITS + 1, sizeof *m->filled);
    return m->filled == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

lstm_status lts_live_new(lstm_dataset **live, const lstm_dataset *frame, const char *name,
                         int64_t n_keep, int64_t n_future, int64_t start)
{
    lstm_dataset *made;
    LTS_TRY(lts_dataset_frame(&made, frame));
    lstm_status status = add_member(made, name, n_keep, n_future, start);
    if (status < 0) {
        lstm_dataset_free(made);
        return status;
    }
    made->is_live = true;
    *live = made;
    return LSTM_OK;
}

int64_t lts_live_surplus(const lstm_dataset *live, int64_t n_keep)
{
    int64_t n_row = live->series[0].n_row;
    return n_row < 2 * n_keep ? 0 : n_row - n_keep + 1;
}

/*
 * Values of a column that were filled from rows that are dropped stay as they are: in the first
 * row, or by the season in the first season, and in the rest of a gap whose end is known.
 */
static void keep_filled(lstm_dataset *live, int64_t column)
{
    lts_dataset_series *m = &live->series[0];
    int64_t C = live->n_column, end = 0;
    while (end < m->n_row && lts_is_filled(m, end * C + column))
        end++;
    if (end == m->n_row)
        end = 1;
    if (live->missing == LSTM_MISSING_SEASONAL && end < live->season_len)
        end = live->season_len;
    for (int64_t row = 0; row < end && row < m->n_row; row++)
        lts_set_filled(m, row * C + column, false);
}

void lts_live_drop(lstm_dataset *live, int64_t n)
{
    lts_dataset_series *m = &live->series[0];
    int64_t C = live->n_column, left = (m->n_row + m->n_future - n) * C;
    memmove(m->values, m->values + n * C, (size_t)left * sizeof *m->values);
    for (int64_t i = 0; m->filled != NULL && i < left; i++)
        lts_set_filled(m, i, lts_is_filled(m, n * C + i));
    m->first += n;
    m->n_row -= n;
    for (int64_t c = 0; m->filled != NULL && c < C; c++)
        keep_filled(live, c);
}
