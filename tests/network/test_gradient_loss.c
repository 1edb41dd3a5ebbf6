/* SPDX-License-Identifier: MIT */
/*
 * Gradients of every loss through every kind of plan; double build only.
 * support/gradient_case.h says how gradients are compared.
 */
#include "assert_close.h"
#include "gradient_case.h"

#ifndef LSTMTS_TEST_DOUBLE
#error "differences of a loss in float say nothing about a gradient"
#endif

enum { N_PLAN = 40, MAX_STEP = 16 };

static const double step_weights[MAX_STEP] = {0.5, 2, 1, 0, 1, 3, 0.25, 1, 1, 1, 1, 1, 1, 1, 1, 1};
static const double column_weights[RANDOM_MAX_COLUMNS] = {1, 0.5, 2, 0, 1, 1};
static const double levels[] = {0.1, 0.5, 0.7, 0.95};

/*
 * A loss with a kink has a wrong difference if a kink lies within a step h, so h is small there;
 * the rounding that this allows for is in the tolerance.
 */
static bool has_kink(int64_t kind)
{
    return kind == LSTM_LOSS_MAE || kind == LSTM_LOSS_HUBER || kind == LSTM_LOSS_QUANTILE;
}

static lstm_loss_options loss_of(int64_t kind, int64_t number)
{
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    loss.kind = kind;
    loss.reduction = number % 2 == 0 ? LSTM_REDUCTION_STEPS : LSTM_REDUCTION_MEAN;
    if (kind == LSTM_LOSS_HUBER)
        loss.delta = 0.3;
    if (kind == LSTM_LOSS_QUANTILE) {
        loss.n_level = 4;
        loss.levels = levels;
    }
    return loss;
}

/* Columns and steps are weighted in some cases. */
static void add_weights(lstm_loss_options *loss, const random_plan *random, int64_t number)
{
    if (number % 3 == 0) {
        loss->n_column_weight = random->K;
        loss->column_weights = column_weights;
    }
    if (number % 4 < 2) {
        loss->n_step_weight = random->plan.T;
        loss->step_weights = step_weights;
    }
}

static void check_loss(int64_t kind)
{
    int64_t n_checked = 0;
    for (uint64_t number = 0; number < N_PLAN; number++) {
        gradient_case c;
        random_stream stream = number;
        lstm_loss_options loss = loss_of(kind, (int64_t)number);
        c.step = has_kink(kind) ? 1e-5 : 1.0 / 512;
        random_plan_open(&c.random, number);
        add_weights(&loss, &c.random, (int64_t)number);
        random_plan_for_loss(&c.random, &loss, kind == LSTM_LOSS_NEGATIVE_BINOMIAL);
        if (random_plan_size(&c.random) <= GRADIENT_MAX_SIZE) {
            const random_recipe recipe = {.optimizer = LSTM_OPTIMIZER_OPTIONS_INIT, .loss = &loss};
            random_plan_train(&c.random, &recipe);
            gradient_case_take(&c);
            gradient_case_check_elements(&c, &stream);
            gradient_case_check_direction(&c, &stream);
            n_checked++;
        }
        random_plan_close(&c.random);
    }
    assert_in_range(n_checked, N_PLAN * 3 / 4, N_PLAN);
}

static void gradients_of_every_loss_equal_differences(void **state)
{
    (void)state;
    for (int64_t kind = LSTM_LOSS_MSE; kind <= LSTM_LOSS_NEGATIVE_BINOMIAL; kind++)
        check_loss(kind);
}

/* Couples all steps and windows: sum over outputs of sin(y) times the sum of all y squared. */
static int coupled(const lstm_loss_batch *batch, void *user)
{
    int64_t n = batch->T * batch->B * batch->n_output;
    double sines = 0, squares = 0;
    (void)user;
    for (int64_t i = 0; i < n; i++) {
        sines += sin(batch->y[i]) / (double)n;
        squares += batch->y[i] * batch->y[i];
    }
    batch->step_loss[batch->T - 1] = sines * squares;
    for (int64_t i = 0; i < n; i++)
        batch->dy[i] = cos(batch->y[i]) / (double)n * squares + 2 * batch->y[i] * sines;
    return 0;
}

