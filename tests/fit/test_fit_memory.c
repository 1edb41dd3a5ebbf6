/* SPDX-License-Identifier: MIT */
/* Failing allocations of fits that choose everything from the data, and of fits with a folder. */
#include "effort.h"
#include "failing_allocator.h"
#include "folder_fixture.h"

#include <lstmts/continuation.h>

typedef struct call {
    lstm_forecaster *forecaster;
    const lstm_dataset *dataset, *rest; /**< of a fit, and of a continuation */
} call;

static lstm_status attempt_fit(void *context)
{
    const call *c = context;
    return lstm_forecaster_fit(c->forecaster, c->dataset);
}

/* In an empty folder. */
static lstm_status attempt_anew(void *context)
{
    empty_folder();
    return attempt_fit(context);
}

/*
 * Each allocation of a fit fails, or with `every` > 1 each so many: a fit that chooses everything
 * has thousands, and `every` is prime, so that it falls on others in each of the equal trainings.
 */
static void sweep(failing_allocator *memory, failing_allocator_attempt attempt, call *c,
                  int64_t every)
{
    sight before;
    failing_allocator_fail(memory, 0, 0);
    assert_ok(attempt(c));
    int64_t needed = atomic_load(&memory->calls), live;
    look(c->forecaster, c->dataset, &before);
    live = atomic_load(&memory->live);
    for (int64_t first = 1; first <= needed; first = TEST_NEXT(first) + every - 1) {
        failing_allocator_fail(memory, first, first % 2 == 0 ? 1 : INT64_MAX);
        assert_status(attempt(c), LSTM_E_NOMEM, "memory");
        assert_int_equal(atomic_load(&memory->live), live);
    }
    failing_allocator_fail(memory, 0, 0);
    assert_sight(c->forecaster, c->dataset, &before);
    assert_ok(attempt(c));
    assert_sight(c->forecaster, c->dataset, &before);
}

static void sweep_fits(const lstm_forecaster_options *options, failing_allocator_attempt attempt,
                       int64_t every)
{
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *dataset = new_data(0);
    call c = {new_forecaster(options), dataset, NULL};
    sweep(&memory, attempt, &c, every);
    lstm_forecaster_free(c.forecaster);
    lstm_dataset_free(dataset);
    failing_allocator_remove(&memory);
}

static void nothing_is_lost_when_all_is_chosen(void **fixture)
{
    (void)fixture;
    lstm_forecaster_options options = auto_options();
    sweep_fits(&options, attempt_fit, 7);
    options.skip_refit = 1; /* what is not chosen was kept until then */
    sweep_fits(&options, attempt_fit, 7);
}

static void nothing_is_lost_with_a_folder(void **fixture)
{
    (void)fixture;
    lstm_view_options view = short_view();
    lstm_forecaster_options options = auto_options();
    options.view = &view, options.use = LSTM_USE_NETWORKS, options.folder = scratch_folder;
    sweep_fits(&options, attempt_anew, 1); /* new files */
    sweep_fits(&options, attempt_fit, 1);  /* finished trainings */
}

static lstm_status attempt_intervals(void *context)
{
    const call *c = context;
    const int64_t origins[] = {ROWS - 3, ROWS};
    lstm_real lower[2 * H * K], upper[2 * H * K];
    return lstm_forecaster_intervals(c->forecaster, c->dataset, 0, origins, 2, NULL, lower, upper);
}

/* The new rows are scored with the quantiles of the networks. */
static lstm_status attempt_continuation(void *context)
{
    const call *c = context;
    lstm_continue_options options = LSTM_CONTINUE_OPTIONS_INIT;
    lstm_forecaster *clone = NULL;
    lstm_status status = lstm_forecaster_clone(&clone, c->forecaster);
    options.n_update = 1;
    if (status >= 0)
        status = lstm_forecaster_continue(clone, c->rest, &options);
    lstm_forecaster_free(clone);
    return status;
}

static void nothing_is_lost_with_conformalized_intervals(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    lstm_view_options view = short_view();
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_interval_options interval = LSTM_INTERVAL_OPTIONS_INIT;
    lstm_forecaster_options options = auto_options();
    loss.kind = LSTM_LOSS_GAUSSIAN, interval.is_conformalized = interval.is_two_sided = 1;
    options.view = &view, options.loss = &loss, options.interval = &interval;
    options.use = LSTM_USE_MEAN, options.n_network = 1;
    failing_allocator_install(&memory);
    lstm_dataset *dataset = new_data(0), *rest = new_data(0);
    assert_ok(lstm_dataset_split(rest, 0, TRAIN, ROWS));
    call c = {new_forecaster(&options), dataset, rest};
    sweep(&memory, attempt_fit, &c, 3);
    sweep(&memory, attempt_intervals, &c, 1);
    sweep(&memory, attempt_continuation, &c, 3);
    lstm_forecaster_free(c.forecaster);
    lstm_dataset_free(dataset);
    lstm_dataset_free(rest);
    failing_allocator_remove(&memory);
}

#define TEST(name) cmocka_unit_test_teardown(name, clean_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_lost_when_all_is_chosen),
        TEST(nothing_is_lost_with_a_folder),
        TEST(nothing_is_lost_with_conformalized_intervals),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
