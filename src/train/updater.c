/* SPDX-License-Identifier: MIT */
#include "train/updater.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "base/threads.h"

#include <string.h>

static lstm_status check_updater_options(lstm_updater_options *options, const lstm_model *model,
                                         const lstm_iter *iter)
{
    LTS_TRY(lts_columns_match(&iter->columns, model->params.D, model->params.K));
    LTS_TRY(lts_check_one_of("unroll", options->unroll, LSTM_UNROLL_ARTICLE + 1,
                             "LSTM_UNROLL_LOOP or LSTM_UNROLL_ARTICLE"));
    if (options->unroll == LSTM_UNROLL_ARTICLE && options->feedback_lag != 0)
        return lts_fail(LSTM_E_ARGUMENT,
                        "feedback_lag is %lld, expected 0: LSTM_UNROLL_ARTICLE does not use it",
                        (long long)options->feedback_lag);
    LTS_TRY(lts_check_one_of("precision", options->precision, LSTM_PRECISION_MEDIUM + 1,
                             "LSTM_PRECISION_HIGHEST, _HIGH or _MEDIUM"));
    LTS_TRY(lts_loop_check(options->support_len, &options->feedback_lag, iter->window.pred));
    if (options->support_len == 0)
        options->support_len = iter->support_len;
    LTS_TRY(lts_support_check(options->support_len, iter->window.T));
    return lts_hooks_check(options->hooks, options->n_hook);
}

static lstm_status init_plan(lstm_updater *updater)
{
    int64_t T = updater->iter->window.T;
    return updater->unroll_form == LSTM_UNROLL_ARTICLE
               ? lts_plan_init_article(&updater->plan, T, updater->support_len)
               : lts_plan_init_loop(&updater->plan, T, updater->support_len, updater->feedback_lag);
}

static lstm_status allocate_report(lstm_updater *updater)
{
    int64_t size;
    if (!lts_multiply(updater->iter->B, updater->model->params.K, &size))
        size = INT64_MAX;
    updater->report.step_loss = lts_alloc(updater->plan.T, sizeof *updater->report.step_loss);
    updater->applied.step_loss = lts_alloc(updater->plan.T, sizeof *updater->report.step_loss);
    updater->output = lts_alloc(size, sizeof *updater->output);
    updater->target = lts_alloc(size, sizeof *updater->target);
    return updater->report.step_loss == NULL || updater->applied.step_loss == NULL ||
                   updater->output == NULL || updater->target == NULL
               ? LSTM_E_NOMEM
               : LSTM_OK;
}

static lstm_status open_engine(lstm_updater *updater, const lstm_updater_options *options)
{
    const lts_device *device;
    lts_engine_options engine = {
        .params = &updater->model->params,
        .series = updater->iter->series,
        .columns = &updater->iter->columns,
        .plan = &updater->plan,
        .host = {.values = updater->model->values,
                 .gradient = updater->gradient,
                 .n_moment = updater->optimizer.n_moment},
        .B = updater->iter->B,
        .pred = updater->iter->window.pred,
        .precision = options->precision,
        .folded = lts_fold_pays(updater->model->params.D, updater->model->params.H,
                                updater->plan.n_call * updater->iter->B),
        .kernels = updater->model->kernels,
    };
    updater->folded = engine.folded;
    for (int64_t i = 0; i < updater->optimizer.n_moment; i++)
        engine.host.moments[i] = updater->optimizer.moments[i];
    LTS_TRY(lts_threads_resolve(options->n_threads, &engine.n_thread));
    LTS_TRY(lts_device_find(options->device, &device, &engine.index));
    return device->open(&updater->engine, &engine);
}

static lstm_status init_updater(lstm_updater *updater, const lstm_updater_options *options)
{
    const lts_params *params = &updater->model->params;
    updater->rate_factor = 1;
    updater->unroll_form = options->unroll;
    updater->support_len = options->support_len;
    updater->feedback_lag = options->feedback_lag;
    LTS_TRY(lts_schedule_read(&updater->schedule, options->schedule));
    LTS_TRY(lts_optimizer_init(&updater->optimizer, params, updater->model->kernels,
                               options->optimizer));
    updater->gradient = lts_params_new_block(params);
    updater->hooks = lts_alloc(options->n_hook, sizeof *updater->hooks);
    if (updater->gradient == NULL || updater->hooks == NULL)
        return LSTM_E_NOMEM;
    if (options->n_hook > 0)
        memcpy(updater->hooks, options->hooks, (size_t)options->n_hook * sizeof *updater->hooks);
    updater->n_hook = options->n_hook;
    LTS_TRY(init_plan(updater));
    LTS_TRY(allocate_report(updater));
    return open_engine(updater, options);
}

