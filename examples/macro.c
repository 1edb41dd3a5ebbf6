/* SPDX-License-Identifier: MIT */
/*
 * Forecasts 12 series of the US economy for the next two years from some 200 quarters:
 *
 *     macro FILE.csv [UPDATES]
 *
 * So few rows support little: the forecaster uses a baseline where nothing else is better on the
 * validation part, and says so.
 */
#include <lstmts/lstmts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { C = 12, AHEAD = 8, MOST_ROWS = 1000, METHODS = 6, TEXT = 8000 };

static const char *const names[C] = {"realgdp", "realcons", "realinv", "realgovt",
                                     "realdpi", "cpi",      "m1",      "tbilrate",
                                     "unemp",   "pop",      "infl",    "realint"};

/* Lines as 1959,1,2710.349,...: year, quarter and C values. */
static int64_t read_rows(const char *path, double rows[][C])
{
    char line[1000], *at;
    int64_t n = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return 0;
    while (n < MOST_ROWS && fgets(line, sizeof line, file) != NULL) {
        at = strchr(line, ',') == NULL ? NULL : strchr(strchr(line, ',') + 1, ',');
        for (int c = 0; c < C && at != NULL && *at == ','; c++)
            rows[n][c] = strtod(at + 1, &at);
        n++;
    }
    fclose(file);
    return n;
}

/* The last fifth is the test part, which no fit reads. */
static int new_data(lstm_dataset **data, const char *path)
{
    static double rows[MOST_ROWS][C];
    int64_t n = read_rows(path, rows), start;
    if (n < 1)
        return fprintf(stderr, "macro: no rows in %s\n", path), 1;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = C, options.names = names;
    options.step_unit = LSTM_STEP_MONTHS, options.step = 3;
    return lstm_utc_time(&start, 1959, 1, 1, 0) || lstm_dataset_new(data, &options) ||
           lstm_dataset_add_double(*data, "US", rows[0], n, start) ||
           lstm_dataset_split_fraction(*data, LSTM_ALL_SERIES, 0.65, 0.15);
}

/* Fits all methods, and forecasts from every quarter of the test part. */
static int judge(lstm_forecaster *forecaster, const lstm_dataset *data)
{
    static const int64_t kinds[] = {LSTM_METRIC_MASE, LSTM_METRIC_MAE, LSTM_METRIC_RMSE};
    static const int64_t baselines[] = {LSTM_BASELINE_THETA, LSTM_BASELINE_DRIFT,
                                        LSTM_BASELINE_SEASONAL_NAIVE, LSTM_BASELINE_NAIVE};
    char table[TEXT], words[TEXT], text[TEXT];
    lstm_method *methods[METHODS] = {NULL};
    lstm_backtest *backtest = NULL;
    lstm_backtest_options test = LSTM_BACKTEST_OPTIONS_INIT;
    test.horizon = AHEAD, test.standardized = 1, test.n_threads = LSTM_ALL_CORES;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    ridge.context_len = 2 * AHEAD, ridge.horizon = AHEAD;
    int failed = lstm_forecaster_method(&methods[0], forecaster, "forecaster") ||
                 lstm_ridge_new(&methods[1], &ridge);
    for (int i = 2; i < METHODS && !failed; i++) {
        lstm_baseline_options baseline = LSTM_BASELINE_OPTIONS_INIT;
        baseline.kind = baselines[i - 2], baseline.season_len = 4;
        failed = lstm_baseline_new(&methods[i], &baseline) != LSTM_OK;
    }
    failed = failed || lstm_backtest_run(&backtest, methods, METHODS, data, &test) ||
             lstm_backtest_table(backtest, kinds, 3, table, sizeof table, NULL) ||
             lstm_backtest_words(backtest, LSTM_METRIC_MASE, 0, words, sizeof words, NULL) ||
             lstm_forecaster_describe(forecaster, text, sizeof text, NULL);
    if (!failed)
        printf("%d quarters ahead, %lld origins, standardized columns\n%s\n%s\n"
               "What was chosen, and why:\n%s\n",
               AHEAD, (long long)lstm_backtest_origins(backtest, LSTM_ALL), table, words, text);
    lstm_backtest_free(backtest);
    for (int i = 0; i < METHODS; i++)
        lstm_method_free(methods[i]);
    return failed;
}

static int forecast(const lstm_forecaster *forecaster, const lstm_dataset *data)
{
    lstm_real y[AHEAD][C];
    if (lstm_forecaster_predict(forecaster, data, 0, y[0]))
        return 1;
    printf("\nquarter %12s %12s %12s\n", names[0], names[5], names[8]);
    for (int h = 0; h < AHEAD; h++)
        printf("%7d %12.1f %12.1f %12.2f\n", h + 1, (double)y[h][0], (double)y[h][5],
               (double)y[h][8]);
    return 0;
}

int main(int argc, char **argv)
{
    lstm_dataset *data = NULL;
    lstm_forecaster *forecaster = NULL;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = AHEAD;
    options.n_update = argc > 2 ? atoll(argv[2]) : 0; /* 0: chosen by the validation part */
    if (argc < 2)
        return fprintf(stderr, "usage: macro FILE.csv [UPDATES]\n"), 2;
    int failed = new_data(&data, argv[1]) || lstm_forecaster_new(&forecaster, &options) ||
                 judge(forecaster, data) || forecast(forecaster, data);
    if (failed && *lstm_last_error() != '\0')
        fprintf(stderr, "macro: %s\n", lstm_last_error());
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
    return failed;
}
