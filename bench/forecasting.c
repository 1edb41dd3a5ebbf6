/* SPDX-License-Identifier: MIT */
/*
 * How well a forecaster forecasts a table, beside its parts and the baselines: with default options,
 * or with those of the recipe of docs/forecasting.md:
 *
 *     lstmts-forecasting [OPTION=VALUE...] FILE.csv HORIZON...
 *
 * One forecaster is fitted for the longest horizon. Every window of the test part counts that has
 * all targets in the table, from each of its rows. MSE and MAE are those of values that are
 * standardized by mean and deviation of the training part; MASE is the mean over columns of the
 * mean absolute error divided by the mean absolute change over `scale` rows in all rows before the
 * test part.
 *
 * task.h has the options.
 */
#include "task.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MSE, MAE, MASE, N_METRIC };

typedef enum method {
    FORECASTER,
    NETWORKS,
    RIDGE,
    TRAIN_RIDGE,
    SEASONAL_NAIVE,
    SEASONAL_DRIFT,
    NAIVE,
    DRIFT,
    N_METHOD
} method;

static const char *const method_names[] = {
    "forecaster",     "its networks",   "its ridge", "ridge of the training part",
    "seasonal naive", "seasonal drift", "naive",     "drift"};

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
    metrics[MSE] = squares / count, metrics[MAE] = absolute / count;
    metrics[MASE] = mase / (double)n_scaled;
}

/* Whether the printed mean is over this horizon, among others. */
static bool is_in_mean(const bench_task *t, int64_t h)
{
    for (int64_t i = 0; i < t->n_mean; i++)
        if (t->means[i] == h)
            return true;
    return t->n_mean == 0;
}

