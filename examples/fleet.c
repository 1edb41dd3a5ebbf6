/* SPDX-License-Identifier: MIT */
/*
 * One forecaster for a fleet of 1,000 meters, on all cores:
 *
 *     fleet [SERIES [UPDATES]]
 *
 * The meters are synthetic: each has a level, a week and a trend of its own, and some began late.
 * All of them are forecast in one call. A new meter is forecast by the same forecaster without
 * another fit.
 */
#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 200, WEEK = 7, AHEAD = 14, METHODS = 4 };

/* A number in 0 .. 1 (Lehmer's generator). */
static double uniform(uint64_t *seed)
{
    *seed = *seed * 48271 % 2147483647;
    return (double)*seed / 2147483647;
}

static int add_meter(lstm_dataset *data, int64_t number, int64_t n_row)
{
    double rows[ROWS];
    uint64_t seed = (uint64_t)number + 1;
    for (int i = 0; i < 10; i++)
        uniform(&seed);
    double level = 50 + 100 * uniform(&seed), size = 0.1 + 0.3 * uniform(&seed);
    double trend = 0.004 * (uniform(&seed) - 0.5), phase = 6.2832 * uniform(&seed);
    for (int64_t t = 0; t < n_row; t++) {
        double week = 1 + size * sin(6.2832 * (double)t / WEEK + phase);
        rows[t] = level * exp(trend * (double)t) * week * (0.9 + 0.2 * uniform(&seed));
    }
    return lstm_dataset_add_double(data, NULL, rows, n_row, 0) != LSTM_OK;
}

/* The last 28 days are the test part, which no fit reads, the 28 before the validation part. */
static int new_data(lstm_dataset **data, int64_t n_series)
{
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = 1, options.step_unit = LSTM_STEP_SECONDS, options.step = 86400;
    int failed = lstm_dataset_new(data, &options) != LSTM_OK;
    for (int64_t s = 0; s < n_series && !failed; s++) {
        int64_t n = s % 10 == 9 ? ROWS / 2 : ROWS;
        failed = add_meter(*data, s, n) || lstm_dataset_split(*data, s, n - 56, n - 28);
    }
    return failed;
}

static int judge(lstm_forecaster *forecaster, const lstm_dataset *data)
{
    static const int64_t kinds[] = {LSTM_METRIC_MASE, LSTM_METRIC_MAPE, LSTM_METRIC_RMSE};
    char table[2000], words[2000];
    lstm_method *methods[METHODS] = {NULL};
    lstm_backtest *backtest = NULL;
    lstm_backtest_options test = LSTM_BACKTEST_OPTIONS_INIT;
    test.horizon = AHEAD, test.stride = WEEK, test.season_len = WEEK;
    test.n_threads = LSTM_ALL_CORES;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    ridge.context_len = 2 * AHEAD, ridge.horizon = AHEAD;
    lstm_baseline_options week = LSTM_BASELINE_OPTIONS_INIT;
    week.kind = LSTM_BASELINE_SEASONAL_NAIVE, week.season_len = WEEK;
    int failed = lstm_forecaster_method(&methods[0], forecaster, "forecaster") ||
                 lstm_ridge_new(&methods[1], &ridge) || lstm_baseline_new(&methods[2], &week) ||
                 lstm_baseline_new(&methods[3], NULL) ||
                 lstm_backtest_run(&backtest, methods, METHODS, data, &test) ||
                 lstm_backtest_table(backtest, kinds, 3, table, sizeof table, NULL) ||
                 lstm_backtest_words(backtest, LSTM_METRIC_MASE, 0, words, sizeof words, NULL);
    if (!failed)
        printf("%d days ahead, %lld series, %lld origins\n%s\n%s", AHEAD,
               (long long)lstm_dataset_series(data),
               (long long)lstm_backtest_origins(backtest, LSTM_ALL), table, words);
    lstm_backtest_free(backtest);
    for (int i = 0; i < METHODS; i++)
        lstm_method_free(methods[i]);
    return failed;
}

/* What all meters together will read, and then one of four weeks that the fit has not seen. */
static int forecast(const lstm_forecaster *forecaster, lstm_dataset *data)
{
    int64_t n = lstm_dataset_series(data);
    lstm_real *y = malloc((size_t)(n + 1) * AHEAD * sizeof *y);
    int failed = y == NULL || add_meter(data, n, 4 * WEEK) ||
                 lstm_forecaster_predict_series(forecaster, data, NULL, n + 1, y);
    for (int h = 0; h < WEEK && !failed; h++) {
        double sum = 0;
        for (int64_t s = 0; s < n; s++)
            sum += (double)y[s * AHEAD + h];
        printf("%s %.0f", h == 0 ? "\nAll meters together, after their last days:" : "", sum);
    }
    if (!failed)
        printf("\n\nA meter of four weeks that the fit has not seen:");
    for (int h = 0; h < WEEK && !failed; h++)
        printf(" %.0f%s", (double)y[n * AHEAD + h], h == WEEK - 1 ? "\n" : "");
    free(y);
    return failed;
}

int main(int argc, char **argv)
{
    lstm_dataset *data = NULL;
    lstm_forecaster *forecaster = NULL;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = AHEAD, options.n_network = 1, options.n_hidden = 32;
    options.n_update = argc > 2 ? atoll(argv[2]) : 300, options.n_threads = LSTM_ALL_CORES;
    int failed = new_data(&data, argc > 1 ? atoll(argv[1]) : 1000) ||
                 lstm_forecaster_new(&forecaster, &options) || judge(forecaster, data) ||
                 forecast(forecaster, data);
    if (failed)
        fprintf(stderr, "fleet: %s\n", lstm_last_error());
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
    return failed;
}
