/* SPDX-License-Identifier: MIT */
/*
 * The header of an NPY file is a literal of a Python dictionary,
 *
 *     {'descr': '<f8', 'fortran_order': False, 'shape': (1000, 8), }
 *
 * with these three keys in any order. Nothing else of Python is read.
 */
#ifndef TOOLS_TABLE_NPY_HEADER_H
#define TOOLS_TABLE_NPY_HEADER_H

#include "table/types.h"

typedef struct table_npy_header {
    char kind;           /**< 'f', 'i', 'u' or 'b'                                    */
    int64_t size;        /**< bytes of an element                                     */
    bool is_big;         /**< big-endian                                              */
    bool is_fortran;     /**< the first index runs fastest                            */
    int64_t n_dimension; /**< 1 .. 3                                                 */
    int64_t shape[3];    /**< each >= 1; the product does not overflow                */
} table_npy_header;

/** @return LSTM_OK; LSTM_E_FORMAT; LSTM_E_DTYPE; LSTM_E_SHAPE; LSTM_E_LIMIT. */
lstm_status table_npy_header_read(table_npy_header *header, const char *text, size_t size,
                                  table_error *error);

#endif
