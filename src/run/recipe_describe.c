/* SPDX-License-Identifier: MIT */
#include "run/recipe_describe.h"

#include "files/json_text.h"
#include "run/recipe_source.h"

static json_t *describe_iter(const lstm_iter *iter)
{
    return json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "window_len", (json_int_t)iter->window.T,
        "pred", (json_int_t)iter->window.pred, "window_rule", (json_int_t)iter->window.rule,
        "batch_size", (json_int_t)iter->B, "order", (json_int_t)iter->order, "seed",
        (json_int_t)iter->seed, "draw", (json_int_t)iter->draw, "sampler", iter->sampler != NULL);
}

static json_t *describe_optimizer(const lstm_optimizer_options *o)
{
    return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:I}", "kind",
                     (json_int_t)o->kind, "learning_rate", o->learning_rate, "beta1", o->beta1,
                     "beta2", o->beta2, "eps", o->eps, "eta", o->eta, "weight_decay",
                     o->weight_decay, "momentum", o->momentum, "decay", o->decay, "eps_inside",
                     (json_int_t)o->eps_inside);
}

static json_t *describe_tensors(const lts_tensor_rules *rules)
{
    json_t *tensors = json_array();
    for (int64_t i = 0; i < rules->n && tensors != NULL; i++)
        tensors = lts_json_appended(tensors, json_pack("{s:s, s:f, s:f}", "name",
                                                       rules->rules[i].tensor->name, "rate_factor",
                                                       rules->rules[i].rate_factor, "weight_decay",
                                                       rules->rules[i].weight_decay));
    return tensors;
}

static json_t *describe_schedule(const lstm_schedule_options *o)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:f, s:f}", "kind", (json_int_t)o->kind, "begin",
                     (json_int_t)o->begin, "warmup", (json_int_t)o->warmup, "period",
                     (json_int_t)o->period, "gamma", o->gamma, "final_factor", o->final_factor);
}

static json_t *describe_hooks(const lstm_updater *updater)
{
    json_t *hooks = json_array();
    for (int64_t i = 0; i < updater->n_hook && hooks != NULL; i++)
        hooks = lts_json_appended(hooks, json_pack("{s:I, s:f}", "kind",
                                                   (json_int_t)updater->hooks[i].kind, "value",
                                                   updater->hooks[i].value));
    return hooks;
}

static json_t *describe_sampling(const lstm_sampling_options *o)
{
    if (o->kind == LSTM_SAMPLING_NONE)
        return json_null();
    return json_pack("{s:I, s:I, s:f, s:f}", "kind", (json_int_t)o->kind, "period",
                     (json_int_t)o->period, "k", o->k, "final_share", o->final_share);
}

static json_t *describe_curriculum(const lts_curriculum *c)
{
    if (c->kind == LSTM_CURRICULUM_NONE)
        return json_null();
    json_t *stages = json_array();
    for (int64_t i = 0; i < c->n_stage && stages != NULL; i++)
        stages = lts_json_appended(stages, json_integer(c->stages[i]));
    return lts_json_with(json_pack("{s:I, s:I, s:I}", "kind", (json_int_t)c->kind, "period",
                                   (json_int_t)c->period, "first", (json_int_t)c->first),
                         "stages", stages);
}

static json_t *describe_numbers(const double *values, int64_t n)
{
    json_t *numbers = json_array();
    for (int64_t i = 0; i < n && numbers != NULL; i++)
        numbers = lts_json_appended(numbers, json_real(values[i]));
    return numbers;
}

/* NULL is the default of older releases. */
static json_t *describe_loss(const lts_loss *loss)
{
    if (loss->kind == LSTM_LOSS_MSE && loss->reduction == LSTM_REDUCTION_STEPS &&
        loss->n_column_weight == 0 && loss->n_step_weight == 0)
        return json_null();
    json_t *described = json_pack("{s:I, s:I, s:f, s:f, s:f, s:f}", "kind", (json_int_t)loss->kind,
                                  "reduction", (json_int_t)loss->reduction, "delta", loss->delta,
                                  "scale_floor", loss->scale_floor, "freedom_floor",
                                  loss->freedom_floor, "dispersion_floor", loss->dispersion_floor);
    described = lts_json_with(described, "levels", describe_numbers(loss->levels, loss->n_level));
    described = lts_json_with(described, "units", describe_numbers(loss->units, loss->n_unit));
    described = lts_json_with(described, "column_weights",
                              describe_numbers(loss->column_weights, loss->n_column_weight));
    return lts_json_with(described, "step_weights",
                         describe_numbers(loss->step_weights, loss->n_step_weight));
}

