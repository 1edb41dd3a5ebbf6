/* SPDX-License-Identifier: MIT */
/*
 *     u = W_in x + b_in, unless folded;   the layers, each on the h of the one below;
 *     y = W_out h + b_out
 * Backward, from the output down; dh is the gradient with respect to the input of the layer above:
 *     dh = dy W_out;   each layer: dz of dh, then dh = dz W_x for the layer below;   dx = du W_in,
 *     or dx = dz K_x if folded
 */
#include "network/segment.h"

/* Row of a call's first window in arrays [n, B, ...]. In c and h, that row is the call's initial
 * state. */
static int64_t row_of(const lts_trace *trace, lts_range windows, int64_t call)
{
    return call * trace->B + windows.first;
}

/* The outputs of a layer at one call, as the layer above reads them. */
static const real *outputs_of(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                              int64_t l, int64_t call)
{
    const lts_layer_trace *layer = &trace->layers[l];
    return layer->out != NULL
               ? layer->out + row_of(trace, windows, call) * packed->Hp
               : layer->h + row_of(trace, windows, call + !trace->flipped) * packed->Hp;
}

/* A layer's arrays at one call. */
static lts_cells cells_at(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                          int64_t l, int64_t call)
{
    int64_t D = packed->D, Hp = packed->Hp, row = row_of(trace, windows, call);
    int64_t before = row_of(trace, windows, call + trace->flipped);
    int64_t after = row_of(trace, windows, call + !trace->flipped);
    const lts_layer_trace *layer = &trace->layers[l];
    lts_cells cells = {.B = windows.n,
                       .H = packed->H,
                       .Hp = Hp,
                       .n_in = packed->layers[l].n_in,
                       .in = trace->u == NULL ? NULL : trace->u + row * Hp,
                       .in_row = Hp,
                       .c_prev = layer->c + before * Hp,
                       .h_prev = call == 0 && trace->from_zero ? NULL : layer->h + before * Hp,
                       .gates = layer->gates,
                       .gate_rows = trace->n_call * trace->B,
                       .gate_row = row,
                       .c = layer->c + after * Hp,
                       .h = layer->h + after * Hp};
    if (l > 0) {
        cells.in = outputs_of(packed, trace, windows, l - 1, call);
    } else if (packed->folded) {
        cells.in = trace->x + row * D;
        cells.in_row = D;
    }
    return cells;
}

static void input_forward(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                          int64_t call)
{
    int64_t D = packed->D, Hp = packed->Hp, row = row_of(trace, windows, call);
    packed->kernels->products->multiply(windows.n, Hp, D, trace->x + row * D, D, packed->input,
                                        packed->input_bias, 0, trace->u + row * Hp, Hp);
}

static void output_forward(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                           int64_t call)
{
    int64_t K = packed->K, Hp = packed->Hp;
    packed->kernels->products->multiply(
        windows.n, K, packed->H, outputs_of(packed, trace, windows, packed->L - 1, call), Hp,
        packed->output, packed->output_bias, 0, trace->y + row_of(trace, windows, call) * K, K);
}

static void cells_forward(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                          int64_t l, int64_t call)
{
    const lts_packed_layer *layer = &packed->layers[l];
    const lts_cell_weights weights = {layer->in, layer->h, layer->bias};
    const lts_part_weights parts = {layer->in_parts, layer->h_parts, layer->bias, packed->n_part};
    lts_cells cells = cells_at(packed, trace, windows, l, call);
    if (packed->parts != NULL)
        packed->parts->forward(&cells, &parts,
                               trace->workspace + windows.first * lts_part_row(packed));
    else
        packed->kernels->cells->forward(&cells, &weights, 0, packed->Hp);
}

static void drop_outputs(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                         int64_t l, int64_t call)
{
    const lts_layer_trace *layer = &trace->layers[l];
    int64_t Hp = packed->Hp, row = row_of(trace, windows, call);
    if (layer->out != NULL)
        lts_dropout_forward(&trace->dropout, l, row, windows.n, Hp,
                            layer->h + (row + trace->B) * Hp, layer->out + row * Hp,
                            layer->kept + row * Hp);
}

/* From the gradient by a layer's outputs after dropout to that by its h. */
static void drop_gradient(const lts_packed *packed, const lts_trace *trace,
                          const lts_adjoint *adjoint, lts_range windows, int64_t l, int64_t call)
{
    const lts_layer_trace *layer = &trace->layers[l];
    int64_t at = row_of(trace, windows, call) * packed->Hp;
    if (layer->out != NULL)
        lts_dropout_backward(&trace->dropout, windows.n * packed->Hp, layer->kept + at,
                             adjoint->dh + at);
}

void lts_segment_forward(const lts_packed *packed, const lts_trace *trace, lts_range windows,
                         int64_t first, int64_t n)
{
    for (int64_t call = first; !packed->folded && call < first + n; call++)
        input_forward(packed, trace, windows, call);
    for (int64_t l = 0; l < packed->L; l++) {
        for (int64_t call = first; call < first + n; call++) {
            cells_forward(packed, trace, windows, l, call);
            drop_outputs(packed, trace, windows, l, call);
        }
    }
    for (int64_t call = first; call < first + n; call++)
        output_forward(packed, trace, windows, call);
}

