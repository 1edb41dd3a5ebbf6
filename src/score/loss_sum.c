/* SPDX-License-Identifier: MIT */
#include "score/loss.h"

#include <float.h>

double lts_mean_squared_error(int64_t n, const real *y, const real *target, real *dy)
{
    real slope = 2 / (real)n;
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        real error = y[i] - target[i];
        sum += (double)error * (double)error;
        dy[i] = slope * error;
    }
    return sum / (double)n;
}

/* w of target i = b * K + k */
static double weight_of(const lts_loss *loss, int64_t i, int64_t K, const real *weight)
{
    double w = weight == NULL ? 1 : (double)weight[i];
    return loss->n_column_weight == 0 ? w : w * loss->column_weights[i % K];
}

static double unit_of(const lts_loss *loss, int64_t k)
{
    return loss->n_unit == 0 ? 1 : loss->units[k];
}

/* The nearest real; the largest one for what is larger. NaN stays. */
static real saturate(double value)
{
    const double most = sizeof(real) == sizeof(float) ? (double)FLT_MAX : DBL_MAX;
    return (real)(value > most ? most : value < -most ? -most : value);
}

/* Parameters of target i = b * K + k, which stand K apart. */
static const real *parameters_of(const lts_loss *loss, const real *y, int64_t i, int64_t K)
{
    return y + i / K * loss->n_out * K + i % K;
}

static void read_parameters(const lts_loss *loss, const real *y, int64_t i, int64_t K,
                            double *parameter)
{
    const real *from = parameters_of(loss, y, i, K);
    for (int64_t o = 0; o < loss->n_out; o++)
        parameter[o] = (double)from[o * K];
}

double lts_loss_weight(const lts_loss *loss, int64_t n, int64_t K, const real *weight)
{
    double sum = 0;
    for (int64_t i = 0; i < n * K; i++)
        sum += weight_of(loss, i, K, weight);
    return sum;
}

double lts_loss_sum(const lts_loss *loss, int64_t n, int64_t K, const real *y, const real *target,
                    const real *weight, double scale, real *dy)
{
    double sum = 0, parameter[LTS_MAX_LEVELS], slope[LTS_MAX_LEVELS];
    for (int64_t i = 0; i < n * K; i++) {
        double w = weight_of(loss, i, K, weight);
        if (w != 0) {
            read_parameters(loss, y, i, K, parameter);
            sum += w * loss->row->value(loss, unit_of(loss, i % K), parameter, (double)target[i],
                                        slope);
        }
        if (dy == NULL)
            continue;
        real *to = dy + (parameters_of(loss, y, i, K) - y);
        for (int64_t o = 0; o < loss->n_out; o++)
            to[o * K] = w == 0 ? 0 : saturate(scale * w * slope[o]);
    }
    return sum;
}

double lts_loss_mean(const lts_loss *loss, int64_t n, int64_t K, const real *y, const real *target,
                     const real *weight, real *dy)
{
    if (loss->kind == LSTM_LOSS_MSE && weight == NULL && loss->n_column_weight == 0)
        return lts_mean_squared_error(n * K, y, target, dy);
    double total = lts_loss_weight(loss, n, K, weight), scale = total == 0 ? 0 : 1 / total;
    return scale * lts_loss_sum(loss, n, K, y, target, weight, scale, dy);
}

void lts_loss_location(const lts_loss *loss, int64_t n, int64_t K, const real *y, real *location)
{
    double slope;
    for (int64_t i = 0; i < n * K; i++)
        location[i] = (real)loss->row->location((double)*parameters_of(loss, y, i, K), &slope);
}

void lts_loss_location_back(const lts_loss *loss, int64_t n, int64_t K, const real *y,
                            const real *dlocation, real *dy)
{
    for (int64_t i = 0; i < n * K; i++) {
        const real *from = parameters_of(loss, y, i, K);
        double slope;
        loss->row->location((double)*from, &slope);
        dy[from - y] += (real)slope * dlocation[i];
    }
}

real lts_loss_quantile(const lts_loss *loss, int64_t i, int64_t K, const real *y, double level)
{
    double parameter[LTS_MAX_LEVELS];
    read_parameters(loss, y, i, K, parameter);
    return saturate(loss->row->quantile(loss, unit_of(loss, i % K), parameter, level));
}
