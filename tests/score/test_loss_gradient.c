/* SPDX-License-Identifier: MIT */
/* Gradients of all losses against central differences, in double. */
#include "loss_fixture.h"

enum { N = 4, K = 2, MOST = N * K * LTS_MAX_LEVELS };

/* The sum of w l with output i moved by h. */
static double sum_at(const lts_loss *loss, const real *y, int64_t i, double h, const real *target,
                     const real *weight)
{
    static real moved[MOST];
    memcpy(moved, y, sizeof moved);
    moved[i] += (real)h;
    return lts_loss_sum(loss, N, K, moved, target, weight, 1, NULL);
}

/*
 * The difference of fourth order, or, for losses that are polynomials between kinks, of second
 * order over a shorter distance, in which no kink is met.
 */
static double difference(const lts_loss *loss, const real *y, int64_t i, double h,
                         const real *target, const real *weight)
{
    double near = sum_at(loss, y, i, h, target, weight) - sum_at(loss, y, i, -h, target, weight);
    if (loss->kind < LSTM_LOSS_GAUSSIAN)
        return near / (2 * h);
    double far =
        sum_at(loss, y, i, 2 * h, target, weight) - sum_at(loss, y, i, -2 * h, target, weight);
    return (8 * near - far) / (12 * h);
}

/* Asserts dy of scale * sum of w l, within 1e-8 and the rounding of the sums. */
static void check_gradient(const char *name, const lts_loss *loss, const real *y,
                           const real *target, const real *weight)
{
    static real dy[MOST];
    const double scale = 0.7, h = loss->kind < LSTM_LOSS_GAUSSIAN ? 1e-5 : 1e-4;
    double sum = lts_loss_sum(loss, N, K, y, target, weight, scale, dy);
    for (int64_t i = 0; i < N * K * loss->n_out; i++) {
        double want = scale * difference(loss, y, i, h, target, weight);
        assert_close(name, "dy", i, (double)dy[i], want,
                     1e-8 * (1 + fabs(want)) + 4e-16 * fabs(sum) / h);
    }
}

static void check_kind(const lstm_loss_options *options)
{
    static const real weight[N * K] = {1, 0, 0.25, 3, 1, 1, 0, 2};
    static const double columns[K] = {0.5, 3};
    static real y[MOST], target[N * K];
    for (uint64_t seed = 1; seed < 40; seed++) {
        lstm_loss_options weighted = *options;
        lts_loss loss;
        draw_outputs(seed, MOST, y);
        draw_targets(seed, options->kind, N * K, target);
        assert_ok(lts_loss_read(&loss, &weighted));
        check_gradient(loss_names[options->kind], &loss, y, target, NULL);
        check_gradient(loss_names[options->kind], &loss, y, target, weight);
        weighted.n_column_weight = K;
        weighted.column_weights = columns;
        assert_ok(lts_loss_read(&loss, &weighted));
        check_gradient(loss_names[options->kind], &loss, y, target, weight);
    }
}

static void gradients_of_all_losses_agree_with_differences(void **fixture)
{
    (void)fixture;
    for (int64_t kind = 0; kind < N_LOSS; kind++) {
        lstm_loss_options options = loss_options_of(kind);
        check_kind(&options);
    }
}

static void gradients_with_other_constants_agree_with_differences(void **fixture)
{
    (void)fixture;
    static const double units[] = {0.5, 20}, levels[] = {0.02, 0.5, 0.6, 0.99}, half[] = {0.5};
    lstm_loss_options options = loss_options_of(LSTM_LOSS_HUBER);
    options.delta = 0.3;
    check_kind(&options);
    options = loss_options_of(LSTM_LOSS_QUANTILE);
    options.levels = levels;
    options.n_level = 4;
    check_kind(&options);
    options.levels = half;
    options.n_level = 1;
    check_kind(&options);
    options = loss_options_of(LSTM_LOSS_STUDENT_T);
    options.scale_floor = 0.2;
    options.freedom_floor = 30;
    check_kind(&options);
    options = loss_options_of(LSTM_LOSS_NEGATIVE_BINOMIAL);
    options.units = units;
    options.n_unit = 2;
    options.dispersion_floor = 0.1;
    check_kind(&options);
}

/* Far out the formulas change branches, or subtract what is large. */
static void gradients_far_from_0_agree_with_differences(void **fixture)
{
    (void)fixture;
    static const double far[] = {-60, -41, -39, -12, 12, 60};
    static real y[MOST], target[N * K];
    for (int64_t kind = 0; kind < N_LOSS; kind++)
        for (int i = 0; i < 6 * 6; i++) {
            lts_loss loss = loss_of(kind);
            if (loss.scale_floor > 0)
                loss.scale_floor = 0.1;
            draw_outputs(5, MOST, y);
            draw_targets(5, kind, N * K, target);
            for (int64_t at = 0; at < N * K * loss.n_out; at++)
                y[at] += (real)(at % 3 == 0 ? far[i % 6] : far[i / 6] / (double)(1 + at % 3));
            if (kind >= LSTM_LOSS_GAUSSIAN && kind <= LSTM_LOSS_STUDENT_T)
                for (int64_t at = 0; at < N * K; at++) /* within some deviations of the target */
                    y[at / K * loss.n_out * K + at % K] = target[at] + (real)0.05 * (real)(at - 3);
            check_gradient(loss_names[kind], &loss, y, target, NULL);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_of_all_losses_agree_with_differences),
        cmocka_unit_test(gradients_with_other_constants_agree_with_differences),
        cmocka_unit_test(gradients_far_from_0_agree_with_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
