/* SPDX-License-Identifier: MIT */
/*
 * Products by a BLAS, of sizes and values that a BLAS may compute wrongly. The program runs with
 * the real BLAS, and with the fake one, which checks its arguments.
 *
 *     test_blas PATH
 *
 * PATH is a part of the path of the tested BLAS.
 */
#define _GNU_SOURCE /* dladdr(), MAP_ANONYMOUS; NOLINT(bugprone-reserved-identifier,cert-dcl*) */
#include "blas_fixture.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *wanted_path;

static int open_blas(void **fixture)
{
    (void)fixture;
    return !lts_blas_open();
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

/* One size exceeds what is passed to a BLAS in one call; the first and the last element are 1. */
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
    free(x);
    free(c);
}

#if UINTPTR_MAX > UINT32_MAX
/* Rows whose distance does not fit an int. Only the rows themselves have memory. */
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

/* The first file with a CBLAS, which the library has opened. */
static void *loaded_gemm(void)
{
    for (int i = 0; i < N_BLAS_FILE; i++) {
        void *library = dlopen(blas_files[i], RTLD_NOW | RTLD_NOLOAD);
        void *gemm = library == NULL ? NULL : dlsym(library, "cblas_sgemm");
        if (gemm != NULL)
            return gemm;
    }
    return NULL;
}

/* With Debian's alternatives the name of one BLAS may lead to another one. */
static void the_blas_is_the_one_that_is_to_be_tested(void **fixture)
{
    (void)fixture;
    Dl_info info;
    void *gemm = loaded_gemm();
    assert_non_null(gemm);
    assert_int_not_equal(dladdr(gemm, &info), 0);
    printf("cblas_sgemm() of %s\n", info.dli_fname);
    if (strstr(info.dli_fname, wanted_path) == NULL)
        fail_msg("%s runs, not a library of %s", info.dli_fname, wanted_path);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nan_is_kept_wherever_it_is),
        cmocka_unit_test(long_products_are_divided),
#if UINTPTR_MAX > UINT32_MAX
        cmocka_unit_test(rows_further_apart_than_an_int_can_tell_are_right),
#endif
        cmocka_unit_test(the_blas_is_the_one_that_is_to_be_tested),
    };
    if (argc != 2) {
        fputs("usage: test_blas PATH\n", stderr);
        return 2;
    }
    wanted_path = argv[1];
    return cmocka_run_group_tests_name("blas", tests, open_blas, NULL);
}
