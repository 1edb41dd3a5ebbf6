/* SPDX-License-Identifier: MIT */
/*
 * lstmts-products: operations per second of the matrix products of an update, by the library's
 * kernels and, if available, by CBLAS. The decision for own kernels is based on this
 * (docs/performance.md).
 *
 *     z    [B, 4H] = h [B, H] W_h^T            forward; W_h^T in the best layout for each
 *     dh   [B, H]  = dz [B, 4H] W_h            backward; own kernels: dz packed, as the cells
 *                                              write it
 *     dW   [H, 4H] = h^T [H, TB] dz [TB, 4H]   once per update; own kernels: with the copy of h
 */
#include "timing.h"

#include "base/memory.h"
#include "kernels/training.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef BENCH_CBLAS
#include <cblas.h>
#endif

enum kind { Z, DH, DW };

/** C [m, n] = A B, A [m, n_inner] or, for dW, [n_inner, m]. */
typedef struct product {
    const lts_kernels *kernels;
    int64_t m, n, n_inner, ldc;
    enum kind kind;
    real *a, *b, *c, *strips;
    lts_part *left, *right; /* in parts: the left operand, and the right one; or NULL */
} product;

enum { CHUNK = 256 };

/* The leading dimension of C: dW has the network's own (network/gradients.c), an odd number of
 * vectors. */
static int64_t ldc_of(const product *p)
{
    int64_t vectors = lts_padded(p->kernels, p->n) / p->kernels->lanes;
    return p->kind == DW ? (vectors + 1 - vectors % 2) * p->kernels->lanes : p->n;
}

/* Copies rows of A to strips as network/gradients.c does. */
static void copy_to_strips(const product *p, int64_t first, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < p->m; j += LTS_STRIP) {
            int64_t n = p->m - j < LTS_STRIP ? p->m - j : LTS_STRIP;
            memcpy(p->strips + j * rows + i * LTS_STRIP, p->a + (first + i) * p->m + j,
                   (size_t)n * sizeof *p->a);
        }
}

enum { N_PART = 3 };

/* As the network does; z with h packed as dz is, since its kernel computes the cells too. */
static void in_parts(const product *p)
{
    const lts_part_kernels *parts = lts_training_kernels_of(p->kernels)->parts;
    if (p->kind != DW)
        parts->multiply_packed(N_PART, p->m, p->n, p->n_inner, &(lts_rows){p->a, p->m, 0}, p->right,
                               NULL, 0, p->c, p->ldc, p->left);
    for (int64_t first = 0; p->kind == DW && first < p->n_inner; first += CHUNK) {
        int64_t rows = p->n_inner - first < CHUNK ? p->n_inner - first : CHUNK;
        copy_to_strips(p, first, rows);
        parts->split_strips(N_PART, 0, p->m, rows, p->strips, p->left);
        parts->multiply_transposed(N_PART, p->m, p->n, rows, p->left,
                                   &(lts_rows){p->b, p->n_inner, first}, first > 0, p->c,
                                   p->m * LTS_PART_COLUMNS, p->right);
    }
}

static bool by_own(void *what)
{
    const product *p = what;
    if (p->left != NULL) {
        in_parts(p);
        return true;
    }
    if (p->kind == Z)
        p->kernels->products->multiply(p->m, p->n, p->n_inner, p->a, p->n_inner, p->b, NULL, 0,
                                       p->c, p->ldc);
    if (p->kind == DH)
        lts_training_kernels_of(p->kernels)
            ->products->multiply_packed(p->m, p->n, p->n_inner, &(lts_rows){p->a, p->m, 0}, p->b,
                                        NULL, 0, p->c, p->ldc);
    for (int64_t first = 0; p->kind == DW && first < p->n_inner; first += CHUNK) {
        int64_t rows = p->n_inner - first < CHUNK ? p->n_inner - first : CHUNK;
        copy_to_strips(p, first, rows);
        lts_training_kernels_of(p->kernels)
            ->products->multiply_transposed(p->m, p->n, rows, p->strips,
                                            &(lts_rows){p->b, p->n_inner, first},
                                            first == 0 ? NULL : p->c, p->ldc, p->c, p->ldc);
    }
    return true;
}

