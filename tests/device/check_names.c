/* SPDX-License-Identifier: MIT */
/*
 * Names of devices, and what a device has no memory for.
 */
#include "check.h"
#include "training.h"
#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>

void devices_are_listed(void **state)
{
    (void)state;
    lstm_device_info devices[16];
    int64_t n = -1, again = -1;
    assert_ok(lstm_devices(NULL, 0, &n));
    assert_in_range(n, 1, 16);
    assert_ok(lstm_devices(devices, 16, &again));
    assert_int_equal(again, n);
    assert_string_equal(devices[0].name, "cpu");
    for (int64_t i = 0; i < n; i++)
        print_message("  %s: %s, %lld MiB\n", devices[i].name, devices[i].description,
                      (long long)(devices[i].memory >> 20));
    if (strncmp(check.device, "cuda", 4) == 0) {
        assert_true(n >= 2);
        assert_string_equal(devices[1].name, "cuda:0");
        assert_true(devices[1].memory > 0);
    }
}

static void refuse_updater(training *t, const char *name, lstm_status status, const char *part)
{
    lstm_updater *updater = NULL;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    options.device = name;
    assert_status(lstm_updater_new(&updater, t->model, t->iter, &options), status, part);
    assert_null(updater);
    print_message("  %s: %s\n", name, lstm_last_error());
}

static void refuse_forecast(const char *name, lstm_status status, const char *part)
{
    const lstm_real row[2] = {0.25F, -0.5F};
    lstm_real y[2] = {7, 8};
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    lstm_series *series = NULL;
    lstm_model *model = NULL;
    sizes.n_input = 2;
    sizes.n_hidden = 3;
    options.n_step = 1;
    options.device = name;
    assert_ok(lstm_series_new(&series, row, 1, 2));
    assert_ok(lstm_model_new(&model, &sizes));
    const lstm_series *one = series;
    assert_status(lstm_forecast(model, &one, 1, &options, y), status, part);
    assert_true(y[0] == 7 && y[1] == 8);
    lstm_model_free(model);
    lstm_series_free(series);
}

void wrong_names_are_refused(void **state)
{
    (void)state;
    static const char *const malformed[] = {"cuda:x", "cuda:", "cuda:-1", "cuda:1x"};
    training_recipe recipe;
    training t;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        refuse_updater(&t, malformed[i], LSTM_E_ARGUMENT, malformed[i]);
        refuse_forecast(malformed[i], LSTM_E_ARGUMENT, malformed[i]);
    }
    /* which is missing, the device or the library */
    static const char *const missing[][2] = {{"cuda:99", "device"}, {"gpu", "liblstmts-gpu"}};
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        refuse_updater(&t, missing[i][0], LSTM_E_DEVICE, missing[i][1]);
        refuse_forecast(missing[i][0], LSTM_E_DEVICE, missing[i][1]);
    }
    training_free(&t);
}

static int no_loss(const lstm_loss_batch *batch, void *user)
{
    (void)batch;
    (void)user;
    return 0;
}

void a_loss_of_the_caller_is_the_processor_s(void **state)
{
    (void)state;
    const bool runs = strcmp(check.device, "cpu") == 0;
    training_recipe recipe;
    training t;
    lstm_updater *updater = NULL;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    training_recipe_init(&recipe);
    training_make(&t, &recipe);
    options.device = check.device;
    options.loss_fn = no_loss;
    assert_status(lstm_updater_new(&updater, t.model, t.iter, &options),
                  runs ? LSTM_OK : LSTM_E_ARGUMENT, runs ? NULL : "loss_fn needs \"cpu\"");
    assert_true(runs == (updater != NULL));
    lstm_updater_free(updater);
    training_free(&t);
}

/* More than any device of today has: 200 GB of gates alone, for a network of 64 hidden units. */
static void refuse_large(void)
{
    enum { ROWS = 31000, T = 20000, B = 10000 };
    lstm_real *rows = calloc(ROWS, sizeof *rows);
    lstm_series *series = NULL;
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    lstm_model *model = NULL;
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    assert_non_null(rows);
    assert_ok(lstm_series_new(&series, rows, ROWS, 1));
    sizes.n_input = 1;
    sizes.n_hidden = 64;
    windows.window_len = T;
    windows.batch_size = B;
    options.device = check.device;
    assert_ok(lstm_model_new(&model, &sizes));
    assert_ok(lstm_iter_new(&iter, series, &windows));
    assert_status(lstm_updater_new(&updater, model, iter, &options), LSTM_E_NOMEM, NULL);
    assert_null(updater);
    assert_true(strlen(lstm_last_error()) > 0);
    print_message("  %s\n", lstm_last_error());
    lstm_iter_free(iter);
    lstm_model_free(model);
    lstm_series_free(series);
    free(rows);
}

/* No more than 8 GiB of the host's memory, so that memory that the system only promises is refused. */
static struct rlimit limit_host(void)
{
    struct rlimit before, limit;
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    limit = before;
    limit.rlim_cur = (rlim_t)8 << 30;
    if (strncmp(check.device, "cuda", 4) != 0)
        assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    return before;
}

/* Which the twin finds beside it. */
void what_is_no_companion_is_refused(void **state)
{
    (void)state;
    refuse_forecast("false0", LSTM_E_DEVICE, "liblstmts-false0.so.0 is not a companion");
    refuse_forecast("false1", LSTM_E_DEVICE, "liblstmts-false1.so.0 belongs to another release");
    refuse_forecast("false2", LSTM_E_DEVICE, "it refuses");
}

void a_training_too_large_is_refused(void **state)
{
    (void)state;
    training_recipe recipe;
    training before, after;
    training_recipe_init(&recipe);
    recipe.updater.device = check.device;
    training_make(&before, &recipe);
    for (int i = 0; i < 3; i++)
        assert_ok(lstm_updater_update(before.updater));
    struct rlimit limit = limit_host();
    for (int i = 0; i < 3; i++)
        refuse_large();
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    for (int i = 0; i < 3; i++)
        assert_ok(lstm_updater_update(before.updater));
    training_make(&after, &recipe);
    for (int i = 0; i < 6; i++)
        assert_ok(lstm_updater_update(after.updater));
    assert_same_model(before.model, after.model);
    training_free(&before);
    training_free(&after);
}
