/* SPDX-License-Identifier: MIT */
/* Scheduled sampling: lstm_sampling_options. */
#include "assert_close.h"
#include "assert_status.h"
#include "random_plan.h"
#include "train/sampling.h"
#include <float.h>

enum { N_PLAN = 120, MAX_SIZE = 2048 };

static const lstm_sampling_options NONE = LSTM_SAMPLING_OPTIONS_INIT;

static lstm_sampling_options sampling_of(int64_t kind, int64_t period, double k, double final_share)
{
    lstm_sampling_options options = NONE;
    options.kind = kind;
    options.period = period;
    options.k = k;
    options.final_share = final_share;
    return options;
}

static void shares_are_those_of_the_formulas(void **state)
{
    (void)state;
    const struct {
        lstm_sampling_options options;
        uint64_t iteration;
        double want;
    } cases[] = {
        {sampling_of(LSTM_SAMPLING_CONSTANT, 0, 0, 0.25), 1000, 0.25},
        {sampling_of(LSTM_SAMPLING_LINEAR, 10, 0, 0), 0, 1},
        {sampling_of(LSTM_SAMPLING_LINEAR, 10, 0, 0), 3, 0.7},
        {sampling_of(LSTM_SAMPLING_LINEAR, 10, 0, 0.4), 9, 0.4},
        {sampling_of(LSTM_SAMPLING_LINEAR, 10, 0, 0), 11, 0},
        {sampling_of(LSTM_SAMPLING_EXPONENTIAL, 0, 0.5, 0), 3, 0.125},
        {sampling_of(LSTM_SAMPLING_EXPONENTIAL, 4, 0.5, 0), 8, 0.25},
        {sampling_of(LSTM_SAMPLING_SIGMOID, 0, 2, 0), 0, 2.0 / 3},
        {sampling_of(LSTM_SAMPLING_SIGMOID, 0, 2, 0), 4, 2 / (2 + 7.38905609893065)},
        {sampling_of(LSTM_SAMPLING_SIGMOID, 0, 2, 0), UINT64_MAX, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lstm_sampling_options read;
        assert_ok(lts_sampling_read(&read, &cases[i].options));
        assert_true(fabs(lts_sampling_share(&read, cases[i].iteration) - cases[i].want) < 1e-14);
    }
    lstm_sampling_options read;
    assert_ok(lts_sampling_read(&read, NULL));
    assert_true(lts_sampling_share(&read, 5) == 1);
}

static void what_is_out_of_range_is_refused_by_name(void **state)
{
    (void)state;
    const struct {
        lstm_sampling_options options;
        const char *message;
    } cases[] = {
        {sampling_of(5, 0, 0, 0), "sampling kind is 5"},
        {sampling_of(LSTM_SAMPLING_NONE, 0, 0, 0.5), "final_share is 0.5"},
        {sampling_of(LSTM_SAMPLING_CONSTANT, 3, 0, 0.5), "period is 3"},
        {sampling_of(LSTM_SAMPLING_LINEAR, 0, 0, 0), "period is 0"},
        {sampling_of(LSTM_SAMPLING_LINEAR, -1, 0, 0), "period is -1"},
        {sampling_of(LSTM_SAMPLING_LINEAR, 1, 0.5, 0), "k is 0.5"},
        {sampling_of(LSTM_SAMPLING_EXPONENTIAL, 1, 1, 0), "k is 1"},
        {sampling_of(LSTM_SAMPLING_SIGMOID, 1, 0.5, 0), "k is 0.5"},
        {sampling_of(LSTM_SAMPLING_SIGMOID, 1, (double)INFINITY, 0), "k is inf"},
        {sampling_of(LSTM_SAMPLING_CONSTANT, 0, 0, (double)NAN), "final_share is nan"},
        {sampling_of(LSTM_SAMPLING_CONSTANT, 0, 0, 1.5), "final_share is 1.5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        lstm_sampling_options read;
        assert_int_equal(lts_sampling_read(&read, &cases[i].options), LSTM_E_ARGUMENT);
        assert_non_null(strstr(lstm_last_error(), cases[i].message));
    }
}

/* Loss and gradient of a case's batch. */
static double train_once(uint64_t number, const random_recipe *recipe, int64_t support_len,
                         double *gradient, int64_t *size)
{
    random_plan random;
    lstm_update_info info;
    random_plan_open(&random, number);
    random.plan.article = false;
    random.plan.support_len = support_len;
    random_plan_train(&random, recipe);
    *size = random_plan_size(&random);
    assert_in_range(*size, 1, MAX_SIZE);
    assert_ok(lstm_updater_backward(random.updater));
    assert_ok(lstm_updater_info(random.updater, &info));
    random_plan_gradient(&random, gradient);
    random_plan_close(&random);
    return info.loss;
}

/*
 * The share of true rows is 1: teacher forcing. It is 0: the loop closed from the first output on.
 */
static void the_extremes_are_teacher_forcing_and_the_closed_loop(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < N_PLAN; number++) {
        for (int64_t share = 0; share <= 1; share++) {
            double want[MAX_SIZE], got[MAX_SIZE];
            int64_t size;
            lstm_sampling_options sampling =
                sampling_of(LSTM_SAMPLING_CONSTANT, 0, 0, (double)share);
            const random_recipe plain = {.optimizer = LSTM_OPTIMIZER_OPTIONS_INIT};
            const random_recipe sampled = {.optimizer = LSTM_OPTIMIZER_OPTIONS_INIT,
                                           .sampling = &sampling};
            double expected =
                train_once(number, &plain, share == 1 ? LSTM_TEACHER_FORCED : 0, want, &size);
            double loss = train_once(number, &sampled, LSTM_TEACHER_FORCED, got, &size);
            assert_close("loss", "sampling", (int64_t)number, loss, expected,
                         TOLERANCE * fmax(1, expected));
            for (int64_t i = 0; i < size; i++)
                assert_close("gradient", "sampling", i, got[i], want[i],
                             TOLERANCE * fmax(1, fabs(want[i])));
        }
    }
}

/* Different updates draw different rows, the same update the same ones, whatever the threads. */
static void rows_are_drawn_anew_for_each_batch_and_not_by_thread(void **state)
{
    (void)state;
    int64_t n_differs = 0;
    for (uint64_t number = 0; number < N_PLAN; number++) {
        lstm_sampling_options sampling = sampling_of(LSTM_SAMPLING_CONSTANT, 0, 0, 0.5);
        double loss[3];
        for (int64_t n_threads = 1; n_threads <= 2; n_threads++) {
            random_plan random;
            lstm_update_info info;
            random_plan_open(&random, number);
            random.plan.article = false;
            random.plan.support_len = LSTM_TEACHER_FORCED;
            const random_recipe recipe = {.optimizer = LSTM_OPTIMIZER_OPTIONS_INIT,
                                          .n_threads = n_threads,
                                          .sampling = &sampling};
            random_plan_train(&random, &recipe);
            for (int64_t batch = 0; batch <= 2 - n_threads; batch++) {
                assert_ok(lstm_updater_backward(random.updater));
                assert_ok(lstm_updater_info(random.updater, &info));
                loss[n_threads - 1 + 2 * batch] = info.loss;
            }
            random_plan_close(&random);
        }
        assert_true(loss[0] == loss[1]);
        n_differs += loss[0] != loss[2];
    }
    assert_in_range(n_differs, N_PLAN / 3, N_PLAN);
}

static void the_articles_form_has_no_sampling(void **state)
{
    (void)state;
    random_plan random;
    lstm_updater *updater = NULL;
    lstm_sampling_options sampling = sampling_of(LSTM_SAMPLING_CONSTANT, 0, 0, 0.5);
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    options.unroll = LSTM_UNROLL_ARTICLE;
    options.sampling = &sampling;
    random_plan_open(&random, 0);
    assert_int_equal(lstm_updater_new(&updater, random.model, random.iter, &options),
                     LSTM_E_ARGUMENT);
    assert_null(updater);
    random_plan_close(&random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_those_of_the_formulas),
        cmocka_unit_test(what_is_out_of_range_is_refused_by_name),
        cmocka_unit_test(the_extremes_are_teacher_forcing_and_the_closed_loop),
        cmocka_unit_test(rows_are_drawn_anew_for_each_batch_and_not_by_thread),
        cmocka_unit_test(the_articles_form_has_no_sampling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
