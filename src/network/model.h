/* SPDX-License-Identifier: MIT */
#ifndef LTS_NETWORK_MODEL_H
#define LTS_NETWORK_MODEL_H

#include "network/device.h"
#include "network/packed.h"

#include <pthread.h>
#include <stdatomic.h>

/** Packed parameters shared by forecasters: read-only, one per version, freed by the last user. */
typedef struct lts_prepared {
    lts_packed packed;
    uint_fast64_t version;
    atomic_int_fast64_t users; /**< reference count, including the model that caches this */
} lts_prepared;

/** What a model and its clones have in common. */
typedef struct lts_origin {
    atomic_int_fast64_t users;
} lts_origin;

struct lstm_model {
    lts_origin *origin;
    lts_params params;
    real *values; /**< the parameters, one block of the table's layout: see lts_model_settle() */
    /* Fixed at creation: a state's memory must fit the packing of every later version. */
    const lts_kernels *kernels;
    bool folded; /**< wherever the product is finite */
    /** Incremented with every change of a parameter. A state of another version is stale. */
    atomic_uint_fast64_t version;
    pthread_mutex_t mutex; /**< guards the two below, and reads from the engine `ahead` */
    /** For each format of the weights: of the version last requested, or NULL. */
    lts_prepared *prepared[LTS_STORED_FORMATS];
    lts_engine *ahead; /**< engine whose parameters are newer than `values`, or NULL */
};

/**
 * Return the model's present parameters, packed for forecasting, with the layers' weights stored in
 * a format (kernels/stored.h); release them with lts_prepared_release(). Any number of threads may
 * call both functions. LSTM_E_NOMEM.
 */
lstm_status lts_model_prepare(const lstm_model *model, int64_t format, lts_prepared **prepared);
void lts_prepared_release(lts_prepared *prepared);

/**
 * Copy the parameters from the device if an updater changed them there. Must be called before
 * `values` are read. LSTM_E_DEVICE if the device is lost, in every later call too until the updater
 * is freed: the last copy never passes for the present parameters.
 */
lstm_status lts_model_settle(const lstm_model *model);

/** From now on the parameters of `engine` are the newest; NULL: `values` are. */
void lts_model_ahead(lstm_model *model, lts_engine *engine);

/** A model of these sizes with all parameters 0, and an origin of its own. */
lstm_status lts_model_new_zero(lstm_model **model, int64_t D, int64_t K, int64_t H, int64_t L);

/** Must be called after every change of the parameters. */
static inline void lts_model_changed(lstm_model *model)
{
    atomic_fetch_add(&model->version, 1);
}

#endif
