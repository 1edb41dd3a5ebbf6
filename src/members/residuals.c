/* SPDX-License-Identifier: MIT */
#include "members/residuals.h"

#include "base/memory.h"
#include "base/status.h"
#include "method/observed.h"

lstm_status lts_residuals_new(lts_residuals *residuals, int64_t n, int64_t H, int64_t K)
{
    int64_t size;
    if (!lts_multiply(H, K, &size) || !lts_multiply(size, n, &size))
        size = INT64_MAX;
    lts_residuals made = {.n = n, .H = H, .K = K};
    made.values = lts_alloc(size, sizeof *made.values);
    made.series = lts_alloc(n, sizeof *made.series);
    made.ends = lts_alloc(n, sizeof *made.ends);
    if (made.values == NULL || made.series == NULL || made.ends == NULL) {
        lts_residuals_clear(&made);
        return LSTM_E_NOMEM;
    }
    *residuals = made;
    return LSTM_OK;
}

/* Number i of the present ones, or of those that are appended. */
typedef struct both {
    const lts_residuals *present, *more;
} both;

static int64_t series_of(const both *b, int64_t i)
{
    return i < b->present->n ? b->present->series[i] : b->more->series[i - b->present->n];
}

/*
 * Whether number i of n is among n_left that are left out. A series with n_own, and n_before of
 * series with smaller numbers, leaves out (n_before + n_own) n_left / n - n_before n_left / n:
 * over all series these sum to n_left.
 */
static bool is_left_out(const both *b, int64_t i, int64_t n, int64_t n_left)
{
    int64_t n_before = 0, n_own = 0, n_older = 0, series = series_of(b, i);
    for (int64_t j = 0; j < n; j++) {
        n_before += series_of(b, j) < series;
        n_own += series_of(b, j) == series;
        n_older += j < i && series_of(b, j) == series;
    }
    return n_older < (n_before + n_own) * n_left / n - n_before * n_left / n;
}

static void copy_one(lts_residuals *to, int64_t at, const lts_residuals *from, int64_t i)
{
    int64_t slot = to->H * to->K;
    memcpy(to->values + at * slot, from->values + i * slot, (size_t)slot * sizeof *to->values);
    to->series[at] = from->series[i];
    to->ends[at] = from->ends[i];
}

lstm_status lts_residuals_append(lts_residuals *residuals, const lts_residuals *more, int64_t most)
{
    lts_residuals made;
    const both b = {residuals, more};
    int64_t n = residuals->n + more->n, n_left = n > most ? n - most : 0;
    if (more->n == 0)
        return LSTM_OK;
    LTS_TRY(lts_residuals_new(&made, n - n_left, more->H, more->K));
    for (int64_t i = 0, at = 0; i < n; i++)
        if (n_left == 0 || !is_left_out(&b, i, n, n_left))
            copy_one(&made, at++, i < residuals->n ? residuals : more,
                     i < residuals->n ? i : i - residuals->n);
    lts_residuals_clear(residuals);
    *residuals = made;
    return LSTM_OK;
}

void lts_residuals_clear(lts_residuals *residuals)
{
    lts_free(residuals->values);
    lts_free(residuals->series);
    lts_free(residuals->ends);
    memset(residuals, 0, sizeof *residuals);
}

void lts_residuals_set(lts_residuals *residuals, int64_t i, const lstm_dataset *dataset,
                       int64_t series, int64_t origin, const real *y)
{
    int64_t H = residuals->H, K = residuals->K;
    real *values = residuals->values + i * H * K;
    for (int64_t c = lts_next_target(dataset, 0), k = 0; k < K;
         c = lts_next_target(dataset, c + 1), k++)
        for (int64_t h = 0; h < H; h++) {
            real r = (real)(lts_observed(dataset, series, origin + h, c) - (double)y[h * K + k]);
            values[h * K + k] = isfinite(r) ? r : (real)NAN;
        }
    residuals->series[i] = series;
    residuals->ends[i] = origin + H;
}
