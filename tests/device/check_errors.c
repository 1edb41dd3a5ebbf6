/* SPDX-License-Identifier: MIT */
/*
 * Wrong options, and a device that is lost. The twin can be told to lose itself.
 */
#include "check.h"
#include "check_twin.h"
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

enum { N_SERIES = 3, N_STEP = 4, N_ROW = 5 };

/* A fleet of one column; y begins as 7. */
typedef struct small_fleet {
    lstm_series *series[N_SERIES];
    lstm_model *model;
    lstm_forecast_options options;
    lstm_real y[N_SERIES * N_STEP];
} small_fleet;

static void fleet_open(small_fleet *f)
{
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    sizes.n_input = 1;
    sizes.n_hidden = 5;
    assert_ok(lstm_model_new(&f->model, &sizes));
    for (int i = 0; i < N_SERIES; i++) {
        const lstm_real rows[N_ROW] = {0.1F, -0.2F, 0.3F, 0.25F, (lstm_real)i};
        assert_ok(lstm_series_new(&f->series[i], rows, N_ROW, 1));
    }
    f->options = (lstm_forecast_options)LSTM_FORECAST_OPTIONS_INIT;
    f->options.n_step = N_STEP;
    f->options.device = check.device;
    for (int i = 0; i < N_SERIES * N_STEP; i++)
        f->y[i] = 7;
}

static lstm_status fleet_run(small_fleet *f)
{
    return lstm_forecast(f->model, (const lstm_series *const *)f->series, N_SERIES, &f->options,
                         f->y);
}

static void fleet_close(small_fleet *f)
{
    for (int i = 0; i < N_SERIES; i++)
        lstm_series_free(f->series[i]);
    lstm_model_free(f->model);
}

static void assert_untouched(const small_fleet *f)
{
    for (int i = 0; i < N_SERIES * N_STEP; i++)
        assert_true(f->y[i] == 7);
}

void precisions_out_of_range_are_refused(void **state)
{
    (void)state;
    static const int64_t wrong[] = {-1, 3, INT64_MAX};
    training_recipe recipe;
    training t;
    small_fleet f;
    check_make_recipe(&recipe, check.device);
    training_make(&t, &recipe);
    fleet_open(&f);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        lstm_updater *updater = NULL;
        lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
        options.device = check.device;
        options.precision = f.options.precision = wrong[i];
        assert_status(lstm_updater_new(&updater, t.model, t.iter, &options), LSTM_E_ARGUMENT,
                      "precision is");
        assert_null(updater);
        assert_status(fleet_run(&f), LSTM_E_ARGUMENT, "precision is");
        assert_untouched(&f);
    }
    fleet_close(&f);
    training_free(&t);
}

/* Threads read parts of many series; the message is of the first that is wrong. */
void the_first_wrong_series_of_a_large_fleet_is_named(void **state)
{
    (void)state;
    enum { MANY = 20000 };
    const lstm_real rows[4] = {1, 2, 3, 4};
    static const lstm_series *series[MANY];
    static lstm_real y[MANY * N_STEP];
    static const char *const expected[] = {"series 7001 has other columns", "series 9000 is NULL",
                                           "the 4 rows of series 15000"};
    small_fleet f;
    lstm_series *wide, *short_one;
    fleet_open(&f);
    assert_ok(lstm_series_new(&wide, rows, 2, 2));
    assert_ok(lstm_series_new(&short_one, rows, 4, 1));
    for (int i = 0; i < MANY; i++)
        series[i] = f.series[i % N_SERIES];
    const lstm_series *const wrong[] = {wide, NULL, short_one};
    const int at[] = {7001, 9000, 15000};
    f.options.n_threads = 4;
    f.options.n_future = 4;
    for (int i = 0; i < 3; i++)
        series[at[i]] = wrong[i];
    for (int i = 0; i < 3; i++) {
        assert_status(lstm_forecast(f.model, series, MANY, &f.options, y),
                      wrong[i] == NULL ? LSTM_E_ARGUMENT : LSTM_E_SHAPE, expected[i]);
        assert_true(y[0] == 0 && y[MANY * N_STEP - 1] == 0);
        series[at[i]] = f.series[0];
    }
    assert_ok(lstm_forecast(f.model, series, MANY, &f.options, y));
    assert_memory_equal(y, y + (ptrdiff_t)(MANY - MANY % N_SERIES) * N_STEP, N_STEP * sizeof *y);
    lstm_series_free(wide);
    lstm_series_free(short_one);
    fleet_close(&f);
}

