/* SPDX-License-Identifier: MIT */
/*
 * Effects of known covariates against NumPy 2.4, on windows that were written out one by one:
 *
 * import numpy as np
 * T, TRAIN, VALID, L, GAP = 80, 50, 70, 8, 2
 * t = np.arange(T)
 * noise = lambda a, b, m: (a * t * t + b * t) % m
 * u = np.stack([noise(37, 11, 101) < 25, (noise(29, 5, 97) - 48) / 16], 1).astype(float)
 * walk = np.cumsum((noise(53, 17, 89) - 44) / 32)
 * y = np.stack([walk + 2 * u[:, 0] - u[:, 1] / 2, (noise(23, 7, 79) - 40) / 16], 1)
 * y[20, 0] = y[33:37, 0] = y[60, 0] = np.nan
 * def windows(x, first, end):  # (row, L values, value) of runs that bridge up to GAP rows
 *     parts, out, rows = [], [], [r for r in range(first, end) if not np.isnan(x[r])]
 *     for i, r in enumerate(rows):
 *         if i == 0 or r - rows[i - 1] - 1 > GAP: parts.append([])
 *         parts[-1].append(r)
 *     for p in parts:
 *         v = np.interp(np.arange(p[0], p[-1] + 1), p, x[p])
 *         out += [(p[0] + i + L, v[i:i + L], v[i + L]) for i in range(len(v) - L)]
 *     return out
 * def fit(base, b):
 *     W = [w for k in range(2) for w in windows((y - u @ b)[:, k], 0, TRAIN)]
 *     m = [w[1][L - base:].mean() if base else 0 for w in W]
 *     X, z = np.array([w[1] - c for w, c in zip(W, m)]), np.array([w[2] - c for w, c in zip(W, m)])
 *     A = X - X.mean(0)
 *     w = np.linalg.solve(A.T @ A + len(X) * .03 * np.eye(L), A.T @ (z - z.mean()))
 *     if base: w[L - base:] += (1 - w.sum()) / base
 *     out, chosen = np.zeros((2, 2)), [0, 0]
 *     for k in range(2):
 *         def errors(first, end):
 *             return np.array([[c[2] - w @ c[1]] + [u[c[0], j] - w @ u[c[0] - L:c[0], j]
 *                              for j in range(2)] for c in windows(y[:, k], first, end)])
 *         E, V = errors(0, TRAIN), errors(TRAIN - L, VALID)
 *         A, V = E - E.mean(0), V - E.mean(0)
 *         G, least = A[:, 1:].T @ A[:, 1:], .995 * (V[:, 0] ** 2).sum()
 *         for p in [1e-4, 1e-3, 1e-2, .1, 1]:
 *             x = np.linalg.solve(G + p * np.diag(np.diag(G)), A[:, 1:].T @ A[:, 0])
 *             s = ((V @ np.r_[1, -x]) ** 2).sum()
 *             if s < least: least, out[:, k], chosen[k] = s, x, p
 *     return out, chosen
 * for base in 1, 0, 3:
 *     b, chosen = fit(base, fit(base, np.zeros((2, 2)))[0])
 *     print(base, chosen, ', '.join('%.15g' % v for v in b.T.ravel()))
 */
#include "assert_close.h"

#include "base/memory.h"
#include "failing_allocator.h"
#include "method/effects.h"
#include <stdlib.h>

enum { T = 80, TRAIN = 50, VALID = 70, L = 8, K = 2, U = 2 };

static const struct {
    int64_t base_len;
    double penalties[K], values[K * U];
} known[] = {
    {1, {0.1, 0}, {2.07082051800436, -0.418308659439169, 0, 0}},
    {0, {0.1, 0}, {2.11825008646355, -0.447883894364647, 0, 0}},
    {3, {0.1, 0}, {2.06950815821065, -0.417603620311858, 0, 0}},
};
enum { N_KNOWN = sizeof known / sizeof *known };

/* Columns of up to 2 series, whose covariates are n of: the two of above, and others. */
typedef struct table {
    int64_t n_series, n;
    lstm_real y[2][K][T], u[2 * T * 5];
    lts_ridge_column columns[2 * K];
} table;

static double noise(int64_t t, int64_t a, int64_t b, int64_t m)
{
    return (double)((a * t * t + b * t) % m);
}

static double covariate(int64_t t, int64_t i)
{
    return i == 0 ? noise(t, 37, 11, 101) < 25 : (noise(t, 29, 5, 97) - 48) / 16;
}

