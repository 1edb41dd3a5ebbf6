/* SPDX-License-Identifier: MIT */
/* Values, locations and quantiles of the losses. Values of SciPy 1.17. */
#include "loss_fixture.h"

typedef struct loss_row {
    int64_t kind;
    double x; /* target or level */
    real y[3];
    double value;
} loss_row;

/*
 * from numpy import logaddexp; from scipy.stats import norm, t, nbinom
 * s = lambda y: float(logaddexp(0, y))
 * -norm.logpdf(v, a, 1e-3 + s(b))
 * -t.logpdf(v, 2.1 + s(c), a, 1e-3 + s(b))
 * m, d = s(a), 1e-4 + s(b); -nbinom.logpmf(v, 1 / d, 1 / (1 + d * m))
 * The row by mpmath: its probability, 1 - 3e-9, has lost digits before SciPy reads it.
 */
static const loss_row likelihoods[] = {
    {LSTM_LOSS_GAUSSIAN, 0, {0, 0}, 0.5538672679792519},
    {LSTM_LOSS_GAUSSIAN, 1.5, {-0.25, 2}, 2.0122550643249166},
    {LSTM_LOSS_GAUSSIAN, -30, {4, -8}, 324116351.75329065},
    {LSTM_LOSS_GAUSSIAN, 0.125, {0.125, -200}, -5.9888167457774646},
    {LSTM_LOSS_GAUSSIAN, 7, {3, 50}, 4.8341814104366616},
    {LSTM_LOSS_STUDENT_T, 0, {0, 0, 0}, 0.64168227588355464},
    {LSTM_LOSS_STUDENT_T, 1.5, {-0.25, 2, 3}, 2.1017912354273913},
    {LSTM_LOSS_STUDENT_T, -30, {4, -8, -20}, 24.714892684931581},
    {LSTM_LOSS_STUDENT_T, 0.125, {0.125, -200, 1e+06}, -5.9888164957779892},
    {LSTM_LOSS_STUDENT_T, 1000, {3, 1, 0.5}, 26.001797335557267},
    {LSTM_LOSS_NEGATIVE_BINOMIAL, 0, {0, 0}, 0.56602458873329564},
    {LSTM_LOSS_NEGATIVE_BINOMIAL, 3, {1.5, -1}, 2.083906492865415},
    {LSTM_LOSS_NEGATIVE_BINOMIAL, 0, {-20, 5}, 2.0611536261310847e-09},
    {LSTM_LOSS_NEGATIVE_BINOMIAL, 7, {-20, 0.5}, 140.11492964752214}, /* mpmath */
    {LSTM_LOSS_NEGATIVE_BINOMIAL, 1000, {990, -30}, 4.4663429958018241},
    {LSTM_LOSS_NEGATIVE_BINOMIAL, 123456, {100000, 2}, 13.193092904693966},
    {LSTM_LOSS_NEGATIVE_BINOMIAL, 5, {2, 300}, 7.3356474815770065},
};

/* The same with norm.ppf(q, a, ...), t.ppf(q, 2.1 + s(c), a, ...), nbinom.ppf(q, 1 / d, ...). */
static const loss_row quantiles[] = {
    {LSTM_LOSS_GAUSSIAN, 0.01, {1.5, -2}, 1.2023949434799077},
    {LSTM_LOSS_STUDENT_T, 0.01, {1.5, -2, 1}, 0.97176940522226618},
    {LSTM_LOSS_NEGATIVE_BINOMIAL, 0.01, {3, -1}, 0},
    {LSTM_LOSS_GAUSSIAN, 0.5, {1.5, -2}, 1.5},
    {LSTM_LOSS_STUDENT_T, 0.5, {1.5, -2, 1}, 1.5},
    {LSTM_LOSS_NEGATIVE_BINOMIAL, 0.5, {3, -1}, 3},
    {LSTM_LOSS_GAUSSIAN, 0.9, {1.5, -2}, 1.6639463428291283},
    {LSTM_LOSS_STUDENT_T, 0.9, {1.5, -2, 1}, 1.7028492440116214},
    {LSTM_LOSS_NEGATIVE_BINOMIAL, 0.9, {3, -1}, 6},
};

#define N_OF(table) (int64_t)(sizeof(table) / sizeof((table)[0]))

static void likelihoods_agree_with_scipy(void **fixture)
{
    (void)fixture;
    for (int64_t i = 0; i < N_OF(likelihoods); i++) {
        const loss_row *row = &likelihoods[i];
        lstm_loss_options options = loss_options_of(row->kind);
        real target = (real)row->x;
        double loss;
        assert_ok(lstm_loss_evaluate(&options, 1, 1, row->y, &target, NULL, &loss, NULL));
        assert_close(loss_names[row->kind], "loss", i, loss, row->value,
                     1e-12 + 1e-10 * fabs(row->value));
    }
}

