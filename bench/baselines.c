/* SPDX-License-Identifier: MIT */
/*
 * The errors of the baselines on a table in a CSV file, standardized by the training part, over
 * every window of the test part:
 *
 *     lstmts-baselines FILE TRAIN VALID ROWS SEASON CONTEXT HORIZON...
 *
 * The first line of the file is skipped, and the first column, which has the times. An empty value
 * is missing and is filled linearly. Rows before TRAIN are the training part, those before VALID
 * the validation part, those before ROWS the test part. A ridge regression of CONTEXT rows, whose
 * base is the mean of a season, is fitted for the last HORIZON: first with the penalty .03, then
 * with one chosen on the validation part. For ETTh1, as in the literature:
 *
 *     lstmts-baselines ETTh1.csv 8640 11520 14400 24 504 96 192 336 720
 */
#include "timing.h"

#include <lstmts/backtest.h>
#include <lstmts/baseline.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { METHODS = 7, LINE = 4096 };

/* Reads up to n_row rows to a new array [n_row, C]. Returns the number of rows. */
static int64_t read_rows(FILE *file, int64_t n_row, lstm_real **rows, int64_t *C)
{
    char line[LINE];
    int64_t n = 0;
    *C = 0;
    if (fgets(line, sizeof line, file) == NULL)
        return 0;
    for (const char *at = line; (at = strchr(at, ',')) != NULL; at++)
        ++*C;
    *rows = malloc((size_t)(n_row * *C + 1) * sizeof **rows);
    for (; *rows != NULL && n < n_row && fgets(line, sizeof line, file) != NULL; n++) {
        char *at = strchr(line, ',');
        for (int64_t c = 0; c < *C && at != NULL; c++, at = strchr(at + 1, ',')) {
            char *end;
            double value = strtod(at + 1, &end);
            (*rows)[n * *C + c] = end == at + 1 ? (lstm_real)NAN : (lstm_real)value;
        }
    }
    return n;
}

static lstm_status new_methods(lstm_method **methods, int64_t m, int64_t L, int64_t H)
{
    static const double penalties[] = {0.03, 0};
    for (int64_t i = 0; i < METHODS; i++) {
        lstm_baseline_options baseline = LSTM_BASELINE_OPTIONS_INIT;
        lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
        baseline.kind = i, baseline.season_len = m, baseline.window = m;
        ridge.context_len = L, ridge.horizon = H, ridge.base_len = m;
        if (i >= LSTM_BASELINE_THETA)
            ridge.penalty = penalties[i - LSTM_BASELINE_THETA];
        lstm_status status = i < LSTM_BASELINE_THETA ? lstm_baseline_new(&methods[i], &baseline)
                                                     : lstm_ridge_new(&methods[i], &ridge);
        if (status < 0)
            return status;
    }
    return LSTM_OK;
}

static lstm_status test(lstm_method **methods, const lstm_dataset *data, int64_t m, int64_t H)
{
    static const int64_t kinds[] = {LSTM_METRIC_MSE, LSTM_METRIC_MAE, LSTM_METRIC_MASE};
    char table[LINE];
    lstm_backtest *backtest = NULL;
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    options.horizon = H, options.season_len = m;
    options.standardized = 1, options.refit = LSTM_NO_FIT;
    double start = bench_clock() * 1e-9;
    lstm_status status = lstm_backtest_run(&backtest, methods, METHODS, data, &options);
    if (status < 0)
        return status;
    status = lstm_backtest_table(backtest, kinds, 3, table, sizeof table, NULL);
    printf("\n%lld rows ahead, %lld origins, %.2f s\n%s", (long long)H,
           (long long)lstm_backtest_origins(backtest, LSTM_ALL), bench_clock() * 1e-9 - start,
           table);
    lstm_backtest_free(backtest);
    return status;
}

static lstm_status fit(lstm_method **methods, const lstm_dataset *data)
{
    for (int i = 0; i < METHODS; i++) {
        double start = bench_clock() * 1e-9;
        lstm_status status = lstm_method_fit(methods[i], data);
        if (status < 0)
            return status;
        if (i >= LSTM_BASELINE_THETA)
            printf("%s was fitted in %.2f s\n", lstm_method_name(methods[i]),
                   bench_clock() * 1e-9 - start);
    }
    return LSTM_OK;
}

int main(int n, char **arguments)
{
    int64_t sizes[5], C = 0, n_row = 0;
    lstm_real *rows = NULL;
    FILE *file = n < 8 ? NULL : fopen(arguments[1], "r");
    if (file == NULL) {
        fprintf(stderr,
                "usage: lstmts-baselines FILE TRAIN VALID ROWS SEASON CONTEXT HORIZON...\n");
        return 2;
    }
    for (int i = 0; i < 5; i++)
        sizes[i] = atoll(arguments[2 + i]);
    n_row = read_rows(file, sizes[2], &rows, &C);
    fclose(file);

    lstm_dataset *data = NULL;
    lstm_method *methods[METHODS] = {NULL};
    lstm_dataset_options columns = LSTM_DATASET_OPTIONS_INIT;
    columns.n_column = C, columns.missing = LSTM_MISSING_LINEAR;
    int failed = lstm_dataset_new(&data, &columns) < 0 ||
                 lstm_dataset_add(data, arguments[1], rows, n_row, 0) < 0 ||
                 lstm_dataset_split(data, 0, sizes[0], sizes[1]) < 0 ||
                 new_methods(methods, sizes[3], sizes[4], atoll(arguments[n - 1])) < 0 ||
                 fit(methods, data) < 0;
    for (int i = 7; i < n && !failed; i++)
        failed = test(methods, data, sizes[3], atoll(arguments[i])) < 0;
    if (failed)
        fprintf(stderr, "lstmts-baselines: %s\n", lstm_last_error());
    for (int i = 0; i < METHODS; i++)
        lstm_method_free(methods[i]);
    lstm_dataset_free(data);
    free(rows);
    return failed;
}
