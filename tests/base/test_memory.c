/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "failing_allocator.h"
#include "scratch.h"
#include "training.h"

#include "base/memory.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN
#endif

/* A block the library never made: outputs point to it, to see that failures leave them alone. */
static char mark;
#define UNTOUCHED(type) ((type *)(void *)&mark)

static void multiplication_tells_overflow(void **fixture)
{
    (void)fixture;
    static const struct {
        int64_t a, b;
        bool fits;
    } cases[] = {
        {0, 0, true},
        {0, INT64_MAX, true},
        {INT64_MAX, 0, true},
        {INT64_MAX, 1, true},
        {1, INT64_MAX, true},
        {3037000499, 3037000499, true},
        {INT64_MAX / 3, 3, true},
        {INT64_MAX, 2, false},
        {2, INT64_MAX, false},
        {3037000500, 3037000500, false},
        {INT64_C(1) << 32, INT64_C(1) << 31, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t product = -1;
        assert_int_equal(lts_multiply(cases[i].a, cases[i].b, &product), cases[i].fits);
        if (cases[i].fits)
            assert_int_equal(product, cases[i].a * cases[i].b);
    }
}

static void a_block_is_zeroed_aligned_and_as_large_as_asked(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory); /* whose memory is full of rubbish */
    for (int64_t count = 0; count <= 130; count++)
        for (size_t size = 1; size <= 24; size += 23) {
            unsigned char *block = lts_alloc(count, size);
            assert_non_null(block);
            assert_int_equal((uintptr_t)block % LTS_ALIGNMENT, 0);
            for (size_t i = 0; i < (size_t)count * size; i++)
                assert_int_equal(block[i], 0);
            memset(block, 0xFF, (size_t)count * size);
            lts_free(block);
        }
    failing_allocator_remove(&memory);
}

#ifdef UNDER_ASAN
#include <sanitizer/asan_interface.h>

static void what_alignment_leaves_over_is_poisoned(void **fixture)
{
    (void)fixture;
    for (int64_t size = 1; size <= 200; size++) {
        unsigned char *block = lts_alloc(size, 1);
        assert_non_null(block);
        assert_null(__asan_region_is_poisoned(block, (size_t)size));
        assert_true(__asan_address_is_poisoned(block + size));
        assert_true(__asan_address_is_poisoned(block - 32));
        lts_free(block);
    }
}
#endif

/* Gives blocks at each place that malloc's alignment allows within a cache line. */
typedef struct shifting {
    _Alignas(64) unsigned char room[1024];
    size_t shift;
    int live;
} shifting;

static void *allocate_shifted(size_t size, void *user)
{
    shifting *s = user;
    if (s->live > 0 || s->shift + size > sizeof s->room)
        return NULL;
    s->live++;
    memset(s->room, 0xA5, sizeof s->room);
    return s->room + s->shift;
}

static void release_shifted(void *block, void *user)
{
    shifting *s = user;
    if (block == s->room + s->shift)
        s->live--;
}

static void a_block_lies_within_what_the_allocator_gave_wherever_that_begins(void **fixture)
{
    (void)fixture;
    static shifting s;
    lstm_allocator allocator = {allocate_shifted, release_shifted, &s};
    assert_ok(lstm_set_allocator(&allocator));
    for (s.shift = 0; s.shift < 128; s.shift += _Alignof(max_align_t)) {
        enum { SIZE = 100, GIVEN = SIZE + 2 * LTS_ALIGNMENT };
        unsigned char *block = lts_alloc(SIZE, 1);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % LTS_ALIGNMENT, 0);
        assert_true(block >= s.room + s.shift + sizeof(void *));
        assert_true(block + SIZE <= s.room + s.shift + GIVEN);
        memset(block, 0xFF, SIZE);
        for (size_t i = 0; i < sizeof s.room; i++)
            if (i < s.shift || i >= s.shift + GIVEN)
                assert_int_equal(s.room[i], 0xA5);
        lts_free(block);
        assert_int_equal(s.live, 0);
    }
    assert_ok(lstm_set_allocator(NULL));
}

static void a_size_out_of_range_is_no_memory_and_asks_nobody(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    assert_null(lts_alloc(INT64_MAX, 2));
    assert_non_null(strstr(lstm_last_error(), "9223372036854775807"));
    assert_null(lts_alloc(INT64_MAX, 1));
    assert_null(lts_alloc(INT64_MAX / 8 + 1, 8));
    assert_int_equal(memory.calls, 0);
    failing_allocator_remove(&memory);
}

