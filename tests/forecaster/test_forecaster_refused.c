/* SPDX-License-Identifier: MIT */
/* Wrong options and calls of a forecaster: messages name what is wrong. */
#include "forecaster_fixture.h"

#include <lstmts/continuation.h>
#include <stdbool.h>

enum { ROWS = 120, H = 4 };

/* Asserts that a change of one field is refused. */
#define REFUSED(field, value, status, part)                                                        \
    do {                                                                                           \
        lstm_forecaster_options wrong = right;                                                     \
        wrong.field = (value);                                                                     \
        assert_status(lstm_forecaster_new(&forecaster, &wrong), status, part);                     \
    } while (0)

static void wrong_options_are_refused(void **fixture)
{
    (void)fixture;
    const lstm_forecaster_options right = small_options(H);
    lstm_forecaster *forecaster = NULL;
    assert_status(lstm_forecaster_new(NULL, &right), LSTM_E_ARGUMENT, "forecaster is NULL");
    assert_status(lstm_forecaster_new(&forecaster, NULL), LSTM_E_ARGUMENT, "options is NULL");
    REFUSED(struct_size, 0, LSTM_E_OPTIONS, "struct_size");
    REFUSED(horizon, 0, LSTM_E_ARGUMENT, "horizon is 0");
    REFUSED(horizon, -1, LSTM_E_ARGUMENT, "horizon is -1");
    REFUSED(horizon, INT64_MAX, LSTM_E_LIMIT, "horizon is 9223372036854775807");
    REFUSED(season_len, 1, LSTM_E_ARGUMENT, "season_len is 1");
    REFUSED(season_len, -2, LSTM_E_ARGUMENT, "season_len is -2");
    REFUSED(use, 5, LSTM_E_ARGUMENT, "use is 5");
    REFUSED(use, -1, LSTM_E_ARGUMENT, "use is -1");
    REFUSED(n_network, 65, LSTM_E_ARGUMENT, "n_network is 65");
    REFUSED(n_network, -1, LSTM_E_ARGUMENT, "n_network is -1");
    REFUSED(n_hidden, -1, LSTM_E_ARGUMENT, "n_hidden is -1");
    REFUSED(n_layer, -1, LSTM_E_ARGUMENT, "n_layer is -1");
    REFUSED(n_update, -1, LSTM_E_ARGUMENT, "n_update is -1");
    REFUSED(batch_size, -1, LSTM_E_ARGUMENT, "batch_size is -1");
    REFUSED(learning_rate, -1, LSTM_E_ARGUMENT, "learning_rate is -1");
    REFUSED(learning_rate, (double)NAN, LSTM_E_ARGUMENT, "learning_rate is nan");
    REFUSED(learning_rate, (double)INFINITY, LSTM_E_ARGUMENT, "learning_rate is inf");
    REFUSED(dropout, 1, LSTM_E_ARGUMENT, "dropout is 1");
    REFUSED(dropout, -0.5, LSTM_E_ARGUMENT, "dropout is -0.5");
    REFUSED(n_threads, -3, LSTM_E_ARGUMENT, "n_threads is -3");
    REFUSED(n_threads, 2000, LSTM_E_ARGUMENT, "n_threads is 2000");
    REFUSED(device, "a b", LSTM_E_ARGUMENT, "device is \"a b\"");
    REFUSED(device, "", LSTM_E_ARGUMENT, "device is \"\"");
    REFUSED(device, "nothing:0", LSTM_E_DEVICE, "liblstmts-nothing.so.0");
    REFUSED(device, "cpu:1", LSTM_E_ARGUMENT, "device is \"cpu:1\"");
    assert_null(forecaster);
}

