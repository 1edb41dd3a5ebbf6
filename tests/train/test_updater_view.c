/* SPDX-License-Identifier: MIT */
/*
 * Updates over views. Losses are compared with those of a plain loop: a state of the public
 * interface that is stepped over inputs and targets of the iterator.
 */
#include "assert_close.h"
#include "effort.h"
#include "failing_allocator.h"
#include "view/view.h"
#include "view_training.h"

enum { N_CASE = 300 / TEST_FEWER, B = 3, MAX = B * REFERENCE_MAX };

typedef struct batch {
    lstm_real x[MAX], target[MAX], weight[MAX], y[MAX], state[MAX];
} batch;

/* The outputs of all steps, [T, B, K], of the mean squared error. */
static void run_loop(const view_training *t, batch *b, int64_t n)
{
    lstm_state *state;
    const lstm_view *view = t->c.view;
    int64_t D = lstm_view_inputs(view), K = lstm_view_targets(view);
    for (int64_t i = 0; i < n; i++) {
        assert_ok(lstm_state_new(&state, t->random.model, 1));
        for (int64_t step = 0; step < t->T; step++) {
            lstm_real *x = b->x + (step * n + i) * D;
            const lstm_real *before = b->y + ((step - 1) * n + i) * K;
            for (int64_t j = 0; j < D; j++) {
                int64_t feed = view->columns.feed[j];
                bool closed = feed >= 0 && step >= t->c.reference.o.context_len;
                if (step > 0 && feed >= 0 && (closed || isnan(x[j])))
                    x[j] = before[feed];
                else if (isnan(x[j]))
                    x[j] = 0;
            }
            assert_ok(lstm_state_step(state, x, b->y + (step * n + i) * K));
        }
        lstm_state_free(state);
    }
}

/* The sum over steps of the mean over the scored elements. */
static double loss_of(const batch *b, int64_t T, int64_t n, double *mean)
{
    double loss = 0, all = 0, weights = 0;
    for (int64_t t = 0; t < T; t++) {
        double sum = 0, weight = 0;
        for (int64_t i = t * n; i < (t + 1) * n; i++) {
            double error = (double)b->y[i] - (double)b->target[i];
            sum += (double)b->weight[i] * error * error;
            weight += (double)b->weight[i];
        }
        loss += weight > 0 ? sum / weight : 0;
        all += sum;
        weights += weight;
    }
    *mean = weights > 0 ? all / weights : 0;
    return loss;
}

static void the_loss_is_that_of_a_plain_loop(void **state)
{
    (void)state;
    static batch b;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    for (uint64_t number = 0; number < N_CASE; number++) {
        view_training t;
        lstm_update_info info;
        lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
        if (!view_training_open(&t, number, 1))
            continue;
        loss.reduction = number % 2 == 0 ? LSTM_REDUCTION_STEPS : LSTM_REDUCTION_MEAN;
        options.loss = &loss;
        assert_ok(lstm_updater_new(&t.random.updater, t.random.model, t.random.iter, &options));
        assert_ok(lstm_updater_backward(t.random.updater));
        assert_ok(lstm_updater_info(t.random.updater, &info));
        assert_ok(lstm_iter_read(t.random.iter, b.x, b.target));
        assert_ok(lstm_iter_weights(t.random.iter, b.weight));
        run_loop(&t, &b, B);
        double mean, sum = loss_of(&b, t.T, B * lstm_view_targets(t.c.view), &mean);
        double want = loss.reduction == LSTM_REDUCTION_STEPS ? sum : mean;
        assert_close(t.random.name, "loss", 0, info.loss, want, 10 * TOLERANCE * (1 + want));
        view_training_close(&t);
    }
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    lstm_sampling_options sampling = LSTM_SAMPLING_OPTIONS_INIT;
    sampling.kind = LSTM_SAMPLING_CONSTANT;
    sampling.final_share = .5;
    setenv("LSTMTS_SPLIT", "1", 1); /* also where the work is too small to be shared */
    for (uint64_t number = 0; number < N_CASE / 4; number++) {
        double values[2][4096];
        int64_t size = 0;
        for (int64_t n_thread = 1; n_thread <= 2; n_thread++) {
            view_training t;
            lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
            options.n_threads = n_thread == 1 ? 1 : 3;
            options.dropout = .3;
            options.sampling = &sampling;
            if (!view_training_open(&t, number, 1))
                break;
            assert_ok(lstm_updater_new(&t.random.updater, t.random.model, t.random.iter, &options));
            for (int update = 0; update < 3; update++)
                assert_ok(lstm_updater_update(t.random.updater));
            size = random_plan_size(&t.random);
            assert_in_range(size, 1, 4096);
            random_plan_get(&t.random, values[n_thread - 1]);
            view_training_close(&t);
        }
        assert_memory_equal(values[0], values[1], (size_t)size * sizeof **values);
    }
}

static void an_update_allocates_nothing(void **state)
{
    (void)state;
    failing_allocator memory;
    failing_allocator_install(&memory);
    for (uint64_t number = 0; number < 50; number++) {
        view_training t;
        lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
        options.dropout = .3;
        if (!view_training_open(&t, number, 1))
            continue;
        assert_ok(lstm_updater_new(&t.random.updater, t.random.model, t.random.iter, &options));
        int64_t before = atomic_load(&memory.calls);
        assert_ok(lstm_updater_update(t.random.updater));
        assert_true(atomic_load(&memory.calls) == before);
        view_training_close(&t);
    }
    failing_allocator_remove(&memory);
}

