/* SPDX-License-Identifier: MIT */
/*
 * What the core finds in this library: the table of network/device.h. Built over backend.cu it is
 * the device "cuda", over twin.c the device "twin".
 */
#include "engine.h"
#include "fleet.h"

/* Set by each call, to the same every time: there is one core in a process. */
static const lts_services *_Atomic core;

static lstm_status list(lstm_device_info *devices, int64_t size, int64_t *n)
{
    return lts_gpu_list(core, devices, size, n);
}

static lstm_status open_engine(lts_engine **engine, const lts_engine_options *options);

static lstm_status forecast(const lts_fleet *fleets, int64_t n)
{
    return lts_fleet_forecast(fleets, n, core);
}

static const lts_device device = {
    .size = sizeof(lts_device),
    .name = lts_gpu_kind,
    .list = list,
    .open = open_engine,
    .close = lts_engine_close,
    .load = lts_engine_load,
    .read = lts_engine_read,
    .backward = lts_engine_backward,
    .sum_gradient = lts_engine_sum_gradient,
    .mean_gradient = lts_engine_mean_gradient,
    .clear_gradient = lts_engine_clear_gradient,
    .run_hooks = lts_engine_run_hooks,
    .measure = lts_engine_measure,
    .step = lts_engine_step,
    .read_output = lts_engine_read_output,
    .read_target = lts_engine_read_target,
    .read_state = lts_engine_read_state,
    .forecast = forecast,
};

static lstm_status open_engine(lts_engine **engine, const lts_engine_options *options)
{
    return lts_engine_open(engine, options, &device, core);
}

LSTM_API lts_companion lstmts_companion;

const lts_device *lstmts_companion(uint64_t layout, const lts_services *services)
{
    if (layout != LTS_DEVICE_LAYOUT || services->size != sizeof *services) {
        services->fail(LSTM_E_DEVICE,
                       "liblstmts-%s.so has layout %llu of the table of devices, the library %llu",
                       lts_gpu_kind, (unsigned long long)LTS_DEVICE_LAYOUT,
                       (unsigned long long)layout);
        return NULL;
    }
    core = services;
    return &device;
}
