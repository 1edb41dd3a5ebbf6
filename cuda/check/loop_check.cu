/* SPDX-License-Identifier: MIT */
/*
 * Checks the loop kernels alone against loop.h's formulas in double, and times them.
 *
 *     nvcc -O3 -std=c++17 -gencode arch=compute_90,code=sm_90 -I cuda -o loop_check
 *          cuda/check/loop_check.cu cuda/loop_forward.cu cuda/loop_backward.cu cuda/loop_forecast.cu
 *     ./loop_check [--small] [--no-times] [--seed N]
 *
 * --small: few small sizes and no times, for compute-sanitizer. Outputs are filled with NaN and
 * have guards on both sides. Prints a line a size, `PASS` or `FAIL`; exit status 1 after a FAIL.
 */
#include "loop_case.cuh"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

enum feeds { none, lag_1, lag_3, shared, n_feeds };
static const char *const feed_names[] = {"none", "lag 1", "lag 3", "shared"};

static std::vector<int32_t> feed_plan(feeds kind, int64_t n_call)
{
    std::vector<int32_t> feed(n_call, -1);
    int64_t context = std::max<int64_t>(kind == lag_3 ? 3 : 1, n_call / 3);
    for (int64_t t = context; t < n_call; t++) {
        if (kind == lag_1)
            feed[t] = (int32_t)(t - 1);
        if (kind == lag_3)
            feed[t] = (int32_t)(t - 3);
        if (kind == shared)
            feed[t] = (int32_t)(context - 1 + (t - context) / 2 * 2);
    }
    return feed;
}

static bool check_trace(int64_t n, int64_t B, int64_t D, int64_t K, int64_t H, feeds kind)
{
    network net(D, K, H, false);
    std::vector<int32_t> feed = feed_plan(kind, n);
    std::vector<float> x(n * B * D), dy(n * B * K);
    for (float &v : x)
        v = (float)uniform(-2, 2);
    for (float &v : dy)
        v = (float)uniform(-1, 1);
    for (int64_t t = 0; t < n; t++)
        for (int64_t i = 0; i < B * D; i++)
            if (feed[t] >= 0 && net.column_feed[i % D] >= 0)
                x[t * B * D + i] = NAN;

    std::vector<double> rx(x.begin(), x.end()), rgates(n * B * 4 * H), rc((n + 1) * B * H, 0.0),
        rh((n + 1) * B * H, 0.0), ry(n * B * K), rdz(n * B * 4 * H), rdy(dy.begin(), dy.end());
    for (int64_t t = 0; t < n; t++)
        for (int64_t b = 0; b < B; b++) {
            double *xt = &rx[(t * B + b) * D];
            for (int64_t d = 0; d < D; d++)
                if (feed[t] >= 0 && net.column_feed[d] >= 0)
                    xt[d] = ry[(feed[t] * B + b) * K + net.column_feed[d]];
            double *c = &rc[((t + 1) * B + b) * H], *h = &rh[((t + 1) * B + b) * H];
            std::copy(c - B * H, c - B * H + H, c);
            std::copy(h - B * H, h - B * H + H, h);
            step(net, xt, &rgates[(t * B + b) * 4 * H], c, h, &ry[(t * B + b) * K]);
        }
    for (int64_t b = 0; b < B; b++) {
        std::vector<double> dh(H, 0.0), dc(H, 0.0);
        for (int64_t t = n - 1; t >= 0; t--) {
            const double *g = &rgates[(t * B + b) * 4 * H];
            double *dz = &rdz[(t * B + b) * 4 * H];
            for (int64_t u = 0; u < H; u++) {
                for (int64_t k = 0; k < K; k++)
                    dh[u] += net.weight_out[k * H + u] * rdy[(t * B + b) * K + k];
                double i = g[u], f = g[H + u], q = g[2 * H + u], o = g[3 * H + u];
                double th = std::tanh(rc[((t + 1) * B + b) * H + u]);
                dc[u] += dh[u] * o * (1 - th * th);
                dz[3 * H + u] = dh[u] * th * o * (1 - o);
                dz[u] = dc[u] * q * i * (1 - i);
                dz[2 * H + u] = dc[u] * i * (1 - q * q);
                dz[H + u] = dc[u] * rc[(t * B + b) * H + u] * f * (1 - f);
                dc[u] *= f;
            }
            std::fill(dh.begin(), dh.end(), 0.0);
            for (int64_t row = 0; row < 4 * H; row++)
                for (int64_t k = 0; k < H; k++)
                    dh[k] += net.weight_h[row * H + k] * dz[row];
            if (feed[t] < 0)
                continue;
            for (int64_t d = 0; d < D; d++) {
                if (net.column_feed[d] < 0)
                    continue;
                for (int64_t row = 0; row < 4 * H; row++)
                    rdy[(feed[t] * B + b) * K + net.column_feed[d]] +=
                        net.fold[row * (D + 1) + d] * dz[row];
            }
        }
    }

    auto poison = [](size_t count) { return std::vector<float>(count, NAN); };
    std::vector<float> first[6];
    double errors[7] = {0};
    bool same = true;
    for (int run = 0; run < 2; run++) {
        device_array<float> fold(net.fold), weight_h(net.weight_h), weight_out(net.weight_out),
            bias_out(net.bias_out), dx(x), gates(poison(n * B * 4 * H)), c(poison((n + 1) * B * H)),
            h(poison((n + 1) * B * H)), y(poison(n * B * K)), ddy(dy);
        device_array<int32_t> dfeed(feed), dcolumn(net.column_feed);
        lts_loop loop = {n,
                         B,
                         D,
                         K,
                         H,
                         fold.at(),
                         weight_h.at(),
                         weight_out.at(),
                         bias_out.at(),
                         dfeed.at(),
                         dcolumn.at(),
                         dx.at(),
                         gates.at(),
                         c.at(),
                         h.at(),
                         y.at(),
                         ddy.at()};
        must(lts_loop_forward(nullptr, &loop), "forward");
        must(cudaStreamSynchronize(work_stream), "forward runs");
        std::vector<float> out[6] = {gates.read(), c.read(), h.read(), y.read(), {}, {}};
        errors[0] = error_of(out[0], rgates);
        errors[1] = error_of(out[1], rc);
        errors[2] = error_of(out[2], rh);
        errors[3] = error_of(out[3], ry);
        errors[4] = error_of(dx.read(), rx);
        must(lts_loop_backward(nullptr, &loop), "backward");
        must(cudaStreamSynchronize(work_stream), "backward runs");
        out[4] = gates.read();
        out[5] = ddy.read();
        errors[5] = error_of(out[4], rdz);
        errors[6] = error_of(out[5], rdy);
        for (int i = 0; i < 6; i++) {
            if (run == 0)
                first[i] = out[i];
            same = same && std::memcmp(first[i].data(), out[i].data(), 4 * out[i].size()) == 0;
        }
    }
    bool pass = same;
    for (double e : errors)
        pass = pass && e < 1e-5;
    std::printf(
        "%s trace    T %2d B %3d D %2d K %2d H %3d feed %-6s gates %.1e c %.1e h %.1e y %.1e "
        "x %.1e dz %.1e dy %.1e%s\n",
        pass ? "PASS" : "FAIL", (int)n, (int)B, (int)D, (int)K, (int)H, feed_names[kind], errors[0],
        errors[1], errors[2], errors[3], errors[4], errors[5], errors[6],
        same ? "" : " two runs differ");
    return pass;
}

