/* SPDX-License-Identifier: MIT */
/*
 * Coefficients, and the penalty that the validation part prefers, against scikit-learn 1.9's Ridge
 * on windows that were written out one by one.
 */
#include "assert_close.h"

#include "failing_allocator.h"
#include "method/ridge.h"

#define HOLE NAN

enum { COLUMNS = 2, ROWS = 48, TRAIN = 36, L = 5, H = 4, BLOCKS = 2 };

/* Eighths, which float holds exactly, with a missing value in either column. */
static const lstm_real rows[ROWS * COLUMNS] = {
    4,     0.875,  5.75,  0,      6.375, 1.125,  5.75,  0.5,    5.625, -0.125, 4.875, -0.625,
    4.625, -0.75,  3.25,  -2.5,   2.875, -1.625, 0.875, -1.625, 3,     -3,     2.5,   -1.5,
    3.875, -1.5,   HOLE,  -0.375, 5.125, -0.625, 6.125, 0.125,  6.5,   0.875,  5.5,   0.5,
    4.75,  1.75,   4.25,  1.375,  2.375, 1.625,  1.375, 0.875,  2.25,  1.5,    1.875, 0.75,
    1.75,  -0.125, 3.375, -0.125, 4.5,   0,      4.875, 0,      5.125, -2,     5.875, -0.5,
    5.875, -0.5,   4.25,  -0.375, 3,     -0.5,   2.75,  1.375,  2.5,   0.5,    1.875, 2,
    2.875, 2.875,  4,     1.375,  4.125, 2.25,   4.75,  HOLE,   6,     2.25,   6.125, 2.625,
    6.375, 2.5,    4.125, -0.25,  3.625, 0.125,  2.5,   0.5,    1.25,  0.875,  2.125, 0.125,
};

static const struct {
    int64_t base_len;
    double chosen[BLOCKS];       /* the penalties preferred */
    double weights[(L + 1) * H]; /* with a penalty of .03 */
} known[] = {
    {0, {0.1, 0.1}, {-0.481129282013,   -0.286089558783, -0.0901106181807, -0.157794839082,
                     -0.00481372249434, -0.416759002747, -0.422975653396,  -0.241798899493,
                     0.139855622425,    0.0709011720218, -0.401808385218,  -0.341001877489,
                     0.31800889558,     0.200973530556,  0.264662728164,   -0.131543385463,
                     0.411992257763,    0.544099368644,  0.564293392365,   0.520398266909,
                     0.0428913886946,   0.10494374329,   0.0832720890818,  0.175101546987}},
    {1,
     {1, 0.0001},
     {-0.149920603381,
      0.19017354301,
      0.571205208245,
      0.66207805331,
      -0.0104642579284,
      -0.424870629406,
      -0.500353211771,
      -0.336619057276,
      0.0253146406675,
      -0.0925945402935,
      -0.626303064965,
      -0.614972938133,
      0.320372769408,
      0.207809872254,
      0.189782346253,
      -0.209681568424,
      0,
      0,
      0,
      0,
      -0.0256555215668,
      0.00603162555329,
      -0.0495183236537,
      0.0086674543544}},
    {2,
     {0.0001, 0.0001},
     {-0.152826378473,  0.185130382864,   0.554281572591,   0.641969223849,    -0.0232422841063,
      -0.439709599717,  -0.510700602988,  -0.342370892065,  -0.00111620990845, -0.119034257243,
      -0.651588422465,  -0.625656679387,  -0.16984675928,   -0.353332645191,   -0.448905231224,
      -0.708380214149,  0.16984675928,    0.353332645191,   0.448905231224,    0.708380214149,
      -0.0226917318007, 0.00873983934287, -0.0514330510799, 0.00496859241076}},
    {5, {0.03, 0.0001}, {-0.357894373125,  -0.0207832725896, 0.348677684708,   0.437347925426,
                         -0.210120529983,  -0.624398310311,  -0.690169801666,  -0.525439975217,
                         -0.153447314623,  -0.263411186993,  -0.789073034259,  -0.774102781277,
                         0.172854362141,   0.0799252144811,  0.0923071626427,  -0.297132498546,
                         0.548607855591,   0.828667555413,   1.03825798857,    1.15932732961,
                         -0.0292750308402, 0.0010580312633,  -0.0572801355771, 0.000146739630867}},
};
enum { N_KNOWN = sizeof known / sizeof *known };

static const lts_ridge_column columns[COLUMNS] = {
    {rows, COLUMNS, TRAIN, ROWS, 3.5, 2, NULL, 0},
    {rows + 1, COLUMNS, TRAIN, ROWS, -0.25, 1.5, NULL, 0},
};

static lts_ridge_options options_of(int64_t base_len, double penalty)
{
    return (lts_ridge_options){
        .L = L, .H = H, .base_len = base_len, .n_block = BLOCKS, .penalty = penalty};
}

static lts_ridge *fitted(int64_t base_len, double penalty)
{
    lts_ridge_options options = options_of(base_len, penalty);
    lts_ridge *ridge = NULL;
    assert_ok(lts_ridge_fit(&ridge, &options, COLUMNS, columns));
    return ridge;
}

