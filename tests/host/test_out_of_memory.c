/* SPDX-License-Identifier: MIT */
/*
 * Every public function when memory is exhausted. CASES has a call of each; a symbol of
 * abi/lstmts.symbols without a case fails the test. Each allocation of a call, including those of
 * the JSON library, fails once alone and once with all later ones. Then the call must return
 * LSTM_E_NOMEM, leave objects and outputs as in a world where it was never called, leak nothing,
 * and succeed with the usual results when called again. Calls that must not allocate are checked
 * not to.
 */
#include "effort.h"
#include "failing_allocator.h"
#include "failing_io.h"
#include "short_of_memory.h"

#include <jansson.h>
#include <stdio.h>

static failing_allocator memory;

/* Jansson's parser loses bytes if a single allocation fails, and may write beyond the end of a
 * token (files/json_read.c). In a case that reads files, its allocations therefore fail together
 * with all later ones, or not at all. */
static struct {
    bool spared;
    int64_t live;
} json;

static void *json_allocate(size_t size)
{
    if (!json.spared && failing_allocator_refuses(&memory))
        return NULL;
    void *block = malloc(size);
    json.live += block != NULL;
    return block;
}

static void json_release(void *block)
{
    json.live -= block != NULL;
    free(block);
}

/* Properties of a case. */
enum {
    PLAIN = 0,
    READS = 1,  /* reads a file */
    CACHES = 2, /* caches packed parameters in the model, even if it fails later */
    RUNS = 4,   /* may change objects before it fails */
};

/* Takes an object out of the world, for a call that frees it. */
#define TAKE(type, from)                                                                           \
    static lstm_##type *take_##type(world *w)                                                      \
    {                                                                                              \
        lstm_##type *taken = w->from;                                                              \
        w->from = NULL;                                                                            \
        return taken;                                                                              \
    }
TAKE(series, fleet[0])
TAKE(model, plain)
TAKE(state, state)
TAKE(iter, iter)
TAKE(updater, lone)
TAKE(trainer, t.trainer)
#include "dataset_cases.h"
#include "evaluate_cases.h"
#include "forecaster_cases.h"
#include "score_cases.h"
#include "view_cases.h"

static const lstm_real row[12] = {1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2};
static const double row_double[12] = {1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3, 2};
static const lstm_valid_options valid = {.struct_size = sizeof valid, .window_len = 4};
static const lstm_pred_options pred = {.struct_size = sizeof pred, .n_step = 6, .support_len = 2};
static const lstm_forecast_options forecast = {
    .struct_size = sizeof forecast, .n_step = 3, .n_threads = 2};
static const lstm_state_options small = {
    .struct_size = sizeof small, .n_stream = 3, .weights = LSTM_WEIGHTS_INT8};
static const lstm_load_options load = {.struct_size = sizeof load};
#include "forecaster_cases.h"

static const lstm_iter_options *random_order(world *w)
{
    w->spare_recipe.iter.order = LSTM_ORDER_RANDOM;
    return &w->spare_recipe.iter;
}

static const lstm_iter_options *consecutive_order(world *w)
{
    w->spare_recipe.iter.order = LSTM_ORDER_CONSECUTIVE;
    return &w->spare_recipe.iter;
}

static const lstm_updater_options *article(world *w)
{
    w->updater.curriculum = NULL;
    w->updater.sampling = NULL;
    w->updater.unroll = LSTM_UNROLL_ARTICLE;
    return &w->updater;
}

/* The optimizer with the most moments. */
static const lstm_updater_options *amsgrad(world *w)
{
    w->spare_recipe.optimizer.kind = LSTM_AMSGRAD;
    return &w->updater;
}

static const lstm_series *const *fleet(world *w)
{
    return (const lstm_series *const *)w->fleet;
}

#include "init_cases.h"

#include "interval_cases.h"

/*
 * X(how, case, function, kind, least number of allocations, arguments): a DOES function returns a
 * status that must be success; a TELLS function returns another type, or a failure as there is
 * nothing for it to do here.
 */
