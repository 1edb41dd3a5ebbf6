/* SPDX-License-Identifier: MIT */
/*
 * Conformal intervals of one column by plain loops over the whole past: docs/intervals.md in code.
 */
#ifndef TESTS_INTERVAL_REFERENCE_H
#define TESTS_INTERVAL_REFERENCE_H

#include <lstmts/export.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REF_ROWS = 200, REF_STEPS = 6, REF_LEVELS = 3 };

typedef struct interval_reference {
    int H, L, block_len, window, two_sided, conformalized;
    double levels[REF_LEVELS], rate;
    int t;                                          /* rows observed               */
    int has_forecast[REF_ROWS];                     /* from the origin t           */
    lstm_real low[REF_ROWS][REF_LEVELS][REF_STEPS]; /* of points: all levels alike */
    lstm_real high[REF_ROWS][REF_LEVELS][REF_STEPS];
    double moved[REF_ROWS][REF_LEVELS][REF_STEPS][2]; /* quantiles at the origin     */
    double alpha[REF_LEVELS][REF_STEPS][2];           /* by block                    */
    int n[REF_STEPS];                                 /* scores by block, in order   */
    double scores[REF_LEVELS][REF_STEPS][2][REF_ROWS * REF_STEPS];
} interval_reference;

static inline int ref_tails(const interval_reference *r)
{
    return r->two_sided ? 2 : 1;
}

static inline void ref_start(interval_reference *r)
{
    for (int l = 0; l < r->L; l++)
        for (int b = 0; b < r->H; b++)
            for (int t = 0; t < 2; t++)
                r->alpha[l][b][t] = (lstm_real)((1 - r->levels[l]) / ref_tails(r));
}

static inline int ref_steps_of(const interval_reference *r, int b)
{
    int last = (b + 1) * r->block_len;
    return (last > r->H ? r->H : last) - b * r->block_len;
}

static inline int ref_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The score of rank ceil((n + 1)(1 - alpha)) of the last ones in the window. */
static inline double ref_quantile(const interval_reference *r, int l, int b, int tail)
{
    double sorted[REF_ROWS * REF_STEPS];
    int most = r->window * ref_steps_of(r, b), n = r->n[b] < most ? r->n[b] : most;
    if (n == 0)
        return (double)NAN;
    memcpy(sorted, r->scores[l][b][tail] + r->n[b] - n, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, ref_compare);
    int rank = 1;
    while (rank < n && rank < (n + 1) * (1 - r->alpha[l][b][tail] - 1e-7))
        rank++;
    return sorted[rank - 1];
}

static inline void ref_bounds(const interval_reference *r, const lstm_real *low,
                              const lstm_real *high, lstm_real *lower, lstm_real *upper)
{
    for (int h = 0; h < r->H; h++)
        for (int l = 0; l < r->L; l++) {
            int at = r->conformalized ? l * r->H + h : h;
            int tail = ref_tails(r) - 1, b = h / r->block_len;
            lstm_real a = low[at] - (lstm_real)ref_quantile(r, l, b, 0);
            lstm_real z = high[at] + (lstm_real)ref_quantile(r, l, b, tail);
            if (a > z)
                a = z = a / 2 + z / 2;
            if (l > 0 && lower[(l - 1) * r->H + h] < a)
                a = lower[(l - 1) * r->H + h];
            if (l > 0 && upper[(l - 1) * r->H + h] > z)
                z = upper[(l - 1) * r->H + h];
            lower[l * r->H + h] = a;
            upper[l * r->H + h] = z;
        }
}

static inline void ref_expect(interval_reference *r, const lstm_real *low, const lstm_real *high)
{
    r->has_forecast[r->t] = 1;
    for (int l = 0; l < r->L; l++)
        for (int h = 0; h < r->H; h++) {
            int at = r->conformalized ? l * r->H + h : h;
            r->low[r->t][l][h] = low[at];
            r->high[r->t][l][h] = high[at];
            for (int tail = 0; tail < ref_tails(r); tail++) {
                double share = (1 - r->levels[l]) / ref_tails(r);
                int b = h / r->block_len, most = r->window * ref_steps_of(r, b);
                int n = r->n[b] < most ? r->n[b] : most;
                r->moved[r->t][l][h][tail] =
                    (n + 1) * share >= 1 ? ref_quantile(r, l, b, tail) : (double)NAN;
            }
        }
}

static inline double ref_score(const interval_reference *r, int origin, int l, int h, int tail,
                               lstm_real truth)
{
    lstm_real below = r->low[origin][l][h] - truth, above = truth - r->high[origin][l][h];
    if (r->two_sided)
        return (double)(tail == 0 ? below : above);
    return (double)(below > above ? below : above);
}

static inline int ref_counts(const interval_reference *r, int origin, int h, lstm_real truth)
{
    if (origin < 0 || !r->has_forecast[origin] || !isfinite(truth))
        return 0;
    for (int l = 0; l < r->L; l++)
        if (!isfinite(r->low[origin][l][h]) || !isfinite(r->high[origin][l][h]))
            return 0;
    return 1;
}

static inline void ref_adapt(interval_reference *r, int b, int l, int tail, lstm_real truth)
{
    int first = b * r->block_len, n = ref_steps_of(r, b), counted = 0, missed = 0;
    double ahead = 0;
    for (int h = first; h < first + n; h++) {
        ahead += (double)(h + 1) / n;
        if (!ref_counts(r, r->t - h, h, truth) || isnan(r->moved[r->t - h][l][h][tail]))
            continue;
        counted++;
        missed += ref_score(r, r->t - h, l, h, tail, truth) > r->moved[r->t - h][l][h][tail];
    }
    if (counted == 0)
        return;
    double share = (1 - r->levels[l]) / ref_tails(r);
    double next = r->alpha[l][b][tail] + r->rate / ahead * (share - (double)missed / counted);
    r->alpha[l][b][tail] = (lstm_real)(next < 0 ? 0 : next > 1 ? 1 : next);
}

static inline void ref_observe(interval_reference *r, lstm_real truth)
{
    for (int b = 0; b * r->block_len < r->H; b++) {
        for (int l = 0; l < r->L; l++)
            for (int tail = 0; tail < ref_tails(r); tail++)
                ref_adapt(r, b, l, tail, truth);
        for (int h = b * r->block_len + ref_steps_of(r, b) - 1; h >= b * r->block_len; h--) {
            if (!ref_counts(r, r->t - h, h, truth))
                continue;
            for (int l = 0; l < r->L; l++)
                for (int tail = 0; tail < ref_tails(r); tail++)
                    r->scores[l][b][tail][r->n[b]] = ref_score(r, r->t - h, l, h, tail, truth);
            r->n[b]++;
        }
    }
    r->t++;
}

#endif
