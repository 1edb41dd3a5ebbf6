/* SPDX-License-Identifier: MIT */
/*
 * Forecasts the loads and the oil temperature of an electricity transformer, 7 hourly columns:
 *
 *     etth1 ETTh1.csv [HORIZON [UPDATES]]
 *
 * Split as in the literature: 12, 4 and 4 months of 30 days. A table with fewer rows is split in the
 * same proportion. docs/forecasting.md has the errors over all windows at several horizons.
 */
#include <lstmts/lstmts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { C = 7, DAY = 24, TRAIN = 360 * DAY, VALID = 480 * DAY, MOST_ROWS = 600 * DAY, METHODS = 4 };

static const char *const names[C] = {"HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"};

/* Lines as 2016-07-01 00:00:00,5.827000141143799,...: time and C values. */
static int64_t read_rows(const char *path, double rows[][C])
{
    char line[1000], *at;
    int64_t n = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return 0;
    while (n < MOST_ROWS && fgets(line, sizeof line, file) != NULL) {
        at = strchr(line, ',');
        for (int c = 0; c < C && at != NULL && *at == ','; c++)
            rows[n][c] = strtod(at + 1, &at);
        n++;
    }
    fclose(file);
    return n;
}

static int new_data(lstm_dataset **data, const char *path)
{
    static double rows[MOST_ROWS][C];
    int64_t n = read_rows(path, rows), start;
    if (n < 1)
        return fprintf(stderr, "etth1: no rows in %s\n", path), 1;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = C, options.names = names;
    options.step_unit = LSTM_STEP_SECONDS, options.step = 3600;
    return lstm_utc_time(&start, 2016, 7, 1, 0) || lstm_dataset_new(data, &options) ||
           lstm_dataset_add_double(*data, "transformer", rows[0], n, start) ||
           (n == MOST_ROWS ? lstm_dataset_split(*data, 0, TRAIN, VALID)
                           : lstm_dataset_split_fraction(*data, 0, 0.6, 0.2));
}

/* Fits all methods, and forecasts from every sixth hour of the test part. */
static int judge(lstm_forecaster *forecaster, const lstm_dataset *data, int64_t horizon)
{
    static const int64_t kinds[] = {LSTM_METRIC_MSE, LSTM_METRIC_MAE, LSTM_METRIC_MASE};
    char table[2000], words[2000];
    lstm_method *methods[METHODS] = {NULL};
    lstm_backtest *backtest = NULL;
    lstm_backtest_options test = LSTM_BACKTEST_OPTIONS_INIT;
    test.horizon = horizon, test.stride = 6, test.season_len = DAY, test.standardized = 1;
    test.n_threads = LSTM_ALL_CORES;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    ridge.context_len = 7 * DAY, ridge.horizon = horizon;
    lstm_baseline_options day = LSTM_BASELINE_OPTIONS_INIT;
    day.kind = LSTM_BASELINE_SEASONAL_NAIVE, day.season_len = DAY;
    int failed = lstm_forecaster_method(&methods[0], forecaster, "forecaster") ||
                 lstm_ridge_new(&methods[1], &ridge) || lstm_baseline_new(&methods[2], &day) ||
                 lstm_baseline_new(&methods[3], NULL) ||
                 lstm_backtest_run(&backtest, methods, METHODS, data, &test) ||
                 lstm_backtest_table(backtest, kinds, 3, table, sizeof table, NULL) ||
                 lstm_backtest_words(backtest, LSTM_METRIC_MASE, 0, words, sizeof words, NULL);
    if (!failed)
        printf("%lld hours ahead, %lld origins, standardized columns\n%s\n%s", (long long)horizon,
               (long long)lstm_backtest_origins(backtest, LSTM_ALL), table, words);
    lstm_backtest_free(backtest);
    for (int i = 0; i < METHODS; i++)
        lstm_method_free(methods[i]);
    return failed;
}

static int watch(const lstm_fit_progress *progress, void *user)
{
    (void)user;
    fprintf(stderr, "\r%3.0f %% %-40s", 100 * progress->fraction, progress->stage);
    return 0; /* anything else cancels the fit */
}

int main(int argc, char **argv)
{
    char text[8192];
    lstm_dataset *data = NULL;
    lstm_forecaster *forecaster = NULL;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = argc > 2 ? atoll(argv[2]) : 96;
    options.n_update = argc > 3 ? atoll(argv[3]) : 0; /* 0: chosen by the validation part */
    options.n_threads = LSTM_ALL_CORES;
    options.on_progress = watch;
    if (argc < 2)
        return fprintf(stderr, "usage: etth1 ETTh1.csv [HORIZON [UPDATES]]\n"), 2;
    int failed = new_data(&data, argv[1]) || lstm_forecaster_new(&forecaster, &options) ||
                 judge(forecaster, data, options.horizon) ||
                 lstm_forecaster_describe(forecaster, text, sizeof text, NULL);
    if (!failed)
        printf("\nWhat was chosen, and why:\n%s\n", text);
    if (failed && *lstm_last_error() != '\0')
        fprintf(stderr, "etth1: %s\n", lstm_last_error());
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
    return failed;
}
