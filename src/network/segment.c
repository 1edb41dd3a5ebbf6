/* SPDX-License-Identifier: MIT */
/*
 *     u = W_in x + b_in, unless folded;   the layers, each on the h of the one below;
 *     y = W_out h + b_out
 * Backward, from the output down, dh holding the gradient by what the layer above read:
 *     dh = dy W_out;   each layer: dz of dh, then dh = dz W_x for the layer below;   dx = du W_in,
 *     or dx = dz K_x if folded
 */
#include "network/segment.h"

#include "base/memory.h"
#include "base/status.h"

#include <limits.h>
#include <string.h>

static lstm_status check_rows(int64_t n_call, int64_t B)
{
    int64_t rows;
    if (!lts_multiply(n_call + 1, B, &rows) || rows > INT_MAX)
        return lts_fail(LSTM_E_LIMIT,
                        "%lld model calls of %lld windows are more than 2^31 - 1 rows",
                        (long long)n_call, (long long)B);
    return LSTM_OK;
}

/* Zeroed rows; the count of elements may overflow only beyond what lts_alloc() then refuses. */
static real *new_rows(int64_t rows, int64_t columns)
{
    int64_t size;
    return lts_alloc(lts_multiply(rows, columns, &size) ? size : INT64_MAX, sizeof(real));
}

