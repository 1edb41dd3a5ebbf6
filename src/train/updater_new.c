/* SPDX-License-Identifier: MIT */
/*
 * Creating and freeing an updater: its options, and what it is made of.
 */
#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "base/threads.h"
#include "train/counts.h"
#include "train/updater.h"

#include <limits.h>
#include <string.h>

static lstm_status check_updater_options(lstm_updater_options *options, const lstm_iter *iter)
{
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
    if (!(options->dropout >= 0 && options->dropout < 1))
        return lts_fail(LSTM_E_ARGUMENT, "dropout is %g, expected 0 <= dropout < 1",
                        options->dropout);
    if (options->n_accumulate == 0)
        options->n_accumulate = 1;
    LTS_TRY(lts_check_at_least("n_accumulate", options->n_accumulate, 1));
    if (options->n_accumulate > INT_MAX)
        return lts_fail(LSTM_E_LIMIT, "n_accumulate is %lld, the limit is 2^31 - 1",
                        (long long)options->n_accumulate);
    return lts_hooks_check(options->hooks, options->n_hook);
}

/* Whether true rows may have missing values: those of a view, and those after its context. */
static bool has_holes(const lstm_updater *updater)
{
    const lstm_view *view = updater->iter->source.view;
    return view != NULL && (view->holes || updater->support_len >= view->options.context_len);
}

static lstm_status init_plan(lstm_updater *updater)
{
    int64_t T = updater->T;
    if (updater->unroll_form == LSTM_UNROLL_ARTICLE)
        return lts_plan_init_article(&updater->plan, T, updater->support_len);
    if (updater->sampling.kind != LSTM_SAMPLING_NONE || has_holes(updater))
        return lts_plan_init_holes(&updater->plan, T, updater->support_len, updater->feedback_lag);
    return lts_plan_init_loop(&updater->plan, T, updater->support_len, updater->feedback_lag);
}

static lstm_status allocate_report(lstm_updater *updater)
{
    int64_t size;
    if (!lts_multiply(updater->iter->B, updater->model->params.K, &size))
        size = INT64_MAX;
    updater->report.step_loss = lts_alloc(updater->T, sizeof *updater->report.step_loss);
    updater->applied.step_loss = lts_alloc(updater->T, sizeof *updater->report.step_loss);
    updater->batch_loss = lts_alloc(updater->T, sizeof *updater->batch_loss);
    updater->output = lts_alloc(size, sizeof *updater->output);
    updater->target = lts_alloc(size, sizeof *updater->target);
    return updater->report.step_loss == NULL || updater->applied.step_loss == NULL ||
                   updater->batch_loss == NULL || updater->output == NULL || updater->target == NULL
               ? LSTM_E_NOMEM
               : LSTM_OK;
}

/* A caller's loss is computed by the processor from outputs that another device would have. */
static lstm_status check_device(const lstm_updater *updater, const lts_device *device)
{
    if (updater->caller_loss.fn == NULL || device == &lts_cpu)
        return LSTM_OK;
    return lts_fail(LSTM_E_ARGUMENT, "device is \"%s\", loss_fn needs \"cpu\"", device->name);
}

/* A device other than the processor gets the table of a view. */
static lstm_status open_on(const lts_device *device, lstm_updater *updater,
                           const lts_engine_options *options)
{
    lts_view_table table;
    lts_engine_options with_table = *options;
    if (device == &lts_cpu || options->source.view == NULL)
        return device->open(&updater->engine, options);
    LTS_TRY(lts_view_table_init(&table, options->source.view, updater->T));
    with_table.view_table = &table;
    lstm_status status = device->open(&updater->engine, &with_table);
    lts_view_table_clear(&table);
    return status;
}

static lstm_status open_engine(lstm_updater *updater, const lstm_updater_options *options)
{
    const lts_device *device;
    lts_engine_options engine = {
        .params = &updater->model->params,
        .source = updater->iter->source,
        .plan = &updater->plan,
        .host = {.values = updater->model->values,
                 .gradient = updater->gradient,
                 .n_moment = updater->optimizer.n_moment,
                 .average = updater->average.values},
        .B = updater->iter->B,
        .precision = options->precision,
        .folded = lts_fold_pays(updater->model->params.D, updater->model->params.H,
                                updater->plan.n_call * updater->iter->B),
        .loss = &updater->loss,
        .dropout = lts_dropout_of(options->dropout, options->seed),
        .accumulates = updater->n_accumulate > 1,
        .carries = lts_carries(&updater->carry),
        .kernels = updater->model->kernels,
    };
    updater->folded = engine.folded;
    for (int64_t i = 0; i < updater->optimizer.n_moment; i++)
        engine.host.moments[i] = updater->optimizer.moments[i];
    LTS_TRY(lts_threads_resolve(options->n_threads, &engine.n_thread));
    LTS_TRY(lts_device_find(options->device, &device, &engine.index));
    if (device == NULL)
        device = &lts_cpu;
    LTS_TRY(check_device(updater, device));
    return open_on(device, updater, &engine);
}

