/* SPDX-License-Identifier: MIT */
#include "network/unroll_inputs.h"

#include "base/rng.h"

#include <string.h>

const real *lts_unroll_targets(const lts_unroll *unroll)
{
    int64_t slot = unroll->trace.B * unroll->source.columns->D;
    return unroll->target != NULL ? unroll->target : unroll->trace.x + unroll->source.pred * slot;
}

void lts_gather_targets(lts_unroll *unroll, const lts_batch *batch)
{
    int64_t n = batch->B * unroll->source.columns->K;
    lts_reader_begin(&unroll->reader, batch->offsets, batch->B);
    for (int64_t t = 0; unroll->target != NULL && t < unroll->plan->T; t++)
        lts_reader_targets(&unroll->reader, t, unroll->target + t * n,
                           unroll->weight == NULL ? NULL : unroll->weight + t * n);
}

void lts_gather_inputs(const lts_unroll *unroll, lts_range windows, int64_t first, int64_t end)
{
    const lts_plan *plan = unroll->plan;
    int64_t B = unroll->trace.B, D = unroll->source.columns->D;
    const lts_reader reader = lts_reader_windows(&unroll->reader, windows.first, windows.n);
    for (int64_t call = first; call < end; call++)
        lts_reader_inputs(&reader, call < plan->n_call ? plan->calls[call].row : call,
                          unroll->trace.x + (call * B + windows.first) * D);
}

void lts_withhold_rows(const lts_unroll *unroll, lts_range windows, int64_t call,
                       const lts_batch *batch)
{
    const lts_columns *columns = unroll->source.columns;
    uint64_t stream = lts_rng_part(LTS_RNG_SAMPLING, batch->number);
    if (!unroll->plan->calls[call].holes || unroll->plan->calls[call].feed < 0)
        return;
    for (int64_t b = windows.first; b < windows.first + windows.n; b++) {
        uint64_t row = (uint64_t)(call * unroll->trace.B + b);
        if (lts_rng_uniform(batch->seed, stream, row) >= batch->withheld)
            continue;
        real *x = unroll->trace.x + (int64_t)row * columns->D;
        for (int64_t j = 0; j < columns->D; j++)
            if (columns->feed[j] >= 0)
                x[j] = (real)NAN;
    }
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

void lts_feed_windows(const lts_unroll *unroll, lts_range windows, int64_t call)
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

void lts_add_feedback_gradient(const lts_unroll *unroll, lts_range windows, int64_t call)
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
