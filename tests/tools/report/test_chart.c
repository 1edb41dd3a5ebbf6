/* SPDX-License-Identifier: MIT */
/* Where marks are drawn: a picture is 1000 wide and high, its ranges have a margin of 5 %. */
#include "assert_status.h"
#include "report/chart.h"
#include "report/marks.h"

#include <math.h>
#include <string.h>

static const report_scale unit = {0, 10, 0, 1};

static void assert_shape(const report_mark *mark, const report_scale *scale, const char *d)
{
    report_text text = {0};
    report_mark_add(&text, mark, scale);
    const char *from = strstr(text.bytes, " d=\"");
    assert_non_null(from);
    from += 4;
    if (strncmp(from, d, strlen(d)) != 0 || from[strlen(d)] != '"')
        fail_msg("%s, expected %s", from, d);
    report_text_free(&text);
}

static void a_line_has_its_points_and_gaps(void **state)
{
    (void)state;
    const double x[] = {0, 1, 2, 3, 10}, y[] = {0, 1, NAN, 0.5, NAN};
    assert_shape(&(report_mark){.n = 2, .x = x, .y = y}, &unit, "M0.0 1000.0L100.0 0.0");
    assert_shape(&(report_mark){.n = 5, .x = x, .y = y}, &unit,
                 "M0.0 1000.0L100.0 0.0M300.0 500.0h0");
    assert_shape(&(report_mark){.n = 1, .x = x + 2, .y = y + 2}, &unit, "");
}

static void a_band_goes_along_both_sides(void **state)
{
    (void)state;
    const double x[] = {0, 1, 2, 3}, y[] = {1, 1, NAN, 1}, low[] = {0, 0.5, 0, 0};
    assert_shape(&(report_mark){.kind = REPORT_BAND, .n = 4, .x = x, .y = y, .low = low}, &unit,
                 "M0.0 0.0L100.0 0.0L100.0 500.0L0.0 1000.0Z"
                 "M300.0 0.0L300.0 1000.0Z");
}

static void bars_stand_on_zero_and_rules_cross_the_picture(void **state)
{
    (void)state;
    const double x[] = {5, 6}, y[] = {1, NAN};
    assert_shape(&(report_mark){.kind = REPORT_BARS, .n = 2, .x = x, .y = y}, &unit,
                 "M460.0 1000.0L460.0 0.0L540.0 0.0L540.0 1000.0Z");
    assert_shape(&(report_mark){.kind = REPORT_RULE, .n = 1, .x = x}, &unit, "M500.0 0.0V1000");
    assert_shape(&(report_mark){.kind = REPORT_RULE, .n = 1, .y = y}, &unit, "M0.0 0.0H1000");
}

static report_scale scale_of(const report_mark *mark, bool has_zero, bool is_share)
{
    report_scale scale;
    assert_true(report_scale_of(
        &(report_chart){.n_mark = 1, .marks = mark, .has_zero = has_zero, .is_share = is_share},
        &scale));
    return scale;
}

static void ranges_hold_all_that_is_shown(void **state)
{
    (void)state;
    const double x[] = {0, 1, 4}, y[] = {2, NAN, 4}, low[] = {1, 0, 0};
    report_mark mark = {.n = 3, .x = x, .y = y};
    report_scale scale = scale_of(&mark, false, false);
    assert_true(scale.x_low == 0 && scale.x_high == 4);
    assert_true(fabs(scale.y_low - 1.9) < 1e-12 && fabs(scale.y_high - 4.1) < 1e-12);
    scale = scale_of(&mark, true, false);
    assert_true(scale.y_low == 0); /* no margin below zero */
    mark.low = low, mark.kind = REPORT_BAND;
    assert_true(scale_of(&mark, false, false).y_low == 0);
    mark.kind = REPORT_BARS, mark.low = NULL;
    scale = scale_of(&mark, false, false);
    assert_true(scale.x_low == -0.5 && scale.x_high == 4.5 && scale.y_low == 0);
    const double share[] = {0.87, 0.95, 0.9};
    scale = scale_of(&(report_mark){.n = 3, .x = x, .y = share}, false, true);
    assert_true(fabs(scale.y_low - 0.8) < 1e-12 && scale.y_high == 1);
}

