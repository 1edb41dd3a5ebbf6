/* SPDX-License-Identifier: MIT */
#include "train/updater.h"

#include "base/float_env.h"
#include "base/status.h"

#include <string.h>

/* Each report keeps its own array. */
static void copy_report(lts_report *to, const lts_report *from, int64_t T)
{
    double *step_loss = to->step_loss;
    memcpy(step_loss, from->step_loss, (size_t)T * sizeof *step_loss);
    *to = *from;
    to->step_loss = step_loss;
}

/*
 * After a non-finite loss or gradient or a device failure: the batch counts as not drawn, but its
 * offsets, outputs and state can still be read.
 */
static lstm_status discard_batch(lstm_updater *updater, lstm_status status)
{
    updater->pending = false;
    copy_report(&updater->report, &updater->applied, updater->T);
    lts_iter_put_back(updater->iter, &updater->position);
    return status;
}

void lts_updater_forget_results(lstm_updater *updater)
{
    updater->unrolled = updater->pending = false;
    updater->report.valid = updater->applied.valid = false;
}

void lts_updater_restart(lstm_updater *updater)
{
    lts_optimizer *optimizer = &updater->optimizer;
    size_t bytes = (size_t)updater->model->params.total * sizeof(real);
    for (int64_t i = 0; i < optimizer->n_moment; i++)
        memset(optimizer->moments[i], 0, bytes);
    updater->start = updater->iteration;
    optimizer->age = 0;
}

void lts_updater_take_moments(lstm_updater *updater, const real *moments, uint64_t age)
{
    lts_optimizer *optimizer = &updater->optimizer;
    int64_t total = updater->model->params.total;
    for (int64_t i = 0; i < optimizer->n_moment; i++)
        memcpy(optimizer->moments[i], moments + i * total, (size_t)total * sizeof *moments);
    lts_optimizer_forget(optimizer);
    optimizer->age = age;
}

void lts_updater_overwrite(lstm_updater *updater)
{
    lts_model_ahead(updater->model, NULL);
    updater->moments_ahead = false;
}

/* Copies parameters and moments that were changed outside the updater to the engine. */
static lstm_status reload_parameters(lstm_updater *updater)
{
    lstm_model *model = updater->model;
    LTS_TRY(lts_updater_settle(updater));
    lts_optimizer_forget(&updater->optimizer);
    LTS_TRY(updater->engine->device->load(updater->engine));
    updater->version = atomic_load(&model->version);
    return LSTM_OK;
}

/* Cuts the plan to the horizon of this update. */
static void begin_report(lstm_updater *updater)
{
    const lts_curriculum *curriculum = &updater->curriculum;
    if (curriculum->kind != LSTM_CURRICULUM_NONE)
        lts_plan_cut(&updater->plan, updater->T - curriculum->last +
                                         lts_curriculum_horizon(curriculum, updater->iteration));
    updater->report.n_step = updater->plan.T;
    memset(updater->report.step_loss, 0, (size_t)updater->T * sizeof(double));
}

/* Sets the gradient of frozen tensors to 0. *norm of the gradient changes with it. */
static lstm_status clear_frozen(lstm_updater *updater, double *norm)
{
    const lts_tensor_rules *rules = &updater->optimizer.rules;
    lts_engine *engine = updater->engine;
    if (rules->n_frozen == 0 || isnan(*norm))
        return LSTM_OK; /* after a loss that is not finite there is no gradient */
    return engine->device->clear_gradient(engine, rules->frozen, rules->n_frozen, norm);
}

/* Runs the hooks one by one: what a decay adds to frozen tensors must not count in later norms. */
static lstm_status run_hooks(lstm_updater *updater, double *norm)
{
    lts_engine *engine = updater->engine;
    if (updater->optimizer.rules.n_frozen == 0)
        return engine->device->run_hooks(engine, updater->hooks, updater->n_hook, norm);
    for (int64_t i = 0; i < updater->n_hook; i++) {
        LTS_TRY(engine->device->run_hooks(engine, &updater->hooks[i], 1, norm));
        LTS_TRY(clear_frozen(updater, norm));
    }
    return LSTM_OK;
}

/* Adds the losses of the batch to the report, and its gradient to the sum of several batches. */
static lstm_status add_batch(lstm_updater *updater, int64_t n_before)
{
    lts_engine *engine = updater->engine;
    for (int64_t t = 0; t < updater->plan.T; t++)
        updater->report.step_loss[t] += updater->batch_loss[t];
    return updater->n_accumulate > 1 ? engine->device->sum_gradient(engine, n_before == 0)
                                     : LSTM_OK;
}

/* Keeps the state after the batch for the next one. */
static lstm_status carry_state(lstm_updater *updater)
{
    lts_carry *carry = &updater->carry;
    if (!lts_carries(carry))
        return LSTM_OK;
    LTS_TRY(updater->engine->device->read_state(updater->engine, carry->now.values));
    lts_carry_advance(carry, updater->iter);
    return LSTM_OK;
}

