/* SPDX-License-Identifier: MIT */
#include "network/stream.h"

#include "base/memory.h"

lstm_status lts_stream_init(lts_stream_step *step, int64_t L)
{
    *step = (lts_stream_step){.layers = lts_alloc(L, sizeof *step->layers)};
    return step->layers == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

void lts_stream_clear(lts_stream_step *step)
{
    lts_free(step->layers);
}

void lts_stream_bind(lts_stream_step *step, const lts_packed *packed, const lts_trace *trace)
{
    bool packed_floats = packed->layers[0].in != NULL && packed->layers[0].h != NULL;
    step->fits =
        packed->kernels->stream != NULL && packed->folded && packed_floats && trace->B == 1;
    if (!step->fits)
        return;
    step->stream = (lts_stream){.L = packed->L,
                                .H = packed->H,
                                .Hp = packed->Hp,
                                .K = packed->K,
                                .layers = step->layers,
                                .output = packed->output,
                                .output_bias = packed->output_bias};
    for (int64_t l = 0; l < packed->L; l++) {
        const lts_packed_layer *layer = &packed->layers[l];
        real *c = trace->layers[l].c, *h = trace->layers[l].h;
        step->layers[l] = (lts_stream_layer){.n_in = layer->n_in,
                                             .weights = {layer->in, layer->h, layer->bias},
                                             .c = {c, c + packed->Hp},
                                             .h = {h, h + packed->Hp}};
    }
}
