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
 *     split=TRAIN,VALID,ROWS  rows before TRAIN are the training part, before VALID the validation
 *                             part, before ROWS the test part; default: the last 20 % are the test
 *                             part, 15 % before it the validation part
 *     season=M                rows of the season; default: chosen by the forecaster
 *     naive=M                 rows of the season of the seasonal baselines; default: that of the
 *                             forecaster, or none
 *     scale=M                 default 1
 *     seeds=N                 N forecasters, whose networks have no seed in common; default 1
 *     threads=N               default 1
 *     skip=N                  columns at the left that are no values; default 1
 *     step=N, start=Y-M-D     months from row to row, and the date of the first row, where the first
 *                             column has no dates
 */
#include "table.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Networks of a forecaster have consecutive seeds. */
enum { MOST_HORIZONS = 16, MOST_SEEDS = 64, MOST_NETWORKS = 64, N_METRIC = 3 };

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

typedef struct settings {
    int64_t train, valid, n_row, season, naive, scale, seeds, threads, skip, step, start;
    int64_t n_horizon, horizons[MOST_HORIZONS];
} settings;

typedef struct bench {
    settings set;
    bench_table table;
    lstm_dataset *dataset;
    int64_t H, n_origin;
    int64_t *origins;           /**< [n_origin] */
    double *deviation, *change; /**< [C] scales of standardized values and of MASE */
    /* sums over seeds, least and greatest */
    double mean[N_METHOD][MOST_HORIZONS + 1][N_METRIC],
        least[N_METHOD][MOST_HORIZONS + 1][N_METRIC], most[N_METHOD][MOST_HORIZONS + 1][N_METRIC],
        seconds[N_METHOD];
    int64_t n[N_METHOD];
} bench;

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool read_option(settings *s, const char *text)
{
    int year, month, day;
    const struct {
        const char *name;
        int64_t *value;
    } numbers[] = {{"naive=", &s->naive}, {"season=", &s->season},   {"scale=", &s->scale},
                   {"seeds=", &s->seeds}, {"threads=", &s->threads}, {"skip=", &s->skip},
                   {"step=", &s->step}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strncmp(text, numbers[i].name, strlen(numbers[i].name)) == 0) {
            *numbers[i].value = atoll(text + strlen(numbers[i].name));
            return *numbers[i].value >= 0;
        }
    long long parts[3];
    if (sscanf(text, "split=%lld,%lld,%lld", &parts[0], &parts[1], &parts[2]) == 3) {
        s->train = parts[0], s->valid = parts[1], s->n_row = parts[2];
        return s->train > 0 && s->valid >= s->train && s->n_row > s->valid;
    }
    return sscanf(text, "start=%d-%d-%d", &year, &month, &day) == 3 &&
           lstm_utc_time(&s->start, year, month, day, 0) == LSTM_OK;
}

/* Returns the path of the table; NULL if an argument is wrong. */
static const char *read_arguments(settings *s, int n, char **arguments)
{
    int i = 1;
    *s = (settings){.scale = 1, .seeds = 1, .threads = 1, .skip = 1};
    for (; i < n && strchr(arguments[i], '=') != NULL; i++)
        if (!read_option(s, arguments[i]))
            return NULL;
    const char *path = i < n ? arguments[i++] : NULL;
    for (; i < n && s->n_horizon < MOST_HORIZONS; i++) {
        s->horizons[s->n_horizon] = atoll(arguments[i]);
        if (s->horizons[s->n_horizon++] < 1)
            return NULL;
    }
    return i == n && s->n_horizon > 0 && s->seeds >= 1 && s->seeds <= MOST_SEEDS && s->scale >= 1
               ? path
               : NULL;
}

