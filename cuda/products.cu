/* SPDX-License-Identifier: MIT */
/*
 * Products by cuBLAS.
 *
 * cuBLAS has a workspace of ours, so that it allocates nothing: recorded work must find all memory
 * where it was, and one stream with one workspace gives the same bits every time.
 */
#include "backend_cuda.h"

namespace
{

constexpr size_t WORKSPACE = size_t(32) << 20; /* what cuBLAS advises for Hopper */

void check(lts_gpu *gpu, cublasStatus_t status, const char *what)
{
    if (status != CUBLAS_STATUS_SUCCESS)
        lts_gpu_fail(gpu, status == CUBLAS_STATUS_ALLOC_FAILED ? LSTM_E_NOMEM : LSTM_E_DEVICE,
                     "%s: %s", what, cublasGetStatusString(status));
}

/*
 * Below float32 always TF32. Factors of 8 bits (bfloat16) are off by up to 2^-9, 1.1e-3 in the mean
 * square, so a product of two by about 1.4e-3 of its norm, and a gradient, which comes through
 * several products, by more than the 2e-3 that LSTM_PRECISION_MEDIUM may be off. TF32's 11 bits are
 * off by an eighth of that: docs/gpu.md has the errors of gradients.
 */
cublasComputeType_t compute_type(int64_t precision)
{
    return precision == LSTM_PRECISION_HIGHEST ? CUBLAS_COMPUTE_32F : CUBLAS_COMPUTE_32F_FAST_TF32;
}

} // namespace

extern "C" {

void lts_gpu_prepare_products(lts_gpu *gpu)
{
    if (gpu->cublas != nullptr)
        return;
    gpu->cublas_workspace = lts_gpu_alloc(gpu, WORKSPACE);
    if (gpu->status < 0)
        return;
    check(gpu, cublasCreate(&gpu->cublas), "opening cuBLAS");
    if (gpu->status < 0)
        return;
    check(gpu, cublasSetStream(gpu->cublas, gpu->stream), "giving cuBLAS its stream");
    check(gpu, cublasSetWorkspace(gpu->cublas, gpu->cublas_workspace, WORKSPACE),
          "giving cuBLAS its workspace");
    check(gpu, cublasSetMathMode(gpu->cublas, CUBLAS_DEFAULT_MATH), "setting cuBLAS up");
}

/* cuBLAS's matrices are column-major: ours are their transposes, so C^T = op(B)^T op(A)^T. */
void lts_gpu_product(lts_gpu *gpu, const lts_product *p)
{
    const float one = 1, beta = p->beta;
    if (gpu->status < 0)
        return;
    if (p->k == 0) {
        lts_gpu_keep(gpu,
                     cudaMemset2DAsync(p->c, static_cast<size_t>(p->ldc) * sizeof(float), 0,
                                       static_cast<size_t>(p->n) * sizeof(float),
                                       static_cast<size_t>(p->m), gpu->stream),
                     "setting memory to 0");
        return;
    }
    if (gpu->cublas == nullptr) {
        lts_gpu_multiply_few(gpu, p);
        return;
    }
    check(gpu,
          cublasGemmEx(gpu->cublas, p->transpose_b ? CUBLAS_OP_T : CUBLAS_OP_N,
                       p->transpose_a ? CUBLAS_OP_T : CUBLAS_OP_N, static_cast<int>(p->n),
                       static_cast<int>(p->m), static_cast<int>(p->k), &one, p->b, CUDA_R_32F,
                       static_cast<int>(p->ldb), p->a, CUDA_R_32F, static_cast<int>(p->lda), &beta,
                       p->c, CUDA_R_32F, static_cast<int>(p->ldc), compute_type(p->precision),
                       CUBLAS_GEMM_DEFAULT),
          "multiplying");
}

} // extern "C"
