/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "failing.h"
#include "report/progress.h"

#include <math.h>
#include <stdio.h>

static bool record(report_progress *progress, const char *stage, double loss)
{
    return report_progress_record(progress, &(lstm_fit_progress){stage, 0.5, loss});
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
    assert_true(record(&progress, stage, 7));
    assert_int_equal(progress.n_curve, 2);
    assert_string_equal(progress.curves[0].name, "network 1 of 2");
    assert_string_equal(progress.curves[1].name, "network 2 of 2");
    assert_int_equal(progress.curves[0].n, 1000);
    for (int i = 0; i < 1000; i++)
        assert_true(progress.curves[0].x[i] == i + 1 && progress.curves[0].y[i] == 1000 - i);
    assert_int_equal(progress.curves[1].n, 1);
    assert_true(progress.curves[1].x[0] == 1 && progress.curves[1].y[0] == 7);
    report_progress_free(&progress);
    assert_int_equal(progress.n_curve, 0);
}

static void a_loss_without_memory_is_not_recorded(void **state)
{
    (void)state;
    for (int64_t k = 1; k <= 4; k++) { /* a name, curves, x and y */
        report_progress progress = {0};
        fail_at(k);
        assert_false(record(&progress, "network 1 of 1", 3));
        fail_at(INT64_MAX);
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
