/* SPDX-License-Identifier: MIT */
#include "refused.h"

#include <errno.h>
#include <lstmts/optimizer.h>
#include <math.h>

static double factor(const lstm_schedule_options *options, uint64_t iteration)
{
    double value = -1;
    assert_ok(lstm_schedule_factor(options, iteration, &value));
    return value;
}

static void assert_factor(const lstm_schedule_options *options, uint64_t iteration, double want)
{
    double got = factor(options, iteration);
    if (!(fabs(got - want) <= 1e-15))
        fail_msg("factor at %d is %.17g, not %.17g", (int)iteration, got, want);
}

static void by_default_the_rate_is_constant(void **fixture)
{
    (void)fixture;
    lstm_schedule_options options = LSTM_SCHEDULE_OPTIONS_INIT;
    assert_factor(&options, 0, 1);
    assert_factor(&options, UINT64_MAX, 1);
}

static void step_multiplies_by_gamma_each_period(void **fixture)
{
    (void)fixture;
    lstm_schedule_options options = LSTM_SCHEDULE_OPTIONS_INIT;
    options.kind = LSTM_SCHEDULE_STEP;
    options.period = 10;
    assert_factor(&options, 9, 1);
    assert_factor(&options, 10, 0.1);
    assert_factor(&options, 29, 0.01);
    options.gamma = 0.5;
    assert_factor(&options, 30, 0.125);
}

static void exponential_decays_smoothly(void **fixture)
{
    (void)fixture;
    lstm_schedule_options options = LSTM_SCHEDULE_OPTIONS_INIT;
    options.kind = LSTM_SCHEDULE_EXPONENTIAL;
    options.gamma = 0.25;
    assert_factor(&options, 2, 0.0625);
    options.period = 4;
    assert_factor(&options, 2, 0.5);
}

static void cosine_falls_to_its_end_and_stays_there(void **fixture)
{
    (void)fixture;
    lstm_schedule_options options = LSTM_SCHEDULE_OPTIONS_INIT;
    options.kind = LSTM_SCHEDULE_COSINE;
    options.period = 8;
    options.final_factor = 0.2;
    assert_factor(&options, 0, 1);
    assert_factor(&options, 4, 0.6);
    assert_factor(&options, 2, 0.2 + 0.8 * (1 + sqrt(0.5)) / 2);
    assert_factor(&options, 8, 0.2);
    assert_factor(&options, 100, 0.2);
}

static void warm_up_rises_to_one_and_the_schedule_begins_after_it(void **fixture)
{
    (void)fixture;
    lstm_schedule_options options = LSTM_SCHEDULE_OPTIONS_INIT;
    options.kind = LSTM_SCHEDULE_STEP;
    options.period = 3;
    options.warmup = 4;
    assert_factor(&options, 0, 0.25);
    assert_factor(&options, 3, 1);
    assert_factor(&options, 6, 1);
    assert_factor(&options, 7, 0.1);
}

/* pow() sets errno when it underflows. */
static void a_schedule_counts_from_its_begin(void **fixture)
{
    (void)fixture;
    lstm_schedule_options options = LSTM_SCHEDULE_OPTIONS_INIT;
    options.kind = LSTM_SCHEDULE_STEP;
    options.period = 2;
    options.gamma = 0.5;
    options.warmup = 4;
    options.begin = 100;
    const double want[] = {0.25, 0.25, 0.5, 0.75, 1, 1, 1, 0.5, 0.5};
    assert_factor(&options, 0, 0.25);
    for (uint64_t i = 0; i < 9; i++)
        assert_factor(&options, 99 + i, want[i]);
}

