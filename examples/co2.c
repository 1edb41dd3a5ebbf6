/* SPDX-License-Identifier: MIT */
/*
 * Forecasts the CO2 of the next year from weekly values, some of which are missing:
 *
 *     co2 FILE.csv [UPDATES]
 *
 * A missing value is NaN and stays missing: it is not scored, and a network reads its own prediction
 * in its place.
 */
#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEAR = 52, MOST_ROWS = 4000, METHODS = 5, TEXT = 8000 };

/* Lines as 19580329,316.1 with nothing after the comma where there is no value. */
static int64_t read_rows(const char *path, double *rows)
{
    char line[100], *end;
    int64_t n = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return 0;
    while (n < MOST_ROWS && fgets(line, sizeof line, file) != NULL) {
        const char *comma = strchr(line, ',');
        if (comma == NULL)
            break;
        double value = strtod(comma + 1, &end);
        rows[n++] = end == comma + 1 ? (double)NAN : value;
    }
    fclose(file);
    return n;
}

/* The last fifth is the test part, which no fit reads. */
static int new_data(lstm_dataset **data, const char *path)
{
    static double rows[MOST_ROWS];
    int64_t n = read_rows(path, rows), start;
    if (n < 1)
        return fprintf(stderr, "co2: no rows in %s\n", path), 1;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = 1;
    options.step_unit = LSTM_STEP_SECONDS, options.step = 7 * 86400;
    options.missing = LSTM_MISSING_MASK;
    return lstm_utc_time(&start, 1958, 3, 29, 0) || lstm_dataset_new(data, &options) ||
           lstm_dataset_add_double(*data, "Mauna Loa", rows, n, start) ||
           lstm_dataset_split_fraction(*data, LSTM_ALL_SERIES, 0.65, 0.15);
}

/* Fits all methods, and forecasts from every week of the test part. */
static int judge(lstm_forecaster *forecaster, const lstm_dataset *data)
{
    static const int64_t kinds[] = {LSTM_METRIC_MASE, LSTM_METRIC_MAE, LSTM_METRIC_RMSE};
    static const int64_t baselines[] = {LSTM_BASELINE_SEASONAL_DRIFT, LSTM_BASELINE_SEASONAL_NAIVE,
                                        LSTM_BASELINE_NAIVE};
    char table[TEXT], words[TEXT], text[TEXT];
    lstm_method *methods[METHODS] = {NULL};
    lstm_backtest *backtest = NULL;
    lstm_backtest_options test = LSTM_BACKTEST_OPTIONS_INIT;
    test.horizon = YEAR, test.season_len = YEAR, test.n_threads = LSTM_ALL_CORES;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    ridge.context_len = 2 * YEAR, ridge.horizon = YEAR;
    int failed = lstm_forecaster_method(&methods[0], forecaster, "forecaster") ||
                 lstm_ridge_new(&methods[1], &ridge);
    for (int i = 2; i < METHODS && !failed; i++) {
        lstm_baseline_options baseline = LSTM_BASELINE_OPTIONS_INIT;
        baseline.kind = baselines[i - 2], baseline.season_len = YEAR;
        failed = lstm_baseline_new(&methods[i], &baseline) != LSTM_OK;
    }
    failed = failed || lstm_backtest_run(&backtest, methods, METHODS, data, &test) ||
             lstm_backtest_table(backtest, kinds, 3, table, sizeof table, NULL) ||
             lstm_backtest_words(backtest, LSTM_METRIC_MASE, 0, words, sizeof words, NULL) ||
             lstm_forecaster_describe(forecaster, text, sizeof text, NULL);
    if (!failed)
        printf("%d weeks ahead, %lld origins, ppm\n%s\n%s\nWhat was chosen, and why:\n%s\n", YEAR,
               (long long)lstm_backtest_origins(backtest, LSTM_ALL), table, words, text);
    lstm_backtest_free(backtest);
    for (int i = 0; i < METHODS; i++)
        lstm_method_free(methods[i]);
    return failed;
}

static int forecast(const lstm_forecaster *forecaster, const lstm_dataset *data)
{
    lstm_real y[YEAR];
    if (lstm_forecaster_predict(forecaster, data, 0, y))
        return 1;
    printf("\nweek   ppm\n");
    for (int h = 3; h < YEAR; h += 12)
        printf("%4d %6.1f\n", h + 1, (double)y[h]);
    return 0;
}

int main(int argc, char **argv)
{
    lstm_dataset *data = NULL;
    lstm_forecaster *forecaster = NULL;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = YEAR;
    options.n_update = argc > 2 ? atoll(argv[2]) : 0; /* 0: chosen by the validation part */
    if (argc < 2)
        return fprintf(stderr, "usage: co2 FILE.csv [UPDATES]\n"), 2;
    int failed = new_data(&data, argv[1]) || lstm_forecaster_new(&forecaster, &options) ||
                 judge(forecaster, data) || forecast(forecaster, data);
    if (failed && *lstm_last_error() != '\0')
        fprintf(stderr, "co2: %s\n", lstm_last_error());
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
    return failed;
}
