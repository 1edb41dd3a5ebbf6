/* SPDX-License-Identifier: MIT */
/*
 * Options of any size and content for all objects of a training. Accepted options must run. Pointers
 * are valid or NULL, numbers of threads small; everything else is arbitrary.
 */
#include "fuzz.h"

#include <stdio.h>
#include <unistd.h>

enum {
    ROWS = 12,
    COLUMNS = 2,
    MOST_MEMORY = 256 << 10,
    UPDATES = 2,
    MOST_LINES = 20,
    MAX_HOOKS = 64,
    MAX_NUMBERS = 8,
    RULES = 2
};

/* An options struct for about half of the pointers. */
static void *maybe(fuzz_input *input)
{
    return fuzz_below(input, 2) == 0 ? NULL : fuzz_options(input);
}

static int sampler(uint64_t iteration, int64_t n_window, int64_t *offsets, int64_t n_offset,
                   void *user)
{
    const fuzz_input *offset = user;
    for (int64_t i = 0; i < n_offset; i++) {
        size_t at = (size_t)(iteration + (uint64_t)i) % 16;
        offsets[i] = offset->size > at ? offset->data[at] % (n_window + 1) : 0;
    }
    return iteration > 4;
}

static int progress(const lstm_progress *now, void *user)
{
    (void)user;
    FUZZ_HOLDS(now->fraction >= 0 && now->fraction <= 1);
    return now->iteration >= UPDATES;
}

static int n_line;

/* Stops the run: it may roll back a thousand times before its second update. */
static int line(const char *text, void *user)
{
    (void)user;
    FUZZ_HOLDS(text[0] == '{' && strchr(text, '\n') == NULL);
    return ++n_line == MOST_LINES;
}

/* Limits the number of layers: a thousand would be slow and test nothing more. */
static lstm_status make_model(lstm_model **model, fuzz_input *input)
{
    void *options = fuzz_options(input);
    int64_t n_layer = fuzz_below(input, 256) - 2;
    n_layer = n_layer > 4 && n_layer < 250 ? 1 : n_layer >= 250 ? INT64_MAX - n_layer : n_layer;
    FUZZ_PUT(options, lstm_model_options, n_layer, n_layer);
    lstm_status status = lstm_model_new(model, options);
    free(options);
    return status;
}

static lstm_status make_iter(lstm_iter **iter, const lstm_series *series, fuzz_input *input)
{
    lstm_sampler_fn choices[] = {NULL, NULL, NULL, sampler};
    lstm_sampler_fn chosen = choices[fuzz_below(input, 4)];
    void *options = fuzz_options(input), *user = input;
    FUZZ_PUT(options, lstm_iter_options, sampler, chosen);
    FUZZ_PUT(options, lstm_iter_options, sampler_user, user);
    lstm_status status = lstm_iter_new(iter, series, options);
    free(options);
    return status;
}

/* Half of the squared error. */
static int caller_loss(const lstm_loss_batch *batch, void *user)
{
    (void)user;
    for (int64_t t = 0; t < batch->T; t++)
        for (int64_t i = t * batch->B * batch->K; i < (t + 1) * batch->B * batch->K; i++) {
            double error = (double)batch->y[i] - (double)batch->target[i];
            batch->step_loss[t] += error * error / 2;
            batch->dy[i] = (lstm_real)error;
        }
    return 0;
}

/* Structs to which the options of an updater point. */
typedef struct learning {
    void *sampling, *curriculum, *loss;
    int64_t stages[MAX_NUMBERS];
    double numbers[4][MAX_NUMBERS];
    lstm_tensor_rule rules[RULES];
} learning;

