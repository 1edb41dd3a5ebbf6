/* SPDX-License-Identifier: MIT */
/* Quantile functions and gamma functions against values of SciPy 1.17 and mpmath 1.3. */
#include "assert_close.h"

#include "score/distribution.h"
#include "score/gamma.h"

typedef struct quantile_row {
    double p, a, b, value;
} quantile_row;

/* from scipy.stats import norm
 * print("{%g, 0, 0, %.17g}," % (p, norm.ppf(p))) */
static const quantile_row normal[] = {
    {1e-300, 0, 0, -37.047096299361201},
    {1e-12, 0, 0, -7.0344838253011313},
    {1e-06, 0, 0, -4.7534243088228987},
    {0.001, 0, 0, -3.0902323061678132},
    {0.05, 0, 0, -1.6448536269514729},
    {0.3, 0, 0, -0.52440051270804089},
    {0.5, 0, 0, 0},
    {0.7, 0, 0, 0.52440051270804067},
    {0.975, 0, 0, 1.959963984540054},
    {0.999999, 0, 0, 4.7534243088170873},
};

/* from scipy.stats import t
 * print("{%g, %g, 0, %.17g}," % (p, n, t.ppf(p, n))) */
static const quantile_row student[] = {
    {1e-09, 2.1, 0, -14328.721188285388},
    {0.0001, 2.1, 0, -59.587885646330427},
    {0.025, 2.1, 0, -4.112152758173881},
    {0.4, 2.1, 0, -0.28695449576720788},
    {0.5, 2.1, 0, 0},
    {0.9, 2.1, 0, 1.846695527779816},
    {0.9999, 2.1, 0, 59.58788564633354},
    {1e-09, 3, 0, -1033.1096745038078},
    {0.0001, 3, 0, -22.203742273204178},
    {0.025, 3, 0, -3.1824463052837086},
    {0.4, 3, 0, -0.27667066233268978},
    {0.5, 3, 0, 0},
    {0.9, 3, 0, 1.6377443536962091},
    {0.9999, 3, 0, 22.203742273204998},
    {1e-09, 7.5, 0, -33.323354919754202},
    {0.0001, 7.5, 0, -6.7222271750606986},
    {0.025, 7.5, 0, -2.3330396268649745},
    {0.4, 7.5, 0, -0.26250189880429486},
    {0.5, 7.5, 0, 0},
    {0.9, 7.5, 0, 1.4052118464159533},
    {0.9999, 7.5, 0, 6.7222271750608114},
    {1e-09, 40, 0, -7.7040120820266695},
    {0.0001, 40, 0, -4.0942071027306817},
    {0.025, 40, 0, -2.0210753903062733},
    {0.4, 40, 0, -0.25503868634581395},
    {0.5, 40, 0, 0},
    {0.9, 40, 0, 1.3030770526071949},
    {0.9999, 40, 0, 4.0942071027307181},
    {1e-09, 1000, 0, -6.0536902720798338},
    {0.0001, 1000, 0, -3.7328516045753686},
    {0.025, 1000, 0, -1.9623390808264085},
    {0.4, 1000, 0, -0.25341451583949876},
    {0.5, 1000, 0, 0},
    {0.9, 1000, 0, 1.2823987214609247},
    {0.9999, 1000, 0, 3.7328516045753966},
    {1e-09, 90000, 0, -5.9984230723025984},
    {0.0001, 90000, 0, -3.7191697051156281},
    {0.025, 90000, 0, -1.9599903434577397},
    {0.4, 90000, 0, -0.25334785204857641},
    {0.5, 90000, 0, 0},
    {0.9, 90000, 0, 1.2815609721124936},
    {0.9999, 90000, 0, 3.7191697051156556},
    {1e-09, 200000, 0, -5.9980842273322068},
    {0.0001, 200000, 0, -3.7190854329048806},
    {0.025, 200000, 0, -1.9599758459667684},
    {0.4, 200000, 0, -0.25334744014622279},
    {0.5, 200000, 0, 0},
    {0.9, 200000, 0, 1.2815557984827084},
    {0.9999, 200000, 0, 3.7190854329049081},
    {1e-09, 1e+30, 0, -5.9978070150076874},
    {0.0001, 1e+30, 0, -3.7190164854556809},
    {0.025, 1e+30, 0, -1.9599639845400547},
    {0.4, 1e+30, 0, -0.25334710313579978},
    {0.5, 1e+30, 0, 0},
    {0.9, 1e+30, 0, 1.2815515655446006},
    {0.9999, 1e+30, 0, 3.7190164854557088},
};