static void a_string_is_copied_with_its_end(void **fixture)
{
    (void)fixture;
    const char *texts[] = {"", "a", "a longer text than the others"};
    for (int i = 0; i < 3; i++) {
        char *copy = lts_strdup(texts[i]);
        assert_non_null(copy);
        assert_ptr_not_equal(copy, texts[i]);
        assert_string_equal(copy, texts[i]);
        lts_free(copy);
    }
    lts_free(NULL);
}

static void an_allocator_without_its_functions_is_refused_and_the_old_one_kept(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    shifting s;
    const lstm_allocator no_allocate = {NULL, release_shifted, &s};
    const lstm_allocator no_release = {allocate_shifted, NULL, &s};
    failing_allocator_install(&memory);
    assert_status(lstm_set_allocator(&no_allocate), LSTM_E_ARGUMENT, "allocate");
    assert_status(lstm_set_allocator(&no_release), LSTM_E_ARGUMENT, "release");
    void *block = lts_alloc(1, 1);
    assert_int_equal(memory.live, 1);
    lts_free(block);
    failing_allocator_remove(&memory);
}

static void the_allocator_cannot_change_while_an_object_is_alive(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    const lstm_real row = 1;
    lstm_series *series = NULL;
    failing_allocator_install(&memory);
    assert_ok(lstm_series_new(&series, &row, 1, 1));
    assert_status(lstm_set_allocator(NULL), LSTM_E_ORDER, NULL);
    int64_t live = memory.live;
    char named[32];
    snprintf(named, sizeof named, "%lld blocks", (long long)live);
    assert_true(live > 0);
    assert_non_null(strstr(lstm_last_error(), named));
    lstm_series_free(series);
    failing_allocator_remove(&memory);
}

