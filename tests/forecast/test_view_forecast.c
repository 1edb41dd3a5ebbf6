/* SPDX-License-Identifier: MIT */
/*
 * Forecasts of the windows of views, compared with a plain loop: a state of the public interface
 * that is stepped over inputs of the view.
 */
#include "assert_close.h"
#include "base/rng.h"
#include "effort.h"
#include "failing_allocator.h"
#include "forecast/view_forecast.h"
#include "same_rows.h"
#include "score/loss_options.h"
#include "view_training.h"

enum {
    N_CASE = 120 / TEST_FEWER,
    N_WINDOW = 150,
    MAX_K = 32,
    N_SEGMENT = 5,
    MAX = N_WINDOW * N_SEGMENT * MAX_K
};

/* Windows whose origins are anywhere in a series, also at its end. */
static void draw_places(view_training *t, lts_place *places)
{
    for (int64_t i = 0; i < N_WINDOW; i++) {
        int64_t series = random_int(&t->c.stream, 0, lstm_dataset_series(t->c.data) - 1);
        int64_t origin = random_int(&t->c.stream, 1, lstm_dataset_rows(t->c.data, series));
        int64_t channel = random_int(&t->c.stream, 0, t->c.view->n_channel - 1);
        places[i] = (lts_place){series, channel, origin, origin};
    }
}

/* What is fed after a step: locations, or samples. */
static void feed_of(const lts_view_forecast *f, int64_t window, int64_t step, const real *y,
                    real *fed)
{
    int64_t K = f->view->columns.K;
    bool sampled = f->sampled && step >= f->view->options.context_len - 1;
    for (int64_t k = 0; k < K; k++) {
        uint64_t stream = lts_rng_part(LTS_RNG_PATHS, (uint64_t)window);
        double uniform = lts_rng_uniform(f->seed, stream, (uint64_t)(step * K + k));
        fed[k] = sampled ? lts_loss_quantile(f->loss, k, K, y, uniform) : y[k];
    }
}

static void run_loop(const lts_view_forecast *f, int64_t window, real *out)
{
    lstm_state *state;
    const lts_place *place = &f->places[window];
    int64_t D = f->view->columns.D, K = f->view->columns.K;
    int64_t context = f->view->options.context_len;
    lts_level levels[CASE_MAX_COLUMN];
    lstm_real x[REFERENCE_MAX], y[2 * MAX_K], fed[MAX_K];
    lts_view_levels(f->view, place, levels);
    assert_ok(lstm_state_new(&state, f->model, 1));
    for (int64_t step = 0; step < context - 1 + f->n_segment; step++) {
        lts_view_inputs(f->view, place, levels, step, x);
        for (int64_t j = 0; j < D; j++)
            if (isnan(x[j]))
                x[j] = step == 0 ? 0 : fed[f->view->columns.feed[j]];
        assert_ok(lstm_state_step(state, x, y));
        feed_of(f, window, step, y, fed);
        if (step >= context - 1)
            memcpy(out + (step - context + 1) * K, fed, (size_t)K * sizeof *fed);
    }
    lstm_state_free(state);
}

static lts_view_forecast forecast_of(const view_training *t, const lts_loss *loss,
                                     const lts_place *places)
{
    return (lts_view_forecast){.model = t->random.model,
                               .view = t->c.view,
                               .loss = loss,
                               .places = places,
                               .n = N_WINDOW,
                               .n_segment = N_SEGMENT,
                               .n_thread = 1,
                               .seed = 9};
}

static void read_loss(lts_loss *loss, int64_t kind)
{
    lstm_loss_options options = LSTM_LOSS_OPTIONS_INIT;
    options.kind = kind;
    assert_ok(lts_loss_read(loss, &options));
}

