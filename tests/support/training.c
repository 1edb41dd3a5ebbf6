/* SPDX-License-Identifier: MIT */
#include "training.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 40, VALID_ROWS = 12, TEST_ROWS = 20, COLUMNS = 3, MAX_SIZE = 4096 };

void training_recipe_init(training_recipe *recipe)
{
    *recipe = (training_recipe){
        .model = LSTM_MODEL_OPTIONS_INIT,
        .iter = LSTM_ITER_OPTIONS_INIT,
        .optimizer = LSTM_OPTIMIZER_OPTIONS_INIT,
        .schedule = LSTM_SCHEDULE_OPTIONS_INIT,
        .hooks = {{LSTM_HOOK_CLIP, 0.5}, {LSTM_HOOK_WEIGHT_DECAY, 1e-3}},
        .updater = LSTM_UPDATER_OPTIONS_INIT,
        .valid = LSTM_VALID_OPTIONS_INIT,
        .trainer = LSTM_TRAINER_OPTIONS_INIT,
        .covariate = LSTM_ROLE_INPUT,
        .view = LSTM_VIEW_OPTIONS_INIT,
    };
    recipe->model.n_input = 3;
    recipe->model.n_output = 2;
    recipe->model.n_hidden = 6;
    recipe->model.n_layer = 2;
    recipe->model.seed = 5;
    recipe->iter.window_len = 5;
    recipe->iter.batch_size = 4; /* 35 windows: every ninth batch crosses a pass */
    recipe->iter.order = LSTM_ORDER_SHUFFLE;
    recipe->iter.seed = 9;
    recipe->optimizer.kind = LSTM_AMSGRAD;
    recipe->optimizer.learning_rate = 0.02;
    recipe->schedule.kind = LSTM_SCHEDULE_COSINE;
    recipe->schedule.warmup = 5;
    recipe->schedule.period = 60;
    recipe->updater.support_len = 1;
    recipe->updater.n_hook = 2;
    recipe->valid.window_len = 6;
    recipe->trainer.max_iteration = 50;
}

static lstm_series *make_series(int64_t first, int64_t n_row, int64_t covariate)
{
    lstm_real rows[ROWS * COLUMNS];
    for (int64_t i = 0; i < n_row; i++) {
        double t = 0.3 * (double)(first + i);
        rows[i * COLUMNS] = (lstm_real)(0.8 * sin(t));
        rows[i * COLUMNS + 1] = (lstm_real)(0.5 * cos(0.7 * t));
        rows[i * COLUMNS + 2] = (lstm_real)(0.1 * (double)((first + i) % 7));
    }
    lstm_series *series;
    assert_ok(lstm_series_new(&series, rows, n_row, COLUMNS));
    assert_ok(lstm_series_set_role(series, 2, covariate));
    return series;
}

void training_recipe_plain_view(training_recipe *recipe)
{
    training_recipe_init(recipe);
    recipe->covariate = LSTM_ROLE_KNOWN;
    recipe->view.segment_len = 2;
    recipe->view.context_len = 2;
    recipe->view.horizon = 2;
    recipe->iter.window_len = 0;
    recipe->updater.support_len = 0;
    recipe->valid.window_len = 0;
}

void training_recipe_view(training_recipe *recipe)
{
    training_recipe_plain_view(recipe);
    recipe->view.transform = LSTM_TRANSFORM_SQRT;
    recipe->view.scaling = LSTM_SCALING_STANDARD;
    recipe->view.base = LSTM_BASE_MEAN;
    recipe->view.spread_floor = .5;
    recipe->view.season = LSTM_SEASON_PHASES;
    recipe->view.season_len = 3;
    recipe->view.missing_input = 1;
}

static void add_rows(lstm_dataset *data, int64_t n_row, int64_t outside)
{
    lstm_real rows[ROWS * COLUMNS], feature = (lstm_real).25;
    for (int64_t i = 0; i < n_row; i++) {
        rows[i * COLUMNS] = (lstm_real)(2 + sin(.3 * (double)i));
        rows[i * COLUMNS + 1] = (lstm_real)(i % 9 == 5 ? (double)NAN : 2 + cos(.2 * (double)i));
        rows[i * COLUMNS + 2] = (lstm_real)(.1 * (double)(i % 7));
    }
    if (outside)
        rows[0] = -1;
    int64_t series = lstm_dataset_series(data);
    assert_ok(lstm_dataset_add(data, NULL, rows, n_row, 3600 * series));
    assert_ok(lstm_dataset_set_static(data, series, &feature));
    if (lstm_dataset_role(data, 2) == LSTM_ROLE_KNOWN)
        assert_ok(lstm_dataset_set_future(data, series, rows, 1));
}

