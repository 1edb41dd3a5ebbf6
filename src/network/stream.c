/* SPDX-License-Identifier: MIT */
#include "network/stream.h"

#include "base/memory.h"

lstm_status lts_stream_init(lts_bound_stream *bound, int64_t L)
{
    *bound = (lts_bound_stream){.layers = lts_alloc(L, sizeof *bound->layers)};
    return bound->layers == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

void lts_stream_clear(lts_bound_stream *bound)
{
    lts_free(bound->layers);
}

void lts_stream_bind(lts_bound_stream *bound, const lts_packed *packed, const lts_trace *trace)
{
    bool packed_floats = packed->layers[0].in != NULL && packed->layers[0].h != NULL;
    bound->fits =
        packed->kernels->stream != NULL && packed->folded && packed_floats && trace->B == 1;
    if (!bound->fits)
        return;
    bound->stream = (lts_stream){.L = packed->L,
                                 .H = packed->H,
                                 .Hp = packed->Hp,
                                 .K = packed->K,
                                 .layers = bound->layers,
                                 .output = packed->output,
                                 .output_bias = packed->output_bias};
    for (int64_t l = 0; l < packed->L; l++) {
        const lts_packed_layer *layer = &packed->layers[l];
        real *c = trace->layers[l].c, *h = trace->layers[l].h;
        bound->layers[l] = (lts_stream_layer){.n_in = layer->n_in,
                                              .weights = {layer->in, layer->h, layer->bias},
                                              .c = {c, c + packed->Hp},
                                              .h = {h, h + packed->Hp}};
    }
}
