/* SPDX-License-Identifier: MIT */
/* Sample paths from distributions, and what holds for both kinds: bits, memory, files. */
#include "failing_allocator.h"
#include "forecaster/forecaster.h"
#include "paths_fixture.h"
#include "scratch.h"

#include <lstmts/state.h>

static lstm_view_options plain_view(void)
{
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.context_len = 2;
    return view;
}

/* A column that returns slowly to its mean: what is fed back matters. */
static lstm_dataset *new_column(void)
{
    lstm_dataset *data = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_real *rows = new_rows(ROWS);
    for (int64_t t = 1; t < ROWS; t++)
        rows[t] = (lstm_real)(0.9 * (double)rows[t - 1] + noise(t));
    add_rows(data, rows, ROWS);
    return data;
}

/* Mean and variance of n standard normal numbers. */
static void assert_normal(const double *z, int64_t n, const char *what)
{
    double sum = 0, square = 0;
    for (int64_t i = 0; i < n; i++) {
        sum += z[i];
        square += z[i] * z[i];
    }
    double mean = sum / (double)n, variance = square / (double)n;
    if (!(fabs(mean) < 5 / sqrt((double)n) && fabs(variance - 1) < 5 * sqrt(2 / (double)n)))
        fail_msg("%s: mean %g, variance %g of %d", what, mean, variance, (int)n);
}

/* Step h of paths of one network, by its outputs for these states; then feeds the paths. */
static void check_step(lstm_state *state, const lstm_real *fed, const lstm_real *paths, int64_t h,
                       int64_t steps, int64_t n, int64_t N)
{
    const double floor_of_scale = 0.001;
    lstm_real *y = new_rows(2 * n);
    double *z = calloc((size_t)n, sizeof *z);
    assert_non_null(z);
    assert_ok(lstm_state_step(state, fed, y));
    for (int64_t p = 0; p < n; p++) {
        double deviation = floor_of_scale + log1p(exp((double)y[2 * p + 1]));
        z[p] = ((double)paths[p * N * steps + h] - (double)y[2 * p]) / deviation;
    }
    assert_normal(z, n, h == 0 ? "the first step" : "a fed step");
    free(y);
    free(z);
}

