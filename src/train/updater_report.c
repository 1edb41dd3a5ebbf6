/* SPDX-License-Identifier: MIT */
/*
 * Reading the results of an update.
 */
#include "base/float_env.h"
#include "base/status.h"
#include "train/updater.h"

#include <string.h>

static lstm_status check_computed(const lstm_updater *updater)
{
    return updater->report.valid ? LSTM_OK
                                 : lts_fail(LSTM_E_ORDER, "no update has been computed yet");
}

static lstm_status check_unrolled(const lstm_updater *updater)
{
    return updater->unrolled ? LSTM_OK : lts_fail(LSTM_E_ORDER, "there was no update yet");
}

static lstm_status check_array_size(const char *what, int64_t size, int64_t wanted)
{
    if (size != wanted)
        return lts_fail(LSTM_E_SHAPE, "%s has %lld elements, the array given has %lld", what,
                        (long long)wanted, (long long)size);
    return LSTM_OK;
}

lstm_status lstm_updater_info(const lstm_updater *updater, lstm_update_info *info)
{
    LTS_NOT_NULL(updater);
    LTS_NOT_NULL(info);
    LTS_TRY(check_computed(updater));
    *info = (lstm_update_info){
        .iteration = updater->iteration,
        .epoch = lstm_iter_epoch(updater->iter),
        .loss = updater->report.loss,
        .last_loss = updater->report.step_loss[updater->report.n_step - 1],
        .gradient_norm = updater->report.gradient_norm,
        .learning_rate = updater->report.learning_rate,
    };
    return LSTM_OK;
}

lstm_status lstm_updater_step_losses(const lstm_updater *updater, double *losses, int64_t size)
{
    LTS_NOT_NULL(updater);
    LTS_NOT_NULL(losses);
    LTS_TRY(check_array_size("step_losses", size, updater->T));
    LTS_TRY(check_computed(updater));
    memcpy(losses, updater->report.step_loss, (size_t)size * sizeof *losses);
    return LSTM_OK;
}

int64_t lstm_updater_batch(const lstm_updater *updater)
{
    return updater == NULL || !updater->unrolled ? 0 : updater->B;
}

int64_t lstm_updater_calls(const lstm_updater *updater)
{
    return updater == NULL ? 0 : updater->plan.n_call;
}

/*
 * Any number of threads may read from an updater, and others from its model, at once. An engine
 * with copies serves one at a time, and writes the host's blocks. The processor's has none.
 */
static void lock_engine(const lstm_updater *updater)
{
    if (updater->engine->device != &lts_cpu)
        pthread_mutex_lock(&updater->model->mutex);
}

static void unlock_engine(const lstm_updater *updater)
{
    if (updater->engine->device != &lts_cpu)
        pthread_mutex_unlock(&updater->model->mutex);
}

lstm_status lts_updater_read(const lstm_updater *updater, unsigned what)
{
    lock_engine(updater);
    lstm_status status = updater->engine->device->read(updater->engine, what);
    unlock_engine(updater);
    return status;
}

/* Within the lock. */
static lstm_status settle_moments(const lstm_updater *read_only)
{
    /* the host's blocks are caches: updating them does not change the updater */
    lstm_updater *updater = (lstm_updater *)(uintptr_t)read_only;
    if (!updater->moments_ahead)
        return LSTM_OK;
    LTS_TRY(updater->engine->device->read(updater->engine, LTS_READ_MOMENTS));
    updater->moments_ahead = false;
    return LSTM_OK;
}

lstm_status lts_updater_settle(const lstm_updater *updater)
{
    LTS_TRY(lts_model_settle(updater->model));
    lock_engine(updater);
    lstm_status status = settle_moments(updater);
    unlock_engine(updater);
    return status;
}

lstm_status lstm_updater_output(const lstm_updater *updater, int64_t call, lstm_real *y,
                                int64_t size, int64_t *target_step)
{
    LTS_NOT_NULL(updater);
    LTS_NOT_NULL(y);
    const lts_plan *plan = &updater->plan;
    if (call < 0 || call >= plan->n_call)
        return lts_fail(LSTM_E_ARGUMENT, "call is %lld, an unroll has %lld calls", (long long)call,
                        (long long)plan->n_call);
    LTS_TRY(check_unrolled(updater));
    LTS_TRY(check_array_size("an output", size, updater->B * updater->model->params.K));
    lock_engine(updater);
    lstm_status status = updater->engine->device->read_output(updater->engine, call, y);
    unlock_engine(updater);
    LTS_TRY(status);
    if (target_step != NULL)
        *target_step = plan->calls[call].target_step;
    return LSTM_OK;
}

lstm_status lstm_updater_state(const lstm_updater *updater, lstm_real *values, int64_t size)
{
    LTS_NOT_NULL(updater);
    LTS_NOT_NULL(values);
    const lts_params *params = &updater->model->params;
    LTS_TRY(check_unrolled(updater));
    LTS_TRY(check_array_size("the state", size, params->L * 2 * updater->B * params->H));
    lock_engine(updater);
    lstm_status status = updater->engine->device->read_state(updater->engine, values);
    unlock_engine(updater);
    return status;
}

static lstm_status copy_tensor(const lstm_updater *updater, const real *block, const char *name,
                               lstm_real *values, int64_t size)
{
    const lts_tensor *tensor;
    LTS_TRY(lts_params_match(&updater->model->params, name, size, &tensor));
    memcpy(values, block + tensor->offset, (size_t)size * sizeof *values);
    return LSTM_OK;
}

lstm_status lstm_updater_gradient(const lstm_updater *updater, const char *name, lstm_real *values,
                                  int64_t size)
{
    LTS_NOT_NULL(updater);
    LTS_NOT_NULL(name);
    LTS_NOT_NULL(values);
    LTS_TRY(check_unrolled(updater));
    lock_engine(updater);
    lstm_status status = updater->engine->device->read(updater->engine, LTS_READ_GRADIENT);
    if (status >= 0)
        status = copy_tensor(updater, updater->gradient, name, values, size);
    unlock_engine(updater);
    return status;
}

lstm_status lstm_updater_moment(const lstm_updater *updater, const char *moment, const char *name,
                                lstm_real *values, int64_t size)
{
    LTS_NOT_NULL(updater);
    LTS_NOT_NULL(moment);
    LTS_NOT_NULL(name);
    LTS_NOT_NULL(values);
    const lts_optimizer *optimizer = &updater->optimizer;
    for (int64_t i = 0; i < optimizer->n_moment; i++)
        if (strcmp(optimizer->names[i], moment) == 0) {
            lock_engine(updater);
            lstm_status status = settle_moments(updater);
            if (status >= 0)
                status = copy_tensor(updater, optimizer->moments[i], name, values, size);
            unlock_engine(updater);
            return status;
        }
    return lts_fail(LSTM_E_NAME, "this optimizer has no moment \"%.60s\"", moment);
}

lstm_status lstm_updater_average(const lstm_updater *updater, lstm_model **model)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(updater);
    LTS_NOT_NULL(model);
    if (updater->average.decay == 0)
        return lts_fail(LSTM_E_ORDER, "the updater was created without average_decay");
    lstm_model *average;
    LTS_TRY(lts_updater_settle(updater));
    LTS_TRY(lstm_model_clone(&average, updater->model));
    if (updater->iteration > updater->start)
        memcpy(average->values, updater->average.values,
               (size_t)average->params.total * sizeof(real));
    *model = average;
    return LSTM_OK;
}
