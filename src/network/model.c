/* SPDX-License-Identifier: MIT */
#include "network/model.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "kernels/stored_pack.h"

#include <string.h>

static void release_origin(lts_origin *origin)
{
    if (origin != NULL && atomic_fetch_sub(&origin->users, 1) <= 1)
        lts_free(origin);
}

lstm_status lts_model_new_zero(lstm_model **out, int64_t D, int64_t K, int64_t H, int64_t L)
{
    lstm_model *model = lts_alloc(1, sizeof *model);
    if (model == NULL)
        return LSTM_E_NOMEM;
    atomic_init(&model->version, 1);
    if (pthread_mutex_init(&model->mutex, NULL) != 0) {
        lts_free(model);
        return lts_fail(LSTM_E_NOMEM, "out of memory for a lock");
    }
    model->kernels = lts_kernels_select(H);
    /* Many forecasts share one packing, so the cost of the fold itself is not counted. */
    model->folded = lts_fold_pays(D, H, INT32_MAX);
    lstm_status status = lts_params_init(&model->params, D, K, H, L);
    if (status >= 0) {
        model->values = lts_params_new_block(&model->params);
        model->origin = lts_alloc(1, sizeof *model->origin);
        if (model->values == NULL || model->origin == NULL)
            status = LSTM_E_NOMEM;
        else
            atomic_init(&model->origin->users, 1);
    }
    if (status < 0) {
        lstm_model_free(model);
        return status;
    }
    *out = model;
    return LSTM_OK;
}

static lstm_status pack_values(lts_packed *packed, const lstm_model *model, bool folded,
                               int64_t format)
{
    const lts_kernels *kernels = model->kernels;
    if (format != LTS_STORED_FLOAT32)
        kernels = lts_kernels_storing(kernels);
    LTS_TRY(lts_packed_init_stored(packed, &model->params, kernels, folded, format));
    lts_packed_refresh(packed, &model->params, model->values, NULL);
    return LSTM_OK;
}

/* Packs the parameters, without the fold if it overflows. The model counts as one user. */
static lstm_status make_prepared(lstm_model *model, int64_t format, lts_prepared **prepared)
{
    lts_prepared *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = pack_values(&made->packed, model, model->folded, format);
    if (status >= 0 && !lts_fold_is_finite(&made->packed)) {
        lts_packed_clear(&made->packed);
        status = pack_values(&made->packed, model, false, format);
    }
    if (status < 0) {
        lts_free(made);
        return status;
    }
    made->version = atomic_load(&model->version);
    atomic_init(&made->users, 1);
    *prepared = made;
    return LSTM_OK;
}

static void set_ahead(lstm_model *model, lts_engine *engine)
{
    if (model->ahead != NULL)
        model->ahead->ahead = false;
    model->ahead = engine;
    if (engine != NULL)
        engine->ahead = true;
}

static lstm_status settle_locked(lstm_model *model)
{
    lts_engine *engine = model->ahead;
    if (engine == NULL)
        return LSTM_OK;
    lstm_status status = engine->device->read(engine, LTS_READ_VALUES);
    if (status >= 0) /* otherwise later calls must fail too: the values are on the device only */
        set_ahead(model, NULL);
    return status;
}

/* `values` and `prepared` are caches: updating them does not change the model. */
static lstm_model *writable(const lstm_model *model)
{
    return (lstm_model *)(uintptr_t)model;
}

lstm_status lts_model_settle(const lstm_model *read_only)
{
    lstm_model *model = writable(read_only);
    pthread_mutex_lock(&model->mutex);
    lstm_status status = settle_locked(model);
    pthread_mutex_unlock(&model->mutex);
    return status;
}

void lts_model_ahead(lstm_model *model, lts_engine *engine)
{
    pthread_mutex_lock(&model->mutex);
    set_ahead(model, engine);
    pthread_mutex_unlock(&model->mutex);
}

/* Does not use the model, so that a state may be freed after its model. */
void lts_prepared_release(lts_prepared *prepared)
{
    if (atomic_fetch_sub(&prepared->users, 1) > 1)
        return;
    lts_packed_clear(&prepared->packed);
    lts_free(prepared);
}

lstm_status lts_model_prepare(const lstm_model *read_only, int64_t format, lts_prepared **prepared)
{
    lstm_model *model = writable(read_only);
    lts_prepared **cached = &model->prepared[format], *made;
    pthread_mutex_lock(&model->mutex);
    lstm_status status = settle_locked(model);
    if (status >= 0 && (*cached == NULL || (*cached)->version != atomic_load(&model->version))) {
        status = make_prepared(model, format, &made);
        if (status >= 0) {
            if (*cached != NULL)
                lts_prepared_release(*cached);
            *cached = made;
        }
    }
    if (status >= 0) {
        atomic_fetch_add(&(*cached)->users, 1);
        *prepared = *cached;
    }
    pthread_mutex_unlock(&model->mutex);
    return status;
}

