/* SPDX-License-Identifier: MIT */
/* What an update of a view moves over the bus, which the twin counts. */
#include "check.h"
#include "check_twin.h"
#include "forecaster_fixture.h"

enum { C = 2, N_ROW = 60, B = 5 };

/* Gaps of every policy, a base and a spread per window, and what draws random numbers. */
static void count_bytes(int64_t missing, double dropout, const lstm_sampling_options *sampling)
{
    const lts_twin *control = twin_control();
    lstm_dataset_options columns = LSTM_DATASET_OPTIONS_INIT;
    lstm_view_options rows_to_steps = LSTM_VIEW_OPTIONS_INIT;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_iter_options batches = LSTM_ITER_OPTIONS_INIT;
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    const lstm_hook clip = {LSTM_HOOK_CLIP, 1};
    lstm_dataset *dataset;
    lstm_view *view;
    lstm_iter *iter;
    lstm_model *model;
    lstm_updater *updater;
    columns.n_column = C;
    columns.missing = missing;
    columns.season_len = 7;
    assert_ok(lstm_dataset_new(&dataset, &columns));
    lstm_real *rows = new_rows(N_ROW * C);
    for (int64_t i = 0; i < N_ROW * C; i++)
        rows[i] = i % 11 == 4 ? (lstm_real)NAN : (lstm_real)noise(i);
    add_rows(dataset, rows, N_ROW);
    rows_to_steps.segment_len = 2;
    rows_to_steps.context_len = 4;
    rows_to_steps.horizon = 3;
    rows_to_steps.base = LSTM_BASE_LAST;
    rows_to_steps.spread_floor = .1;
    assert_ok(lstm_view_new(&view, dataset, &rows_to_steps));
    batches.batch_size = B;
    assert_ok(lstm_iter_new_view(&iter, view, &batches));
    loss.kind = LSTM_LOSS_GAUSSIAN;
    loss.reduction = LSTM_REDUCTION_MEAN;
    sizes.n_input = lstm_view_inputs(view);
    sizes.n_output = 2 * lstm_view_targets(view);
    sizes.n_hidden = 6;
    assert_ok(lstm_model_new(&model, &sizes));
    options.loss = &loss;
    options.hooks = &clip;
    options.n_hook = 1;
    options.dropout = dropout;
    options.sampling = sampling;
    options.device = check.device;
    assert_ok(lstm_updater_new(&updater, model, iter, &options));
    bool random = missing == LSTM_MISSING_MASK || dropout > 0 || sampling != NULL;
    assert_ok(lstm_updater_update(updater));
    for (int update = 0; update < 3; update++) {
        const lts_twin before = *control;
        assert_ok(lstm_updater_update(updater));
        /* numbers of windows; number of the batch, seed and share of withheld rows */
        assert_int_equal(control->up - before.up, B * 8 + (random ? 24 : 0));
        /* losses of 4 + 3 - 1 steps, the gradient's norm, and that after the hook */
        assert_int_equal(control->down - before.down, (6 + 1 + 1) * 8);
        assert_int_equal(control->n_alloc, before.n_alloc);
        assert_int_equal(control->n_entered, 0);
    }
    lstm_updater_free(updater);
    lstm_model_free(model);
    lstm_iter_free(iter);
    lstm_view_free(view);
    lstm_dataset_free(dataset);
    assert_int_equal(control->n_live, 0);
}

void an_update_of_a_view_moves_numbers_and_losses_alone(void **state)
{
    (void)state;
    lstm_sampling_options sampling = LSTM_SAMPLING_OPTIONS_INIT;
    sampling.kind = LSTM_SAMPLING_CONSTANT;
    sampling.final_share = .5;
    count_bytes(LSTM_MISSING_LINEAR, 0, NULL);
    count_bytes(LSTM_MISSING_SEASONAL, 0, NULL);
    count_bytes(LSTM_MISSING_FORWARD, .5, NULL);
    count_bytes(LSTM_MISSING_MASK, 0, NULL);
    count_bytes(LSTM_MISSING_LINEAR, 0, &sampling);
}
