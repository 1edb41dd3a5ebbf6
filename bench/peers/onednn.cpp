// SPDX-License-Identifier: MIT
/*
 * oneDNN, release 3: LSTM primitives, linear layers as matmul, Adam as a plain loop. Called like the
 * other peers: onednn THREADS WORKLOAD... (see common.py); OMP_NUM_THREADS must be THREADS too. With
 * PEER=onednn-bf16 the operands of all products are bfloat16.
 */
extern "C" {
#include "../timing.h"
}
#include "onednn_network.hpp"

#include <cstdio>
#include <string>
#include <type_traits>
#include <utility>

namespace
{

lstm_forward::primitive_desc forward_training(const shape &s, const network &net)
{
    return {cpu,
            prop_kind::forward_training,
            rnn_direction::unidirectional_left2right,
            layer_data(s),
            md(),
            md(),
            any_weights(s),
            any_weights(s),
            net.b.value.get_desc(),
            layer_data(s),
            md(),
            md()};
}

lstm_backward::primitive_desc backward_training(const shape &s, const network &net,
                                                const lstm_forward::primitive_desc &hint)
{
    md bias = net.b.value.get_desc();
    return {cpu,
            prop_kind::backward,
            rnn_direction::unidirectional_left2right,
            layer_data(s),
            md(),
            md(),
            any_weights(s),
            any_weights(s),
            bias,
            layer_data(s),
            md(),
            md(),
            layer_data(s, f32),
            md(),
            md(),
            net.w_x.value.get_desc(),
            net.w_h.value.get_desc(),
            bias,
            layer_data(s, f32),
            md(),
            md(),
            hint};
}

struct training {
    shape s;
    network net;
    lstm_forward::primitive_desc forward;
    lstm_backward::primitive_desc backward;
    memory x, u, h, y, dy, dh, du, workspace;
    packed w_in, w_x, w_h, w_x_back, w_h_back, w_out;
    packed x_operand, dy_operand, du_operand;
    std::vector<float> rows, target;
    product in, out, back_w_out, back_h, back_w_in;

    explicit training(const shape &sizes)
        : s(sizes), net(s), forward(forward_training(s, net)),
          backward(backward_training(s, net, forward)), x(zeros(matrix(s.T * s.B, s.n))),
          u(zeros(matrix(s.T * s.B, s.H, operand))), h(zeros(matrix(s.T * s.B, s.H, operand))),
          y(zeros(matrix(s.T * s.B, s.n))), dy(zeros(matrix(s.T * s.B, s.n))),
          dh(zeros(matrix(s.T * s.B, s.H))), du(zeros(matrix(s.T * s.B, s.H))),
          workspace(forward.workspace_desc(), cpu), w_in(net.w_in.value, matrix(s.n, s.H, operand)),
          w_x(net.w_x.value, forward.weights_layer_desc()),
          w_h(net.w_h.value, forward.weights_iter_desc()),
          w_x_back(net.w_x.value, backward.weights_layer_desc()),
          w_h_back(net.w_h.value, backward.weights_iter_desc()),
          w_out(net.w_out.value, matrix(s.H, s.n, operand)),
          x_operand(x, matrix(s.T * s.B, s.n, operand)),
          dy_operand(dy, matrix(s.T * s.B, s.n, operand)),
          du_operand(du, matrix(s.T * s.B, s.H, operand)), rows(size_t(ROWS * s.n)),
          target(size(y)), in(x_operand.to, w_in.to, u, &net.b_in.value),
          out(h, w_out.to, y, &net.b_out.value),
          back_w_out(transposed(s.H, s.T * s.B), h, dy_operand.to.get_desc(), dy_operand.to,
                     net.w_out.gradient),
          back_h(dy_operand.to.get_desc(), dy_operand.to, transposed(s.n, s.H), w_out.to, dh),
          back_w_in(transposed(s.n, s.T * s.B), x_operand.to, du_operand.to.get_desc(),
                    du_operand.to, net.w_in.gradient)
    {
        for (memory::dim i = 0; i < ROWS * s.n; i++)
            rows[size_t(i)] = std::sin(0.05F * float(i % s.n + 1) * float(i / s.n));
        check();
    }

    /* The first two outputs of the first window. */
    void check()
    {
        size_t n = size_t(s.n), next = size_t(s.B) * n;
        reference wanted(net, s);
        gather();
        run_forward();
        queue.wait();
        for (size_t at : {size_t(0), next})
            expect(wanted.step({data(x) + at, data(x) + at + n}), {data(y) + at, data(y) + at + n});
    }