static void the_coefficients_are_those_of_scikit_learn(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_KNOWN; i++) {
        lts_ridge *ridge = fitted(known[i].base_len, 0.03);
        for (int64_t k = 0; k < (L + 1) * H; k++)
            assert_close("ridge", "weights", k, ridge->weights[k], known[i].weights[k], 1e-10);
        lts_ridge_free(ridge);
    }
}

static void each_block_takes_the_penalty_that_validation_prefers(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_KNOWN; i++) {
        lts_ridge *ridge = fitted(known[i].base_len, 0);
        for (int b = 0; b < BLOCKS; b++)
            assert_true(ridge->penalties[b] == known[i].chosen[b]);
        lts_ridge_free(ridge);
    }
}

static void without_validation_rows_the_penalty_is_the_default(void **fixture)
{
    (void)fixture;
    lts_ridge_options options = options_of(1, 0);
    lts_ridge_column no_validation[COLUMNS] = {columns[0], columns[1]};
    no_validation[0].valid_end = no_validation[1].valid_end = TRAIN;
    lts_ridge *ridge = NULL;
    assert_ok(lts_ridge_fit(&ridge, &options, COLUMNS, no_validation));
    assert_true(ridge->penalties[0] == 0.03 && ridge->penalties[1] == 0.03);
    for (int64_t k = 0; k < (L + 1) * H; k++)
        assert_close("ridge", "weights", k, ridge->weights[k], known[1].weights[k], 1e-10);
    lts_ridge_free(ridge);
}

/* The formula of the forecast, and that contexts do not disturb each other. */
static void a_forecast_is_base_plus_intercept_plus_weights_times_context(void **fixture)
{
    (void)fixture;
    enum { M = 7 };
    for (int i = 0; i < N_KNOWN; i++) {
        lts_ridge *ridge = fitted(known[i].base_len, 0.03);
        double x[M * L], y[M * H], copy[M * L];
        for (int64_t k = 0; k < M * L; k++)
            copy[k] = x[k] = (double)((k * 37) % 11) - 4;
        lts_ridge_predict(ridge, M, x, y);
        for (int64_t r = 0; r < M; r++) {
            double base = 0;
            for (int64_t j = L - known[i].base_len; j < L; j++)
                base += copy[r * L + j] / (double)known[i].base_len;
            for (int64_t h = 0; h < H; h++) {
                double want = base + known[i].weights[L * H + h];
                for (int64_t j = 0; j < L; j++)
                    want += known[i].weights[j * H + h] * (copy[r * L + j] - base);
                assert_close("ridge", "forecast", r * H + h, y[r * H + h], want, 1e-9);
            }
        }
        lts_ridge_free(ridge);
    }
}

static void blocks_divide_the_horizon(void **fixture)
{
    (void)fixture;
    lts_ridge_options options = {.H = 11, .n_block = 4};
    const int64_t first[] = {0, 3, 6, 9, 11};
    for (int64_t b = 0; b <= 4; b++)
        assert_int_equal(lts_ridge_block(&options, b), first[b]);
}

/* Values far from 0 cost digits of the sums: here 4 of 16. */
static void an_offset_that_the_base_cancels_does_no_harm(void **fixture)
{
    (void)fixture;
    enum { LONG = 400 };
    static lstm_real wave[LONG];
    for (int64_t t = 0; t < LONG; t++)
        wave[t] = (lstm_real)sin(0.3 * (double)t);
    const lts_ridge_column column = {wave, 1, LONG, LONG, 0, 1, NULL, 0};
    const lts_ridge_column far_away = {wave, 1, LONG, LONG, 1e2, 1, NULL, 0};
    lts_ridge_options options = {.L = 8, .H = 6, .base_len = 3, .n_block = 1, .penalty = 1e-3};
    lts_ridge *near = NULL, *far = NULL;
    assert_ok(lts_ridge_fit(&near, &options, 1, &column));
    assert_ok(lts_ridge_fit(&far, &options, 1, &far_away));
    for (int64_t k = 0; k < 9 * 6; k++)
        assert_close("offset", "weights", k, far->weights[k], near->weights[k], 1e-7);
    lts_ridge_free(near);
    lts_ridge_free(far);
}

/* The weights of a regression of 2 values on 4 with gaps of up to 2 rows; n columns. */
static void fit_to(const lts_ridge_column *some, int64_t n, double *weights)
{
    lts_ridge_options options = {
        .L = 4, .H = 2, .base_len = 1, .n_block = 1, .penalty = 0.1, .longest_gap = 2};
    lts_ridge *ridge = NULL;
    assert_ok(lts_ridge_fit(&ridge, &options, n, some));
    memcpy(weights, ridge->weights, 5 * 2 * sizeof *weights);
    lts_ridge_free(ridge);
}

/* A row of 60 values with whole numbers on lines in rows 20 .. 30, so that filling is exact. */
static void draw_line(lstm_real x[60])
{
    for (int64_t t = 0; t < 60; t++)
        x[t] = (lstm_real)(t >= 20 && t <= 30 ? t : (t * 37) % 11);
}

