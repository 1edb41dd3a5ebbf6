/* SPDX-License-Identifier: MIT */
/*
 * Forward, segment by segment: a fed call's input takes the output of an earlier segment.
 * Backward, segment by segment from the last: what a fed call's input receives goes to the dy of
 * the call that fed it, which lies in an earlier segment and so has not been used yet: dy_call =
 * 2/(B K) (y_call - target), if graded,  +  sum of dx over the calls it feeds
 */
#include "network/unroll.h"

#include "base/memory.h"
#include "base/status.h"
#include "network/loss.h"

#include <string.h>

lstm_status lts_unroll_init(lts_unroll *unroll, const lts_params *params,
                            const lts_columns *columns, lts_plan *plan, int64_t B)
{
    memset(unroll, 0, sizeof *unroll);
    unroll->params = params;
    unroll->columns = columns;
    unroll->plan = *plan;
    lstm_status status = lts_trace_init(&unroll->trace, params, plan->n_call, B);
    if (status >= 0)
        status = lts_adjoint_init(&unroll->adjoint, params, plan->n_call, B);
    if (status >= 0) {
        unroll->target = lts_alloc(plan->T * B * params->K, sizeof(real));
        unroll->step_loss = lts_alloc(plan->T, sizeof(double));
        if (unroll->target == NULL || unroll->step_loss == NULL)
            status = LSTM_E_NOMEM;
    }
    if (status < 0)
        lts_unroll_clear(unroll);
    return status;
}

void lts_unroll_clear(lts_unroll *unroll)
{
    lts_trace_clear(&unroll->trace, unroll->params);
    lts_adjoint_clear(&unroll->adjoint, unroll->params);
    lts_plan_clear(&unroll->plan);
    lts_free(unroll->target);
    lts_free(unroll->step_loss);
    memset(unroll, 0, sizeof *unroll);
}

static void gather(lts_unroll *unroll, const lstm_series *series, const int64_t *offsets, int64_t B,
                   int64_t pred)
{
    const lts_columns *columns = unroll->columns;
    int64_t D = columns->D, K = columns->K;
    for (int64_t call = 0; call < unroll->plan.n_call; call++)
        lts_gather(series, columns->input, D, offsets, B, unroll->plan.calls[call].row,
                   unroll->trace.x + call * B * D);
    for (int64_t t = 0; t < unroll->plan.T; t++)
        lts_gather(series, columns->target, K, offsets, B, t + pred, unroll->target + t * B * K);
}

/* Grades every call: step losses, and dy, which is zero where nothing grades. */
static double grade(lts_unroll *unroll)
{
    int64_t slot = unroll->trace.B * unroll->params->K;
    double loss = 0;
    for (int64_t call = 0; call < unroll->plan.n_call; call++) {
        int64_t t = unroll->plan.calls[call].grade;
        real *dy = unroll->adjoint.dy + call * slot;
        if (t < 0) {
            memset(dy, 0, (size_t)slot * sizeof(real));
            continue;
        }
        unroll->step_loss[t] = lts_mean_squared_error(slot, unroll->trace.y + call * slot,
                                                      unroll->target + t * slot, dy);
        loss += unroll->step_loss[t];
    }
    return loss;
}

double lts_unroll_forward(lts_unroll *unroll, const real *values, const lstm_series *series,
                          const int64_t *offsets, int64_t B, int64_t pred)
{
    const lts_plan *plan = &unroll->plan;
    int64_t D = unroll->params->D, K = unroll->params->K;
    lts_trace_restart(&unroll->trace, unroll->params, B);
    gather(unroll, series, offsets, B, pred);
    for (int64_t s = 0; s < plan->n_segment; s++) {
        int64_t first = plan->segments[s], end = plan->segments[s + 1];
        for (int64_t call = first; call < end; call++)
            if (plan->calls[call].feed >= 0)
                lts_feed(unroll->columns, B, unroll->trace.y + plan->calls[call].feed * B * K,
                         unroll->trace.x + call * B * D);
        lts_segment_forward(unroll->params, values, &unroll->trace, first, end - first);
    }
    return grade(unroll);
}

/* dy of the feeding call += dx of the fed call, in the fed-back columns. */
static void feed_back(const lts_unroll *unroll, int64_t call)
{
    const lts_columns *columns = unroll->columns;
    int64_t B = unroll->trace.B, D = columns->D, K = columns->K;
    const real *dx = unroll->adjoint.dx + call * B * D;
    real *dy = unroll->adjoint.dy + unroll->plan.calls[call].feed * B * K;
    for (int64_t b = 0; b < B; b++)
        for (int64_t j = 0; j < D; j++)
            if (columns->feed[j] >= 0)
                dy[b * K + columns->feed[j]] += dx[b * D + j];
}

static void clear_carried(const lts_unroll *unroll)
{
    size_t bytes = (size_t)(unroll->trace.B * unroll->params->H) * sizeof(real);
    for (int64_t l = 0; l < unroll->params->L; l++) {
        memset(unroll->adjoint.layers[l].dc, 0, bytes);
        memset(unroll->adjoint.layers[l].dh, 0, bytes);
    }
}

void lts_unroll_backward(lts_unroll *unroll, const real *values, real *gradient)
{
    const lts_plan *plan = &unroll->plan;
    clear_carried(unroll);
    for (int64_t s = plan->n_segment - 1; s >= 0; s--) {
        int64_t first = plan->segments[s], end = plan->segments[s + 1];
        bool fed = false;
        for (int64_t call = first; call < end; call++)
            fed = fed || plan->calls[call].feed >= 0;
        lts_segment_backward(unroll->params, values, &unroll->trace, &unroll->adjoint, first,
                             end - first, fed);
        for (int64_t call = first; call < end; call++)
            if (plan->calls[call].feed >= 0)
                feed_back(unroll, call);
    }
    memset(gradient, 0, (size_t)unroll->params->total * sizeof(real));
    lts_segment_gradients(unroll->params, &unroll->trace, &unroll->adjoint, plan->n_call, gradient);
}
