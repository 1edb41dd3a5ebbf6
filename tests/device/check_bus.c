/* SPDX-License-Identifier: MIT */
/* What an update of a view moves over the bus, which the twin counts. */
#include "check.h"
#include "check_twin.h"
#include "forecaster_fixture.h"

enum { C = 2, N_ROW = 60, B = 5, CONTEXT = 4, HORIZON = 3, T = CONTEXT + HORIZON - 1 };

typedef struct counted {
    lstm_dataset *dataset;
    lstm_view *view;
    lstm_iter *iter;
    lstm_model *model;
    lstm_updater *updater;
} counted;

/* Gaps of a policy, a base and a spread per window. */
static void open_view(counted *t, int64_t missing)
{
    lstm_dataset_options columns = LSTM_DATASET_OPTIONS_INIT;
    lstm_view_options steps = LSTM_VIEW_OPTIONS_INIT;
    lstm_iter_options batches = LSTM_ITER_OPTIONS_INIT;
    columns.n_column = C;
    columns.missing = missing;
    columns.season_len = 7;
    assert_ok(lstm_dataset_new(&t->dataset, &columns));
    lstm_real *rows = new_rows(N_ROW * C);
    for (int64_t i = 0; i < N_ROW * C; i++)
        rows[i] = i % 11 == 4 ? (lstm_real)NAN : (lstm_real)noise(i);
    add_rows(t->dataset, rows, N_ROW);
    steps.segment_len = 2;
    steps.context_len = CONTEXT;
    steps.horizon = HORIZON;
    steps.base = LSTM_BASE_LAST;
    steps.spread_floor = .1;
    assert_ok(lstm_view_new(&t->view, t->dataset, &steps));
    batches.batch_size = B;
    assert_ok(lstm_iter_new_view(&t->iter, t->view, &batches));
}

static void open_updater(counted *t, double dropout, const lstm_sampling_options *sampling)
{
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    const lstm_hook clip = {LSTM_HOOK_CLIP, 1};
    loss.kind = LSTM_LOSS_GAUSSIAN;
    loss.reduction = LSTM_REDUCTION_MEAN;
    sizes.n_input = lstm_view_inputs(t->view);
    sizes.n_output = 2 * lstm_view_targets(t->view);
    sizes.n_hidden = 6;
    assert_ok(lstm_model_new(&t->model, &sizes));
    options.loss = &loss;
    options.hooks = &clip;
    options.n_hook = 1;
    options.dropout = dropout;
    options.sampling = sampling;
    options.device = check.device;
    assert_ok(lstm_updater_new(&t->updater, t->model, t->iter, &options));
}

static void counted_close(counted *t)
{
    lstm_updater_free(t->updater);
    lstm_model_free(t->model);
    lstm_iter_free(t->iter);
    lstm_view_free(t->view);
    lstm_dataset_free(t->dataset);
}

/* `random`: the batch has random numbers, which follow from its number, a seed and a share. */
static void count_bytes(int64_t missing, double dropout, const lstm_sampling_options *sampling,
                        bool random)
{
    const lts_twin *control = twin_control();
    counted t;
    open_view(&t, missing);
    open_updater(&t, dropout, sampling);
    assert_ok(lstm_updater_update(t.updater));
    for (int update = 0; update < 3; update++) {
        const lts_twin before = *control;
        assert_ok(lstm_updater_update(t.updater));
        assert_int_equal(control->up - before.up, B * 8 + (random ? 24 : 0));
        /* losses, the gradient's norm, and that after the hook */
        assert_int_equal(control->down - before.down, (T + 1 + 1) * 8);
        assert_int_equal(control->n_alloc, before.n_alloc);
        assert_int_equal(control->n_entered, 0);
    }
    counted_close(&t);
    assert_int_equal(control->n_live, 0);
}

void an_update_of_a_view_moves_numbers_and_losses_alone(void **state)
{
    (void)state;
    lstm_sampling_options sampling = LSTM_SAMPLING_OPTIONS_INIT;
    sampling.kind = LSTM_SAMPLING_CONSTANT;
    sampling.final_share = .5;
    count_bytes(LSTM_MISSING_LINEAR, 0, NULL, false);
    count_bytes(LSTM_MISSING_SEASONAL, 0, NULL, false);
    count_bytes(LSTM_MISSING_FORWARD, .5, NULL, true);
    count_bytes(LSTM_MISSING_MASK, 0, NULL, true);
    count_bytes(LSTM_MISSING_LINEAR, 0, &sampling, true);
}