static void gradients_of_a_callers_loss_equal_differences(void **state)
{
    (void)state;
    int64_t n_checked = 0;
    for (uint64_t number = 0; number < 3 * N_PLAN; number++) {
        gradient_case c;
        random_stream stream = number;
        const random_recipe recipe = {.optimizer = LSTM_OPTIMIZER_OPTIONS_INIT, .loss_fn = coupled};
        c.step = 1.0 / 512;
        random_plan_open(&c.random, number);
        c.random.plan.article = false;
        if (random_plan_size(&c.random) <= GRADIENT_MAX_SIZE) {
            random_plan_train(&c.random, &recipe);
            gradient_case_take(&c);
            gradient_case_check_elements(&c, &stream);
            gradient_case_check_direction(&c, &stream);
            n_checked++;
        }
        random_plan_close(&c.random);
    }
    assert_in_range(n_checked, 2 * N_PLAN, 3 * N_PLAN);
}

/* The mean loss of one step of the last batch, from its outputs and targets by loss.h. */
static double loss_of_step(const random_plan *random, const lstm_loss_options *options, int64_t t)
{
    enum { MAX_OUTPUT = RANDOM_MAX_BATCH * RANDOM_MAX_COLUMNS * 4 };
    static double target[MAX_STEP * RANDOM_MAX_BATCH * RANDOM_MAX_COLUMNS];
    lstm_loss_options loss = *options;
    double y[MAX_OUTPUT], mean = 0;
    int64_t n_out, step = -1, B = random->B, K = random->K;
    assert_ok(lstm_loss_outputs(&loss, &n_out));
    assert_ok(lstm_iter_read(random->iter, NULL, target));
    for (int64_t call = 0; step != t; call++)
        assert_ok(lstm_updater_output(random->updater, call, y, B * n_out * K, &step));
    loss.n_step_weight = 0;
    loss.step_weights = NULL;
    assert_ok(lstm_loss_evaluate(&loss, B, K, y, target + t * B * K, NULL, &mean, NULL));
    return mean;
}

/*
 * Every window has the same weights here, so the weighted mean over all elements is the weighted
 * mean of the steps' means.
 */
static void the_loss_is_reduced_as_documented(void **state)
{
    (void)state;
    for (int64_t kind = LSTM_LOSS_MSE; kind <= LSTM_LOSS_NEGATIVE_BINOMIAL; kind++)
        for (uint64_t number = 0; number < N_PLAN; number++) {
            random_plan random;
            lstm_update_info info;
            lstm_loss_options loss = loss_of(kind, (int64_t)number);
            random_plan_open(&random, number);
            add_weights(&loss, &random, (int64_t)number);
            random_plan_for_loss(&random, &loss, kind == LSTM_LOSS_NEGATIVE_BINOMIAL);
            const random_recipe recipe = {.optimizer = LSTM_OPTIMIZER_OPTIONS_INIT, .loss = &loss};
            random_plan_train(&random, &recipe);
            assert_ok(lstm_updater_backward(random.updater));
            assert_ok(lstm_updater_info(random.updater, &info));
            double sum = 0, weights = 0;
            for (int64_t t = 0; t < random.plan.T; t++) {
                double weight = loss.n_step_weight == 0 ? 1 : step_weights[t];
                sum += weight * loss_of_step(&random, &loss, t);
                weights += weight;
            }
            double want = loss.reduction == LSTM_REDUCTION_STEPS ? sum : sum / weights;
            assert_close(random.name, "loss", kind, info.loss, want,
                         TOLERANCE * fmax(1, fabs(want)));
            random_plan_close(&random);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_of_every_loss_equal_differences),
        cmocka_unit_test(gradients_of_a_callers_loss_equal_differences),
        cmocka_unit_test(the_loss_is_reduced_as_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
