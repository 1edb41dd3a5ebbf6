/* SPDX-License-Identifier: MIT */
#include "reference.h"
#include "assert_status.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double *read_parameter(const lstm_model *model, const char *name, int64_t size)
{
    lstm_real *values = malloc((size_t)size * sizeof *values);
    double *copy = malloc((size_t)size * sizeof *copy);
    assert_non_null(values);
    assert_non_null(copy);
    assert_ok(lstm_model_get(model, name, values, size));
    for (int64_t i = 0; i < size; i++)
        copy[i] = (double)values[i];
    free(values);
    return copy;
}

static double *read_layer(const lstm_model *model, int64_t layer, const char *part, int64_t size)
{
    char name[40];
    snprintf(name, sizeof name, "lstm.%d.%s", (int)layer, part);
    return read_parameter(model, name, size);
}

void reference_net_open(reference_net *net, const lstm_model *model)
{
    int64_t D = lstm_model_inputs(model), K = lstm_model_outputs(model);
    int64_t H = lstm_model_hidden(model), L = lstm_model_layers(model);
    assert_in_range(L, 1, REFERENCE_MAX_LAYERS);
    *net = (reference_net){.D = D, .K = K, .H = H, .L = L};
    net->weight_in = read_parameter(model, "input.weight", H * D);
    net->bias_in = read_parameter(model, "input.bias", H);
    net->weight_out = read_parameter(model, "output.weight", K * H);
    net->bias_out = read_parameter(model, "output.bias", K);
    for (int64_t l = 0; l < L; l++) {
        net->weight_x[l] = read_layer(model, l, "weight_x", 4 * H * H);
        net->weight_h[l] = read_layer(model, l, "weight_h", 4 * H * H);
        net->bias[l] = read_layer(model, l, "bias", 4 * H);
    }
}

void reference_net_close(reference_net *net)
{
    free(net->weight_in);
    free(net->bias_in);
    free(net->weight_out);
    free(net->bias_out);
    for (int64_t l = 0; l < net->L; l++) {
        free(net->weight_x[l]);
        free(net->weight_h[l]);
        free(net->bias[l]);
    }
}

