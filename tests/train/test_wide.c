/* SPDX-License-Identifier: MIT */
/*
 * Updates whose outputs are scored, and passed backward, some calls at a time: those of a loss that
 * the caller computes are not, and need all outputs at once. Both have the same gradients.
 */
#include "assert_close.h"

#include <lstmts/updater.h>
#include <stdlib.h>
#include <string.h>

/* B K floats of a call are 11 KB: 23 calls have 256 KiB, so T calls are scored in two parts. */
enum { T = 40, B = 40, D = 70, N_WINDOW = 61 };

typedef struct wide_case {
    const char *name;
    int64_t H, L, pred;
    double dropout;
} wide_case;

static const wide_case cases[] = {
    {"wider than the layer", 9, 1, 1, 0},
    {"narrower than the layer", 75, 1, 3, 0},
    {"targets after the last input", 9, 2, T, 0.2},
    {"targets further than that", 9, 1, T + 1, 0},
};
enum { N_CASE = sizeof cases / sizeof *cases };

/* The squared error that is the default. */
static int squared(const lstm_loss_batch *batch, void *user)
{
    (void)user;
    int64_t n = batch->B * batch->K;
    double scale = 1 / (double)n;
    for (int64_t i = 0; i < batch->T * n; i++) {
        double error = (double)batch->y[i] - (double)batch->target[i];
        batch->step_loss[i / n] += error * error * scale;
        batch->dy[i] = (lstm_real)(2 * error * scale);
    }
    return 0;
}

typedef struct setup {
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
} setup;

static void open_series(setup *s, int64_t pred)
{
    int64_t n_row = N_WINDOW + T + pred - 1;
    lstm_real *rows = malloc((size_t)(n_row * D) * sizeof *rows);
    assert_non_null(rows);
    for (int64_t i = 0; i < n_row * D; i++)
        rows[i] = (lstm_real)sin(0.37 * (double)i + 0.001 * (double)(i * i % 1013));
    assert_ok(lstm_series_new(&s->series, rows, n_row, D));
    free(rows);
}

static void open_setup(setup *s, const wide_case *c, lstm_loss_fn fn, int64_t n_thread)
{
    lstm_model_options shape = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    memset(s, 0, sizeof *s);
    open_series(s, c->pred);
    shape.n_input = D, shape.n_hidden = c->H, shape.n_layer = c->L;
    windows.window_len = T, windows.batch_size = B, windows.pred = c->pred;
    windows.order = LSTM_ORDER_SEQUENTIAL;
    options.support_len = LSTM_TEACHER_FORCED;
    options.n_threads = n_thread;
    options.dropout = c->dropout;
    options.loss_fn = fn;
    assert_ok(lstm_model_new(&s->model, &shape));
    assert_ok(lstm_iter_new(&s->iter, s->series, &windows));
    assert_ok(lstm_updater_new(&s->updater, s->model, s->iter, &options));
}

static void close_setup(setup *s)
{
    lstm_updater_free(s->updater);
    lstm_iter_free(s->iter);
    lstm_model_free(s->model);
    lstm_series_free(s->series);
}

/* All gradients of the last backward pass, and its loss, within a tolerance. */
static void assert_same_results(const wide_case *c, const setup *one, const setup *other,
                                double tolerance)
{
    lstm_update_info info, infos;
    assert_ok(lstm_updater_info(one->updater, &info));
    assert_ok(lstm_updater_info(other->updater, &infos));
    assert_close(c->name, "loss", 0, info.loss, infos.loss, tolerance * info.loss);
    for (int64_t p = 0; p < lstm_model_parameters(one->model); p++) {
        lstm_parameter_info parameter;
        assert_ok(lstm_model_parameter(one->model, p, &parameter));
        lstm_real *g = calloc((size_t)parameter.size, sizeof *g);
        lstm_real *h = calloc((size_t)parameter.size, sizeof *h);
        assert_ok(lstm_updater_gradient(one->updater, parameter.name, g, parameter.size));
        assert_ok(lstm_updater_gradient(other->updater, parameter.name, h, parameter.size));
        for (int64_t i = 0; i < parameter.size; i++)
            assert_close(c->name, parameter.name, i, (double)g[i], (double)h[i], tolerance);
        free(g);
        free(h);
    }
}

/* A whole batch, a smaller one. */
static void compare(const wide_case *c, const setup *one, const setup *other, double tolerance)
{
    for (int i = 0; i < 2; i++) {
        assert_ok(lstm_updater_backward(one->updater));
        assert_ok(lstm_updater_backward(other->updater));
        assert_same_results(c, one, other, tolerance);
    }
    assert_status(lstm_updater_backward(one->updater), LSTM_END, NULL);
}

static void outputs_scored_in_parts_have_the_gradients_of_all_at_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_CASE; i++) {
        setup parts, all;
        open_setup(&parts, &cases[i], NULL, 1);
        open_setup(&all, &cases[i], squared, 1);
        compare(&cases[i], &parts, &all, TOLERANCE);
        close_setup(&parts);
        close_setup(&all);
    }
}

static void they_have_the_same_bits_on_three_threads(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_CASE; i++) {
        setup one, three;
        open_setup(&one, &cases[i], NULL, 1);
        open_setup(&three, &cases[i], NULL, 3);
        compare(&cases[i], &one, &three, 0);
        close_setup(&one);
        close_setup(&three);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_scored_in_parts_have_the_gradients_of_all_at_once),
        cmocka_unit_test(they_have_the_same_bits_on_three_threads),
    };
    setenv("LSTMTS_SPLIT", "1", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