static void quantiles_of_distributions_agree_with_scipy(void **fixture)
{
    (void)fixture;
    for (int64_t i = 0; i < N_OF(quantiles); i++) {
        const loss_row *row = &quantiles[i];
        lstm_loss_options options = loss_options_of(row->kind);
        real quantile;
        assert_ok(lstm_loss_quantiles(&options, 1, 1, row->y, &row->x, 1, &quantile));
        assert_close(loss_names[row->kind], "quantile", i, (double)quantile, row->value, 1e-6);
        assert_ok(lstm_loss_sample(&options, 1, 1, row->y, &row->x, &quantile));
        assert_close(loss_names[row->kind], "sample", i, (double)quantile, row->value, 1e-6);
    }
}

static double loss_at(const lstm_loss_options *options, real y, real target)
{
    double loss;
    assert_ok(lstm_loss_evaluate(options, 1, 1, &y, &target, NULL, &loss, NULL));
    return loss;
}

static void point_losses_are_those_of_their_formulas(void **fixture)
{
    (void)fixture;
    static const double one_level[] = {0.5};
    lstm_loss_options options = loss_options_of(LSTM_LOSS_MSE);
    assert_true(loss_at(&options, 3, 1) == 4 && loss_at(NULL, 3, 1) == 4);
    options.kind = LSTM_LOSS_MAE;
    assert_true(loss_at(&options, 1, 4) == 3);
    options.kind = LSTM_LOSS_HUBER;
    assert_true(loss_at(&options, 1, 1.5) == 0.125 && loss_at(&options, 1, 4) == 2.5);
    options.delta = 2;
    assert_true(loss_at(&options, 1, 3) == 2 && loss_at(&options, 4, 1) == 4);
    options = loss_options_of(LSTM_LOSS_QUANTILE);
    options.levels = one_level;
    options.n_level = 1;
    assert_true(loss_at(&options, 1, 4) == 3);
}

/* Levels .1, .5, .75, .9 with the parameters [.5], [.1], [.75], [.9]; softplus(0) is ln 2. */
static void quantiles_do_not_cross_and_are_scored_by_pinball(void **fixture)
{
    (void)fixture;
    static const double levels[] = {0.1, 0.5, 0.75, 0.9};
    static const double asked[] = {0.1, 0.5, 0.75, 0.9, 0.6, 0.01, 0.99};
    const real y[] = {2, 0, 0, 0};
    const double gap = log(2), x[] = {2 - gap, 2, 2 + gap, 2 + 2 * gap};
    lstm_loss_options options = loss_options_of(LSTM_LOSS_QUANTILE);
    options.levels = levels;
    options.n_level = 4;
    real q[7], target = 3;
    double loss, want = 0;
    assert_ok(lstm_loss_quantiles(&options, 1, 1, y, asked, 7, q));
    for (int i = 0; i < 4; i++) {
        assert_close("quantile", "own", i, (double)q[i], x[i], TOLERANCE);
        want += 0.5 * (3 > x[i] ? levels[i] * (3 - x[i]) : (1 - levels[i]) * (x[i] - 3));
    }
    assert_close("quantile", "between", 4, (double)q[4], 2 + 0.4 * gap, TOLERANCE);
    assert_close("quantile", "below", 5, (double)q[5], x[0] - gap / 0.4 * 0.1 * log(10), TOLERANCE);
    assert_close("quantile", "above", 6, (double)q[6], x[3] + gap / 0.15 * 0.1 * log(10),
                 TOLERANCE);
    assert_ok(lstm_loss_evaluate(&options, 1, 1, y, &target, NULL, &loss, NULL));
    assert_close("quantile", "loss", 0, loss, want, 1e-12);
}