/* Row `row` of a matrix with n columns, times the vector x. */
static double row_times(const double *matrix, int64_t n, int64_t row, const double *x)
{
    double sum = 0;
    for (int64_t j = 0; j < n; j++)
        sum += matrix[row * n + j] * x[j];
    return sum;
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* One step of one layer: u is its input, h and c its state. */
static void step_layer(const reference_net *net, int64_t l, const double *u, double *h, double *c)
{
    int64_t H = net->H;
    double new_h[64], gate[4];
    assert_in_range(H, 1, 64);
    for (int64_t j = 0; j < H; j++) {
        for (int64_t block = 0; block < 4; block++) {
            int64_t row = block * H + j;
            gate[block] = row_times(net->weight_x[l], H, row, u) +
                          row_times(net->weight_h[l], H, row, h) + net->bias[l][row];
        }
        c[j] = sigmoid(gate[1]) * c[j] + sigmoid(gate[0]) * tanh(gate[2]);
        new_h[j] = sigmoid(gate[3]) * tanh(c[j]);
    }
    for (int64_t j = 0; j < H; j++)
        h[j] = new_h[j];
}

/* One call of the model; state [L, 2, H]. */
static void call_model(const reference_net *net, const double *x, double *state, double *y)
{
    int64_t H = net->H;
    double u[64];
    assert_in_range(H, 1, 64);
    for (int64_t j = 0; j < H; j++)
        u[j] = row_times(net->weight_in, net->D, j, x) + net->bias_in[j];
    const double *below = u;
    for (int64_t l = 0; l < net->L; l++) {
        double *h = state + 2 * l * H;
        step_layer(net, l, below, h, h + H);
        below = h;
    }
    for (int64_t k = 0; k < net->K; k++)
        y[k] = row_times(net->weight_out, H, k, below) + net->bias_out[k];
}

static bool is_input_role(int64_t role)
{
    return role == LSTM_ROLE_BOTH || role == LSTM_ROLE_INPUT || role == LSTM_ROLE_KNOWN;
}

static bool is_target_role(int64_t role)
{
    return role == LSTM_ROLE_BOTH || role == LSTM_ROLE_TARGET;
}

/* The input of step t. `fed` [K] is the fed-back output, NULL for a true row. */
static void make_input(const reference_plan *plan, int64_t offset, int64_t t, const double *fed,
                       double *x)
{
    int64_t d = 0, k = 0;
    for (int64_t column = 0; column < plan->n_column; column++) {
        int64_t role = plan->role[column], row = offset + t;
        bool is_input = is_input_role(role), is_target = is_target_role(role);
        if (role == LSTM_ROLE_KNOWN)
            row += plan->pred;
        if (is_input && is_target && fed != NULL)
            x[d] = fed[k];
        else if (is_input)
            x[d] = plan->rows[row * plan->n_column + column];
        d += is_input;
        k += is_target;
    }
}

void reference_target(const reference_plan *plan, int64_t offset, int64_t t, double *target)
{
    int64_t row = offset + t + plan->pred, k = 0;
    for (int64_t column = 0; column < plan->n_column; column++)
        if (is_target_role(plan->role[column]))
            target[k++] = row < plan->n_row ? plan->rows[row * plan->n_column + column] : NAN;
}

int64_t reference_calls(const reference_plan *plan)
{
    bool doubles = plan->article && plan->support_len < plan->T;
    return doubles ? 2 * plan->T - plan->support_len : plan->T;
}

static void unroll_loop(const reference_net *net, const reference_plan *plan, int64_t offset,
                        double *y, int64_t *target_step, double *state)
{
    int64_t lag = plan->lag == 0 ? plan->pred : plan->lag;
    double x[64];
    for (int64_t t = 0; t < plan->T; t++) {
        bool closed = t > plan->support_len && t >= lag;
        make_input(plan, offset, t, closed ? y + (t - lag) * net->K : NULL, x);
        call_model(net, x, state, y + t * net->K);
        target_step[t] = t;
    }
}

/* For t < s score P(x_t). At s: f = P(x_s), then score P(x_s). Later: score P(f), then f = P(f). */
static void unroll_article(const reference_net *net, const reference_plan *plan, int64_t offset,
                           double *y, int64_t *target_step, double *state)
{
    int64_t s = plan->support_len, K = net->K, call = 0;
    double x[64];
    const double *f = NULL;
    for (int64_t t = 0; t < plan->T; t++) {
        make_input(plan, offset, t, t > s ? f : NULL, x);
        for (int64_t turn = 0; turn < (t < s ? 1 : 2); turn++) {
            bool is_scored = t < s || (t == s) == (turn == 1);
            call_model(net, x, state, y + call * K);
            target_step[call] = is_scored ? t : -1;
            if (!is_scored)
                f = y + call * K;
            call++;
        }
    }
}

void reference_unroll(const reference_net *net, const reference_plan *plan, int64_t offset,
                      double *y, int64_t *target_step, double *state)
{
    assert_in_range(net->D, 1, 64);
    for (int64_t i = 0; i < net->L * 2 * net->H; i++)
        state[i] = 0;
    if (plan->article)
        unroll_article(net, plan, offset, y, target_step, state);
    else
        unroll_loop(net, plan, offset, y, target_step, state);
}

void reference_hooks(const lstm_hook *hooks, int64_t n_hook, int64_t n, const double *p, double *g)
{
    for (int64_t hook = 0; hook < n_hook; hook++) {
        double value = hooks[hook].value, square = 0;
        for (int64_t i = 0; i < n; i++)
            square += g[i] * g[i];
        for (int64_t i = 0; i < n; i++)
            if (hooks[hook].kind == LSTM_HOOK_WEIGHT_DECAY)
                g[i] += value * p[i];
            else if (sqrt(square) > value)
                g[i] *= value / sqrt(square);
    }
}

static double or_default(double value, double value_by_default)
{
    return value == 0 ? value_by_default : value;
}

/* Adam, AMSGrad and decoupled AdamW: one parameter. */
static double adam(const lstm_optimizer_options *options, double t, double p, double g,
                   reference_moments *moments, int64_t i)
{
    double rate = or_default(options->learning_rate, 0.001), eta = or_default(options->eta, 1);
    double beta1 = or_default(options->beta1, 0.9), beta2 = or_default(options->beta2, 0.999);
    double eps = or_default(options->eps, 1e-8), decay = options->weight_decay;
    double bias1 = 1 - pow(beta1, t), bias2 = 1 - pow(beta2, t);
    double m = moments->m[i] += (1 - beta1) * (g - moments->m[i]);
    double v = moments->v[i] += (1 - beta2) * (g * g - moments->v[i]);
    if (options->kind == LSTM_ADAMW_DECOUPLED) {
        p -= rate * or_default(decay, 0.01) * p;
        return p - rate / bias1 * m / (sqrt(v / bias2) + eps);
    }
    if (options->kind == LSTM_AMSGRAD)
        v = moments->vhat[i] = fmax(moments->vhat[i], v);
    return p - eta * (rate * sqrt(bias2) / bias1 * m / (sqrt(v) + eps) + decay * p);
}

static double optimize_one(const lstm_optimizer_options *options, double t, double p, double g,
                           reference_moments *moments, int64_t i)
{
    double rate = or_default(options->learning_rate, options->kind == LSTM_ADAGRAD ? 0.001 : 0.01);
    double eps = or_default(options->eps, 1e-8), decay = or_default(options->decay, 0.99);
    switch (options->kind) {
    case LSTM_SGD:
        return p - rate * g;
    case LSTM_MOMENTUM:
        moments->v[i] = or_default(options->momentum, 0.9) * moments->v[i] - rate * g;
        return p + moments->v[i];
    case LSTM_RMSPROP:
        moments->s[i] = decay * moments->s[i] + (1 - decay) * g * g;
        if (options->eps_inside)
            return p - rate * g / sqrt(moments->s[i] + eps);
        return p - rate * g / (sqrt(moments->s[i]) + eps);
    case LSTM_ADAGRAD:
        moments->s[i] += g * g;
        return p - rate * g / (sqrt(moments->s[i]) + eps);
    default:
        return adam(options, t, p, g, moments, i);
    }
}

void reference_optimize(const lstm_optimizer_options *options, int64_t t, int64_t n, double *p,
                        const double *g, reference_moments *moments)
{
    for (int64_t i = 0; i < n; i++)
        p[i] = optimize_one(options, (double)t, p[i], g[i], moments, i);
}
