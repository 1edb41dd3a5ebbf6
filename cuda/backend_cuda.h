/* SPDX-License-Identifier: MIT */
/* A CUDA device as backend.cu and loop.cu know it. */
#ifndef LTS_CUDA_BACKEND_CUDA_H
#define LTS_CUDA_BACKEND_CUDA_H

#include "backend.h"

#include <cublas_v2.h>
#include <cuda_runtime.h>

enum { LTS_MESSAGE_SIZE = 256, LTS_PARTIALS = 1024 };

struct lts_gpu {
    const struct lts_services *services;
    int index;
    int n_entered; /* lts_gpu_enter() without lts_gpu_leave()                  */
    int before;    /* the thread's device when it entered                      */
    cudaStream_t stream;
    cublasHandle_t cublas;
    void *cublas_workspace;
    double *partial;    /* [LTS_PARTIALS] of sums in two stages             */
    lstm_status status; /* of the first failure                             */
    char message[LTS_MESSAGE_SIZE];
};

/* Keep a failure, unless there is one. */
__attribute__((format(printf, 3, 4))) void lts_gpu_fail(lts_gpu *gpu, lstm_status status,
                                                        const char *format, ...);

/* Whether a kernel has code for the current device. */
cudaError_t lts_gpu_find_code(void);

/* A product without cuBLAS: opening that takes longer than a fleet's few products. */
void lts_gpu_multiply_few(lts_gpu *gpu, const lts_product *product);

/* The stream of a device's work, a cudaStream_t, for loop_*.cu. */
extern "C" void *lts_gpu_stream(const lts_gpu *gpu);

#endif