static void make_view(training *t, const training_recipe *recipe)
{
    const int64_t roles[COLUMNS] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH, recipe->covariate};
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = COLUMNS;
    options.roles = roles;
    options.missing = LSTM_MISSING_MASK;
    options.step_unit = LSTM_STEP_SECONDS;
    options.step = 3600;
    options.n_static = 1;
    assert_ok(lstm_dataset_new(&t->data, &options));
    assert_ok(lstm_dataset_add_calendar(t->data, LSTM_CALENDAR_HOUR + LSTM_CALENDAR_HOLIDAY,
                                        &recipe->holiday, 1));
    add_rows(t->data, ROWS, recipe->outside);
    add_rows(t->data, 4, 0);
    if (recipe->valid_view)
        assert_ok(lstm_dataset_split(t->data, 0, ROWS - VALID_ROWS, ROWS));
    assert_ok(lstm_view_new(&t->view, t->data, &recipe->view));
    assert_ok(lstm_iter_new_view(&t->iter, t->view, &recipe->iter));
}

static void make_model(training *t, const training_recipe *recipe)
{
    lstm_model_options model = recipe->model;
    int64_t n_out;
    if (t->view != NULL) {
        model.n_input = lstm_view_inputs(t->view);
        model.n_output = lstm_view_targets(t->view);
    }
    assert_ok(lstm_loss_outputs(recipe->updater.loss, &n_out));
    model.n_output *= n_out;
    assert_ok(lstm_model_new(&t->model, &model));
}

void training_make(training *t, const training_recipe *recipe)
{
    lstm_updater_options updater = recipe->updater;
    updater.hooks = recipe->hooks;
    updater.optimizer = &recipe->optimizer;
    updater.schedule = &recipe->schedule;
    *t = (training){.train = make_series(0, ROWS, recipe->covariate),
                    .test = make_series(ROWS, TEST_ROWS, recipe->covariate)};
    if (recipe->view.context_len > 0)
        make_view(t, recipe);
    else
        assert_ok(lstm_iter_new(&t->iter, t->train, &recipe->iter));
    make_model(t, recipe);
    assert_ok(lstm_updater_new(&t->updater, t->model, t->iter, &updater));
}

void training_start(training *t, const training_recipe *recipe)
{
    lstm_trainer_options options = recipe->trainer;
    if (options.validate.every > 0) {
        options.valid_series = recipe->valid_view ? NULL : t->test;
        options.valid_view = recipe->valid_view ? t->view : NULL;
        options.valid = &recipe->valid;
    }
    assert_ok(lstm_trainer_new(&t->trainer, t->updater, &options));
}

void training_begin(training *t, const training_recipe *recipe)
{
    training_make(t, recipe);
    training_start(t, recipe);
}

void training_begin_and_run(training *t, const training_recipe *recipe)
{
    training_begin(t, recipe);
    assert_ok(lstm_trainer_run(t->trainer));
}

void training_resume(training *t, const training_recipe *recipe, const char *from)
{
    training_begin(t, recipe);
    assert_ok(lstm_trainer_resume(t->trainer, from));
}

void training_recipe_validated(training_recipe *recipe)
{
    training_recipe_init(recipe);
    recipe->trainer.validate = (lstm_trigger){7, LSTM_ITERATIONS};
}

void training_run(training *t, training_recipe *recipe, int64_t updates, const char *from,
                  const char *to)
{
    recipe->trainer.max_iteration = updates;
    training_begin(t, recipe);
    if (from != NULL)
        assert_ok(lstm_trainer_resume(t->trainer, from));
    assert_ok(lstm_trainer_run(t->trainer));
    if (to != NULL)
        assert_ok(lstm_trainer_save(t->trainer, to));
}

void training_run_and_free(training_recipe *recipe, int64_t updates, const char *from,
                           const char *to)
{
    training t;
    training_run(&t, recipe, updates, from, to);
    training_free(&t);
}

