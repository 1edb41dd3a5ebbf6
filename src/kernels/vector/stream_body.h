/* SPDX-License-Identifier: MIT */
/*
 * A step of the whole network for one window. With H = 16 it takes some 300 cycles, so each call,
 * copy and check that is not needed counts. Included by body.h.
 *
 * Checks: x * 0 is 0 or NaN, and is summed over x. h is o tanh(c), a product of numbers of at most
 * 1, or NaN; then all sums of the layer above and all outputs are NaN (padded ones too, since
 * NaN * 0 is NaN). So the outputs tell about h.
 *
 * A set may define LTS_ANY_NAN(v), whether an element of v is NaN.
 */
#ifndef LTS_ANY_NAN
static inline bool any_nan(vec v)
{
    real lanes[LTS_LANES];
    bool any = false;
    store(lanes, v);
    for (int i = 0; i < LTS_LANES; i++)
        any |= lanes[i] != lanes[i];
    return any;
}
#define LTS_ANY_NAN any_nan
#endif

/* c and h of a block of units, whose sums stay in registers. */
NOT_INLINED void finish_units(vec i, vec f, vec g, vec o, const real *c_prev, real *c, real *h)
{
    vec z[4] = {i, f, g, o}, c_at = load(c_prev);
    vec h_at = cell(z, &c_at);
    store(c, c_at);
    store(h, h_at);
}

/* One or two whole blocks of units. `in` are the layer's inputs, `h_prev` is NULL for zeros. */
KERNEL void step_blocks(const int blocks, const lts_stream_layer *layer, int from, const real *in,
                        int64_t H, const real *h_prev, int64_t unit)
{
    vec sums[2][4];
    sum_blocks(blocks, layer->n_in, in, H, h_prev, &layer->weights, unit, sums);
    UNROLL for (int k = 0; k < blocks; k++, unit += LTS_LANES)
    {
        vec *z = sums[k];
        finish_units(z[0], z[1], z[2], z[3], layer->c[from] + unit, layer->c[!from] + unit,
                     layer->h[!from] + unit);
    }
}

/* The last block of units, which is narrow. */
NOT_INLINED void step_narrow(const lts_stream *stream, const lts_stream_layer *layer, int from,
                             const real *in, const real *h_prev, int64_t unit)
{
    const lts_cells cells = {.B = 1,
                             .H = stream->H,
                             .Hp = stream->Hp,
                             .n_in = layer->n_in,
                             .in = in,
                             .c_prev = layer->c[from],
                             .h_prev = h_prev,
                             .c = layer->c[!from],
                             .h = layer->h[!from]};
    forward_block(&cells, &layer->weights, unit, 0, 1);
}

/* As multiply() computes them. Returns whether all outputs are finite and zero_if_finite is 0. */
KERNEL bool step_outputs(const lts_stream *stream, const real *h, real zero_if_finite, real *y)
{
    int64_t H = stream->H, K = stream->K;
    if (K > LTS_LANES || H > NEAR_BLOCK) {
        multiply(1, K, H, h, 0, stream->output, stream->output_bias, 0, y, K);
        return lts_all_finite(y, K) && zero_if_finite == 0;
    }
    vec sums[MAX_ROWS][4];
    start_tile(1, 1, sums);
    add_products(1, 1, H, h, 0, 1, stream->output, sums);
    sums[0][0] += load(stream->output_bias);
    if (K == LTS_LANES)
        store(y, sums[0][0]);
    else
        finish_part(y, NULL, K, sums[0][0]);
    return !LTS_ANY_NAN(sums[0][0] * 0 + zero_if_finite);
}

static bool stream_step(const lts_stream *stream, int from, bool from_zero, const real *x, real *y)
{
    int64_t H = stream->H, whole = whole_blocks(H);
    const real *in = x;
    real zero_if_finite = 0;
    for (int64_t j = 0; j < stream->layers[0].n_in; j++)
        zero_if_finite += x[j] * 0;
    for (int64_t l = 0; l < stream->L; l++) {
        const lts_stream_layer *layer = &stream->layers[l];
        const real *h_prev = from_zero ? NULL : layer->h[from];
        int64_t unit = 0;
        for (; whole - unit > LTS_LANES; unit += 2 * LTS_LANES)
            step_blocks(2, layer, from, in, H, h_prev, unit);
        if (unit < whole) {
            step_blocks(1, layer, from, in, H, h_prev, unit);
            unit += LTS_LANES;
        }
        if (unit < H)
            step_narrow(stream, layer, from, in, h_prev, unit);
        in = layer->h[!from];
    }
    return step_outputs(stream, in, zero_if_finite, y);
}
