/* SPDX-License-Identifier: MIT */
/*
 * Tensors of a file that are expected in it: they are found by name, and must have the expected
 * type and shape.
 */
#ifndef LTS_STORE_TENSORS_H
#define LTS_STORE_TENSORS_H

#include "store/safetensors.h"

/** Size of the names of tensors. */
enum { LTS_TENSOR_NAME = 128 };

typedef struct lts_tensors {
    const lts_safetensors *file;
    int64_t n_taken; /**< tensors that were found */
} lts_tensors;

/**
 * Find the tensor PREFIX.NAME. Its values may be NaN.
 * @return LSTM_OK; LSTM_E_NAME; LSTM_E_DTYPE; LSTM_E_SHAPE.
 */
lstm_status lts_tensors_take_any(lts_tensors *t, const char *prefix, const char *name,
                                 const char *dtype, int64_t n_dim, const int64_t *dim,
                                 const lts_stored **found);

/** The same with finite values, which need not be aligned. LSTM_E_NUMERIC. */
lstm_status lts_tensors_take(lts_tensors *t, const char *prefix, const char *name,
                             const char *dtype, int64_t n_dim, const int64_t *dim,
                             const void **values);

/** Copy n finite doubles; nothing is read if n is 0. */
lstm_status lts_tensors_take_doubles(lts_tensors *t, const char *prefix, const char *name,
                                     int64_t n, double *values);

/** The number of elements of a vector. LSTM_E_NAME, LSTM_E_SHAPE. */
lstm_status lts_tensors_length(const lts_tensors *t, const char *name, int64_t *n);

#endif