static void make_loss(learning *l, fuzz_input *input)
{
    l->loss = maybe(input);
    if (l->loss == NULL)
        return;
    const double *numbers[4];
    int64_t n[4];
    for (int i = 0; i < 4; i++) {
        n[i] = fuzz_below(input, MAX_NUMBERS + 1);
        fuzz_take(input, l->numbers[i], (size_t)n[i] * sizeof *l->numbers[i]);
        numbers[i] = n[i] == 0 ? NULL : l->numbers[i];
    }
    FUZZ_PUT(l->loss, lstm_loss_options, levels, numbers[0]);
    FUZZ_PUT(l->loss, lstm_loss_options, n_level, n[0]);
    FUZZ_PUT(l->loss, lstm_loss_options, units, numbers[1]);
    FUZZ_PUT(l->loss, lstm_loss_options, n_unit, n[1]);
    FUZZ_PUT(l->loss, lstm_loss_options, column_weights, numbers[2]);
    FUZZ_PUT(l->loss, lstm_loss_options, n_column_weight, n[2]);
    FUZZ_PUT(l->loss, lstm_loss_options, step_weights, numbers[3]);
    FUZZ_PUT(l->loss, lstm_loss_options, n_step_weight, n[3]);
}

static void make_curriculum(learning *l, fuzz_input *input)
{
    l->curriculum = maybe(input);
    if (l->curriculum == NULL)
        return;
    int64_t n_stage = fuzz_below(input, MAX_NUMBERS + 1);
    const int64_t *stages = l->stages;
    for (int64_t i = 0; i < n_stage; i++)
        l->stages[i] = fuzz_below(input, 5) - 1;
    FUZZ_PUT(l->curriculum, lstm_curriculum_options, n_stage, n_stage);
    FUZZ_PUT(l->curriculum, lstm_curriculum_options, stages, stages);
}

/* The structs that the options point to, and all other pointers. */
static void put_learning(void *options, learning *l, fuzz_input *input)
{
    static const char *const names[] = {"input.weight", "lstm.0.bias", "output.bias", ""};
    lstm_loss_fn losses[] = {NULL, NULL, NULL, caller_loss};
    l->sampling = maybe(input);
    make_curriculum(l, input);
    make_loss(l, input);
    int64_t n_rule = fuzz_below(input, RULES + 1);
    for (int64_t i = 0; i < n_rule; i++) {
        fuzz_take(input, &l->rules[i], sizeof l->rules[i]);
        l->rules[i].name = names[fuzz_below(input, 4)];
    }
    /* 2^31 - 1 batches are accepted, and slow */
    int64_t n_accumulate = fuzz_below(input, 8) - 2;
    n_accumulate = n_accumulate < 5 ? n_accumulate : INT64_MAX;
    const lstm_tensor_rule *rules = l->rules;
    FUZZ_PUT(options, lstm_updater_options, n_accumulate, n_accumulate);
    FUZZ_PUT(options, lstm_updater_options, sampling, l->sampling);
    FUZZ_PUT(options, lstm_updater_options, curriculum, l->curriculum);
    FUZZ_PUT(options, lstm_updater_options, loss, l->loss);
    FUZZ_PUT(options, lstm_updater_options, n_tensor_rule, n_rule);
    FUZZ_PUT(options, lstm_updater_options, tensor_rules, rules);
    FUZZ_PUT(options, lstm_updater_options, loss_fn, losses[fuzz_below(input, 4)]);
}

static lstm_status make_updater(lstm_updater **updater, lstm_model *model, lstm_iter *iter,
                                fuzz_input *input)
{
    lstm_hook *hooks = malloc(MAX_HOOKS * sizeof *hooks);
    FUZZ_HOLDS(hooks != NULL);
    fuzz_take(input, hooks, 4 * sizeof *hooks);
    for (int i = 4; i < MAX_HOOKS; i++)
        hooks[i] = hooks[i % 4];
    void *optimizer = maybe(input), *schedule = maybe(input), *options = fuzz_options(input);
    int64_t threads = fuzz_below(input, 16) == 0 ? 2 : fuzz_below(input, 8) - 4;
    threads = threads > 2 || threads < -2 ? 1 : threads == LSTM_ALL_CORES ? 1 : threads;
    FUZZ_PUT(options, lstm_updater_options, hooks, hooks);
    FUZZ_PUT(options, lstm_updater_options, optimizer, optimizer);
    FUZZ_PUT(options, lstm_updater_options, schedule, schedule);
    const char *device = NULL;
    FUZZ_PUT(options, lstm_updater_options, n_threads, threads);
    FUZZ_PUT(options, lstm_updater_options, device, device);
    learning l = {0};
    put_learning(options, &l, input);
    lstm_status status = lstm_updater_new(updater, model, iter, options);
    free(l.loss);
    free(l.curriculum);
    free(l.sampling);
    free(options);
    free(schedule);
    free(optimizer);
    free(hooks);
    return status;
}

