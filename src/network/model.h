/* SPDX-License-Identifier: MIT */
#ifndef LTS_NETWORK_MODEL_H
#define LTS_NETWORK_MODEL_H

#include "network/device.h"
#include "network/packed.h"

#include <pthread.h>
#include <stdatomic.h>

/** Packed parameters that forecasters share: made once per version, read-only, freed by the last.
 */
typedef struct lts_prepared {
    lts_packed packed;
    uint_fast64_t version;
    atomic_int_fast64_t users; /**< the model itself counts as one while it caches this */
} lts_prepared;

struct lstm_model {
    lts_params params;
    real *values; /**< the parameters, one block of the table's layout: see lts_model_settle() */
    /* How it is packed, chosen once: what a state has room for must hold for all later versions. */
    const lts_kernels *kernels;
    bool folded;
    /** Grows with every change of a parameter; a state made at another version is stale. */
    atomic_uint_fast64_t version;
    pthread_mutex_t mutex;  /**< guards what follows, and readings of `ahead` */
    lts_prepared *prepared; /**< of the version at which it was last asked for, or NULL */
    lts_engine *ahead;      /**< its copy of the parameters is newer than `values`; or NULL */
};

/**
 * The model's present parameters, packed for forecasting; give it back with lts_prepared_release().
 * Any number of threads may call both at once. LSTM_E_NOMEM.
 */
lstm_status lts_model_prepare(const lstm_model *model, lts_prepared **prepared);
void lts_prepared_release(lts_prepared *prepared);

/**
 * Bring `values` up to date, where an updater has moved the parameters on a device. To be called
 * before they are read. LSTM_E_DEVICE if the device is lost, and again in every later call: values
 * as they were last read back never pass for the present ones, until the updater is freed.
 */
lstm_status lts_model_settle(const lstm_model *model);

/** The copy of `engine` is the newest from now on; NULL: `values` are, whatever they were. */
void lts_model_ahead(lstm_model *model, lts_engine *engine);

/** A model of these sizes with all parameters 0. */
lstm_status lts_model_new_zero(lstm_model **model, int64_t D, int64_t K, int64_t H, int64_t L);

/** To be called after every change of the parameters. */
static inline void lts_model_changed(lstm_model *model)
{
    atomic_fetch_add(&model->version, 1);
}

#endif
