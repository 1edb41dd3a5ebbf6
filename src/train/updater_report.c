/* SPDX-License-Identifier: MIT */
/*
 * What can be read from an updater after an update.
 */
#include "base/status.h"
#include "train/updater.h"

#include <string.h>

static lstm_status check_computed(const lstm_updater *updater)
{
    return updater->computed ? LSTM_OK : lts_fail(LSTM_E_ORDER, "there was no update yet");
}

static lstm_status check_size(const char *what, int64_t size, int64_t wanted)
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
        .loss = updater->loss,
        .last_loss = updater->unroll.step_loss[updater->unroll.plan.T - 1],
        .gradient_norm = updater->gradient_norm,
        .learning_rate = updater->learning_rate,
    };
    return LSTM_OK;
}

lstm_status lstm_updater_step_losses(const lstm_updater *updater, double *losses, int64_t size)
{
    LTS_NOT_NULL(updater);
    LTS_NOT_NULL(losses);
    LTS_TRY(check_size("step_losses", size, updater->unroll.plan.T));
    LTS_TRY(check_computed(updater));
    memcpy(losses, updater->unroll.step_loss, (size_t)size * sizeof *losses);
    return LSTM_OK;
}

int64_t lstm_updater_calls(const lstm_updater *updater)
{
    return updater == NULL ? 0 : updater->unroll.plan.n_call;
}

lstm_status lstm_updater_output(const lstm_updater *updater, int64_t call, lstm_real *y,
                                int64_t size, int64_t *graded)
{
    LTS_NOT_NULL(updater);
    LTS_NOT_NULL(y);
    const lts_unroll *unroll = &updater->unroll;
    int64_t slot = unroll->trace.B * unroll->params->K;
    if (call < 0 || call >= unroll->plan.n_call)
        return lts_fail(LSTM_E_ARGUMENT, "call is %lld, an unroll has %lld", (long long)call,
                        (long long)unroll->plan.n_call);
    LTS_TRY(check_computed(updater));
    LTS_TRY(check_size("an output", size, slot));
    memcpy(y, unroll->trace.y + call * slot, (size_t)slot * sizeof *y);
    if (graded != NULL)
        *graded = unroll->plan.calls[call].grade;
    return LSTM_OK;
}

lstm_status lstm_updater_state(const lstm_updater *updater, lstm_real *values, int64_t size)
{
    LTS_NOT_NULL(updater);
    LTS_NOT_NULL(values);
    const lts_unroll *unroll = &updater->unroll;
    int64_t L = unroll->params->L, H = unroll->params->H, Hp = unroll->packed.Hp;
    int64_t B = unroll->trace.B, last = unroll->plan.n_call * B * Hp;
    LTS_TRY(check_computed(updater));
    LTS_TRY(check_size("the state", size, L * 2 * B * H));
    for (int64_t l = 0; l < L; l++)
        for (int64_t b = 0; b < B; b++) {
            const lts_layer_trace *layer = &unroll->trace.layers[l];
            real *h = values + (2 * l * B + b) * H, *c = values + ((2 * l + 1) * B + b) * H;
            memcpy(h, layer->h + last + b * Hp, (size_t)H * sizeof *values);
            memcpy(c, layer->c + last + b * Hp, (size_t)H * sizeof *values);
        }
    return LSTM_OK;
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
    LTS_TRY(check_computed(updater));
    return copy_tensor(updater, updater->gradient, name, values, size);
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
        if (strcmp(optimizer->names[i], moment) == 0)
            return copy_tensor(updater, optimizer->moments[i], name, values, size);
    return lts_fail(LSTM_E_NAME, "this optimizer has no moment \"%.60s\"", moment);
}
