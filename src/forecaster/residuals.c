/* SPDX-License-Identifier: MIT */
#include "forecaster/residuals.h"

#include "base/memory.h"
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
