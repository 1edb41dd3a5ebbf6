/* SPDX-License-Identifier: MIT */
/**
 * @file device.h
 * Where an updater trains and a fleet is forecast: the processor, or a CUDA device.
 *
 * A device is named by a string: "cpu", "cuda", or "cuda:1" for the second one. "cuda" needs the
 * companion library liblstmts-cuda.so, which is opened when it is first asked for; without it, or
 * without a driver, the call that named the device returns LSTM_E_DEVICE, and the message says what
 * is missing.
 *
 * Thread-safety: any thread may call the functions of this file.
 */
#ifndef LSTMTS_DEVICE_H
#define LSTMTS_DEVICE_H

#include <lstmts/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * How exactly a device multiplies matrices. Everything else is computed in float32, sums of losses
 * and norms in double. The processor computes all three as LSTM_PRECISION_HIGHEST.
 */
typedef enum lstm_precision {
    LSTM_PRECISION_HIGHEST = 0, /**< float32 (default)                                            */
    LSTM_PRECISION_HIGH = 1,    /**< CUDA: large products in TF32: factors of 11 bits             */
    LSTM_PRECISION_MEDIUM = 2,  /**< CUDA: may be off by 2e-3; at present the same as HIGH        */
} lstm_precision;

/** A device that can be used. */
typedef struct lstm_device_info {
    char name[16];        /**< as options take it: "cpu", "cuda:0" */
    char description[80]; /**< the maker's name of it              */
    int64_t memory;       /**< its memory in bytes; 0 for "cpu"    */
} lstm_device_info;

/**
 * List the devices that can be used: "cpu", then those of the companion library if there are any.
 *
 * @param[out] devices  [size] the first of them; may be NULL if size is 0.
 * @param size          elements of `devices`.
 * @param[out] n_device how many there are, which may be more than size.
 * @return LSTM_OK; LSTM_E_ARGUMENT.
 * @since 0.1
 */
LSTM_API lstm_status lstm_devices(lstm_device_info *devices, int64_t size, int64_t *n_device);

#ifdef __cplusplus
}
#endif

#endif