static void a_factor_that_underflows_leaves_errno(void **fixture)
{
    (void)fixture;
    static const int64_t kinds[] = {LSTM_SCHEDULE_STEP, LSTM_SCHEDULE_EXPONENTIAL};
    for (int i = 0; i < 2; i++) {
        lstm_schedule_options options = LSTM_SCHEDULE_OPTIONS_INIT;
        options.kind = kinds[i];
        options.period = 1;
        options.gamma = 0.5;
        errno = 7;
        assert_true(factor(&options, 1000000) == 0);
        assert_int_equal(errno, 7);
    }
}

static void what_is_out_of_range_is_refused_by_name(void **fixture)
{
    (void)fixture;
    double value = 7;
    lstm_schedule_options options = LSTM_SCHEDULE_OPTIONS_INIT;
#define CHANGED_IS_REFUSED(change, status, part)                                                   \
    do {                                                                                           \
        options = (lstm_schedule_options)LSTM_SCHEDULE_OPTIONS_INIT;                               \
        change;                                                                                    \
        REFUSED(status, part, lstm_schedule_factor(&options, 0, &out.factor));                     \
    } while (0)
    CHANGED_IS_REFUSED(options.kind = 9, LSTM_E_ARGUMENT, "kind is 9");
    CHANGED_IS_REFUSED(options.kind = LSTM_SCHEDULE_STEP, LSTM_E_ARGUMENT, "period is 0");
    CHANGED_IS_REFUSED(options.kind = LSTM_SCHEDULE_COSINE, LSTM_E_ARGUMENT, "period is 0");
    CHANGED_IS_REFUSED(options.kind = LSTM_SCHEDULE_EXPONENTIAL, LSTM_E_ARGUMENT, "gamma is 0");
    CHANGED_IS_REFUSED(options.gamma = -1, LSTM_E_ARGUMENT, "gamma is -1");
    CHANGED_IS_REFUSED(options.gamma = NAN, LSTM_E_ARGUMENT, "gamma");
    CHANGED_IS_REFUSED(options.warmup = -3, LSTM_E_ARGUMENT, "warmup is -3");
    CHANGED_IS_REFUSED(options.period = -2, LSTM_E_ARGUMENT, "period is -2");
    CHANGED_IS_REFUSED(options.final_factor = 1.5, LSTM_E_ARGUMENT, "final_factor is 1.5");
    CHANGED_IS_REFUSED(options.period = 5, LSTM_E_ARGUMENT, "period is 5, but");
    CHANGED_IS_REFUSED(options.gamma = 0.5, LSTM_E_ARGUMENT, "gamma is 0.5, but");
    CHANGED_IS_REFUSED(options.final_factor = 0.5, LSTM_E_ARGUMENT, "final_factor is 0.5, but");
    CHANGED_IS_REFUSED(
        (options.kind = LSTM_SCHEDULE_COSINE, options.period = 3, options.gamma = 0.5),
        LSTM_E_ARGUMENT, "gamma is 0.5, but");
    CHANGED_IS_REFUSED(
        (options.kind = LSTM_SCHEDULE_STEP, options.period = 3, options.final_factor = 0.5),
        LSTM_E_ARGUMENT, "final_factor is 0.5, but");
    CHANGED_IS_REFUSED(options.struct_size = 12, LSTM_E_OPTIONS, "struct_size");
#undef CHANGED_IS_REFUSED
    assert_status(lstm_schedule_factor(NULL, 0, &value), LSTM_E_ARGUMENT, "options");
    assert_status(lstm_schedule_factor(&options, 0, NULL), LSTM_E_ARGUMENT, "factor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_default_the_rate_is_constant),
        cmocka_unit_test(step_multiplies_by_gamma_each_period),
        cmocka_unit_test(exponential_decays_smoothly),
        cmocka_unit_test(cosine_falls_to_its_end_and_stays_there),
        cmocka_unit_test(warm_up_rises_to_one_and_the_schedule_begins_after_it),
        cmocka_unit_test(a_schedule_counts_from_its_begin),
        cmocka_unit_test(a_factor_that_underflows_leaves_errno),
        cmocka_unit_test(what_is_out_of_range_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