static void fill_series(table *made, int64_t s)
{
    double walk = 0;
    for (int64_t t = 0; t < T; t++) {
        walk += (noise(t, 53, 17, 89) - 44) / 32;
        made->y[s][0][t] = (lstm_real)(walk + 2 * covariate(t, 0) - covariate(t, 1) / 2);
        made->y[s][1][t] = (lstm_real)((noise(t, 23, 7, 79) - 40) / 16);
        if (t == 20 || (t >= 33 && t < 37) || t == 60)
            made->y[s][0][t] = (lstm_real)NAN;
    }
    for (int64_t k = 0; k < K; k++)
        made->columns[s * K + k] = (lts_ridge_column){.values = made->y[s][k],
                                                      .stride = 1,
                                                      .train_end = TRAIN,
                                                      .valid_end = VALID,
                                                      .scale = 1};
}

/* Covariate i of n is number which[i]: 0 and 1 as above, 2 is a constant, 3 varies only later. */
static void fill_covariates(table *made, int64_t n, const int *which, double unit)
{
    made->n = n;
    for (int64_t s = 0; s < made->n_series; s++)
        for (int64_t t = 0; t < VALID; t++)
            for (int64_t i = 0; i < n; i++)
                made->u[(s * VALID + t) * n + i] =
                    (lstm_real)(unit * (which[i] < 2    ? covariate(t, which[i])
                                        : which[i] == 2 ? 7.3
                                                        : t > TRAIN));
}

static table *new_table(int64_t n_series)
{
    table *made = calloc(1, sizeof *made);
    assert_non_null(made);
    made->n_series = n_series;
    for (int64_t s = 0; s < n_series; s++)
        fill_series(made, s);
    fill_covariates(made, U, (const int[]){0, 1}, 1);
    return made;
}

static lts_ridge_options options_of(int64_t base_len)
{
    return (lts_ridge_options){
        .L = L, .H = 5, .base_len = base_len, .n_block = 1, .longest_gap = 2};
}

static lstm_status fit(table *made, int64_t base_len, const lts_effects *like, lts_effects *effects,
                       lstm_real **rest)
{
    lts_ridge_options options = options_of(base_len);
    const lts_effects_data data = {made->n_series, K, made->n, made->columns, made->u};
    return lts_effects_fit(effects, &options, &data, like, rest);
}

/* Effects of a table, of which only the numbers matter. */
static lts_effects fitted(table *made, const lts_effects *like)
{
    lts_effects effects;
    lstm_real *rest;
    assert_ok(fit(made, 1, like, &effects, &rest));
    lts_free(rest);
    return effects;
}

static void effects_are_those_of_numpy(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < N_KNOWN; i++) {
        table *made = new_table(1);
        lts_effects effects;
        lstm_real *rest;
        assert_ok(fit(made, known[i].base_len, NULL, &effects, &rest));
        assert_int_equal(effects.n, U);
        for (int64_t j = 0; j < K * U; j++)
            assert_close("numpy", "values", j, effects.values[j], known[i].values[j], TOLERANCE);
        for (int64_t k = 0; k < K; k++)
            assert_true(effects.penalties[k] == known[i].penalties[k]);
        lts_effects_clear(&effects);
        lts_free(rest);
        free(made);
    }
}

/* What ridge then reads is what the effects leave; a value that is missing stays so. */
static void the_columns_become_the_rest(void **fixture)
{
    (void)fixture;
    table *made = new_table(1);
    lts_effects effects;
    lstm_real *rest;
    made->columns[0].offset = 1, made->columns[0].scale = 4;
    assert_ok(fit(made, 1, NULL, &effects, &rest));
    for (int64_t k = 0; k < K; k++)
        for (int64_t t = 0; t < VALID; t++) {
            double y = (double)made->y[0][k][t], z = k == 0 ? (y - 1) / 4 : y;
            double want = z - lts_effects_sum(&effects, k, made->u + t * U);
            assert_close("rest", k == 0 ? "0" : "1", t, lts_ridge_value(&made->columns[k], t), want,
                         TOLERANCE);
        }
    assert_true(made->columns[0].offset == 0 && made->columns[0].scale == 1);
    assert_int_equal(made->columns[0].train_end, TRAIN);
    assert_int_equal(made->columns[1].valid_end, VALID);
    lts_effects_clear(&effects);
    lts_free(rest);
    free(made);
}