/* Reads the loss, and checks that the model has the outputs that it needs. */
static lstm_status init_loss(lstm_updater *updater, const lstm_loss_options *options)
{
    const lts_params *params = &updater->model->params;
    const lts_columns *columns = updater->iter->source.columns;
    lts_loss loss;
    LTS_TRY(lts_loss_read(&loss, options));
    LTS_TRY(lts_columns_match(columns, params->D, loss.n_out, params->K));
    LTS_TRY(lts_loss_match(&loss, columns->K, updater->iter->window.T));
    if (updater->caller_loss.fn == NULL)
        LTS_TRY(lts_counts_check(&loss, &updater->iter->source));
    LTS_TRY(lts_loss_keep(&loss));
    updater->loss = loss;
    if (updater->caller_loss.fn != NULL)
        updater->loss.caller = &updater->caller_loss;
    return LSTM_OK;
}

/* The article's form has its own fields only. */
static lstm_status check_article(const lstm_updater *updater)
{
    const char *extra = NULL;
    if (updater->unroll_form != LSTM_UNROLL_ARTICLE)
        return LSTM_OK;
    if (updater->sampling.kind != LSTM_SAMPLING_NONE)
        extra = "sampling";
    if (updater->curriculum.kind != LSTM_CURRICULUM_NONE)
        extra = "curriculum";
    if (updater->caller_loss.fn != NULL)
        extra = "loss_fn";
    if (lts_iter_is_consecutive(updater->iter))
        extra = "LSTM_ORDER_CONSECUTIVE";
    if (extra != NULL)
        return lts_fail(LSTM_E_ARGUMENT, "LSTM_UNROLL_ARTICLE has no %s", extra);
    if (updater->iter->source.view != NULL)
        return lts_fail(LSTM_E_ARGUMENT, "LSTM_UNROLL_ARTICLE needs a plain series");
    return LSTM_OK;
}

/* What the options say of windows and steps. */
static lstm_status init_form(lstm_updater *updater, const lstm_updater_options *options)
{
    updater->T = updater->iter->window.T;
    updater->rate_factor = 1;
    updater->unroll_form = options->unroll;
    updater->support_len = options->support_len;
    updater->feedback_lag = options->feedback_lag;
    updater->n_accumulate = options->n_accumulate;
    updater->dropout = options->dropout;
    updater->seed = options->seed;
    LTS_TRY(lts_schedule_read(&updater->schedule, options->schedule));
    LTS_TRY(lts_sampling_read(&updater->sampling, options->sampling));
    LTS_TRY(lts_curriculum_init(&updater->curriculum, updater->T, options->support_len,
                                options->curriculum));
    LTS_TRY(check_article(updater));
    if (lts_iter_is_consecutive(updater->iter) && updater->curriculum.kind != LSTM_CURRICULUM_NONE)
        return lts_fail(LSTM_E_ARGUMENT, "LSTM_ORDER_CONSECUTIVE has no curriculum: a window must "
                                         "be run to its end, where the next one begins");
    return LSTM_OK;
}

static lstm_status init_gradients(lstm_updater *updater, const lstm_updater_options *options)
{
    const lts_params *params = &updater->model->params;
    updater->gradient = lts_params_new_block(params);
    updater->hooks = lts_alloc(options->n_hook, sizeof *updater->hooks);
    if (updater->gradient == NULL || updater->hooks == NULL)
        return LSTM_E_NOMEM;
    if (options->n_hook > 0)
        memcpy(updater->hooks, options->hooks, (size_t)options->n_hook * sizeof *updater->hooks);
    updater->n_hook = options->n_hook;
    return LSTM_OK;
}

static lstm_status init_updater(lstm_updater *updater, const lstm_updater_options *options)
{
    const lts_params *params = &updater->model->params;
    updater->caller_loss = (lts_caller_loss){.fn = options->loss_fn, .user = options->loss_user};
    LTS_TRY(init_loss(updater, options->loss));
    LTS_TRY(init_form(updater, options));
    LTS_TRY(lts_optimizer_init(&updater->optimizer, params, updater->model->kernels,
                               options->optimizer));
    LTS_TRY(lts_tensor_rules_init(&updater->optimizer.rules, params, &updater->optimizer.options,
                                  options->tensor_rules, options->n_tensor_rule));
    LTS_TRY(lts_average_init(&updater->average, params, options->average_decay));
    if (lts_iter_is_consecutive(updater->iter))
        LTS_TRY(lts_carry_init(&updater->carry, params, updater->iter->B));
    LTS_TRY(init_gradients(updater, options));
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
    LTS_TRY(check_updater_options(&read, iter));
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
 * Copies parameters that exist only on the device back to the model. If the device is lost, the
 * model keeps the last copy. Without such parameters the model may have been freed.
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
    lts_average_clear(&updater->average);
    lts_curriculum_clear(&updater->curriculum);
    lts_carry_clear(&updater->carry);
    lts_loss_clear(&updater->loss);
    lts_free(updater->hooks);
    lts_free(updater->gradient);
    lts_free(updater->batch_loss);
    lts_free(updater->report.step_loss);
    lts_free(updater->applied.step_loss);
    lts_free(updater->output);
    lts_free(updater->target);
    lts_free(updater);
}
