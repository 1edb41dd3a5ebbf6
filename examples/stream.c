/* SPDX-License-Identifier: MIT */
/*
 * Forecasts tomorrow's weather, with 90 % intervals, as soon as the values of a day come in:
 *
 *     stream SAVED.safetensors fit [UPDATES] < history      fits, judges and saves a forecaster
 *     stream SAVED.safetensors < rows                       prints a forecast after each row
 *
 * A row is a line of four values in their own units, as 0.3,14.1,6.7,2.9; a missing value is empty.
 * A forecast has two bounds after each value, from errors on the history and then on the rows.
 */
#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { C = 4, AHEAD = 7, MOST_ROWS = 4000, METHODS = 4 };

/* Reads row n. Returns 1, or 0 at the end, or -1 if the line is not a row. */
static int read_row(int n, lstm_real *row)
{
    char line[256], *at = line, *end;
    if (fgets(line, sizeof line, stdin) == NULL)
        return ferror(stdin) ? -1 : 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (int c = 0; c < C; c++, at = end + 1) {
        row[c] = strtof(at, &end);
        if (end == at)
            row[c] = NAN;
        if (*end != (c < C - 1 ? ',' : '\0'))
            return fprintf(stderr, "stream: row %d is not %d values\n", n, C), -1;
    }
    return 1;
}

/* The last fifth is the test part, which no fit reads. */
static int judge(lstm_forecaster *forecaster, const lstm_dataset *data)
{
    static const int64_t kinds[] = {LSTM_METRIC_MASE, LSTM_METRIC_MAE, LSTM_METRIC_RMSE};
    char table[2000], words[2000];
    lstm_method *methods[METHODS] = {NULL};
    lstm_backtest *backtest = NULL;
    lstm_backtest_options test = LSTM_BACKTEST_OPTIONS_INIT;
    test.horizon = AHEAD, test.standardized = 1, test.n_threads = LSTM_ALL_CORES;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    ridge.context_len = 4 * AHEAD, ridge.horizon = AHEAD;
    lstm_baseline_options week = LSTM_BASELINE_OPTIONS_INIT;
    week.kind = LSTM_BASELINE_MOVING_AVERAGE, week.window = 7;
    int failed = lstm_forecaster_method(&methods[0], forecaster, "forecaster") ||
                 lstm_ridge_new(&methods[1], &ridge) || lstm_baseline_new(&methods[2], &week) ||
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

static int fit(lstm_forecaster **forecaster, int64_t n_update)
{
    static const char *const names[C] = {"precipitation", "temp_max", "temp_min", "wind"};
    static lstm_real rows[MOST_ROWS][C];
    int found = 1, n = 0;
    while (n < MOST_ROWS && (found = read_row(n + 1, rows[n])) > 0)
        n++;
    lstm_dataset *data = NULL;
    lstm_dataset_options columns = LSTM_DATASET_OPTIONS_INIT;
    columns.n_column = C, columns.names = names, columns.missing = LSTM_MISSING_MASK;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = AHEAD, options.n_update = n_update; /* 0: chosen by the validation part */
    int failed = found < 0 || lstm_dataset_new(&data, &columns) ||
                 lstm_dataset_add(data, NULL, rows[0], n, 0) ||
                 lstm_dataset_split_fraction(data, LSTM_ALL_SERIES, 0.65, 0.15) ||
                 lstm_forecaster_new(forecaster, &options) || judge(*forecaster, data);
    lstm_dataset_free(data);
    return failed;
}

/* Of a week's forecast the first day is printed. */
static int follow(lstm_stream *stream)
{
    lstm_real row[C], y[AHEAD][C], lower[AHEAD][C], upper[AHEAD][C];
    int found;
    for (int n = 1; (found = read_row(n, row)) > 0; n++) {
        if (lstm_stream_push(stream, row) ||
            lstm_stream_intervals(stream, y[0], lower[0], upper[0]))
            return 1;
        for (int c = 0; c < C; c++)
            printf("%.1f,%.1f,%.1f%c", (double)y[0][c], (double)lower[0][c], (double)upper[0][c],
                   c < C - 1 ? ',' : '\n');
        fflush(stdout);
    }
    return found;
}

int main(int argc, char **argv)
{
    lstm_forecaster *forecaster = NULL;
    lstm_stream *stream = NULL;
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    options.series = LSTM_NEW_SERIES, options.intervals = 1; /* rows may be of any days */
    if (argc < 2 || (argc > 2 && strcmp(argv[2], "fit") != 0))
        return fprintf(stderr, "usage: stream SAVED.safetensors [fit [UPDATES]] < rows\n"), 2;
    int failed = argc > 2 ? fit(&forecaster, argc > 3 ? atoll(argv[3]) : 0) ||
                                lstm_forecaster_save(forecaster, argv[1])
                          : lstm_forecaster_load(&forecaster, argv[1]) ||
                                lstm_stream_new(&stream, forecaster, &options) || follow(stream);
    if (failed && *lstm_last_error() != '\0')
        fprintf(stderr, "stream: %s\n", lstm_last_error());
    lstm_stream_free(stream);
    lstm_forecaster_free(forecaster);
    return failed;
}
