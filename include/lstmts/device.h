/* SPDX-License-Identifier: MIT */
/**
 * @file device.h
 * Devices that run lstm_updater_update(), lstm_forecast() and the training of a forecaster's
 * networks: the CPU, or a CUDA GPU.
 *
 * A device is named by a string: "cpu"; "cuda" or "cuda:0" for the first GPU; "cuda:1" for the
 * second. CUDA devices need the companion library liblstmts-cuda.so.0, which is loaded when a CUDA
 * device is first named. If the library or the driver is missing, the call that named the device
 * returns LSTM_E_DEVICE, and the message says what is missing (docs/gpu.md).
 *
 * Thread-safety: any thread may call lstm_devices() at any time.
 */
#ifndef LSTMTS_DEVICE_H
#define LSTMTS_DEVICE_H

#include <lstmts/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Precision of matrix products on a device. All other operations use float32; losses and norms are
 * summed in double. On the CPU the precision has an effect in updates of large models on processors
 * with AMX (docs/numerics.md, section 15); all else there is LSTM_PRECISION_HIGHEST.
 */
typedef enum lstm_precision {
    LSTM_PRECISION_HIGHEST = 0, /**< float32 (default)                                          */
    LSTM_PRECISION_HIGH = 1,    /**< CUDA: TF32 (11 significant bits) in large products; AMX: two
                                     parts of 8 bits. Errors of up to 1e-3 are allowed          */
    LSTM_PRECISION_MEDIUM = 2,  /**< CUDA: errors of up to 2e-3 are allowed; at present as HIGH.
                                     AMX: bfloat16 (8 bits); up to 2e-2                         */
} lstm_precision;

/** An available device. */
typedef struct lstm_device_info {
    char name[16];        /**< name to use in options: "cpu", "cuda:0"  */
    char description[80]; /**< name of the product; of "cpu", the library's own kernels here */
    int64_t memory;       /**< size of its memory in bytes; 0 for "cpu" */
} lstm_device_info;

/**
 * List the available devices: "cpu", then the CUDA devices. If there are none of these,
 * lstm_last_error() says why.
 *
 * @param[out] devices   [size] the first `size` devices; may be NULL if size is 0.
 * @param size           number of elements of `devices`, >= 0.
 * @param[out] n_device  number of available devices, which may be more than `size`.
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_devices(lstm_device_info *devices, int64_t size, int64_t *n_device);

#ifdef __cplusplus
}
#endif

#endif