static bool check_forecast(int64_t context, int64_t steps, int64_t lag, int64_t B, int64_t D,
                           int64_t K, int64_t H)
{
    network net(D, K, H, true);
    const int64_t n = context - 1 + steps;
    std::vector<float> x(context * B * D);
    for (float &v : x)
        v = (float)uniform(-2, 2);
    std::vector<double> reference(B * steps * K), all(n * K), xt(D), gates(4 * H);
    for (int64_t b = 0; b < B; b++) {
        std::vector<double> c(H, 0.0), h(H, 0.0);
        for (int64_t t = 0; t < n; t++) {
            for (int64_t d = 0; d < D; d++)
                xt[d] =
                    t < context ? x[(t * B + b) * D + d] : all[(t - lag) * K + net.column_feed[d]];
            step(net, xt.data(), gates.data(), c.data(), h.data(), &all[t * K]);
        }
        std::copy(all.begin() + (context - 1) * K, all.end(), reference.begin() + b * steps * K);
    }
    device_array<float> fold(net.fold), weight_h(net.weight_h), weight_out(net.weight_out),
        bias_out(net.bias_out), dx(x), y(std::vector<float>(B * steps * K, NAN));
    device_array<int32_t> dcolumn(net.column_feed);
    lts_loop_forecast forecast = {n,
                                  B,
                                  D,
                                  K,
                                  H,
                                  context,
                                  lag,
                                  fold.at(),
                                  weight_h.at(),
                                  weight_out.at(),
                                  bias_out.at(),
                                  dcolumn.at(),
                                  dx.at(),
                                  y.at()};
    must(lts_loop_forecast_run(nullptr, &forecast), "forecast");
    must(cudaStreamSynchronize(work_stream), "forecast runs");
    double error = error_of(y.read(), reference);
    bool pass = error < 1e-5;
    std::printf("%s forecast context %2d steps %2d lag %d B %3d D %2d K %2d H %3d y %.1e\n",
                pass ? "PASS" : "FAIL", (int)context, (int)steps, (int)lag, (int)B, (int)D, (int)K,
                (int)H, error);
    return pass;
}

