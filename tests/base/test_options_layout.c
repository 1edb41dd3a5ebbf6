/* SPDX-License-Identifier: MIT */
/*
 * The layout of the option structs, and what initializes them; also runs on machines without files,
 * on which pointers have 4 bytes.
 */
#include "assert_status.h"

#include <lstmts/lstmts.h>
#include <stdint.h>

typedef struct field {
    size_t at, size;
} field;

/* The layout that compiled programs rely on. */
#define AT(type, field)                                                                            \
    {                                                                                              \
        offsetof(type, field), sizeof(((type *)NULL)->field)                                       \
    }
static const field model_fields[] = {
    AT(lstm_model_options, struct_size), AT(lstm_model_options, n_input),
    AT(lstm_model_options, n_output),    AT(lstm_model_options, n_hidden),
    AT(lstm_model_options, n_layer),     AT(lstm_model_options, seed),
};
static const field load_fields[] = {
    AT(lstm_load_options, struct_size),
    AT(lstm_load_options, unchecked),
};
static const field valid_fields[] = {
    AT(lstm_valid_options, struct_size),  AT(lstm_valid_options, window_len),
    AT(lstm_valid_options, support_len),  AT(lstm_valid_options, pred),
    AT(lstm_valid_options, feedback_lag), AT(lstm_valid_options, window_rule),
    AT(lstm_valid_options, context_len),  AT(lstm_valid_options, horizon),
};
static const field pred_fields[] = {
    AT(lstm_pred_options, struct_size),  AT(lstm_pred_options, n_step),
    AT(lstm_pred_options, support_len),  AT(lstm_pred_options, pred),
    AT(lstm_pred_options, feedback_lag),
};
static const field forecast_fields[] = {
    AT(lstm_forecast_options, struct_size),  AT(lstm_forecast_options, n_step),
    AT(lstm_forecast_options, context_len),  AT(lstm_forecast_options, pred),
    AT(lstm_forecast_options, feedback_lag), AT(lstm_forecast_options, n_threads),
    AT(lstm_forecast_options, device),       AT(lstm_forecast_options, precision),
    AT(lstm_forecast_options, n_future),
};
static const field iter_fields[] = {
    AT(lstm_iter_options, struct_size),  AT(lstm_iter_options, window_len),
    AT(lstm_iter_options, batch_size),   AT(lstm_iter_options, pred),
    AT(lstm_iter_options, order),        AT(lstm_iter_options, window_rule),
    AT(lstm_iter_options, seed),         AT(lstm_iter_options, sampler),
    AT(lstm_iter_options, sampler_user), AT(lstm_iter_options, context_len),
    AT(lstm_iter_options, horizon),
};
static const field updater_fields[] = {
    AT(lstm_updater_options, struct_size), AT(lstm_updater_options, unroll),
    AT(lstm_updater_options, support_len), AT(lstm_updater_options, feedback_lag),
    AT(lstm_updater_options, n_hook),      AT(lstm_updater_options, hooks),
    AT(lstm_updater_options, optimizer),   AT(lstm_updater_options, schedule),
    AT(lstm_updater_options, n_threads),   AT(lstm_updater_options, device),
    AT(lstm_updater_options, precision),
};
static const field optimizer_fields[] = {
    AT(lstm_optimizer_options, struct_size),   AT(lstm_optimizer_options, kind),
    AT(lstm_optimizer_options, learning_rate), AT(lstm_optimizer_options, beta1),
    AT(lstm_optimizer_options, beta2),         AT(lstm_optimizer_options, eps),
    AT(lstm_optimizer_options, eta),           AT(lstm_optimizer_options, weight_decay),
    AT(lstm_optimizer_options, momentum),      AT(lstm_optimizer_options, decay),
    AT(lstm_optimizer_options, eps_inside),
};
static const field schedule_fields[] = {
    AT(lstm_schedule_options, struct_size), AT(lstm_schedule_options, kind),
    AT(lstm_schedule_options, warmup),      AT(lstm_schedule_options, period),
    AT(lstm_schedule_options, gamma),       AT(lstm_schedule_options, final_factor),
};
static const field trainer_fields[] = {
    AT(lstm_trainer_options, struct_size),
    AT(lstm_trainer_options, max_epoch),
    AT(lstm_trainer_options, max_iteration),
    AT(lstm_trainer_options, folder),
    AT(lstm_trainer_options, log.every),
    AT(lstm_trainer_options, log.unit),
    AT(lstm_trainer_options, snapshot.every),
    AT(lstm_trainer_options, snapshot.unit),
    AT(lstm_trainer_options, validate.every),
    AT(lstm_trainer_options, validate.unit),
    AT(lstm_trainer_options, valid_series),
    AT(lstm_trainer_options, valid),
    AT(lstm_trainer_options, patience),
    AT(lstm_trainer_options, min_delta),
    AT(lstm_trainer_options, on_log),
    AT(lstm_trainer_options, log_user),
    AT(lstm_trainer_options, on_progress),
    AT(lstm_trainer_options, progress_user),
    AT(lstm_trainer_options, keep),
    AT(lstm_trainer_options, unchecked),
    AT(lstm_trainer_options, on_divergence),
    AT(lstm_trainer_options, divergence_ratio),
    AT(lstm_trainer_options, divergence_factor),
    AT(lstm_trainer_options, divergence_limit),
    AT(lstm_trainer_options, log_step_loss),
};
static const field stream_fields[] = {
    AT(lstm_stream_options, struct_size),   AT(lstm_stream_options, dataset),
    AT(lstm_stream_options, series),        AT(lstm_stream_options, start),
    AT(lstm_stream_options, horizon),       AT(lstm_stream_options, n_future),
    AT(lstm_stream_options, static_values),
};

