/* SPDX-License-Identifier: MIT */
/*
 * A device in plain C: the host's memory, and loops where a GPU has kernels. It is there so that
 * all of the CUDA companion but its kernels is tested on machines without a GPU. This is what
 * backend.cu is for CUDA; twin_numbers.c is what the kernels are.
 */
#include "twin.h"

#include "backend.h"
#include "network/device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((visibility("default"))) lts_twin lts_twin_control;

struct lts_gpu {
    const lts_services *services;
    bool recorded;      /* inside a sequence that CUDA would record: no allocation, no waiting */
    uint64_t signature; /* of the work since the sequence began */
    int64_t n_entered;
    lstm_status status;
    char message[128];
};

const char lts_gpu_kind[] = "twin";

enum { N_DEVICE = 2 };

lstm_status lts_gpu_list(const lts_services *services, lstm_device_info *devices, int64_t size,
                         int64_t *n)
{
    (void)services;
    for (int i = 0; i < N_DEVICE && i < size; i++) {
        lstm_device_info *info = &devices[i];
        snprintf(info->name, sizeof info->name, "%s:%hu", lts_gpu_kind, (unsigned short)i);
        snprintf(info->description, sizeof info->description, "the CUDA device's twin in C");
        info->memory = INT64_C(1) << 30;
    }
    *n = N_DEVICE;
    return LSTM_OK;
}

lstm_status lts_gpu_open(lts_gpu **gpu, const lts_services *services, int64_t index)
{
    if (index < 0 || index >= N_DEVICE)
        return services->fail(LSTM_E_DEVICE, "device %s:%lld: there are %d devices", lts_gpu_kind,
                              (long long)index, N_DEVICE);
    lts_gpu *made = services->alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    made->services = services;
    lts_gpu_enter(made);
    *gpu = made;
    return LSTM_OK;
}

void lts_gpu_close(lts_gpu *gpu)
{
    if (gpu == NULL)
        return;
    lts_twin_control.n_entered -= gpu->n_entered;
    gpu->services->free(gpu);
}

void lts_gpu_enter(lts_gpu *gpu)
{
    gpu->n_entered++;
    lts_twin_control.n_entered++;
}

void lts_gpu_leave(lts_gpu *gpu)
{
    gpu->n_entered--;
    lts_twin_control.n_entered--;
}

static void fail(lts_gpu *gpu, lstm_status status, const char *message)
{
    if (gpu->status < 0)
        return;
    gpu->status = status;
    snprintf(gpu->message, sizeof gpu->message, "%s", message);
}

void lts_gpu_keep(lts_gpu *gpu, int error, const char *what)
{
    if (error != 0)
        fail(gpu, LSTM_E_DEVICE, what);
}

bool lts_twin_can_work(lts_gpu *gpu, const void *array, int64_t size)
{
    gpu->signature = gpu->signature * 31 + (uint64_t)(uintptr_t)array;
    gpu->signature = gpu->signature * 31 + (uint64_t)size;
    if (lts_twin_control.fail_work > 0 && --lts_twin_control.fail_work == 0)
        fail(gpu, LSTM_E_DEVICE, "the device was lost");
    return gpu->status == LSTM_OK;
}

lstm_status lts_gpu_wait(lts_gpu *gpu)
{
    lts_twin_control.n_wait++;
    if (gpu->recorded)
        fail(gpu, LSTM_E_DEVICE, "a recorded sequence waits");
    return lts_gpu_status(gpu);
}

lstm_status lts_gpu_status(lts_gpu *gpu)
{
    return gpu->status == LSTM_OK
               ? LSTM_OK
               : gpu->services->fail(gpu->status, "device %s: %s", lts_gpu_kind, gpu->message);
}

void *lts_gpu_alloc(lts_gpu *gpu, int64_t bytes)
{
    lts_twin *control = &lts_twin_control;
    if (gpu->recorded)
        fail(gpu, LSTM_E_DEVICE, "a recorded sequence allocates");
    if (gpu->status < 0)
        return NULL;
    bool fails = ++control->n_alloc == control->fail_alloc;
    void *memory = fails ? NULL : malloc(bytes > 0 ? (size_t)bytes : 1);
    if (memory == NULL) {
        fail(gpu, LSTM_E_NOMEM, "out of memory");
        return NULL;
    }
    memset(memory, 0xff, (size_t)bytes); /* NaN: fresh memory holds anything */
    control->n_live++;
    return memory;
}

void lts_gpu_free(lts_gpu *gpu, void *memory)
{
    (void)gpu;
    lts_twin_control.n_live -= memory != NULL;
    free(memory);
}

void *lts_gpu_alloc_host(lts_gpu *gpu, int64_t bytes)
{
    return lts_gpu_alloc(gpu, bytes);
}

void lts_gpu_free_host(lts_gpu *gpu, void *memory)
{
    lts_gpu_free(gpu, memory);
}

int64_t lts_gpu_free_bytes(lts_gpu *gpu)
{
    (void)gpu;
    return lts_twin_control.free_bytes > 0 ? lts_twin_control.free_bytes : INT64_C(1) << 30;
}

void lts_gpu_forget(lts_gpu *gpu, float *memory, int64_t n)
{
    if (lts_twin_can_work(gpu, memory, n) && lts_twin_control.poison)
        memset(memory, 0xff, (size_t)n * sizeof *memory);
}

void lts_gpu_upload(lts_gpu *gpu, void *to, const void *from, int64_t bytes)
{
    lts_gpu_upload_rows(gpu, &(lts_copy){to, bytes, from, bytes, bytes, 1});
}

void lts_gpu_download(lts_gpu *gpu, void *to, const void *from, int64_t bytes)
{
    if (!lts_twin_can_work(gpu, from, bytes))
        return;
    memcpy(to, from, (size_t)bytes);
    lts_twin_control.down += bytes;
}

void lts_gpu_copy_rows(lts_gpu *gpu, const lts_copy *copy)
{
    if (!lts_twin_can_work(gpu, copy->to, copy->rows))
        return;
    for (int64_t i = 0; i < copy->rows; i++)
        memcpy((char *)copy->to + i * copy->to_pitch,
               (const char *)copy->from + i * copy->from_pitch, (size_t)copy->row_bytes);
}

void lts_gpu_upload_rows(lts_gpu *gpu, const lts_copy *copy)
{
    lts_gpu_copy_rows(gpu, copy);
    lts_twin_control.up += copy->row_bytes * copy->rows;
}

void lts_gpu_zero(lts_gpu *gpu, void *memory, int64_t bytes)
{
    if (lts_twin_can_work(gpu, memory, bytes))
        memset(memory, 0, (size_t)bytes);
}

void lts_gpu_run(lts_gpu *gpu, lts_gpu_graph *graph, void (*sequence)(void *with), void *with)
{
    gpu->recorded = true;
    gpu->signature = 0;
    sequence(with);
    gpu->recorded = false;
    void *signature = (void *)(uintptr_t)gpu->signature;
    if (graph->runs++ > 0 && signature != graph->executable)
        fail(gpu, LSTM_E_DEVICE, "a recorded sequence differs from its first run");
    graph->executable = signature;
}

void lts_gpu_graph_clear(lts_gpu *gpu, lts_gpu_graph *graph)
{
    (void)gpu;
    *graph = (lts_gpu_graph){0};
}

void lts_gpu_prepare_products(lts_gpu *gpu)
{
    (void)gpu;
}