    arguments common() const
    {
        return {{DNNL_ARG_SRC_LAYER, memory(layer_data(s), cpu, u.get_data_handle())},
                {DNNL_ARG_BIAS, net.b.value},
                {DNNL_ARG_DST_LAYER, memory(layer_data(s), cpu, h.get_data_handle())},
                {DNNL_ARG_WORKSPACE, workspace}};
    }

    void gather()
    {
        size_t n = size_t(s.n), B = size_t(s.B);
        for (size_t b = 0; b < B; b++) {
            size_t offset = size_t(std::rand()) % size_t(ROWS - s.T);
            for (size_t t = 0; t < size_t(s.T); t++) {
                const float *row = &rows[(offset + t) * n];
                std::memcpy(data(x) + (t * B + b) * n, row, n * sizeof(float));
                std::memcpy(&target[(t * B + b) * n], row + n, n * sizeof(float));
            }
        }
    }

    void loss()
    {
        float scale = 2 / float(s.B * s.n);
        for (size_t i = 0; i < target.size(); i++)
            data(dy)[i] = scale * (data(y)[i] - target[i]);
    }

    static void sum_rows(const memory &from, memory &to)
    {
        size_t n = size(to);
        std::memset(data(to), 0, n * sizeof(float));
        for (size_t i = 0; i < size(from); i += n)
            for (size_t k = 0; k < n; k++)
                data(to)[k] += data(from)[i + k];
    }

    void run_forward()
    {
        arguments args = common();
        for (packed *copy : {&x_operand, &w_in, &w_x, &w_h, &w_out})
            copy->run();
        args.insert({{DNNL_ARG_WEIGHTS_LAYER, w_x.to}, {DNNL_ARG_WEIGHTS_ITER, w_h.to}});
        in.run();
        lstm.execute(queue, args);
        out.run();
    }

    void run_backward()
    {
        arguments args = common();
        for (packed *copy : {&dy_operand, &w_x_back, &w_h_back})
            copy->run();
        for (parameter *p : {&net.w_x, &net.w_h, &net.b}) /* backward adds to them */
            std::memset(data(p->gradient), 0, size(p->gradient) * sizeof(float));
        args.insert(
            {{DNNL_ARG_WEIGHTS_LAYER, w_x_back.to},
             {DNNL_ARG_WEIGHTS_ITER, w_h_back.to},
             {DNNL_ARG_DIFF_SRC_LAYER, memory(layer_data(s, f32), cpu, du.get_data_handle())},
             {DNNL_ARG_DIFF_WEIGHTS_LAYER, net.w_x.gradient},
             {DNNL_ARG_DIFF_WEIGHTS_ITER, net.w_h.gradient},
             {DNNL_ARG_DIFF_BIAS, net.b.gradient},
             {DNNL_ARG_DIFF_DST_LAYER, memory(layer_data(s, f32), cpu, dh.get_data_handle())}});
        back_w_out.run();
        back_h.run();
        back_lstm.execute(queue, args);
        du_operand.run();
        back_w_in.run();
        queue.wait();
        sum_rows(dy, net.b_out.gradient);
        sum_rows(du, net.b_in.gradient);
    }

    void run()
    {
        gather();
        run_forward();
        queue.wait();
        loss();
        run_backward();
        for (parameter *p :
             {&net.w_in, &net.b_in, &net.w_x, &net.w_h, &net.b, &net.w_out, &net.b_out})
            p->adam(0.001F);
    }

    lstm_forward lstm{forward};
    lstm_backward back_lstm{backward};
};

lstm_forward::primitive_desc forward_inference(const shape &s, const network &net)
{
    md h({1, 1, s.B, s.H}, operand, tag::ldnc), c({1, 1, s.B, s.H}, f32, tag::ldnc);
    return {cpu,
            prop_kind::forward_inference,
            rnn_direction::unidirectional_left2right,
            layer_data(s),
            h,
            c,
            any_weights(s),
            any_weights(s),
            net.b.value.get_desc(),
            layer_data(s),
            h,
            c};
}

/* n_step closed-loop steps from zero, or the next step of a stream. */
struct stepping {
    shape s;
    int n_step;
    network net;
    lstm_forward::primitive_desc forward;
    lstm_forward lstm;
    packed w_in, w_x, w_h, w_out;
    memory x, u, y, last;
    memory h[2], c[2];
    product in, out;
    arguments args[2];
    int turn = 0;

