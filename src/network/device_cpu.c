/* SPDX-License-Identifier: MIT */
/*
 * The processor as a device: an unroll on the host's blocks, so read() has nothing to copy. The
 * optimizer's step is applied while the parameters are packed (network/packed.h).
 */
#include "base/memory.h"
#include "base/status.h"
#include "network/device.h"
#include "network/unroll.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct cpu_engine {
    lts_engine base;
    lts_engine_options options;
    lts_unroll unroll;
    real *gradient_sum; /* a block; NULL unless options.accumulates */
} cpu_engine;

static cpu_engine *cpu(lts_engine *engine)
{
    return (cpu_engine *)(void *)engine;
}

static lstm_status cpu_list(lstm_device_info *devices, int64_t size, int64_t *n)
{
    if (size > 0) {
        devices[0] = (lstm_device_info){.memory = 0};
        snprintf(devices[0].name, sizeof devices[0].name, "cpu");
        snprintf(devices[0].description, sizeof devices[0].description,
                 "the processor, kernel set %s", lts_kernels_own()->name);
    }
    *n = 1;
    return LSTM_OK;
}

static lstm_status cpu_open(lts_engine **engine, const lts_engine_options *options)
{
    cpu_engine *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    made->base.device = &lts_cpu;
    made->options = *options;
    const lts_unroll_options unroll = {.params = options->params,
                                       .source = options->source,
                                       .plan = options->plan,
                                       .kernels = options->kernels,
                                       .folded = options->folded,
                                       .B = options->B,
                                       .n_thread = options->n_thread,
                                       .dropout = options->dropout,
                                       .loss = options->loss,
                                       .precision = options->precision};
    if (options->accumulates)
        made->gradient_sum = lts_params_new_block(options->params);
    lstm_status status = options->accumulates && made->gradient_sum == NULL
                             ? LSTM_E_NOMEM
                             : lts_unroll_init(&made->unroll, &unroll);
    if (status < 0) {
        lts_free(made->gradient_sum);
        lts_free(made);
        return status;
    }
    *engine = &made->base;
    return LSTM_OK;
}

static void cpu_close(lts_engine *engine)
{
    if (engine == NULL)
        return;
    lts_unroll_clear(&cpu(engine)->unroll);
    lts_free(cpu(engine)->gradient_sum);
    lts_free(engine);
}

static lstm_status cpu_load(lts_engine *engine)
{
    cpu_engine *e = cpu(engine);
    lts_unroll_refresh(&e->unroll, e->options.host.values, NULL);
    return LSTM_OK;
}

static lstm_status cpu_read(lts_engine *engine, unsigned what)
{
    (void)engine;
    (void)what;
    return LSTM_OK;
}

static double gradient_norm(const cpu_engine *e)
{
    return sqrt(e->unroll.packed.training->elementwise->sum_of_squares(e->options.params->total,
                                                                       e->options.host.gradient));
}

static lstm_status cpu_backward(lts_engine *engine, const lts_batch *batch, double *step_loss,
                                double *norm)
{
    cpu_engine *e = cpu(engine);
    const lts_host_blocks *host = &e->options.host;
    lts_unroll_forward(&e->unroll, batch, step_loss);
    *norm = (double)NAN;
    for (int64_t t = 0; t < e->options.plan->T; t++)
        if (!isfinite(step_loss[t]))
            return LSTM_OK;
    lts_unroll_backward(&e->unroll, host->values, host->gradient);
    *norm = gradient_norm(e);
    return LSTM_OK;
}

static lstm_status cpu_sum_gradient(lts_engine *engine, bool is_first)
{
    const cpu_engine *e = cpu(engine);
    const real *gradient = e->options.host.gradient;
    int64_t total = e->options.params->total;
    if (is_first)
        memcpy(e->gradient_sum, gradient, (size_t)total * sizeof *gradient);
    for (int64_t i = 0; !is_first && i < total; i++)
        e->gradient_sum[i] += gradient[i];
    return LSTM_OK;
}

static lstm_status cpu_mean_gradient(lts_engine *engine, int64_t n, double *norm)
{
    const cpu_engine *e = cpu(engine);
    for (int64_t i = 0; i < e->options.params->total; i++)
        e->options.host.gradient[i] = e->gradient_sum[i] / (real)n;
    *norm = gradient_norm(e);
    return LSTM_OK;
}

