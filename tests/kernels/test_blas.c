/* SPDX-License-Identifier: MIT */
/*
 * How the library calls a BLAS (kernels/blas.h). The linker sends its calls through the functions
 * here (--wrap, see meson.build), which look at what they are given, misbehave as a BLAS may, and
 * then call the real one.
 */
#define _GNU_SOURCE /* dladdr(), MAP_ANONYMOUS; NOLINT(bugprone-reserved-identifier,cert-dcl*) */
#include "assert_status.h"

#include "kernels/blas.h"

#include <cblas.h>
#include <dlfcn.h>
#include <errno.h>
#include <fenv.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

typedef void gemm_fn(const enum CBLAS_ORDER order, const enum CBLAS_TRANSPOSE a_transposed,
                     const enum CBLAS_TRANSPOSE b_transposed, const int m, const int n,
                     const int n_inner, const float alpha, const float *a, const int lda,
                     const float *b, const int ldb, const float beta, float *c, const int ldc);
typedef void gemv_fn(const enum CBLAS_ORDER order, const enum CBLAS_TRANSPOSE a_transposed,
                     const int m, const int n, const float alpha, const float *a, const int lda,
                     const float *x, const int x_step, const float beta, float *y,
                     const int y_step);
gemm_fn __real_cblas_sgemm, __wrap_cblas_sgemm;
gemv_fn __real_cblas_sgemv, __wrap_cblas_sgemv;
int __wrap_openblas_get_parallel(void);

enum misbehaviour { NONE, CHANGES_STATE, MEETS, STAYS };

static atomic_int parallel, inside, most_inside, called, may_leave;
static _Atomic enum misbehaviour does;

int __wrap_openblas_get_parallel(void)
{
    return parallel;
}

static void wait_until(atomic_int *value, int wanted)
{
    while (atomic_load(value) < wanted)
        sched_yield();
}

static void misbehave(void)
{
    if (does == CHANGES_STATE) {
        errno = ERANGE;
        fesetround(FE_UPWARD);
    } else if (does == MEETS) {
        wait_until(&most_inside, 2); /* until another thread is here too */
    } else if (does == STAYS) {
        wait_until(&may_leave, 1);
    }
}

static void enter(void)
{
    int now = atomic_fetch_add(&inside, 1) + 1, most = atomic_load(&most_inside);
    while (now > most && !atomic_compare_exchange_weak(&most_inside, &most, now))
        ;
    sched_yield();
}

static void leave(void)
{
    misbehave();
    atomic_fetch_add(&called, 1);
    atomic_fetch_sub(&inside, 1);
}

void __wrap_cblas_sgemm(const enum CBLAS_ORDER order, const enum CBLAS_TRANSPOSE a_transposed,
                        const enum CBLAS_TRANSPOSE b_transposed, const int m, const int n,
                        const int n_inner, const float alpha, const float *a, const int lda,
                        const float *b, const int ldb, const float beta, float *c, const int ldc)
{
    enter();
    assert_true(alpha == 1 && beta == 1);
    assert_true(m > 0 && n > 0 && n_inner > 0);
    __real_cblas_sgemm(order, a_transposed, b_transposed, m, n, n_inner, alpha, a, lda, b, ldb,
                       beta, c, ldc);
    leave();
}

void __wrap_cblas_sgemv(const enum CBLAS_ORDER order, const enum CBLAS_TRANSPOSE a_transposed,
                        const int m, const int n, const float alpha, const float *a, const int lda,
                        const float *x, const int x_step, const float beta, float *y,
                        const int y_step)
{
    enter();
    assert_true(alpha == 1 && beta == 1);
    assert_true(m > 0 && n > 0);
    __real_cblas_sgemv(order, a_transposed, m, n, alpha, a, lda, x, x_step, beta, y, y_step);
    leave();
}

static int reset(void **fixture)
{
    (void)fixture;
    parallel = inside = most_inside = called = may_leave = 0;
    does = NONE;
    return 0;
}

