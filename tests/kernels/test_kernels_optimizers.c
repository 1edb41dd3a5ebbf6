/* SPDX-License-Identifier: MIT */
/*
 * One update of every optimizer in every set that can run here, compared with the formulas of
 * lstmts/optimizer.h element by element: lengths around whole vectors, gradients of 0, of the
 * smallest number, and up to ones whose squares overflow.
 */
#include "kernels_fixture.h"

enum { N = 70 };

/* Gradients, up to three moments, parameters; each optimizer takes the moments it has. */
enum { G, M1, M2, M3, P, N_ARRAY };

typedef struct arrays {
    real *of[N_ARRAY];
} arrays;

static arrays make_arrays(void)
{
    const real gradients[] = {0,          -0.0f,       LEAST,       -100 * LEAST, (real)1e-30,
                              (real)1e-4, (real)-1e15, LARGEST / 2, -LARGEST};
    arrays a;
    for (int k = 0; k < N_ARRAY; k++)
        a.of[k] = random_array(N);
    for (int64_t i = 0; i < N; i++) {
        if (i % 3 != 2)
            a.of[G][i] = gradients[i / 3 % 9];
        for (int k = M1; k <= M3; k++) /* moments before the first update, or later */
            a.of[k][i] = i % 2 == 0 ? 0 : (real)fabs((double)a.of[k][i]);
    }
    return a;
}

static arrays copy_arrays(const arrays *a)
{
    arrays copy;
    for (int k = 0; k < N_ARRAY; k++)
        copy.of[k] = copy_of(N, a->of[k]);
    return copy;
}

static void free_arrays_of(const arrays *a)
{
    free_arrays(N_ARRAY, a->of);
}

/* The least magnitude that a set tells from 0. */
static wide least;

/*
 * The error of a few roundings of numbers up to `size`, and of denormals multiplied by `more`.
 */
static void assert_moved(const char *what, int64_t n, int64_t i, real got, wide want, wide size,
                         wide more)
{
    if (wide_abs(want) > (wide)LARGEST) {
        assert_true(got == (want > 0 ? INFINITY : -INFINITY));
        return;
    }
    if (!(wide_abs((wide)got - want) <= 8 * (wide)EPS * size + 4 * least * (1 + more)))
        fail_msg("%s: element %d of %d is %.9g, not %.9g", what, (int)i, (int)n, (double)got,
                 (double)want);
}

/* p -= numerator / root + rest; the operands are known to be right. */
static void assert_parameter(const char *what, int64_t n, int64_t i, real got, real p,
                             wide numerator, wide root, wide rest)
{
    wide step = numerator / root;
    assert_moved(what, n, i, got, p - step - rest,
                 wide_abs((wide)p) + wide_abs(step) + wide_abs(rest), 1 / root);
}

/*
 * The kernel of an optimizer, and the value that element i must have afterwards. `in_pieces`: no
 * sum has two products. (Of two, a compiler may round one in vectors and the other in the
 * remainder.) So an element has the same bits at any position.
 */
typedef struct optimizer {
    const char *name;
    bool in_pieces;
    void (*run)(const lts_kernels *kernels, int64_t first, int64_t n, const arrays *a);
    void (*check)(const char *what, int64_t n, int64_t i, const arrays *before, const arrays *a);
} optimizer;

static const lts_adam adam_constants = {
    .one_minus_beta1 = (real)0.1,
    .one_minus_beta2 = (real)0.001,
    .rate = (real)0.0031,
    .root_by = (real)0.9,
    .eps = (real)1e-8,
    .decay = (real)0.01,
};

static void run_adam(const lts_kernels *kernels, int64_t first, int64_t n, const arrays *a)
{
    lts_training_kernels_of(kernels)->elementwise->adam(n, &adam_constants, a->of[G] + first,
                                                        a->of[M1] + first, a->of[M2] + first, NULL,
                                                        a->of[P] + first);
}

static void run_amsgrad(const lts_kernels *kernels, int64_t first, int64_t n, const arrays *a)
{
    lts_training_kernels_of(kernels)->elementwise->adam(n, &adam_constants, a->of[G] + first,
                                                        a->of[M1] + first, a->of[M2] + first,
                                                        a->of[M3] + first, a->of[P] + first);
}

static wide square_root(wide x)
{
#ifdef LSTMTS_TEST_DOUBLE
    return sqrtl(x);
#else
    return sqrt(x);
#endif
}