/* Computes loss and gradient of the drawn batch, the first if n_before is 0. */
static lstm_status compute_batch(lstm_updater *updater, int64_t n_before)
{
    const lstm_iter *iter = updater->iter;
    lts_engine *engine = updater->engine;
    if (atomic_load(&updater->model->version) != updater->version)
        LTS_TRY(reload_parameters(updater));
    updater->B = iter->n_drawn;
    const lts_batch batch = {iter->offsets,
                             iter->n_drawn,
                             iter->position.iteration - 1,
                             updater->seed,
                             1 - lts_sampling_share(&updater->sampling, updater->iteration),
                             lts_carries(&updater->carry) ? lts_carry_initial(&updater->carry, iter)
                                                          : NULL};
    if (n_before == 0)
        begin_report(updater);
    LTS_TRY(engine->device->backward(engine, &batch, updater->batch_loss,
                                     &updater->report.gradient_norm));
    LTS_TRY(clear_frozen(updater, &updater->report.gradient_norm));
    updater->unrolled = true;
    if (updater->caller_loss.ended)
        return LSTM_STOPPED;
    LTS_TRY(lts_check_loss(updater));
    LTS_TRY(lts_check_gradient(updater, updater->report.gradient_norm));
    LTS_TRY(add_batch(updater, n_before));
    return carry_state(updater);
}

/* Makes the mean of n batches of their sums. */
static lstm_status finish_gradient(lstm_updater *updater, int64_t n)
{
    lts_report *report = &updater->report;
    for (int64_t t = 0; n > 1 && t < updater->plan.T; t++)
        report->step_loss[t] /= (double)n;
    report->loss = 0;
    for (int64_t t = 0; t < updater->plan.T; t++)
        report->loss += report->step_loss[t];
    if (n == 1)
        return LSTM_OK;
    LTS_TRY(updater->engine->device->mean_gradient(updater->engine, n, &report->gradient_norm));
    return lts_check_gradient(updater, report->gradient_norm);
}

/*
 * Draws and computes the batches of an update; *n of them. A pass that ends after the first batch
 * ends the update too. Drawing runs in the host's environment.
 */
static lstm_status compute_batches(lstm_updater *updater, int64_t *n)
{
    for (*n = 0; *n < updater->n_accumulate; ++*n) {
        lstm_status status = lstm_iter_next(updater->iter, NULL);
        if (status == LSTM_END && *n > 0)
            return LSTM_OK;
        if (status != LSTM_OK)
            return status;
        LTS_FLOAT_SCOPE();
        updater->caller_loss.host = &lts_host_floats;
        status = compute_batch(updater, *n);
        if (status != LSTM_OK)
            return status;
    }
    return LSTM_OK;
}

lstm_status lstm_updater_backward(lstm_updater *updater)
{
    int64_t n;
    LTS_NOT_NULL(updater);
    updater->pending = false;
    updater->position = updater->iter->position;
    if (lts_carries(&updater->carry))
        lts_carry_begin(&updater->carry, updater->iter);
    lstm_status status = compute_batches(updater, &n);
    if (status != LSTM_OK && updater->iter->position.iteration == updater->position.iteration)
        return status; /* no batch was drawn */
    LTS_FLOAT_SCOPE();
    if (status == LSTM_OK)
        status = finish_gradient(updater, n);
    if (status != LSTM_OK)
        return discard_batch(updater, status);
    updater->report.learning_rate = updater->optimizer.options.learning_rate *
                                    updater->rate_factor *
                                    lts_schedule_factor(&updater->schedule, updater->iteration);
    updater->report.valid = updater->pending = true;
    return LSTM_OK;
}

/* Applies the optimizer's step on the engine. */
static lstm_status apply_step(lstm_updater *updater, double norm)
{
    lstm_model *model = updater->model;
    lts_engine *engine = updater->engine;
    lts_step step;
    if (atomic_load(&model->version) != updater->version)
        LTS_TRY(reload_parameters(updater));
    LTS_TRY(lts_step_begin(&step, &updater->optimizer, engine, &model->params,
                           lts_updater_age(updater) + 1, updater->report.learning_rate,
                           updater->gradient, norm, model->values));
    if (engine->device != &lts_cpu && updater->average.decay > 0)
        step.average =
            lts_average_weight(&updater->average, updater->iteration + 1 - updater->start);
    LTS_TRY(engine->device->step(engine, &step));
    if (engine->device != &lts_cpu) {
        lts_model_ahead(model, engine);
        updater->moments_ahead = true;
    }
    lts_model_changed(model);
    updater->version = atomic_load(&model->version);
    return LSTM_OK;
}

lstm_status lstm_updater_apply(lstm_updater *updater)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(updater);
    if (!updater->pending)
        return lts_fail(LSTM_E_ORDER, "no gradient to apply: call lstm_updater_backward() first");
    double norm = updater->report.gradient_norm;
    lstm_status status = LSTM_OK;
    if (updater->n_hook > 0) {
        status = run_hooks(updater, &norm);
        if (status >= 0)
            status = lts_check_gradient(updater, norm);
    }
    if (status >= 0)
        status = apply_step(updater, norm);
    if (status < 0)
        return discard_batch(updater, status);
    updater->iteration++;
    updater->pending = false;
    if (updater->average.decay > 0 && updater->engine->device == &lts_cpu)
        lts_average_add(&updater->average, &updater->model->params,
                        updater->iteration - updater->start, updater->model->values);
    copy_report(&updater->applied, &updater->report, updater->T);
    return LSTM_OK;
}

lstm_status lstm_updater_update(lstm_updater *updater)
{
    lstm_status status = lstm_updater_backward(updater);
    return status == LSTM_OK ? lstm_updater_apply(updater) : status;
}