static lstm_status cpu_clear_gradient(lts_engine *engine, const lts_tensor *const *tensors,
                                      int64_t n, double *norm)
{
    const cpu_engine *e = cpu(engine);
    real *gradient = e->options.host.gradient;
    for (int64_t i = 0; i < n; i++)
        memset(gradient + tensors[i]->offset, 0, (size_t)tensors[i]->size * sizeof *gradient);
    *norm = gradient_norm(e);
    return LSTM_OK;
}

static lstm_status cpu_run_hooks(lts_engine *engine, const lstm_hook *hooks, int64_t n_hook,
                                 double *norm)
{
    const cpu_engine *e = cpu(engine);
    const lts_training_kernels *kernels = e->unroll.packed.training;
    const lts_host_blocks *host = &e->options.host;
    int64_t total = e->options.params->total;
    for (int64_t i = 0; i < n_hook; i++) {
        if (hooks[i].kind == LSTM_HOOK_WEIGHT_DECAY) {
            kernels->elementwise->add_scaled(total, (real)hooks[i].value, host->values,
                                             host->gradient);
            continue;
        }
        double before = gradient_norm(e);
        if (before > hooks[i].value)
            kernels->elementwise->scale(total, (real)(hooks[i].value / before), host->gradient);
    }
    *norm = gradient_norm(e);
    return LSTM_OK;
}

static double largest_magnitude(const real *values, int64_t n)
{
    real most = 0;
    for (int64_t i = 0; i < n; i++)
        most = fabs((double)values[i]) > (double)most ? (real)fabs((double)values[i]) : most;
    return (double)most;
}

static lstm_status cpu_measure(lts_engine *engine, lts_bounds *bounds)
{
    const lts_engine_options *options = &cpu(engine)->options;
    *bounds =
        (lts_bounds){.value = largest_magnitude(options->host.values, options->params->total)};
    for (int64_t i = 0; i < options->host.n_moment; i++)
        bounds->moment[i] = largest_magnitude(options->host.moments[i], options->params->total);
    return LSTM_OK;
}

static lstm_status cpu_step(lts_engine *engine, const lts_step *step)
{
    cpu_engine *e = cpu(engine);
    const lts_host_blocks *host = &e->options.host;
    const lts_block_step block_step = {step, host->gradient, host->moments, host->values};
    lts_unroll_refresh(&e->unroll, host->values, &block_step);
    return LSTM_OK;
}

static lstm_status cpu_read_output(lts_engine *engine, int64_t call, real *y)
{
    const lts_trace *trace = &cpu(engine)->unroll.trace;
    int64_t slot = trace->B * cpu(engine)->options.params->K;
    memcpy(y, trace->y + call * slot, (size_t)slot * sizeof *y);
    return LSTM_OK;
}

static lstm_status cpu_read_target(lts_engine *engine, int64_t t, real *target)
{
    const lts_unroll *unroll = &cpu(engine)->unroll;
    int64_t slot = unroll->trace.B * unroll->source.columns->K;
    memcpy(target, lts_unroll_targets(unroll) + t * slot, (size_t)slot * sizeof *target);
    return LSTM_OK;
}

static lstm_status cpu_read_state(lts_engine *engine, real *values)
{
    const lts_unroll *unroll = &cpu(engine)->unroll;
    int64_t L = unroll->params->L, H = unroll->params->H, Hp = unroll->packed.Hp;
    int64_t B = unroll->trace.B, last = unroll->plan->n_call * B * Hp;
    for (int64_t l = 0; l < L; l++)
        for (int64_t b = 0; b < B; b++) {
            const lts_layer_trace *layer = &unroll->trace.layers[l];
            real *h = values + (2 * l * B + b) * H, *c = values + ((2 * l + 1) * B + b) * H;
            memcpy(h, layer->h + last + b * Hp, (size_t)H * sizeof *values);
            memcpy(c, layer->c + last + b * Hp, (size_t)H * sizeof *values);
        }
    return LSTM_OK;
}

const lts_device lts_cpu = {
    .size = sizeof lts_cpu,
    .name = "cpu",
    .list = cpu_list,
    .open = cpu_open,
    .close = cpu_close,
    .load = cpu_load,
    .read = cpu_read,
    .backward = cpu_backward,
    .sum_gradient = cpu_sum_gradient,
    .mean_gradient = cpu_mean_gradient,
    .clear_gradient = cpu_clear_gradient,
    .run_hooks = cpu_run_hooks,
    .measure = cpu_measure,
    .step = cpu_step,
    .read_output = cpu_read_output,
    .read_target = cpu_read_target,
    .read_state = cpu_read_state,
    .forecast = NULL,
};
