/* SPDX-License-Identifier: MIT */
/*
 * Compares outputs, states, losses and forecasts of random models with reference.h, which shares no
 * code with the library: this detects an error common to loss and gradient.
 */
#include "assert_close.h"
#include "random_plan.h"
#include <stdlib.h>

enum { N_CASE = 300, MAX_CALLS = 64, MAX_K = RANDOM_MAX_COLUMNS, MAX_STATE = 64 };

/* One window, unrolled by the reference. */
typedef struct unrolled {
    double y[MAX_CALLS * MAX_K], state[MAX_STATE];
    int64_t target_step[MAX_CALLS];
} unrolled;

/* Largest errors, printed at the end. */
typedef struct largest_errors {
    double output, state, loss, valid, pred;
} largest_errors;

static void check(const random_plan *random, const char *what, int64_t element, double got,
                  double want, double *largest)
{
    double error = assert_close(random->name, what, element, got, want, TOLERANCE);
    *largest = fmax(*largest, error);
}

static void check_outputs(const random_plan *random, const unrolled *windows, double *largest)
{
    int64_t n_call = reference_calls(&random->plan);
    assert_int_equal(lstm_updater_calls(random->updater), n_call);
    for (int64_t call = 0; call < n_call; call++) {
        lstm_real y[RANDOM_MAX_BATCH * MAX_K];
        int64_t target_step = -2;
        assert_ok(
            lstm_updater_output(random->updater, call, y, random->B * random->K, &target_step));
        for (int64_t b = 0; b < random->B; b++) {
            assert_int_equal(target_step, windows[b].target_step[call]);
            for (int64_t k = 0; k < random->K; k++)
                check(random, "outputs", (call * random->B + b) * random->K + k,
                      (double)y[b * random->K + k], windows[b].y[call * random->K + k], largest);
        }
    }
}

static void check_state(const random_plan *random, const unrolled *windows, double *largest)
{
    lstm_real state[MAX_STATE * RANDOM_MAX_BATCH];
    int64_t B = random->B, H = random->H, n = random->L * 2;
    assert_ok(lstm_updater_state(random->updater, state, n * B * H));
    for (int64_t part = 0; part < n; part++)
        for (int64_t b = 0; b < B; b++)
            for (int64_t j = 0; j < H; j++) {
                int64_t i = (part * B + b) * H + j;
                check(random, "state", i, (double)state[i], windows[b].state[part * H + j],
                      largest);
            }
}

/* The sum over the window's columns of the squared error of the call scored at step t. */
static double squared_error(const random_plan *random, const unrolled *window, int64_t offset,
                            int64_t t)
{
    double target[MAX_K], sum = 0;
    int64_t call = 0;
    while (window->target_step[call] != t)
        call++;
    reference_target(&random->plan, offset, t, target);
    for (int64_t k = 0; k < random->K; k++) {
        double error = window->y[call * random->K + k] - target[k];
        sum += error * error;
    }
    return sum;
}

static void check_losses(const random_plan *random, const unrolled *windows, double *largest)
{
    int64_t T = random->plan.T;
    double losses[MAX_CALLS], sum = 0;
    assert_ok(lstm_updater_step_losses(random->updater, losses, T));
    for (int64_t t = 0; t < T; t++) {
        double want = 0;
        for (int64_t b = 0; b < random->B; b++)
            want += squared_error(random, &windows[b], random->offsets[b], t);
        want /= (double)(random->B * random->K);
        check(random, "step losses", t, losses[t], want, largest);
        sum += want;
    }
    lstm_update_info info;
    assert_ok(lstm_updater_info(random->updater, &info));
    check(random, "loss", 0, info.loss, sum, largest);
}

/* Compares all results of the last backward pass with the reference on the same windows. */
static void check_unroll(const random_plan *random, const reference_net *net,
                         largest_errors *largest)
{
    unrolled windows[RANDOM_MAX_BATCH];
    for (int64_t b = 0; b < random->B; b++)
        reference_unroll(net, &random->plan, random->offsets[b], windows[b].y,
                         windows[b].target_step, windows[b].state);
    check_outputs(random, windows, &largest->output);
    check_state(random, windows, &largest->state);
    check_losses(random, windows, &largest->loss);
}