lts_twin *twin_control(void)
{
    void *library = dlopen("liblstmts-twin.so.0", RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    lts_twin *control = dlsym(library, "lts_twin_control");
    assert_non_null(control);
    return control; /* the core never closes it either */
}

/* Nobody gets parameters that are not those of the last update. */
static void assert_unreadable(training *t, const char *path)
{
    lstm_parameter_info info;
    lstm_real values[1000] = {0};
    lstm_model *clone = NULL;
    assert_ok(lstm_model_parameter(t->model, 0, &info));
    assert_in_range(info.size, 1, 1000);
    assert_status(lstm_model_get(t->model, info.name, values, info.size), LSTM_E_DEVICE, "lost");
    assert_status(lstm_model_set(t->model, info.name, values, info.size), LSTM_E_DEVICE, "lost");
    assert_status(lstm_model_clone(&clone, t->model), LSTM_E_DEVICE, "lost");
    assert_null(clone);
    assert_status(lstm_model_save(t->model, path), LSTM_E_DEVICE, "lost");
    assert_status(lstm_trainer_save(t->trainer, path), LSTM_E_DEVICE, "lost");
    assert_int_equal(access(path, F_OK), -1);
    assert_status(lstm_updater_moment(t->updater, "m", info.name, values, info.size), LSTM_E_DEVICE,
                  "lost");
    assert_status(lstm_updater_update(t->updater), LSTM_E_DEVICE, "lost");
}

/* Lost while the parameters are read back, or in any piece of work of an update. */
/*
 * Loses the device in piece `at` of the work of an update, or, if at is 0, of a reading. Returns
 * false if an update has fewer pieces.
 */
static bool lose_device(training_recipe *recipe, int64_t at, const char *folder)
{
    lts_twin *control = twin_control();
    training t;
    lstm_model *read;
    training_begin(&t, recipe);
    for (int i = 0; i < 3; i++)
        assert_ok(lstm_updater_update(t.updater));
    assert_ok(lstm_model_clone(&read, t.model));
    for (int i = 0; i < 2; i++)
        assert_ok(lstm_updater_update(t.updater));
    uint64_t iteration = lstm_iter_iteration(t.iter);
    control->fail_work = at == 0 ? 1 : at;
    lstm_status status = at == 0 ? LSTM_E_DEVICE : lstm_updater_update(t.updater);
    bool lost = status < 0;
    if (lost) {
        assert_int_equal(status, LSTM_E_DEVICE);
        assert_unreadable(&t, in_folder(folder, "none"));
        assert_unreadable(&t, in_folder(folder, "none"));
        assert_int_equal(control->fail_work, 0);
        assert_int_equal(lstm_iter_iteration(t.iter), iteration);
        lstm_trainer_free(t.trainer);
        lstm_updater_free(t.updater);
        t.trainer = NULL;
        t.updater = NULL;
        assert_same_model(t.model, read);
        assert_ok(lstm_model_save(t.model, in_folder(folder, "kept")));
    }
    control->fail_work = 0;
    lstm_model_free(read);
    training_free(&t);
    assert_int_equal(control->n_live, 0);
    assert_int_equal(control->n_entered, 0);
    return lost;
}

/* In each piece. Returns how many there are, and one. */
static int64_t lose_at_each(training_recipe *recipe, const char *folder)
{
    int64_t at = 0;
    while (lose_device(recipe, at, folder))
        at++;
    return at;
}

void a_lost_device_leaves_the_model_as_last_read(void **state)
{
    (void)state;
    const lstm_tensor_rule frozen = {"output.bias", 0, 0};
    training_recipe plain, states, summed;
    char folder[64];
    make_folder(folder);
    check_make_recipe(&plain, check.device);
    states = summed = plain;
    states.iter.order = LSTM_ORDER_CONSECUTIVE;
    states.iter.batch_size = 2;
    summed.updater.n_accumulate = 2;
    summed.updater.tensor_rules = &frozen;
    summed.updater.n_tensor_rule = 1;
    assert_in_range(lose_at_each(&plain, folder), 80, 300);
    assert_in_range(lose_at_each(&states, folder), 80, 300);
    assert_in_range(lose_at_each(&summed, folder), 160, 600);
    remove_folder(folder);
}

void a_fleet_that_fails_writes_nothing(void **state)
{
    (void)state;
    lts_twin *control = twin_control();
    small_fleet f;
    int64_t n = 0;
    fleet_open(&f);
    do {
        control->fail_work = ++n;
        lstm_status status = fleet_run(&f);
        if (control->fail_work != 0)
            break;
        assert_status(status, LSTM_E_DEVICE, "lost");
        assert_untouched(&f);
        assert_int_equal(control->n_live, 0);
        assert_int_equal(control->n_entered, 0);
    } while (n < 1000);
    control->fail_work = 0;
    assert_in_range(n, 5, 999);
    assert_true(f.y[0] != 7);
    fleet_close(&f);
}
