/* SPDX-License-Identifier: MIT */
/*
 * Rows come in: they are checked, then memory is reserved, and only then is the series changed, so
 * that a failure leaves it as it was.
 *
 * Which values were filled is known, so each time that rows come in they are made missing again and
 * filled anew. Therefore a series does not depend on the pieces in which it arrived.
 */
#include "data/dataset.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/civil.h"
#include "data/missing.h"

#include <stdio.h>

/* Rows on their way in. */
typedef struct batch {
    const char *name;   /* of the series, for messages                      */
    const real *narrow; /* [n_row, C], or NULL                              */
    const double *wide; /* [n_row, C] instead                               */
    int64_t first;      /* row of the series that the first of them becomes */
    int64_t n_row;
    int64_t dropped; /* rows before those of the series, which messages count */
    bool is_future;
    bool has_gaps; /* some values must be filled */
} batch;

/* LSTM_MISSING_REFUSE, or LSTM_MISSING_MASK where a missing value stays, or how it is filled. */
static int64_t policy_of(const lstm_dataset *d, int64_t column)
{
    if (d->missing == LSTM_MISSING_MASK && !lts_role_is_target(d->roles[column]))
        return LSTM_MISSING_FORWARD;
    return d->missing;
}

static bool is_filling(int64_t policy)
{
    return policy != LSTM_MISSING_REFUSE && policy != LSTM_MISSING_MASK;
}

static lstm_status report_value(const lstm_dataset *d, const batch *b, int64_t row, int64_t column,
                                const char *what)
{
    return lts_fail(LSTM_E_NUMERIC, "series \"%.100s\", row %lld, column %lld (%.100s) is %s",
                    b->name, (long long)(b->dropped + b->first + row), (long long)column,
                    lts_names_get(&d->columns, column), what);
}

static lstm_status check_value(const lstm_dataset *d, batch *b, int64_t row, int64_t column)
{
    int64_t at = row * d->n_column + column;
    real value = b->wide != NULL ? (real)b->wide[at] : b->narrow[at];
    if (isfinite(value))
        return LSTM_OK;
    if (isinf(value)) {
        char text[40];
        snprintf(text, sizeof text, "%g", b->wide != NULL ? b->wide[at] : (double)value);
        return report_value(d, b, row, column, text);
    }
    int64_t policy = policy_of(d, column);
    if (policy == LSTM_MISSING_REFUSE)
        return report_value(
            d, b, row, column,
            "missing, and `missing` is LSTM_MISSING_REFUSE; LSTM_MISSING_MASK takes it");
    b->has_gaps = b->has_gaps || is_filling(policy);
    return LSTM_OK;
}

static lstm_status check_batch(const lstm_dataset *d, const lts_dataset_series *m, batch *b)
{
    int64_t most = PTRDIFF_MAX / 16 / d->n_column, time;
    int64_t last = b->dropped + b->first + b->n_row - 1;
    if (b->n_row > most - b->first)
        return lts_fail(LSTM_E_LIMIT,
                        "series \"%.100s\" of %lld + %lld rows and %lld columns is too large",
                        b->name, (long long)b->first, (long long)b->n_row, (long long)d->n_column);
    if (d->step_unit != LSTM_STEP_ROWS && b->n_row > 0 &&
        !lts_time_of_row(d->step_unit, d->step, m->start, last, &time))
        return lts_fail(LSTM_E_LIMIT,
                        "series \"%.100s\": row %lld lies outside of the years 1 to 9999", b->name,
                        (long long)last);
    for (int64_t row = 0; row < b->n_row; row++)
        for (int64_t c = 0; c < d->n_column; c++)
            if (!b->is_future || d->roles[c] == LSTM_ROLE_KNOWN)
                LTS_TRY(check_value(d, b, row, c));
    return LSTM_OK;
}

static int64_t filled_elements(int64_t n_row, int64_t n_column)
{
    return (n_row * n_column + LTS_FILLED_BITS - 1) / LTS_FILLED_BITS;
}

/* The first rows fit exactly, later ones grow the series by an eighth. */
static lstm_status reserve_rows(const lstm_dataset *d, lts_dataset_series *m, int64_t n_row,
                                bool has_gaps)
{
    int64_t C = d->n_column, held = m->n_row + m->n_future, capacity = m->capacity;
    if (n_row > capacity) {
        int64_t larger = capacity + capacity / 8;
        capacity = n_row > larger ? n_row : larger;
        real *values = lts_grow(m->values, held * C, capacity * C, sizeof *values);
        if (values == NULL)
            return LSTM_E_NOMEM;
        m->values = values;
    }
    if (m->filled == NULL ? has_gaps : capacity > m->capacity) {
        int64_t used = m->filled == NULL ? 0 : filled_elements(m->capacity, C);
        uint64_t *filled = lts_grow(m->filled, used, filled_elements(capacity, C), sizeof *filled);
        if (filled == NULL)
            return LSTM_E_NOMEM;
        m->filled = filled;
    }
    m->capacity = capacity;
    return LSTM_OK;
}

