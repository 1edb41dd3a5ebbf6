/* SPDX-License-Identifier: MIT */
#include "network/scoring.h"

static double step_weight(const lts_loss *loss, int64_t t)
{
    return loss->n_step_weight == 0 ? 1 : loss->step_weights[t];
}

static const real *weights_of(const real *weight, int64_t t, int64_t n)
{
    return weight == NULL ? NULL : weight + t * n;
}

/* Sum of all weights of all steps. */
static double total_weight(const lts_loss *loss, const lts_plan *plan, int64_t B, int64_t K,
                           const real *weight)
{
    double total = 0;
    for (int64_t t = 0; t < plan->T; t++)
        total += step_weight(loss, t) * lts_loss_weight(loss, B, K, weights_of(weight, t, B * K));
    return total;
}

void lts_score_calls(const lts_loss *loss, const lts_plan *plan, int64_t B, int64_t K,
                     const real *y, const real *target, const real *weight, double *step_loss,
                     real *dy)
{
    int64_t n = B * K, slot = n * loss->n_out;
    bool by_step = loss->reduction == LSTM_REDUCTION_STEPS, plain = by_step && !loss->n_step_weight;
    double total = by_step ? 0 : total_weight(loss, plan, B, K, weight);
    for (int64_t call = 0; call < plan->n_call; call++, y += slot, dy += slot) {
        int64_t t = plan->calls[call].target_step;
        if (t < 0) {
            memset(dy, 0, (size_t)slot * sizeof *dy);
            continue;
        }
        const real *step_target = target + t * n, *step_weights = weights_of(weight, t, n);
        if (plain) {
            step_loss[t] = lts_loss_mean(loss, B, K, y, step_target, step_weights, dy);
            continue;
        }
        double of_step = by_step ? lts_loss_weight(loss, B, K, step_weights) : total;
        double scale = of_step == 0 ? 0 : step_weight(loss, t) / of_step;
        step_loss[t] = scale * lts_loss_sum(loss, B, K, y, step_target, step_weights, scale, dy);
    }
}
