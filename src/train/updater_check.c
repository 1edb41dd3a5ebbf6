/* SPDX-License-Identifier: MIT */
/*
 * What an update must not go on with, and the words for it: a user has to find the place in a table
 * of measurements.
 */
#include "base/status.h"
#include "train/updater.h"

/* The call of which step t is graded. */
static int64_t call_of(const lts_plan *plan, int64_t t)
{
    int64_t call = plan->n_call - 1;
    while (call > 0 && plan->calls[call].grade != t)
        call--;
    return call;
}

/* Why the loss of step t is not finite: an output that is not, or lies too far from its target. */
static lstm_status blame(const lstm_updater *updater, int64_t t)
{
    const lts_unroll *unroll = &updater->unroll;
    int64_t K = unroll->params->K, slot = unroll->trace.B * K, i = 0;
    const real *y = unroll->trace.y + call_of(&unroll->plan, t) * slot;
    const real *target = unroll->target + t * slot;
    while (i < slot - 1 && isfinite(y[i] - target[i]))
        i++;
    long long first_row = (long long)updater->iter->offsets[i / K];
    return lts_fail(
        LSTM_E_NUMERIC,
        "the loss of step %lld is %g in update %llu: in the window from row %lld of the "
        "series, output %lld is %g, its target, in row %lld, %g",
        (long long)t, unroll->step_loss[t], (unsigned long long)updater->iteration + 1, first_row,
        (long long)(i % K), (double)y[i], first_row + (long long)(t + updater->iter->window.pred),
        (double)target[i]);
}

lstm_status lts_check_loss(const lstm_updater *updater)
{
    for (int64_t t = 0; t < updater->unroll.plan.T; t++)
        if (!isfinite(updater->unroll.step_loss[t]))
            return blame(updater, t);
    return LSTM_OK;
}

/* Finite squares have a finite sum in double, so the values are searched only if that is not so. */
lstm_status lts_check_gradient(const lstm_updater *updater, double *norm)
{
    const lts_params *params = &updater->model->params;
    char place[LTS_PLACE_SIZE];
    *norm = sqrt(
        updater->optimizer.kernels->elementwise->sum_of_squares(params->total, updater->gradient));
    if (isfinite(*norm))
        return LSTM_OK;
    int64_t bad = lts_first_nonfinite(updater->gradient, params->total);
    if (bad < 0)
        return LSTM_OK;
    lts_params_place(params, bad, place);
    return lts_fail(LSTM_E_NUMERIC, "the gradient of %s is %g in update %llu", place,
                    (double)updater->gradient[bad], (unsigned long long)updater->iteration + 1);
}