static void all_memory_of_all_objects_comes_from_the_allocator_and_goes_back(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
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

/*
 * The calls that allocate, one by one. Each answers as the library did, after having seen that a
 * failure left the output alone, and frees what it made.
 */
#define MAKE(type, call)                                                                           \
    type *made = UNTOUCHED(type);                                                                  \
    lstm_status status = (call);                                                                   \
    if (status < 0)                                                                                \
        assert_ptr_equal(made, UNTOUCHED(type));                                                   \
    else                                                                                           \
        type##_free(made);                                                                         \
    return status

static lstm_status new_series(void *context)
{
    const lstm_real rows[6] = {0};
    (void)context;
    MAKE(lstm_series, lstm_series_new(&made, rows, 3, 2));
}

static lstm_status new_series_double(void *context)
{
    const double rows[6] = {0};
    (void)context;
    MAKE(lstm_series, lstm_series_new_double(&made, rows, 3, 2));
}

static lstm_status slice(void *context)
{
    const training *t = context;
    MAKE(lstm_series, lstm_series_slice(&made, t->train, 3, 7));
}

static lstm_status new_model(void *context)
{
    training_recipe recipe;
    (void)context;
    training_recipe_init(&recipe);
    MAKE(lstm_model, lstm_model_new(&made, &recipe.model));
}

static lstm_status clone(void *context)
{
    const training *t = context;
    MAKE(lstm_model, lstm_model_clone(&made, t->model));
}

static lstm_status load(void *context)
{
    (void)context;
    MAKE(lstm_model, lstm_model_load(&made, scratch("model")));
}

static lstm_status best(void *context)
{
    const training *t = context;
    MAKE(lstm_model, lstm_trainer_best(t->trainer, &made));
}

static lstm_status new_state(void *context)
{
    const training *t = context;
    MAKE(lstm_state, lstm_state_new(&made, t->model, 3));
}

static lstm_status threads_of_a_state(void *context)
{
    const training *t = context;
    lstm_state *state;
    lstm_status status = lstm_state_new(&state, t->model, 1);
    if (status < 0)
        return status;
    status = lstm_state_threads(state, 3);
    lstm_state_free(state);
    return status;
}

static lstm_status new_iter_of(const training *t, int64_t order)
{
    training_recipe recipe;
    training_recipe_init(&recipe);
    recipe.iter.order = order;
    MAKE(lstm_iter, lstm_iter_new(&made, t->train, &recipe.iter));
}

static lstm_status new_random_iter(void *context)
{
    return new_iter_of(context, LSTM_ORDER_RANDOM);
}

static lstm_status new_shuffled_iter(void *context)
{
    return new_iter_of(context, LSTM_ORDER_SHUFFLE);
}

static lstm_status new_updater_of(const training *t, int64_t unroll, int64_t optimizer)
{
    training_recipe recipe;
    training_recipe_init(&recipe);
    lstm_optimizer_options options = LSTM_OPTIMIZER_OPTIONS_INIT;
    options.kind = optimizer;
    recipe.updater.unroll = unroll;
    recipe.updater.n_threads = 3;
    recipe.updater.hooks = recipe.hooks;
    recipe.updater.optimizer = &options;
    MAKE(lstm_updater, lstm_updater_new(&made, t->model, t->iter, &recipe.updater));
}

static lstm_status new_loop_updater(void *context)
{
    return new_updater_of(context, LSTM_UNROLL_LOOP, LSTM_AMSGRAD);
}

static lstm_status new_article_updater(void *context)
{
    return new_updater_of(context, LSTM_UNROLL_ARTICLE, LSTM_SGD);
}

static lstm_status new_trainer(void *context)
{
    const training *t = context;
    training_recipe recipe;
    training_recipe_init(&recipe);
    recipe.trainer.folder = scratch_folder;
    recipe.trainer.snapshot.every = 10;
    recipe.trainer.validate.every = 10;
    recipe.trainer.valid_series = t->test;
    recipe.trainer.valid = &recipe.valid;
    MAKE(lstm_trainer, lstm_trainer_new(&made, t->updater, &recipe.trainer));
}

static lstm_status valid(void *context)
{
    const training *t = context;
    lstm_valid_options options = LSTM_VALID_OPTIONS_INIT;
    double rmse[4 * 3] = {-5};
    options.window_len = 4;
    lstm_status status = lstm_valid(t->model, t->test, &options, rmse, 4 * 3);
    for (int i = 0; i < 4 * 3; i++)
        assert_true(status == LSTM_OK ? rmse[i] > 0 : rmse[i] == (i == 0 ? -5 : 0));
    return status;
}

static lstm_status pred(void *context)
{
    const training *t = context;
    lstm_pred_options options = LSTM_PRED_OPTIONS_INIT;
    lstm_real y[6 * 2] = {0}, truth[6 * 2] = {0};
    options.n_step = 6;
    options.support_len = 2;
    lstm_status status = lstm_pred(t->model, t->test, &options, y, truth);
    for (int i = 0; i < 6 * 2; i++)
        assert_true(status == LSTM_OK ? y[i] != 0 && truth[i] != 0 : y[i] == 0 && truth[i] == 0);
    return status;
}

static void every_allocation_that_fails_is_told_leaks_nothing_and_touches_no_output(void **fixture)
{
    (void)fixture;
    static const struct {
        failing_allocator_attempt attempt;
        int64_t at_least; /* allocations, so that the sweep is known to have swept */
    } calls[] = {
        {new_series, 3},
        {new_series_double, 3},
        {slice, 3},
        {new_model, 4},
        {clone, 4},
        {load, 8},
        {best, 4},
        {new_state, 8},
        {threads_of_a_state, 10},
        {new_random_iter, 4},
        {new_shuffled_iter, 5},
        {new_loop_updater, 20},
        {new_article_updater, 20},
        {new_trainer, 5},
        {valid, 13},
        {pred, 10},
    };
    failing_allocator memory;
    training_recipe recipe;
    training t;
    failing_allocator_install(&memory);
    training_recipe_init(&recipe);
    recipe.trainer.validate.every = 1;
    recipe.trainer.max_iteration = 2;
    training_make(&t, &recipe);
    training_start(&t, &recipe);
    assert_ok(lstm_trainer_run(t.trainer));
    assert_ok(lstm_model_save(t.model, scratch("model")));
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        int64_t allocations = failing_allocator_sweep(&memory, calls[i].attempt, &t);
        assert_true(allocations >= calls[i].at_least);
    }
    training_free(&t);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiplication_tells_overflow),
        cmocka_unit_test(a_block_is_zeroed_aligned_and_as_large_as_asked),
#ifdef UNDER_ASAN
        cmocka_unit_test(what_alignment_leaves_over_is_poisoned),
#endif
        cmocka_unit_test(a_block_lies_within_what_the_allocator_gave_wherever_that_begins),
        cmocka_unit_test(a_size_out_of_range_is_no_memory_and_asks_nobody),
        cmocka_unit_test(a_string_is_copied_with_its_end),
        cmocka_unit_test(an_allocator_without_its_functions_is_refused_and_the_old_one_kept),
        cmocka_unit_test(the_allocator_cannot_change_while_an_object_is_alive),
        cmocka_unit_test(all_memory_of_all_objects_comes_from_the_allocator_and_goes_back),
        cmocka_unit_test(every_allocation_that_fails_is_told_leaks_nothing_and_touches_no_output),
    };
    return cmocka_run_group_tests_name("memory", tests, scratch_make, scratch_remove);
}