/* More windows than run together, further than in training. */
static void check_forecasts(int64_t kind, bool sampled)
{
    static real got[MAX], want[MAX];
    lts_loss loss;
    lts_place places[N_WINDOW];
    read_loss(&loss, kind);
    for (uint64_t number = 0; number < N_CASE; number++) {
        view_training t;
        if (!view_training_open(&t, number, loss.n_out))
            continue;
        draw_places(&t, places);
        lts_view_forecast f = forecast_of(&t, &loss, places);
        f.sampled = sampled;
        int64_t n = N_SEGMENT * t.c.view->columns.K;
        assert_in_range(N_WINDOW * n, 1, MAX);
        assert_ok(lts_view_forecast_run(&f, got));
        for (int64_t i = 0; i < N_WINDOW; i++)
            run_loop(&f, i, want + i * n);
        for (int64_t i = 0; i < N_WINDOW * n; i++)
            assert_close(t.random.name, "forecast", i, (double)got[i], (double)want[i],
                         10 * TOLERANCE * (1 + fabs((double)want[i])));
        view_training_close(&t);
    }
}

static void forecasts_are_those_of_a_plain_loop(void **state)
{
    (void)state;
    check_forecasts(LSTM_LOSS_MSE, false);
    check_forecasts(LSTM_LOSS_GAUSSIAN, false);
}

static void samples_are_drawn_and_fed_back(void **state)
{
    (void)state;
    check_forecasts(LSTM_LOSS_GAUSSIAN, true);
}

/* A model without weights: each sample has the same distribution. */
static void samples_have_the_distribution_of_the_outputs(void **state)
{
    (void)state;
    static real samples[MAX];
    view_training t;
    lts_loss loss;
    lts_place places[N_WINDOW];
    double parameters[4096] = {0}, sum = 0, square = 0;
    read_loss(&loss, LSTM_LOSS_GAUSSIAN);
    uint64_t number = 0;
    while (!view_training_open(&t, number, 2))
        number++;
    assert_in_range(random_plan_size(&t.random), 1, 4096);
    random_plan_set(&t.random, parameters);
    draw_places(&t, places);
    lts_view_forecast f = forecast_of(&t, &loss, places);
    f.sampled = true;
    assert_ok(lts_view_forecast_run(&f, samples));
    int64_t n = N_WINDOW * N_SEGMENT * t.c.view->columns.K;
    const real zero[2] = {0, 0};
    double deviation = (double)lts_loss_quantile(&loss, 0, 1, zero, .8413447460685429);
    for (int64_t i = 0; i < n; i++) {
        sum += (double)samples[i] / deviation;
        square += (double)samples[i] * (double)samples[i] / deviation / deviation;
    }
    /* the mean of n has the deviation 1 / sqrt n, that of the squares sqrt(2 / n) */
    assert_true(fabs(sum / (double)n) < 5 / sqrt((double)n));
    assert_true(fabs(square / (double)n - 1) < 5 * sqrt(2 / (double)n));
    view_training_close(&t);
}

static void threads_and_the_number_of_windows_do_not_change_bits(void **state)
{
    (void)state;
    static real one[MAX], more[MAX], few[MAX];
    lts_loss loss;
    lts_place places[N_WINDOW];
    setenv("LSTMTS_SPLIT", "1", 1);
    read_loss(&loss, LSTM_LOSS_GAUSSIAN);
    for (uint64_t number = 0; number < N_CASE / 4; number++) {
        view_training t;
        if (!view_training_open(&t, number, 2))
            continue;
        draw_places(&t, places);
        lts_view_forecast f = forecast_of(&t, &loss, places);
        f.sampled = true;
        int64_t n = N_SEGMENT * t.c.view->columns.K;
        assert_ok(lts_view_forecast_run(&f, one));
        f.n_thread = 3;
        assert_ok(lts_view_forecast_run(&f, more));
        assert_memory_equal(one, more, N_WINDOW * (size_t)n * sizeof *one);
        f.n = 7;
        assert_ok(lts_view_forecast_run(&f, few));
        for (int64_t i = 0; i < 7; i++)
            assert_same_rows("among fewer windows", i, few + i * n, one + i * n, n);
        view_training_close(&t);
    }
}

