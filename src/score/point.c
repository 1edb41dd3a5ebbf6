/* SPDX-License-Identifier: MIT */
/*
 * Losses of one output: squared, absolute and Huber's. They cost little, so that a call per target
 * would cost more: each has its own copy of the loop over all of them.
 */
#include "score/loss_values.h"

double lts_location_identity(double y, double *slope)
{
    *slope = 1;
    return y;
}

/* lts_loss_sum() by a function of the error. */
#define DEFINE_SUM(name)                                                                           \
    static double name##_sum(const lts_loss *loss, int64_t n, int64_t K, const real *y,            \
                             const real *target, const real *weight, double scale, real *dy)       \
    {                                                                                              \
        double sum = 0;                                                                            \
        for (int64_t i = 0; i < n * K; i += K)                                                     \
            for (int64_t k = 0; k < K; k++) {                                                      \
                double slope, w = lts_target_weight(loss, weight, i + k, k);                       \
                double error = w == 0 ? 0 : (double)y[i + k] - (double)target[i + k];              \
                sum += w * lts_##name(error, loss->delta, &slope);                                 \
                if (dy != NULL)                                                                    \
                    dy[i + k] = lts_saturate(scale * w * slope);                                   \
            }                                                                                      \
        return sum;                                                                                \
    }
DEFINE_SUM(squared)
DEFINE_SUM(absolute)
DEFINE_SUM(huber)

const lts_loss_kind lts_point_kinds[LSTM_LOSS_HUBER + 1] = {
    [LSTM_LOSS_MSE] = {1, squared_sum, NULL, lts_location_identity, NULL},
    [LSTM_LOSS_MAE] = {1, absolute_sum, NULL, lts_location_identity, NULL},
    [LSTM_LOSS_HUBER] = {1, huber_sum, NULL, lts_location_identity, NULL},
};