/* One layer of one call; each thread computes some of the units. */
typedef struct shared_layer {
    const lts_packed *packed;
    const lts_trace *trace;
    int64_t l;
} shared_layer;

static inline void layer_part(const shared_layer *s, int64_t first_unit, int64_t end)
{
    lts_cells cells = cells_at(s->packed, s->trace, (lts_range){0, s->trace->B}, s->l, 0);
    lts_packed_step(s->packed, s->l, &cells, first_unit, end);
}

static void units_part(void *work, int64_t part, int64_t n_part)
{
    const shared_layer *s = work;
    int64_t lanes = s->packed->kernels->lanes, n_block = s->packed->Hp / lanes;
    layer_part(s, lts_part_begin(n_block, part, n_part) * lanes,
               lts_part_begin(n_block, part + 1, n_part) * lanes);
}

void lts_segment_step(const lts_packed *packed, const lts_trace *trace, lts_pool *pool)
{
    lts_range all = {0, trace->B};
    if (!packed->folded)
        input_forward(packed, trace, all, 0);
    for (int64_t l = 0; l < packed->L; l++) {
        shared_layer work = {packed, trace, l};
        if (lts_layer_is_shared(packed, l, trace->B, pool))
            lts_pool_run(pool, units_part, &work);
        else
            layer_part(&work, 0, packed->Hp);
    }
    output_forward(packed, trace, all, 0);
}

/*
 * to [windows, n] = start + dz W for one call of a layer, W [G, n] packed, and in parts unless
 * `parts` is NULL. `start` may be `to`, or NULL for 0.
 */
static void dz_times(const lts_packed *packed, const lts_trace *trace, lts_range windows, int64_t l,
                     int64_t call, int64_t n, const real *W, const lts_part *parts,
                     const real *start, real *to)
{
    const lts_rows dz = {trace->layers[l].gates, trace->n_call * trace->B,
                         row_of(trace, windows, call)};
    if (parts != NULL)
        packed->parts->multiply_packed(packed->n_part, windows.n, n, packed->G, &dz, parts, start,
                                       n, to, n,
                                       trace->workspace + windows.first * lts_part_row(packed));
    else
        packed->training->products->multiply_packed(windows.n, n, packed->G, &dz, W, start, n, to,
                                                    n);
}

/*
 * One layer backward over the segment. The gradient with respect to the h of the previous call is
 * added to that call's dh; at the start of the segment it goes to `carry`, for the segment before.
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
    for (int64_t call = first + n - 1; call >= first; call--) {
        lts_cells cells = cells_at(packed, trace, windows, l, call);
        real *dh = adjoint->dh + row_of(trace, windows, call) * Hp;
        real *before = call > first ? dh - trace->B * Hp : NULL;
        packed->training->cells->backward(&cells, dh, dc);
        if (call > 0)
            dz_times(packed, trace, windows, l, call, Hp, packed->layers[l].h_back,
                     packed->layers[l].h_back_parts, before, before != NULL ? before : carry);
    }
}

static void input_backward(const lts_packed *packed, const lts_trace *trace,
                           const lts_adjoint *adjoint, lts_range windows, int64_t call)
{
    int64_t D = packed->D, Hp = packed->Hp, row = row_of(trace, windows, call);
    real *dx = adjoint->dx + row * D;
    if (packed->folded)
        dz_times(packed, trace, windows, 0, call, D, packed->layers[0].in_back, NULL, NULL, dx);
    else
        packed->kernels->products->multiply(windows.n, D, packed->H, adjoint->dh + row * Hp, Hp,
                                            packed->input_back, NULL, 0, dx, D);
}

void lts_segment_outputs_backward(const lts_packed *packed, const lts_trace *trace,
                                  const lts_adjoint *adjoint, lts_range windows, int64_t first,
                                  int64_t n, const real *dy)
{
    int64_t Hp = packed->Hp, K = packed->K;
    for (int64_t call = first; call < first + n; call++) {
        int64_t at = ((call - first) * trace->B + windows.first) * K;
        packed->kernels->products->multiply(windows.n, Hp, K, dy + at, K, packed->output_back, NULL,
                                            0, adjoint->dh + row_of(trace, windows, call) * Hp, Hp);
        drop_gradient(packed, trace, adjoint, windows, packed->L - 1, call);
    }
}

void lts_segment_backward(const lts_packed *packed, const lts_trace *trace,
                          const lts_adjoint *adjoint, lts_range windows, int64_t first, int64_t n,
                          bool with_dx)
{
    int64_t Hp = packed->Hp;
    for (int64_t l = packed->L - 1; l >= 0; l--) {
        layer_backward(packed, trace, adjoint, windows, l, first, n);
        for (int64_t call = first; (l > 0 || !packed->folded) && call < first + n; call++) {
            real *dh = adjoint->dh + row_of(trace, windows, call) * Hp;
            dz_times(packed, trace, windows, l, call, Hp, packed->layers[l].in_back,
                     packed->layers[l].in_back_parts, NULL, dh);
            if (l > 0)
                drop_gradient(packed, trace, adjoint, windows, l - 1, call);
        }
    }
    for (int64_t call = first; with_dx && call < first + n; call++)
        input_backward(packed, trace, adjoint, windows, call);
}
