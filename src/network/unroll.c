/* SPDX-License-Identifier: MIT */
/*
 * Forward, segment by segment: the input of a fed call is the location of the output of a call of
 * an earlier segment. Backward, segment by segment from the last: dx of a fed call is added to dy
 * of the call that feeds it, which is in an earlier segment and so not used yet:
 *
 *     dy_call = slope of its loss, if scored,  +  sum of dx over the calls that it feeds
 */
#include "network/unroll_inputs.h"

#include "base/environment.h"
#include "base/integer.h"
#include "base/memory.h"
#include "base/status.h"
#include "score/caller_loss.h"

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

/* If no output is fed back, its gradient is known as soon as it is scored. */
static bool scores_early(const lts_unroll *unroll)
{
    bool fed = unroll->loss->caller != NULL;
    for (int64_t call = 0; call < unroll->plan->n_call; call++)
        fed = fed || unroll->plan->calls[call].feed >= 0;
    return !fed;
}

/*
 * Calls whose outputs are scored and passed backward before the next ones are computed: as many as
 * leave them in the second-level cache. It depends on sizes alone, since dW is summed so.
 */
static int64_t calls_at_once(const lts_unroll *unroll, int64_t B)
{
    const double bytes = 256 * 1024;
    double calls = bytes / ((double)B * (double)unroll->params->K * sizeof(real));
    double n_call = (double)unroll->plan->n_call;
    return !unroll->scores_early || calls >= n_call ? unroll->plan->n_call
           : calls < 1                              ? 1
                                                    : (int64_t)calls;
}

/* Whether the targets of a step are the inputs `pred` steps later, and no input is replaced. */
static bool shares_rows(const lts_unroll *unroll)
{
    const lts_columns *columns = unroll->source.columns;
    const lts_plan *plan = unroll->plan;
    if (!unroll->scores_early || unroll->source.view != NULL || columns->D != columns->K ||
        unroll->source.pred > plan->T)
        return false;
    for (int64_t j = 0; j < columns->D; j++)
        if (columns->input[j] != columns->target[j])
            return false;
    for (int64_t call = 0; call < plan->n_call; call++)
        if (plan->calls[call].row != call || plan->calls[call].target_step != call)
            return false;
    return true;
}