static void penalties_may_be_given(void **fixture)
{
    (void)fixture;
    table *made = new_table(1), *all = new_table(1);
    double penalties[K] = {0, 0.1};
    const lts_effects some = {U, K, NULL, penalties}, none = {0};
    lts_effects effects = fitted(made, &some);
    assert_true(effects.penalties[0] == 0 && effects.penalties[1] == 0.1);
    assert_true(effects.values[0] == 0 && effects.values[1] == 0);
    assert_true(effects.values[2] != 0 && effects.values[3] != 0);
    lts_effects_clear(&effects);
    free(made);
    made = new_table(1);
    effects = fitted(made, &none);
    assert_int_equal(effects.n, 0);
    assert_memory_equal(made->columns[0].values, all->columns[0].values, sizeof all->y[0][0]);
    assert_ptr_equal(made->columns[0].values, made->y[0][0]);
    made->columns[0].valid_end = made->columns[1].valid_end = TRAIN; /* no validation part */
    effects = fitted(made, NULL);
    assert_true(effects.penalties[0] == 1e-2 && effects.penalties[1] == 1e-2);
    lts_effects_clear(&effects);
    free(made);
    free(all);
}

/* A constant, one that varies only after the training part, and one that is there twice. */
static void useless_covariates_do_no_harm(void **fixture)
{
    (void)fixture;
    table *made = new_table(1);
    double penalties[K] = {1e-4, 0};
    const lts_effects like = {5, K, NULL, penalties};
    fill_covariates(made, 5, (const int[]){0, 2, 1, 3, 0}, 1);
    lts_effects effects = fitted(made, &like);
    assert_true(effects.values[1] == 0 && effects.values[3] == 0);
    assert_close("twice", "values", 4, effects.values[4], effects.values[0], TOLERANCE);
    assert_true(fabs(effects.values[0] - 1) < 0.2 && fabs(effects.values[2] + 0.5) < 0.2);
    lts_effects_clear(&effects);
    free(made);
    made = new_table(1); /* nothing but these */
    fill_covariates(made, 2, (const int[]){2, 3}, 1);
    effects = fitted(made, NULL);
    assert_int_equal(effects.n, 0);
    free(made);
}

static void units_do_not_matter(void **fixture)
{
    (void)fixture;
    table *made = new_table(1), *large = new_table(1);
    fill_covariates(large, U, (const int[]){0, 1}, 1024);
    lts_effects effects = fitted(made, NULL), of_large = fitted(large, NULL);
    for (int64_t j = 0; j < K * U; j++)
        assert_close("units", "values", j, 1024 * of_large.values[j], effects.values[j], TOLERANCE);
    lts_effects_clear(&effects);
    lts_effects_clear(&of_large);
    free(made);
    free(large);
}

/* The same rows twice have the effects of one series, and leave the same rest. */
static void series_are_pooled(void **fixture)
{
    (void)fixture;
    table *one = new_table(1), *two = new_table(2);
    lts_effects effects = fitted(one, NULL), of_two;
    lstm_real *rest;
    assert_ok(fit(two, 1, NULL, &of_two, &rest));
    for (int64_t j = 0; j < K * U; j++)
        assert_close("series", "values", j, of_two.values[j], effects.values[j], TOLERANCE);
    assert_memory_equal(two->columns[K].values, two->columns[0].values, VALID * sizeof *rest);
    lts_effects_clear(&effects);
    lts_effects_clear(&of_two);
    lts_free(rest);
    free(one);
    free(two);
}

static void too_few_rows_have_no_effects(void **fixture)
{
    (void)fixture;
    table *made = new_table(1);
    made->columns[0].train_end = made->columns[1].train_end = L;
    lts_effects effects = fitted(made, NULL);
    assert_int_equal(effects.n, 0);
    assert_ptr_equal(made->columns[1].values, made->y[0][1]);
    free(made);
}

static lstm_status attempt(void *context)
{
    table made = *(const table *)context;
    lts_effects effects;
    lstm_real *rest;
    lstm_status status = fit(&made, 1, NULL, &effects, &rest);
    lts_effects_clear(&effects);
    lts_free(rest);
    return status;
}

static void a_fit_without_memory_leaks_nothing(void **fixture)
{
    (void)fixture;
    table *made = new_table(1);
    failing_allocator memory;
    failing_allocator_install(&memory);
    failing_allocator_sweep(&memory, attempt, made);
    failing_allocator_remove(&memory);
    free(made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_are_those_of_numpy),
        cmocka_unit_test(the_columns_become_the_rest),
        cmocka_unit_test(penalties_may_be_given),
        cmocka_unit_test(useless_covariates_do_no_harm),
        cmocka_unit_test(units_do_not_matter),
        cmocka_unit_test(series_are_pooled),
        cmocka_unit_test(too_few_rows_have_no_effects),
        cmocka_unit_test(a_fit_without_memory_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