lstm_status lstm_updater_new(lstm_updater **updater, lstm_model *model, lstm_iter *iter,
                             const lstm_updater_options *options)
{
    LTS_FLOAT_SCOPE();
    lstm_updater_options read;
    LTS_NOT_NULL(updater);
    LTS_NOT_NULL(model);
    LTS_NOT_NULL(iter);
    LTS_READ_OPTIONS(&read, options, lstm_updater_options);
    LTS_TRY(check_updater_options(&read, model, iter));
    lstm_updater *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    made->model = model;
    made->iter = iter;
    lstm_status status = init_updater(made, &read);
    if (status < 0) {
        lstm_updater_free(made);
        return status;
    }
    *updater = made;
    return LSTM_OK;
}

/*
 * Copies parameters that exist only on the device back to the model. If the device is lost, the model
 * keeps the last copy. Without such parameters the model may have been freed.
 */
static void close_engine(lstm_updater *updater)
{
    lts_engine *engine = updater->engine;
    if (engine->ahead) {
        lts_model_settle(updater->model);
        lts_model_ahead(updater->model, NULL);
    }
    engine->device->close(engine);
}

void lstm_updater_free(lstm_updater *updater)
{
    if (updater == NULL)
        return;
    if (updater->engine != NULL)
        close_engine(updater);
    lts_plan_clear(&updater->plan);
    lts_optimizer_clear(&updater->optimizer);
    lts_free(updater->hooks);
    lts_free(updater->gradient);
    lts_free(updater->report.step_loss);
    lts_free(updater->applied.step_loss);
    lts_free(updater->output);
    lts_free(updater->target);
    lts_free(updater);
}

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
    copy_report(&updater->report, &updater->applied, updater->plan.T);
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

/* Computes loss and gradient of the drawn batch. */
static lstm_status compute_gradient(lstm_updater *updater)
{
    const lstm_iter *iter = updater->iter;
    lts_engine *engine = updater->engine;
    if (atomic_load(&updater->model->version) != updater->version)
        LTS_TRY(reload_parameters(updater));
    updater->B = iter->n_drawn;
    LTS_TRY(engine->device->backward(engine, iter->offsets, iter->n_drawn,
                                     updater->report.step_loss, &updater->report.gradient_norm));
    updater->unrolled = true;
    updater->report.loss = 0;
    for (int64_t t = 0; t < updater->plan.T; t++)
        updater->report.loss += updater->report.step_loss[t];
    LTS_TRY(lts_check_loss(updater));
    return lts_check_gradient(updater, updater->report.gradient_norm);
}

lstm_status lstm_updater_backward(lstm_updater *updater)
{
    LTS_NOT_NULL(updater);
    updater->pending = false;
    updater->position = updater->iter->position;
    lstm_status status = lstm_iter_next(updater->iter, NULL);
    if (status != LSTM_OK)
        return status;
    LTS_FLOAT_SCOPE(); /* not before: the sampler runs in the host's environment */
    status = compute_gradient(updater);
    if (status < 0)
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
                           updater->iteration + 1 - updater->start, updater->report.learning_rate,
                           updater->gradient, norm, model->values));
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
    lts_engine *engine = updater->engine;
    double norm = updater->report.gradient_norm;
    lstm_status status = LSTM_OK;
    if (updater->n_hook > 0) {
        status = engine->device->run_hooks(engine, updater->hooks, updater->n_hook, &norm);
        if (status >= 0)
            status = lts_check_gradient(updater, norm);
    }
    if (status >= 0)
        status = apply_step(updater, norm);
    if (status < 0)
        return discard_batch(updater, status);
    updater->iteration++;
    updater->pending = false;
    copy_report(&updater->applied, &updater->report, updater->plan.T);
    return LSTM_OK;
}

lstm_status lstm_updater_update(lstm_updater *updater)
{
    lstm_status status = lstm_updater_backward(updater);
    return status == LSTM_OK ? lstm_updater_apply(updater) : status;
}
