/* SPDX-License-Identifier: MIT */
/*
 * When and how a BLAS is opened, and what runs if it cannot be. A process tries to open it only
 * once, so each case is a child. The linker sends the library's calls of dlopen() and dlsym()
 * through the functions here (--wrap, see meson.build); the fake BLAS is found by LD_LIBRARY_PATH.
 */
#include "blas_fixture.h"

#include "kernels/kernels.h"
#include "network/device.h"

#include <errno.h>
#include <fenv.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

void *__real_dlopen(const char *file, int flags);
void *__wrap_dlopen(const char *file, int flags);
void *__real_dlsym(void *library, const char *name);
void *__wrap_dlsym(void *library, const char *name);

/* The settings of the loader, and what it observed. */
static struct {
    bool finds_no_file;
    bool any_order;     /* several threads ask for the files at once */
    const char *hidden; /* the name of a function that no library has */
    atomic_int n_open, flags;
    const char *file; /* the last one */
} loader;

void *__wrap_dlopen(const char *file, int flags)
{
    if ((flags & RTLD_NOLOAD) != 0)
        return __real_dlopen(file, flags);
    if (!loader.any_order && loader.n_open < N_BLAS_FILE &&
        strcmp(file, blas_files[loader.n_open]) != 0)
        abort();
    atomic_fetch_add(&loader.n_open, 1);
    atomic_store(&loader.flags, flags);
    return __real_dlopen(loader.finds_no_file ? "/nonexistent/library" : file, flags);
}

void *__wrap_dlsym(void *library, const char *name)
{
    if (loader.hidden != NULL && strcmp(name, loader.hidden) == 0)
        return NULL;
    return __real_dlsym(library, name);
}

static void assert_in_child(bool (*holds)(void))
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(60);
        _exit(holds() ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EXIT_SUCCESS);
}

static bool opens_in_the_default_environment(void)
{
    fesetround(FE_UPWARD);
    errno = EDOM;
    bool open = lts_blas_open();
    bool kept = errno == EDOM && fegetround() == FE_UPWARD;
    fesetround(FE_TONEAREST);
    bool asked_once = lts_blas_open() && loader.n_open == 1;
    const fake_blas *fake = fake_blas_loaded();
    return open && kept && asked_once && loader.flags == (RTLD_NOW | RTLD_LOCAL) && fake != NULL &&
           fake->rounding_when_loaded == FE_TONEAREST && lts_blas_is_openblas();
}

static void it_is_opened_once_and_leaves_the_host_as_it_was(void **fixture)
{
    (void)fixture;
    assert_in_child(opens_in_the_default_environment);
}

static const lts_kernels *select_by_name(const char *name, int64_t H)
{
    if (name == NULL)
        unsetenv("LSTMTS_KERNELS");
    else
        setenv("LSTMTS_KERNELS", name, 1);
    return lts_kernels_select(H);
}

static bool opens_for_its_set_only(void)
{
    const lts_kernels *generic = select_by_name("generic", 1024), *best = select_by_name(NULL, 1);
    select_by_name("avx2", 1024);
    select_by_name("no such set", 1);
    bool without = loader.n_open == 0 && lts_kernels_find("avx512") != generic;
    const lts_kernels *large = select_by_name(NULL, 1024);
#if !defined(LTS_KERNELS_X86) && !defined(LTS_KERNELS_SSE3) && !defined(LTS_KERNELS_NEON)
    return best == generic && without && loader.n_open == 1 && large == lts_kernels_find("cblas");
#endif
    without = without && loader.n_open == 0 && large == best;
    return without && select_by_name("cblas", 1) == lts_kernels_find("cblas") && loader.n_open == 1;
}

static void it_is_not_opened_for_another_set(void **fixture)
{
    (void)fixture;
    assert_in_child(opens_for_its_set_only);
}

