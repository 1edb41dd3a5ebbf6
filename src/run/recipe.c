/* SPDX-License-Identifier: MIT */
#include "run/recipe.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/hash.h"
#include "files/json_read.h"
#include "files/json_text.h"

#include <stdio.h>
#include <string.h>

/* Appends to an array and returns it, or NULL if memory was exhausted for either. */
static json_t *appended(json_t *array, json_t *value)
{
    if (array != NULL && json_array_append_new(array, value) == 0)
        return array;
    json_decref(array);
    return NULL;
}

static json_t *describe_series(const lstm_series *series)
{
    json_t *roles = json_array();
    for (int64_t j = 0; j < series->n_column && roles != NULL; j++)
        roles = appended(roles, json_integer(series->roles[j]));
    char hash[LTS_HASH_SIZE];
    lts_hash_text(series->rows, series->n_row * series->n_column * (int64_t)sizeof(real), hash);
    json_t *described = json_pack("{s:I, s:I}", "rows", (json_int_t)series->n_row, "columns",
                                  (json_int_t)series->n_column);
    described = lts_json_with(described, "roles", roles);
    return lts_json_with(described, "data", json_string(hash));
}

static json_t *describe_iter(const lstm_iter *iter)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "window_len",
                     (json_int_t)iter->window.T, "pred", (json_int_t)iter->window.pred,
                     "window_rule", (json_int_t)iter->window.rule, "batch_size",
                     (json_int_t)iter->B, "order", (json_int_t)iter->order, "seed",
                     (json_int_t)iter->seed, "sampler", iter->sampler != NULL);
}

static json_t *describe_optimizer(const lstm_optimizer_options *o)
{
    return json_pack("{s:I, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:I}", "kind",
                     (json_int_t)o->kind, "learning_rate", o->learning_rate, "beta1", o->beta1,
                     "beta2", o->beta2, "eps", o->eps, "eta", o->eta, "weight_decay",
                     o->weight_decay, "momentum", o->momentum, "decay", o->decay, "eps_inside",
                     (json_int_t)o->eps_inside);
}

static json_t *describe_schedule(const lstm_schedule_options *o)
{
    return json_pack("{s:I, s:I, s:I, s:f, s:f}", "kind", (json_int_t)o->kind, "warmup",
                     (json_int_t)o->warmup, "period", (json_int_t)o->period, "gamma", o->gamma,
                     "final_factor", o->final_factor);
}

static json_t *describe_hooks(const lstm_updater *updater)
{
    json_t *hooks = json_array();
    for (int64_t i = 0; i < updater->n_hook && hooks != NULL; i++)
        hooks = appended(hooks, json_pack("{s:I, s:f}", "kind", (json_int_t)updater->hooks[i].kind,
                                          "value", updater->hooks[i].value));
    return hooks;
}

static json_t *describe_sampling(const lstm_sampling_options *o)
{
    if (o->kind == LSTM_SAMPLING_NONE)
        return json_null();
    return json_pack("{s:I, s:I, s:f, s:f}", "kind", (json_int_t)o->kind, "period",
                     (json_int_t)o->period, "k", o->k, "final_share", o->final_share);
}

static json_t *describe_numbers(const double *values, int64_t n)
{
    json_t *numbers = json_array();
    for (int64_t i = 0; i < n && numbers != NULL; i++)
        numbers = appended(numbers, json_real(values[i]));
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
        "{s:I, s:I, s:I, s:f, s:I}", "form", (json_int_t)updater->unroll_form, "support_len",
        (json_int_t)updater->support_len, "feedback_lag", (json_int_t)updater->feedback_lag,
        "dropout", updater->dropout, "seed", (json_int_t)updater->seed);
    described = lts_json_with(described, "sampling", describe_sampling(&updater->sampling));
    return lts_json_with(described, "loss", describe_loss(&updater->loss));
}

static json_t *describe_validation(const lts_validation *validation)
{
    const lts_valid_plan *plan = &validation->plan;
    if (!lts_validation_is_on(validation))
        return json_null();
    json_t *described =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:f}", "window_len", (json_int_t)plan->window.T,
                  "pred", (json_int_t)plan->window.pred, "window_rule",
                  (json_int_t)plan->window.rule, "support_len", (json_int_t)plan->support_len,
                  "feedback_lag", (json_int_t)plan->lag, "min_delta", validation->min_delta);
    return lts_json_with(described, "series", describe_series(validation->series));
}

static json_t *describe_divergence(const lts_divergence *d)
{
    if (!lts_divergence_rolls_back(d) && d->ratio == 0)
        return json_null();
    return json_pack("{s:I, s:f, s:f, s:I}", "policy", (json_int_t)d->policy, "ratio", d->ratio,
                     "factor", d->factor, "limit", (json_int_t)d->limit);
}

