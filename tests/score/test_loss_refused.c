/* SPDX-License-Identifier: MIT */
/* Options and arguments of losses out of range, and copies of options. */
#include "failing_allocator.h"
#include "loss_fixture.h"

#include <stdlib.h>

#define BAD LSTM_E_ARGUMENT

static const double none[2] = {0, 0}, one[1] = {1}, two[2] = {1, 2}, negative[2] = {1, -1};
static const double falling[3] = {0.5, 0.9, 0.8}, no_median[2] = {0.4, 0.6}, high[2] = {0.5, 1};

#define LEVELS(n, array) .n_level = (n), .levels = (array)
#define UNITS(n, array)  .n_unit = (n), .units = (array)

/* Kind and field, and what the message must name. */
static const struct {
    lstm_loss_options options;
    const char *named;
} bad_options[] = {
    {{.kind = -1}, "loss kind is -1"},
    {{.kind = 7}, "loss kind is 7"},
    {{.reduction = 2}, "reduction is 2"},
    {{.delta = 1}, "delta is 1, expected 0"},
    {{.kind = LSTM_LOSS_HUBER, .delta = -1}, "delta is -1"},
    {{.kind = LSTM_LOSS_HUBER, .delta = NAN}, "delta is nan"},
    {{.kind = LSTM_LOSS_HUBER, .delta = INFINITY}, "delta is inf"},
    {{.scale_floor = 0.1}, "scale_floor is 0.1, expected 0"},
    {{.kind = LSTM_LOSS_GAUSSIAN, .scale_floor = 1e-9}, "scale_floor is 1e-09"},
    {{.kind = LSTM_LOSS_GAUSSIAN, .freedom_floor = 3}, "freedom_floor is 3, expected 0"},
    {{.kind = LSTM_LOSS_STUDENT_T, .freedom_floor = 2}, "freedom_floor is 2, expected 2.0"},
    {{.kind = LSTM_LOSS_STUDENT_T, .dispersion_floor = 3}, "dispersion_floor is 3, expected 0"},
    {{.kind = LSTM_LOSS_NEGATIVE_BINOMIAL, .dispersion_floor = 1e-7}, "dispersion_floor is 1e-07"},
    {{LEVELS(1, one)}, "n_level is 1 and levels is not NULL, expected 0 and NULL"},
    {{.kind = LSTM_LOSS_QUANTILE, LEVELS(-1, one)}, "n_level is -1"},
    {{.kind = LSTM_LOSS_QUANTILE, LEVELS(100, NULL)}, "levels is NULL, n_level is 100"},
    {{.kind = LSTM_LOSS_QUANTILE, LEVELS(0, one)}, "levels is not NULL, n_level is 0"},
    {{.kind = LSTM_LOSS_QUANTILE, LEVELS(2, no_median)}, "none of the 2 levels is 0.5"},
    {{.kind = LSTM_LOSS_QUANTILE, LEVELS(3, falling)}, "levels[2] is 0.8, expected above 0.9"},
    {{.kind = LSTM_LOSS_QUANTILE, LEVELS(2, none)}, "levels[0] is 0"},
    {{.kind = LSTM_LOSS_QUANTILE, LEVELS(2, high)}, "levels[1] is 1"},
    {{.kind = LSTM_LOSS_QUANTILE, LEVELS(2, two)}, "levels[1] is 2"},
    {{UNITS(1, one)}, "n_unit is 1 and units is not NULL, expected 0 and NULL"},
    {{.kind = LSTM_LOSS_NEGATIVE_BINOMIAL, UNITS(2, none)}, "units[0] is 0"},
    {{.n_column_weight = -2}, "n_column_weight is -2"},
    {{.n_column_weight = 2}, "column_weights is NULL, n_column_weight is 2"},
    {{.n_column_weight = 2, .column_weights = none}, "all 2 of column_weights are 0"},
    {{.n_column_weight = 2, .column_weights = negative}, "column_weights[1] is -1"},
    {{.n_step_weight = 2, .step_weights = negative}, "step_weights[1] is -1"},
};

static void options_out_of_range_are_refused_by_name(void **fixture)
{
    (void)fixture;
    for (size_t i = 0; i < sizeof bad_options / sizeof *bad_options; i++) {
        lstm_loss_options options = bad_options[i].options;
        int64_t n_out = 77;
        options.struct_size = sizeof options;
        assert_status(lstm_loss_outputs(&options, &n_out), BAD, bad_options[i].named);
        assert_int_equal(n_out, 77);
    }
}