static void an_unroll_equals_the_reference(void **state)
{
    random_census census = {0};
    for (uint64_t number = 0; number < N_CASE; number++) {
        random_plan random;
        reference_net net;
        random_plan_open(&random, number);
        random_plan_train(&random, NULL);
        reference_net_open(&net, random.model);
        assert_ok(lstm_updater_backward(random.updater));
        check_unroll(&random, &net, *state);
        random_census_add(&census, &random);
        reference_net_close(&net);
        random_plan_close(&random);
    }
    random_census_check(&census);
}

/* One pass; returns whether its last batch was smaller than the others. */
static bool check_pass(random_plan *random, const reference_net *net, largest_errors *largest)
{
    int64_t full = random->B, n_window = lstm_iter_windows(random->iter);
    bool smaller = n_window > full && n_window % full != 0;
    for (int64_t first = 0; first < n_window; first += full) {
        random->B = n_window - first < full ? n_window - first : full;
        for (int64_t b = 0; b < random->B; b++)
            random->offsets[b] = first + b;
        assert_ok(lstm_updater_backward(random->updater));
        check_unroll(random, net, largest);
    }
    random->B = full;
    assert_status(lstm_updater_backward(random->updater), LSTM_END, NULL);
    assert_ok(lstm_iter_reset(random->iter));
    return smaller;
}

static void passes_with_a_smaller_last_batch_equal_the_reference(void **state)
{
    int64_t n_smaller = 0;
    for (uint64_t number = 0; number < N_CASE; number++) {
        random_plan random;
        reference_net net;
        random_plan_open(&random, number);
        random_plan_sequential(&random);
        random_plan_train(&random, NULL);
        reference_net_open(&net, random.model);
        n_smaller += check_pass(&random, &net, *state);
        check_pass(&random, &net, *state);
        reference_net_close(&net);
        random_plan_close(&random);
    }
    assert_in_range(n_smaller, 50, N_CASE);
}

/* The table of lstm_valid() by the reference, [T, K+1], over windows 0 .. n_window-1. */
static void reference_valid(const random_plan *random, const reference_net *net, int64_t n_window,
                            double *rmse)
{
    int64_t K = random->K, T = random->plan.T;
    memset(rmse, 0, (size_t)(T * (K + 1)) * sizeof *rmse);
    for (int64_t offset = 0; offset < n_window; offset++) {
        unrolled window;
        double target[MAX_K];
        reference_unroll(net, &random->plan, offset, window.y, window.target_step, window.state);
        for (int64_t t = 0; t < T; t++) {
            reference_target(&random->plan, offset, t, target);
            for (int64_t k = 0; k < K; k++) {
                double square = pow(window.y[t * K + k] - target[k], 2);
                rmse[t * (K + 1) + k] += square / (double)n_window;
                rmse[t * (K + 1) + K] += square / (double)(n_window * K);
            }
        }
    }
    for (int64_t i = 0; i < T * (K + 1); i++)
        rmse[i] = sqrt(rmse[i]);
}

static void check_valid(const random_plan *random, const reference_net *net, int64_t rule,
                        double *largest)
{
    const reference_plan *plan = &random->plan;
    int64_t lost = rule == LSTM_WINDOWS_ARTICLE ? 2 : 0;
    int64_t n_window = plan->n_row - plan->T - plan->pred + 1 - lost;
    double got[MAX_CALLS * MAX_K], want[MAX_CALLS * MAX_K];
    lstm_valid_options options = LSTM_VALID_OPTIONS_INIT;
    options.window_len = plan->T;
    options.support_len = plan->support_len;
    options.pred = plan->pred;
    options.feedback_lag = plan->lag;
    options.window_rule = rule;
    int64_t size = plan->T * (random->K + 1);
    assert_ok(lstm_valid(random->model, random->series, &options, got, size));
    reference_valid(random, net, n_window, want);
    for (int64_t i = 0; i < size; i++)
        check(random, "valid", i, got[i], want[i], largest);
}

