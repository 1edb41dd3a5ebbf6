/* SPDX-License-Identifier: MIT */
/*
 * Tensors of a forecaster's file, which may be hostile: each must have the expected type and shape
 * before anything of its size is allocated. All are named PREFIX.NAME.
 */
#ifndef LTS_FORECASTER_FORECASTER_TENSORS_H
#define LTS_FORECASTER_FORECASTER_TENSORS_H

#include "base/real.h"
#include "store/safetensors.h"

typedef struct lts_forecaster_tensors {
    const lts_safetensors *file;
    int64_t n_taken; /**< tensors that were found: none may be left over */
} lts_forecaster_tensors;

/** Find a tensor. Its values may be NaN. LSTM_E_NAME, LSTM_E_DTYPE, LSTM_E_SHAPE. */
lstm_status lts_tensors_take_any(lts_forecaster_tensors *tensors, const char *prefix,
                                 const char *name, const char *dtype, int64_t n_dim,
                                 const int64_t *dim, const lts_stored **found);

/** The same with finite values, which need not be aligned. LSTM_E_NUMERIC. */
lstm_status lts_tensors_take(lts_forecaster_tensors *tensors, const char *prefix, const char *name,
                             const char *dtype, int64_t n_dim, const int64_t *dim,
                             const void **values);

/** Copy n finite doubles; no tensor if n is 0. */
lstm_status lts_tensors_take_doubles(lts_forecaster_tensors *tensors, const char *prefix,
                                     const char *name, int64_t n, double *values);

/** The number of elements of a vector, >= 1. LSTM_E_NAME, LSTM_E_SHAPE. */
lstm_status lts_tensors_length(const lts_forecaster_tensors *tensors, const char *name, int64_t *n);

#endif
