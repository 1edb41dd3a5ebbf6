/* SPDX-License-Identifier: MIT */
/*
 * Forecasts the weather of the next four weeks, with 90 % intervals, and the probability of a
 * frost:
 *
 *     seattle_weather FILE.csv [UPDATES]
 *
 * The day of the year is a known covariate: it is computed from the date, also in future rows.
 */
#include <lstmts/lstmts.h>
#include <stdio.h>
#include <stdlib.h>

enum { C = 4, AHEAD = 28, SHOWN = 7, MOST_ROWS = 4000, METHODS = 4, PATHS = 1000 };

static const char *const names[C] = {"precipitation", "temp_max", "temp_min", "wind"};

static int64_t read_rows(const char *path, int64_t *times, double rows[][C])
{
    char line[256];
    int year, month, day;
    int64_t n = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return 0;
    while (n < MOST_ROWS && fgets(line, sizeof line, file) != NULL &&
           sscanf(line, "%d-%d-%d,%lf,%lf,%lf,%lf", &year, &month, &day, &rows[n][0], &rows[n][1],
                  &rows[n][2], &rows[n][3]) == 3 + C &&
           lstm_utc_time(&times[n], year, month, day, 0) == LSTM_OK)
        n++;
    fclose(file);
    return n;
}

/* The last fifth is the test part, which no fit reads. */
static int new_data(lstm_dataset **data, const char *path)
{
    static double rows[MOST_ROWS][C];
    static int64_t times[MOST_ROWS];
    int64_t n = read_rows(path, times, rows);
    if (n < 1)
        return fprintf(stderr, "seattle_weather: no rows in %s\n", path), 1;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = C, options.names = names;
    options.missing = LSTM_MISSING_LINEAR; /* of days without a row, if there are any */
    return lstm_find_step(times, n, &options.step_unit, &options.step) ||
           lstm_dataset_new(data, &options) ||
           lstm_dataset_add_times_double(*data, "Seattle", times, rows[0], n) ||
           lstm_dataset_add_calendar(*data, LSTM_CALENDAR_YEARDAY, NULL, 0) ||
           lstm_dataset_split_fraction(*data, LSTM_ALL_SERIES, 0.65, 0.15);
}

/* Fits all methods, and forecasts from every day of the test part. */
static int judge(lstm_forecaster *forecaster, const lstm_dataset *data)
{
    static const int64_t kinds[] = {LSTM_METRIC_MASE, LSTM_METRIC_MAE, LSTM_METRIC_RMSE};
    char table[2000], words[2000];
    lstm_method *methods[METHODS] = {NULL};
    lstm_backtest *backtest = NULL;
    lstm_backtest_options test = LSTM_BACKTEST_OPTIONS_INIT;
    test.horizon = AHEAD, test.standardized = 1, test.n_threads = LSTM_ALL_CORES;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    ridge.context_len = 2 * AHEAD, ridge.horizon = AHEAD;
    lstm_baseline_options year = LSTM_BASELINE_OPTIONS_INIT;
    year.kind = LSTM_BASELINE_SEASONAL_NAIVE, year.season_len = 365;
    int failed = lstm_forecaster_method(&methods[0], forecaster, "forecaster") ||
                 lstm_ridge_new(&methods[1], &ridge) || lstm_baseline_new(&methods[2], &year) ||
                 lstm_baseline_new(&methods[3], NULL) ||
                 lstm_backtest_run(&backtest, methods, METHODS, data, &test) ||
                 lstm_backtest_table(backtest, kinds, 3, table, sizeof table, NULL) ||
                 lstm_backtest_words(backtest, LSTM_METRIC_MASE, 0, words, sizeof words, NULL);
    if (!failed)
        printf("%d days ahead, %lld origins, standardized columns\n%s\n%s", AHEAD,
               (long long)lstm_backtest_origins(backtest, LSTM_ALL), table, words);
    lstm_backtest_free(backtest);
    for (int i = 0; i < METHODS; i++)
        lstm_method_free(methods[i]);
    return failed;
}

static int forecast(const lstm_forecaster *forecaster, const lstm_dataset *data)
{
    static lstm_real y[AHEAD][C], lower[AHEAD][C], upper[AHEAD][C], paths[PATHS][SHOWN][C];
    const int64_t last = lstm_dataset_rows(data, 0);
    int frosts = 0, h;
    if (lstm_forecaster_intervals(forecaster, data, 0, &last, 1, y[0], lower[0], upper[0]) ||
        lstm_forecaster_paths(forecaster, data, 0, last, SHOWN, PATHS, 1, paths[0][0]))
        return 1;
    printf("\nday  temp_max  90 %% interval    wind  90 %% interval\n");
    for (h = 0; h < SHOWN; h++)
        printf("%3d %9.1f  %5.1f to %5.1f %7.1f  %5.1f to %5.1f\n", h + 1, (double)y[h][1],
               (double)lower[h][1], (double)upper[h][1], (double)y[h][3], (double)lower[h][3],
               (double)upper[h][3]);
    for (int p = 0; p < PATHS; p++) { /* days depend on each other, and so they do in a path */
        for (h = 0; h < SHOWN && paths[p][h][2] >= 0;)
            h++;
        frosts += h < SHOWN;
    }
    printf("a frost within %d days: %.0f %%\n", SHOWN, 100.0 * frosts / PATHS);
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
        return fprintf(stderr, "usage: seattle_weather FILE.csv [UPDATES]\n"), 2;
    int failed = new_data(&data, argv[1]) || lstm_forecaster_new(&forecaster, &options) ||
                 judge(forecaster, data) || forecast(forecaster, data);
    if (failed && *lstm_last_error() != '\0')
        fprintf(stderr, "seattle_weather: %s\n", lstm_last_error());
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
    return failed;
}