static bool lists_the_processor(void)
{
    lstm_device_info cpu;
    int64_t n = 0;
    setenv("LSTMTS_KERNELS", "cblas", 1);
    const lts_kernels *own = lts_kernels_own();
    return strcmp(own->name, "cblas") != 0 && lts_cpu.list(&cpu, 1, &n) == LSTM_OK && n == 1 &&
           strstr(cpu.description, own->name) != NULL && loader.n_open == 0;
}

static void it_is_not_opened_for_a_list_of_devices(void **fixture)
{
    (void)fixture;
    assert_in_child(lists_the_processor);
}

static bool own_set_takes_its_place(void)
{
    const lts_kernels *best = select_by_name(NULL, 1), *generic = lts_kernels_find("generic");
    return select_by_name("cblas", 1024) == best && lts_kernels_find("cblas") == NULL &&
           lts_kernels_or_blas(generic, 1024) == generic && loader.n_open == N_BLAS_FILE;
}

static bool is_done_without_where_no_file_is_found(void)
{
    loader.finds_no_file = true;
    errno = EDOM;
    return own_set_takes_its_place() && errno == EDOM && dlerror() == NULL;
}

static bool is_done_without_where_gemm_is_missing(void)
{
    loader.hidden = "cblas_sgemm";
    return own_set_takes_its_place() && dlerror() == NULL;
}

static bool is_done_without_where_gemv_is_missing(void)
{
    loader.hidden = "cblas_sgemv";
    return own_set_takes_its_place();
}

/* Each file is tried exactly once. */
static void without_a_blas_the_best_own_set_runs(void **fixture)
{
    (void)fixture;
    assert_in_child(is_done_without_where_no_file_is_found);
    assert_in_child(is_done_without_where_gemm_is_missing);
    assert_in_child(is_done_without_where_gemv_is_missing);
}

static bool is_guarded_where_its_threads_are_unknown(void)
{
    loader.hidden = "openblas_get_parallel";
    if (!lts_blas_open() || lts_blas_is_openblas())
        return false;
    fake_blas *fake = fake_blas_loaded();
    fake->parallel = 1;
    return multiply_in_threads(8, 100) && fake->most_inside == 1;
}

static void a_blas_that_does_not_tell_its_threads_is_called_by_one_thread_at_a_time(void **fixture)
{
    (void)fixture;
    assert_in_child(is_guarded_where_its_threads_are_unknown);
}

typedef struct opener {
    pthread_t thread;
    pthread_barrier_t *begin;
    bool right;
} opener;

static void *open_and_multiply(void *argument)
{
    opener *o = argument;
    pthread_barrier_wait(o->begin);
    o->right = lts_blas_open() && multiply_small();
    return NULL;
}

static bool opens_in_threads(void)
{
    enum { N = 8 };
    opener openers[N];
    pthread_barrier_t begin;
    loader.any_order = true;
    bool right = pthread_barrier_init(&begin, NULL, N) == 0;
    for (int i = 0; i < N && right; i++) {
        openers[i].begin = &begin;
        right = pthread_create(&openers[i].thread, NULL, open_and_multiply, &openers[i]) == 0;
    }
    for (int i = 0; i < N && right; i++)
        right = pthread_join(openers[i].thread, NULL) == 0 && openers[i].right;
    return right;
}

static void threads_may_open_it_at_once(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < 20; i++)
        assert_in_child(opens_in_threads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_opened_once_and_leaves_the_host_as_it_was),
        cmocka_unit_test(it_is_not_opened_for_another_set),
        cmocka_unit_test(it_is_not_opened_for_a_list_of_devices),
        cmocka_unit_test(without_a_blas_the_best_own_set_runs),
        cmocka_unit_test(a_blas_that_does_not_tell_its_threads_is_called_by_one_thread_at_a_time),
        cmocka_unit_test(threads_may_open_it_at_once),
    };
    return cmocka_run_group_tests_name("blas_open", tests, NULL, NULL);
}
