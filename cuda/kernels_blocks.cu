/* SPDX-License-Identifier: MIT */
/*
 * The kernels of backend.h for blocks of the parameter table: norms, hooks, optimizers.
 */
#include "kernels.cuh"

#include <lstmts/optimizer.h>

namespace
{

__global__ void square_parts(int64_t n, const float *__restrict__ values, double *partial)
{
    double sum = 0;
    for (int64_t i = first_element(); i < n; i += stride())
        sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    sum = block_sum(sum);
    if (threadIdx.x == 0)
        partial[blockIdx.x] = sum;
}

__global__ void sum_partial(int n, const double *__restrict__ partial, double *out)
{
    double sum = 0;
    for (int i = threadIdx.x; i < n; i += THREADS)
        sum += partial[i];
    sum = block_sum(sum);
    if (threadIdx.x == 0)
        *out = sum;
}

__global__ void clip(int64_t n, double most, const double *square, float *values)
{
    double norm = sqrt(*square);
    float factor = static_cast<float>(most / norm);
    if (norm > most)
        for (int64_t i = first_element(); i < n; i += stride())
            values[i] *= factor;
}

__global__ void add_scaled(int64_t n, float factor, const float *__restrict__ x, float *y)
{
    for (int64_t i = first_element(); i < n; i += stride())
        y[i] += factor * x[i];
}

__global__ void add_to_average(int64_t n, float now, float before, const float *__restrict__ values,
                               float *average)
{
    for (int64_t i = first_element(); i < n; i += stride())
        average[i] = now == 1 ? values[i] : before * average[i] + now * values[i];
}

/* Magnitudes of floats are in the order of their bits; NaN is above infinity, and becomes it. */
__global__ void largest(int64_t n, const float *__restrict__ values, unsigned *most)
{
    unsigned mine = 0;
    for (int64_t i = first_element(); i < n; i += stride())
        mine = max(mine, __float_as_uint(values[i]) & 0x7fffffffu);
    atomicMax(most, min(mine, 0x7f800000u));
}

__global__ void set_position(int64_t n, unsigned long long *at)
{
    *at = static_cast<unsigned long long>(n);
}

__global__ void first_nonfinite(int64_t n, const float *__restrict__ values, unsigned long long *at)
{
    for (int64_t i = first_element(); i < n; i += stride())
        if (!isfinite(values[i])) {
            atomicMin(at, static_cast<unsigned long long>(i));
            return;
        }
}

struct moments_of {
    float *at[LTS_MAX_MOMENTS];
};

/* The formulas of lstmts/optimizer.h; a kernel of its own for each kind of optimizer. */
template <int KIND>
__global__ void step(lts_step s, int64_t n, const float *__restrict__ gradient, moments_of moments,
                     float *__restrict__ values)
{
    for (int64_t i = first_element(); i < n; i += stride()) {
        float g = gradient[i], p = values[i];
        if (KIND == LSTM_SGD) {
            p -= s.rate * g;
        } else if (KIND == LSTM_MOMENTUM) {
            float v = s.momentum * moments.at[0][i] - s.rate * g;
            moments.at[0][i] = v;
            p += v;
        } else if (KIND == LSTM_RMSPROP) {
            const lts_rmsprop &k = s.rmsprop;
            float square = k.decay * moments.at[0][i] + k.one_minus_decay * g * g;
            moments.at[0][i] = square;
            p -= k.rate * g / (sqrtf(square + k.eps_inside) + k.eps_outside);
        } else if (KIND == LSTM_ADAGRAD) {
            float square = moments.at[0][i] + g * g;
            moments.at[0][i] = square;
            p -= s.rate * g / (sqrtf(square) + s.eps);
        } else {
            const lts_adam &k = s.adam;
            float m = moments.at[0][i], v = moments.at[1][i];
            m += k.one_minus_beta1 * (g - m);
            v += k.one_minus_beta2 * (g * g - v);
            moments.at[0][i] = m;
            moments.at[1][i] = v;
            if (KIND == LSTM_AMSGRAD) {
                v = fmaxf(moments.at[2][i], v);
                moments.at[2][i] = v;
            }
            p -= k.decay * p + k.rate * m / (k.root_by * sqrtf(v) + k.eps);
        }
        values[i] = p;
    }
}

} // namespace