/* from scipy.stats import nbinom
 * print("{%g, %g, %g, %.17g}," % (p, m, a, nbinom.ppf(p, 1 / a, 1 / (1 + a * m)))) */
static const quantile_row counts[] = {
    {1e-06, 0.01, 0.5, 0},
    {0.05, 0.01, 0.5, 0},
    {0.5, 0.01, 0.5, 0},
    {0.9, 0.01, 0.5, 0},
    {0.999, 0.01, 0.5, 1},
    {1e-06, 0.7, 0.0001, 0},
    {0.05, 0.7, 0.0001, 0},
    {0.5, 0.7, 0.0001, 1},
    {0.9, 0.7, 0.0001, 2},
    {0.999, 0.7, 0.0001, 4},
    {1e-06, 3, 0.25, 0},
    {0.05, 3, 0.25, 0},
    {0.5, 3, 0.25, 3},
    {0.9, 3, 0.25, 6},
    {0.999, 3, 0.25, 14},
    {1e-06, 3, 40, 0},
    {0.05, 3, 40, 0},
    {0.5, 3, 40, 0},
    {0.9, 3, 40, 1},
    {0.999, 3, 40, 262},
    {1e-06, 48, 2, 0},
    {0.05, 48, 2, 0},
    {0.5, 48, 2, 22},
    {0.9, 48, 2, 130},
    {0.999, 48, 2, 522},
    {1e-06, 500, 0.01, 278},
    {0.05, 500, 0.01, 413},
    {0.5, 500, 0.01, 498},
    {0.9, 500, 0.01, 571},
    {0.999, 500, 0.01, 685},
    {1e-06, 12345, 0.3, 114},
    {0.05, 12345, 0.3, 3676},
    {0.5, 12345, 0.3, 11135},
    {0.9, 12345, 0.3, 21413},
    {0.999, 12345, 0.3, 43906},
    {1e-06, 2e+06, 0.0001, 1906133},
    {0.05, 2e+06, 0.0001, 1967135},
    {0.5, 2e+06, 0.0001, 1999933},
    {0.9, 2e+06, 0.0001, 2025738},
    {0.999, 2e+06, 0.0001, 2062531},
    {1e-06, 1e+09, 1.5, 1},
    {0.05, 1e+09, 1.5, 14467874},
    {0.5, 1e+09, 1.5, 564834015},
    {0.9, 1e+09, 1.5, 2538956996},
    {0.999, 1e+09, 1.5, 8942558667},
};

/* Far from 0 counts follow the gamma distribution: from scipy.stats import gamma
 * print("{%g, %g, %g, %.17g}," % (p, m, a, gamma.ppf(p, 1 / a) * a * m)); what is below 1 is 0. */
static const quantile_row large_counts[] = {
    {1e-06, 1e+20, 0.7, 5209218294654121},
    {0.05, 1e+20, 0.7, 1.0798630013426416e+19},
    {0.9, 1e+20, 0.7, 2.108783121982602e+20},
    {1e-06, 3e+38, 0.01, 1.7830896209436867e+38},
    {0.05, 3e+38, 0.01, 2.524178316549426e+38},
    {0.9, 3e+38, 0.01, 3.3903157157953348e+38},
    {1e-06, 3e+38, 40, 0},
    {0.05, 3e+38, 40, 0},
    {0.9, 3e+38, 40, 1.024787572291501e+38},
};

#define N_OF(table) (int64_t)(sizeof(table) / sizeof((table)[0]))

/* Within a relative 1e-9 or, near 0, an absolute 1e-14. */
static void assert_quantile(const char *what, const quantile_row *row, int64_t i, double got)
{
    assert_close("quantile", what, i, got, row->value, 1e-14 + 1e-9 * fabs(row->value));
}

static void quantiles_of_the_normal_distribution_agree_with_scipy(void **fixture)
{
    (void)fixture;
    for (int64_t i = 0; i < N_OF(normal); i++)
        assert_quantile("normal", &normal[i], i, lts_normal_quantile(normal[i].p));
}