static void short_gaps_are_bridged_and_longer_ones_left_out(void **fixture)
{
    (void)fixture;
    lstm_real whole[60], gap[60], two[60];
    double want[10], got[10];
    draw_line(whole);
    const lts_ridge_column complete = {whole, 1, 60, 60, 0, 1, NULL, 0};
    const lts_ridge_column with_gap = {gap, 1, 60, 60, 0, 1, NULL, 0};
    fit_to(&complete, 1, want);
    memcpy(gap, whole, sizeof gap);
    gap[22] = gap[25] = gap[26] = (lstm_real)NAN;
    fit_to(&with_gap, 1, got);
    assert_memory_equal(got, want, sizeof want);
    /* a gap of three rows divides the column; nothing bridges those at its ends */
    gap[27] = gap[0] = gap[59] = (lstm_real)NAN;
    memcpy(two, gap, sizeof two);
    two[22] = whole[22];
    const lts_ridge_column parts[] = {{two + 1, 1, 24, 24, 0, 1, NULL, 0},
                                      {two + 28, 1, 31, 31, 0, 1, NULL, 0}};
    fit_to(parts, 2, want);
    fit_to(&with_gap, 1, got);
    assert_memory_equal(got, want, sizeof want);
}

static void filled_values_count_as_missing(void **fixture)
{
    (void)fixture;
    lstm_real gap[60], filled[120];
    uint64_t bits[2] = {0};
    double want[10], got[10];
    draw_line(gap);
    for (int64_t t = 0; t < 60; t++) {
        filled[2 * t] = -1, filled[2 * t + 1] = gap[t];
        if (t % 13 == 5 || (t >= 40 && t < 47)) {
            gap[t] = (lstm_real)NAN;
            bits[(2 * t + 1) / 64] |= (uint64_t)1 << ((2 * t + 1) % 64);
        }
    }
    const lts_ridge_column with_gap = {gap, 1, 60, 60, 0, 1, NULL, 0};
    const lts_ridge_column made_up = {filled + 1, 2, 60, 60, 0, 1, bits, 1};
    fit_to(&with_gap, 1, want);
    fit_to(&made_up, 1, got);
    assert_memory_equal(got, want, sizeof want);
}

/* The line over the end of the training part would be one towards a row of the validation part. */
static void no_gap_is_bridged_over_the_end_of_the_training_part(void **fixture)
{
    (void)fixture;
    lstm_real x[60];
    double want[10], got[10];
    draw_line(x);
    x[39] = (lstm_real)NAN;
    const lts_ridge_column column = {x, 1, 40, 60, 0, 1, NULL, 0};
    fit_to(&column, 1, want);
    for (int64_t t = 40; t < 60; t++)
        x[t] += 100;
    fit_to(&column, 1, got);
    assert_memory_equal(got, want, sizeof want);
}

static void what_cannot_be_fitted_is_refused(void **fixture)
{
    (void)fixture;
    lts_ridge *ridge = (lts_ridge *)rows, *const before = ridge;
    lts_ridge_options options = {.L = TRAIN - 3, .H = 4, .n_block = 2, .penalty = 1};
    assert_status(lts_ridge_fit(&ridge, &options, COLUMNS, columns), LSTM_E_SHAPE, "33 + 4 rows");
    options = (lts_ridge_options){.L = INT64_MAX / 2, .H = 4, .n_block = 1, .penalty = 1};
    assert_status(lts_ridge_fit(&ridge, &options, COLUMNS, columns), LSTM_E_LIMIT, "too large");
    /* a base of the last value makes the last weight undetermined */
    options = options_of(1, 1e-300);
    assert_status(lts_ridge_fit(&ridge, &options, COLUMNS, columns), LSTM_E_NUMERIC, "1e-300");
    assert_ptr_equal(ridge, before);
}

static lstm_status attempt(void *unused)
{
    (void)unused;
    lts_ridge_options options = options_of(2, 0);
    lts_ridge *ridge;
    lstm_status status = lts_ridge_fit(&ridge, &options, COLUMNS, columns);
    if (status == LSTM_OK)
        lts_ridge_free(ridge);
    return status;
}

static void a_fit_without_memory_leaks_nothing(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    failing_allocator_sweep(&memory, attempt, NULL);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_coefficients_are_those_of_scikit_learn),
        cmocka_unit_test(each_block_takes_the_penalty_that_validation_prefers),
        cmocka_unit_test(without_validation_rows_the_penalty_is_the_default),
        cmocka_unit_test(a_forecast_is_base_plus_intercept_plus_weights_times_context),
        cmocka_unit_test(blocks_divide_the_horizon),
        cmocka_unit_test(an_offset_that_the_base_cancels_does_no_harm),
        cmocka_unit_test(short_gaps_are_bridged_and_longer_ones_left_out),
        cmocka_unit_test(filled_values_count_as_missing),
        cmocka_unit_test(no_gap_is_bridged_over_the_end_of_the_training_part),
        cmocka_unit_test(what_cannot_be_fitted_is_refused),
        cmocka_unit_test(a_fit_without_memory_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
