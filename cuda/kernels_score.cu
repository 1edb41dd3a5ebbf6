/* SPDX-License-Identifier: MIT */
/* The kernels of backend.h for losses. A block has one call, or one step. */
#include "elements.h"
#include "kernels.cuh"

namespace
{

constexpr int FEW_LEVELS = 11; /* the default of lstm_loss_options */

__global__ void score_plain(lts_scoring s)
{
    int64_t call = blockIdx.x, t = s.target_step[call], slot = s.B * s.K;
    const float *y = s.y + call * slot, *target = s.target + t * slot;
    float *dy = s.dy + call * slot, slope = 2 / static_cast<float>(slot);
    double sum = 0;
    for (int64_t i = threadIdx.x; i < slot; i += THREADS) {
        float error = t < 0 ? 0 : y[i] - target[i];
        sum += static_cast<double>(error) * static_cast<double>(error);
        dy[i] = slope * error;
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0 && t >= 0)
        s.step_loss[t] = sum / static_cast<double>(slot);
}

__global__ void sum_weights(lts_scoring s)
{
    int64_t t = blockIdx.x, slot = s.B * s.K;
    double sum = 0;
    for (int64_t i = threadIdx.x; i < slot; i += THREADS)
        sum += lts_target_weight(&s.loss, s.weight, t * slot + i, i % s.K);
    sum = block_sum(sum);
    if (threadIdx.x == 0)
        s.weight_sum[t] = sum;
}

/* What the sum of step t is divided by, in all threads. */
__device__ double total_of(const lts_scoring &s, int64_t t)
{
    __shared__ double total;
    if (s.loss.reduction == LSTM_REDUCTION_STEPS)
        return s.weight_sum[t];
    double sum = 0;
    for (int64_t i = threadIdx.x; i < s.T; i += THREADS)
        sum += (s.loss.n_step_weight == 0 ? 1 : s.loss.step_weights[i]) * s.weight_sum[i];
    sum = block_sum(sum);
    if (threadIdx.x == 0)
        total = sum;
    __syncthreads();
    return total;
}

/* A few kernels by the most parameters of a target: a device reserves memory for all threads. */
template <bool quantiles, int most> __global__ void score_by_kind(lts_scoring s)
{
    int64_t call = blockIdx.x, t = s.target_step[call], slot = s.B * s.K;
    double parameter[most], slope[most], sum = 0;
    if (t < 0) {
        for (int64_t i = threadIdx.x; i < slot * s.loss.n_out; i += THREADS)
            s.dy[call * slot * s.loss.n_out + i] = 0;
        return;
    }
    double scale = lts_score_scale(&s, t, total_of(s, t));
    for (int64_t i = threadIdx.x; i < slot; i += THREADS)
        sum += lts_score_element(&s, call, t, i, scale, quantiles, parameter, slope);
    sum = block_sum(sum);
    if (threadIdx.x == 0)
        s.step_loss[t] = scale * sum;
}

} // namespace

extern "C" {

void lts_gpu_score(lts_gpu *gpu, const lts_scoring *s)
{
    const unsigned n_call = static_cast<unsigned>(s->n_call);
    if (gpu->status < 0)
        return;
    if (lts_scoring_is_plain(s)) {
        score_plain<<<n_call, THREADS, 0, gpu->stream>>>(*s);
    } else {
        sum_weights<<<static_cast<unsigned>(s->T), THREADS, 0, gpu->stream>>>(*s);
        if (s->loss.kind == LSTM_LOSS_QUANTILE && s->loss.n_level <= FEW_LEVELS)
            score_by_kind<true, FEW_LEVELS><<<n_call, THREADS, 0, gpu->stream>>>(*s);
        else if (s->loss.kind == LSTM_LOSS_QUANTILE)
            score_by_kind<true, LTS_MAX_LEVELS><<<n_call, THREADS, 0, gpu->stream>>>(*s);
        else
            score_by_kind<false, 3><<<n_call, THREADS, 0, gpu->stream>>>(*s);
    }
    check(gpu, "computing losses");
}

} // extern "C"