#define CASES(X)                                                                                   \
    X(DOES, devices, lstm_devices, PLAIN, 0, (NULL, 0, &w->out.n))                                 \
    X(DOES, forecast, lstm_forecast, CACHES, 20,                                                   \
      (w->plain, fleet(w), N_FLEET, &forecast, w->out.values))                                     \
    X(TELLS, iter_epoch, lstm_iter_epoch, PLAIN, 0, (w->t.iter))                                   \
    X(TELLS, iter_free, lstm_iter_free, PLAIN, 0, (take_iter(w)))                                  \
    X(DOES, iter_get_position, lstm_iter_get_position, PLAIN, 0, (w->t.iter, &w->out.position))    \
    X(TELLS, iter_iteration, lstm_iter_iteration, PLAIN, 0, (w->t.iter))                           \
    X(DOES, iter_new, lstm_iter_new, PLAIN, 5, (&w->out.iter, w->t.train, &w->recipe.iter))        \
    X(DOES, iter_new_random, lstm_iter_new, PLAIN, 4, (&w->out.iter, w->t.train, random_order(w))) \
    X(DOES, iter_new_consecutive, lstm_iter_new, PLAIN, 7,                                         \
      (&w->out.iter, w->t.train, consecutive_order(w)))                                            \
    X(DOES, iter_next, lstm_iter_next, PLAIN, 0, (w->t.iter, &w->out.n))                           \
    X(DOES, iter_offsets, lstm_iter_offsets, PLAIN, 0, (w->t.iter, w->out.offsets, B))             \
    X(DOES, iter_read, lstm_iter_read, PLAIN, 0, (w->t.iter, w->out.values, w->out.more))          \
    X(DOES, iter_reset, lstm_iter_reset, PLAIN, 0, (w->t.iter))                                    \
    X(DOES, iter_set_position, lstm_iter_set_position, PLAIN, 0, (w->t.iter, &w->position))        \
    X(TELLS, iter_windows, lstm_iter_windows, PLAIN, 0, (w->t.iter))                               \
    X(TELLS, last_error, lstm_last_error, PLAIN, 0, ())                                            \
    X(DOES, model_clone, lstm_model_clone, PLAIN, 4, (&w->out.model, w->t.model))                  \
    X(TELLS, model_free, lstm_model_free, PLAIN, 0, (take_model(w)))                               \
    X(DOES, model_get, lstm_model_get, PLAIN, 0, (w->t.model, "input.bias", w->out.values, H))     \
    X(TELLS, model_hidden, lstm_model_hidden, PLAIN, 0, (w->t.model))                              \
    X(TELLS, model_inputs, lstm_model_inputs, PLAIN, 0, (w->t.model))                              \
    X(TELLS, model_layers, lstm_model_layers, PLAIN, 0, (w->t.model))                              \
    X(DOES, model_load, lstm_model_load, READS, 100, (&w->out.model, w->model))                    \
    X(DOES, model_load_checkpoint, lstm_model_load, READS, 300, (&w->out.model, w->checkpoint))    \
    X(DOES, model_load_with, lstm_model_load_with, READS, 100, (&w->out.model, w->model, &load))   \
    X(DOES, model_new, lstm_model_new, PLAIN, 4, (&w->out.model, &w->recipe.model))                \
    X(TELLS, model_outputs, lstm_model_outputs, PLAIN, 0, (w->t.model))                            \
    X(DOES, model_parameter, lstm_model_parameter, PLAIN, 0, (w->t.model, 0, &w->out.parameter))   \
    X(TELLS, model_parameters, lstm_model_parameters, PLAIN, 0, (w->t.model))                      \
    X(DOES, model_save, lstm_model_save, PLAIN, 100, (w->t.model, w->model))                       \
    X(DOES, model_set, lstm_model_set, PLAIN, 0, (w->t.model, "input.bias", row, H))               \
    X(DOES, pred, lstm_pred, PLAIN, 8, (w->t.model, w->t.test, &pred, w->out.values, w->out.more)) \
    X(DOES, schedule_factor, lstm_schedule_factor, PLAIN, 0,                                       \
      (&w->recipe.schedule, 7, &w->out.factor))                                                    \
    X(TELLS, series_columns, lstm_series_columns, PLAIN, 0, (w->t.train))                          \
    X(TELLS, series_data, lstm_series_data, PLAIN, 0, (w->t.train))                                \
    X(TELLS, series_free, lstm_series_free, PLAIN, 0, (take_series(w)))                            \
    X(TELLS, series_inputs, lstm_series_inputs, PLAIN, 0, (w->t.train))                            \
    X(DOES, series_new, lstm_series_new, PLAIN, 3, (&w->out.series, row, 4, D))                    \
    X(DOES, series_new_double, lstm_series_new_double, PLAIN, 3,                                   \
      (&w->out.series, row_double, 4, D))                                                          \
    X(TELLS, series_rows, lstm_series_rows, PLAIN, 0, (w->t.train))                                \
    X(DOES, series_set_role, lstm_series_set_role, PLAIN, 0, (w->t.test, 2, LSTM_ROLE_INPUT))      \
    X(DOES, series_slice, lstm_series_slice, PLAIN, 3, (&w->out.series, w->t.train, 3, 7))         \
    X(TELLS, series_targets, lstm_series_targets, PLAIN, 0, (w->t.train))                          \
    X(TELLS, set_allocator, lstm_set_allocator, PLAIN, 0, (NULL))                                  \
    X(DOES, state_copy, lstm_state_copy, CACHES, 8, (w->stale, w->of_clone))                       \
    X(DOES, state_forecast, lstm_state_forecast, PLAIN, 1, (w->square, 2, w->out.values))          \
    X(TELLS, state_free, lstm_state_free, PLAIN, 0, (take_state(w)))                               \
    X(DOES, state_get, lstm_state_get, PLAIN, 0, (w->state, w->out.values, STATE))                 \
    X(DOES, state_new, lstm_state_new, PLAIN, 4, (&w->out.state, w->t.model, 3))                   \
    X(DOES, state_new_first, lstm_state_new, CACHES, 12, (&w->out.state, w->spare.model, 3))       \
    X(DOES, state_new_with, lstm_state_new_with, CACHES, 13, (&w->out.state, w->t.model, &small))  \
    X(DOES, state_reset, lstm_state_reset, CACHES, 8, (w->stale))                                  \
    X(DOES, state_set, lstm_state_set, CACHES, 8, (w->stale, row, STATE))                          \
    X(TELLS, state_size, lstm_state_size, PLAIN, 0, (w->state))                                    \
    X(DOES, state_step, lstm_state_step, PLAIN, 0, (w->state, row, w->out.values))                 \
    X(DOES, state_threads, lstm_state_set_threads, PLAIN, 2, (w->state, 3))                        \
    X(DOES, state_warm, lstm_state_warm, PLAIN, 0, (w->state, row, 1))                             \
    X(TELLS, status_name, lstm_status_name, PLAIN, 0, (LSTM_E_NOMEM))                              \
    X(TELLS, status_text, lstm_status_text, PLAIN, 0, (LSTM_E_NOMEM))                              \
    X(DOES, trainer_best, lstm_trainer_best, PLAIN, 4, (w->t.trainer, &w->out.model))              \
    X(TELLS, trainer_free, lstm_trainer_free, PLAIN, 0, (take_trainer(w)))                         \
    X(DOES, trainer_new, lstm_trainer_new, PLAIN, 7,                                               \
      (&w->out.trainer, w->spare.updater, &w->spare_recipe.trainer))                               \
    X(DOES, trainer_progress, lstm_trainer_progress, PLAIN, 0, (w->t.trainer, &w->out.progress))   \
    X(DOES, trainer_resume, lstm_trainer_resume, READS, 600, (w->t.trainer, w->checkpoint))        \
    X(DOES, trainer_resume_newest, lstm_trainer_resume, READS, 600, (w->t.trainer, NULL))          \
    X(DOES, trainer_run, lstm_trainer_run, RUNS, 800, (w->t.trainer))                              \
    X(DOES, trainer_save, lstm_trainer_save, PLAIN, 300, (w->t.trainer, w->checkpoint))            \
    X(TELLS, trainer_stop, lstm_trainer_stop, PLAIN, 0, (w->t.trainer))                            \
    X(DOES, updater_apply, lstm_updater_apply, PLAIN, 0, (w->spare.updater))                       \
    X(DOES, updater_backward, lstm_updater_backward, PLAIN, 0, (w->spare.updater))                 \
    X(TELLS, updater_average_none, lstm_updater_average, PLAIN, 0,                                 \
      (w->spare.updater, &w->out.model))                                                           \
    X(DOES, updater_average, lstm_updater_average, PLAIN, 4, (w->t.updater, &w->out.model))        \
    X(TELLS, updater_batch, lstm_updater_batch, PLAIN, 0, (w->spare.updater))                      \
    X(TELLS, updater_calls, lstm_updater_calls, PLAIN, 0, (w->spare.updater))                      \
    X(TELLS, updater_free, lstm_updater_free, PLAIN, 0, (take_updater(w)))                         \
    X(DOES, updater_gradient, lstm_updater_gradient, PLAIN, 0,                                     \
      (w->spare.updater, "input.bias", w->out.values, H))                                          \
    X(DOES, updater_info, lstm_updater_info, PLAIN, 0, (w->spare.updater, &w->out.info))           \
    X(DOES, updater_moment, lstm_updater_moment, PLAIN, 0,                                         \
      (w->spare.updater, "v", "input.bias", w->out.values, H))                                     \
    X(DOES, updater_new, lstm_updater_new, PLAIN, 20,                                              \
      (&w->out.updater, w->t.model, w->t.iter, &w->updater))                                       \
    X(DOES, updater_new_article, lstm_updater_new, PLAIN, 20,                                      \
      (&w->out.updater, w->t.model, w->t.iter, article(w)))                                        \
    X(DOES, updater_new_amsgrad, lstm_updater_new, PLAIN, 20,                                      \
      (&w->out.updater, w->t.model, w->t.iter, amsgrad(w)))                                        \
    X(DOES, updater_output, lstm_updater_output, PLAIN, 0,                                         \
      (w->spare.updater, 0, w->out.values, B * K, &w->out.n))                                      \
    X(DOES, updater_state, lstm_updater_state, PLAIN, 0,                                           \
      (w->spare.updater, w->out.values, B * STATE))                                                \
    X(DOES, updater_step_losses, lstm_updater_step_losses, PLAIN, 0,                               \
      (w->spare.updater, w->out.numbers, T))                                                       \
    X(DOES, updater_update, lstm_updater_update, PLAIN, 0, (w->spare.updater))                     \
    X(DOES, valid, lstm_valid, PLAIN, 10,                                                          \
      (w->t.model, w->t.test, &valid, w->out.numbers, 4 * (K + 1)))                                \
    X(TELLS, version, lstm_version, PLAIN, 0, ())

