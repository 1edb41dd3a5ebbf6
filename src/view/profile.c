/* SPDX-License-Identifier: MIT */
/*
 * Both forms are least squares of value = level + slope t + season, t being the time since the
 * first value.
 *
 * Phases. Let phase j have n_j values with the sums V_j of value and R_j of t. For a given slope
 * the best mean of phase j is (V_j - slope R_j) / n_j; with it put in, the best slope is
 *
 *     (sum t value - sum_j R_j V_j / n_j) / (sum t^2 - sum_j R_j^2 / n_j)
 *
 * The season is the means of the phases less their average. Sums: n_j, V_j, R_j of each phase, then
 * sum t value and sum t^2.
 *
 * Harmonics. The regressors are 1, t, and cos and sin of 2 pi k position / period for k = 1 .. h.
 * The sums are the upper triangle of the normal equations and their right-hand side. They are
 * scaled to a diagonal of ones, since t may be large, and solved by Cholesky's method.
 */
#include "view/profile.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/status.h"

enum { MOST_REGRESSORS = 2 + 2 * LTS_MOST_HARMONICS };

static int64_t regressors_of(const lts_profile *p)
{
    return 2 + 2 * p->n_harmonic;
}

/* One more element keeps the first time. */
static int64_t sums_of(const lts_profile *p)
{
    int64_t m = regressors_of(p);
    return 1 + (p->n_phase > 0 ? 3 * p->n_phase + 2 : m * m + m);
}

lstm_status lts_profile_begin(lts_profile_fit *fit, double period, int64_t n_phase,
                              int64_t n_harmonic)
{
    if (!(period > 0 && isfinite(period)))
        return lts_fail(LSTM_E_ARGUMENT, "the period of a season is %g, expected above 0", period);
    LTS_TRY(lts_check_at_least("n_phase", n_phase, 0));
    if (n_harmonic < (n_phase == 0) || n_harmonic > (n_phase == 0 ? LTS_MOST_HARMONICS : 0))
        return lts_fail(LSTM_E_ARGUMENT,
                        "n_phase is %lld, n_harmonic is %lld: expected one of them, and at most %d "
                        "harmonics",
                        (long long)n_phase, (long long)n_harmonic, LTS_MOST_HARMONICS);
    lts_profile_fit made = {.profile = {period, n_phase, n_harmonic, NULL}};
    if (n_phase > INT64_MAX / 64)
        return lts_fail(LSTM_E_NOMEM, "out of memory: %lld phases", (long long)n_phase);
    made.profile.coefficients =
        lts_alloc(n_phase > 0 ? n_phase : 2 * n_harmonic, sizeof *made.profile.coefficients);
    made.sums = lts_alloc(sums_of(&made.profile), sizeof *made.sums);
    if (made.profile.coefficients == NULL || made.sums == NULL) {
        lts_free(made.profile.coefficients);
        lts_free(made.sums);
        return LSTM_E_NOMEM;
    }
    *fit = made;
    return LSTM_OK;
}

/* 0 <= result < period. fmod() is exact, so whole positions in a whole period stay whole. */
static double wrap(const lts_profile *p, double position)
{
    double wrapped = fmod(position, p->period);
    return wrapped < 0 ? fmod(wrapped + p->period, p->period) : wrapped;
}

static int64_t phase_of(const lts_profile *p, double position)
{
    int64_t phase = (int64_t)(wrap(p, position) * ((double)p->n_phase / p->period));
    return phase < p->n_phase ? phase : p->n_phase - 1;
}

/* cos and sin of each harmonic: out [2 n_harmonic]. */
static void harmonics_at(const lts_profile *p, double position, double *out)
{
    double angle = 6.283185307179586476925286766559 * (wrap(p, position) / p->period);
    for (int64_t k = 0; k < p->n_harmonic; k++) {
        out[2 * k] = cos(angle * (double)(k + 1));
        out[2 * k + 1] = sin(angle * (double)(k + 1));
    }
}

static void take_phase(const lts_profile *p, double *sums, double position, double t, double value)
{
    double *phase = sums + 3 * phase_of(p, position), *total = sums + 3 * p->n_phase;
    phase[0] += 1;
    phase[1] += value;
    phase[2] += t;
    total[0] += t * value;
    total[1] += t * t;
}

static void take_harmonics(const lts_profile *p, double *sums, double position, double t,
                           double value)
{
    double x[MOST_REGRESSORS] = {1, t};
    int64_t m = regressors_of(p);
    harmonics_at(p, position, x + 2);
    for (int64_t i = 0; i < m; i++) {
        for (int64_t j = i; j < m; j++)
            sums[i * m + j] += x[i] * x[j];
        sums[m * m + i] += x[i] * value;
    }
}

