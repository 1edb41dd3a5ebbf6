/* SPDX-License-Identifier: MIT */
/*
 * Forward, segment by segment: the input of a fed call is the location of the output of a call of
 * an earlier segment. Backward, segment by segment from the last: dx of a fed call is added to dy
 * of the call that feeds it, which is in an earlier segment and so not used yet:
 *
 *     dy_call = slope of its loss, if scored,  +  sum of dx over the calls that it feeds
 */
#include "network/unroll.h"

#include "base/environment.h"
#include "base/memory.h"
#include "base/rng.h"
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

static lstm_status init_components(lts_unroll *unroll, const lts_unroll_options *options)
{
    const lts_params *params = unroll->params;
    int64_t n_call = unroll->plan->n_call, T = unroll->plan->T, B = options->B;
    LTS_TRY(lts_packed_init(&unroll->packed, params, options->kernels, options->folded,
                            lts_training_kernels_of(options->kernels), B, options->precision));
    LTS_TRY(lts_trace_init(&unroll->trace, &unroll->packed, n_call, B));
    LTS_TRY(lts_trace_set_dropout(&unroll->trace, &unroll->packed, &options->dropout));
    LTS_TRY(lts_adjoint_init(&unroll->adjoint, &unroll->packed, n_call, B));
    LTS_TRY(lts_gradients_init(&unroll->gradients, &unroll->packed));
    LTS_TRY(lts_pool_new(&unroll->pool, lts_worth_threads(unroll->packed.kernels, params,
                                                          (double)n_call, B, options->n_thread)));
    int64_t K = unroll->source.columns->K;
    bool weighted = unroll->source.view != NULL;
    LTS_TRY(lts_reader_init(&unroll->reader, &unroll->source, B));
    unroll->target = lts_alloc(T * B * K, sizeof(real));
    if (weighted)
        unroll->weight = lts_alloc(T * B * K, sizeof(real));
    bool maps = options->loss->row->location != lts_location_identity;
    if (maps)
        unroll->location = lts_alloc(2 * B * K, sizeof(real));
    bool holes = false;
    for (int64_t call = 0; call < n_call; call++)
        holes = holes || unroll->plan->calls[call].holes;
    if (holes)
        unroll->fed = lts_alloc(n_call * B * params->D, sizeof *unroll->fed);
    bool complete = unroll->target && (!weighted || unroll->weight) && (!holes || unroll->fed) &&
                    (!maps || unroll->location);
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

lstm_status lts_unroll_init(lts_unroll *unroll, const lts_unroll_options *options)
{
    memset(unroll, 0, sizeof *unroll);
    unroll->params = options->params;
    unroll->source = options->source;
    unroll->plan = options->plan;
    unroll->loss = options->loss;
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

static void gather_windows(lts_unroll *unroll, const lts_batch *batch)
{
    lts_reader *reader = &unroll->reader;
    int64_t slot = batch->B * unroll->source.columns->D;
    int64_t n_target = batch->B * unroll->source.columns->K;
    lts_reader_begin(reader, batch->offsets, batch->B);
    for (int64_t call = 0; call < unroll->plan->n_call; call++)
        lts_reader_inputs(reader, unroll->plan->calls[call].row, unroll->trace.x + call * slot);
    for (int64_t t = 0; t < unroll->plan->T; t++)
        lts_reader_targets(reader, t, unroll->target + t * n_target,
                           unroll->weight == NULL ? NULL : unroll->weight + t * n_target);
}

/*
 * Scheduled sampling: withholds true rows, so that the outputs take their place. Each row of each
 * window is withheld with the same probability (Bengio et al., 2015).
 */
static void withhold_rows(lts_unroll *unroll, const lts_batch *batch)
{
    const lts_columns *columns = unroll->source.columns;
    int64_t B = batch->B, D = columns->D;
    uint64_t stream = lts_rng_part(LTS_RNG_SAMPLING, batch->number);
    for (int64_t call = 0; call < unroll->plan->n_call; call++) {
        if (!unroll->plan->calls[call].holes || unroll->plan->calls[call].feed < 0)
            continue;
        for (int64_t b = 0; b < B; b++) {
            uint64_t row = (uint64_t)(call * B + b);
            if (lts_rng_uniform(batch->seed, stream, row) >= batch->withheld)
                continue;
            real *x = unroll->trace.x + (int64_t)row * D;
            for (int64_t j = 0; j < D; j++)
                if (columns->feed[j] >= 0)
                    x[j] = (real)NAN;
        }
    }
}

/* In a plan that is a loop call t is step t, so that the arrays of calls are those of steps. */
static void score_by_caller(lts_unroll *unroll, double *step_loss)
{
    int64_t T = unroll->plan->T, B = unroll->trace.B, n_output = unroll->params->K;
    const lstm_loss_batch batch = {T,
                                   B,
                                   n_output,
                                   unroll->source.columns->K,
                                   unroll->trace.y,
                                   unroll->target,
                                   unroll->weight,
                                   step_loss,
                                   unroll->adjoint.dy};
    memset(step_loss, 0, (size_t)T * sizeof *step_loss);
    memset(unroll->adjoint.dy, 0, (size_t)(T * B * n_output) * sizeof(real));
    lts_caller_loss_run(unroll->loss->caller, &batch);
}

/* Computes step losses and dy of all calls; dy is 0 for a call that is not scored. */
static void score_calls(lts_unroll *unroll, double *step_loss)
{
    const lts_loss *loss = unroll->loss;
    int64_t T = unroll->plan->T, B = unroll->trace.B, K = unroll->source.columns->K, n = B * K;
    int64_t slot = n * loss->n_out;
    double total =
        loss->reduction == LSTM_REDUCTION_MEAN ? lts_loss_total(loss, T, B, K, unroll->weight) : 0;
    for (int64_t call = 0; call < unroll->plan->n_call; call++) {
        int64_t t = unroll->plan->calls[call].target_step;
        real *dy = unroll->adjoint.dy + call * slot;
        if (t < 0)
            memset(dy, 0, (size_t)slot * sizeof(real));
        else
            step_loss[t] = lts_loss_step(
                loss, t, total, B, K, unroll->trace.y + call * slot, unroll->target + t * n,
                unroll->weight == NULL ? NULL : unroll->weight + t * n, dy);
    }
}

/* The windows of one thread's part. */
static lts_range part_of(const lts_unroll *unroll, int64_t part, int64_t n_part)
{
    int64_t B = unroll->trace.B, first = lts_part_begin(B, part, n_part);
    return (lts_range){first, lts_part_begin(B, part + 1, n_part) - first};
}

/*
 * Fills the values of x [n, D] that are missing: by outputs y, whose rows are y_row elements apart,
 * or by 0 if there is no output that could be fed (y NULL) or the column is not fed back. `fed` [n,
 * D]: which are outputs.
 */
static void fill_holes(const lts_columns *columns, int64_t n, const real *y, int64_t y_row, real *x,
                       uint8_t *fed)
{
    for (int64_t b = 0; b < n; b++)
        for (int64_t j = 0; j < columns->D; j++, x++, fed++) {
            *fed = isnan(*x) && y != NULL && columns->feed[j] >= 0;
            if (isnan(*x))
                *x = *fed ? y[b * y_row + columns->feed[j]] : 0;
        }
}

/* Copies the locations of the feeding call's outputs to the input of a fed call. */
static void feed_windows(const lts_unroll *unroll, lts_range windows, int64_t call)
{
    int64_t B = unroll->trace.B, D = unroll->params->D, y_row = unroll->params->K;
    int64_t source = unroll->plan->calls[call].feed, at = (call * B + windows.first) * D;
    const lts_columns *columns = unroll->source.columns;
    const real *y = source < 0 ? NULL : unroll->trace.y + (source * B + windows.first) * y_row;
    real *x = unroll->trace.x + at;
    if (y != NULL && unroll->location != NULL) {
        real *location = unroll->location + windows.first * columns->K;
        lts_loss_location(unroll->loss, windows.n, columns->K, y, location);
        y = location;
        y_row = columns->K;
    }
    if (y != NULL && !unroll->plan->calls[call].holes)
        lts_feed(columns, windows.n, y, y_row, x);
    if (unroll->fed != NULL)
        fill_holes(columns, windows.n, y, y_row, x, unroll->fed + at);
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

void lts_unroll_forward(lts_unroll *unroll, const lts_batch *batch, double *step_loss)
{
    lts_trace_restart(&unroll->trace, &unroll->packed, unroll->plan->n_call, batch->B);
    if (batch->state != NULL)
        set_state(unroll, batch->state);
    unroll->trace.dropout.batch = batch->number;
    gather_windows(unroll, batch);
    if (batch->withheld > 0)
        withhold_rows(unroll, batch);
    lts_pool_run(unroll->pool, forward_part, unroll);
    if (unroll->loss->caller != NULL)
        score_by_caller(unroll, step_loss);
    else
        score_calls(unroll, step_loss);
}

/* Adds dx of a fed call, in the fed-back columns, to d, whose rows are d_row elements apart. */
static void add_feedback(const lts_unroll *unroll, lts_range windows, int64_t call, real *d,
                         int64_t d_row)
{
    const lts_columns *columns = unroll->source.columns;
    int64_t D = columns->D, at = (call * unroll->trace.B + windows.first) * D;
    const real *dx = unroll->adjoint.dx + at;
    const uint8_t *fed = unroll->plan->calls[call].holes ? unroll->fed + at : NULL;
    for (int64_t b = 0; b < windows.n; b++)
        for (int64_t j = 0; j < D; j++)
            if (columns->feed[j] >= 0 && (fed == NULL || fed[b * D + j]))
                d[b * d_row + columns->feed[j]] += dx[b * D + j];
}

/* dy of the feeding call += dx of the fed call through the location. */
static void add_feedback_gradient(const lts_unroll *unroll, lts_range windows, int64_t call)
{
    int64_t B = unroll->trace.B, y_row = unroll->params->K, K = unroll->source.columns->K;
    int64_t source = unroll->plan->calls[call].feed, at = (source * B + windows.first) * y_row;
    if (source < 0)
        return;
    real *dy = unroll->adjoint.dy + at;
    if (unroll->location == NULL) {
        add_feedback(unroll, windows, call, dy, y_row);
        return;
    }
    real *dlocation = unroll->location + (B + windows.first) * K;
    memset(dlocation, 0, (size_t)(windows.n * K) * sizeof *dlocation);
    add_feedback(unroll, windows, call, dlocation, K);
    lts_loss_location_back(unroll->loss, windows.n, K, unroll->trace.y + at, dlocation, dy);
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
