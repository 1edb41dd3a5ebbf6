/* SPDX-License-Identifier: MIT */
/*
 * Forward, segment by segment: the input of a fed call is the output of a call of an earlier
 * segment. Backward, segment by segment from the last: dx of a fed call is added to dy of the call
 * that feeds it, which is in an earlier segment and so not used yet:
 *
 *     dy_call = 2/(B K) (y_call - target), if scored,  +  sum of dx over the calls that it feeds
 */
#include "network/unroll.h"

#include "base/environment.h"
#include "base/memory.h"
#include "base/status.h"
#include "score/loss.h"

#include <string.h>

int64_t lts_worth_threads(const lts_kernels *kernels, const lts_params *params, double n_call,
                          int64_t B, int64_t n_thread)
{
    if (kernels->forbids_threads)
        return 1;
    double H = (double)params->H;
    double worth = n_call * (double)B * 4 * H * H * (double)params->L / 4e6;
    if (worth < 1)
        worth = 1;
    if (worth < (double)n_thread && !lts_environment_split())
        n_thread = (int64_t)worth;
    return n_thread < B ? n_thread : B;
}

static lstm_status init_components(lts_unroll *unroll, const lts_kernels *kernels, bool folded,
                                   int64_t B, int64_t n_thread)
{
    const lts_params *params = unroll->params;
    int64_t n_call = unroll->plan->n_call, T = unroll->plan->T;
    LTS_TRY(lts_packed_init(&unroll->packed, params, kernels, folded,
                            lts_training_kernels_of(kernels)));
    LTS_TRY(lts_trace_init(&unroll->trace, &unroll->packed, n_call, B));
    LTS_TRY(lts_adjoint_init(&unroll->adjoint, &unroll->packed, n_call, B));
    LTS_TRY(lts_gradients_init(&unroll->gradients, &unroll->packed));
    LTS_TRY(lts_pool_new(&unroll->pool, lts_worth_threads(unroll->packed.kernels, params,
                                                          (double)n_call, B, n_thread)));
    unroll->target = lts_alloc(T * B * params->K, sizeof(real));
    return unroll->target == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

lstm_status lts_unroll_init(lts_unroll *unroll, const lts_params *params,
                            const lts_columns *columns, const lts_plan *plan,
                            const lts_kernels *kernels, bool folded, int64_t B, int64_t n_thread)
{
    memset(unroll, 0, sizeof *unroll);
    unroll->params = params;
    unroll->columns = columns;
    unroll->plan = plan;
    lstm_status status = init_components(unroll, kernels, folded, B, n_thread);
    if (status < 0)
        lts_unroll_clear(unroll);
    return status;
}

void lts_unroll_clear(lts_unroll *unroll)
{
    lts_pool_free(unroll->pool);
    lts_trace_clear(&unroll->trace);
    lts_adjoint_clear(&unroll->adjoint);
    lts_gradients_clear(&unroll->gradients);
    lts_packed_clear(&unroll->packed);
    lts_free(unroll->target);
    memset(unroll, 0, sizeof *unroll);
}

void lts_unroll_refresh(lts_unroll *unroll, const real *values, const lts_block_step *block_step)
{
    lts_packed_refresh(&unroll->packed, unroll->params, values, block_step);
}

static void gather_windows(lts_unroll *unroll, const lstm_series *series, const int64_t *offsets,
                           int64_t B, int64_t pred)
{
    const lts_columns *columns = unroll->columns;
    int64_t D = columns->D, K = columns->K;
    for (int64_t call = 0; call < unroll->plan->n_call; call++)
        lts_gather(series, columns->input, D, offsets, B, unroll->plan->calls[call].row,
                   unroll->trace.x + call * B * D);
    for (int64_t t = 0; t < unroll->plan->T; t++)
        lts_gather(series, columns->target, K, offsets, B, t + pred, unroll->target + t * B * K);
}

/* Computes step losses and dy of all calls; dy is 0 for a call that is not scored. */
static void score_calls(lts_unroll *unroll, double *step_loss)
{
    int64_t slot = unroll->trace.B * unroll->params->K;
    for (int64_t call = 0; call < unroll->plan->n_call; call++) {
        int64_t t = unroll->plan->calls[call].target_step;
        real *dy = unroll->adjoint.dy + call * slot;
        if (t < 0) {
            memset(dy, 0, (size_t)slot * sizeof(real));
            continue;
        }
        step_loss[t] = lts_mean_squared_error(slot, unroll->trace.y + call * slot,
                                              unroll->target + t * slot, dy);
    }
}

/* The windows of one thread's part. */
static lts_range part_of(const lts_unroll *unroll, int64_t part, int64_t n_part)
{
    int64_t B = unroll->trace.B, first = lts_part_begin(B, part, n_part);
    return (lts_range){first, lts_part_begin(B, part + 1, n_part) - first};
}

/* Copies the outputs of the feeding call to the input of a fed call. */
static void feed_windows(const lts_unroll *unroll, lts_range windows, int64_t call)
{
    int64_t B = unroll->trace.B, D = unroll->params->D, K = unroll->params->K;
    int64_t source = unroll->plan->calls[call].feed;
    if (source >= 0)
        lts_feed(unroll->columns, windows.n, unroll->trace.y + (source * B + windows.first) * K,
                 unroll->trace.x + (call * B + windows.first) * D);
}

static void forward_part(void *work, int64_t part, int64_t n_part)
{
    const lts_unroll *unroll = work;
    const lts_plan *plan = unroll->plan;
    lts_range windows = part_of(unroll, part, n_part);
    for (int64_t s = 0; s < plan->n_segment && windows.n > 0; s++) {
        int64_t first = plan->segments[s], end = plan->segments[s + 1];
        for (int64_t call = first; call < end; call++)
            feed_windows(unroll, windows, call);
        lts_segment_forward(&unroll->packed, &unroll->trace, windows, first, end - first);
    }
}

void lts_unroll_forward(lts_unroll *unroll, const lstm_series *series, const int64_t *offsets,
                        int64_t B, int64_t pred, double *step_loss)
{
    lts_trace_restart(&unroll->trace, &unroll->packed, B);
    gather_windows(unroll, series, offsets, B, pred);
    lts_pool_run(unroll->pool, forward_part, unroll);
    score_calls(unroll, step_loss);
}

/* dy of the feeding call += dx of the fed call, in the fed-back columns. */
static void add_feedback_gradient(const lts_unroll *unroll, lts_range windows, int64_t call)
{
    const lts_columns *columns = unroll->columns;
    int64_t B = unroll->trace.B, D = columns->D, K = columns->K;
    int64_t source = unroll->plan->calls[call].feed;
    if (source < 0)
        return;
    const real *dx = unroll->adjoint.dx + (call * B + windows.first) * D;
    real *dy = unroll->adjoint.dy + (source * B + windows.first) * K;
    for (int64_t b = 0; b < windows.n; b++)
        for (int64_t j = 0; j < D; j++)
            if (columns->feed[j] >= 0)
                dy[b * K + columns->feed[j]] += dx[b * D + j];
}

static void backward_part(void *work, int64_t part, int64_t n_part)
{
    const lts_unroll *unroll = work;
    const lts_plan *plan = unroll->plan;
    lts_range windows = part_of(unroll, part, n_part);
    for (int64_t s = plan->n_segment - 1; s >= 0 && windows.n > 0; s--) {
        int64_t first = plan->segments[s], end = plan->segments[s + 1];
        bool fed = false;
        for (int64_t call = first; call < end; call++)
            fed = fed || plan->calls[call].feed >= 0;
        lts_segment_backward(&unroll->packed, &unroll->trace, &unroll->adjoint, windows, first,
                             end - first, fed);
        for (int64_t call = first; call < end; call++)
            add_feedback_gradient(unroll, windows, call);
    }
}

void lts_unroll_backward(lts_unroll *unroll, const real *values, real *gradient)
{
    lts_adjoint_restart(&unroll->adjoint, &unroll->packed, unroll->trace.B);
    lts_pool_run(unroll->pool, backward_part, unroll);
    lts_gradients_compute(&unroll->gradients, unroll->pool, &unroll->packed, unroll->params, values,
                          &unroll->trace, &unroll->adjoint, gradient);
}
