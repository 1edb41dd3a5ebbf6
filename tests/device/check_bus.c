/* SPDX-License-Identifier: MIT */
/* What an update of a view moves over the bus, which the twin counts. */
#include "check.h"
#include "check_twin.h"
#include "forecaster_fixture.h"

enum { C = 2, N_ROW = 60, B = 5, CONTEXT = 4, HORIZON = 3, T = CONTEXT + HORIZON - 1 };
enum { H = 6, STATE = 2 * B * H };

typedef struct counted {
    lstm_dataset *dataset;
    lstm_view *view;
    lstm_iter *iter;
    lstm_model *model;
    lstm_updater *updater;
} counted;

/* Gaps of a policy, a base and a spread per window. */
static void open_view(counted *t, int64_t order, int64_t missing)
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
    batches.order = order;
    assert_ok(lstm_iter_new_view(&t->iter, t->view, &batches));
}

static void open_updater(counted *t, const lstm_updater_options *with)
{
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_updater_options options = *with;
    const lstm_hook clip = {LSTM_HOOK_CLIP, 1};
    loss.kind = LSTM_LOSS_GAUSSIAN;
    loss.reduction = LSTM_REDUCTION_MEAN;
    sizes.n_input = lstm_view_inputs(t->view);
    sizes.n_output = 2 * lstm_view_targets(t->view);
    sizes.n_hidden = H;
    assert_ok(lstm_model_new(&t->model, &sizes));
    options.loss = &loss;
    options.hooks = &clip;
    options.n_hook = 1;
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

/* Updates move so many bytes to the device, and so many numbers of 8 bytes from it. */
static void count(const counted *t, int64_t up, int64_t down)
{
    const lts_twin *control = twin_control();
    assert_ok(lstm_updater_update(t->updater));
    for (int update = 0; update < 3; update++) {
        const lts_twin before = *control;
        assert_ok(lstm_updater_update(t->updater));
        assert_int_equal(control->up - before.up, up);
        assert_int_equal(control->down - before.down, 8 * down);
        assert_int_equal(control->n_alloc, before.n_alloc);
        assert_int_equal(control->n_entered, 0);
    }
}

/*
 * `random`: the batch has random numbers, which follow from its number, a seed and a share. Down
 * come losses, the gradient's norm, and that after the hook.
 */
static void count_bytes(int64_t missing, double dropout, const lstm_sampling_options *sampling,
                        bool random)
{
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    counted t;
    options.dropout = dropout;
    options.sampling = sampling;
    open_view(&t, LSTM_ORDER_RANDOM, missing);
    open_updater(&t, &options);
    count(&t, B * 8 + (random ? 24 : 0), T + 1 + 1);
    counted_close(&t);
    assert_int_equal(twin_control()->n_live, 0);
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

/* Nothing but what they need: norms, and states on their way from one batch to the next. */
void accumulation_rules_curricula_and_states_move_little(void **state)
{
    (void)state;
    const lstm_tensor_rule frozen = {"output.bias", 0, 0};
    const int64_t stage = 2;
    lstm_curriculum_options curriculum = LSTM_CURRICULUM_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    counted t;
    curriculum.kind = LSTM_CURRICULUM_STAGES;
    curriculum.period = 100;
    curriculum.stages = &stage;
    curriculum.n_stage = 1;
    options.curriculum = &curriculum;
    options.n_accumulate = 3;
    options.tensor_rules = &frozen;
    options.n_tensor_rule = 1;
    open_view(&t, LSTM_ORDER_RANDOM, LSTM_MISSING_LINEAR);
    open_updater(&t, &options);
    /* of each batch losses and two norms; those of the mean, after the hook, and after the rule */
    count(&t, 3 * B * 8, 3 * (CONTEXT - 1 + stage + 2) + 3);
    counted_close(&t);
    options = (lstm_updater_options)LSTM_UPDATER_OPTIONS_INIT;
    open_view(&t, LSTM_ORDER_CONSECUTIVE, LSTM_MISSING_LINEAR);
    open_updater(&t, &options);
    count(&t, B * 8 + STATE * 4, T + 1 + 1 + STATE * 4 / 8);
    counted_close(&t);
    assert_int_equal(twin_control()->n_live, 0);
}
