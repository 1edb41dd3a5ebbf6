/* SPDX-License-Identifier: MIT */
/* Failing allocations of fits that choose everything from the data, and of fits with a folder. */
#include "failing_allocator.h"
#include "folder_fixture.h"

typedef struct call {
    lstm_forecaster *forecaster;
    const lstm_dataset *dataset;
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
    for (int64_t first = 1; first <= needed; first += every) {
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
    call c = {new_forecaster(options), dataset};
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

#define TEST(name) cmocka_unit_test_teardown(name, clean_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_lost_when_all_is_chosen),
        TEST(nothing_is_lost_with_a_folder),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