/* Window 131 is in the second block. */
static void what_is_not_finite_names_the_window(void **state)
{
    (void)state;
    static real x[MAX];
    const lstm_real large = sizeof large == sizeof(float) ? (lstm_real)3e38 : (lstm_real)1e308;
    const lstm_real rows[4] = {0, 0, large, large};
    lts_loss loss;
    lts_place places[N_WINDOW];
    lstm_model *model;
    lstm_view *view;
    lstm_dataset *d = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    assert_ok(lstm_dataset_add(d, NULL, rows, 2, 0));
    assert_ok(lstm_dataset_add(d, NULL, rows, 4, 0));
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    options.context_len = 1;
    options.spread_floor = 1e-30; /* x is infinite in series 1 */
    assert_ok(lstm_view_new(&view, d, &options));
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    sizes.n_input = sizes.n_output = 1;
    sizes.n_hidden = 2;
    assert_ok(lstm_model_new(&model, &sizes));
    read_loss(&loss, LSTM_LOSS_MSE);
    for (int64_t i = 0; i < N_WINDOW; i++)
        places[i] = i == 131 ? (lts_place){1, 0, 3, 3} : (lts_place){0, 0, 2, 2};
    lts_view_forecast f = {.model = model,
                           .view = view,
                           .loss = &loss,
                           .places = places,
                           .n = N_WINDOW,
                           .n_segment = 2,
                           .n_thread = 1};
    assert_status(lts_view_forecast_run(&f, x), LSTM_E_NUMERIC,
                  "input x of window 131, column 0, is inf");
    f.n_thread = 3;
    assert_status(lts_view_forecast_run(&f, x), LSTM_E_NUMERIC,
                  "input x of window 131, column 0, is inf");
    lstm_model_free(model);
    lstm_view_free(view);
    lstm_dataset_free(d);
}

static lstm_status forecast(void *context)
{
    static real x[MAX];
    return lts_view_forecast_run(context, x);
}

static void out_of_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    failing_allocator memory;
    lts_loss loss;
    lts_place places[N_WINDOW];
    view_training t;
    read_loss(&loss, LSTM_LOSS_MSE);
    failing_allocator_install(&memory);
    uint64_t number = 0;
    while (!view_training_open(&t, number, 1))
        number++;
    draw_places(&t, places);
    lts_view_forecast f = forecast_of(&t, &loss, places);
    f.n_thread = 2;
    assert_ok(forecast(&f)); /* the model keeps its packed parameters */
    assert_true(failing_allocator_sweep(&memory, forecast, &f) >= 10);
    view_training_close(&t);
    failing_allocator_remove(&memory);
}

static void a_model_of_another_shape_is_refused(void **state)
{
    (void)state;
    static real x[MAX];
    lts_loss loss;
    lts_place places[N_WINDOW];
    view_training t;
    read_loss(&loss, LSTM_LOSS_GAUSSIAN);
    uint64_t number = 0;
    while (!view_training_open(&t, number, 1))
        number++;
    draw_places(&t, places);
    lts_view_forecast f = forecast_of(&t, &loss, places);
    assert_status(lts_view_forecast_run(&f, x), LSTM_E_SHAPE, "outputs");
    view_training_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forecasts_are_those_of_a_plain_loop),
        cmocka_unit_test(samples_are_drawn_and_fed_back),
        cmocka_unit_test(samples_have_the_distribution_of_the_outputs),
        cmocka_unit_test(threads_and_the_number_of_windows_do_not_change_bits),
        cmocka_unit_test(what_is_not_finite_names_the_window),
        cmocka_unit_test(out_of_memory_leaves_nothing_behind),
        cmocka_unit_test(a_model_of_another_shape_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