/* Returns NULL if memory is exhausted for any part. */
static json_t *describe_recipe(const lts_ingredients *ours)
{
    const lstm_updater *updater = ours->updater;
    json_t *recipe =
        lts_json_with(json_object(), "series", describe_series(updater->iter->source.series));
    recipe = lts_json_with(recipe, "iter", describe_iter(updater->iter));
    recipe = lts_json_with(recipe, "unroll", describe_updater(updater));
    recipe = lts_json_with(recipe, "optimizer", describe_optimizer(&updater->optimizer.options));
    recipe = lts_json_with(recipe, "schedule", describe_schedule(&updater->schedule));
    recipe = lts_json_with(recipe, "hooks", describe_hooks(updater));
    recipe = lts_json_with(recipe, "valid", describe_validation(ours->validation));
    return lts_json_with(recipe, "divergence", describe_divergence(ours->divergence));
}

char *lts_recipe_text(const lts_ingredients *ours)
{
    json_t *recipe = describe_recipe(ours);
    char *text = lts_json_text(recipe, 0);
    json_decref(recipe);
    return text;
}

static lstm_status report_difference(const char *place, const json_t *ours, const json_t *theirs)
{
    size_t digits = 6;
    char *our_text = lts_json_text(ours, digits), *their_text = lts_json_text(theirs, digits);
    if (our_text != NULL && their_text != NULL && strcmp(our_text, their_text) == 0) {
        lts_free(our_text); /* equal in this many digits: print all of them */
        lts_free(their_text);
        digits = 17;
        our_text = lts_json_text(ours, digits);
        their_text = lts_json_text(theirs, digits);
    }
    lstm_status status = LSTM_E_NOMEM;
    if (our_text != NULL && their_text != NULL)
        status = lts_fail(LSTM_E_MISMATCH, "%s is %.100s here, %.100s in the checkpoint", place,
                          our_text, their_text);
    lts_free(our_text);
    lts_free(their_text);
    return status;
}

/* Missing entries equal the default, 0. */
static bool is_default(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_NULL:
    case JSON_FALSE:
        return true;
    case JSON_INTEGER:
    case JSON_REAL:
        return json_number_value(value) == 0;
    case JSON_ARRAY:
        return json_array_size(value) == 0;
    default:
        return false;
    }
}

/* Compares one entry. NULL = missing: another release may not have the option. */
static lstm_status match_entry(const char *place, const json_t *ours, const json_t *theirs)
{
    if (json_equal(ours, theirs) || (theirs == NULL && is_default(ours)) ||
        (ours == NULL && is_default(theirs)))
        return LSTM_OK;
    if (theirs == NULL)
        return lts_fail(LSTM_E_MISMATCH, "the recipe in the checkpoint has no %s", place);
    if (ours == NULL)
        return lts_fail(LSTM_E_MISMATCH,
                        "the recipe in the checkpoint has %s, which this release does not know",
                        place);
    return report_difference(place, ours, theirs);
}

enum { PLACE_SIZE = 100 };

static const char *place_of(const char *parent, const char *key, char place[PLACE_SIZE])
{
    snprintf(place, PLACE_SIZE, "%s%s%.40s", parent, parent[0] == '\0' ? "" : ".", key);
    return place;
}

/*
 * Descends to the innermost entry that differs, so that the message names a field and not a whole
 * part. The recursion is no deeper than this run's own recipe.
 */
static lstm_status match_object(const char *parent, json_t *ours, json_t *theirs)
{
    const char *key;
    json_t *our_value, *their_value;
    char place[PLACE_SIZE];
    json_object_foreach(ours, key, our_value)
    {
        their_value = json_object_get(theirs, key);
        place_of(parent, key, place);
        if (json_is_object(our_value) && json_is_object(their_value))
            LTS_TRY(match_object(place, our_value, their_value));
        else
            LTS_TRY(match_entry(place, our_value, their_value));
    }
    json_object_foreach(theirs, key, their_value)
    {
        if (json_object_get(ours, key) == NULL)
            LTS_TRY(match_entry(place_of(parent, key, place), NULL, their_value));
    }
    return LSTM_OK;
}

static lstm_status parse_recipe(const char *text, json_t **recipe)
{
    json_error_t error;
    lstm_status status = lts_json_read(recipe, text, (int64_t)strlen(text), &error);
    if (status == LSTM_E_LIMIT)
        return lts_fail(LSTM_E_LIMIT, "in the checkpoint, the recipe's %s", error.text);
    if (status == LSTM_E_FORMAT || (status >= 0 && !json_is_object(*recipe)))
        return lts_fail(LSTM_E_FORMAT, "the recipe in the checkpoint is not a JSON object");
    return status;
}

lstm_status lts_recipe_match(const lts_ingredients *ours, const char *text)
{
    json_t *their_recipe = NULL, *our_recipe = NULL;
    lstm_status status = parse_recipe(text, &their_recipe);
    if (status >= 0) {
        our_recipe = describe_recipe(ours);
        status = our_recipe == NULL ? lts_fail(LSTM_E_NOMEM, "out of memory for the recipe")
                                    : match_object("", our_recipe, their_recipe);
    }
    json_decref(our_recipe);
    json_decref(their_recipe);
    return status;
}
