/* SPDX-License-Identifier: MIT */
#ifndef LTS_DATA_SERIES_H
#define LTS_DATA_SERIES_H

#include "base/real.h"
#include <lstmts/series.h>

struct lstm_series {
    int64_t n_row, n_column;
    real *rows;     /**< [n_row, n_column]       */
    int64_t *roles; /**< [n_column], LSTM_ROLE_* */
};

#endif
