/* SPDX-License-Identifier: MIT */
#ifndef LTS_NETWORK_MODEL_H
#define LTS_NETWORK_MODEL_H

#include "network/params.h"

#include <stdatomic.h>

struct lstm_model {
    lts_params params;
    real *values; /**< the parameters, one block of the table's layout */
    /** Grows with every change of a parameter; a state made at another version is stale. */
    atomic_uint_fast64_t version;
};

/** A model of these sizes with all parameters 0. */
lstm_status lts_model_new_zero(lstm_model **model, int64_t D, int64_t K, int64_t H, int64_t L);

/** To be called after every change of the parameters. */
static inline void lts_model_changed(lstm_model *model)
{
    atomic_fetch_add(&model->version, 1);
}

#endif