static void ranges_are_never_empty(void **state)
{
    (void)state;
    static const double values[] = {0, 7, -1e300, 1e-300, 1.7e308};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        report_scale scale =
            scale_of(&(report_mark){.n = 1, .x = values + i, .y = values + i}, false, false);
        assert_true(scale.x_low < scale.x_high && scale.y_low < scale.y_high);
        assert_true(isfinite(report_scale_x(&scale, values[i])));
        assert_true(isfinite(report_scale_y(&scale, values[i])));
    }
    const double far[] = {-1.7e308, 1.7e308}, x[] = {0, 1};
    report_scale scale = scale_of(&(report_mark){.n = 2, .x = x, .y = far}, false, false);
    assert_true(report_scale_y(&scale, far[0]) > report_scale_y(&scale, far[1]));
}

static void a_chart_without_numbers_is_left_out(void **state)
{
    (void)state;
    const double x[] = {0, 1}, y[] = {NAN, NAN};
    report_text text = {0};
    report_chart_add(&text, &(report_chart){.title = "none"});
    report_chart_add(&text, &(report_chart){.title = "none",
                                            .n_mark = 1,
                                            .marks = &(report_mark){.n = 2, .x = x, .y = y}});
    assert_int_equal(text.length, 0);
}

static void a_line_beyond_the_top_is_cut_and_its_peak_is_said(void **state)
{
    (void)state;
    const double x[] = {0, 1, 2}, low[] = {1, 2, 4}, high[] = {3, NAN, 40.26};
    const report_mark marks[] = {{.name = "low", .n = 3, .x = x, .y = low},
                                 {.name = "high", .n = 3, .x = x, .y = high}};
    report_chart chart = {.title = "t", .has_zero = true, .y_top = 4, .n_mark = 2, .marks = marks};
    report_text text = {0};
    report_scale scale;
    assert_true(report_scale_of(&chart, &scale));
    assert_true(scale.y_low == 0 && fabs(scale.y_high - 4.2) < 1e-12);
    report_chart_add(&text, &chart);
    assert_non_null(strstr(text.bytes, "low</li>"));
    assert_non_null(strstr(text.bytes, "high (cut; it goes up to 40.3)</li>"));
    assert_non_null(strstr(text.bytes, "\"y\":[3,null,40.26]")); /* hovering shows it */
    report_text_free(&text);
    chart.y_top = 50;
    assert_true(report_scale_of(&chart, &scale));
    assert_true(fabs(scale.y_high - 40.26 * 1.05) < 1e-12);
    report_chart_add(&text, &chart);
    assert_null(strstr(text.bytes, "cut"));
    report_text_free(&text);
}

static void a_hidden_mark_widens_the_range_alone(void **state)
{
    (void)state;
    const double x[] = {0, 1}, y[] = {0, 1}, high[] = {0, 100};
    const report_mark marks[] = {{.name = "shown", .n = 2, .x = x, .y = y},
                                 {.n = 2, .x = x, .y = high, .is_hidden = true}};
    report_text text = {0};
    report_chart_add(&text, &(report_chart){.title = "t", .n_mark = 2, .marks = marks});
    assert_non_null(strstr(text.bytes, "\"range\":[0,1,0,105]"));
    assert_non_null(strstr(text.bytes, "d=\"M0.0 1000.0L1000.0 990.5\""));
    const char *first = strstr(text.bytes, "<path");
    assert_null(strstr(first + 1, "<path"));
    report_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_its_points_and_gaps),
        cmocka_unit_test(a_band_goes_along_both_sides),
        cmocka_unit_test(bars_stand_on_zero_and_rules_cross_the_picture),
        cmocka_unit_test(ranges_hold_all_that_is_shown),
        cmocka_unit_test(ranges_are_never_empty),
        cmocka_unit_test(a_chart_without_numbers_is_left_out),
        cmocka_unit_test(a_line_beyond_the_top_is_cut_and_its_peak_is_said),
        cmocka_unit_test(a_hidden_mark_widens_the_range_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