/* The median time of one call in microseconds. */
template <typename F> static double median_us(int n, F run)
{
    cudaEvent_t from, to;
    cudaEventCreate(&from);
    cudaEventCreate(&to);
    std::vector<double> times;
    for (int i = 0; i < n + 3; i++) {
        cudaEventRecord(from, work_stream);
        must(run(), "timed run");
        cudaEventRecord(to, work_stream);
        must(cudaEventSynchronize(to), "timed run ends");
        float ms = 0;
        cudaEventElapsedTime(&ms, from, to);
        if (i >= 3)
            times.push_back(ms * 1e3);
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

static void time_trace(const char *name, int64_t n, int64_t B, int64_t D, int64_t K, int64_t H,
                       int64_t context)
{
    network net(D, K, H, true);
    std::vector<int32_t> feed(n, -1);
    for (int64_t t = context; t < n; t++)
        feed[t] = (int32_t)(t - 1);
    std::vector<float> x(n * B * D), ys(n * B * K);
    for (float &v : x)
        v = (float)uniform(-2, 2);
    for (float &v : ys)
        v = (float)uniform(-1, 1);
    device_array<float> fold(net.fold), weight_h(net.weight_h), weight_out(net.weight_out),
        bias_out(net.bias_out), dx(x), gates(std::vector<float>(n * B * 4 * H)),
        c(std::vector<float>((n + 1) * B * H)), h(std::vector<float>((n + 1) * B * H)), y(ys),
        dy(ys);
    device_array<int32_t> dfeed(feed), dcolumn(net.column_feed);
    lts_loop loop = {n,
                     B,
                     D,
                     K,
                     H,
                     fold.at(),
                     weight_h.at(),
                     weight_out.at(),
                     bias_out.at(),
                     dfeed.at(),
                     dcolumn.at(),
                     dx.at(),
                     gates.at(),
                     c.at(),
                     h.at(),
                     y.at(),
                     dy.at()};
    double forward = median_us(50, [&] { return lts_loop_forward(nullptr, &loop); });
    double both = median_us(50, [&] {
        int error = lts_loop_forward(nullptr, &loop);
        return error ? error : lts_loop_backward(nullptr, &loop);
    });
    double flops = 2.0 * 4 * (double)H * (double)H * (double)B * (double)n;
    std::printf("%-10s T %2d B %3d D %d K %d H %3d fed from %2d: forward %8.1f us (%.2f a call, "
                "%.1f TFLOP/s), with backward %8.1f us\n",
                name, (int)n, (int)B, (int)D, (int)K, (int)H, (int)context, forward,
                forward / (double)n, flops / forward * 1e-6, both);
}

static void time_forecast(int64_t B, int64_t steps, int64_t D, int64_t K, int64_t H)
{
    network net(D, K, H, true);
    std::vector<float> x(B * D);
    for (float &v : x)
        v = (float)uniform(-2, 2);
    device_array<float> fold(net.fold), weight_h(net.weight_h), weight_out(net.weight_out),
        bias_out(net.bias_out), dx(x), y(std::vector<float>(B * steps * K));
    device_array<int32_t> dcolumn(net.column_feed);
    lts_loop_forecast forecast = {steps,
                                  B,
                                  D,
                                  K,
                                  H,
                                  1,
                                  1,
                                  fold.at(),
                                  weight_h.at(),
                                  weight_out.at(),
                                  bias_out.at(),
                                  dcolumn.at(),
                                  dx.at(),
                                  y.at()};
    double us = median_us(10, [&] { return lts_loop_forecast_run(nullptr, &forecast); });
    double flops = 2.0 * 4 * (double)H * (double)(H + D) * (double)B * (double)steps;
    std::printf("W6 B %d steps %d D %d K %d H %d: %.2f ms (%.1f TFLOP/s)\n", (int)B, (int)steps,
                (int)D, (int)K, (int)H, us * 1e-3, flops / us * 1e-6);
}

int main(int argc, char **argv)
{
    bool small = false, times = true;
    unsigned long long seed = (unsigned long long)time(nullptr);
    for (int i = 1; i < argc; i++) {
        if (!std::strcmp(argv[i], "--small"))
            small = true, times = false;
        if (!std::strcmp(argv[i], "--no-times"))
            times = false;
        if (!std::strcmp(argv[i], "--seed") && i + 1 < argc)
            seed = strtoull(argv[++i], nullptr, 10);
    }
    random_bits.seed(seed);
    must(cudaStreamCreate(&work_stream), "stream");
    cudaDeviceProp device;
    must(cudaGetDeviceProperties(&device, 0), "device");
    std::printf("%s, %d multiprocessors, seed %llu\n", device.name, device.multiProcessorCount,
                seed);

    /* With H 256, up to 60 windows run in groups of 4 at once, 62 in groups of 5, 90 of 8. */
    bool pass = true;
    struct size {
        int64_t n, B, D, K, H;
    };
    const std::vector<size> sizes =
        small ? std::vector<size>{{5, 5, 2, 2, 20},
                                  {5, 6, 3, 2, 70},
                                  {5, 9, 3, 5, 130},
                                  {3, 62, 2, 2, 256},
                                  {3, 90, 1, 1, 256}}
              : std::vector<size>{{1, 1, 1, 1, 1},     {2, 3, 1, 1, 1},     {7, 5, 2, 2, 5},
                                  {10, 10, 2, 2, 100}, {8, 4, 64, 64, 32},  {8, 9, 3, 7, 33},
                                  {6, 130, 2, 3, 40},  {9, 17, 5, 2, 64},   {7, 2, 8, 1, 65},
                                  {7, 33, 1, 8, 96},   {7, 6, 17, 3, 97},   {6, 130, 2, 2, 100},
                                  {6, 7, 2, 2, 128},   {6, 5, 64, 3, 129},  {6, 11, 3, 64, 160},
                                  {6, 8, 9, 2, 161},   {5, 8, 7, 9, 192},   {5, 3, 8, 8, 200},
                                  {5, 4, 2, 2, 224},   {5, 6, 3, 1, 225},   {5, 64, 8, 8, 256},
                                  {4, 130, 2, 2, 256}, {6, 4, 64, 64, 256}, {5, 1, 1, 2, 255},
                                  {4, 62, 3, 2, 250},  {4, 90, 2, 3, 256},  {4, 103, 2, 2, 200},
                                  {3, 600, 2, 2, 40},  {3, 1300, 1, 1, 20}};
    for (size_t i = 0; i < sizes.size(); i++)
        for (int kind = 0; kind < n_feeds; kind++) {
            const size &s = sizes[i];
            if (s.n < 5 && kind > lag_1)
                continue;
            if (s.B * s.H > 6000 && kind != (int)(i % n_feeds) && kind != lag_1)
                continue;
            pass &= check_trace(s.n, s.B, s.D, s.K, s.H, (feeds)kind);
        }
    for (const size &s : sizes) {
        pass &= check_forecast(1, 4, 1, s.B, s.D, s.K, s.H);
        pass &= check_forecast(5, 6, 3, s.B, s.D, s.K, s.H);
        if (s.B > 60)
            continue;
        pass &= check_forecast(4, 1, 1, s.B, s.D, s.K, s.H);
        pass &= check_forecast(2, 9, 2, s.B, s.D, s.K, s.H);
    }
    /* So many windows that each warp runs on its own. */
    pass &= check_forecast(2, 3, 1, 2100, 2, 2, 20);
    if (!small) {
        pass &= check_forecast(2, 4, 1, 2049, 1, 1, 8);
        pass &= check_forecast(3, 4, 2, 2100, 5, 9, 33);
        pass &= check_forecast(1, 3, 1, 2100, 2, 2, 57);
        pass &= check_forecast(1, 3, 1, 2100, 3, 2, 104);
        pass &= check_forecast(2, 5, 2, 3001, 2, 2, 100);
        pass &= check_forecast(2, 2, 1, 9000, 2, 2, 30);
    }

    if (times) {
        time_trace("W1", 10, 10, 2, 2, 100, 10);
        time_trace("W2", 50, 64, 8, 8, 256, 50);
        time_trace("W2, B 60", 50, 60, 8, 8, 256, 50);
        time_trace("W2, B 32", 50, 32, 8, 8, 256, 50);
        time_trace("W2, B 75", 50, 75, 8, 8, 256, 50);
        time_trace("W2, B 120", 50, 120, 8, 8, 256, 50);
        time_trace("W4", 50, 64, 8, 8, 256, 10);
        time_forecast(100000, 50, 2, 2, 100);
        time_forecast(100000, 50, 2, 2, 100);
    }
    std::printf("%s\n", pass ? "PASS all" : "FAIL");
    return pass ? 0 : 1;
}
