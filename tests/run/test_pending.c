/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "run/pending.h"

static const lts_moment after_7 = {.iteration = 7, .epoch_before = 1, .epoch = 2};

static lts_run_step next_of(const lts_pending_steps *pending)
{
    lts_run_step step;
    assert_true(lts_pending_next(pending, &step));
    return step;
}

static void there_are_none_before_an_update(void **fixture)
{
    (void)fixture;
    lts_pending_steps pending = {0};
    lts_run_step step;
    assert_false(lts_pending_next(&pending, &step));
    assert_false(lts_pending_has(&pending, LTS_STEP_REPORT_PROGRESS, 0));
    assert_false(pending.unsaved);
}

static void each_is_done_once_in_order(void **fixture)
{
    (void)fixture;
    lts_pending_steps pending = {0};
    lts_run_step step;
    lts_pending_begin(&pending, &after_7);
    for (int i = 0; i < LTS_N_STEP; i++) {
        assert_int_equal(next_of(&pending), i);
        assert_ok(lts_pending_done(&pending, LSTM_OK));
    }
    assert_false(lts_pending_next(&pending, &step));
    assert_true(pending.unsaved); /* independent of the steps */
    lts_pending_begin(&pending, &after_7);
    assert_int_equal(next_of(&pending), 0);
}

static void one_that_fails_is_the_next_again(void **fixture)
{
    (void)fixture;
    static const lstm_status failures[] = {LSTM_E_NOMEM, LSTM_E_IO};
    lts_pending_steps pending = {0};
    lts_pending_begin(&pending, &after_7);
    for (int i = 0; i < LTS_N_STEP; i++) {
        for (int f = 0; f < 2; f++) {
            assert_int_equal(lts_pending_done(&pending, failures[f]), failures[f]);
            assert_int_equal(next_of(&pending), i);
        }
        assert_ok(lts_pending_done(&pending, LSTM_OK));
    }
}

static void what_a_step_found_is_kept_for_the_later_ones(void **fixture)
{
    (void)fixture;
    lts_pending_steps pending = {0};
    lts_pending_begin(&pending, &after_7);
    pending.validated = pending.better = true;
    lts_pending_done(&pending, LSTM_OK);
    lts_pending_done(&pending, LSTM_E_IO);
    assert_true(pending.validated && pending.better && pending.moment.epoch == 2);
    lts_pending_begin(&pending, &after_7);
    assert_false(pending.validated || pending.better);
}

static void a_divergence_discards_all_and_the_snapshot_at_the_end(void **fixture)
{
    (void)fixture;
    lts_pending_steps pending = {0};
    lts_run_step step;
    lts_pending_begin(&pending, &after_7);
    assert_ok(lts_pending_done(&pending, LSTM_OK));
    assert_int_equal(lts_pending_done(&pending, LSTM_E_NUMERIC), LSTM_E_NUMERIC);
    assert_false(lts_pending_next(&pending, &step));
    assert_false(pending.unsaved);
}

static void steps_of_another_update_are_discarded(void **fixture)
{
    (void)fixture;
    lts_pending_steps pending = {0};
    lts_run_step step;
    lts_pending_begin(&pending, &after_7);
    lts_pending_discard_stale(&pending, 7);
    assert_int_equal(next_of(&pending), 0);
    lts_pending_discard_stale(&pending, 8);
    assert_false(lts_pending_next(&pending, &step));
}

/* As when a callback resumes: the step that called it is then no longer pending. */
static void a_step_may_clear_them(void **fixture)
{
    (void)fixture;
    lts_pending_steps pending = {0};
    lts_run_step step;
    lts_pending_begin(&pending, &after_7);
    lts_pending_clear(&pending);
    assert_ok(lts_pending_done(&pending, LSTM_OK));
    assert_false(lts_pending_next(&pending, &step));
}

static void a_step_is_pending_until_it_is_done(void **fixture)
{
    (void)fixture;
    lts_pending_steps pending = {0};
    lts_pending_begin(&pending, &after_7);
    for (int done = 0; done <= LTS_N_STEP; done++) {
        for (int i = 0; i < LTS_N_STEP; i++) {
            assert_int_equal(lts_pending_has(&pending, (lts_run_step)i, 7), i >= done);
            assert_false(lts_pending_has(&pending, (lts_run_step)i, 8));
        }
        lts_pending_done(&pending, LSTM_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_none_before_an_update),
        cmocka_unit_test(each_is_done_once_in_order),
        cmocka_unit_test(one_that_fails_is_the_next_again),
        cmocka_unit_test(what_a_step_found_is_kept_for_the_later_ones),
        cmocka_unit_test(a_divergence_discards_all_and_the_snapshot_at_the_end),
        cmocka_unit_test(steps_of_another_update_are_discarded),
        cmocka_unit_test(a_step_may_clear_them),
        cmocka_unit_test(a_step_is_pending_until_it_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
