/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "failing.h"
#include "sample.h"

#include <stdio.h>
#include <string.h>

static void eight_columns_of_20000_rows_take_less_than_a_megabyte(void **state)
{
    (void)state;
    sample *s = sample_new(1, 8, 20000, 96);
    report_text text = {0};
    assert_true(report_write(&text, &s->data));
    assert_in_range(text.length, 300000, 1000000);
    report_text_free(&text);
    sample_free(s);
}

static void a_report_without_memory_says_so(void **state)
{
    (void)state;
    sample *s = sample_new(2, 2, 200, 12);
    report_text whole = {0}, text = {0};
    fail_at(INT64_MAX);
    assert_true(report_write(&whole, &s->data));
    const int64_t n = calls;
    for (int64_t k = 1; k <= n; k += 1 + k / 40) {
        fail_at(k);
        assert_false(report_write(&text, &s->data));
        assert_true(text.failed);
        report_text_free(&text);
    }
    fail_at(INT64_MAX);
    assert_true(report_write(&text, &s->data));
    assert_int_equal(text.length, whole.length);
    assert_memory_equal(text.bytes, whole.bytes, text.length);
    report_text_free(&text);
    report_text_free(&whole);
    sample_free(s);
}

static bool has(const report_text *text, const char *part)
{
    return strstr(text->bytes, part) != NULL;
}

static void sections_without_data_are_left_out(void **state)
{
    (void)state;
    static const char *const ids[] = {"metrics",  "steps", "residuals",
                                      "training", "data",  "settings"};
    const double times[] = {0, 1, 2}, values[] = {3, 4, 5};
    const char *column = "y";
    const report_series series = {"s", 3, times, values};
    report_text text = {0};
    assert_true(report_write(
        &text,
        &(report_data){.n_series = 1, .series = &series, .n_column = 1, .columns = &column}));
    assert_true(has(&text, "<h1>Forecast</h1>") && has(&text, "id=\"forecasts\""));
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char id[40];
        snprintf(id, sizeof id, "id=\"%s\"", ids[i]);
        assert_false(has(&text, id));
    }
    report_text_free(&text);
}

/* A page of one value of a series, and of what else `data` has. */
static void write_page(report_text *text, report_data data)
{
    const double times[] = {0}, values[] = {3};
    const char *column = "y";
    const report_series series = {"s", 1, times, values};
    data.n_series = data.n_column = 1;
    data.series = &series, data.columns = &column;
    assert_true(report_write(text, &data));
}

/* Of the first n_method methods. */
static void assert_row_of(int64_t n_method, const double *scores, const char *row)
{
    static const char *const methods[] = {"own", "seasonal naive 7", "naive", "ridge & <b>"};
    static const char *const metric = "MASE";
    report_text text = {0};
    write_page(&text, (report_data){.n_method = n_method,
                                    .methods = methods,
                                    .seasonal_naive = 2,
                                    .n_metric = 1,
                                    .metrics = &metric,
                                    .scores = scores});
    if (!has(&text, row))
        fail_msg("no %s in %s", row, strstr(text.bytes, "<tbody>"));
    report_text_free(&text);
}

static void assert_row(const double *scores, const char *row)
{
    assert_row_of(2, scores, row);
}

static void the_best_is_bold_and_the_worse_is_said(void **state)
{
    (void)state;
    assert_row((double[]){0.75, 1},
               "<td class=\"number\"><b>0.75</b></td><td class=\"number\">1</td>"
               "<td class=\"words\">25 % better than seasonal naive</td>");
    assert_row((double[]){1.5, 1},
               "<td class=\"number\">1.5</td><td class=\"number\"><b>1</b></td>"
               "<td class=\"words\">50 % <strong>worse than seasonal naive</strong></td>");
    assert_row((double[]){1, 1}, "<b>1</b></td><td class=\"words\">as good as seasonal naive</td>");
    assert_row((double[]){1, 0}, "<td class=\"words\">worse than seasonal naive</td>");
    assert_row((double[]){NAN, 1}, "\xE2\x80\x93</td><td class=\"number\"><b>1</b></td>"
                                   "<td class=\"words\"></td>");
}

static void the_best_of_the_others_is_named(void **state)
{
    (void)state;
    assert_row_of(4, (double[]){0.75, 1, 2, 0.8},
                  "<td class=\"words\">6.2 % better than ridge &amp; &lt;b&gt;, the best of the "
                  "others, and 25 % better than seasonal naive</td>");
    assert_row_of(
        4, (double[]){0.75, 1, 2, 0.8},
        "The best of a row is in bold. By MASE, the forecaster is 6.2 % better than ridge &amp; "
        "&lt;b&gt;, the best of the others, and 25 % better than seasonal naive.</p>");
    assert_row_of(4, (double[]){0.9, 1, 0.75, NAN},
                  "<td class=\"words\">20 % <strong>worse than naive</strong>, the best of the "
                  "others, and 10 % better than seasonal naive</td>");
    assert_row_of(4, (double[]){1.5, 1, 2, 3},
                  "50 % <strong>worse than seasonal naive</strong>, the best of the others</td>");
    assert_row_of(4, (double[]){1, 2, 0, 3},
                  "<td class=\"words\">worse than naive, the best of the others, and 50 % better "
                  "than seasonal naive</td>");
    assert_row_of(4, (double[]){1, NAN, 1, 3},
                  "<td class=\"words\">as good as naive, the best of the others</td>");
    assert_row_of(4, (double[]){1, NAN, NAN, NAN}, "<td class=\"words\"></td>");
}

