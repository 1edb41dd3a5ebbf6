/* SPDX-License-Identifier: MIT */
/* A forecaster whose memory is exhausted. */
#include "failing_allocator.h"
#include "forecaster_fixture.h"

enum { ROWS = 130, TRAIN = 100, H = 6, K = 2 };

static lstm_dataset *new_data(void)
{
    lstm_dataset *dataset = new_timed(K, NULL, LSTM_STEP_ROWS, 1);
    lstm_real *rows = new_rows(ROWS * K);
    for (int64_t i = 0; i < ROWS * K; i++)
        rows[i] = (lstm_real)(5 + wave(i / K + i % K, 8) + 0.1 * noise(i));
    add_rows(dataset, rows, ROWS);
    assert_ok(lstm_dataset_split(dataset, 0, TRAIN, TRAIN + H));
    return dataset;
}

typedef struct call {
    lstm_forecaster *forecaster;
    const lstm_dataset *dataset;
    const lstm_forecaster_options *options;
} call;

static lstm_status attempt_new(void *context)
{
    const call *c = context;
    lstm_forecaster *forecaster = NULL;
    lstm_method *method = NULL;
    lstm_status status = lstm_forecaster_new(&forecaster, c->options);
    if (status == LSTM_OK)
        status = lstm_forecaster_method(&method, forecaster, "mine");
    lstm_method_free(method);
    lstm_forecaster_free(forecaster);
    return status;
}

static lstm_status attempt_fit(void *context)
{
    const call *c = context;
    return lstm_forecaster_fit(c->forecaster, c->dataset);
}

static lstm_status attempt_predict(void *context)
{
    const call *c = context;
    lstm_real y[H * K];
    return lstm_forecaster_predict(c->forecaster, c->dataset, 0, y);
}

static lstm_status attempt_describe(void *context)
{
    const call *c = context;
    int64_t length;
    return lstm_forecaster_describe(c->forecaster, NULL, 0, &length);
}

/* A given view spares the probes of networks, and few validation windows spare allocations. */
static void nothing_is_lost_without_memory(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_forecaster_options options = small_options(H);
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    const double levels[] = {0.1, 0.5, 0.9};
    loss.kind = LSTM_LOSS_QUANTILE, loss.levels = levels, loss.n_level = 3;
    view.segment_len = 3, view.context_len = 3, view.horizon = 2;
    view.scaling = LSTM_SCALING_STANDARD;
    options.view = &view, options.loss = &loss;
    options.use = LSTM_USE_MEAN, options.season_len = 8, options.n_update = 1;
    lstm_dataset *dataset = new_data();
    call c = {new_forecaster(&options), dataset, &options};
    lstm_real before[H * K], after[H * K];
    assert_ok(attempt_fit(&c));
    failing_allocator_sweep(&memory, attempt_new, &c);
    failing_allocator_sweep(&memory, attempt_fit, &c); /* models have no copies of weights yet */
    assert_ok(lstm_forecaster_predict(c.forecaster, dataset, 0, before));
    failing_allocator_sweep(&memory, attempt_predict, &c);
    failing_allocator_sweep(&memory, attempt_describe, &c);
    assert_ok(lstm_forecaster_predict(c.forecaster, dataset, 0, after));
    assert_memory_equal(before, after, sizeof before);
    lstm_forecaster_free(c.forecaster);
    lstm_dataset_free(dataset);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
