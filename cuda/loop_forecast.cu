/* SPDX-License-Identifier: MIT */
/* The forward of a forecast: no trace, its own outputs as inputs. */
#include "loop_forward.cuh"

/* Windows of a cluster, in groups of 4: enough that a call's product hides the barrier. */
static const int forecast_groups = 1;

int lts_loop_forecast_run(lts_gpu *gpu, const lts_loop_forecast *net) {
    if (net->n_call < 1 || net->B < 1) return 0;
    const loop::split parts = loop::split_units(net->H);
    loop::forward_args a = {};
    a.fold = net->fold;
    a.weight_h = net->weight_h;
    a.weight_out = net->weight_out;
    a.bias_out = net->bias_out;
    a.column_feed = net->column_feed;
    a.x = (float *)net->x; /* read only: without a trace */
    a.y = net->y;
    a.n_call = (int)net->n_call;
    a.B = (int)net->B;
    a.D = (int)net->D;
    a.K = (int)net->K;
    a.H = (int)net->H;
    a.C = parts.C;
    a.U = parts.U;
    a.context_len = (int)net->context_len;
    /* Where no call is fed any lag is the same; the slots of y stay few. */
    a.lag = net->n_call > net->context_len ? (int)net->lag : 1;
    a.n_slot = a.lag;
    return loop::forward_launch<false>(a, forecast_groups, (cudaStream_t)lts_gpu_stream(gpu));
}