void training_free(training *t)
{
    lstm_trainer_free(t->trainer);
    lstm_updater_free(t->updater);
    lstm_iter_free(t->iter);
    lstm_model_free(t->model);
    lstm_view_free(t->view);
    lstm_dataset_free(t->data);
    lstm_series_free(t->test);
    lstm_series_free(t->train);
    *t = (training){0};
}

void assert_same_model(const lstm_model *a, const lstm_model *b)
{
    assert_int_equal(lstm_model_parameters(a), lstm_model_parameters(b));
    for (int64_t i = 0; i < lstm_model_parameters(a); i++) {
        lstm_parameter_info info;
        lstm_real x[MAX_SIZE], y[MAX_SIZE];
        assert_ok(lstm_model_parameter(a, i, &info));
        assert_ok(lstm_model_get(a, info.name, x, info.size));
        assert_ok(lstm_model_get(b, info.name, y, info.size));
        if (memcmp(x, y, (size_t)info.size * sizeof *x) != 0)
            fail_msg("%s differs", info.name);
    }
}

static void assert_same_moments(const training *a, const training *b)
{
    static const char *const moments[] = {"m", "v", "vhat"};
    for (int m = 0; m < 3; m++)
        for (int64_t i = 0; i < lstm_model_parameters(a->model); i++) {
            lstm_parameter_info info;
            lstm_real x[MAX_SIZE], y[MAX_SIZE];
            assert_ok(lstm_model_parameter(a->model, i, &info));
            lstm_status has = lstm_updater_moment(a->updater, moments[m], info.name, x, info.size);
            assert_status(lstm_updater_moment(b->updater, moments[m], info.name, y, info.size), has,
                          NULL);
            if (has == LSTM_OK && memcmp(x, y, (size_t)info.size * sizeof *x) != 0)
                fail_msg("%s of %s differs", moments[m], info.name);
        }
}

void assert_same_training(const training *a, const training *b)
{
    lstm_iter_position p, q;
    lstm_progress x, y;
    assert_same_model(a->model, b->model);
    assert_same_moments(a, b);
    assert_ok(lstm_iter_get_position(a->iter, &p));
    assert_ok(lstm_iter_get_position(b->iter, &q));
    assert_memory_equal(&p, &q, sizeof p);
    assert_ok(lstm_trainer_progress(a->trainer, &x));
    assert_ok(lstm_trainer_progress(b->trainer, &y));
    assert_int_equal(x.iteration, y.iteration);
    assert_int_equal(x.epoch, y.epoch);
    assert_memory_equal(&x.valid_score, &y.valid_score, sizeof x.valid_score);
    lstm_model *best_a, *best_b;
    if (isnan(x.valid_score))
        return;
    assert_ok(lstm_trainer_best(a->trainer, &best_a));
    assert_ok(lstm_trainer_best(b->trainer, &best_b));
    assert_same_model(best_a, best_b);
    lstm_model_free(best_a);
    lstm_model_free(best_b);
}

/* In memory where that is possible: some tests create so many files that a disk takes most of their
 * time. */
void make_folder(char path[64])
{
    strcpy(path, "/dev/shm/lstmts-test-XXXXXX");
    if (mkdtemp(path) != NULL)
        return;
    strcpy(path, "/tmp/lstmts-test-XXXXXX");
    if (mkdtemp(path) != NULL)
        return;
    fail_msg("no folder can be created in /dev/shm or /tmp");
}

void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char file[512];
        snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        unlink(file); /* fails for "." and ".." */
    }
    closedir(folder);
    assert_int_equal(rmdir(path), 0);
}

static char folder_of_test[64];

int make_folder_fixture(void **fixture)
{
    make_folder(folder_of_test);
    *fixture = folder_of_test;
    return 0;
}

int remove_folder_fixture(void **fixture)
{
    remove_folder(*fixture);
    return 0;
}

const char *in_folder(const char *folder, const char *name)
{
    static char paths[8][256];
    static int next;
    next = (next + 1) % 8;
    snprintf(paths[next], sizeof paths[next], "%s/%s", folder, name);
    return paths[next];
}

char *read_text(const char *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s is missing", path);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    size_t size = fread(text, 1, (1 << 20) - 1, file);
    assert_true(size < (1 << 20) - 1);
    fclose(file);
    return text;
}