static void options_of_older_and_newer_programs_are_read(void **fixture)
{
    (void)fixture;
    static const lstm_loss_options init = LSTM_LOSS_OPTIONS_INIT;
    const size_t known = sizeof(lstm_loss_options);
    int64_t n_out;
    for (size_t size = 8; size <= known + 16; size += 8) {
        unsigned char *bytes = calloc(1, size);
        assert_non_null(bytes);
        memcpy(bytes, &(uint64_t){size}, 8);
        if (size == known)
            assert_memory_equal(bytes, &init, known);
        assert_ok(lstm_loss_outputs((const void *)bytes, &n_out));
        bytes[size - 1] = size > known;
        assert_status(lstm_loss_outputs((const void *)bytes, &n_out),
                      size > known ? LSTM_E_OPTIONS : LSTM_OK, NULL);
        free(bytes);
    }
}

static void too_many_levels_are_refused(void **fixture)
{
    (void)fixture;
    double levels[100];
    int64_t n_out;
    lstm_loss_options options = loss_options_of(LSTM_LOSS_QUANTILE);
    for (int i = 0; i < 100; i++)
        levels[i] = (i + 1) / 102.0;
    options.levels = levels;
    options.n_level = 100;
    assert_status(lstm_loss_outputs(&options, &n_out), BAD, "n_level is 100, expected 0 .. 99");
    options.n_level = 99;
    assert_ok(lstm_loss_outputs(&options, &n_out)); /* level 50 is 51/102 */
    assert_int_equal(n_out, 99);
}

static void each_kind_has_its_number_of_outputs(void **fixture)
{
    (void)fixture;
    static const int64_t wanted[N_LOSS] = {1, 1, 1, 11, 2, 3, 2};
    int64_t n_out;
    for (int64_t kind = 0; kind < N_LOSS; kind++) {
        lstm_loss_options options = loss_options_of(kind);
        assert_ok(lstm_loss_outputs(&options, &n_out));
        assert_int_equal(n_out, wanted[kind]);
    }
    assert_ok(lstm_loss_outputs(NULL, &n_out));
    assert_int_equal(n_out, 1);
}

static real y[44], target[4], out[44];
static double loss;

/* Asserts the status of a call that evaluates 2 rows of 2 targets, and that it wrote nothing. */
static void evaluate_refused(const lstm_loss_options *options, int64_t n, int64_t K,
                             const real *weight, lstm_status status, const char *named)
{
    loss = 77;
    out[0] = 77;
    assert_status(lstm_loss_evaluate(options, n, K, y, target, weight, &loss, out), status, named);
    assert_true(loss == 77 && out[0] == 77);
}

static void arguments_of_an_evaluation_are_checked(void **fixture)
{
    (void)fixture;
    static const real negative_weight[] = {1, 1, -1, 1}, no_number[] = {1, NAN, 1, 1};
    lstm_loss_options options = loss_options_of(LSTM_LOSS_NEGATIVE_BINOMIAL);
    evaluate_refused(&options, 0, 2, NULL, BAD, "n is 0");
    evaluate_refused(&options, 2, -1, NULL, BAD, "K is -1");
    evaluate_refused(&options, INT64_MAX, 2, NULL, LSTM_E_LIMIT, "n 9223372036854775807");
    evaluate_refused(&options, 2, 2, negative_weight, LSTM_E_NUMERIC, "weight 0 of row 1 is -1");
    evaluate_refused(&options, 2, 2, no_number, LSTM_E_NUMERIC, "weight 1 of row 0 is nan");
    target[3] = -1;
    evaluate_refused(&options, 2, 2, NULL, LSTM_E_NUMERIC, "target 1 of row 1 is -1");
    target[3] = NAN;
    evaluate_refused(&options, 2, 2, NULL, LSTM_E_NUMERIC, "target 1 of row 1 is nan");
    target[3] = 0;
    y[6] = INFINITY;
    evaluate_refused(&options, 2, 2, NULL, LSTM_E_NUMERIC, "y of row 1, output 2 is inf");
    y[6] = 0;
    options.n_column_weight = 1;
    options.column_weights = one;
    evaluate_refused(&options, 2, 2, NULL, LSTM_E_SHAPE, "n_column_weight is 1");
    options.n_column_weight = 0;
    options.column_weights = NULL;
    options.n_unit = 1;
    options.units = one;
    evaluate_refused(&options, 2, 2, NULL, LSTM_E_SHAPE, "n_unit is 1, expected 0 or K = 2");
    options.struct_size = 12;
    evaluate_refused(&options, 2, 2, NULL, LSTM_E_OPTIONS, "LSTM_LOSS_OPTIONS_INIT");
}

