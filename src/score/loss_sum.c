/* SPDX-License-Identifier: MIT */
#include "score/loss.h"

/* Sums that do not wait for each other, which the compiler makes vectors of. */
enum { N_SUM = 8 };

double lts_mean_squared_error(int64_t n, const real *restrict y, const real *restrict target,
                              real *restrict dy)
{
    real slope = 2 / (real)n;
    double sums[N_SUM] = {0}, sum = 0;
    int64_t whole = n - n % N_SUM;
    for (int64_t i = 0; i < whole; i += N_SUM)
        for (int64_t j = 0; j < N_SUM; j++) {
            real error = y[i + j] - target[i + j];
            sums[j] += (double)error * (double)error;
            dy[i + j] = slope * error;
        }
    for (int64_t i = whole; i < n; i++) {
        real error = y[i] - target[i];
        sums[i - whole] += (double)error * (double)error;
        dy[i] = slope * error;
    }
    for (int64_t j = 0; j < N_SUM; j++)
        sum += sums[j];
    return sum / (double)n;
}

static double unit_of(const lts_loss *loss, int64_t k)
{
    return loss->n_unit == 0 ? 1 : loss->units[k];
}

/* Parameters stand K apart in a row. */
static void read_parameters(const lts_loss *loss, const real *y, int64_t K, double *parameter)
{
    for (int64_t o = 0; o < loss->n_out; o++)
        parameter[o] = (double)y[o * K];
}

double lts_loss_weight(const lts_loss *loss, int64_t n, int64_t K, const real *weight)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < K; k++)
            sum += lts_target_weight(loss, weight, i * K + k, k);
    return sum;
}

/* Returns w l of one target of column k, and writes scale times its gradient. */
static double score_target(const lts_loss *loss, int64_t k, int64_t K, const real *y, real target,
                           double w, double scale, real *dy)
{
    double parameter[LTS_MAX_LEVELS], slope[LTS_MAX_LEVELS] = {0};
    read_parameters(loss, y, K, parameter);
    double value = loss->row->value(loss, unit_of(loss, k), parameter, (double)target, slope);
    if (dy != NULL)
        for (int64_t o = 0; o < loss->n_out; o++)
            dy[o * K] = lts_saturate(scale * w * slope[o]);
    return w * value;
}

static void clear_gradient(const lts_loss *loss, int64_t K, real *dy)
{
    for (int64_t o = 0; o < loss->n_out; o++)
        dy[o * K] = 0;
}

double lts_loss_sum(const lts_loss *loss, int64_t n, int64_t K, const real *y, const real *target,
                    const real *weight, double scale, real *dy)
{
    if (loss->row->sum != NULL)
        return loss->row->sum(loss, n, K, y, target, weight, scale, dy);
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < K; k++) {
            int64_t first = i * loss->n_out * K + k, at = i * K + k;
            double w = lts_target_weight(loss, weight, at, k);
            real *gradient = dy == NULL ? NULL : dy + first;
            if (w != 0)
                sum += score_target(loss, k, K, y + first, target[at], w, scale, gradient);
            else if (dy != NULL)
                clear_gradient(loss, K, gradient);
        }
    return sum;
}

static double step_weight(const lts_loss *loss, int64_t t)
{
    return loss->n_step_weight == 0 ? 1 : loss->step_weights[t];
}

double lts_loss_total(const lts_loss *loss, int64_t T, int64_t n, int64_t K, const real *weight)
{
    double total = 0;
    for (int64_t t = 0; t < T; t++)
        total += step_weight(loss, t) *
                 lts_loss_weight(loss, n, K, weight == NULL ? NULL : weight + t * n * K);
    return total;
}

double lts_loss_step(const lts_loss *loss, int64_t t, double total, int64_t n, int64_t K,
                     const real *y, const real *target, const real *weight, real *dy)
{
    bool by_steps = loss->reduction == LSTM_REDUCTION_STEPS;
    bool plain = weight == NULL && loss->n_column_weight == 0 && loss->n_step_weight == 0;
    if (loss->kind == LSTM_LOSS_MSE && by_steps && plain)
        return lts_mean_squared_error(n * K, y, target, dy);
    if (by_steps)
        total = lts_loss_weight(loss, n, K, weight);
    double scale = total == 0 ? 0 : step_weight(loss, t) / total;
    return scale * lts_loss_sum(loss, n, K, y, target, weight, scale, dy);
}

void lts_loss_location(const lts_loss *loss, int64_t n, int64_t K, const real *y, real *location)
{
    double slope;
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < K; k++)
            location[i * K + k] =
                (real)loss->row->location((double)y[i * loss->n_out * K + k], &slope);
}

void lts_loss_location_back(const lts_loss *loss, int64_t n, int64_t K, const real *y,
                            const real *dlocation, real *dy)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < K; k++) {
            int64_t at = i * loss->n_out * K + k;
            double slope;
            loss->row->location((double)y[at], &slope);
            dy[at] += (real)slope * dlocation[i * K + k];
        }
}

real lts_loss_quantile(const lts_loss *loss, int64_t i, int64_t K, const real *y, double level)
{
    double parameter[LTS_MAX_LEVELS];
    int64_t k = i % K;
    read_parameters(loss, y + i / K * loss->n_out * K + k, K, parameter);
    return lts_saturate(loss->row->quantile(loss, unit_of(loss, k), parameter, level));
}