static void the_location_is_the_first_output_or_the_mean_of_counts(void **fixture)
{
    (void)fixture;
    const real y[] = {1, -2, 30, 40, 50, 60};
    real location[2], dlocation[] = {1, 10};
    for (int64_t kind = 0; kind < N_LOSS; kind++) {
        lts_loss loss = loss_of(kind);
        lstm_loss_options options = loss_options_of(kind);
        bool counts = kind == LSTM_LOSS_NEGATIVE_BINOMIAL;
        real dy[22] = {100, 100, 0}, outputs[22] = {0};
        memcpy(outputs, y, sizeof y);
        assert_ok(lstm_loss_location(&options, 1, 2, outputs, location));
        assert_close(loss_names[kind], "location", 0, (double)location[0],
                     counts ? log1p(exp(1)) : 1, TOLERANCE);
        assert_close(loss_names[kind], "location", 1, (double)location[1],
                     counts ? log1p(exp(-2)) : -2, TOLERANCE);
        lts_loss_location_back(&loss, 1, 2, outputs, dlocation, dy);
        assert_close(loss_names[kind], "slope", 0, (double)dy[0],
                     100 + (counts ? 1 / (1 + exp(-1)) : 1), 20 * TOLERANCE);
        assert_close(loss_names[kind], "slope", 1, (double)dy[1],
                     100 + 10 * (counts ? 1 / (1 + exp(2)) : 1), 20 * TOLERANCE);
        assert_true(dy[2] == 0);
    }
}

/* A target of 1.5 with the unit 4 is the count 6. */
static void units_turn_targets_into_counts(void **fixture)
{
    (void)fixture;
    static const double units[] = {4};
    lstm_loss_options options = loss_options_of(LSTM_LOSS_NEGATIVE_BINOMIAL);
    const real y[] = {1, -1}, inverse[] = {(real)log(expm1(4 * log1p(exp(1)))), -1};
    real target = 1.5, count = 6, q, whole;
    double loss, want, level = 0.8;
    assert_ok(lstm_loss_evaluate(&options, 1, 1, inverse, &count, NULL, &want, NULL));
    assert_ok(lstm_loss_quantiles(&options, 1, 1, inverse, &level, 1, &whole));
    options.units = units;
    options.n_unit = 1;
    assert_ok(lstm_loss_evaluate(&options, 1, 1, y, &target, NULL, &loss, NULL));
    assert_close("units", "loss", 0, loss, want, TOLERANCE);
    assert_ok(lstm_loss_quantiles(&options, 1, 1, y, &level, 1, &q));
    assert_true(4 * q == whole);
}

static void without_weights_the_squared_error_keeps_its_bits(void **fixture)
{
    (void)fixture;
    lts_loss loss = loss_of(LSTM_LOSS_MSE);
    real y[60], target[60], dy[60], want[60];
    draw_outputs(1, 60, y);
    draw_targets(1, LSTM_LOSS_MSE, 60, target);
    double mean = lts_mean_squared_error(60, y, target, want);
    assert_true(lts_loss_step(&loss, 0, 0, 12, 5, y, target, NULL, dy) == mean);
    assert_memory_equal(dy, want, sizeof dy);
}

/* The masked targets are NaN and their outputs infinite: neither is read. */
static void a_target_of_weight_0_is_as_if_it_were_not_there(void **fixture)
{
    (void)fixture;
    static const real weight[] = {1, 0, 1};
    for (int64_t kind = 0; kind < N_LOSS; kind++) {
        lts_loss loss = loss_of(kind);
        int64_t n = loss.n_out;
        real y[33], dy[33], two[22], dtwo[22], target[3], both[2];
        draw_outputs(3, 3 * n, y);
        draw_targets(3, kind, 3, target);
        memcpy(two, y, (size_t)n * sizeof *y);
        memcpy(two + n, y + 2 * n, (size_t)n * sizeof *y);
        both[0] = target[0];
        both[1] = target[2];
        for (int64_t o = 0; o < n; o++)
            y[n + o] = INFINITY;
        target[1] = NAN;
        double want = lts_loss_sum(&loss, 2, 1, two, both, NULL, 0.5, dtwo) / 2;
        double got = lts_loss_step(&loss, 0, 0, 3, 1, y, target, weight, dy);
        assert_close(loss_names[kind], "mean", 0, got, want, 0);
        assert_memory_equal(dy, dtwo, (size_t)n * sizeof *dy);
        assert_memory_equal(dy + 2 * n, dtwo + n, (size_t)n * sizeof *dy);
        for (int64_t o = 0; o < n; o++)
            assert_true(dy[n + o] == 0);
    }
}

static void weights_of_columns_and_targets_multiply(void **fixture)
{
    (void)fixture;
    static const double columns[] = {2, 0.5};
    static const real weight[] = {1, 3, 0, 4}, target[] = {0, 0, 0, 0}, y[] = {1, 2, 3, 4};
    lstm_loss_options options = LSTM_LOSS_OPTIONS_INIT;
    options.column_weights = columns;
    options.n_column_weight = 2;
    real dy[4];
    double loss, total = 2 + 1.5 + 0 + 2;
    assert_ok(lstm_loss_evaluate(&options, 2, 2, y, target, weight, &loss, dy));
    assert_close("weights", "loss", 0, loss, (2 * 1 + 1.5 * 4 + 2 * 16) / total, TOLERANCE);
    assert_close("weights", "dy", 3, (double)dy[3], 2 * 2 * 4 / total, TOLERANCE);
    assert_true(dy[2] == 0);
}