static void a_wrong_view_or_loss_is_refused(void **fixture)
{
    (void)fixture;
    const lstm_forecaster_options right = small_options(H);
    lstm_forecaster *forecaster = NULL;
    lstm_view_options view = {0};
    REFUSED(view, &view, LSTM_E_OPTIONS, "struct_size");
    view = (lstm_view_options)LSTM_VIEW_OPTIONS_INIT;
    REFUSED(view, &view, LSTM_E_ARGUMENT, "context_len is 0");
    view.context_len = 3, view.base = 9;
    REFUSED(view, &view, LSTM_E_ARGUMENT, "base is 9");
    view.base = 0, view.transform = 7;
    REFUSED(view, &view, LSTM_E_ARGUMENT, "transform is 7");
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    loss.kind = 99;
    REFUSED(loss, &loss, LSTM_E_ARGUMENT, "kind is 99");
    assert_null(forecaster);
}

static lstm_forecaster *fitted_ridge(const lstm_dataset *dataset)
{
    lstm_forecaster_options options = small_options(H);
    options.use = LSTM_USE_RIDGE;
    return fit_new(&options, dataset);
}

static void wrong_fits_are_refused(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_waves(ROWS, 2, 2), *empty = new_dataset(2, NULL, LSTM_MISSING_MASK);
    lstm_forecaster_options options = small_options(H);
    lstm_real y[2 * H] = {77};
    int64_t length = 77;
    char text[8] = "as it is";
    lstm_forecaster *unfitted = new_forecaster(&options);
    assert_status(lstm_forecaster_fit(NULL, dataset), LSTM_E_ARGUMENT, "forecaster is NULL");
    assert_status(lstm_forecaster_fit(unfitted, NULL), LSTM_E_ARGUMENT, "dataset is NULL");
    assert_status(lstm_forecaster_fit(unfitted, empty), LSTM_E_SHAPE, "no series");
    assert_status(lstm_forecaster_predict(unfitted, dataset, 0, y), LSTM_E_ORDER,
                  "lstm_forecaster_fit()");
    assert_status(lstm_forecaster_describe(unfitted, text, 8, &length), LSTM_E_ORDER,
                  "lstm_forecaster_fit()");
    assert_true(y[0] == 77 && length == 77);
    assert_memory_equal(text, "as it is", 8);
    lstm_forecaster_free(unfitted);
    lstm_forecaster_free(NULL);
    lstm_forecaster *forecaster = fitted_ridge(dataset);
    assert_status(lstm_forecaster_fit(forecaster, empty), LSTM_E_SHAPE, "no series");
    assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, y)); /* it is as it was */
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
    lstm_dataset_free(empty);
}