static json_t *describe_updater(const lstm_updater *updater)
{
    json_t *described = json_pack(
        "{s:I, s:I, s:I, s:f, s:I, s:f, s:I}", "form", (json_int_t)updater->unroll_form,
        "support_len", (json_int_t)updater->support_len, "feedback_lag",
        (json_int_t)updater->feedback_lag, "dropout", updater->dropout, "seed",
        (json_int_t)updater->seed, "average_decay", updater->average.decay, "n_accumulate",
        /* 0 is the default of older checkpoints */
        (json_int_t)(updater->n_accumulate == 1 ? 0 : updater->n_accumulate));
    described = lts_json_with(described, "sampling", describe_sampling(&updater->sampling));
    described = lts_json_with(described, "curriculum", describe_curriculum(&updater->curriculum));
    described = lts_json_with(described, "loss_fn", json_boolean(updater->caller_loss.fn != NULL));
    return lts_json_with(described, "loss", describe_loss(&updater->loss));
}

static json_t *describe_validation_of_view(const lts_validation *validation)
{
    const lts_view_valid *v = &validation->of_view;
    const lts_source source = {.view = v->view};
    json_t *described = json_pack("{s:f, s:I, s:I}", "min_delta", validation->min_delta, "stride",
                                  (json_int_t)v->stride, "max_windows", (json_int_t)v->max_windows);
    return lts_json_with(described, "series", lts_describe_source(&source));
}

static json_t *describe_validation(const lts_validation *validation)
{
    const lts_valid_plan *plan = &validation->plan;
    if (!lts_validation_is_on(validation))
        return json_null();
    if (validation->series == NULL)
        return describe_validation_of_view(validation);
    json_t *described = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:f, s:I, s:I}", "window_len", (json_int_t)plan->window.T,
        "pred", (json_int_t)plan->window.pred, "window_rule", (json_int_t)plan->window.rule,
        "support_len", (json_int_t)plan->support_len, "feedback_lag", (json_int_t)plan->lag,
        "min_delta", validation->min_delta, "stride",
        /* 0 is the default of older checkpoints */
        (json_int_t)(plan->stride == 1 ? 0 : plan->stride), "max_windows",
        (json_int_t)plan->max_windows);
    return lts_json_with(described, "series", lts_describe_series(validation->series));
}

static json_t *describe_divergence(const lts_divergence *d)
{
    if (!lts_divergence_rolls_back(d) && d->ratio == 0)
        return json_null();
    return json_pack("{s:I, s:f, s:f, s:I}", "policy", (json_int_t)d->policy, "ratio", d->ratio,
                     "factor", d->factor, "limit", (json_int_t)d->limit);
}

json_t *lts_recipe_describe(const lts_ingredients *ours)
{
    const lstm_updater *updater = ours->updater;
    json_t *recipe =
        lts_json_with(json_object(), "series", lts_describe_source(&updater->iter->source));
    recipe = lts_json_with(recipe, "iter", describe_iter(updater->iter));
    recipe = lts_json_with(recipe, "unroll", describe_updater(updater));
    recipe = lts_json_with(recipe, "optimizer", describe_optimizer(&updater->optimizer.options));
    recipe = lts_json_with(recipe, "tensors", describe_tensors(&updater->optimizer.rules));
    recipe = lts_json_with(recipe, "schedule", describe_schedule(&updater->schedule));
    recipe = lts_json_with(recipe, "hooks", describe_hooks(updater));
    recipe = lts_json_with(recipe, "valid", describe_validation(ours->validation));
    return lts_json_with(recipe, "divergence", describe_divergence(ours->divergence));
}