#define DEFINE(name, NAME)                                                                         \
    static const lstm_##name##_options name##_macro = LSTM_##NAME##_OPTIONS_INIT;                  \
    static lstm_status name##_function(void *options, uint64_t size)                               \
    {                                                                                              \
        return lstm_##name##_options_init(options, size);                                          \
    }
DEFINE(model, MODEL)
DEFINE(load, LOAD)
DEFINE(iter, ITER)
DEFINE(updater, UPDATER)
DEFINE(optimizer, OPTIMIZER)
DEFINE(schedule, SCHEDULE)
DEFINE(trainer, TRAINER)
DEFINE(valid, VALID)
DEFINE(pred, PRED)
DEFINE(forecast, FORECAST)
DEFINE(stream, STREAM)

static const struct options_case {
    const char *type;
    size_t size;
    const field *fields;
    size_t n_field;
    const void *macro;
    lstm_status (*function)(void *options, uint64_t size);
} cases[] = {
#define CASE(name)                                                                                 \
    {                                                                                              \
        "lstm_" #name "_options", sizeof(lstm_##name##_options), name##_fields,                    \
            sizeof name##_fields / sizeof name##_fields[0], &name##_macro, name##_function         \
    }
    CASE(model),   CASE(load),  CASE(iter), CASE(updater),  CASE(optimizer), CASE(schedule),
    CASE(trainer), CASE(valid), CASE(pred), CASE(forecast), CASE(stream),
#undef CASE
};
enum { N_CASE = sizeof cases / sizeof cases[0], LONGEST = 512 };

/* Where the next field may begin: a pointer of 4 bytes may be followed by a gap. */
static size_t after(const field *f)
{
    return (f->at + f->size + 7) / 8 * 8;
}

static void fields_have_the_released_order_and_the_struct_ends_with_the_last(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_CASE; i++) {
        const field *f = cases[i].fields;
        size_t n = cases[i].n_field;
        assert_int_equal(f[0].at, 0);
        assert_int_equal(f[0].size, 8);
        for (size_t j = 0; j < n; j++) {
            assert_true(f[j].size == 8 || f[j].size == sizeof(void *));
            assert_true(j == 0 ||
                        (f[j].at >= f[j - 1].at + f[j - 1].size && f[j].at <= after(&f[j - 1])));
        }
        /* padding behind the last field would be garbage of an older program in a newer field */
        assert_int_equal(cases[i].size, f[n - 1].at + f[n - 1].size);
        assert_true(sizeof(void *) != 8 || cases[i].size == 8 * n);
    }
}

static void macros_and_functions_set_the_size_and_nothing_else(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_CASE; i++) {
        unsigned char want[LONGEST] = {0}, got[LONGEST];
        uint64_t size = cases[i].size;
        memcpy(want, &size, sizeof size);
        assert_true(size < LONGEST);
        assert_memory_equal(cases[i].macro, want, cases[i].size);
        memset(got, 0x77, sizeof got);
        assert_ok(cases[i].function(got, size));
        assert_memory_equal(got, want, cases[i].size);
        assert_int_equal(got[size], 0x77);
    }
}

static void the_function_takes_the_size_of_an_older_and_a_newer_release(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_CASE; i++)
        for (uint64_t size = 8; size <= cases[i].size + 16; size += 8) {
            unsigned char want[LONGEST] = {0}, got[LONGEST];
            memcpy(want, &size, sizeof size);
            memset(got, 0x77, sizeof got);
            assert_ok(cases[i].function(got, size));
            assert_memory_equal(got, want, (size_t)size);
            assert_int_equal(got[size], 0x77);
        }
}

static void the_function_refuses_null_and_sizes_that_no_release_has(void **fixture)
{
    (void)fixture;
    const uint64_t strange[] = {0, 1, 7, 9, 47, 49, 65544, UINT64_MAX};
    unsigned char got[LONGEST], before[LONGEST];
    memset(before, 0x77, sizeof before);
    for (int i = 0; i < N_CASE; i++) {
        assert_status(cases[i].function(NULL, cases[i].size), LSTM_E_ARGUMENT, "options is NULL");
        for (size_t j = 0; j < sizeof strange / sizeof strange[0]; j++) {
            memcpy(got, before, sizeof got);
            assert_status(cases[i].function(got, strange[j]), LSTM_E_OPTIONS, cases[i].type);
            assert_memory_equal(got, before, sizeof got);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_have_the_released_order_and_the_struct_ends_with_the_last),
        cmocka_unit_test(macros_and_functions_set_the_size_and_nothing_else),
        cmocka_unit_test(the_function_takes_the_size_of_an_older_and_a_newer_release),
        cmocka_unit_test(the_function_refuses_null_and_sizes_that_no_release_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