static void wrong_origins_are_refused(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_waves(ROWS, 2, 2);
    lstm_forecaster *forecaster = fitted_ridge(dataset);
    lstm_real y[2 * H] = {77};
    int64_t origin = 10;
#define FROM(f, d, s, o, n, h, out) lstm_forecaster_predict_from(f, d, s, o, n, h, out)
    assert_status(FROM(NULL, dataset, 0, &origin, 1, H, y), LSTM_E_ARGUMENT, "forecaster is NULL");
    assert_status(FROM(forecaster, NULL, 0, &origin, 1, H, y), LSTM_E_ARGUMENT, "dataset is NULL");
    assert_status(FROM(forecaster, dataset, 0, NULL, 1, H, y), LSTM_E_ARGUMENT, "origins is NULL");
    assert_status(FROM(forecaster, dataset, 0, &origin, 1, H, NULL), LSTM_E_ARGUMENT, "y is NULL");
    assert_status(FROM(forecaster, dataset, 2, &origin, 1, H, y), LSTM_E_ARGUMENT, "series is 2");
    assert_status(FROM(forecaster, dataset, -1, &origin, 1, H, y), LSTM_E_ARGUMENT, "series is -1");
    assert_status(FROM(forecaster, dataset, 0, &origin, 0, H, y), LSTM_E_ARGUMENT, "n_origin is 0");
    assert_status(FROM(forecaster, dataset, 0, &origin, 1, 0, y), LSTM_E_ARGUMENT, "horizon is 0");
    origin = 0;
    assert_status(FROM(forecaster, dataset, 0, &origin, 1, H, y), LSTM_E_ARGUMENT, "origin is 0");
    origin = ROWS + 1;
    assert_status(FROM(forecaster, dataset, 0, &origin, 1, H, y), LSTM_E_SHAPE, "origin is 121");
    origin = ROWS;
    assert_status(FROM(forecaster, dataset, 0, &origin, 1, INT64_MAX / 3, y), LSTM_E_NOMEM, NULL);
#undef FROM
    assert_true(y[0] == 77);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

static void wrong_calls_are_refused(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_waves(ROWS, 2, 2);
    lstm_forecaster *forecaster = fitted_ridge(dataset);
    lstm_method *method = NULL;
    lstm_real y[2 * H] = {77};
    int64_t length = 77;
    char text[8] = "as it is";
    assert_status(lstm_forecaster_predict(NULL, dataset, 0, y), LSTM_E_ARGUMENT, "forecaster");
    assert_status(lstm_forecaster_predict(forecaster, NULL, 0, y), LSTM_E_ARGUMENT, "dataset");
    assert_status(lstm_forecaster_predict(forecaster, dataset, 5, y), LSTM_E_ARGUMENT,
                  "series is 5");
    assert_status(lstm_forecaster_predict(forecaster, dataset, 0, NULL), LSTM_E_ARGUMENT, "y is");
    assert_status(lstm_forecaster_describe(NULL, text, 8, &length), LSTM_E_ARGUMENT, "forecaster");
    assert_status(lstm_forecaster_describe(forecaster, NULL, 8, &length), LSTM_E_ARGUMENT, "text");
    assert_status(lstm_forecaster_describe(forecaster, text, -1, &length), LSTM_E_ARGUMENT,
                  "size is -1");
    assert_status(lstm_forecaster_method(NULL, forecaster, "f"), LSTM_E_ARGUMENT, "method is NULL");
    assert_status(lstm_forecaster_method(&method, NULL, "f"), LSTM_E_ARGUMENT, "forecaster");
    assert_status(lstm_forecaster_method(&method, forecaster, NULL), LSTM_E_ARGUMENT, "name is");
    assert_null(method);
    assert_null(lstm_forecaster_model(NULL, 0));
    assert_true(y[0] == 77 && length == 77);
    assert_memory_equal(text, "as it is", 8);
    assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, y)); /* it is as it was */
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

static void assert_misfit(const lstm_forecaster *forecaster, lstm_dataset *other, const char *part)
{
    lstm_real *rows = new_rows(ROWS * lstm_dataset_width(other)), y[3 * H];
    add_rows(other, rows, ROWS);
    assert_status(lstm_forecaster_predict(forecaster, other, 0, y), LSTM_E_SHAPE, part);
    lstm_dataset_free(other);
}