/* C [2, 2] += A B, and its first row alone. */
static void multiply_small(void)
{
    const float a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8}, want[] = {20, 23, 44, 51, 20, 23};
    float c[] = {1, 1, 1, 1, 1, 1};
    lts_blas_add_product(false, 2, 2, 2, a, 2, b, 2, c, 2);
    lts_blas_add_product(false, 1, 2, 2, a, 2, b, 2, c + 4, 2);
    assert_memory_equal(c, want, sizeof c);
}

static void *multiply_often(void *n)
{
    for (int i = 0; i < *(const int *)n; i++)
        multiply_small();
    return NULL;
}

static void in_threads(int n_thread, int n)
{
    pthread_t threads[8];
    for (int i = 0; i < n_thread; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, multiply_often, &n), 0);
    for (int i = 0; i < n_thread; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void a_blas_without_threads_is_called_by_one_thread_at_a_time(void **fixture)
{
    (void)fixture;
    in_threads(8, 500);
    assert_int_equal(called, 8 * 500 * 2);
    assert_int_equal(most_inside, 1);
}

static void a_blas_with_threads_is_called_by_several_at_once(void **fixture)
{
    (void)fixture;
    parallel = 1;
    does = MEETS;
    in_threads(2, 1);
    assert_int_equal(most_inside, 2);
}

/* The lock is held by a thread that the child does not have. */
static void a_child_forked_during_a_product_may_multiply(void **fixture)
{
    (void)fixture;
    pthread_t thread;
    int once = 1, status;
    does = STAYS;
    assert_int_equal(pthread_create(&thread, NULL, multiply_often, &once), 0);
    wait_until(&inside, 1);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(60);
        does = NONE;
        multiply_small();
        multiply_small();
        _exit(atomic_load(&called) == 4 ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS);
    atomic_store(&may_leave, 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void a_blas_leaves_neither_errno_nor_a_rounding_mode_behind(void **fixture)
{
    (void)fixture;
    does = CHANGES_STATE;
    errno = EDOM;
    multiply_small();
    assert_int_equal(errno, EDOM);
    assert_int_equal(fegetround(), FE_TONEAREST);
}

static void nan_is_kept_wherever_it_is(void **fixture)
{
    (void)fixture;
    for (int place = 0; place < 3; place++) {
        float a[] = {0, 0, 0, 0}, b[] = {0, 0, 0, 0}, c[] = {0, 0, 0, 0};
        *(place == 0 ? &a[0] : place == 1 ? &b[0] : &c[0]) = NAN;
        lts_blas_add_product(false, 2, 2, 2, a, 2, b, 2, c, 2);
        assert_true(isnan(c[0]) && c[3] == 0);
        c[0] = place == 2 ? NAN : 0;
        c[1] = 0;
        lts_blas_add_product(false, 1, 2, 2, a, 2, b, 2, c, 2);
        assert_true(isnan(c[0]) && (isnan(c[1]) || place > 0));
    }
}

static void nothing_is_multiplied_where_a_size_is_0(void **fixture)
{
    (void)fixture;
    float c = 3;
    lts_blas_add_product(false, 1, 1, 0, NULL, 1, NULL, 1, &c, 1);
    lts_blas_add_product(false, 0, 1, 1, NULL, 1, NULL, 1, &c, 1);
    lts_blas_add_product(true, 1, 0, 1, NULL, 1, NULL, 1, &c, 1);
    assert_int_equal(called, 0);
    assert_true(c == 3);
}

/* One size is larger than what is given to a BLAS at once; the first and the last element are 1. */
static void long_products_are_divided(void **fixture)
{
    (void)fixture;
    enum { LONG = (1 << 24) + 3 };
    float *x = calloc(LONG, sizeof *x), *c = calloc(LONG, sizeof *c), one = 1, sum = 0;
    assert_non_null(x);
    assert_non_null(c);
    x[0] = x[LONG - 1] = 1;
    lts_blas_add_product(false, 1, 1, LONG, x, LONG, x, 1, &sum, 1);
    assert_true(sum == 2);
    lts_blas_add_product(true, 1, 1, LONG, x, 1, x, 1, &sum, 1);
    assert_true(sum == 4);
    lts_blas_add_product(false, LONG, 1, 1, x, 1, &one, 1, c, 1);
    lts_blas_add_product(false, 1, LONG, 1, &one, 1, x, LONG, c, LONG);
    assert_true(c[0] == 2 && c[1] == 0 && c[LONG - 1] == 2);
    assert_int_equal(called, 4 * 2);
    free(x);
    free(c);
}

#if UINTPTR_MAX > UINT32_MAX
/* Rows that are further apart than an int can tell; of the rows alone there is memory. */
enum { N_FAR = 2 };
static const int64_t far_apart = (int64_t)INT_MAX + 1025;

static float *far_rows(void)
{
    size_t row = (size_t)far_apart * sizeof(float), page = (size_t)sysconf(_SC_PAGESIZE);
    char *all = mmap(NULL, N_FAR * row, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(all != MAP_FAILED);
    for (int i = 0; i < N_FAR; i++) {
        char *begin = all + (size_t)i * row / page * page;
        assert_int_equal(mprotect(begin, page, PROT_READ | PROT_WRITE), 0);
    }
    return (float *)all;
}

static void free_far_rows(float *rows)
{
    munmap(rows, N_FAR * (size_t)far_apart * sizeof *rows);
}

static void check_far(bool a_transposed, bool far_a, bool far_b, bool far_c)
{
    const float from_a[] = {1, 2, 3, 4}, from_b[] = {5, 6, 7, 8};
    const float plain[] = {19, 22, 43, 50}, transposed[] = {26, 30, 38, 44};
    const float *want = a_transposed ? transposed : plain;
    float near[3][4], *m[3];
    const bool is_far[] = {far_a, far_b, far_c};
    for (int k = 0; k < 3; k++) {
        m[k] = is_far[k] ? far_rows() : near[k];
        int64_t row = is_far[k] ? far_apart : 2;
        for (int64_t i = 0; i < 4; i++)
            m[k][i / 2 * row + i % 2] = k == 0 ? from_a[i] : k == 1 ? from_b[i] : 0;
    }
    int64_t lda = far_a ? far_apart : 2, ldb = far_b ? far_apart : 2, ldc = far_c ? far_apart : 2;
    lts_blas_add_product(a_transposed, 2, 2, 2, m[0], lda, m[1], ldb, m[2], ldc);
    for (int64_t i = 0; i < 4; i++)
        assert_true(m[2][i / 2 * ldc + i % 2] == want[i]);
    for (int k = 0; k < 3; k++)
        if (is_far[k])
            free_far_rows(m[k]);
}

static void rows_further_apart_than_an_int_can_tell_are_right(void **fixture)
{
    (void)fixture;
    for (int which = 0; which < 16; which++)
        check_far((which & 8) != 0, (which & 1) != 0, (which & 2) != 0, (which & 4) != 0);
}
#endif

/* Debian's alternatives may put any BLAS behind the name of another one. */
static void the_blas_is_the_one_that_is_to_be_tested(void **fixture)
{
    (void)fixture;
    Dl_info info;
    void *gemm = dlsym(RTLD_DEFAULT, "cblas_sgemm");
    assert_non_null(gemm);
    assert_int_not_equal(dladdr(gemm, &info), 0);
    printf("cblas_sgemm() of %s\n", info.dli_fname);
    if (strstr(info.dli_fname, TEST_BLAS) == NULL)
        fail_msg("%s runs, not a library of %s", info.dli_fname, TEST_BLAS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_blas_without_threads_is_called_by_one_thread_at_a_time, reset),
        cmocka_unit_test_setup(a_blas_with_threads_is_called_by_several_at_once, reset),
        cmocka_unit_test_setup(a_child_forked_during_a_product_may_multiply, reset),
        cmocka_unit_test_setup(a_blas_leaves_neither_errno_nor_a_rounding_mode_behind, reset),
        cmocka_unit_test_setup(nan_is_kept_wherever_it_is, reset),
        cmocka_unit_test_setup(nothing_is_multiplied_where_a_size_is_0, reset),
        cmocka_unit_test_setup(long_products_are_divided, reset),
#if UINTPTR_MAX > UINT32_MAX
        cmocka_unit_test_setup(rows_further_apart_than_an_int_can_tell_are_right, reset),
#endif
        cmocka_unit_test_setup(the_blas_is_the_one_that_is_to_be_tested, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