    stepping(const shape &sizes, int steps)
        : s(sizes), n_step(steps), net(s), forward(forward_inference(s, net)), lstm(forward),
          w_in(net.w_in.value, matrix(s.n, s.H, operand)),
          w_x(net.w_x.value, forward.weights_layer_desc()),
          w_h(net.w_h.value, forward.weights_iter_desc()),
          w_out(net.w_out.value, matrix(s.H, s.n, operand)),
          x(packed(noise(matrix(s.B, s.n), 1), matrix(s.B, s.n, operand)).to),
          u(zeros(matrix(s.B, s.H, operand))),
          y(packed(noise(matrix(s.B, s.n), 1), matrix(s.B, s.n, operand)).to),
          last(zeros(matrix(s.B, s.H, operand))),
          in(steps == 1 ? x : y, w_in.to, u, &net.b_in.value),
          out(last, w_out.to, y, &net.b_out.value)
    {
        for (int i = 0; i < 2; i++) {
            h[i] = zeros(forward.src_iter_desc());
            c[i] = zeros(forward.src_iter_c_desc());
        }
        for (int i = 0; i < 2; i++)
            args[i] = {{DNNL_ARG_SRC_LAYER, memory(layer_data(s), cpu, u.get_data_handle())},
                       {DNNL_ARG_SRC_ITER, h[i]},
                       {DNNL_ARG_SRC_ITER_C, c[i]},
                       {DNNL_ARG_WEIGHTS_LAYER, w_x.to},
                       {DNNL_ARG_WEIGHTS_ITER, w_h.to},
                       {DNNL_ARG_BIAS, net.b.value},
                       {DNNL_ARG_DST_LAYER, memory(layer_data(s), cpu, last.get_data_handle())},
                       {DNNL_ARG_DST_ITER, h[1 - i]},
                       {DNNL_ARG_DST_ITER_C, c[1 - i]}};
        check();
    }

    std::vector<double> first_row(const memory &m) const
    {
        memory copy = packed(m, matrix(s.B, s.n)).to;
        queue.wait();
        return std::vector<double>(data(copy), data(copy) + s.n);
    }

    /* The second output of the first series. */
    void check()
    {
        reference wanted(net, s);
        std::vector<double> first = first_row(n_step == 1 ? x : y), output = wanted.step(first);
        int whole = std::exchange(n_step, 2);
        run();
        n_step = whole;
        expect(wanted.step(n_step == 1 ? first : output), first_row(y));
    }

    void run()
    {
        for (int i = 0; i < 2 && n_step > 1; i++) {
            std::memset(h[i].get_data_handle(), 0, h[i].get_desc().get_size());
            std::memset(c[i].get_data_handle(), 0, c[i].get_desc().get_size());
        }
        for (int t = 0; t < n_step; t++, turn = 1 - turn) {
            in.run();
            lstm.execute(queue, args[turn]);
            out.run();
        }
        queue.wait();
    }
};

template <typename workload> bool run_one(void *what)
{
    static_cast<workload *>(what)->run();
    return true;
}

template <typename workload> bool measure(workload &&w, double seconds, bench_time *time)
{
    return bench_measure(run_one<std::remove_reference_t<workload>>, &w, seconds, time);
}

bool measure_named(const std::string &name, double seconds, bench_time *time)
{
    if (name == "W1")
        return measure(training({2, 100, 10, 10}), seconds, time);
    if (name == "W2")
        return measure(training({8, 256, 64, 50}), seconds, time);
    if (name == "W3")
        return measure(training({32, 1024, 128, 100}), seconds, time);
    if (name == "W6")
        return measure(stepping({2, 100, 1000, 1}, 50), seconds, time);
    if (name.rfind("W5/", 0) == 0)
        return measure(stepping({2, std::stoi(name.substr(3)), 1, 1}, 1), seconds, time);
    return false;
}

} // namespace

int main(int argc, char **argv)
{
    const char *budget = std::getenv("BENCH_SECONDS");
    double seconds = budget == nullptr ? 1 : std::atof(budget);
    std::printf("# oneDNN %d.%d.%d\n", dnnl_version()->major, dnnl_version()->minor,
                dnnl_version()->patch);
    for (int i = 2; i < argc; i++) {
        bench_time time;
        if (measure_named(argv[i], seconds, &time))
            std::printf("%s %s %s %.0f %.0f\n", peer_name(), argv[i], argv[1], time.median_ns,
                        time.minimum_ns);
        std::fflush(stdout);
    }
}
