/* SPDX-License-Identifier: MIT */
#include "train/updater.h"

#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"

#include <string.h>

static lstm_status check(lstm_updater_options *options, const lstm_model *model,
                         const lstm_iter *iter)
{
    LTS_TRY(lts_columns_match(&iter->columns, model->params.D, model->params.K));
    if (options->unroll != LSTM_UNROLL_LOOP && options->unroll != LSTM_UNROLL_ARTICLE)
        return lts_fail(LSTM_E_ARGUMENT, "unroll is %lld, which is none",
                        (long long)options->unroll);
    if (options->unroll == LSTM_UNROLL_ARTICLE && options->feedback_lag != 0)
        return lts_fail(LSTM_E_ARGUMENT,
                        "feedback_lag is %lld, but the article's unroll has no such choice",
                        (long long)options->feedback_lag);
    LTS_TRY(lts_loop_check(options->support_len, &options->feedback_lag, iter->window.pred));
    return lts_hooks_check(options->hooks, options->n_hook);
}

static lstm_status init_unroll(lstm_updater *updater)
{
    lts_plan plan;
    const lstm_iter *iter = updater->iter;
    int64_t T = iter->window.T;
    LTS_TRY(updater->unroll_form == LSTM_UNROLL_ARTICLE
                ? lts_plan_init_article(&plan, T, updater->support_len)
                : lts_plan_init_loop(&plan, T, updater->support_len, updater->feedback_lag));
    return lts_unroll_init(&updater->unroll, &updater->model->params, &iter->columns, &plan,
                           iter->B, updater->n_thread);
}

static lstm_status init(lstm_updater *updater, const lstm_updater_options *options)
{
    const lts_params *params = &updater->model->params;
    updater->rate_factor = 1;
    updater->unroll_form = options->unroll;
    updater->support_len = options->support_len;
    updater->feedback_lag = options->feedback_lag;
    LTS_TRY(lts_threads_resolve(options->n_threads, &updater->n_thread));
    LTS_TRY(lts_schedule_read(&updater->schedule, options->schedule));
    LTS_TRY(lts_optimizer_init(&updater->optimizer, params, options->optimizer));
    updater->gradient = lts_params_new_block(params);
    updater->hooks = lts_alloc(options->n_hook, sizeof *updater->hooks);
    if (updater->gradient == NULL || updater->hooks == NULL)
        return LSTM_E_NOMEM;
    if (options->n_hook > 0)
        memcpy(updater->hooks, options->hooks, (size_t)options->n_hook * sizeof *updater->hooks);
    updater->n_hook = options->n_hook;
    return init_unroll(updater);
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
    LTS_TRY(check(&read, model, iter));
    lstm_updater *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    made->model = model;
    made->iter = iter;
    lstm_status status = init(made, &read);
    if (status < 0) {
        lstm_updater_free(made);
        return status;
    }
    *updater = made;
    return LSTM_OK;
}

void lstm_updater_free(lstm_updater *updater)
{
    if (updater == NULL)
        return;
    lts_unroll_clear(&updater->unroll);
    lts_optimizer_clear(&updater->optimizer);
    lts_free(updater->hooks);
    lts_free(updater->gradient);
    lts_free(updater);
}

/* The batch counts as not drawn: loss or gradient was not finite. */
static lstm_status refuse(lstm_updater *updater, lstm_status status)
{
    updater->computed = updater->pending = false;
    lstm_iter_set_position(updater->iter, &updater->position);
    return status;
}

void lts_updater_restart(lstm_updater *updater)
{
    lts_optimizer *optimizer = &updater->optimizer;
    size_t bytes = (size_t)updater->model->params.total * sizeof(real);
    for (int64_t i = 0; i < optimizer->n_moment; i++)
        memset(optimizer->moments[i], 0, bytes);
    updater->start = updater->iteration;
}

/* Parameters and moments that somebody else has changed. */
static void take_over(lstm_updater *updater)
{
    lstm_model *model = updater->model;
    lts_optimizer_forget(&updater->optimizer);
    lts_unroll_refresh(&updater->unroll, model->values, NULL);
    updater->version = atomic_load(&model->version);
}

lstm_status lstm_updater_backward(lstm_updater *updater)
{
    LTS_NOT_NULL(updater);
    lstm_iter *iter = updater->iter;
    const lstm_model *model = updater->model;
    updater->pending = false;
    updater->position = iter->position;
    lstm_status status = lstm_iter_next(iter, NULL);
    if (status != LSTM_OK)
        return status;
    LTS_FLOAT_SCOPE(); /* the sampler has been called outside of it */
    if (atomic_load(&model->version) != updater->version)
        take_over(updater);
    updater->loss = lts_unroll_forward(&updater->unroll, iter->series, iter->offsets, iter->n_drawn,
                                       iter->window.pred);
    status = lts_check_loss(updater);
    if (status < 0)
        return refuse(updater, status);
    lts_unroll_backward(&updater->unroll, model->values, updater->gradient);
    status = lts_check_gradient(updater, &updater->gradient_norm);
    if (status < 0)
        return refuse(updater, status);
    updater->learning_rate = updater->optimizer.options.learning_rate * updater->rate_factor *
                             lts_schedule_factor(&updater->schedule, updater->iteration);
    updater->computed = updater->pending = true;
    return LSTM_OK;
}

static void run_step(const void *step, int64_t first, int64_t n)
{
    lts_step_run(step, first, n);
}

/* The optimizer's step, and the new parameters to the network on the way. */
static lstm_status move(lstm_updater *updater, double norm)
{
    lstm_model *model = updater->model;
    lts_step step;
    if (atomic_load(&model->version) != updater->version)
        lts_optimizer_forget(&updater->optimizer);
    LTS_TRY(lts_step_begin(&step, &updater->optimizer, &model->params,
                           updater->iteration + 1 - updater->start, updater->learning_rate,
                           updater->gradient, norm, model->values));
    lts_unroll_refresh(&updater->unroll, model->values, &(lts_sweep){run_step, &step});
    lts_model_changed(model);
    updater->version = atomic_load(&model->version);
    return LSTM_OK;
}

lstm_status lstm_updater_apply(lstm_updater *updater)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(updater);
    if (!updater->pending)
        return lts_fail(LSTM_E_ORDER, "there is no gradient that has not been applied");
    lstm_model *model = updater->model;
    double norm = updater->gradient_norm;
    lstm_status status = LSTM_OK;
    if (updater->n_hook > 0) {
        lts_hooks_run(updater->optimizer.kernels, updater->hooks, updater->n_hook, &model->params,
                      model->values, updater->gradient);
        status = lts_check_gradient(updater, &norm);
    }
    if (status >= 0)
        status = move(updater, norm);
    if (status < 0)
        return refuse(updater, status);
    updater->iteration++;
    updater->pending = false;
    return LSTM_OK;
}

lstm_status lstm_updater_update(lstm_updater *updater)
{
    lstm_status status = lstm_updater_backward(updater);
    return status == LSTM_OK ? lstm_updater_apply(updater) : status;
}