void lts_profile_take(lts_profile_fit *fit, double position, double time, double value)
{
    if (isnan(value))
        return;
    if (fit->n++ == 0)
        fit->sums[0] = time;
    double t = time - fit->sums[0];
    if (fit->profile.n_phase > 0)
        take_phase(&fit->profile, fit->sums + 1, position, t, value);
    else
        take_harmonics(&fit->profile, fit->sums + 1, position, t, value);
}

static lstm_status solve_phases(const lts_profile *p, const double *sums)
{
    int64_t P = p->n_phase;
    double with_value = sums[3 * P], squares = sums[3 * P + 1], level = 0;
    for (int64_t j = 0; j < P; j++) {
        double n = sums[3 * j], V = sums[3 * j + 1], R = sums[3 * j + 2];
        if (n == 0)
            return lts_fail(LSTM_E_SHAPE, "phase %lld of a season of %lld phases has no value",
                            (long long)j, (long long)P);
        with_value -= R * V / n;
        squares -= R * R / n;
    }
    double slope = squares > 1e-12 * sums[3 * P + 1] ? with_value / squares : 0;
    for (int64_t j = 0; j < P; j++) {
        p->coefficients[j] = (sums[3 * j + 1] - slope * sums[3 * j + 2]) / sums[3 * j];
        level += p->coefficients[j] / (double)P;
    }
    for (int64_t j = 0; j < P; j++)
        p->coefficients[j] -= level;
    return LSTM_OK;
}

/* In place, A = L L^T: the upper triangle of A [m, m] becomes that of L^T. False if A is not
 * positive definite to rounding, where its diagonal is 1. */
static bool factorize(double *A, int64_t m)
{
    for (int64_t i = 0; i < m; i++) {
        double pivot = A[i * m + i];
        for (int64_t k = 0; k < i; k++)
            pivot -= A[k * m + i] * A[k * m + i];
        if (!(pivot > 1e-10))
            return false;
        A[i * m + i] = sqrt(pivot);
        for (int64_t j = i + 1; j < m; j++) {
            double sum = A[i * m + j];
            for (int64_t k = 0; k < i; k++)
                sum -= A[k * m + i] * A[k * m + j];
            A[i * m + j] = sum / A[i * m + i];
        }
    }
    return true;
}

static lstm_status solve_harmonics(const lts_profile *p, double *A, int64_t n)
{
    int64_t m = regressors_of(p);
    double *b = A + m * m, scale[MOST_REGRESSORS] = {0};
    for (int64_t i = 0; i < m; i++) {
        bool is_absent = i == 1 && A[i * m + i] == 0; /* all times are equal: there is no trend */
        scale[i] = is_absent ? 1 : 1 / sqrt(A[i * m + i]);
        A[i * m + i] += is_absent;
    }
    for (int64_t i = 0; i < m; i++) {
        for (int64_t j = i; j < m; j++)
            A[i * m + j] *= scale[i] * scale[j];
        b[i] *= scale[i];
    }
    if (n < m || !factorize(A, m))
        return lts_fail(LSTM_E_SHAPE,
                        "%lld values at their positions do not determine %lld "
                        "harmonics",
                        (long long)n, (long long)p->n_harmonic);
    for (int64_t i = 0; i < m; i++) { /* L z = b */
        for (int64_t k = 0; k < i; k++)
            b[i] -= A[k * m + i] * b[k];
        b[i] /= A[i * m + i];
    }
    for (int64_t i = m - 1; i >= 0; i--) { /* L^T x = z */
        for (int64_t k = i + 1; k < m; k++)
            b[i] -= A[i * m + k] * b[k];
        b[i] /= A[i * m + i];
    }
    for (int64_t k = 0; k < 2 * p->n_harmonic; k++)
        p->coefficients[k] = b[2 + k] * scale[2 + k];
    return LSTM_OK;
}

lstm_status lts_profile_end(lts_profile_fit *fit, lts_profile *profile)
{
    lstm_status status = LSTM_OK;
    if (profile != NULL)
        status = fit->profile.n_phase > 0 ? solve_phases(&fit->profile, fit->sums + 1)
                                          : solve_harmonics(&fit->profile, fit->sums + 1, fit->n);
    if (profile == NULL || status < 0)
        lts_profile_clear(&fit->profile);
    else
        *profile = fit->profile;
    lts_free(fit->sums);
    memset(fit, 0, sizeof *fit);
    return status;
}

void lts_profile_clear(lts_profile *profile)
{
    lts_free(profile->coefficients);
    memset(profile, 0, sizeof *profile);
}

double lts_profile_value(const lts_profile *profile, double position)
{
    if (profile->n_phase > 0)
        return profile->coefficients[phase_of(profile, position)];
    double x[2 * LTS_MOST_HARMONICS] = {0}, sum = 0;
    harmonics_at(profile, position, x);
    for (int64_t k = 0; k < 2 * profile->n_harmonic; k++)
        sum += profile->coefficients[k] * x[k];
    return sum;
}
