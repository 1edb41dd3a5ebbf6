/* SPDX-License-Identifier: MIT */
/*
 * backend.h for CUDA: the device, memory, copies and recorded work. Products are in
 * products.cu, the kernels in kernels.cu.
 */
#include "backend_cuda.h"

#include "network/device.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

void lts_gpu_fail(lts_gpu *gpu, lstm_status status, const char *format, ...)
{
    if (gpu->status < 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(gpu->message, sizeof gpu->message, format, arguments);
    va_end(arguments);
    gpu->status = status;
}

namespace
{

/* True unless `error` is one. */
bool succeeded(lts_gpu *gpu, cudaError_t error, const char *what)
{
    if (error != cudaSuccess) {
        (void)cudaGetLastError(); /* the kept failure is not to be found by the next call */
        lts_gpu_fail(gpu, error == cudaErrorMemoryAllocation ? LSTM_E_NOMEM : LSTM_E_DEVICE,
                     "%s: %s", what, cudaGetErrorString(error));
    }
    return error == cudaSuccess;
}

double gigabytes(size_t bytes)
{
    return static_cast<double>(bytes) / 1e9;
}

void out_of_memory(lts_gpu *gpu, const char *where, size_t bytes)
{
    size_t available = 0, total = 0;
    (void)cudaGetLastError();
    (void)cudaMemGetInfo(&available, &total);
    lts_gpu_fail(gpu, LSTM_E_NOMEM, "out of %smemory: %.3g GB asked for, %.3g GB free", where,
                 gigabytes(bytes), gigabytes(available));
}

lstm_status count_devices(const lts_services *services, int *n)
{
    int driver = 0, built_with = 0;
    cudaError_t error = cudaGetDeviceCount(n);
    if (error == cudaSuccess)
        return LSTM_OK;
    *n = 0;
    (void)cudaGetLastError();
    if (error != cudaErrorInsufficientDriver || cudaRuntimeGetVersion(&built_with) != cudaSuccess ||
        cudaDriverGetVersion(&driver) != cudaSuccess)
        return services->fail(LSTM_E_DEVICE, "device cuda: %s", cudaGetErrorString(error));
    if (driver == 0)
        return services->fail(LSTM_E_DEVICE, "device cuda: no NVIDIA driver is installed");
    return services->fail(LSTM_E_DEVICE,
                          "device cuda: the driver supports CUDA %d.%d, liblstmts-cuda was built "
                          "with CUDA %d.%d",
                          driver / 1000, driver % 1000 / 10, built_with / 1000,
                          built_with % 1000 / 10);
}

/* Whether the companion has code for the device. */
bool has_code(lts_gpu *gpu)
{
    int major = 0, minor = 0;
    if (gpu->status < 0 || lts_gpu_find_code() == cudaSuccess)
        return gpu->status == LSTM_OK;
    (void)cudaGetLastError();
    (void)cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, gpu->index);
    (void)cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, gpu->index);
    lts_gpu_fail(gpu, LSTM_E_DEVICE,
                 "its compute capability is %d.%d, for which liblstmts-cuda was not built", major,
                 minor);
    return false;
}

void open_parts(lts_gpu *gpu)
{
    if (!has_code(gpu) ||
        !succeeded(gpu, cudaStreamCreateWithFlags(&gpu->stream, cudaStreamNonBlocking),
                   "making a stream"))
        return;
    gpu->partial =
        static_cast<double *>(lts_gpu_alloc(gpu, LTS_PARTIALS * (int64_t)sizeof *gpu->partial));
}

/* The device that the host's thread used, unless it is ours: choosing one may create its context. */
void restore_device(const lts_gpu *gpu)
{
    if (gpu->before != gpu->index)
        (void)cudaSetDevice(gpu->before);
}

} // namespace