#define DOES(call)  return (call)
#define TELLS(call) return (void)(call), LSTM_OK
#define DEFINE_CALL(how, name, function, kind, least, arguments)                                   \
    static lstm_status call_##name(world *w)                                                       \
    {                                                                                              \
        (void)w;                                                                                   \
        how(function arguments);                                                                   \
    }
CASES(DEFINE_CALL)
INIT_CASES(DEFINE_CALL)
DATASET_CASES(DEFINE_CALL)
EVALUATE_CASES(DEFINE_CALL)
FORECASTER_CASES(DEFINE_CALL)
INTERVAL_CASES(DEFINE_CALL)
SCORE_CASES(DEFINE_CALL)
VIEW_CASES(DEFINE_CALL)

typedef struct memory_case {
    const char *name, *symbol;
    lstm_status (*call)(world *w);
    int kind;
    int64_t at_least;
} memory_case;

#define ENTRY(how, name, function, kind, least, arguments)                                         \
    {#name, #function, call_##name, kind, least},
static const memory_case cases[] = {
    CASES(ENTRY) INIT_CASES(ENTRY) DATASET_CASES(ENTRY) EVALUATE_CASES(ENTRY)
        FORECASTER_CASES(ENTRY) INTERVAL_CASES(ENTRY) SCORE_CASES(ENTRY) VIEW_CASES(ENTRY)};
enum { N_CASE = sizeof cases / sizeof cases[0] };

/*
 * ------------------------------------------------------------- failing each allocation in turn
 */

static void no_failures(void)
{
    failing_allocator_fail(&memory, 0, 0);
    json.spared = false;
}

/* Makes a call whose allocation number `first` fails, if it has one. */
static void fail_at(const memory_case *c, world *w, int64_t first, bool once)
{
    int64_t live = atomic_load(&memory.live), json_live = json.live;
    json.spared = once && c->kind == READS;
    failing_allocator_fail(&memory, first, once ? 1 : INT64_MAX);
    lstm_status status = c->call(w);
    bool failed = atomic_load(&memory.calls) >= first;
    no_failures();
    if (!failed && json.live == json_live) { /* beyond the last of those that are not spared */
        assert_int_equal(status, LSTM_OK);
        clear_outputs(w);
        return;
    }
    if (status != LSTM_E_NOMEM || strstr(lstm_last_error(), "memory") == NULL)
        fail_msg("%s, allocation %lld %s: %s, %s", c->name, (long long)first,
                 once ? "once" : "for ever", lstm_status_name(status), lstm_last_error());
    assert_int_equal(json.live, json_live);
    if (c->kind == PLAIN || c->kind == READS)
        assert_int_equal(atomic_load(&memory.live), live);
    fill_outputs(&out);
    assert_memory_equal(&w->out, &out, sizeof out);
}

/* Number of allocations of a call without failures, whose results are in `done`. */
static int64_t count_allocations(const memory_case *c, world *done)
{
    make_world(done);
    failing_allocator_fail(&memory, 0, 0);
    lstm_status status = c->call(done);
    int64_t needed = atomic_load(&memory.calls);
    if (status != LSTM_OK || (c->at_least == 0 ? needed > 0 : needed < c->at_least))
        fail_msg("%s: %s, %lld allocations, %s", c->name, lstm_status_name(status),
                 (long long)needed, status < 0 ? lstm_last_error() : "");
    return needed;
}

/* After a failure: asserts that the call now succeeds with the usual results. Frees the world. */
static void call_again(const memory_case *c, world *w, const world *done)
{
    assert_ok(c->call(w));
    assert_same_world(w, done);
    assert_same_outputs(&w->out, &done->out);
    if (c->kind == RUNS)
        assert_same_run(w, done);
    free_world(w);
}

static void sweep(const memory_case *c, const world *untouched)
{
    static world done, w;
    int64_t live = atomic_load(&memory.live), needed = count_allocations(c, &done);
    int64_t with_done = atomic_load(&memory.live);
    make_world(&w);
    for (int64_t first = 1; first <= needed; first = TEST_NEXT(first))
        for (int once = 1; once >= 0; once--) {
            fail_at(c, &w, first, once);
            if (c->kind != RUNS)
                assert_same_world(&w, untouched);
            if (c->kind == RUNS || c->kind == CACHES) {
                call_again(c, &w, &done);
                assert_int_equal(atomic_load(&memory.live), with_done);
                make_world(&w);
            }
        }
    call_again(c, &w, &done);
    free_world(&done);
    assert_int_equal(atomic_load(&memory.live), live);
}

static void every_public_function_bears_that_any_allocation_fails(void **fixture)
{
    (void)fixture;
    static world untouched;
    failing_allocator_install(&memory);
    failing_io_install(); /* does not flush to the disk */
    json_set_alloc_funcs(json_allocate, json_release);
    make_world(&untouched);
    for (size_t i = 0; i < N_CASE; i++)
        sweep(&cases[i], &untouched);
    free_world(&untouched);
    assert_int_equal(json.live, 0);
    json_set_alloc_funcs(malloc, free);
    failing_io_remove();
    failing_allocator_remove(&memory);
}

static void all_memory_of_all_objects_comes_from_the_allocator_and_goes_back(void **fixture)
{
    (void)fixture;
    training_recipe recipe;
    training t;
    failing_allocator_install(&memory);
    training_recipe_init(&recipe);
    recipe.trainer.validate.every = 5;
    training_make(&t, &recipe);
    int64_t before = memory.live;
    training_start(&t, &recipe);
    assert_true(memory.live > before);
    assert_ok(lstm_trainer_run(t.trainer));
    training_free(&t);
    failing_allocator_remove(&memory); /* asserts that nothing is left */
}

static void every_symbol_of_the_interface_is_in_a_case(void **fixture)
{
    (void)fixture;
    char symbol[80];
    int n = 0;
    FILE *file = fopen(TEST_SYMBOLS, "r");
    assert_non_null(file);
    while (fscanf(file, "%79s", symbol) == 1) {
        size_t i = 0;
        while (i < N_CASE && strcmp(cases[i].symbol, symbol) != 0)
            i++;
        if (i == N_CASE)
            fail_msg("%s is in no case", symbol);
        n++;
    }
    fclose(file);
    assert_true(n >= 70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_symbol_of_the_interface_is_in_a_case),
        cmocka_unit_test(all_memory_of_all_objects_comes_from_the_allocator_and_goes_back),
        cmocka_unit_test(every_public_function_bears_that_any_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