static void null_arguments_are_refused(void **fixture)
{
    (void)fixture;
    double level = 0.5;
    assert_status(lstm_loss_outputs(NULL, NULL), BAD, "n_out is NULL");
    assert_status(lstm_loss_evaluate(NULL, 1, 1, NULL, target, NULL, &loss, NULL), BAD, "y is");
    assert_status(lstm_loss_evaluate(NULL, 1, 1, y, NULL, NULL, &loss, NULL), BAD, "target is");
    assert_status(lstm_loss_evaluate(NULL, 1, 1, y, target, NULL, NULL, NULL), BAD, "loss is");
    assert_status(lstm_loss_location(NULL, 1, 1, NULL, out), BAD, "y is");
    assert_status(lstm_loss_location(NULL, 1, 1, y, NULL), BAD, "location is");
    assert_status(lstm_loss_quantiles(NULL, 1, 1, NULL, &level, 1, out), BAD, "y is");
    assert_status(lstm_loss_quantiles(NULL, 1, 1, y, NULL, 1, out), BAD, "levels is");
    assert_status(lstm_loss_quantiles(NULL, 1, 1, y, &level, 1, NULL), BAD, "quantiles is");
    assert_status(lstm_loss_sample(NULL, 1, 1, NULL, &level, out), BAD, "y is");
    assert_status(lstm_loss_sample(NULL, 1, 1, y, NULL, out), BAD, "uniform is");
    assert_status(lstm_loss_sample(NULL, 1, 1, y, &level, NULL), BAD, "sample is");
}

static void what_has_no_distribution_has_no_quantiles(void **fixture)
{
    (void)fixture;
    static const double half[] = {0.5}, wrong[] = {0.5, 1};
    lstm_loss_options options = loss_options_of(LSTM_LOSS_HUBER);
    out[0] = 77;
    assert_status(lstm_loss_quantiles(&options, 1, 1, y, half, 1, out), BAD, "has no distribution");
    assert_status(lstm_loss_sample(&options, 1, 1, y, half, out), BAD, "has no distribution");
    options = loss_options_of(LSTM_LOSS_QUANTILE);
    assert_status(lstm_loss_quantiles(&options, 1, 1, y, half, 0, out), BAD, "n_level is 0");
    assert_status(lstm_loss_quantiles(&options, 1, 1, y, wrong, 2, out), BAD, "level 1 is 1");
    assert_status(lstm_loss_sample(&options, 1, 2, y, wrong, out), BAD, "level 1 is 1");
    y[3] = NAN;
    assert_status(lstm_loss_quantiles(&options, 1, 1, y, half, 1, out), LSTM_E_NUMERIC, "output 3");
    y[3] = 0;
    options.levels = half;
    options.n_level = 1;
    assert_status(lstm_loss_quantiles(&options, 1, 1, y, half, 1, out), BAD, "has no distribution");
    assert_true(out[0] == 77);
}

static void a_kept_loss_has_copies_of_all_arrays(void **fixture)
{
    (void)fixture;
    static failing_allocator memory;
    double units[] = {3, 4}, columns[] = {1, 2}, steps[] = {0, 5, 6};
    lstm_loss_options options = loss_options_of(LSTM_LOSS_NEGATIVE_BINOMIAL);
    options.n_unit = options.n_column_weight = 2;
    options.n_step_weight = 3;
    options.units = units;
    options.column_weights = columns;
    options.step_weights = steps;
    lts_loss kept;
    failing_allocator_install(&memory);
    assert_ok(lts_loss_read(&kept, &options));
    failing_allocator_fail(&memory, 1, 1);
    assert_int_equal(lts_loss_keep(&kept), LSTM_E_NOMEM);
    failing_allocator_fail(&memory, 0, 0);
    assert_ok(lts_loss_keep(&kept));
    units[0] = columns[1] = steps[2] = 99;
    assert_true(kept.units[0] == 3 && kept.units[1] == 4);
    assert_true(kept.column_weights[0] == 1 && kept.column_weights[1] == 2);
    assert_true(kept.step_weights[1] == 5 && kept.step_weights[2] == 6);
    assert_ok(lts_loss_match(&kept, 2, 3));
    assert_status(lts_loss_match(&kept, 2, 4), LSTM_E_SHAPE, "n_step_weight is 3, expected 0 or T");
    lts_loss_clear(&kept);
    assert_null(kept.units);
    assert_ok(lts_loss_read(&kept, NULL));
    assert_ok(lts_loss_keep(&kept));
    assert_ok(lts_loss_match(&kept, 7, 9));
    lts_loss_clear(&kept);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_out_of_range_are_refused_by_name),
        cmocka_unit_test(options_of_older_and_newer_programs_are_read),
        cmocka_unit_test(too_many_levels_are_refused),
        cmocka_unit_test(each_kind_has_its_number_of_outputs),
        cmocka_unit_test(arguments_of_an_evaluation_are_checked),
        cmocka_unit_test(null_arguments_are_refused),
        cmocka_unit_test(what_has_no_distribution_has_no_quantiles),
        cmocka_unit_test(a_kept_loss_has_copies_of_all_arrays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