enum { METHODS = 4, STEPS = 3 };

/* Whether the picture of errors by step says of a method that its line is cut. */
static bool is_cut(const double *errors, int64_t seasonal_naive, const char *legend)
{
    static const char *const methods[METHODS] = {"own", "seasonal naive 7", "naive", "ridge"};
    static const char *const metrics[] = {"MASE", "MASE"};
    report_text text = {0};
    write_page(&text, (report_data){.n_method = METHODS,
                                    .methods = methods,
                                    .seasonal_naive = seasonal_naive,
                                    .step_metrics = metrics,
                                    .n_step = STEPS,
                                    .step_errors = errors});
    assert_true(has(&text, "Error by step: y"));
    bool cut = has(&text, legend);
    report_text_free(&text);
    return cut;
}

static void coverage_is_said_in_a_number(void **state)
{
    (void)state;
    const double shares[] = {0.5, NAN, 0.754}, total = 0.627;
    report_text text = {0};
    write_page(
        &text,
        (report_data){.n_step = 3, .level = 0.975, .coverage = shares, .coverage_totals = &total});
    assert_true(has(&text, "over all steps: 62.7 %"));
    assert_true(has(&text, "wanted share: 97.5 %"));
    report_text_free(&text);
}

static void coverage_is_in_the_table(void **state)
{
    (void)state;
    static const char *const methods[] = {"own", "naive"}, *const metric = "MASE";
    const double scores[] = {0.5, 1}, shares[] = {0.476, 0.9}, share = 0.476, none = NAN;
    report_data data = {.n_method = 2,
                        .methods = methods,
                        .n_metric = 1,
                        .metrics = &metric,
                        .scores = scores,
                        .n_step = 1,
                        .level = 0.9,
                        .coverage = shares,
                        .coverage_totals = shares,
                        .coverage_series = &share};
    report_text text = {0};
    write_page(&text, data);
    assert_true(has(&text, "<td>Coverage</td><td class=\"number\">47.6 %</td><td></td>"
                           "<td class=\"words\">42.4 points less than 90 %</td></tr>"));
    report_text_free(&text);
    data.coverage_series = &none;
    write_page(&text, data);
    assert_false(has(&text, "<td>Coverage</td>"));
    report_text_free(&text);
}

static void errors_far_above_those_that_matter_are_cut(void **state)
{
    (void)state;
    double errors[METHODS][STEPS] = {{0.3, 0.4, 0.5}, {1, 1, 1}, {1, 4, 9}, {0.4, 0.5, 0.6}};
    assert_true(is_cut(*errors, 2, "naive (cut; it goes up to 9)</li>"));
    assert_false(is_cut(*errors, 2, "seasonal naive 7 (cut;"));
    errors[1][2] = 2.5; /* far more than 0.6 */
    assert_true(is_cut(*errors, 2, "seasonal naive 7 (cut; it goes up to 2.5)</li>"));
    errors[1][2] = 1.2, errors[2][1] = 1.3, errors[2][2] = NAN; /* the line is not much longer */
    assert_false(is_cut(*errors, 2, "(cut;"));
    assert_true(is_cut(*errors, 0, "naive (cut; it goes up to 1.3)</li>"));
    for (int i = 0; i < STEPS; i++)
        errors[0][i] = errors[1][i] = errors[3][i] = 0; /* there is nothing to tell apart */
    assert_false(is_cut(*errors, 2, "(cut;"));
}

/* With many series a report stays small, and says what it leaves out. */
static void many_columns_are_not_all_drawn(void **state)
{
    (void)state;
    enum { N = 300 };
    static report_series series[N];
    const double times[] = {0, 1}, values[] = {3, 4};
    const char *column = "y";
    for (int i = 0; i < N; i++)
        series[i] = (report_series){"s", 2, times, values};
    report_text text = {0};
    assert_true(report_write(
        &text, &(report_data){.n_series = N, .series = series, .n_column = 1, .columns = &column}));
    assert_true(has(&text, "The first 16 of 300 columns of all series are drawn."));
    assert_true(text.length < 100000);
    report_text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_columns_of_20000_rows_take_less_than_a_megabyte),
        cmocka_unit_test(a_report_without_memory_says_so),
        cmocka_unit_test(sections_without_data_are_left_out),
        cmocka_unit_test(the_best_is_bold_and_the_worse_is_said),
        cmocka_unit_test(the_best_of_the_others_is_named),
        cmocka_unit_test(coverage_is_said_in_a_number),
        cmocka_unit_test(coverage_is_in_the_table),
        cmocka_unit_test(errors_far_above_those_that_matter_are_cut),
        cmocka_unit_test(many_columns_are_not_all_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
