/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "failing.h"
#include "report/progress.h"

#include <math.h>
#include <stdio.h>

static bool record(report_progress *progress, const char *stage, double loss)
{
    return report_progress_record(
        progress, &(lstm_fit_progress){.stage = stage, .fraction = 0.5, .loss = loss});
}

static void losses_are_curves_of_their_networks(void **state)
{
    (void)state;
    report_progress progress = {0};
    char stage[40] = "network 1 of 2"; /* it may change afterwards */
    assert_true(record(&progress, "ridge", 1));
    assert_true(record(&progress, stage, NAN));
    assert_int_equal(progress.n_curve, 0);
    for (int i = 0; i < 1000; i++)
        assert_true(record(&progress, stage, 1000 - i));
    snprintf(stage, sizeof stage, "network 2 of 2");
    for (int i = 0; i < 19; i++)
        assert_true(record(&progress, stage, 1 / 3.0));
    assert_int_equal(progress.n_curve, 2);
    assert_string_equal(progress.curves[0].name, "network 1 of 2");
    assert_string_equal(progress.curves[1].name, "network 2 of 2");
    assert_int_equal(progress.curves[0].n, 100); /* as many as a log has lines */
    for (int i = 0; i < 100; i++)
        assert_true(progress.curves[0].x[i] == 10 * (i + 1) &&
                    progress.curves[0].y[i] == 1000 - 10 * (i + 1) + 1);
    assert_int_equal(progress.curves[1].n, 1);
    assert_true(progress.curves[1].x[0] == 10 && progress.curves[1].y[0] == 0.333333333);
    report_progress_free(&progress);
    assert_int_equal(progress.n_curve, 0);
}

static void a_loss_without_memory_is_not_recorded(void **state)
{
    (void)state;
    for (int64_t k = 1; k <= 4; k++) { /* a name, curves, x and y */
        report_progress progress = {0};
        fail_at(k);
        bool recorded = true;
        for (int i = 0; i < 10 && recorded; i++)
            recorded = record(&progress, "network 1 of 1", 3);
        assert_false(recorded);
        fail_at(INT64_MAX);
        for (int i = 0; i < 9 && k <= 2; i++) /* of a curve that was not begun */
            assert_true(record(&progress, "network 1 of 1", 3));
        assert_true(record(&progress, "network 1 of 1", 4));
        assert_int_equal(progress.curves[0].n, 1);
        assert_true(progress.curves[0].y[0] == 4);
        report_progress_free(&progress);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_are_curves_of_their_networks),
        cmocka_unit_test(a_loss_without_memory_is_not_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