lstm_status lstm_model_new(lstm_model **model, const lstm_model_options *options)
{
    LTS_FLOAT_SCOPE();
    lstm_model_options read;
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(options);
    LTS_READ_OPTIONS(&read, options, lstm_model_options);
    if (read.n_output == 0)
        read.n_output = read.n_input;
    if (read.n_layer == 0)
        read.n_layer = 1;
    LTS_TRY(lts_check_at_least("n_input", read.n_input, 1));
    LTS_TRY(lts_check_at_least("n_output", read.n_output, 1));
    LTS_TRY(lts_check_at_least("n_hidden", read.n_hidden, 1));
    LTS_TRY(lts_check_at_least("n_layer", read.n_layer, 1));
    LTS_TRY(lts_model_new_zero(model, read.n_input, read.n_output, read.n_hidden, read.n_layer));
    lts_params_draw(&(*model)->params, read.seed, (*model)->values);
    return LSTM_OK;
}

lstm_status lstm_model_clone(lstm_model **model, const lstm_model *source)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(source);
    LTS_TRY(lts_model_settle(source));
    const lts_params *params = &source->params;
    lstm_model *copy;
    LTS_TRY(lts_model_new_zero(&copy, params->D, params->K, params->H, params->L));
    memcpy(copy->values, source->values, (size_t)params->total * sizeof(real));
    release_origin(copy->origin);
    copy->origin = source->origin;
    atomic_fetch_add(&copy->origin->users, 1);
    *model = copy;
    return LSTM_OK;
}

void lstm_model_free(lstm_model *model)
{
    if (model == NULL)
        return;
    set_ahead(model, NULL); /* its updater may be freed later */
    for (int format = 0; format < LTS_STORED_FORMATS; format++)
        if (model->prepared[format] != NULL)
            lts_prepared_release(model->prepared[format]);
    pthread_mutex_destroy(&model->mutex);
    lts_params_clear(&model->params);
    lts_free(model->values);
    release_origin(model->origin);
    lts_free(model);
}

int64_t lstm_model_inputs(const lstm_model *model)
{
    return model == NULL ? 0 : model->params.D;
}

int64_t lstm_model_outputs(const lstm_model *model)
{
    return model == NULL ? 0 : model->params.K;
}

int64_t lstm_model_hidden(const lstm_model *model)
{
    return model == NULL ? 0 : model->params.H;
}

int64_t lstm_model_layers(const lstm_model *model)
{
    return model == NULL ? 0 : model->params.L;
}

int64_t lstm_model_parameters(const lstm_model *model)
{
    return model == NULL ? 0 : model->params.n_tensor;
}

lstm_status lstm_model_parameter(const lstm_model *model, int64_t index, lstm_parameter_info *info)
{
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(info);
    if (index < 0 || index >= model->params.n_tensor)
        return lts_fail(LSTM_E_ARGUMENT, "index is %lld, the model has %lld parameters",
                        (long long)index, (long long)model->params.n_tensor);
    const lts_tensor *tensor = &model->params.tensors[index];
    *info = (lstm_parameter_info){
        tensor->name, tensor->n_dim, {tensor->dim[0], tensor->dim[1]}, tensor->size};
    return LSTM_OK;
}

lstm_status lstm_model_get(const lstm_model *model, const char *name, lstm_real *values,
                           int64_t size)
{
    const lts_tensor *tensor;
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(name);
    LTS_NOT_NULL(values);
    LTS_TRY(lts_params_match(&model->params, name, size, &tensor));
    LTS_TRY(lts_model_settle(model));
    memcpy(values, model->values + tensor->offset, (size_t)size * sizeof(real));
    return LSTM_OK;
}

lstm_status lstm_model_set(lstm_model *model, const char *name, const lstm_real *values,
                           int64_t size)
{
    LTS_FLOAT_SCOPE();
    const lts_tensor *tensor;
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(name);
    LTS_NOT_NULL(values);
    LTS_TRY(lts_params_match(&model->params, name, size, &tensor));
    int64_t bad = lts_first_nonfinite(values, size);
    if (bad >= 0)
        return lts_fail(LSTM_E_NUMERIC, "element %lld given for %s is %g", (long long)bad, name,
                        (double)values[bad]);
    LTS_TRY(lts_model_settle(model));
    memcpy(model->values + tensor->offset, values, (size_t)size * sizeof(real));
    lts_model_changed(model);
    return LSTM_OK;
}
