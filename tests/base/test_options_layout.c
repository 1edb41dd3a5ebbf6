/* SPDX-License-Identifier: MIT */
/*
 * The layout of the option structs, and what initializes them; also runs on machines without files,
 * on which pointers have 4 bytes.
 */
#include "assert_status.h"

#include "options_layout.h"
#include <stdint.h>

#define DEFINE(name, NAME)                                                                         \
    static const lstm_##name##_options name##_macro = LSTM_##NAME##_OPTIONS_INIT;                  \
    static lstm_status name##_function(void *options, uint64_t size)                               \
    {                                                                                              \
        return lstm_##name##_options_init(options, size);                                          \
    }
DEFINE(backtest, BACKTEST)
DEFINE(continue, CONTINUE)
DEFINE(baseline, BASELINE)
DEFINE(ridge, RIDGE)
DEFINE(dataset, DATASET)
DEFINE(ensemble, ENSEMBLE)
DEFINE(valid, VALID)
DEFINE(pred, PRED)
DEFINE(forecast, FORECAST)
DEFINE(forecaster, FORECASTER)
DEFINE(interval, INTERVAL)
DEFINE(iter, ITER)
DEFINE(loss, LOSS)
DEFINE(method, METHOD)
DEFINE(model, MODEL)
DEFINE(load, LOAD)
DEFINE(optimizer, OPTIMIZER)
DEFINE(schedule, SCHEDULE)
DEFINE(state, STATE)
DEFINE(stream, STREAM)
DEFINE(trainer, TRAINER)
DEFINE(sampling, SAMPLING)
DEFINE(curriculum, CURRICULUM)
DEFINE(updater, UPDATER)
DEFINE(view, VIEW)

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
    CASE(backtest), CASE(continue),   CASE(baseline), CASE(ridge),    CASE(dataset),
    CASE(ensemble), CASE(valid),      CASE(pred),     CASE(forecast), CASE(forecaster),
    CASE(interval), CASE(iter),       CASE(loss),     CASE(method),   CASE(model),
    CASE(load),     CASE(optimizer),  CASE(schedule), CASE(stream),   CASE(trainer),
    CASE(sampling), CASE(curriculum), CASE(updater),  CASE(view),     CASE(state),
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

/* As on 32-bit ARM, where an int64_t lies at a multiple of 8 and a pointer at one of 4. */
static void nothing_follows_the_last_field_where_pointers_have_4_bytes(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_CASE; i++) {
        size_t end = 0, n_pointer = 0;
        for (size_t j = 0; j < cases[i].n_field; j++) {
            const field *f = &cases[i].fields[j];
            n_pointer += f->pointer;
            end = f->pointer ? end + 4 : (end + 7) / 8 * 8 + 8;
        }
        if (end % 8 != 0)
            fail_msg("%s ends in a gap: move a pointer up", cases[i].type);
        /* pointers are known as such */
        if (strcmp(cases[i].type, "lstm_method_options") == 0)
            assert_int_equal(n_pointer, 6);
        if (strcmp(cases[i].type, "lstm_load_options") == 0)
            assert_int_equal(n_pointer, 0);
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
        cmocka_unit_test(nothing_follows_the_last_field_where_pointers_have_4_bytes),
        cmocka_unit_test(macros_and_functions_set_the_size_and_nothing_else),
        cmocka_unit_test(the_function_takes_the_size_of_an_older_and_a_newer_release),
        cmocka_unit_test(the_function_refuses_null_and_sizes_that_no_release_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
