/* SPDX-License-Identifier: MIT */
#include "data/series.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"

#include <string.h>

static lstm_status new_series(lstm_series **out, int64_t n_row, int64_t n_column)
{
    int64_t size;
    if (n_row < 1 || n_column < 1)
        return lts_fail(LSTM_E_ARGUMENT, "a series of %lld rows and %lld columns has no data",
                        (long long)n_row, (long long)n_column);
    if (!lts_multiply(n_row, n_column, &size) || size > PTRDIFF_MAX / (int64_t)sizeof(double))
        return lts_fail(LSTM_E_LIMIT, "a series of %lld rows and %lld columns is too large",
                        (long long)n_row, (long long)n_column);
    lstm_series *series = lts_alloc(1, sizeof *series);
    if (series == NULL)
        return LSTM_E_NOMEM;
    series->n_row = n_row;
    series->n_column = n_column;
    series->rows = lts_alloc(size, sizeof *series->rows);
    series->roles = lts_alloc(n_column, sizeof *series->roles);
    if (series->rows == NULL || series->roles == NULL) {
        lstm_series_free(series);
        return LSTM_E_NOMEM;
    }
    *out = series;
    return LSTM_OK;
}

static lstm_status report_nonfinite_value(int64_t index, int64_t n_column, double value)
{
    return lts_fail(LSTM_E_NUMERIC, "row %lld, column %lld of the series is %g",
                    (long long)(index / n_column), (long long)(index % n_column), value);
}

lstm_status lstm_series_new(lstm_series **series, const lstm_real *rows, int64_t n_row,
                            int64_t n_column)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(series);
    LTS_NOT_NULL(rows);
    lstm_series *made = NULL;
    LTS_TRY(new_series(&made, n_row, n_column));
    int64_t bad = lts_first_nonfinite(rows, n_row * n_column);
    if (bad >= 0) {
        lstm_series_free(made);
        return report_nonfinite_value(bad, n_column, (double)rows[bad]);
    }
    memcpy(made->rows, rows, (size_t)(n_row * n_column) * sizeof *rows);
    *series = made;
    return LSTM_OK;
}

lstm_status lstm_series_new_double(lstm_series **series, const double *rows, int64_t n_row,
                                   int64_t n_column)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(series);
    LTS_NOT_NULL(rows);
    lstm_series *made = NULL;
    LTS_TRY(new_series(&made, n_row, n_column));
    for (int64_t i = 0; i < n_row * n_column; i++) {
        made->rows[i] = (real)rows[i];
        if (!isfinite(made->rows[i])) {
            lstm_series_free(made);
            return report_nonfinite_value(i, n_column, rows[i]);
        }
    }
    *series = made;
    return LSTM_OK;
}

lstm_status lstm_series_slice(lstm_series **series, const lstm_series *source, int64_t first,
                              int64_t n_row)
{
    LTS_NOT_NULL(series);
    LTS_NOT_NULL(source);
    if (first < 0 || n_row < 1 || first > source->n_row || n_row > source->n_row - first)
        return lts_fail(LSTM_E_SHAPE,
                        "%lld rows from row %lld on do not fit in a series of %lld rows",
                        (long long)n_row, (long long)first, (long long)source->n_row);
    lstm_series *made = NULL;
    int64_t n_column = source->n_column;
    LTS_TRY(new_series(&made, n_row, n_column));
    memcpy(made->rows, source->rows + first * n_column,
           (size_t)(n_row * n_column) * sizeof *made->rows);
    memcpy(made->roles, source->roles, (size_t)n_column * sizeof *made->roles);
    *series = made;
    return LSTM_OK;
}

void lstm_series_free(lstm_series *series)
{
    if (series == NULL)
        return;
    lts_free(series->rows);
    lts_free(series->roles);
    lts_free(series);
}

lstm_status lstm_series_set_role(lstm_series *series, int64_t column, int64_t role)
{
    LTS_NOT_NULL(series);
    if (column < 0 || column >= series->n_column)
        return lts_fail(LSTM_E_ARGUMENT, "column is %lld, the series has %lld columns",
                        (long long)column, (long long)series->n_column);
    LTS_TRY(lts_check_one_of("role", role, LSTM_ROLE_KNOWN + 1,
                             "LSTM_ROLE_BOTH, _INPUT, _TARGET or _KNOWN"));
    series->roles[column] = role;
    return LSTM_OK;
}

int64_t lstm_series_rows(const lstm_series *series)
{
    return series == NULL ? 0 : series->n_row;
}

int64_t lstm_series_columns(const lstm_series *series)
{
    return series == NULL ? 0 : series->n_column;
}

int64_t lts_series_find_role(const lstm_series *series, int64_t role)
{
    for (int64_t j = 0; j < series->n_column; j++)
        if (series->roles[j] == role)
            return j;
    return -1;
}

int64_t lstm_series_inputs(const lstm_series *series)
{
    int64_t n = 0;
    for (int64_t j = 0; series != NULL && j < series->n_column; j++)
        n += lts_role_is_input(series->roles[j]);
    return n;
}

int64_t lstm_series_targets(const lstm_series *series)
{
    int64_t n = 0;
    for (int64_t j = 0; series != NULL && j < series->n_column; j++)
        n += lts_role_is_target(series->roles[j]);
    return n;
}

const lstm_real *lstm_series_data(const lstm_series *series)
{
    return series == NULL ? NULL : series->rows;
}