static void check_adam_with(const char *what, int64_t n, int64_t i, const arrays *before,
                            const arrays *a, real second)
{
    const lts_adam *k = &adam_constants;
    wide g = before->of[G][i], m = before->of[M1][i], v = before->of[M2][i];
    assert_moved(what, n, i, a->of[M1][i], m + k->one_minus_beta1 * (g - m),
                 wide_abs(m) + k->one_minus_beta1 * (wide_abs(g) + wide_abs(m)), 1);
    if (wide_abs(g * g) > (wide)LARGEST)
        assert_true(a->of[M2][i] == INFINITY);
    else
        assert_moved(what, n, i, a->of[M2][i], v + k->one_minus_beta2 * (g * g - v),
                     v + k->one_minus_beta2 * (g * g + v), 1);
    assert_parameter(what, n, i, a->of[P][i], before->of[P][i], (wide)k->rate * a->of[M1][i],
                     k->root_by * square_root((wide)second) + k->eps,
                     (wide)k->decay * before->of[P][i]);
}

static void check_adam(const char *what, int64_t n, int64_t i, const arrays *before,
                       const arrays *a)
{
    check_adam_with(what, n, i, before, a, a->of[M2][i]);
    assert_same(what, n, i, a->of[M3][i], before->of[M3][i]);
}

static void check_amsgrad(const char *what, int64_t n, int64_t i, const arrays *before,
                          const arrays *a)
{
    real v = a->of[M2][i], vhat = before->of[M3][i];
    assert_same(what, n, i, a->of[M3][i], vhat > v ? vhat : v);
    check_adam_with(what, n, i, before, a, a->of[M3][i]);
}

static const real rate = (real)0.01;

static void run_sgd(const lts_kernels *kernels, int64_t first, int64_t n, const arrays *a)
{
    lts_training_kernels_of(kernels)->elementwise->sgd(n, rate, a->of[G] + first, a->of[P] + first);
}

static void check_sgd(const char *what, int64_t n, int64_t i, const arrays *before, const arrays *a)
{
    assert_parameter(what, n, i, a->of[P][i], before->of[P][i], (wide)rate * before->of[G][i], 1,
                     0);
}

static const real mu = (real)0.9;

static void run_momentum(const lts_kernels *kernels, int64_t first, int64_t n, const arrays *a)
{
    lts_training_kernels_of(kernels)->elementwise->momentum(n, rate, mu, a->of[G] + first,
                                                            a->of[M1] + first, a->of[P] + first);
}

static void check_momentum(const char *what, int64_t n, int64_t i, const arrays *before,
                           const arrays *a)
{
    wide v = (wide)mu * before->of[M1][i], g = (wide)rate * before->of[G][i];
    assert_moved(what, n, i, a->of[M1][i], v - g, wide_abs(v) + wide_abs(g), 1);
    assert_parameter(what, n, i, a->of[P][i], before->of[P][i], -(wide)a->of[M1][i], 1, 0);
}

/* One with eps outside the root, one with eps inside. */
static const lts_rmsprop rmsprops[] = {
    {(real)0.01, (real)0.99, (real)0.01, (real)1e-8, 0},
    {(real)0.01, (real)0.99, (real)0.01, 0, (real)1e-8},
};

static void run_rmsprop(const lts_kernels *kernels, int64_t first, int64_t n, const arrays *a)
{
    lts_training_kernels_of(kernels)->elementwise->rmsprop(n, &rmsprops[0], a->of[G] + first,
                                                           a->of[M1] + first, a->of[P] + first);
}

static void run_rmsprop_inside(const lts_kernels *kernels, int64_t first, int64_t n,
                               const arrays *a)
{
    lts_training_kernels_of(kernels)->elementwise->rmsprop(n, &rmsprops[1], a->of[G] + first,
                                                           a->of[M1] + first, a->of[P] + first);
}

static void check_rmsprop_with(const char *what, int64_t n, int64_t i, const arrays *before,
                               const arrays *a, const lts_rmsprop *k)
{
    wide g = before->of[G][i], s = k->decay * (wide)before->of[M1][i] + k->one_minus_decay * g * g;
    assert_moved(what, n, i, a->of[M1][i], s, s, 1);
    assert_parameter(what, n, i, a->of[P][i], before->of[P][i], k->rate * g,
                     square_root((wide)a->of[M1][i] + k->eps_inside) + k->eps_outside, 0);
}

static void check_rmsprop(const char *what, int64_t n, int64_t i, const arrays *before,
                          const arrays *a)
{
    check_rmsprop_with(what, n, i, before, a, &rmsprops[0]);
}

static void check_rmsprop_inside(const char *what, int64_t n, int64_t i, const arrays *before,
                                 const arrays *a)
{
    check_rmsprop_with(what, n, i, before, a, &rmsprops[1]);
}