/* Two steps of two targets with the errors 1, 2 and 3, 4, of which the second is masked. */
static void both_reductions_weigh_steps(void **fixture)
{
    (void)fixture;
    static const double steps[] = {2, 5};
    static const real y[] = {1, 2, 3, 4}, target[] = {0, 0, 0, 0}, weight[] = {1, 0, 1, 1};
    lstm_loss_options options = LSTM_LOSS_OPTIONS_INIT;
    options.step_weights = steps;
    options.n_step_weight = 2;
    for (int64_t reduction = 0; reduction < 2; reduction++) {
        lts_loss loss;
        real dy[4];
        options.reduction = reduction;
        assert_ok(lts_loss_read(&loss, &options));
        double total = lts_loss_total(&loss, 2, 2, 1, weight), sum = 0;
        assert_true(total == 2 * 1 + 5 * 2 && lts_loss_total(&loss, 2, 2, 1, NULL) == 14);
        for (int64_t t = 0; t < 2; t++)
            sum +=
                lts_loss_step(&loss, t, total, 2, 1, y + 2 * t, target, weight + 2 * t, dy + 2 * t);
        bool mean = reduction == LSTM_REDUCTION_MEAN;
        assert_close("reduction", "loss", reduction, sum,
                     mean ? (2 * 1 + 5 * 9 + 5 * 16) / 12.0 : 2 * 1 + 5 * (9 + 16) / 2.0, 1e-12);
        assert_close("reduction", "dy", 3, (double)dy[3], 2 * 4 * (mean ? 5 / 12.0 : 5 / 2.0),
                     TOLERANCE);
        assert_true(dy[1] == 0);
    }
}

static void nothing_scored_is_a_loss_of_0(void **fixture)
{
    (void)fixture;
    static const real none[] = {0, 0}, y[] = {1, 2}, target[] = {3, 4};
    lts_loss loss = loss_of(LSTM_LOSS_HUBER);
    real dy[] = {7, 7};
    assert_true(lts_loss_step(&loss, 0, 0, 2, 1, y, target, none, dy) == 0);
    assert_true(dy[0] == 0 && dy[1] == 0);
}

static void losses_and_gradients_are_finite_for_all_finite_outputs(void **fixture)
{
    (void)fixture;
    static const real sizes[] = {0, (real)1e-30, 1, 50, 800, (real)1e10, (real)3e38};
    for (int64_t kind = 0; kind < N_LOSS; kind++) {
        lts_loss loss = loss_of(kind);
        bool counts = kind == LSTM_LOSS_NEGATIVE_BINOMIAL;
        for (int code = 0; code < 14 * 14 * 14 * 14; code++) {
            real y[11], dy[11], target = sizes[code % 7] * (real)(code % 14 < 7 || counts ? 1 : -1);
            for (int o = 0, rest = code / 14; o < 11; o++, rest /= 14)
                y[o] = sizes[rest % 7] * (real)(rest % 14 < 7 ? 1 : -1);
            double sum = lts_loss_sum(&loss, 1, 1, y, &target, NULL, 1, dy);
            if (!isfinite(sum) || !lts_all_finite(dy, loss.n_out))
                fail_msg("%s, case %d: loss %g, dy %g ..", loss_names[kind], code, sum,
                         (double)dy[0]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(likelihoods_agree_with_scipy),
        cmocka_unit_test(quantiles_of_distributions_agree_with_scipy),
        cmocka_unit_test(point_losses_are_those_of_their_formulas),
        cmocka_unit_test(quantiles_do_not_cross_and_are_scored_by_pinball),
        cmocka_unit_test(the_location_is_the_first_output_or_the_mean_of_counts),
        cmocka_unit_test(units_turn_targets_into_counts),
        cmocka_unit_test(without_weights_the_squared_error_keeps_its_bits),
        cmocka_unit_test(a_target_of_weight_0_is_as_if_it_were_not_there),
        cmocka_unit_test(weights_of_columns_and_targets_multiply),
        cmocka_unit_test(both_reductions_weigh_steps),
        cmocka_unit_test(nothing_scored_is_a_loss_of_0),
        cmocka_unit_test(losses_and_gradients_are_finite_for_all_finite_outputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
