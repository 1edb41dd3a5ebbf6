/* SPDX-License-Identifier: MIT */
/*
 * Runs life.h on a thread with a stack of 128 KiB, which is also musl's default. The stack is
 * filled with a pattern first, so that its use can be measured afterwards.
 */
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "life.h"
#include "scratch.h"

#include "kernels/kernels.h"

#include <pthread.h>
#include <sys/mman.h>

/*
 * AddressSanitizer and ThreadSanitizer need more stack.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TIMES 8
#else
#define TIMES 1
#endif

enum { STACK = TIMES * 128 * 1024, GUARD = 64 * 1024, MARGIN = TIMES * 32 * 1024, PAINT = 0xA5 };

typedef struct task {
    void (*run)(void *);
    void *argument;
    unsigned char *memory; /* GUARD inaccessible bytes, then the stack */
} task;

static void *run_task(void *argument)
{
    task *t = argument;
    t->run(t->argument);
    return NULL;
}

/* Bytes of the stack that were written to, including glibc's data at its upper end. */
static int64_t use_of(void (*run)(void *), void *argument)
{
    pthread_t thread;
    pthread_attr_t attributes;
    task t = {run, argument, NULL};
    t.memory =
        mmap(NULL, GUARD + STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(t.memory != MAP_FAILED);
    memset(t.memory + GUARD, PAINT, STACK);
    assert_int_equal(mprotect(t.memory, GUARD, PROT_NONE), 0);
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstack(&attributes, t.memory + GUARD, STACK), 0);
    assert_int_equal(pthread_create(&thread, &attributes, run_task, &t), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
    int64_t untouched = 0;
    while (untouched < STACK && t.memory[GUARD + untouched] == PAINT)
        untouched++;
    munmap(t.memory, GUARD + STACK);
    return STACK - untouched;
}

static life_shape shape;
static life expected, got;

static void live(void *argument)
{
    life_live(argument, &shape, scratch_folder);
}

static void do_nothing(void *argument)
{
    (void)argument;
}

static void check(const char *kernels, const char *fold, life_shape of)
{
    shape = of;
    assert_int_equal(setenv("LSTMTS_KERNELS", kernels, 1), 0);
    assert_int_equal(setenv("LSTMTS_FOLD", fold, 1), 0);
    live(&expected);
    assert_string_equal(expected.failure, "");
    int64_t use = use_of(live, &got) - use_of(do_nothing, NULL);
    print_message("%s, fold %s, H %d, %d threads: %d bytes\n", kernels, fold, (int)of.H,
                  (int)of.n_threads, (int)use);
    assert_string_equal(got.failure, "");
    assert_memory_equal(&got, &expected, sizeof got);
    assert_true(use > 4096); /* it was this stack that was used */
    assert_true(use < STACK - MARGIN);
}

static void a_stack_of_128_kib_is_enough(void **fixture)
{
    static const char *const sets[] = {"generic", "avx2", "avx512", "amx_twin",
                                       "amx",     "sse3", "neon"};
    (void)fixture;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        for (int fold = 0; fold < 2 && lts_kernels_find(sets[i]) != NULL; fold++) {
            check(sets[i], fold ? "1" : "0", (life_shape){6, 1});
            check(sets[i], fold ? "1" : "0", (life_shape){40, 2});
        }
}

/* Stored weights are widened to the stack. */
static void step_from_stored_weights(void *argument)
{
    enum { STREAMS = 60 };
    static lstm_real xy[STREAMS];
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    lstm_state_options options = LSTM_STATE_OPTIONS_INIT;
    lstm_model *model = NULL;
    lstm_state *state = NULL;
    sizes.n_input = 1, sizes.n_hidden = 100;
    options.n_stream = STREAMS, options.weights = LSTM_WEIGHTS_INT8;
    lstm_status status = lstm_model_new(&model, &sizes);
    if (status == LSTM_OK)
        status = lstm_state_new_with(&state, model, &options);
    for (int t = 0; t < 2 && status == LSTM_OK; t++)
        status = lstm_state_step(state, xy, xy);
    lstm_state_free(state);
    lstm_model_free(model);
    *(lstm_status *)argument = status;
}

static void it_is_enough_for_stored_weights(void **fixture)
{
    static const char *const sets[] = {"generic", "avx2", "avx512", "sse3", "neon"};
    (void)fixture;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (lts_kernels_find(sets[i]) == NULL)
            continue;
        lstm_status status = LSTM_E_STALE;
        assert_int_equal(setenv("LSTMTS_KERNELS", sets[i], 1), 0);
        int64_t use = use_of(step_from_stored_weights, &status) - use_of(do_nothing, NULL);
        print_message("%s, stored weights: %d bytes\n", sets[i], (int)use);
        assert_int_equal(status, LSTM_OK);
        assert_true(use < STACK - MARGIN);
    }
}

/* Deeply nested brackets are rejected before a recursive parser reads them. */
static void load_what_is_nested(void *argument)
{
    lstm_model *model = NULL;
    *(lstm_status *)argument = lstm_model_load(&model, scratch("nested"));
}

static void a_nested_file_does_not_overflow_it(void **fixture)
{
    enum { DEPTH = 2000, SIZE = 8 + 2 * DEPTH + 5 };
    static unsigned char file[SIZE];
    lstm_status status = LSTM_OK;
    (void)fixture;
    memset(file, 0, sizeof file);
    file[0] = (SIZE - 8) % 256;
    file[1] = (SIZE - 8) / 256;
    memcpy(file + 8, "{\"a\":", 5);
    memset(file + 13, '[', DEPTH - 1);
    memset(file + 13 + DEPTH - 1, ']', DEPTH - 1);
    memcpy(file + SIZE - 2, "} ", 2);
    scratch_write("nested", file, sizeof file);
    int64_t use = use_of(load_what_is_nested, &status) - use_of(do_nothing, NULL);
    assert_int_equal(status, LSTM_E_LIMIT);
    assert_true(use < STACK - MARGIN);
}

static int prepare(void **fixture)
{
    life_prepare();
    return scratch_make(fixture) != 0 || setenv("LSTMTS_SPLIT", "1", 1) != 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stack_of_128_kib_is_enough),
        cmocka_unit_test(it_is_enough_for_stored_weights),
        cmocka_unit_test(a_nested_file_does_not_overflow_it),
    };
    return cmocka_run_group_tests_name("small_stack", tests, prepare, scratch_remove);
}
