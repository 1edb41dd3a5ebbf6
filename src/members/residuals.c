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

/* Copies the last n of `from` to number `at` on. */
static void copy_last(lts_residuals *to, int64_t at, const lts_residuals *from, int64_t n)
{
    int64_t slot = to->H * to->K, first = from->n - n;
    if (n == 0)
        return;
    memcpy(to->values + at * slot, from->values + first * slot,
           (size_t)(n * slot) * sizeof *to->values);
    memcpy(to->series + at, from->series + first, (size_t)n * sizeof *to->series);
    memcpy(to->ends + at, from->ends + first, (size_t)n * sizeof *to->ends);
}

lstm_status lts_residuals_append(lts_residuals *residuals, const lts_residuals *more, int64_t most)
{
    lts_residuals made;
    int64_t added = more->n < most ? more->n : most;
    int64_t kept = residuals->n < most - added ? residuals->n : most - added;
    if (more->n == 0)
        return LSTM_OK;
    LTS_TRY(lts_residuals_new(&made, kept + added, more->H, more->K));
    copy_last(&made, 0, residuals, kept);
    copy_last(&made, kept, more, added);
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