/* Mean absolute change over `scale` rows before the test part, and deviation of the training part. */
static void find_scales(bench *b)
{
    const settings *s = &b->set;
    int64_t C = b->table.C;
    for (int64_t c = 0; c < C; c++) {
        double n = 0, sum = 0, squares = 0, changes = 0, n_change = 0;
        const lstm_real *x = b->table.rows + c;
        for (int64_t t = 0; t < s->train; t++)
            if (!isnan(x[t * C]))
                sum += (double)x[t * C], n++;
        for (int64_t t = 0; t < s->train; t++)
            if (!isnan(x[t * C]))
                squares += pow((double)x[t * C] - sum / n, 2);
        for (int64_t t = s->scale; t < s->valid; t++) {
            double change = fabs((double)x[t * C] - (double)x[(t - s->scale) * C]);
            if (!isnan(change))
                changes += change, n_change++;
        }
        b->deviation[c] = sqrt(squares / n);
        b->change[c] = changes / n_change;
    }
}

static bool prepare(bench *b, const char *path)
{
    settings *s = &b->set;
    if (!bench_table_read(&b->table, path, s->skip, s->n_row))
        return false;
    int64_t n = b->table.n_row;
    if (s->step > 0)
        b->table.unit = LSTM_STEP_MONTHS, b->table.step = s->step, b->table.start = s->start;
    if (s->n_row == 0)
        s->train = n * 65 / 100, s->valid = n * 80 / 100;
    for (int64_t i = 0; i < s->n_horizon; i++)
        b->H = s->horizons[i] > b->H ? s->horizons[i] : b->H;
    b->n_origin = n - s->valid;
    b->origins = malloc((size_t)(b->n_origin + 1) * sizeof *b->origins);
    b->deviation = malloc((size_t)b->table.C * sizeof(double));
    b->change = malloc((size_t)b->table.C * sizeof(double));
    if (b->n_origin < 1 || b->origins == NULL || b->deviation == NULL || b->change == NULL) {
        fprintf(stderr, "%s: no test part, or no memory\n", path);
        return false;
    }
    for (int64_t i = 0; i < b->n_origin; i++)
        b->origins[i] = s->valid + i;
    find_scales(b);
    return bench_table_dataset(&b->table, &b->dataset) >= 0 &&
           lstm_dataset_split(b->dataset, 0, s->train, s->valid) >= 0;
}

