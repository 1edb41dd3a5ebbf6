/* SPDX-License-Identifier: MIT */
#include "task.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_SEEDS = 64 };

double bench_task_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Numbers >= 1 with commas between them. Returns how many, or 0. */
static int64_t read_horizons(const char *text, int64_t *horizons)
{
    char *end;
    for (int64_t n = 0; n < BENCH_MOST_HORIZONS; text = end + 1) {
        horizons[n] = strtoll(text, &end, 10);
        if (end == text || horizons[n++] < 1)
            return 0;
        if (*end != ',')
            return *end == '\0' ? n : 0;
    }
    return 0;
}

static bool read_option(bench_task *t, const char *text)
{
    const struct {
        const char *name;
        int64_t *value;
    } numbers[] = {{"naive=", &t->naive},
                   {"season=", &t->season},
                   {"scale=", &t->scale},
                   {"seeds=", &t->seeds},
                   {"threads=", &t->threads},
                   {"networks=", &t->networks},
                   {"updates=", &t->updates},
                   {"recipe=", &t->recipe},
                   {"skip_refit=", &t->skip_refit},
                   {"continue=", &t->n_continue},
                   {"conformalized=", &t->conformalized},
                   {"window=", &t->window},
                   {"block=", &t->block},
                   {"stride=", &t->stride},
                   {"two_sided=", &t->two_sided},
                   {"rolling=", &t->rolling},
                   {"once=", &t->once},
                   {"ridge=", &t->ridge}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strncmp(text, numbers[i].name, strlen(numbers[i].name)) == 0) {
            *numbers[i].value = atoll(text + strlen(numbers[i].name));
            return *numbers[i].value >= 0;
        }
    long long parts[3];
    if (sscanf(text, "split=%lld,%lld,%lld", &parts[0], &parts[1], &parts[2]) == 3) {
        t->train = parts[0], t->valid = parts[1], t->n_row = parts[2];
        return t->train > 0 && t->valid >= t->train && t->n_row > t->valid;
    }
    if (strncmp(text, "mean=", 5) != 0)
        return false;
    t->n_mean = read_horizons(text + 5, t->means);
    return t->n_mean > 0;
}

static bool read_arguments(bench_task *t, int n, char **arguments)
{
    int i = 1;
    *t = (bench_task){.scale = 1, .seeds = 1, .threads = 1};
    for (; i < n && strchr(arguments[i], '=') != NULL; i++)
        if (!read_option(t, arguments[i]))
            return false;
    t->path = i < n ? arguments[i++] : NULL;
    for (; i < n && t->n_horizon < BENCH_MOST_HORIZONS; i++) {
        int64_t H = atoll(arguments[i]);
        if (H < 1)
            return false;
        t->horizons[t->n_horizon++] = H;
        t->H = H > t->H ? H : t->H;
    }
    return i == n && t->n_horizon > 0 && t->seeds >= 1 && t->seeds <= MOST_SEEDS && t->scale >= 1 &&
           t->networks <= MOST_SEEDS && (t->recipe == 0 || t->season >= 2);
}

static void find_deviations(bench_task *t)
{
    int64_t C = t->table.C;
    for (int64_t c = 0; c < C; c++) {
        double n = 0, sum = 0, squares = 0;
        const lstm_real *x = t->table.rows + c;
        for (int64_t row = 0; row < t->train; row++)
            if (!isnan(x[row * C]))
                sum += (double)x[row * C], n++;
        for (int64_t row = 0; row < t->train; row++)
            if (!isnan(x[row * C]))
                squares += pow((double)x[row * C] - sum / n, 2);
        t->deviation[c] = squares > 0 ? sqrt(squares / n) : 1;
    }
}

static bool prepare(bench_task *t)
{
    if (!bench_table_read(&t->table, t->path, t->n_row))
        return false;
    int64_t n = t->table.n_row;
    if (t->n_row == 0)
        t->train = n * 65 / 100, t->valid = n * 80 / 100;
    t->n_origin = n - t->valid;
    if (t->n_origin < t->H) {
        fprintf(stderr, "%s: the test part has no window\n", t->path);
        return false;
    }
    t->origins = malloc((size_t)t->n_origin * sizeof *t->origins);
    t->deviation = malloc((size_t)t->table.C * sizeof *t->deviation);
    if (t->origins == NULL || t->deviation == NULL)
        return false;
    for (int64_t i = 0; i < t->n_origin; i++)
        t->origins[i] = t->valid + i;
    find_deviations(t);
    return bench_table_dataset(&t->table, &t->dataset) >= 0 &&
           lstm_dataset_split(t->dataset, 0, t->train, t->valid) >= 0;
}