extern "C" {

void *lts_gpu_stream(const lts_gpu *gpu)
{
    return gpu->stream;
}

const char lts_gpu_kind[] = "cuda";

lstm_status lts_gpu_list(const lts_services *services, lstm_device_info *devices, int64_t size,
                         int64_t *n)
{
    int n_device;
    *n = 0;
    lstm_status status = count_devices(services, &n_device);
    if (status < 0)
        return status;
    for (int i = 0; i < n_device && i < size; i++) {
        cudaDeviceProp properties;
        cudaError_t error = cudaGetDeviceProperties(&properties, i);
        if (error != cudaSuccess)
            return services->fail(LSTM_E_DEVICE, "device cuda:%d: %s", i,
                                  cudaGetErrorString(error));
        snprintf(devices[i].name, sizeof devices[i].name, "%s:%d", lts_gpu_kind, i);
        snprintf(devices[i].description, sizeof devices[i].description, "%.79s", properties.name);
        devices[i].memory = static_cast<int64_t>(properties.totalGlobalMem);
    }
    *n = n_device;
    return LSTM_OK;
}

lstm_status lts_gpu_open(lts_gpu **gpu, const lts_services *services, int64_t index)
{
    int n_device;
    lstm_status status = count_devices(services, &n_device);
    if (status < 0)
        return status;
    if (index < 0 || index >= n_device)
        return services->fail(LSTM_E_DEVICE, "device %s:%lld: there are %d devices", lts_gpu_kind,
                              static_cast<long long>(index), n_device);
    lts_gpu *made = static_cast<lts_gpu *>(services->alloc(1, sizeof *made));
    if (made == nullptr)
        return LSTM_E_NOMEM;
    made->services = services;
    made->index = static_cast<int>(index);
    lts_gpu_enter(made);
    open_parts(made);
    status = lts_gpu_status(made);
    if (status < 0)
        lts_gpu_close(made);
    else
        *gpu = made;
    return status;
}

void lts_gpu_close(lts_gpu *gpu)
{
    if (gpu == nullptr)
        return;
    lts_gpu_enter(gpu);
    if (gpu->stream != nullptr)
        cudaStreamSynchronize(gpu->stream);
    if (gpu->cublas != nullptr)
        cublasDestroy(gpu->cublas);
    lts_gpu_free(gpu, gpu->cublas_workspace);
    lts_gpu_free(gpu, gpu->partial);
    if (gpu->stream != nullptr)
        cudaStreamDestroy(gpu->stream);
    restore_device(gpu);
    (void)cudaGetLastError();
    gpu->services->free(gpu);
}

void lts_gpu_enter(lts_gpu *gpu)
{
    if (gpu->n_entered++ > 0)
        return;
    gpu->before = gpu->index;
    if (succeeded(gpu, cudaGetDevice(&gpu->before), "asking for the device in use"))
        succeeded(gpu, cudaSetDevice(gpu->index), "choosing the device");
}

void lts_gpu_leave(lts_gpu *gpu)
{
    if (--gpu->n_entered == 0)
        restore_device(gpu);
}

lstm_status lts_gpu_status(lts_gpu *gpu)
{
    return gpu->status == LSTM_OK ? LSTM_OK
                                  : gpu->services->fail(gpu->status, "device %s:%d: %s",
                                                        lts_gpu_kind, gpu->index, gpu->message);
}

lstm_status lts_gpu_wait(lts_gpu *gpu)
{
    if (gpu->status == LSTM_OK)
        succeeded(gpu, cudaStreamSynchronize(gpu->stream), "waiting for its work");
    return lts_gpu_status(gpu);
}

void lts_gpu_keep(lts_gpu *gpu, int error, const char *what)
{
    succeeded(gpu, static_cast<cudaError_t>(error), what);
}

void *lts_gpu_alloc(lts_gpu *gpu, int64_t bytes)
{
    void *memory = nullptr;
    if (gpu->status < 0)
        return nullptr;
    cudaError_t error = cudaMalloc(&memory, static_cast<size_t>(bytes > 0 ? bytes : 1));
    if (error == cudaErrorMemoryAllocation)
        out_of_memory(gpu, "", static_cast<size_t>(bytes));
    else
        succeeded(gpu, error, "allocating");
    return gpu->status < 0 ? nullptr : memory;
}

void lts_gpu_free(lts_gpu *gpu, void *memory)
{
    lts_gpu_enter(gpu);
    if (memory != nullptr)
        cudaFree(memory);
    lts_gpu_leave(gpu);
}

void *lts_gpu_alloc_host(lts_gpu *gpu, int64_t bytes)
{
    void *memory = nullptr;
    if (gpu->status < 0)
        return nullptr;
    cudaError_t error = cudaMallocHost(&memory, static_cast<size_t>(bytes > 0 ? bytes : 1));
    if (error == cudaErrorMemoryAllocation)
        out_of_memory(gpu, "the host's page-locked ", static_cast<size_t>(bytes));
    else
        succeeded(gpu, error, "allocating on the host");
    return gpu->status < 0 ? nullptr : memory;
}

void lts_gpu_free_host(lts_gpu *gpu, void *memory)
{
    lts_gpu_enter(gpu);
    if (memory != nullptr)
        cudaFreeHost(memory);
    lts_gpu_leave(gpu);
}

int64_t lts_gpu_free_bytes(lts_gpu *gpu)
{
    size_t available = 0, total = 0;
    succeeded(gpu, cudaMemGetInfo(&available, &total), "asking for free memory");
    return static_cast<int64_t>(available);
}

void lts_gpu_forget(lts_gpu *, float *, int64_t)
{
}

static void copy(lts_gpu *gpu, void *to, const void *from, int64_t bytes, cudaMemcpyKind kind)
{
    if (gpu->status == LSTM_OK && bytes > 0)
        succeeded(gpu, cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), kind, gpu->stream),
                  "copying");
}

