/* SPDX-License-Identifier: MIT */
#include "train/recipe.h"

#include "base/hash.h"
#include "base/memory.h"
#include "base/status.h"
#include "store/json_depth.h"
#include "train/json_text.h"

#include <errno.h>
#include <string.h>

/* Appends to an array and gives it back, or NULL if there was no memory for either. */
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
    return json_pack("{s:I, s:I, s:o, s:s}", "rows", (json_int_t)series->n_row, "columns",
                     (json_int_t)series->n_column, "roles", roles, "data", hash);
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

static json_t *describe_updater(const lstm_updater *updater)
{
    return json_pack("{s:I, s:I, s:I}", "form", (json_int_t)updater->unroll_form, "support_len",
                     (json_int_t)updater->support_len, "feedback_lag",
                     (json_int_t)updater->feedback_lag);
}

static json_t *describe_valid(const lstm_trainer *trainer)
{
    const lts_valid_plan *valid = &trainer->valid;
    if (trainer->options.validate.every == 0)
        return json_null();
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:f, s:o}", "window_len",
                     (json_int_t)valid->window.T, "pred", (json_int_t)valid->window.pred,
                     "window_rule", (json_int_t)valid->window.rule, "support_len",
                     (json_int_t)valid->support_len, "feedback_lag", (json_int_t)valid->lag,
                     "min_delta", trainer->options.min_delta, "series",
                     describe_series(trainer->options.valid_series));
}

static json_t *describe_divergence(const lstm_trainer_options *o)
{
    if (o->on_divergence == LSTM_DIVERGENCE_STOP && o->divergence_ratio == 0)
        return json_null();
    return json_pack("{s:I, s:f, s:f, s:I}", "policy", (json_int_t)o->on_divergence, "ratio",
                     o->divergence_ratio, "factor", o->divergence_factor, "limit",
                     (json_int_t)o->divergence_limit);
}

/* A part that could not be made is NULL, and then so is the whole. */
static json_t *describe(const lstm_trainer *trainer)
{
    const lstm_updater *updater = trainer->updater;
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "series",
        describe_series(updater->iter->series), "iter", describe_iter(updater->iter), "unroll",
        describe_updater(updater), "optimizer", describe_optimizer(&updater->optimizer.options),
        "schedule", describe_schedule(&updater->schedule), "hooks", describe_hooks(updater),
        "valid", describe_valid(trainer), "divergence", describe_divergence(&trainer->options));
}

char *lts_recipe_text(const lstm_trainer *trainer)
{
    json_t *recipe = describe(trainer);
    char *text = lts_json_text(recipe, 0);
    json_decref(recipe);
    return text;
}

static lstm_status differ(const char *part, const char *key, const json_t *ours,
                          const json_t *theirs)
{
    size_t digits = 6;
    char *our_text = lts_json_text(ours, digits), *their_text = lts_json_text(theirs, digits);
    if (our_text != NULL && their_text != NULL && strcmp(our_text, their_text) == 0) {
        lts_free(our_text); /* they differ in later digits */
        lts_free(their_text);
        digits = 17;
        our_text = lts_json_text(ours, digits);
        their_text = lts_json_text(theirs, digits);
    }
    lstm_status status = LSTM_E_NOMEM;
    if (our_text != NULL && their_text != NULL)
        status = lts_fail(LSTM_E_MISMATCH, "%s%s%s is %.100s here, %.100s in the checkpoint", part,
                          key[0] == 0 ? "" : ".", key, our_text, their_text);
    lts_free(our_text);
    lts_free(their_text);
    return status;
}

/* Whether a part that older checkpoints do not have says what they say by that. */
static bool is_new(const char *part, const json_t *ours)
{
    return strcmp(part, "divergence") == 0 && json_is_null(ours);
}

/* Finds the innermost entry that differs, so that the sentence names a field and not a whole part.
 */
static lstm_status compare(const json_t *ours, const json_t *theirs)
{
    const char *part, *key;
    json_t *our_part, *our_value;
    json_object_foreach((json_t *)(uintptr_t)ours, part, our_part)
    {
        json_t *their_part = json_object_get(theirs, part);
        if (json_equal(our_part, their_part) || (their_part == NULL && is_new(part, our_part)))
            continue;
        if (their_part == NULL)
            return lts_fail(LSTM_E_MISMATCH, "the recipe in the checkpoint has no %s", part);
        json_object_foreach(our_part, key, our_value)
        {
            const json_t *their_value = json_object_get(their_part, key);
            if (their_value != NULL && !json_equal(our_value, their_value))
                return differ(part, key, our_value, their_value);
        }
        return differ(part, "", our_part, their_part);
    }
    return LSTM_OK;
}

lstm_status lts_recipe_match(const lstm_trainer *trainer, const char *text)
{
    if (!lts_json_is_shallow(text, (int64_t)strlen(text)))
        return lts_fail(LSTM_E_LIMIT, "the recipe in the checkpoint is nested too deep");
    int before = errno; /* which Jansson sets to 0 as it reads numbers */
    json_t *ours = describe(trainer), *theirs = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    errno = before;
    lstm_status status;
    if (ours == NULL)
        status = lts_fail(LSTM_E_NOMEM, "out of memory for the recipe");
    else if (!json_is_object(theirs))
        status = lts_fail(LSTM_E_FORMAT, "the recipe in the checkpoint is no JSON object");
    else
        status = compare(ours, theirs);
    json_decref(ours);
    json_decref(theirs);
    return status;
}