/* Adds the errors of one run of a method; the last entry is the mean over the horizons. */
static void add(bench *b, method m, const lstm_real *y, double seconds)
{
    int64_t n = b->task.n_horizon, n_mean = 0;
    double all[BENCH_MOST_HORIZONS + 1][N_METRIC] = {{0}};
    for (int64_t i = 0; i < n; i++) {
        bool counts = is_in_mean(&b->task, b->task.horizons[i]);
        judge(b, y, b->task.horizons[i], all[i]);
        n_mean += counts;
        for (int k = 0; k < N_METRIC && counts; k++)
            all[n][k] += all[i][k];
    }
    for (int k = 0; k < N_METRIC; k++)
        all[n][k] /= (double)n_mean;
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
 * The forecaster, and its networks: if it is the mean of networks and ridge, they are found from
 * both; otherwise they are trained by themselves.
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

/* One cell of a table: MSE / MAE, or MASE with its least and greatest value over seeds. */
static void print_cell(const bench *b, method m, int64_t i, bool scaled)
{
    double n = (double)b->n[m];
    const double *sum = b->mean[m][i], *least = b->least[m][i], *most = b->most[m][i];
    if (!scaled)
        printf(" %.4f / %.4f |", sum[MSE] / n, sum[MAE] / n);
    else if (b->n[m] > 1)
        printf(" %.3f (%.3f .. %.3f) |", sum[MASE] / n, least[MASE], most[MASE]);
    else
        printf(" %.3f |", sum[MASE] / n);
}

/* The greatest difference between seeds. */
static void print_spread(const bench *b, method m)
{
    printf("| %s, between seeds |", method_names[m]);
    for (int64_t i = 0; i <= b->task.n_horizon; i++)
        if (i < b->task.n_horizon || i > 1)
            printf(" %.4f / %.4f |", b->most[m][i][MSE] - b->least[m][i][MSE],
                   b->most[m][i][MAE] - b->least[m][i][MAE]);
    printf(" |\n");
}

static void print_head(const bench_task *t, const char *title)
{
    printf("\n| %s |", title);
    for (int64_t i = 0; i < t->n_horizon; i++)
        printf(" %lld |", (long long)t->horizons[i]);
    for (int64_t i = 0, n = 0; i < t->n_horizon && t->n_horizon > 1; i++)
        if (is_in_mean(t, t->horizons[i]))
            printf("%s%lld", n++ == 0 ? " mean of " : ", ", (long long)t->horizons[i]);
    printf("%s s |\n|---|---|%s", t->n_horizon > 1 ? " |" : "", t->n_horizon > 1 ? "---|" : "");
    for (int64_t i = 0; i < t->n_horizon; i++)
        printf("---|");
    printf("\n");
}

static void print_table(const bench *b, bool scaled)
{
    const bench_task *t = &b->task;
    print_head(t, scaled ? "MASE" : "MSE / MAE");
    for (method m = 0; m < N_METHOD; m++) {
        if (b->n[m] == 0)
            continue;
        printf("| %s |", method_names[m]);
        for (int64_t i = 0; i <= t->n_horizon; i++)
            if (i < t->n_horizon || i > 1)
                print_cell(b, m, i, scaled);
        printf(" %.1f |\n", b->seconds[m] / (double)b->n[m]);
        if (!scaled && b->n[m] > 1)
            print_spread(b, m);
    }
}

static void print_tables(const bench *b)
{
    bench_task_print(&b->task);
    printf("MASE: scale of %lld rows; s: seconds of processor time of a fit\n",
           (long long)b->task.scale);
    print_table(b, false);
    print_table(b, true);
}

/* The baseline that errs least at a horizon. */
static method best_baseline(const bench *b, int64_t i)
{
    method best = NAIVE;
    for (method m = SEASONAL_NAIVE; m < N_METHOD; m++)
        if (b->n[m] > 0 && b->mean[m][i][MASE] < b->mean[best][i][MASE])
            best = m;
    return best;
}

/* How much less the forecaster errs than a method, as a share. */
static double gain_over(const bench *b, method m, int64_t i)
{
    return 1 - b->mean[FORECASTER][i][MASE] / (double)b->n[FORECASTER] /
                   (b->mean[m][i][MASE] / (double)b->n[m]);
}

static const char *side_of(double gain)
{
    return gain < 0 ? "above" : "below";
}

static void print_words(const bench *b)
{
    printf("\n");
    for (int64_t i = 0; i < b->task.n_horizon; i++) {
        method m = best_baseline(b, i);
        double gain = gain_over(b, m, i);
        printf("%lld rows: the MASE of the forecaster is %.1f %% %s that of the best baseline, %s",
               (long long)b->task.horizons[i], 100 * fabs(gain), side_of(gain), method_names[m]);
        gain = b->n[RIDGE] > 0 ? gain_over(b, RIDGE, i) : (double)NAN;
        if (isnan(gain))
            printf(".\n");
        else
            printf(", and %.1f %% %s that of its ridge.\n", 100 * fabs(gain), side_of(gain));
    }
}

/* The regression of the recipe as a method of its own, fitted to the training part alone. */
static bool run_train_ridge(bench *b, lstm_real *y)
{
    lstm_method *ridge = NULL;
    lstm_ridge_options options = LSTM_RIDGE_OPTIONS_INIT;
    options.context_len = 21 * b->task.season, options.horizon = b->task.H;
    options.base_len = b->task.season, options.penalty = 0.03;
    double begin = bench_task_seconds();
    bool done = lstm_ridge_new(&ridge, &options) == LSTM_OK &&
                lstm_method_fit(ridge, b->task.dataset) == LSTM_OK;
    double seconds = bench_task_seconds() - begin;
    for (int64_t i = 0; i < b->task.n_origin && done; i++)
        done = lstm_method_predict(ridge, b->task.dataset, 0, b->task.origins[i], b->task.H,
                                   y + i * b->task.H * b->task.table.C) == LSTM_OK;
    lstm_method_free(ridge);
    if (done)
        add(b, TRAIN_RIDGE, y, seconds);
    return done;
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
    if (b->task.recipe && done)
        done = run_train_ridge(b, y);
    const char *season = strstr(text, "\"season_len\":");
    int64_t m = b->task.naive;
    if (m == 0 && season != NULL)
        m = atoll(season + strlen("\"season_len\":"));
    for (method k = SEASONAL_NAIVE; k < N_METHOD && done; k++)
        if (k > SEASONAL_DRIFT || m > 0)
            done = run_baseline(b, k, m, y);
    if (done)
        print_tables(b), print_words(b);
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