bool bench_task_begin(bench_task *t, int n, char **arguments)
{
    if (!read_arguments(t, n, arguments)) {
        fprintf(stderr,
                "usage: %s [split=TRAIN,VALID,ROWS] [season=M] [naive=M] [scale=M] [seeds=N]\n"
                "    [networks=N] [updates=N] [recipe=1] [skip_refit=1] [continue=N]\n"
                "    [conformalized=1] [window=N] [block=N] [stride=N] [two_sided=1] [rolling=1] "
                "[once=1]\n"
                "    [ridge=1] [mean=H,H,...] [threads=N] FILE.csv HORIZON...\n",
                arguments[0]);
        return false;
    }
    return prepare(t);
}

void bench_task_end(bench_task *t)
{
    lstm_dataset_free(t->dataset);
    bench_table_free(&t->table);
    free(t->origins);
    free(t->deviation);
}

/* The recipe of docs/forecasting.md: the options that are not chosen from the data any more. */
static void set_recipe(lstm_forecaster_options *options, lstm_view_options *view,
                       lstm_ridge_options *ridge, int64_t season)
{
    view->segment_len = season, view->context_len = 21, view->horizon = 8;
    view->channels = LSTM_CHANNELS_INDEPENDENT, view->column_input = 1;
    view->scaling = LSTM_SCALING_STANDARD;
    view->base = LSTM_BASE_MEAN, view->base_len = season;
    ridge->context_len = 21 * season, ridge->horizon = options->horizon;
    ridge->base_len = season, ridge->penalty = 0.03;
    options->view = view, options->ridge = ridge;
    options->n_hidden = 128, options->batch_size = 192, options->dropout = 0.3;
    options->learning_rate = 2e-3, options->average_decay = 0.98;
    if (options->n_update == 0)
        options->n_update = 500;
    if (options->use == LSTM_USE_AUTO)
        options->use = LSTM_USE_MEAN;
}

lstm_status bench_task_fit(const bench_task *t, int64_t use, int64_t seed,
                           lstm_forecaster **forecaster, double *seconds)
{
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = t->H, options.season_len = t->season, options.use = use;
    options.seed = (uint64_t)seed, options.n_threads = t->threads;
    options.n_network = t->networks, options.n_update = t->updates;
    options.skip_refit = t->skip_refit;
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_interval_options interval = LSTM_INTERVAL_OPTIONS_INIT;
    loss.kind = LSTM_LOSS_GAUSSIAN;
    if (t->conformalized && use != LSTM_USE_RIDGE)
        options.loss = &loss, interval.is_conformalized = 1;
    interval.window = t->window, interval.block_len = t->block, interval.stride = t->stride;
    interval.is_two_sided = t->two_sided;
    interval.rate = t->rolling ? LSTM_NO_ADAPTATION : 0;
    options.interval = &interval, options.calibrate_once = t->once;
    if (t->recipe)
        set_recipe(&options, &view, &ridge, t->season);
    double begin = bench_task_seconds();
    lstm_status status = lstm_forecaster_new(forecaster, &options);
    if (status == LSTM_OK)
        status = lstm_forecaster_fit(*forecaster, t->dataset);
    lstm_continue_options more = LSTM_CONTINUE_OPTIONS_INIT;
    more.n_update = t->n_continue;
    if (status == LSTM_OK && t->n_continue > 0)
        status = lstm_forecaster_continue(*forecaster, t->dataset, &more);
    *seconds = bench_task_seconds() - begin;
    return status;
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

void bench_task_print(const bench_task *t)
{
    printf("\n%s: %lld columns, %lld training, %lld validation and %lld test rows; %lld seeds, "
           "%lld threads\n",
           t->path, (long long)t->table.C, (long long)t->train, (long long)(t->valid - t->train),
           (long long)(t->table.n_row - t->valid), (long long)t->seeds, (long long)t->threads);
    print_processor();
}