static void valid_equals_the_reference(void **state)
{
    largest_errors *largest = *state;
    for (uint64_t number = 0; number < N_CASE; number++) {
        random_plan random;
        reference_net net;
        random_plan_open(&random, number);
        random.plan.article = false;
        reference_net_open(&net, random.model);
        check_valid(&random, &net, LSTM_WINDOWS_ALL, &largest->valid);
        check_valid(&random, &net, LSTM_WINDOWS_ARTICLE, &largest->valid);
        reference_net_close(&net);
        random_plan_close(&random);
    }
}

/* Number of steps of a forecast: with covariates at most their rows, else also more. */
static int64_t draw_steps(const random_plan *random, random_stream *stream)
{
    const reference_plan *plan = &random->plan;
    for (int64_t c = 0; c < plan->n_column; c++)
        if (random->role[c] == LSTM_ROLE_KNOWN)
            return random_int(stream, 1, plan->n_row - plan->pred);
    for (int64_t c = 0; c < plan->n_column; c++)
        if (random->role[c] == LSTM_ROLE_INPUT || plan->support_len >= plan->n_row)
            return random_int(stream, 1, plan->n_row);
    return random_int(stream, 1, plan->n_row + 20);
}

static void check_pred(const random_plan *random, const reference_net *net, double *largest)
{
    const reference_plan *plan = &random->plan;
    lstm_real y[MAX_CALLS * MAX_K], truth[MAX_CALLS * MAX_K];
    unrolled run;
    double target[MAX_K];
    lstm_pred_options options = LSTM_PRED_OPTIONS_INIT;
    options.n_step = plan->T;
    options.support_len = plan->support_len;
    options.pred = plan->pred;
    options.feedback_lag = plan->lag;
    assert_ok(lstm_pred(random->model, random->series, &options, y, truth));
    reference_unroll(net, plan, 0, run.y, run.target_step, run.state);
    for (int64_t t = 0; t < plan->T; t++) {
        reference_target(plan, 0, t, target);
        for (int64_t k = 0; k < random->K; k++) {
            int64_t i = t * random->K + k;
            check(random, "pred", i, (double)y[i], run.y[i], largest);
            check(random, "truth", i, (double)truth[i], target[k], largest);
        }
    }
}

static void pred_equals_the_reference(void **state)
{
    largest_errors *largest = *state;
    int64_t n_beyond = 0;
    for (uint64_t number = 0; number < N_CASE; number++) {
        random_plan random;
        reference_net net;
        random_stream stream = number;
        random_plan_open(&random, number);
        random.plan.article = false;
        random.plan.T = draw_steps(&random, &stream);
        n_beyond += random.plan.T > random.plan.n_row;
        reference_net_open(&net, random.model);
        check_pred(&random, &net, &largest->pred);
        reference_net_close(&net);
        random_plan_close(&random);
    }
    assert_in_range(n_beyond, 20, N_CASE);
}

static int open_errors(void **state)
{
    *state = calloc(1, sizeof(largest_errors));
    return *state == NULL;
}

static int report_errors(void **state)
{
    const largest_errors *largest = *state;
    print_message("largest errors: outputs %.2g, state %.2g, losses %.2g, valid %.2g, pred %.2g; "
                  "allowed %.0e\n",
                  largest->output, largest->state, largest->loss, largest->valid, largest->pred,
                  TOLERANCE);
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unroll_equals_the_reference),
        cmocka_unit_test(passes_with_a_smaller_last_batch_equal_the_reference),
        cmocka_unit_test(valid_equals_the_reference),
        cmocka_unit_test(pred_equals_the_reference),
    };
    return cmocka_run_group_tests(tests, open_errors, report_errors);
}
