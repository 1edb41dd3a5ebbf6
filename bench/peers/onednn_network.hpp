// SPDX-License-Identifier: MIT
/*
 * Shared by training and forecasting with oneDNN: memory, products, parameters with their Adam, and
 * the outputs that they must have.
 */
#ifndef BENCH_PEERS_ONEDNN_NETWORK_HPP
#define BENCH_PEERS_ONEDNN_NETWORK_HPP

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <vector>

using namespace dnnl;
using md = memory::desc;
using tag = memory::format_tag;
using arguments = std::unordered_map<int, memory>;

namespace
{

constexpr auto f32 = memory::data_type::f32;
constexpr int ROWS = 1000;

const char *peer_name()
{
    const char *name = std::getenv("PEER");
    return name == nullptr ? "onednn" : name;
}

/* Of the operands of products and of h; sums, c, parameters, gradients and Adam are float32. */
const bool in_bf16 = std::strcmp(peer_name(), "onednn-bf16") == 0;
const auto operand = in_bf16 ? memory::data_type::bf16 : f32;

engine cpu(engine::kind::cpu, 0);
stream queue(cpu);

struct shape {
    memory::dim n, H, B, T;
};

float *data(const memory &m)
{
    return static_cast<float *>(m.get_data_handle());
}

size_t size(const memory &m)
{
    return m.get_desc().get_size() / sizeof(float);
}

memory zeros(const md &desc)
{
    memory m(desc, cpu);
    std::memset(m.get_data_handle(), 0, desc.get_size());
    return m;
}

memory noise(const md &desc, float scale)
{
    memory m = zeros(desc);
    for (size_t i = 0; i < size(m); i++)
        data(m)[i] = scale * (float(std::rand()) / float(RAND_MAX) - 0.5F);
    return m;
}

md matrix(memory::dim rows, memory::dim columns, memory::data_type type = f32)
{
    return md({rows, columns}, type, tag::ab);
}

md transposed(memory::dim rows, memory::dim columns)
{
    return md({rows, columns}, operand, tag::ba);
}

/* c = a b (+ bias), where a and b may be transposes of the stored matrices. */
struct product {
    matmul op;
    arguments args;

    product(const md &a, const memory &a_at, const md &b, const memory &b_at, const memory &c,
            const memory *bias = nullptr)
    {
        if (bias == nullptr)
            op = matmul(matmul::primitive_desc(cpu, a, b, c.get_desc()));
        else
            op = matmul(matmul::primitive_desc(cpu, a, b, bias->get_desc(), c.get_desc()));
        args = {{DNNL_ARG_SRC, memory(a, cpu, a_at.get_data_handle())},
                {DNNL_ARG_WEIGHTS, memory(b, cpu, b_at.get_data_handle())},
                {DNNL_ARG_DST, c}};
        if (bias != nullptr)
            args.insert({DNNL_ARG_BIAS, *bias});
    }

    product(const memory &a, const memory &b, const memory &c, const memory *bias)
        : product(a.get_desc(), a, b.get_desc(), b, c, bias)
    {
    }

    void run() const
    {
        op.execute(queue, args);
    }
};

/* A copy in the layout or type of a primitive; the same memory if it has these already. */
struct packed {
    memory from, to;
    bool same;

    packed(const memory &m, const md &wanted)
        : from(m), to(wanted == m.get_desc() ? m : zeros(wanted)), same(wanted == m.get_desc())
    {
        run();
    }

    void run()
    {
        if (!same)
            reorder(from, to).execute(queue, from, to);
    }
};

struct parameter {
    memory value, gradient;
    std::vector<float> m, v;

    explicit parameter(const md &desc, float scale)
        : value(noise(desc, scale)), gradient(zeros(desc)), m(size(value)), v(size(value))
    {
    }

    void adam(float rate)
    {
        float *__restrict p = data(value), *__restrict g = data(gradient);
        float *__restrict m1 = m.data(), *__restrict v1 = v.data();
        for (size_t i = 0, n = m.size(); i < n; i++) {
            m1[i] += 0.1F * (g[i] - m1[i]);
            v1[i] += 0.001F * (g[i] * g[i] - v1[i]);
            p[i] -= rate * m1[i] / (std::sqrt(v1[i]) + 1e-8F);
        }
    }
};

struct network {
    parameter w_in, b_in, w_x, w_h, b, w_out, b_out;

    explicit network(const shape &s)
        : w_in(matrix(s.n, s.H), 1), b_in(matrix(1, s.H), 1),
          w_x(md({1, 1, s.H, 4, s.H}, f32, tag::ldigo), 1 / std::sqrt(float(s.H))),
          w_h(md({1, 1, s.H, 4, s.H}, f32, tag::ldigo), 1 / std::sqrt(float(s.H))),
          b(md({1, 1, 4, s.H}, f32, tag::ldgo), 1), w_out(matrix(s.H, s.n), 1),
          b_out(matrix(1, s.n), 1)
    {
    }
};

md layer_data(const shape &s, memory::data_type type = operand)
{
    return md({s.T, s.B, s.H}, type, tag::tnc);
}

md any_weights(const shape &s)
{
    return md({1, 1, s.H, 4, s.H}, operand, tag::any);
}

/* One series of the model in double precision, by plain loops. */
struct reference {
    const network &net;
    size_t n, H;
    std::vector<double> h, c;

    reference(const network &of, const shape &s)
        : net(of), n(size_t(s.n)), H(size_t(s.H)), h(H), c(H)
    {
    }

    static double sigmoid(double z)
    {
        return 1 / (1 + std::exp(-z));
    }

    /* to += from w, where w has to.size() columns. */
    static void add_product(const std::vector<double> &from, const memory &w,
                            std::vector<double> &to)
    {
        for (size_t k = 0; k < from.size(); k++)
            for (size_t j = 0; j < to.size(); j++)
                to[j] += from[k] * double(data(w)[k * to.size() + j]);
    }

    static std::vector<double> copy(const memory &m)
    {
        return std::vector<double>(data(m), data(m) + size(m));
    }

    std::vector<double> step(const std::vector<double> &x)
    {
        std::vector<double> u = copy(net.b_in.value), z = copy(net.b.value);
        std::vector<double> y = copy(net.b_out.value);
        add_product(x, net.w_in.value, u);
        add_product(u, net.w_x.value, z);
        add_product(h, net.w_h.value, z);
        for (size_t j = 0; j < H; j++) {
            c[j] = sigmoid(z[H + j]) * c[j] + sigmoid(z[j]) * std::tanh(z[2 * H + j]);
            h[j] = sigmoid(z[3 * H + j]) * std::tanh(c[j]);
        }
        add_product(h, net.w_out.value, y);
        return y;
    }
};

/* Ends the peer if its outputs are not those of the model: its times would mean nothing. */
void expect(const std::vector<double> &wanted, const std::vector<double> &found)
{
    double error = 0, most = 0;
    for (size_t k = 0; k < wanted.size(); k++) {
        error = std::fmax(error, std::fabs(wanted[k] - found[k]));
        most = std::fmax(most, std::fabs(wanted[k]));
    }
    if (error <= (in_bf16 ? 0.05 : 1e-4) * most)
        return;
    std::fprintf(stderr, "%s: outputs differ from a plain loop's by %.2g of the greatest\n",
                 peer_name(), error / most);
    std::exit(EXIT_FAILURE);
}

} // namespace

#endif
