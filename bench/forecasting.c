/* SPDX-License-Identifier: MIT */
/*
 * How well a forecaster with default options forecasts a table, beside its parts and the baselines:
 *
 *     lstmts-forecasting [OPTION=VALUE...] FILE.csv HORIZON...
 *
 * One forecaster is fitted for the longest horizon. Every window of the test part counts that has all
 * targets in the table, from each of its rows. MSE and MAE are those of values that are standardized by
 * mean and deviation of the training part; MASE is the mean over columns of the mean absolute error
 * divided by the mean absolute change over `scale` rows in all rows before the test part.
 *
 * task.h has the options.
 */
#include "task.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_METRIC = 3 };

typedef enum method {
    FORECASTER,
    NETWORKS,
    RIDGE,
    SEASONAL_NAIVE,
    SEASONAL_DRIFT,
    NAIVE,
    DRIFT,
    N_METHOD
} method;

static const char *const method_names[] = {"forecaster",     "its networks",   "its ridge",
                                           "seasonal naive", "seasonal drift", "naive",
                                           "drift"};

typedef struct bench {
    bench_task task;
    double *change; /**< [C] scale of MASE */
    /* sums over seeds, least and greatest */
    double mean[N_METHOD][BENCH_MOST_HORIZONS + 1][N_METRIC],
        least[N_METHOD][BENCH_MOST_HORIZONS + 1][N_METRIC],
        most[N_METHOD][BENCH_MOST_HORIZONS + 1][N_METRIC], seconds[N_METHOD];
    int64_t n[N_METHOD];
} bench;

/* Mean absolute change over `scale` rows before the test part. */
static bool find_changes(bench *b)
{
    const bench_task *t = &b->task;
    int64_t C = t->table.C;
    b->change = malloc((size_t)C * sizeof *b->change);
    for (int64_t c = 0; c < C && b->change != NULL; c++) {
        double sum = 0, n = 0;
        const lstm_real *x = t->table.rows + c;
        for (int64_t row = t->scale; row < t->valid; row++) {
            double change = fabs((double)x[row * C] - (double)x[(row - t->scale) * C]);
            if (!isnan(change))
                sum += change, n++;
        }
        b->change[c] = sum / n;
    }
    return b->change != NULL;
}

/* MSE, MAE and MASE of forecasts y [n_origin, H, C] for the first h rows of all whole windows. */
static void judge(const bench *b, const lstm_real *y, int64_t h, double *metrics)
{
    int64_t C = b->task.table.C, n_window = b->task.n_origin - h + 1, n_scaled = 0;
    double squares = 0, absolute = 0, count = 0, mase = 0;
    for (int64_t c = 0; c < C; c++) {
        double sum = 0, n = 0, d = b->task.deviation[c];
        for (int64_t i = 0; i < n_window; i++)
            for (int64_t t = 0; t < h; t++) {
                double truth = (double)b->task.table.rows[(b->task.origins[i] + t) * C + c];
                double error = fabs((double)y[(i * b->task.H + t) * C + c] - truth);
                if (isnan(truth))
                    continue;
                squares += error * error / d / d;
                absolute += error / d;
                sum += error;
                n++;
            }
        count += n;
        if (n > 0 && b->change[c] > 0)
            mase += sum / n / b->change[c], n_scaled++;
    }
    metrics[0] = squares / count, metrics[1] = absolute / count;
    metrics[2] = mase / (double)n_scaled;
}

/* Adds the errors of one run of a method; the last entry is the mean over the horizons. */
static void add(bench *b, method m, const lstm_real *y, double seconds)
{
    int64_t n = b->task.n_horizon;
    double all[BENCH_MOST_HORIZONS + 1][N_METRIC] = {{0}};
    for (int64_t i = 0; i < n; i++) {
        judge(b, y, b->task.horizons[i], all[i]);
        for (int k = 0; k < N_METRIC; k++)
            all[n][k] += all[i][k] / (double)n;
    }
    for (int64_t i = 0; i <= n; i++)
        for (int k = 0; k < N_METRIC; k++) {
            double value = all[i][k];
            b->mean[m][i][k] += value;
            if (b->n[m] == 0 || value < b->least[m][i][k])
                b->least[m][i][k] = value;
            if (b->n[m] == 0 || value > b->most[m][i][k])
                b->most[m][i][k] = value;
        }
    b->seconds[m] += seconds;
    b->n[m]++;
}

/* Fits a forecaster and forecasts from all origins. The text is what it chose. */
static bool run(const bench *b, int64_t use, int64_t seed, lstm_real *y, char *text, int64_t size,
                double *seconds)
{
    lstm_forecaster *forecaster = NULL;
    bool done = bench_task_fit(&b->task, use, seed, &forecaster, seconds) == LSTM_OK;
    done = done && lstm_forecaster_predict_from(forecaster, b->task.dataset, 0, b->task.origins,
                                                b->task.n_origin, b->task.H, y) == LSTM_OK;
    if (done && text != NULL)
        done = lstm_forecaster_describe(forecaster, text, size, NULL) == LSTM_OK;
    lstm_forecaster_free(forecaster);
    return done;
}

/*
 * The forecaster, and its networks: if it is the mean of networks and ridge, they are found from both;
 * otherwise they are trained by themselves.
 */