static void write_rows(const lstm_dataset *d, lts_dataset_series *m, const batch *b)
{
    int64_t C = d->n_column;
    for (int64_t i = 0; i < b->n_row * C; i++) {
        int64_t at = b->first * C + i;
        m->values[at] = b->wide != NULL ? (real)b->wide[i] : b->narrow[i];
        if (b->is_future && d->roles[i % C] != LSTM_ROLE_KNOWN)
            m->values[at] = (real)NAN;
        if (m->filled != NULL)
            lts_set_filled(m, at, false);
    }
}

/* Fills the column, remembering where. Returns false if it has no value. */
static bool fill_column(const lstm_dataset *d, lts_dataset_series *m, int64_t column)
{
    int64_t C = d->n_column;
    int64_t n = m->n_row + (d->roles[column] == LSTM_ROLE_KNOWN ? m->n_future : 0), missing = 0;
    for (int64_t row = 0; row < n; row++) {
        int64_t at = row * C + column;
        if (lts_is_filled(m, at))
            m->values[at] = (real)NAN;
        if (isnan(m->values[at])) {
            lts_set_filled(m, at, true);
            missing++;
        }
    }
    return missing == 0 ||
           lts_missing_fill(policy_of(d, column), d->season_len, m->values + column, C, n);
}

static lstm_status fill_series(const lstm_dataset *d, lts_dataset_series *m, const char *name)
{
    if (m->filled == NULL)
        return LSTM_OK;
    for (int64_t c = 0; c < d->n_column; c++)
        if (is_filling(policy_of(d, c)) && !fill_column(d, m, c))
            return lts_fail(LSTM_E_NUMERIC, "series \"%.100s\", column %lld (%.100s) has no value",
                            name, (long long)c, lts_names_get(&d->columns, c));
    return LSTM_OK;
}

bool lts_dataset_fills(const lstm_dataset *d)
{
    for (int64_t c = 0; c < d->n_column; c++)
        if (is_filling(policy_of(d, c)))
            return true;
    return false;
}

lstm_status lts_dataset_fill(lstm_dataset *d, int64_t series)
{
    return fill_series(d, &d->series[series], lts_names_get(&d->names, series));
}

/* The series has `n_row` rows afterwards, and `n_future` after them. */
static lstm_status take_batch(const lstm_dataset *d, lts_dataset_series *m, batch *b, int64_t n_row,
                              int64_t n_future)
{
    LTS_TRY(reserve_rows(d, m, n_row + n_future, b->has_gaps));
    write_rows(d, m, b);
    m->n_row = n_row;
    m->n_future = n_future;
    return fill_series(d, m, b->name);
}

static lstm_status reserve_member(lstm_dataset *d)
{
    if (d->names.n < d->capacity)
        return LSTM_OK;
    int64_t n = d->names.n, capacity = n + n / 2 + 4;
    lts_dataset_series *series = lts_grow(d->series, n, capacity, sizeof *series);
    if (series == NULL)
        return LSTM_E_NOMEM;
    d->series = series;
    real *values =
        lts_grow(d->static_values, n * d->statics.n, capacity * d->statics.n, sizeof *values);
    if (values == NULL)
        return LSTM_E_NOMEM;
    d->static_values = values;
    d->capacity = capacity;
    return LSTM_OK;
}

static lstm_status add_series(lstm_dataset *d, const char *name, batch b, int64_t start)
{
    char number[24];
    int64_t s = d->names.n;
    lts_dataset_series m = {.start = start, .train_end = -1, .valid_end = -1};
    snprintf(number, sizeof number, "%lld", (long long)s);
    b.name = name == NULL ? number : name;
    if (b.n_row < 1)
        return lts_fail(LSTM_E_ARGUMENT, "n_row of series \"%.100s\" is %lld, expected at least 1",
                        b.name, (long long)b.n_row);
    if (d->step_unit != LSTM_STEP_ROWS && (start < LTS_FIRST_TIME || start > LTS_LAST_TIME))
        return lts_fail(LSTM_E_LIMIT,
                        "start of series \"%.100s\" is %lld, outside of the years 1 to 9999",
                        b.name, (long long)start);
    LTS_TRY(check_batch(d, &m, &b));
    lstm_status status = reserve_member(d);
    if (status >= 0)
        status = take_batch(d, &m, &b, b.n_row, 0);
    if (status >= 0)
        status = lts_names_add(&d->names, "series", name);
    if (status < 0) {
        lts_free(m.values);
        lts_free(m.filled);
        return status;
    }
    d->series[s] = m;
    for (int64_t i = 0; i < d->statics.n; i++)
        d->static_values[s * d->statics.n + i] = (real)NAN;
    return LSTM_OK;
}