static const real adagrad_eps = (real)1e-8;

static void run_adagrad(const lts_kernels *kernels, int64_t first, int64_t n, const arrays *a)
{
    lts_training_kernels_of(kernels)->elementwise->adagrad(n, rate, adagrad_eps, a->of[G] + first,
                                                           a->of[M1] + first, a->of[P] + first);
}

static void check_adagrad(const char *what, int64_t n, int64_t i, const arrays *before,
                          const arrays *a)
{
    wide g = before->of[G][i], s = before->of[M1][i] + g * g;
    assert_moved(what, n, i, a->of[M1][i], s, s, 1);
    assert_parameter(what, n, i, a->of[P][i], before->of[P][i], rate * g,
                     square_root((wide)a->of[M1][i]) + adagrad_eps, 0);
}

static const optimizer optimizers[] = {
    {"Adam", true, run_adam, check_adam},
    {"AMSGrad", true, run_amsgrad, check_amsgrad},
    {"SGD", true, run_sgd, check_sgd},
    {"Momentum", false, run_momentum, check_momentum},
    {"RMSprop", false, run_rmsprop, check_rmsprop},
    {"RMSprop with eps under the root", false, run_rmsprop_inside, check_rmsprop_inside},
    {"AdaGrad", true, run_adagrad, check_adagrad},
};
enum { N_OPTIMIZER = sizeof optimizers / sizeof *optimizers };

static void assert_arrays_same(const char *what, int64_t i, const arrays *a, const arrays *b)
{
    for (int k = 0; k < N_ARRAY; k++)
        assert_same(what, k, i, a->of[k][i], b->of[k][i]);
}

static void check_lengths(const lts_kernels *kernels)
{
    least = flushes(kernels) ? (wide)FLT_MIN : (wide)LEAST;
    for (int o = 0; o < N_OPTIMIZER; o++)
        for (int64_t n = 0; n <= N; n++) {
            arrays before = make_arrays(), a = copy_arrays(&before);
            optimizers[o].run(kernels, 0, n, &a);
            for (int64_t i = 0; i < N; i++)
                if (i < n)
                    optimizers[o].check(optimizers[o].name, n, i, &before, &a);
                else
                    assert_arrays_same(optimizers[o].name, i, &a, &before);
            free_arrays_of(&before);
            free_arrays_of(&a);
        }
}

static void every_optimizer_follows_its_formula_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_lengths);
}

/* A step is applied in pieces, as packing needs them. */
static void check_pieces(const lts_kernels *kernels)
{
    static const int64_t sizes[] = {1, 3, 8, 13, 16, 61};
    for (int o = 0; o < N_OPTIMIZER; o++)
        for (int k = 0; k < 6 && optimizers[o].in_pieces; k++) {
            arrays whole = make_arrays(), pieces = copy_arrays(&whole);
            optimizers[o].run(kernels, 0, N, &whole);
            for (int64_t first = 0; first < N; first += sizes[k])
                optimizers[o].run(kernels, first, N - first < sizes[k] ? N - first : sizes[k],
                                  &pieces);
            for (int64_t i = 0; i < N; i++)
                assert_arrays_same(optimizers[o].name, i, &pieces, &whole);
            free_arrays_of(&whole);
            free_arrays_of(&pieces);
        }
}

static void pieces_have_the_bits_of_the_whole_where_no_sum_has_two_products(void **fixture)
{
    (void)fixture;
    with_every_set(check_pieces);
}

/* A gradient that is NaN affects its own parameter and no other. */
static void check_nan(const lts_kernels *kernels)
{
    for (int o = 0; o < N_OPTIMIZER; o++) {
        arrays before = make_arrays(), clean = copy_arrays(&before);
        optimizers[o].run(kernels, 0, N, &clean);
        for (int64_t at = 0; at < N; at++) {
            arrays a = copy_arrays(&before);
            a.of[G][at] = NAN;
            optimizers[o].run(kernels, 0, N, &a);
            assert_true(isnan(a.of[P][at]));
            for (int64_t i = 0; i < N; i++)
                if (i != at)
                    assert_arrays_same(optimizers[o].name, i, &a, &clean);
            free_arrays_of(&a);
        }
        free_arrays_of(&before);
        free_arrays_of(&clean);
    }
}

static void a_nan_stays_with_its_parameter_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_nan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_optimizer_follows_its_formula_in_every_set),
        cmocka_unit_test(pieces_have_the_bits_of_the_whole_where_no_sum_has_two_products),
        cmocka_unit_test(a_nan_stays_with_its_parameter_in_every_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
