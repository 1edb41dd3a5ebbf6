/* SPDX-License-Identifier: MIT */
/*
 * A program that is not linked to the library loads it, uses it with its own threads and the
 * library's, and unloads it, a hundred times. No thread, mapping or memory must remain.
 *
 *     test_unload LIBRARY
 */
#include "assert_status.h"
#include "host_state.h"

#include <dlfcn.h>
#include <lstmts/lstmts.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

enum { ROUNDS = 100, D = 2, H = 60, STREAMS = 20, STEPS = 3, USERS = 3 };

/* The functions that the program calls. */
#define FUNCTIONS(X)                                                                               \
    X(lstm_model_new)                                                                              \
    X(lstm_model_free)                                                                             \
    X(lstm_model_load)                                                                             \
    X(lstm_state_new)                                                                              \
    X(lstm_state_set_threads)                                                                      \
    X(lstm_state_step)                                                                             \
    X(lstm_state_free)                                                                             \
    X(lstm_last_error)

typedef struct library {
    void *handle;
#define FIELD(name) __typeof__(&name) name;
    FUNCTIONS(FIELD)
#undef FIELD
} library;

static const char *path;
static uint64_t own_threads;

static void *symbol(const library *lib, const char *name)
{
    void *found = dlsym(lib->handle, name);
    if (found == NULL)
        fail_msg("%s", dlerror());
    return found;
}

static void load(library *lib)
{
    lib->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (lib->handle == NULL)
        fail_msg("%s", dlerror());
#define FIND(name) *(void **)(void *)&lib->name = symbol(lib, #name);
    FUNCTIONS(FIND)
#undef FIND
}

static void unload(library *lib)
{
    assert_int_equal(dlclose(lib->handle), 0);
    assert_null(dlopen(path, RTLD_NOW | RTLD_NOLOAD));
}

/* A thread that uses the library. A barrier keeps it alive until the library is unloaded. */
typedef struct user {
    const library *lib;
    pthread_t thread;
    pthread_barrier_t *used, *unloaded;
    bool fine;
} user;

static bool use(const library *lib)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    lstm_model *model = NULL;
    lstm_state *state = NULL;
    lstm_real x[STREAMS][D] = {{1}}, y[STREAMS][D] = {{0}};
    options.n_input = D;
    options.n_hidden = H;
    bool fine = lib->lstm_model_new(&model, &options) == LSTM_OK &&
                lib->lstm_state_new(&state, model, STREAMS) == LSTM_OK &&
                lib->lstm_state_set_threads(state, 3) == LSTM_OK;
    for (int t = 0; t < STEPS && fine; t++)
        fine = lib->lstm_state_step(state, x[0], y[0]) == LSTM_OK && y[0][0] != y[1][0];
    lib->lstm_state_free(state);
    lib->lstm_model_free(model);
    return fine && lib->lstm_model_load(&model, "/nonexistent/model") == LSTM_E_IO &&
           strstr(lib->lstm_last_error(), "nonexistent") != NULL;
}

static void *use_and_stay(void *argument)
{
    user *u = argument;
    u->fine = use(u->lib);
    pthread_barrier_wait(u->used);
    pthread_barrier_wait(u->unloaded);
    return NULL;
}

static void load_use_and_unload(void)
{
    library lib;
    user users[USERS];
    pthread_barrier_t used, unloaded;
    load(&lib);
    pthread_barrier_init(&used, NULL, USERS + 1);
    pthread_barrier_init(&unloaded, NULL, USERS + 1);
    for (int i = 0; i < USERS; i++) {
        users[i] = (user){.lib = &lib, .used = &used, .unloaded = &unloaded};
        assert_int_equal(pthread_create(&users[i].thread, NULL, use_and_stay, &users[i]), 0);
    }
    bool fine = use(&lib);
    pthread_barrier_wait(&used);
    uint64_t n_thread = host_state_threads(own_threads + USERS);
    unload(&lib);
    pthread_barrier_wait(&unloaded);
    for (int i = 0; i < USERS; i++) {
        assert_int_equal(pthread_join(users[i].thread, NULL), 0);
        assert_true(users[i].fine);
    }
    assert_true(fine);
    assert_int_equal(n_thread, own_threads + USERS); /* the library's own had ended */
    pthread_barrier_destroy(&used);
    pthread_barrier_destroy(&unloaded);
}

/* Bytes allocated from the C library; 0 if unknown. Sanitizers detect leaks themselves. */
static size_t heap(void)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
    return mallinfo2().uordblks;
#else
    return 0;
#endif
}

/*
 * Smallest heap of some rounds. tests/meson.build disables the C library's cache of freed blocks.
 */
static size_t least_heap(int rounds)
{
    size_t least = SIZE_MAX;
    for (int round = 0; round < rounds; round++) {
        load_use_and_unload();
        size_t now = heap();
        least = now < least ? now : least;
    }
    return least;
}

static void a_hundred_times_loaded_and_unloaded_leave_nothing(void **fixture)
{
    (void)fixture;
    own_threads = host_state_threads(1); /* ThreadSanitizer may have one too */
    least_heap(ROUNDS / 4);
    size_t before = least_heap(ROUNDS / 4);
    least_heap(ROUNDS / 4);
    size_t after = least_heap(ROUNDS / 4);
    if (after > before + 16 * (ROUNDS / 2)) /* no block is smaller */
        fail_msg("%d bytes of heap were left in %d rounds", (int)(after - before), ROUNDS / 2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_times_loaded_and_unloaded_leave_nothing),
    };
    if (argc != 2) {
        fputs("usage: test_unload LIBRARY\n", stderr);
        return 2;
    }
    path = argv[1];
    return cmocka_run_group_tests_name("unload", tests, NULL, NULL);
}