/* MSE, MAE and MASE of forecasts y [n_origin, H, C] for the first h rows of all whole windows. */
static void judge(const bench *b, const lstm_real *y, int64_t h, double *metrics)
{
    int64_t C = b->table.C, n_window = b->n_origin - h + 1, n_scaled = 0;
    double squares = 0, absolute = 0, count = 0, mase = 0;
    for (int64_t c = 0; c < C; c++) {
        double sum = 0, n = 0, d = b->deviation[c] > 0 ? b->deviation[c] : 1;
        for (int64_t i = 0; i < n_window; i++)
            for (int64_t t = 0; t < h; t++) {
                double truth = (double)b->table.rows[(b->origins[i] + t) * C + c];
                double error = fabs((double)y[(i * b->H + t) * C + c] - truth);
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
    int64_t n = b->set.n_horizon;
    double all[MOST_HORIZONS + 1][N_METRIC] = {{0}};
    for (int64_t i = 0; i < n; i++) {
        judge(b, y, b->set.horizons[i], all[i]);
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
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = b->H, options.season_len = b->set.season, options.use = use;
    options.seed = (uint64_t)(seed * MOST_NETWORKS), options.n_threads = b->set.threads;
    double begin = processor_seconds();
    bool done = lstm_forecaster_new(&forecaster, &options) == LSTM_OK &&
                lstm_forecaster_fit(forecaster, b->dataset) == LSTM_OK;
    *seconds = processor_seconds() - begin;
    done = done && lstm_forecaster_predict_from(forecaster, b->dataset, 0, b->origins, b->n_origin,
                                                b->H, y) == LSTM_OK;
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
    if (strstr(text, "\"forecast_by\":\"mean") != NULL && of_ridge != NULL)
        for (int64_t i = 0; i < b->n_origin * b->H * b->table.C; i++)
            y[i] = 2 * y[i] - of_ridge[i];
    else if (strstr(text, "\"forecast_by\":\"networks") == NULL &&
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
    for (int64_t i = 0; i < b->n_origin && done; i++)
        done = lstm_method_predict(baseline, b->dataset, 0, b->origins[i], b->H,
                                   y + i * b->H * b->table.C) == LSTM_OK;
    lstm_method_free(baseline);
    if (done)
        add(b, m, y, 0);
    return done;
}

static void print_processor(void)
{
    char line[256] = "";
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL &&
           strncmp(line, "model name", 10) != 0)
        continue;
    if (file != NULL)
        fclose(file);
    const char *name = strchr(line, ':');
    printf("processor: %s", name == NULL ? "unknown\n" : name + 2);
}

static void print_line(const bench *b, method m, int64_t i, const char *horizon)
{
    printf("| %-14s | %7s |", method_names[m], horizon);
    for (int k = 0; k < N_METRIC; k++) {
        printf(" %6.4f", b->mean[m][i][k] / (double)b->n[m]);
        if (b->set.seeds > 1 && m <= NETWORKS)
            printf(" (%.4f-%.4f)", b->least[m][i][k], b->most[m][i][k]);
        printf(" |");
    }
    printf(" %.1f |\n", b->seconds[m] / (double)b->n[m]);
}

static void print_table(const bench *b, const char *path)
{
    char horizon[24];
    const settings *s = &b->set;
    printf("\n%s: %lld columns, %lld training, %lld validation and %lld test rows\n", path,
           (long long)b->table.C, (long long)s->train, (long long)(s->valid - s->train),
           (long long)(b->table.n_row - s->valid));
    printf(
        "MASE: scale of %lld rows; %lld seeds; seconds of processor time of a fit, %lld threads\n",
        (long long)s->scale, (long long)s->seeds, (long long)s->threads);
    print_processor();
    printf("\n| method | horizon | MSE | MAE | MASE | s |\n|---|---|---|---|---|---|\n");
    for (int64_t i = 0; i <= s->n_horizon; i++)
        for (method m = 0; m < N_METHOD; m++) {
            if (i < s->n_horizon)
                snprintf(horizon, sizeof horizon, "%lld", (long long)s->horizons[i]);
            if (b->n[m] > 0 && (i < s->n_horizon || i > 1))
                print_line(b, m, i, i < s->n_horizon ? horizon : "mean");
        }
}

static bool run_all(bench *b, const char *path)
{
    static char text[8192];
    double seconds;
    size_t size = (size_t)(b->n_origin * b->H * b->table.C) * sizeof(lstm_real);
    lstm_real *y = malloc(size), *of_ridge = malloc(size);
    bool done = y != NULL && of_ridge != NULL;
    bool ridge = done && run(b, LSTM_USE_RIDGE, 0, of_ridge, NULL, 0, &seconds);
    if (ridge)
        add(b, RIDGE, of_ridge, seconds);
    for (int64_t seed = 0; seed < b->set.seeds && done; seed++) {
        done = run_seed(b, seed, ridge ? of_ridge : NULL, y, text, sizeof text);
        printf("seed %lld: %s\n", (long long)seed, text);
    }
    const char *season = strstr(text, "\"season_len\":");
    int64_t m = b->set.naive;
    if (m == 0 && season != NULL)
        m = atoll(season + strlen("\"season_len\":"));
    for (method k = SEASONAL_NAIVE; k < N_METHOD && done; k++)
        if (k > SEASONAL_DRIFT || m > 0)
            done = run_baseline(b, k, m, y);
    if (done)
        print_table(b, path);
    free(y);
    free(of_ridge);
    return done;
}

int main(int n, char **arguments)
{
    static bench b;
    const char *path = read_arguments(&b.set, n, arguments);
    if (path == NULL) {
        fprintf(stderr,
                "usage: lstmts-forecasting [split=TRAIN,VALID,ROWS] [season=M] [naive=M] [scale=M] "
                "[seeds=N] [threads=N]\n"
                "    [skip=N] [step=MONTHS start=YYYY-MM-DD] FILE.csv HORIZON...\n");
        return 2;
    }
    bool done = prepare(&b, path) && run_all(&b, path);
    if (!done && *lstm_last_error() != '\0')
        fprintf(stderr, "lstmts-forecasting: %s\n", lstm_last_error());
    lstm_dataset_free(b.dataset);
    bench_table_free(&b.table);
    free(b.origins);
    free(b.deviation);
    free(b.change);
    return !done;
}