#ifdef BENCH_CBLAS
static bool by_cblas(void *what)
{
    const product *p = what;
    int m = (int)p->m, n = (int)p->n, k = (int)p->n_inner;
    cblas_sgemm(CblasRowMajor, p->kind == DW ? CblasTrans : CblasNoTrans, CblasNoTrans, m, n, k, 1,
                p->a, p->kind == DW ? m : k, p->b, n, 0, p->c, (int)p->ldc);
    return true;
}
#endif

static real *random_array(int64_t n)
{
    real *a = lts_alloc(n, sizeof *a);
    for (int64_t i = 0; a != NULL && i < n; i++)
        a[i] = (real)(rand() % 2001 - 1000) / 1000;
    return a;
}

static bool print_speed(bench_call call, product *p)
{
    bench_time time;
    if (!bench_measure(call, p, 0.3, &time))
        return false;
    printf(" %8.0f %8.0f", 2.0 * (double)(p->m * p->n * p->n_inner) / time.median_ns,
           2.0 * (double)(p->m * p->n * p->n_inner) / time.minimum_ns);
    return true;
}

static bool compare(const char *name, const char *which, product p)
{
    int64_t n = lts_padded(p.kernels, p.n);
    p.a = random_array(p.m * lts_padded(p.kernels, p.n_inner));
    p.strips = random_array((p.m + LTS_STRIP) * CHUNK);
    p.b = random_array(p.n_inner * n);
    p.ldc = ldc_of(&p);
    p.c = random_array(p.m * p.ldc);
    bool fine = p.a != NULL && p.b != NULL && p.c != NULL && p.strips != NULL;
    const lts_part_kernels *parts = lts_training_kernels_of(p.kernels)->parts;
    if (fine && parts != NULL && p.n % LTS_PART_COLUMNS == 0) {
        int64_t inner = lts_part_inner(p.kind == DW ? CHUNK : p.n_inner);
        p.left = lts_alloc(p.m * inner * N_PART, sizeof *p.left);
        p.right = lts_alloc(p.n * inner * N_PART, sizeof *p.right);
        fine = p.left != NULL && p.right != NULL;
        if (fine && p.kind != DW)
            parts->split_right(N_PART, p.n_inner, p.n, p.b, p.right);
    }
    printf("%-4s %-4s %6lld %6lld %6lld", name, which, (long long)p.m, (long long)p.n,
           (long long)p.n_inner);
    fine = fine && print_speed(by_own, &p);
#ifdef BENCH_CBLAS
    fine = fine && print_speed(by_cblas, &p);
#endif
    puts("");
    lts_free(p.a);
    lts_free(p.strips);
    lts_free(p.b);
    lts_free(p.c);
    lts_free(p.left);
    lts_free(p.right);
    return fine;
}

int main(void)
{
    static const struct {
        const char *name;
        int64_t H, B, T;
    } shapes[] = {
        {"W1", 100, 10, 10}, {"W2", 256, 64, 50}, {"W6", 100, 96, 1}, {"W3", 1024, 128, 20}};
    const lts_kernels *kernels = lts_kernels_select(100);
    bool fine = true;
    printf("%s; GFLOP/s: median and best of our kernels, then of CBLAS\n", kernels->name);
    puts("             m      n  inner      own             cblas");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes && fine; i++) {
        int64_t H = shapes[i].H, B = shapes[i].B, rows = B * shapes[i].T;
        const char *name = shapes[i].name;
        fine =
            compare(name, "z",
                    (product){.kernels = kernels, .m = B, .n = 4 * H, .n_inner = H, .kind = Z}) &&
            compare(name, "dh",
                    (product){.kernels = kernels, .m = B, .n = H, .n_inner = 4 * H, .kind = DH}) &&
            compare(name, "dW",
                    (product){.kernels = kernels, .m = H, .n = 4 * H, .n_inner = rows, .kind = DW});
    }
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
