/* SPDX-License-Identifier: MIT */
#include "assert_status.h"

#include "base/options.h"
#include "options_calls.h"

#include <lstmts/lstmts.h>
#include <stdio.h>
#include <stdlib.h>

/* Field 1 with this value, all else 0, is a valid struct wherever 1 field is required. */
static const struct options_case {
    const char *type;
    size_t size;
    lstm_status (*call)(house *, const void *);
    int64_t field_1;
} cases[] = {
#define CASE(name, call, field_1)                                                                  \
    {                                                                                              \
        "lstm_" #name "_options", sizeof(lstm_##name##_options), call, field_1                     \
    }
    CASE(model, call_model, 2),       CASE(valid, call_valid, 3),
    CASE(pred, call_pred, 3),         CASE(iter, call_iter, 3),
    CASE(updater, call_updater, 0),   CASE(optimizer, call_optimizer, 0),
    CASE(schedule, call_schedule, 0), CASE(schedule, call_factor, 0),
    CASE(trainer, call_trainer, 7),   CASE(valid, call_trainer_valid, 3),
    CASE(forecast, call_forecast, 3), CASE(load, call_load, 1),
    CASE(dataset, call_dataset, 2),   CASE(method, call_method, (intptr_t) "x"),
    CASE(baseline, call_baseline, 0), CASE(ridge, call_ridge, 2),
    CASE(backtest, call_backtest, 1), CASE(sampling, call_sampling, 0),
    CASE(loss, call_loss, 0),         CASE(view, call_view, 1),
    CASE(interval, call_interval, 1), CASE(forecaster, call_forecaster, 1),
    CASE(stream, call_stream, 0),     CASE(continue, call_continue, 0),
    CASE(state, call_state, 1),
#undef CASE
};
enum { N_CASE = sizeof cases / sizeof cases[0], TAIL = 64 };