lstm_status lstm_dataset_add(lstm_dataset *dataset, const char *name, const lstm_real *rows,
                             int64_t n_row, int64_t start)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(rows);
    return add_series(dataset, name, (batch){.narrow = rows, .n_row = n_row}, start);
}

lstm_status lstm_dataset_add_double(lstm_dataset *dataset, const char *name, const double *rows,
                                    int64_t n_row, int64_t start)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(rows);
    return add_series(dataset, name, (batch){.wide = rows, .n_row = n_row}, start);
}

lstm_status lstm_dataset_append(lstm_dataset *dataset, int64_t series, const lstm_real *rows,
                                int64_t n_row)
{
    LTS_FLOAT_SCOPE();
    LTS_TRY(lts_dataset_check_series(dataset, series));
    LTS_NOT_NULL(rows);
    LTS_TRY(lts_check_at_least("n_row", n_row, 1));
    lts_dataset_series *m = &dataset->series[series];
    batch b = {.name = lts_names_get(&dataset->names, series),
               .narrow = rows,
               .first = m->n_row,
               .n_row = n_row};
    LTS_TRY(check_batch(dataset, m, &b));
    int64_t n_future = m->n_future > n_row ? m->n_future - n_row : 0;
    return take_batch(dataset, m, &b, m->n_row + n_row, n_future);
}

lstm_status lstm_dataset_set_future(lstm_dataset *dataset, int64_t series, const lstm_real *rows,
                                    int64_t n_row)
{
    LTS_FLOAT_SCOPE();
    LTS_TRY(lts_dataset_check_series(dataset, series));
    LTS_TRY(lts_check_at_least("n_row", n_row, 0));
    if (n_row > 0)
        LTS_NOT_NULL(rows);
    int64_t n_known = 0;
    for (int64_t c = 0; c < dataset->n_column; c++)
        n_known += dataset->roles[c] == LSTM_ROLE_KNOWN;
    if (n_known == 0)
        return lts_fail(LSTM_E_ARGUMENT, "no column of the data set has LSTM_ROLE_KNOWN");
    lts_dataset_series *m = &dataset->series[series];
    batch b = {.name = lts_names_get(&dataset->names, series),
               .narrow = rows,
               .first = m->n_row,
               .n_row = n_row,
               .is_future = true};
    LTS_TRY(check_batch(dataset, m, &b));
    return take_batch(dataset, m, &b, m->n_row, n_row);
}

lstm_status lstm_dataset_set_static(lstm_dataset *dataset, int64_t series, const lstm_real *values)
{
    LTS_TRY(lts_dataset_check_series(dataset, series));
    LTS_NOT_NULL(values);
    int64_t n = dataset->statics.n;
    if (n == 0)
        return lts_fail(LSTM_E_ARGUMENT, "n_static of the data set is 0");
    int64_t bad = lts_first_nonfinite(values, n);
    if (bad >= 0)
        return lts_fail(LSTM_E_NUMERIC, "series \"%.100s\", static feature %lld (%.100s) is %g",
                        lts_names_get(&dataset->names, series), (long long)bad,
                        lts_names_get(&dataset->statics, bad), (double)values[bad]);
    memcpy(dataset->static_values + series * n, values, (size_t)n * sizeof *values);
    return LSTM_OK;
}

lstm_status lts_dataset_push(lstm_dataset *d, int64_t series, const real *row)
{
    lts_dataset_series *m = &d->series[series];
    batch b = {.name = lts_names_get(&d->names, series),
               .narrow = row,
               .first = m->n_row,
               .n_row = 1,
               .dropped = m->first};
    LTS_TRY(check_batch(d, m, &b));
    write_rows(d, m, &b);
    m->n_row++;
    m->n_future -= m->n_future > 0;
    return LSTM_OK;
}

lstm_status lts_dataset_push_future(lstm_dataset *d, int64_t series, const real *rows,
                                    int64_t n_row)
{
    lts_dataset_series *m = &d->series[series];
    batch b = {.name = lts_names_get(&d->names, series),
               .narrow = rows,
               .first = m->n_row,
               .n_row = n_row,
               .dropped = m->first,
               .is_future = true};
    LTS_TRY(check_batch(d, m, &b));
    write_rows(d, m, &b);
    m->n_future = n_row;
    return LSTM_OK;
}
