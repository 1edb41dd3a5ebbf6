/* SPDX-License-Identifier: MIT */
/*
 * What loop_check.cu compares with: a random network, one step of it in double by loop.h's
 * formulas, and arrays on the device with guards. For that one source.
 */
#ifndef LTS_CUDA_CHECK_LOOP_CASE_CUH
#define LTS_CUDA_CHECK_LOOP_CASE_CUH

#include "loop.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include <cuda_runtime.h>

static cudaStream_t work_stream;
extern "C" void *lts_gpu_stream(const lts_gpu *)
{
    return (void *)work_stream;
}

static void must(int error, const char *what)
{
    if (error == 0)
        return;
    std::printf("FAIL %s: %s\n", what, cudaGetErrorString((cudaError_t)error));
    std::exit(1);
}

static std::mt19937_64 random_bits;
static double uniform(double low, double high)
{
    return low + (high - low) * std::uniform_real_distribution<double>()(random_bits);
}

/* An array on the device between two guards of NaN with a pattern of their own. */
template <typename T> struct device_array {
    static constexpr size_t guard = 64;
    T *base = nullptr;
    size_t n = 0;
    explicit device_array(const std::vector<T> &from) : n(from.size())
    {
        std::vector<T> all(n + 2 * guard);
        const uint32_t pattern = 0x7fc12345;
        static_assert(sizeof(T) == 4, "guards are words");
        for (T &v : all)
            std::memcpy(&v, &pattern, 4);
        std::copy(from.begin(), from.end(), all.begin() + guard);
        must(cudaMalloc(&base, all.size() * sizeof(T)), "malloc");
        must(cudaMemcpy(base, all.data(), all.size() * sizeof(T), cudaMemcpyHostToDevice), "copy");
    }
    device_array(const device_array &) = delete;
    ~device_array()
    {
        cudaFree(base);
    }
    T *at()
    {
        return base + guard;
    }
    std::vector<T> read()
    {
        std::vector<T> all(n + 2 * guard);
        must(cudaMemcpy(all.data(), base, all.size() * sizeof(T), cudaMemcpyDeviceToHost), "read");
        for (size_t i = 0; i < guard; i++) {
            uint32_t before, after;
            std::memcpy(&before, &all[i], 4);
            std::memcpy(&after, &all[guard + n + i], 4);
            if (before != 0x7fc12345 || after != 0x7fc12345) {
                std::printf("FAIL guard overwritten (array of %zu)\n", n);
                std::exit(1);
            }
        }
        return std::vector<T>(all.begin() + guard, all.end() - guard);
    }
};

static double error_of(const std::vector<float> &out, const std::vector<double> &reference)
{
    double difference = 0, norm = 0;
    for (size_t i = 0; i < reference.size(); i++) {
        difference += (out[i] - reference[i]) * (out[i] - reference[i]);
        norm += reference[i] * reference[i];
    }
    if (norm == 0)
        return difference == 0 ? 0 : INFINITY;
    return std::sqrt(difference / norm);
}

struct network {
    int64_t D, K, H;
    std::vector<float> fold, weight_h, weight_out, bias_out;
    std::vector<int32_t> column_feed;
    network(int64_t D_, int64_t K_, int64_t H_, bool all_fed) : D(D_), K(K_), H(H_)
    {
        double scale = 1.5 / std::sqrt((double)H);
        auto fill = [](std::vector<float> &v, size_t n, double s) {
            v.resize(n);
            for (float &e : v)
                e = (float)uniform(-s, s);
        };
        fill(fold, 4 * H * (D + 1), 0.7 / std::sqrt((double)D));
        fill(weight_h, 4 * H * H, scale);
        fill(weight_out, K * H, scale);
        fill(bias_out, K, 0.3);
        for (int64_t d = 0; d < D; d++)
            column_feed.push_back(all_fed || d == 0 || uniform(0, 1) < 0.7
                                      ? (int32_t)(random_bits() % (uint64_t)K)
                                      : -1);
    }
};

static double sigma(double x)
{
    return 1 / (1 + std::exp(-x));
}

/* One call for one window: gates [4H], c and h [H] in and out, y [K]. */
static void step(const network &net, const double *x, double *gates, double *c, double *h,
                 double *y)
{
    const int64_t D = net.D, K = net.K, H = net.H;
    for (int64_t row = 0; row < 4 * H; row++) {
        double z = net.fold[row * (D + 1) + D];
        for (int64_t d = 0; d < D; d++)
            z += net.fold[row * (D + 1) + d] * x[d];
        for (int64_t k = 0; k < H; k++)
            z += net.weight_h[row * H + k] * h[k];
        gates[row] = row / H == 2 ? std::tanh(z) : sigma(z);
    }
    for (int64_t u = 0; u < H; u++) {
        c[u] = gates[H + u] * c[u] + gates[u] * gates[2 * H + u];
        h[u] = gates[3 * H + u] * std::tanh(c[u]);
    }
    for (int64_t k = 0; k < K; k++) {
        y[k] = net.bias_out[k];
        for (int64_t u = 0; u < H; u++)
            y[k] += net.weight_out[k * H + u] * h[u];
    }
}

#endif
