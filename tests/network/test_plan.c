/* SPDX-License-Identifier: MIT */
#include "assert_status.h"

#include "network/plan.h"
#include <lstmts/window.h>

/* An expected call, as its three numbers. */
typedef struct expected {
    int64_t row, feed, target_step;
} expected;

static void assert_calls(const lts_plan *plan, int64_t n_call, const expected *calls)
{
    assert_int_equal(plan->n_call, n_call);
    for (int64_t i = 0; i < n_call; i++) {
        assert_int_equal(plan->calls[i].row, calls[i].row);
        assert_int_equal(plan->calls[i].feed, calls[i].feed);
        assert_int_equal(plan->calls[i].target_step, calls[i].target_step);
    }
}

static void assert_segments(const lts_plan *plan, int64_t n_segment, const int64_t *starts)
{
    assert_int_equal(plan->n_segment, n_segment);
    for (int64_t i = 0; i <= n_segment; i++)
        assert_int_equal(plan->segments[i], starts[i]);
}

static void teacher_forcing_is_one_segment(void **fixture)
{
    (void)fixture;
    lts_plan plan;
    assert_ok(lts_plan_init_loop(&plan, 4, LSTM_TEACHER_FORCED, 1));
    assert_calls(&plan, 4, (expected[]){{0, -1, 0}, {1, -1, 1}, {2, -1, 2}, {3, -1, 3}});
    assert_segments(&plan, 1, (int64_t[]){0, 4});
    lts_plan_clear(&plan);
}

static void a_closed_loop_feeds_each_step_the_one_before(void **fixture)
{
    (void)fixture;
    lts_plan plan;
    assert_ok(lts_plan_init_loop(&plan, 4, 1, 1));
    assert_calls(&plan, 4, (expected[]){{0, -1, 0}, {1, -1, 1}, {2, 1, 2}, {3, 2, 3}});
    assert_segments(&plan, 3, (int64_t[]){0, 2, 3, 4});
    lts_plan_clear(&plan);
}

static void while_there_is_no_prediction_yet_a_lag_takes_true_rows(void **fixture)
{
    (void)fixture;
    lts_plan plan;
    assert_ok(lts_plan_init_loop(&plan, 7, 0, 3));
    assert_calls(
        &plan, 7,
        (expected[]){
            {0, -1, 0}, {1, -1, 1}, {2, -1, 2}, {3, 0, 3}, {4, 1, 4}, {5, 2, 5}, {6, 3, 6}});
    assert_segments(&plan, 3, (int64_t[]){0, 3, 6, 7});
    lts_plan_clear(&plan);
}

static void the_articles_form_calls_twice_from_the_support_on(void **fixture)
{
    (void)fixture;
    lts_plan plan;
    assert_ok(lts_plan_init_article(&plan, 4, 1));
    assert_calls(
        &plan, 7,
        (expected[]){
            {0, -1, 0}, {1, -1, -1}, {1, -1, 1}, {2, 1, 2}, {2, 1, -1}, {3, 4, 3}, {3, 4, -1}});
    assert_segments(&plan, 3, (int64_t[]){0, 3, 5, 7});
    lts_plan_clear(&plan);
    assert_ok(lts_plan_init_article(&plan, 3, 3));
    assert_calls(&plan, 3, (expected[]){{0, -1, 0}, {1, -1, 1}, {2, -1, 2}});
    lts_plan_clear(&plan);
}

static void no_call_is_fed_by_its_own_segment_and_none_could_be_longer(void **fixture)
{
    (void)fixture;
    for (int64_t T = 1; T <= 9; T++)
        for (int64_t support = 0; support <= 10; support++)
            for (int64_t lag = 0; lag <= 10; lag++) { /* 0 means the article's form */
                lts_plan plan;
                assert_ok(lag == 0 ? lts_plan_init_article(&plan, T, support)
                                   : lts_plan_init_loop(&plan, T, support, lag));
                assert_int_equal(plan.segments[0], 0);
                assert_int_equal(plan.segments[plan.n_segment], plan.n_call);
                for (int64_t s = 0; s < plan.n_segment; s++) {
                    int64_t first = plan.segments[s], end = plan.segments[s + 1];
                    assert_true(first < end);
                    for (int64_t call = first; call < end; call++)
                        assert_true(plan.calls[call].feed < first);
                    if (end < plan.n_call)
                        assert_true(plan.calls[end].feed >= first);
                }
                lts_plan_clear(&plan);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(teacher_forcing_is_one_segment),
        cmocka_unit_test(a_closed_loop_feeds_each_step_the_one_before),
        cmocka_unit_test(while_there_is_no_prediction_yet_a_lag_takes_true_rows),
        cmocka_unit_test(the_articles_form_calls_twice_from_the_support_on),
        cmocka_unit_test(no_call_is_fed_by_its_own_segment_and_none_could_be_longer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