static int make_house(void **fixture)
{
    static house h;
    static const lstm_real rows[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    sizes.n_input = 2;
    sizes.n_hidden = 3;
    windows.window_len = 3;
    *fixture = &h;
    return lstm_series_new(&h.series, rows, 6, 2) || lstm_model_new(&h.model, &sizes) ||
           lstm_iter_new(&h.iter, h.series, &windows) ||
           lstm_updater_new(&h.updater, h.model, h.iter, NULL);
}

static int free_house(void **fixture)
{
    house *h = *fixture;
    lstm_updater_free(h->updater);
    lstm_iter_free(h->iter);
    lstm_model_free(h->model);
    lstm_series_free(h->series);
    return 0;
}

/*
 * A valid struct of the case in exactly `size` bytes of the heap, so that overreads are detected.
 */
static unsigned char *options_of_size(const struct options_case *c, size_t size)
{
    unsigned char *bytes = calloc(1, size);
    assert_non_null(bytes);
    uint64_t struct_size = size;
    int64_t n_hidden = 3;
    lstm_method_predict_fn predict = predict_nothing;
    memcpy(bytes, &struct_size, 8);
    if (size > 8)
        memcpy(bytes + 8, &c->field_1, 8);
    if (c->call == call_model && size >= 32)
        memcpy(bytes + 24, &n_hidden, 8);
    if ((c->call == call_ridge || c->call == call_view) && size >= 24)
        memcpy(bytes + 16, &n_hidden, 8);
    if (c->call == call_method && size >= 32)
        memcpy(bytes + 24, &predict, 8);
    return bytes;
}

static void a_smaller_struct_of_an_older_program_is_accepted_and_not_read_beyond(void **fixture)
{
    for (int i = 0; i < N_CASE; i++) {
        size_t smallest = cases[i].call == call_model ? 32 : cases[i].field_1 ? 16 : 8;
        if (cases[i].call == call_trainer || cases[i].call == call_ridge ||
            cases[i].call == call_view)
            smallest = 24;
        if (cases[i].call == call_method)
            smallest = 32;
        for (size_t size = smallest; size <= cases[i].size; size += 8) {
            unsigned char *options = options_of_size(&cases[i], size);
            assert_ok(cases[i].call(*fixture, options));
            free(options);
        }
    }
}

static void a_larger_struct_of_a_newer_program_is_accepted_if_its_tail_is_zero(void **fixture)
{
    for (int i = 0; i < N_CASE; i++) {
        unsigned char *options = options_of_size(&cases[i], cases[i].size + TAIL);
        assert_ok(cases[i].call(*fixture, options));
        free(options);
    }
}

static void a_set_byte_in_an_unknown_tail_is_refused_and_named(void **fixture)
{
    for (int i = 0; i < N_CASE; i++)
        for (size_t at = cases[i].size; at < cases[i].size + TAIL; at++) {
            unsigned char *options = options_of_size(&cases[i], cases[i].size + TAIL);
            char named[32];
            options[at] = 1;
            snprintf(named, sizeof named, "byte %zu ", at);
            assert_status(cases[i].call(*fixture, options), LSTM_E_OPTIONS, named);
            assert_non_null(strstr(lstm_last_error(), cases[i].type));
            free(options);
        }
}

static void a_struct_size_that_no_release_has_is_refused_and_shown(void **fixture)
{
    const uint64_t strange[] = {0, 1, 7, 9, 47, 49, 65544, UINT64_MAX - 7, UINT64_MAX};
    for (int i = 0; i < N_CASE; i++)
        for (size_t j = 0; j < sizeof strange / sizeof strange[0]; j++) {
            unsigned char *options = options_of_size(&cases[i], cases[i].size);
            char shown[32];
            memcpy(options, &strange[j], 8);
            snprintf(shown, sizeof shown, "is %llu:", (unsigned long long)strange[j]);
            assert_status(cases[i].call(*fixture, options), LSTM_E_OPTIONS, shown);
            assert_non_null(strstr(lstm_last_error(), cases[i].type));
            free(options);
        }
}

static void fields_that_an_older_program_lacks_mean_their_defaults(void **fixture)
{
    (void)fixture;
    lstm_model_options now = LSTM_MODEL_OPTIONS_INIT, old;
    now.n_input = 2;
    now.n_hidden = 3;
    now.n_layer = 1;
    memset(&old, 0x77, sizeof old);
    memcpy(&old, &now, 32);
    old.struct_size = 32;
    lstm_model *by_now = NULL, *by_old = NULL;
    lstm_real weights_now[6], weights_old[6];
    assert_ok(lstm_model_new(&by_now, &now));
    assert_ok(lstm_model_new(&by_old, &old));
    assert_int_equal(lstm_model_layers(by_old), 1);
    assert_ok(lstm_model_get(by_now, "input.weight", weights_now, 6));
    assert_ok(lstm_model_get(by_old, "input.weight", weights_old, 6));
    assert_memory_equal(weights_now, weights_old, sizeof weights_now);
    lstm_model_free(by_now);
    lstm_model_free(by_old);
}

static void reading_options_leaves_unknown_fields_of_the_copy_zero(void **fixture)
{
    (void)fixture;
    struct {
        uint64_t struct_size;
        int64_t a, b;
    } options = {16, 5, 6}, copy;
    memset(&copy, 0x77, sizeof copy);
    assert_ok(lts_read_options(&copy, sizeof copy, &options, "test_options"));
    assert_true(copy.struct_size == 16 && copy.a == 5 && copy.b == 0);
    memset(&copy, 0x77, sizeof copy);
    assert_ok(lts_read_options(&copy, sizeof copy, NULL, "test_options"));
    assert_true(copy.a == 0 && copy.b == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_smaller_struct_of_an_older_program_is_accepted_and_not_read_beyond),
        cmocka_unit_test(a_larger_struct_of_a_newer_program_is_accepted_if_its_tail_is_zero),
        cmocka_unit_test(a_set_byte_in_an_unknown_tail_is_refused_and_named),
        cmocka_unit_test(a_struct_size_that_no_release_has_is_refused_and_shown),
        cmocka_unit_test(fields_that_an_older_program_lacks_mean_their_defaults),
        cmocka_unit_test(reading_options_leaves_unknown_fields_of_the_copy_zero),
    };
    return cmocka_run_group_tests_name("options", tests, make_house, free_house);
}
