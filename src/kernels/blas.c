/* SPDX-License-Identifier: MIT */
#include "kernels/blas.h"

#include "base/float_env.h"
#include "base/keep_errno.h"
#include "base/loader.h"
#include "base/process.h"
#include "kernels/kernels.h"

#include <dlfcn.h>
#include <fenv.h>
#include <limits.h>
#include <stdatomic.h>
#include <string.h>

/* As in the CBLAS standard, whose header need not be there. An enum of it is passed as an int. */
enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };

typedef void gemm_fn(int order, int a_transposed, int b_transposed, int m, int n, int n_inner,
                     real alpha, const real *a, int lda, const real *b, int ldb, real beta, real *c,
                     int ldc);
typedef void gemv_fn(int order, int a_transposed, int m, int n, real alpha, const real *a, int lda,
                     const real *x, int x_step, real beta, real *y, int y_step);
typedef int parallel_fn(void);

#ifdef LSTMTS_TEST_DOUBLE
#define GEMM "cblas_dgemm"
#define GEMV "cblas_dgemv"
#else
#define GEMM "cblas_sgemm"
#define GEMV "cblas_sgemv"
#endif

enum { NOT_TRIED, USABLE, NOT_USABLE };

/*
 * The functions of the BLAS. Threads that open it at the same time find the same functions, so each
 * of them stores all, and none waits for another. The first one decides whether the BLAS is usable.
 */
static struct {
    _Atomic(gemm_fn *) gemm;
    _Atomic(gemv_fn *) gemv;
    /* openblas_get_parallel(). 0: no threads, 1: threads of its own, 2: OpenMP. NULL: unknown. */
    _Atomic(parallel_fn *) parallel;
    atomic_int state;
    lts_process_lock lock; /* a mutex that another thread held would stay locked in a child */
} blas;

/*
 * The library stays open when its functions are not used any more, and even when this library is
 * unloaded: OpenMP's threads, and other users of the same BLAS, do not survive that it is closed.
 */
static bool open_file(const char *file)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return false;
    void *found[] = {dlsym(library, GEMM), dlsym(library, GEMV),
                     dlsym(library, "openblas_get_parallel")};
    if (found[0] == NULL || found[1] == NULL)
        return false;
    gemm_fn *gemm;
    gemv_fn *gemv;
    parallel_fn *parallel;
    memcpy(&gemm, &found[0], sizeof gemm); /* POSIX: an object pointer holds a function */
    memcpy(&gemv, &found[1], sizeof gemv);
    memcpy(&parallel, &found[2], sizeof parallel);
    atomic_store(&blas.gemm, gemm);
    atomic_store(&blas.gemv, gemv);
    atomic_store(&blas.parallel, parallel);
    return true;
}

/* For use in the default environment, which a BLAS may have changed. */
static void correct_float_env(void)
{
    if (!lts_float_is_default()) {
        lts_float_env changed;
        lts_float_set_default(&changed);
    }
}

/* Threads that a BLAS creates when it is loaded inherit the floating-point environment. */
static bool open_first(void)
{
    static const char *const files[] = {LTS_BLAS_FILES};
    LTS_FLOAT_SCOPE();
    bool usable = false;
    for (size_t i = 0; i < sizeof files / sizeof *files && !usable; i++)
        usable = open_file(files[i]);
    if (!usable)
        dlerror(); /* the host shall not take the message for one of its own */
    correct_float_env();
    return usable;
}

bool lts_blas_open(void)
{
    int state = atomic_load(&blas.state);
    if (state == NOT_TRIED) {
        lts_process_lock_init(&blas.lock);
        int now = lts_program_has_loader() && open_first() ? USABLE : NOT_USABLE;
        if (atomic_compare_exchange_strong(&blas.state, &state, now))
            state = now;
    }
    return state == USABLE;
}

bool lts_blas_is_openblas(void)
{
    return lts_blas_open() && atomic_load(&blas.parallel) != NULL;
}

static bool blas_has_threads(void)
{
    parallel_fn *parallel = atomic_load_explicit(&blas.parallel, memory_order_relaxed);
    return parallel != NULL && parallel() > 0;
}

/* All sizes fit int. One row is a product with a vector: for it, gemm would first copy B. */
static void call_blas(bool a_transposed, int64_t m, int64_t n, int64_t n_inner, const real *a,
                      int64_t lda, const real *b, int64_t ldb, real *c, int64_t ldc)
{
    LTS_KEEP_ERRNO();
    gemm_fn *gemm = atomic_load_explicit(&blas.gemm, memory_order_relaxed);
    gemv_fn *gemv = atomic_load_explicit(&blas.gemv, memory_order_relaxed);
    bool locked = !blas_has_threads(), is_default = lts_float_is_default();
    fenv_t before;
    if (!is_default) /* or not known to be: base/float_env.h */
        fegetenv(&before);
    if (locked)
        lts_process_lock_take(&blas.lock);
    if (m == 1 && !a_transposed)
        gemv(ROW_MAJOR, TRANS, (int)n_inner, (int)n, 1, b, (int)ldb, a, 1, 1, c, 1);
    else
        gemm(ROW_MAJOR, a_transposed ? TRANS : NO_TRANS, NO_TRANS, (int)m, (int)n, (int)n_inner, 1,
             a, (int)lda, b, (int)ldb, 1, c, (int)ldc);
    if (locked)
        lts_process_lock_release(&blas.lock);
    if (is_default)
        correct_float_env();
    else
        fesetenv(&before);
}

void lts_blas_add_product(bool a_transposed, int64_t m, int64_t n, int64_t n_inner, const real *a,
                          int64_t lda, const real *b, int64_t ldb, real *c, int64_t ldc)
{
    const int64_t most = 1 << 24; /* fits int, also as the distance of two rows */
    /* rows that are further apart than an int can tell are multiplied one by one */
    int64_t rows = ldc > INT_MAX || (!a_transposed && lda > INT_MAX) ? 1 : most;
    int64_t inner = ldb > INT_MAX || (a_transposed && lda > INT_MAX) ? 1 : most;
    for (int64_t p = 0; p < n_inner; p += inner)
        for (int64_t i = 0; i < m; i += rows)
            for (int64_t j = 0; j < n; j += most) {
                int64_t now_m = lts_min(rows, m - i), now_n = lts_min(most, n - j),
                        now_inner = lts_min(inner, n_inner - p);
                int64_t a_columns = a_transposed ? now_m : now_inner;
                int64_t a_rows = a_transposed ? now_inner : now_m;
                call_blas(a_transposed, now_m, now_n, now_inner,
                          a_transposed ? a + p * lda + i : a + i * lda + p,
                          a_rows == 1 ? a_columns : lda, b + p * ldb + j,
                          now_inner == 1 ? now_n : ldb, c + i * ldc + j, now_m == 1 ? now_n : ldc);
            }
}