static lstm_status allocate_arrays(lts_unroll *unroll, int64_t B)
{
    int64_t T = unroll->plan->T, n_call = unroll->plan->n_call, K = unroll->source.columns->K;
    bool shares = shares_rows(unroll), weighted = unroll->source.view != NULL, holes = false;
    bool maps = unroll->loss->row->location != lts_location_identity;
    for (int64_t call = 0; call < n_call; call++)
        holes = holes || unroll->plan->calls[call].holes;
    if (!shares)
        unroll->target = lts_alloc(T * B * K, sizeof(real));
    if (weighted)
        unroll->weight = lts_alloc(T * B * K, sizeof(real));
    if (maps)
        unroll->location = lts_alloc(2 * B * K, sizeof(real));
    if (holes)
        unroll->fed = lts_alloc(n_call * B * unroll->params->D, sizeof *unroll->fed);
    bool complete = (shares || unroll->target) && (!weighted || unroll->weight) &&
                    (!holes || unroll->fed) && (!maps || unroll->location);
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

static lstm_status init_components(lts_unroll *unroll, const lts_unroll_options *options)
{
    const lts_params *params = unroll->params;
    int64_t n_call = unroll->plan->n_call, B = options->B;
    int64_t n_ahead = shares_rows(unroll) ? unroll->source.pred : 0;
    LTS_TRY(lts_packed_init(&unroll->packed, params, options->kernels, options->folded,
                            lts_training_kernels_of(options->kernels), B, options->precision));
    LTS_TRY(lts_trace_init(&unroll->trace, &unroll->packed, n_call, B, n_ahead));
    LTS_TRY(lts_trace_set_dropout(&unroll->trace, &unroll->packed, &options->dropout));
    LTS_TRY(lts_adjoint_init(&unroll->adjoint, &unroll->packed, n_call, B, unroll->n_at_once,
                             !unroll->scores_early));
    LTS_TRY(lts_gradients_init(&unroll->gradients, &unroll->packed));
    LTS_TRY(lts_pool_new(&unroll->pool, lts_worth_threads(unroll->packed.kernels, params,
                                                          (double)n_call, B, options->n_thread)));
    LTS_TRY(lts_reader_init(&unroll->reader, &unroll->source, B));
    return allocate_arrays(unroll, B);
}

lstm_status lts_unroll_init(lts_unroll *unroll, const lts_unroll_options *options)
{
    memset(unroll, 0, sizeof *unroll);
    unroll->params = options->params;
    unroll->source = options->source;
    unroll->plan = options->plan;
    unroll->loss = options->loss;
    unroll->scores_early = scores_early(unroll);
    unroll->n_at_once = calls_at_once(unroll, options->B);
    lstm_status status = init_components(unroll, options);
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
    lts_reader_clear(&unroll->reader);
    lts_free(unroll->target);
    lts_free(unroll->weight);
    lts_free(unroll->fed);
    lts_free(unroll->location);
    memset(unroll, 0, sizeof *unroll);
}

void lts_unroll_refresh(lts_unroll *unroll, const real *values, const lts_block_step *block_step)
{
    lts_packed_refresh(&unroll->packed, unroll->params, values, block_step);
}

/* Sets the state before the first call. */
static void set_state(lts_unroll *unroll, const real *state)
{
    int64_t L = unroll->params->L, H = unroll->params->H, Hp = unroll->packed.Hp;
    int64_t B = unroll->trace.B;
    unroll->trace.from_zero = false;
    for (int64_t l = 0; l < L; l++)
        for (int64_t b = 0; b < B; b++) {
            const lts_layer_trace *layer = &unroll->trace.layers[l];
            const real *h = state + (2 * l * B + b) * H, *c = state + ((2 * l + 1) * B + b) * H;
            memcpy(layer->h + b * Hp, h, (size_t)H * sizeof *h);
            memcpy(layer->c + b * Hp, c, (size_t)H * sizeof *c);
        }
}

/* Calls that are computed, and then scored, before the next ones. */
typedef struct chunk {
    const lts_unroll *unroll;
    const lts_batch *batch;
    int64_t first, end;
    int64_t read, read_end; /* calls whose inputs are gathered */
} chunk;

/* In a plan that is a loop call t is step t, so that the arrays of calls are those of steps. */
static void score_by_caller(lts_unroll *unroll, double *step_loss)
{
    int64_t T = unroll->plan->T, B = unroll->trace.B, n_output = unroll->params->K;
    const lstm_loss_batch batch = {T,
                                   B,
                                   n_output,
                                   unroll->source.columns->K,
                                   unroll->trace.y,
                                   lts_unroll_targets(unroll),
                                   unroll->weight,
                                   step_loss,
                                   unroll->adjoint.dy};
    memset(step_loss, 0, (size_t)T * sizeof *step_loss);
    memset(unroll->adjoint.dy, 0, (size_t)(T * B * n_output) * sizeof(real));
    lts_caller_loss_run(unroll->loss->caller, &batch);
}

/* Computes step losses and dy of some calls; dy is 0 for a call that is not scored. */
static void score_calls(lts_unroll *unroll, const chunk *c, double total, double *step_loss)
{
    int64_t B = unroll->trace.B, K = unroll->source.columns->K, n = B * K;
    int64_t slot = n * unroll->loss->n_out;
    real *dy = unroll->adjoint.dy;
    for (int64_t call = c->first; call < c->end; call++, dy += slot) {
        int64_t t = unroll->plan->calls[call].target_step;
        if (t < 0)
            memset(dy, 0, (size_t)slot * sizeof(real));
        else
            step_loss[t] =
                lts_loss_step(unroll->loss, t, total, B, K, unroll->trace.y + call * slot,
                              lts_unroll_targets(unroll) + t * n,
                              unroll->weight == NULL ? NULL : unroll->weight + t * n, dy);
    }
}

/* The windows of one thread's part. */
static lts_range part_of(const lts_unroll *unroll, int64_t part, int64_t n_part)
{
    int64_t B = unroll->trace.B, first = lts_part_begin(B, part, n_part);
    return (lts_range){first, lts_part_begin(B, part + 1, n_part) - first};
}

static void forward_part(void *work, int64_t part, int64_t n_part)
{
    const chunk *c = work;
    const lts_unroll *unroll = c->unroll;
    const lts_plan *plan = unroll->plan;
    lts_range windows = part_of(unroll, part, n_part);
    lts_gather_inputs(unroll, windows, c->read, c->read_end);
    for (int64_t call = c->first; c->batch->withheld > 0 && call < c->end; call++)
        lts_withhold_rows(unroll, windows, call, c->batch);
    for (int64_t s = 0; s < plan->n_segment && windows.n > 0; s++) {
        int64_t first = lts_most(plan->segments[s], c->first);
        int64_t end = lts_min(plan->segments[s + 1], c->end);
        for (int64_t call = first; call < end; call++)
            lts_feed_windows(unroll, windows, call);
        if (first < end)
            lts_segment_forward(&unroll->packed, &unroll->trace, windows, first, end - first);
    }
}

static void outputs_part(void *work, int64_t part, int64_t n_part)
{
    const chunk *c = work;
    const lts_unroll *unroll = c->unroll;
    lts_range windows = part_of(unroll, part, n_part);
    if (windows.n > 0)
        lts_segment_outputs_backward(&unroll->packed, &unroll->trace, &unroll->adjoint, windows,
                                     c->first, c->end - c->first, unroll->adjoint.dy);
}

/* What a chunk needs after it is scored, while its outputs are in a cache. */
static void outputs_backward(lts_unroll *unroll, chunk *c)
{
    lts_pool_run(unroll->pool, outputs_part, c);
    lts_gradients_add_outputs(&unroll->gradients, unroll->pool, &unroll->packed, &unroll->trace,
                              unroll->adjoint.dy, c->first, c->end - c->first);
}

void lts_unroll_forward(lts_unroll *unroll, const lts_batch *batch, double *step_loss)
{
    const lts_loss *loss = unroll->loss;
    int64_t T = unroll->plan->T, n_call = unroll->plan->n_call, K = unroll->source.columns->K;
    int64_t ahead = unroll->target == NULL ? unroll->source.pred : 0;
    lts_trace_restart(&unroll->trace, &unroll->packed, n_call, batch->B);
    if (batch->state != NULL)
        set_state(unroll, batch->state);
    unroll->trace.dropout.batch = batch->number;
    lts_gather_targets(unroll, batch);
    double total = loss->reduction == LSTM_REDUCTION_MEAN
                       ? lts_loss_total(loss, T, batch->B, K, unroll->weight)
                       : 0;
    chunk c = {.unroll = unroll, .batch = batch};
    for (; c.first < n_call; c.first = c.end, c.read = c.read_end) {
        c.end = lts_min(c.first + unroll->n_at_once, n_call);
        c.read_end = c.end + ahead;
        lts_pool_run(unroll->pool, forward_part, &c);
        if (loss->caller != NULL)
            score_by_caller(unroll, step_loss);
        else
            score_calls(unroll, &c, total, step_loss);
        if (unroll->scores_early)
            outputs_backward(unroll, &c);
    }
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
        if (!unroll->scores_early)
            lts_segment_outputs_backward(
                &unroll->packed, &unroll->trace, &unroll->adjoint, windows, first, end - first,
                unroll->adjoint.dy + first * unroll->trace.B * unroll->params->K);
        lts_segment_backward(&unroll->packed, &unroll->trace, &unroll->adjoint, windows, first,
                             end - first, fed);
        for (int64_t call = first; call < end; call++)
            lts_add_feedback_gradient(unroll, windows, call);
    }
}

void lts_unroll_backward(lts_unroll *unroll, const real *values, real *gradient)
{
    lts_adjoint_restart(&unroll->adjoint, &unroll->packed, unroll->trace.B);
    lts_pool_run(unroll->pool, backward_part, unroll);
    if (!unroll->scores_early)
        lts_gradients_add_outputs(&unroll->gradients, unroll->pool, &unroll->packed, &unroll->trace,
                                  unroll->adjoint.dy, 0, unroll->plan->n_call);
    lts_gradients_compute(&unroll->gradients, unroll->pool, &unroll->packed, unroll->params, values,
                          &unroll->trace, &unroll->adjoint, gradient);
}