/* A window without any value to be scored: neither the loss nor a parameter changes. */
static void a_batch_without_targets_is_no_update(void **state)
{
    (void)state;
    const int64_t role = LSTM_ROLE_BOTH;
    const lstm_real rows[6] = {1, 2, 3, (lstm_real)NAN, (lstm_real)NAN, (lstm_real)NAN};
    for (int64_t reduction = LSTM_REDUCTION_STEPS; reduction <= LSTM_REDUCTION_MEAN; reduction++) {
        random_plan random = {0};
        lstm_dataset *d = new_dataset(1, &role, LSTM_MISSING_MASK);
        lstm_view *view;
        lstm_update_info info;
        lstm_view_options of_view = LSTM_VIEW_OPTIONS_INIT;
        lstm_model_options model = LSTM_MODEL_OPTIONS_INIT;
        lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
        lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
        assert_ok(lstm_dataset_add(d, NULL, rows, 6, 0));
        of_view.segment_len = 3;
        of_view.context_len = 1;
        assert_ok(lstm_view_new(&view, d, &of_view));
        model.n_input = model.n_output = model.n_hidden = 3;
        assert_ok(lstm_model_new(&random.model, &model));
        assert_ok(lstm_iter_new_view(&random.iter, view, NULL));
        loss.reduction = reduction;
        options.loss = &loss;
        assert_ok(lstm_updater_new(&random.updater, random.model, random.iter, &options));
        double before[256], after[256];
        assert_in_range(random_plan_size(&random), 1, 256);
        random_plan_get(&random, before);
        assert_ok(lstm_updater_update(random.updater));
        random_plan_get(&random, after);
        assert_memory_equal(before, after, (size_t)random_plan_size(&random) * sizeof *before);
        assert_ok(lstm_updater_info(random.updater, &info));
        assert_true(info.loss == 0 && info.gradient_norm == 0);
        random_plan_close(&random);
        lstm_view_free(view);
        lstm_dataset_free(d);
    }
}

/* Output 1 overflows: all units are open. */
static void let_output_1_overflow(lstm_model *model)
{
    const lstm_real large = sizeof large == sizeof(float) ? (lstm_real)3e38 : (lstm_real)1e308;
    const lstm_real weights[4] = {0, 0, large, large}, bias[2] = {0, large};
    lstm_real open[8] = {10, 10, 10, 10, 10, 10, 10, 10};
    for (int64_t p = 0; p < lstm_model_parameters(model); p++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(model, p, &info));
        if (info.size == 8)
            assert_ok(lstm_model_set(model, info.name, open, 8));
    }
    assert_ok(lstm_model_set(model, "output.weight", weights, 4));
    assert_ok(lstm_model_set(model, "output.bias", bias, 2));
}

static void a_loss_that_is_not_finite_names_series_and_row(void **state)
{
    (void)state;
    const lstm_real rows[6] = {1, 2, 3, 4, 5, 6};
    lstm_dataset *d = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    random_plan random = {0};
    lstm_view *view;
    lstm_view_options of_view = LSTM_VIEW_OPTIONS_INIT;
    lstm_model_options model = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options iter = LSTM_ITER_OPTIONS_INIT;
    assert_ok(lstm_dataset_add(d, "one", rows, 3, 0));
    assert_ok(lstm_dataset_add(d, "two", rows, 6, 0));
    of_view.segment_len = 2;
    of_view.context_len = 1;
    of_view.skip_short = 1;
    assert_ok(lstm_view_new(&view, d, &of_view));
    model.n_input = model.n_output = model.n_hidden = 2;
    assert_ok(lstm_model_new(&random.model, &model));
    let_output_1_overflow(random.model);
    iter.order = LSTM_ORDER_SEQUENTIAL;
    iter.batch_size = 1;
    assert_ok(lstm_iter_new_view(&random.iter, view, &iter));
    assert_ok(lstm_updater_new(&random.updater, random.model, random.iter, NULL));
    assert_status(
        lstm_updater_update(random.updater), LSTM_E_NUMERIC,
        "in the window from row 0 of series \"two\", output 1 is inf, its target, in row 3, 4");
    random_plan_close(&random);
    lstm_view_free(view);
    lstm_dataset_free(d);
}

static void the_articles_form_is_refused(void **state)
{
    (void)state;
    view_training t;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    options.unroll = LSTM_UNROLL_ARTICLE;
    uint64_t number = 0;
    while (!view_training_open(&t, number, 1))
        number++;
    assert_status(lstm_updater_new(&t.random.updater, t.random.model, t.random.iter, &options),
                  LSTM_E_ARGUMENT, "LSTM_UNROLL_ARTICLE needs a plain series");
    view_training_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_loss_is_that_of_a_plain_loop),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(an_update_allocates_nothing),
        cmocka_unit_test(a_batch_without_targets_is_no_update),
        cmocka_unit_test(a_loss_that_is_not_finite_names_series_and_row),
        cmocka_unit_test(the_articles_form_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