extern "C" {

void lts_gpu_sum_squares(lts_gpu *gpu, int64_t n, const float *values, double *square)
{
    if (gpu->status < 0)
        return;
    const int most = LTS_PARTIALS, blocks = blocks_for(n) < most ? blocks_for(n) : most;
    square_parts<<<blocks, THREADS, 0, gpu->stream>>>(n, values, gpu->partial);
    sum_partial<<<1, THREADS, 0, gpu->stream>>>(blocks, gpu->partial, square);
    check(gpu, "computing a norm");
}

void lts_gpu_clip(lts_gpu *gpu, int64_t n, double most, const double *square, float *values)
{
    if (gpu->status < 0)
        return;
    clip<<<blocks_for(n), THREADS, 0, gpu->stream>>>(n, most, square, values);
    check(gpu, "clipping");
}

void lts_gpu_add_scaled(lts_gpu *gpu, int64_t n, float factor, const float *x, float *y)
{
    if (gpu->status < 0)
        return;
    add_scaled<<<blocks_for(n), THREADS, 0, gpu->stream>>>(n, factor, x, y);
    check(gpu, "adding");
}

void lts_gpu_average(lts_gpu *gpu, int64_t n, double weight, const float *values, float *average)
{
    if (gpu->status < 0)
        return;
    add_to_average<<<blocks_for(n), THREADS, 0, gpu->stream>>>(
        n, static_cast<float>(weight), static_cast<float>(1 - weight), values, average);
    check(gpu, "averaging parameters");
}

void lts_gpu_largest(lts_gpu *gpu, int64_t n, const float *values, float *most)
{
    lts_gpu_zero(gpu, most, sizeof *most);
    if (gpu->status < 0)
        return;
    largest<<<blocks_for(n), THREADS, 0, gpu->stream>>>(n, values,
                                                        reinterpret_cast<unsigned *>(most));
    check(gpu, "finding the largest");
}

void lts_gpu_first_nonfinite(lts_gpu *gpu, int64_t n, const float *values, int64_t *at)
{
    if (gpu->status < 0)
        return;
    unsigned long long *position = reinterpret_cast<unsigned long long *>(at);
    set_position<<<1, 1, 0, gpu->stream>>>(n, position);
    first_nonfinite<<<blocks_for(n), THREADS, 0, gpu->stream>>>(n, values, position);
    check(gpu, "looking for values that are not finite");
}

void lts_gpu_step(lts_gpu *gpu, const lts_step *s, int64_t n, const float *gradient,
                  float *const *moments, float *values)
{
    moments_of m;
    for (int i = 0; i < LTS_MAX_MOMENTS; i++)
        m.at[i] = moments[i];
    void (*kernel)(lts_step, int64_t, const float *, moments_of, float *) =
        s->kind == LSTM_SGD        ? step<LSTM_SGD>
        : s->kind == LSTM_MOMENTUM ? step<LSTM_MOMENTUM>
        : s->kind == LSTM_RMSPROP  ? step<LSTM_RMSPROP>
        : s->kind == LSTM_ADAGRAD  ? step<LSTM_ADAGRAD>
        : s->kind == LSTM_AMSGRAD  ? step<LSTM_AMSGRAD>
                                   : step<LSTM_ADAM>;
    if (gpu->status < 0)
        return;
    kernel<<<blocks_for(n), THREADS, 0, gpu->stream>>>(*s, n, gradient, m, values);
    check(gpu, "the optimizer's step");
}

} // extern "C"