static void quantiles_of_the_t_distribution_agree_with_scipy(void **fixture)
{
    (void)fixture;
    for (int64_t i = 0; i < N_OF(student); i++)
        assert_quantile("t", &student[i], i, lts_student_quantile(student[i].p, student[i].a));
}

static void quantiles_of_the_negative_binomial_distribution_agree_with_scipy(void **fixture)
{
    (void)fixture;
    for (int64_t i = 0; i < N_OF(counts); i++) {
        const quantile_row *row = &counts[i];
        assert_quantile("counts", row, i, lts_count_quantile(row->p, row->a, row->b));
    }
    for (int64_t i = 0; i < N_OF(large_counts); i++) {
        const quantile_row *row = &large_counts[i];
        assert_quantile("large counts", row, i, lts_count_quantile(row->p, row->a, row->b));
    }
}

static void a_quantile_of_counts_is_the_first_whose_distribution_function_reaches_p(void **fixture)
{
    (void)fixture;
    for (int i = 0; i < 400; i++) {
        double mean = exp(-4 + 0.06 * i), a = exp(-8 + 0.03 * i), p = (i % 97 + 0.5) / 97;
        double k = lts_count_quantile(p, mean, a), odds = a * mean;
        double x = 1 / (1 + odds), y = odds / (1 + odds);
        assert_true(lts_incomplete_beta(1 / a, k + 1, x, y) >= p * (1 - 1e-9));
        if (k > 0)
            assert_true(lts_incomplete_beta(1 / a, k, x, y) < p * (1 + 1e-9));
    }
}

static void no_mean_means_no_count(void **fixture)
{
    (void)fixture;
    assert_true(lts_count_quantile(0.999, 0, 3) == 0);
    assert_true(lts_count_quantile(1 - 1e-12, 0, 3) == 0);
}

/* from mpmath import *; mp.dps = 60; g = loggamma
 * print(nstr(g(x), 17), nstr(g(x + d) - g(x), 17), nstr(psi(0, x + d) - psi(0, x), 17)) */
static const struct {
    double x, d, log_gamma, step, digamma;
} gammas[] = {
    {0.003, 0.5, 5.8074187347259782, -5.2409221906718236, 331.95684407215544},
    {1.05, 0.5, -0.02685307250226019, -0.090953072142234255, 0.58006755883951469},
    {2, 1, 0.0, 0.69314718055994531, 0.5},
    {6.5, 1e+06, 5.6625620598571415, 12815588.707422054, 12.022605227546383},
    {10, 0.5, 12.80182748008147, 1.138797739322294, 0.051248445230965268},
    {10000, 1234, 82099.717496442377, 11438.687843942013, 0.11636529354486801},
    {1e+06, 3, 12815504.569147612, 41.446534673890322, 2.999997000005e-6},
    {1e+12, 5000, 26631021115915.652, 138155.10559214024, 4.9999999875025e-9},
    {1e+30, 0.5, 6.8077552789821372e+31, 34.538776394910685, 4.9999999999999999e-31},
    {1e-06, 40, 13.815509980749432, 92.816253956221414, 1000004.2535414194},
};

static void gamma_functions_and_their_differences_agree_with_mpmath(void **fixture)
{
    (void)fixture;
    for (int64_t i = 0; i < N_OF(gammas); i++) {
        double x = gammas[i].x, d = gammas[i].d;
        assert_close("gamma", "log", i, lts_log_gamma(x), gammas[i].log_gamma,
                     2e-14 + 1e-15 * fabs(gammas[i].log_gamma));
        assert_close("gamma", "step", i, lts_log_gamma_step(x, d), gammas[i].step,
                     2e-14 + 1e-14 * fabs(gammas[i].step));
        assert_close("gamma", "digamma", i, lts_digamma_step(x, d), gammas[i].digamma,
                     1e-13 * fabs(gammas[i].digamma));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_of_the_normal_distribution_agree_with_scipy),
        cmocka_unit_test(quantiles_of_the_t_distribution_agree_with_scipy),
        cmocka_unit_test(quantiles_of_the_negative_binomial_distribution_agree_with_scipy),
        cmocka_unit_test(a_quantile_of_counts_is_the_first_whose_distribution_function_reaches_p),
        cmocka_unit_test(no_mean_means_no_count),
        cmocka_unit_test(gamma_functions_and_their_differences_agree_with_mpmath),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