static void a_data_set_of_another_kind_is_refused(void **fixture)
{
    (void)fixture;
    const int64_t inputs[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_INPUT};
    lstm_dataset *dataset = new_waves(ROWS, 2, 1), *with_static = NULL;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    lstm_forecaster_options small = small_options(H);
    small.use = LSTM_USE_RIDGE;
    lstm_forecaster *forecaster = fit_new(&small, dataset);
    options.n_column = 2, options.n_static = 1;
    assert_ok(lstm_dataset_new(&with_static, &options));
    assert_misfit(forecaster, new_dataset(3, NULL, LSTM_MISSING_MASK), "has 3 columns");
    assert_misfit(forecaster, new_dataset(2, inputs, LSTM_MISSING_MASK), "column 1 (1) has role 1");
    assert_misfit(forecaster, with_static, "has 1 static features");
    assert_misfit(forecaster, new_timed(2, NULL, LSTM_STEP_SECONDS, 60), "step of 60 seconds");
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

/* Times in days, a static feature of that name, a calendar with one holiday. */
static lstm_dataset *new_described(const char *static_name, int64_t missing, int64_t holiday)
{
    lstm_dataset *dataset = NULL;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    const lstm_real size = 2;
    lstm_real *rows = new_rows(ROWS);
    options.n_column = options.n_static = 1, options.static_names = &static_name;
    options.step_unit = LSTM_STEP_SECONDS, options.step = 86400, options.missing = missing;
    assert_ok(lstm_dataset_new(&dataset, &options));
    for (int64_t t = 0; t < ROWS; t++)
        rows[t] = (lstm_real)(5 + wave(t, 7) + 0.1 * noise(t));
    if (missing != LSTM_MISSING_REFUSE)
        rows[ROWS - 2] = (lstm_real)NAN;
    add_rows(dataset, rows, ROWS);
    assert_ok(lstm_dataset_set_static(dataset, 0, &size));
    assert_ok(lstm_dataset_add_calendar(dataset, LSTM_CALENDAR_HOLIDAY, &holiday, 1));
    return dataset;
}

/* A forecast reads other holidays, and values that another policy has filled or left missing. */
static void names_of_static_features_must_be_those_of_the_fit(void **fixture)
{
    (void)fixture;
    const int64_t day = 86400;
    static const int64_t policies[] = {LSTM_MISSING_FORWARD, LSTM_MISSING_MASK};
    lstm_dataset *dataset = new_described("area", LSTM_MISSING_REFUSE, 7 * day);
    lstm_dataset *renamed = new_described("size", LSTM_MISSING_REFUSE, 7 * day);
    lstm_forecaster_options options = small_options(H);
    lstm_real y[H], other[H];
    options.use = LSTM_USE_NETWORKS;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_status(lstm_forecaster_predict(forecaster, renamed, 0, y), LSTM_E_SHAPE,
                  "static feature 0 is size, in the fit it was area");
    assert_status(lstm_forecaster_continue(forecaster, renamed, NULL), LSTM_E_SHAPE, "feature 0");
    assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, y));
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        lstm_dataset *free_one = new_described("area", policies[i], (ROWS + 1) * day);
        assert_ok(lstm_forecaster_predict(forecaster, free_one, 0, other));
        for (int64_t h = 0; h < H; h++)
            assert_true(isfinite(other[h]));
        assert_memory_not_equal(y, other, sizeof y);
        lstm_dataset_free(free_one);
    }
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
    lstm_dataset_free(renamed);
}

/* A table that is too short for what an option asks for. */
static void what_the_options_ask_for_must_be_possible(void **fixture)
{
    (void)fixture;
    for (int64_t use = LSTM_USE_AUTO; use <= LSTM_USE_BASELINE; use++) {
        lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
        lstm_forecaster_options options = small_options(40);
        lstm_real y[40];
        options.use = use;
        add_rows(dataset, new_rows(6), 6);
        lstm_forecaster *forecaster = new_forecaster(&options);
        lstm_status status = lstm_forecaster_fit(forecaster, dataset);
        bool fits = status == LSTM_OK;
        if (use == LSTM_USE_AUTO || use == LSTM_USE_BASELINE)
            assert_true(fits);
        else if (!fits)
            assert_int_equal(status, LSTM_E_SHAPE);
        assert_int_equal(lstm_forecaster_predict(forecaster, dataset, 0, y),
                         fits ? LSTM_OK : LSTM_E_ORDER);
        lstm_forecaster_free(forecaster);
        lstm_dataset_free(dataset);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_options_are_refused),
        cmocka_unit_test(a_wrong_view_or_loss_is_refused),
        cmocka_unit_test(wrong_fits_are_refused),
        cmocka_unit_test(wrong_origins_are_refused),
        cmocka_unit_test(wrong_calls_are_refused),
        cmocka_unit_test(a_data_set_of_another_kind_is_refused),
        cmocka_unit_test(names_of_static_features_must_be_those_of_the_fit),
        cmocka_unit_test(what_the_options_ask_for_must_be_possible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