/* Paths i, i + N, ... are those of network i, in which each sample is the next input. */
static void samples_are_fed_back(void **fixture)
{
    (void)fixture;
    enum { N = 2, EACH = 3000, STEPS = 3 * H };
    const lstm_view_options view = plain_view();
    const lstm_loss_options loss = loss_of(LSTM_LOSS_GAUSSIAN);
    lstm_forecaster_options options = of_networks(LSTM_USE_NETWORKS, &view, &loss);
    options.n_update = 300, options.n_hidden = 8, options.learning_rate = 0.02;
    options.dropout = LSTM_ZERO;
    lstm_dataset *data = new_column();
    lstm_forecaster *f = fit_new(&options, data);
    lstm_real *paths = draw(f, data, 0, ROWS, STEPS, N * EACH, 5), *fed = new_rows(EACH);
    for (int64_t i = 0; i < N; i++) {
        const lstm_real *own = paths + i * STEPS;
        lstm_state *state = NULL;
        assert_ok(lstm_state_new(&state, lstm_forecaster_model(f, i), EACH));
        for (int64_t p = 0; p < EACH; p++)
            fed[p] = lstm_dataset_data(data, 0)[ROWS - 2];
        assert_ok(lstm_state_warm(state, fed, 1));
        for (int64_t p = 0; p < EACH; p++)
            fed[p] = lstm_dataset_data(data, 0)[ROWS - 1];
        for (int64_t h = 0; h < STEPS; h++) {
            check_step(state, fed, own, h, STEPS, EACH, N);
            for (int64_t p = 0; p < EACH; p++)
                fed[p] = own[p * N * STEPS + h];
        }
        lstm_state_free(state);
    }
    free(fed);
    free(paths);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

/* Samples of counts are counts. */
static void counts_are_drawn_from_counts(void **fixture)
{
    (void)fixture;
    const lstm_view_options view = plain_view();
    const lstm_loss_options loss = loss_of(LSTM_LOSS_NEGATIVE_BINOMIAL);
    const lstm_forecaster_options options = of_networks(LSTM_USE_NETWORKS, &view, &loss);
    lstm_dataset *data = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_real *rows = new_rows(ROWS);
    for (int64_t t = 0; t < ROWS; t++)
        rows[t] = (lstm_real)(t * t % 7);
    add_rows(data, rows, ROWS);
    lstm_forecaster *f = fit_new(&options, data);
    lstm_real *paths = draw(f, data, 0, ROWS, H, 500, 1);
    double sum = 0;
    for (int64_t i = 0; i < 500 * H; i++) {
        assert_true(paths[i] >= 0 && (double)paths[i] == floor((double)paths[i]));
        sum += (double)paths[i];
    }
    assert_true(sum > 0);
    free(paths);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

/* Each sample is restored by itself: scales, differences, segments and channels. */
static void samples_are_in_units_of_the_data(void **fixture)
{
    (void)fixture;
    for (int64_t kind = LSTM_LOSS_QUANTILE; kind <= LSTM_LOSS_STUDENT_T; kind++) {
        lstm_view_options view = plain_view();
        const lstm_loss_options loss = loss_of(kind);
        view.segment_len = 3, view.channels = LSTM_CHANNELS_INDEPENDENT;
        view.scaling = LSTM_SCALING_STANDARD, view.scale_series = 1, view.difference = 1;
        const lstm_forecaster_options options = of_networks(LSTM_USE_NETWORKS, &view, &loss);
        lstm_dataset *data = new_walks(0);
        lstm_forecaster *f = fit_new(&options, data);
        for (int64_t s = 0; s < 2; s++) {
            const double level = 100 * (double)(s + 1);
            lstm_real *paths = draw(f, data, s, ROWS, H, 200, 1);
            int64_t near = 0;
            for (int64_t i = 0; i < 200 * H * K; i++)
                near += fabs((double)paths[i] - level) < 40;
            assert_true(near > 180 * H * K); /* tails are long */
            assert_memory_not_equal(paths, paths + H * K, H * K * sizeof *paths);
            free(paths);
        }
        lstm_forecaster_free(f);
        lstm_dataset_free(data);
    }
}

/* Threads, repetition, fewer paths, a file: the same bits. Another seed: others. */
static void check_bits(int64_t use)
{
    enum { FEW = 300, MANY = 700 };
    const size_t few = FEW * H * K * sizeof(lstm_real);
    const lstm_view_options view = plain_view();
    const lstm_loss_options loss = loss_of(LSTM_LOSS_STUDENT_T);
    lstm_forecaster_options options = of_networks(use, &view, &loss);
    lstm_dataset *data = new_walks(0);
    lstm_forecaster *one = fit_new(&options, data), *three, *loaded = NULL;
    options.n_threads = 3;
    three = fit_new(&options, data);
    assert_ok(lstm_forecaster_save(one, scratch("paths")));
    assert_ok(lstm_forecaster_load(&loaded, scratch("paths")));
    lstm_real *many = draw(one, data, 1, ROWS, H, MANY, 9);
    lstm_real *threads = draw(three, data, 1, ROWS, H, FEW, 9);
    lstm_real *again = draw(loaded, data, 1, ROWS, H, FEW, 9);
    lstm_real *other = draw(one, data, 1, ROWS, H, FEW, 10);
    assert_memory_equal(many, threads, few);
    assert_memory_equal(many, again, few);
    assert_memory_not_equal(many, other, few);
    free(many);
    free(threads);
    free(again);
    free(other);
    lstm_forecaster_free(one);
    lstm_forecaster_free(three);
    lstm_forecaster_free(loaded);
    lstm_dataset_free(data);
}

static void bits_depend_on_the_seed_alone(void **fixture)
{
    (void)fixture;
    setenv("LSTMTS_SPLIT", "1", 1);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++)
        check_bits(use);
}

/* A mean with ridge or a baseline has no distribution: its residuals are drawn. */
static void a_mean_draws_residuals(void **fixture)
{
    (void)fixture;
    const lstm_view_options view = plain_view();
    const lstm_loss_options loss = loss_of(LSTM_LOSS_GAUSSIAN);
    lstm_dataset *data = new_walks(0);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_NETWORKS; use++) {
        lstm_forecaster_options options = of_networks(use, &view, &loss);
        lstm_forecaster *f = fit_new(&options, data);
        lstm_real y[(H + 1) * K];
        f->fitted.choice.joined = use == LSTM_USE_NETWORKS;
        assert_status(lstm_forecaster_paths(f, data, 0, ROWS, H + 1, 1, 0, y), LSTM_E_SHAPE,
                      "residuals");
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(data);
}

typedef struct call {
    lstm_forecaster *f;
    const lstm_dataset *data;
} call;

static lstm_status attempt_paths(void *context)
{
    const call *c = context;
    lstm_real paths[5 * H * K];
    return lstm_forecaster_paths(c->f, c->data, 0, ROWS, H, 5, 0, paths);
}

static void nothing_is_lost_without_memory(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    const lstm_view_options view = plain_view();
    const lstm_loss_options loss = loss_of(LSTM_LOSS_GAUSSIAN);
    lstm_dataset *data = new_walks(0);
    lstm_real y;
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        lstm_forecaster_options options = of_networks(use, &view, &loss);
        call c = {fit_new(&options, data), data};
        assert_ok(attempt_paths(&c)); /* copies of the weights are made */
        failing_allocator_sweep(&memory, attempt_paths, &c);
        if (use == LSTM_USE_NETWORKS)
            assert_status(lstm_forecaster_paths(c.f, data, 0, ROWS, INT64_MAX / 3, 5, 0, &y),
                          LSTM_E_NOMEM, NULL);
        lstm_forecaster_free(c.f);
    }
    lstm_dataset_free(data);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_are_fed_back),
        cmocka_unit_test(counts_are_drawn_from_counts),
        cmocka_unit_test(samples_are_in_units_of_the_data),
        cmocka_unit_test(bits_depend_on_the_seed_alone),
        cmocka_unit_test(a_mean_draws_residuals),
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