lstm_status lts_trace_init(lts_trace *trace, const lts_packed *packed, int64_t n_call, int64_t B)
{
    memset(trace, 0, sizeof *trace);
    LTS_TRY(check_rows(n_call, B));
    int64_t rows = n_call * B, Hp = packed->Hp, L = packed->L;
    trace->L = L;
    trace->n_call = n_call;
    trace->B_max = trace->B = B;
    trace->x = new_rows(rows, packed->D);
    trace->y = new_rows(rows, packed->K);
    trace->wide = new_rows(B, packed->Kp > packed->Dp ? packed->Kp : packed->Dp);
    trace->layers = lts_alloc(L, sizeof *trace->layers);
    bool complete = trace->x && trace->y && trace->wide && trace->layers;
    if (complete && !packed->folded) {
        trace->u = new_rows(rows, Hp);
        complete = trace->u != NULL;
    }
    for (int64_t l = 0; complete && l < L; l++) {
        lts_layer_trace *layer = &trace->layers[l];
        layer->gates = new_rows(rows, 4 * Hp);
        layer->c = new_rows(rows + B, Hp);
        layer->h = new_rows(rows + B, Hp);
        complete = layer->gates && layer->c && layer->h;
    }
    if (!complete)
        lts_trace_clear(trace);
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

void lts_trace_clear(lts_trace *trace)
{
    for (int64_t l = 0; trace->layers != NULL && l < trace->L; l++) {
        lts_free(trace->layers[l].gates);
        lts_free(trace->layers[l].c);
        lts_free(trace->layers[l].h);
    }
    lts_free(trace->layers);
    lts_free(trace->x);
    lts_free(trace->u);
    lts_free(trace->y);
    lts_free(trace->wide);
    memset(trace, 0, sizeof *trace);
}

lstm_status lts_adjoint_init(lts_adjoint *adjoint, const lts_packed *packed, int64_t n_call,
                             int64_t B)
{
    memset(adjoint, 0, sizeof *adjoint);
    LTS_TRY(check_rows(n_call, B));
    int64_t L = adjoint->L = packed->L;
    adjoint->dy = new_rows(n_call * B, packed->K);
    adjoint->dh = new_rows(n_call * B, packed->Hp);
    adjoint->dx = new_rows(n_call * B, packed->D);
    adjoint->carry = lts_alloc(L, sizeof *adjoint->carry);
    adjoint->dc = lts_alloc(L, sizeof *adjoint->dc);
    bool complete = adjoint->dy && adjoint->dh && adjoint->dx && adjoint->carry && adjoint->dc;
    for (int64_t l = 0; complete && l < L; l++) {
        adjoint->carry[l] = new_rows(B, packed->Hp);
        adjoint->dc[l] = new_rows(B, packed->Hp);
        complete = adjoint->carry[l] && adjoint->dc[l];
    }
    if (!complete)
        lts_adjoint_clear(adjoint);
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

void lts_adjoint_clear(lts_adjoint *adjoint)
{
    for (int64_t l = 0; l < adjoint->L; l++) {
        if (adjoint->carry != NULL)
            lts_free(adjoint->carry[l]);
        if (adjoint->dc != NULL)
            lts_free(adjoint->dc[l]);
    }
    lts_free(adjoint->carry);
    lts_free(adjoint->dc);
    lts_free(adjoint->dy);
    lts_free(adjoint->dh);
    lts_free(adjoint->dx);
    memset(adjoint, 0, sizeof *adjoint);
}

void lts_trace_restart(lts_trace *trace, const lts_packed *packed, int64_t B)
{
    size_t bytes = (size_t)(B * packed->Hp) * sizeof(real);
    trace->B = B;
    for (int64_t l = 0; l < packed->L; l++) {
        memset(trace->layers[l].c, 0, bytes);
        memset(trace->layers[l].h, 0, bytes);
    }
}

void lts_adjoint_restart(lts_adjoint *adjoint, const lts_packed *packed, int64_t B)
{
    size_t bytes = (size_t)(B * packed->Hp) * sizeof(real);
    for (int64_t l = 0; l < packed->L; l++) {
        memset(adjoint->carry[l], 0, bytes);
        memset(adjoint->dc[l], 0, bytes);
    }
}

/* rows of `bias`, each `columns` long */
static void fill_rows(int64_t rows, int64_t columns, const real *bias, real *to)
{
    for (int64_t i = 0; i < rows; i++)
        memcpy(to + i * columns, bias, (size_t)columns * sizeof *bias);
}

/* The first `columns` of rows that are `row` long. */
static void cut_rows(int64_t rows, int64_t row, int64_t columns, const real *from, real *to)
{
    for (int64_t i = 0; i < rows; i++)
        memcpy(to + i * columns, from + i * row, (size_t)columns * sizeof *from);
}

/* to [rows, columns] = from [rows, n_inner] B, with rows of `from` from_row apart, and B packed */
static void product(const lts_packed *packed, int64_t rows, int64_t columns, int64_t n_inner,
                    const real *from, int64_t from_row, const real *packed_b, real *to)
{
    memset(to, 0, (size_t)(rows * columns) * sizeof *to);
    packed->kernels->multiply(rows, columns, n_inner, from, from_row, 1, packed_b, to, columns);
}

/* The row of a call's first window in arrays [n, B, ...]; slots of c and h count from one call
 * before. */
static int64_t row_of(const lts_trace *trace, lts_range windows, int64_t call)
{
    return call * trace->B + windows.first;
}

/* A thread's part of `wide`. */
static real *wide_of(const lts_packed *packed, const lts_trace *trace, lts_range windows)
{
    return trace->wide + windows.first * (packed->Kp > packed->Dp ? packed->Kp : packed->Dp);
}

/* A layer's arrays at one call. */
static lts_cells cells_at(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                          int64_t l, int64_t call)
{
    int64_t D = packed->D, Hp = packed->Hp, row = row_of(trace, windows, call);
    int64_t row_after = row_of(trace, windows, call + 1);
    const lts_layer_trace *layer = &trace->layers[l];
    lts_cells cells = {.B = windows.n,
                       .Hp = Hp,
                       .n_h = packed->H,
                       .n_in = packed->layers[l].n_in,
                       .in_row = Hp,
                       .c_prev = layer->c + row * Hp,
                       .h_prev = layer->h + row * Hp,
                       .gates = layer->gates + row * 4 * Hp,
                       .c = layer->c + row_after * Hp,
                       .h = layer->h + row_after * Hp};
    if (l > 0) {
        cells.in = trace->layers[l - 1].h + row_after * Hp;
    } else if (packed->folded) {
        cells.in = trace->x + row * D;
        cells.in_row = D;
    } else {
        cells.in = trace->u + row * Hp;
    }
    return cells;
}

static void input_forward(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                          int64_t call)
{
    int64_t D = packed->D, Hp = packed->Hp, row = row_of(trace, windows, call);
    real *u = trace->u + row * Hp;
    fill_rows(windows.n, Hp, packed->input_bias, u);
    packed->kernels->multiply(windows.n, Hp, D, trace->x + row * D, D, 1, packed->input, u, Hp);
}

static void output_forward(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                           int64_t call)
{
    int64_t Hp = packed->Hp, Kp = packed->Kp;
    const real *h = trace->layers[packed->L - 1].h + row_of(trace, windows, call + 1) * Hp;
    real *wide = wide_of(packed, trace, windows);
    fill_rows(windows.n, Kp, packed->output_bias, wide);
    packed->kernels->multiply(windows.n, Kp, packed->H, h, Hp, 1, packed->output, wide, Kp);
    cut_rows(windows.n, Kp, packed->K, wide, trace->y + row_of(trace, windows, call) * packed->K);
}

void lts_segment_forward(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                         int64_t first, int64_t n)
{
    for (int64_t call = first; !packed->folded && call < first + n; call++)
        input_forward(packed, trace, windows, call);
    for (int64_t l = 0; l < packed->L; l++) {
        const lts_packed_layer *layer = &packed->layers[l];
        lts_cell_weights weights = {layer->in, layer->h, layer->bias};
        for (int64_t call = first; call < first + n; call++) {
            lts_cells cells = cells_at(packed, trace, windows, l, call);
            packed->kernels->cell_forward(&cells, &weights);
        }
    }
    for (int64_t call = first; call < first + n; call++)
        output_forward(packed, trace, windows, call);
}

/*
 * One layer backward over the segment. What a call sends to the h of the call before is added to
 * its dh, or, at the beginning of the segment, kept in `carry` for the segment before.
 */
static void layer_backward(const lts_packed *packed, const lts_trace *trace,
                           const lts_adjoint *adjoint, lts_range windows, int64_t l, int64_t first,
                           int64_t n)
{
    int64_t Hp = packed->Hp, size = windows.n * Hp;
    real *carry = adjoint->carry[l] + windows.first * Hp;
    real *dc = adjoint->dc[l] + windows.first * Hp;
    real *last = adjoint->dh + row_of(trace, windows, first + n - 1) * Hp;
    for (int64_t i = 0; i < size; i++)
        last[i] += carry[i];
    memset(carry, 0, (size_t)size * sizeof *carry);
    for (int64_t call = first + n - 1; call >= first; call--) {
        lts_cells cells = cells_at(packed, trace, windows, l, call);
        real *dh = adjoint->dh + row_of(trace, windows, call) * Hp;
        packed->kernels->cell_backward(&cells, dh, dc);
        if (call > 0)
            packed->kernels->multiply(windows.n, Hp, 4 * Hp, cells.gates, 4 * Hp, 1,
                                      packed->layers[l].h_back,
                                      call > first ? dh - trace->B * Hp : carry, Hp);
    }
}

static void input_backward(const lts_packed *packed, const lts_trace *trace,
                           const lts_adjoint *adjoint, lts_range windows, int64_t call)
{
    int64_t Hp = packed->Hp, row = row_of(trace, windows, call);
    real *wide = wide_of(packed, trace, windows);
    if (packed->folded)
        product(packed, windows.n, packed->Dp, 4 * Hp, trace->layers[0].gates + row * 4 * Hp,
                4 * Hp, packed->layers[0].in_back, wide);
    else
        product(packed, windows.n, packed->Dp, packed->H, adjoint->dh + row * Hp, Hp,
                packed->input_back, wide);
    cut_rows(windows.n, packed->Dp, packed->D, wide, adjoint->dx + row * packed->D);
}

void lts_segment_backward(const lts_packed *packed, const lts_trace *trace,
                          const lts_adjoint *adjoint, lts_range windows, int64_t first, int64_t n,
                          bool with_dx)
{
    int64_t Hp = packed->Hp, K = packed->K;
    for (int64_t call = first; call < first + n; call++) {
        int64_t row = row_of(trace, windows, call);
        product(packed, windows.n, Hp, K, adjoint->dy + row * K, K, packed->output_back,
                adjoint->dh + row * Hp);
    }
    for (int64_t l = packed->L - 1; l >= 0; l--) {
        layer_backward(packed, trace, adjoint, windows, l, first, n);
        for (int64_t call = first; (l > 0 || !packed->folded) && call < first + n; call++) {
            int64_t row = row_of(trace, windows, call);
            product(packed, windows.n, Hp, 4 * Hp, trace->layers[l].gates + row * 4 * Hp, 4 * Hp,
                    packed->layers[l].in_back, adjoint->dh + row * Hp);
        }
    }
    for (int64_t call = first; with_dx && call < first + n; call++)
        input_backward(packed, trace, adjoint, windows, call);
}
