/* SPDX-License-Identifier: MIT */
#include "data/columns.h"

#include "base/memory.h"
#include "base/status.h"

#include <string.h>

lstm_status lts_columns_init(lts_columns *columns, const lstm_series *series, int64_t pred)
{
    int64_t D = lstm_series_inputs(series), K = lstm_series_targets(series);
    if (D == 0 || K == 0)
        return lts_fail(LSTM_E_SHAPE, "the series has %lld input and %lld target columns",
                        (long long)D, (long long)K);
    bool known = lts_series_find_role(series, LSTM_ROLE_KNOWN) >= 0;
    if (known && pred >= series->n_row)
        return lts_fail(LSTM_E_SHAPE,
                        "pred is %lld: step 0 reads row %lld of the known covariates, the series "
                        "has %lld rows",
                        (long long)pred, (long long)pred, (long long)series->n_row);
    int64_t *indices = lts_alloc(D + K + D, sizeof *indices);
    if (indices == NULL)
        return LSTM_E_NOMEM;
    *columns = (lts_columns){0, 0, indices, indices + D, indices + D + K, known};
    for (int64_t j = 0; j < series->n_column; j++) {
        int64_t role = series->roles[j];
        if (lts_role_is_input(role)) {
            int64_t ahead = role == LSTM_ROLE_KNOWN ? pred * series->n_column : 0;
            columns->input[columns->D] = ahead + j;
            columns->feed[columns->D] = role == LSTM_ROLE_BOTH ? columns->K : -1;
            columns->D++;
        }
        if (lts_role_is_target(role))
            columns->target[columns->K++] = j;
    }
    return LSTM_OK;
}

void lts_columns_clear(lts_columns *columns)
{
    lts_free(columns->input);
    memset(columns, 0, sizeof *columns);
}

lstm_status lts_columns_match(const lts_columns *columns, int64_t D, int64_t n_out,
                              int64_t n_output)
{
    if (columns->D != D)
        return lts_fail(LSTM_E_SHAPE, "the series has %lld input columns, the model takes %lld",
                        (long long)columns->D, (long long)D);
    if (n_out > 1 && columns->K * n_out != n_output)
        return lts_fail(LSTM_E_SHAPE,
                        "the series has %lld target columns with %lld outputs each, the model "
                        "gives %lld",
                        (long long)columns->K, (long long)n_out, (long long)n_output);
    if (columns->K * n_out != n_output)
        return lts_fail(LSTM_E_SHAPE, "the series has %lld target columns, the model gives %lld",
                        (long long)columns->K, (long long)n_output);
    return LSTM_OK;
}

/* How many of the columns stand beside each other in a row. */
static int64_t run_of(const int64_t *column, int64_t n)
{
    int64_t run = 1;
    while (run < n && column[run] == column[0] + run)
        run++;
    return run;
}

void lts_gather(const lstm_series *series, const int64_t *column, int64_t n, const int64_t *offsets,
                int64_t B, int64_t shift, real *out)
{
    for (int64_t j = 0, run; j < n; j += run) {
        run = run_of(column + j, n - j);
        for (int64_t b = 0; b < B; b++)
            memcpy(out + b * n + j,
                   series->rows + (offsets[b] + shift) * series->n_column + column[j],
                   (size_t)run * sizeof *out);
    }
}

void lts_feed(const lts_columns *columns, int64_t B, const real *y, int64_t y_row, real *x)
{
    for (int64_t b = 0; b < B; b++)
        for (int64_t j = 0; j < columns->D; j++)
            if (columns->feed[j] >= 0)
                x[b * columns->D + j] = y[b * y_row + columns->feed[j]];
}