static bool run_seed(bench *b, int64_t seed, const lstm_real *of_ridge, lstm_real *y, char *text,
                     int64_t size)
{
    double seconds;
    if (!run(b, LSTM_USE_AUTO, seed, y, text, size, &seconds))
        return false;
    add(b, FORECASTER, y, seconds);
    bool joined = strstr(text, "\"joined_by\"") != NULL;
    if (strstr(text, "\"forecast_by\":\"mean") != NULL && of_ridge != NULL && !joined)
        for (int64_t i = 0; i < b->task.n_origin * b->task.H * b->task.table.C; i++)
            y[i] = 2 * y[i] - of_ridge[i];
    else if ((joined || strstr(text, "\"forecast_by\":\"networks") == NULL) &&
             !run(b, LSTM_USE_NETWORKS, seed, y, NULL, 0, &seconds))
        return true; /* too little data for a network */
    add(b, NETWORKS, y, seconds);
    return true;
}

static bool run_baseline(bench *b, method m, int64_t season, lstm_real *y)
{
    static const int64_t kinds[N_METHOD] = {[SEASONAL_NAIVE] = LSTM_BASELINE_SEASONAL_NAIVE,
                                            [SEASONAL_DRIFT] = LSTM_BASELINE_SEASONAL_DRIFT,
                                            [NAIVE] = LSTM_BASELINE_NAIVE,
                                            [DRIFT] = LSTM_BASELINE_DRIFT};
    lstm_method *baseline = NULL;
    lstm_baseline_options options = LSTM_BASELINE_OPTIONS_INIT;
    options.kind = kinds[m], options.season_len = season;
    bool done = lstm_baseline_new(&baseline, &options) == LSTM_OK;
    for (int64_t i = 0; i < b->task.n_origin && done; i++)
        done = lstm_method_predict(baseline, b->task.dataset, 0, b->task.origins[i], b->task.H,
                                   y + i * b->task.H * b->task.table.C) == LSTM_OK;
    lstm_method_free(baseline);
    if (done)
        add(b, m, y, 0);
    return done;
}

static void print_line(const bench *b, method m, int64_t i, const char *horizon)
{
    printf("| %-14s | %7s |", method_names[m], horizon);
    for (int k = 0; k < N_METRIC; k++) {
        printf(" %6.4f", b->mean[m][i][k] / (double)b->n[m]);
        if (b->task.seeds > 1 && m <= NETWORKS)
            printf(" (%.4f-%.4f)", b->least[m][i][k], b->most[m][i][k]);
        printf(" |");
    }
    printf(" %.1f |\n", b->seconds[m] / (double)b->n[m]);
}

static void print_table(const bench *b)
{
    char horizon[24];
    const bench_task *s = &b->task;
    bench_task_print(s);
    printf("MASE: scale of %lld rows; seconds of processor time of a fit\n", (long long)s->scale);
    printf("\n| method | horizon | MSE | MAE | MASE | s |\n|---|---|---|---|---|---|\n");
    for (int64_t i = 0; i <= s->n_horizon; i++)
        for (method m = 0; m < N_METHOD; m++) {
            if (i < s->n_horizon)
                snprintf(horizon, sizeof horizon, "%lld", (long long)s->horizons[i]);
            if (b->n[m] > 0 && (i < s->n_horizon || i > 1))
                print_line(b, m, i, i < s->n_horizon ? horizon : "mean");
        }
}

/* The baseline that errs least at a horizon. */
static method best_baseline(const bench *b, int64_t i)
{
    method best = NAIVE;
    for (method m = SEASONAL_NAIVE; m < N_METHOD; m++)
        if (b->n[m] > 0 && b->mean[m][i][2] < b->mean[best][i][2])
            best = m;
    return best;
}

static void print_words(const bench *b)
{
    printf("\n");
    for (int64_t i = 0; i < b->task.n_horizon; i++) {
        method m = best_baseline(b, i);
        double of_baseline = b->mean[m][i][2];
        double gain = 1 - b->mean[FORECASTER][i][2] / (double)b->n[FORECASTER] / of_baseline;
        printf(
            "%lld rows: the MASE of the forecaster is %.1f %% %s that of the best baseline, %s.\n",
            (long long)b->task.horizons[i], 100 * fabs(gain), gain < 0 ? "above" : "below",
            method_names[m]);
    }
}

static bool run_all(bench *b)
{
    static char text[8192];
    double seconds;
    size_t size = (size_t)(b->task.n_origin * b->task.H * b->task.table.C) * sizeof(lstm_real);
    lstm_real *y = malloc(size), *of_ridge = malloc(size);
    bool done = y != NULL && of_ridge != NULL;
    bool ridge = done && run(b, LSTM_USE_RIDGE, 0, of_ridge, NULL, 0, &seconds);
    if (ridge)
        add(b, RIDGE, of_ridge, seconds);
    for (int64_t seed = 0; seed < b->task.seeds && done; seed++) {
        done = run_seed(b, seed, ridge ? of_ridge : NULL, y, text, sizeof text);
        printf("seed %lld: %s\n", (long long)seed, text);
    }
    const char *season = strstr(text, "\"season_len\":");
    int64_t m = b->task.naive;
    if (m == 0 && season != NULL)
        m = atoll(season + strlen("\"season_len\":"));
    for (method k = SEASONAL_NAIVE; k < N_METHOD && done; k++)
        if (k > SEASONAL_DRIFT || m > 0)
            done = run_baseline(b, k, m, y);
    if (done)
        print_table(b), print_words(b);
    free(y);
    free(of_ridge);
    return done;
}

int main(int n, char **arguments)
{
    static bench b;
    bool done = bench_task_begin(&b.task, n, arguments) && find_changes(&b) && run_all(&b);
    if (!done && *lstm_last_error() != '\0')
        fprintf(stderr, "%s: %s\n", arguments[0], lstm_last_error());
    bench_task_end(&b.task);
    free(b.change);
    return !done;
}