/*
 * A folder for one training of eight. Models and checkpoints stay in memory (files.c); the log, the
 * lock and the probe for space are real files.
 */
static char folder_path[64];

static void remove_folder(void)
{
    static const char *const names[] = {"log.jsonl", ".lstmts-lock"};
    char path[128];
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", folder_path, names[i]);
        unlink(path);
    }
    rmdir(folder_path);
}

static const char *choose_folder(fuzz_input *input)
{
    if (fuzz_below(input, 8) != 0)
        return NULL;
    if (folder_path[0] == '\0') {
        snprintf(folder_path, sizeof folder_path, "/tmp/lstmts-fuzz-XXXXXX");
        FUZZ_HOLDS(mkdtemp(folder_path) != NULL && atexit(remove_folder) == 0);
    }
    return folder_path;
}

static lstm_status make_trainer(lstm_trainer **trainer, lstm_updater *updater,
                                const lstm_series *series, fuzz_input *input)
{
    void *valid = maybe(input), *options = fuzz_options(input);
    const char *folder = choose_folder(input);
    const lstm_view *no_view = NULL;
    lstm_progress_fn on_progress = progress;
    lstm_log_fn on_log = line;
    FUZZ_PUT(options, lstm_trainer_options, folder, folder);
    FUZZ_PUT(options, lstm_trainer_options, valid_series, series);
    FUZZ_PUT(options, lstm_trainer_options, valid, valid);
    FUZZ_PUT(options, lstm_trainer_options, valid_view, no_view);
    FUZZ_PUT(options, lstm_trainer_options, on_log, on_log);
    FUZZ_PUT(options, lstm_trainer_options, on_progress, on_progress);
    lstm_status status = lstm_trainer_new(trainer, updater, options);
    uint64_t size;
    memcpy(&size, options, sizeof size);
    /* without the callback nothing would end a run of 2^63 updates */
    if (status >= 0 && size <= offsetof(lstm_trainer_options, on_progress)) {
        lstm_trainer_free(*trainer);
        *trainer = NULL;
        status = LSTM_E_OPTIONS;
    }
    free(options);
    free(valid);
    return status;
}

static lstm_series *make_series(fuzz_input *input)
{
    lstm_series *series;
    lstm_real rows[ROWS * COLUMNS];
    for (int i = 0; i < ROWS * COLUMNS; i++)
        rows[i] = (lstm_real)(i % 7) / 7;
    FUZZ_OK(lstm_series_new(&series, rows, ROWS, COLUMNS));
    for (int64_t j = 0; j < COLUMNS; j++)
        lstm_series_set_role(series, j, fuzz_below(input, 4));
    return series;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    lstm_model *model = NULL;
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    lstm_trainer *trainer = NULL;
    n_line = 0;
    fuzz_json_begin(data, size);
    fuzz_limit_memory(MOST_MEMORY);
    lstm_series *series = make_series(&input);
    lstm_status status = make_model(&model, &input);
    if (status >= 0)
        status = make_iter(&iter, series, &input);
    if (status >= 0)
        status = make_updater(&updater, model, iter, &input);
    if (status >= 0)
        status = make_trainer(&trainer, updater, series, &input);
    if (status >= 0)
        lstm_trainer_run(trainer);
    else
        FUZZ_HOLDS(trainer == NULL);
    lstm_trainer_free(trainer);
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
    lstm_series_free(series);
    return 0;
}