void lts_gpu_upload(lts_gpu *gpu, void *to, const void *from, int64_t bytes)
{
    copy(gpu, to, from, bytes, cudaMemcpyHostToDevice);
}

void lts_gpu_download(lts_gpu *gpu, void *to, const void *from, int64_t bytes)
{
    copy(gpu, to, from, bytes, cudaMemcpyDeviceToHost);
}

static void copy_rows(lts_gpu *gpu, const lts_copy *c, cudaMemcpyKind kind)
{
    if (gpu->status == LSTM_OK)
        succeeded(gpu,
                  cudaMemcpy2DAsync(c->to, static_cast<size_t>(c->to_pitch), c->from,
                                    static_cast<size_t>(c->from_pitch),
                                    static_cast<size_t>(c->row_bytes), static_cast<size_t>(c->rows),
                                    kind, gpu->stream),
                  "copying rows");
}

void lts_gpu_upload_rows(lts_gpu *gpu, const lts_copy *c)
{
    if (c->to_pitch == c->row_bytes && c->from_pitch == c->row_bytes)
        lts_gpu_upload(gpu, c->to, c->from, c->row_bytes * c->rows);
    else /* one row at a time: the pitch of a 2D copy has a limit */
        for (int64_t i = 0; i < c->rows; i++)
            lts_gpu_upload(gpu, static_cast<char *>(c->to) + i * c->to_pitch,
                           static_cast<const char *>(c->from) + i * c->from_pitch, c->row_bytes);
}

void lts_gpu_copy_rows(lts_gpu *gpu, const lts_copy *c)
{
    copy_rows(gpu, c, cudaMemcpyDeviceToDevice);
}

void lts_gpu_zero(lts_gpu *gpu, void *memory, int64_t bytes)
{
    if (gpu->status == LSTM_OK)
        succeeded(gpu, cudaMemsetAsync(memory, 0, static_cast<size_t>(bytes), gpu->stream),
                  "setting memory to 0");
}

/* The sequence as one executable graph; nullptr if that failed. */
static cudaGraphExec_t record(lts_gpu *gpu, void (*sequence)(void *with), void *with)
{
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t executable = nullptr;
    if (!succeeded(gpu, cudaStreamBeginCapture(gpu->stream, cudaStreamCaptureModeThreadLocal),
                   "recording an update"))
        return nullptr;
    sequence(with);
    cudaError_t ended = cudaStreamEndCapture(gpu->stream, &graph);
    if (succeeded(gpu, ended, "recording an update"))
        succeeded(gpu, cudaGraphInstantiate(&executable, graph, 0), "making a graph");
    if (graph != nullptr)
        cudaGraphDestroy(graph);
    return executable;
}

void lts_gpu_run(lts_gpu *gpu, lts_gpu_graph *graph, void (*sequence)(void *with), void *with)
{
    if (gpu->status < 0)
        return;
    if (++graph->runs == 1) { /* kernels are loaded by their first run: not while recording */
        sequence(with);
        return;
    }
    if (graph->executable == nullptr && !graph->refused) {
        graph->executable = record(gpu, sequence, with);
        graph->refused = gpu->status == LSTM_E_NOMEM;
        if (graph->refused)
            gpu->status = LSTM_OK; /* nothing has been enqueued, and it runs without, too */
    }
    if (graph->refused)
        sequence(with);
    else if (gpu->status == LSTM_OK)
        succeeded(gpu,
                  cudaGraphLaunch(static_cast<cudaGraphExec_t>(graph->executable), gpu->stream),
                  "launching an update");
}

void lts_gpu_graph_clear(lts_gpu *gpu, lts_gpu_graph *graph)
{
    lts_gpu_enter(gpu);
    if (graph->executable != nullptr) {
        cudaStreamSynchronize(gpu->stream);
        cudaGraphExecDestroy(static_cast<cudaGraphExec_t>(graph->executable));
    }
    *graph = lts_gpu_graph{};
    lts_gpu_leave(gpu);
}

} // extern "C"
