/* SPDX-License-Identifier: MIT */
#include "forecaster/trials.h"

#include "base/status.h"
#include "files/json_text.h"
#include <lstmts/view.h>

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

/* Where a kind stands in the description: {GROUP: {KEY: {..}}}, or {KEY: {..}} without a group. */
static const struct {
    const char *group, *key;
} places[] = {
    [LTS_TRIAL_SEASON] = {NULL, "season_len"},
    [LTS_TRIAL_RIDGE_CONTEXT] = {"ridge", "context_len"},
    [LTS_TRIAL_RIDGE_BASE] = {"ridge", "base"},
    [LTS_TRIAL_RIDGE_TRANSFORM] = {"ridge", "transform"},
    [LTS_TRIAL_RIDGE_SEASON] = {"ridge", "season"},
    [LTS_TRIAL_NETWORK_BASE] = {"network", "base"},
    [LTS_TRIAL_NETWORK_TRANSFORM] = {"network", "transform"},
    [LTS_TRIAL_NETWORK_SEGMENT] = {"network", "segment_len"},
    [LTS_TRIAL_UPDATES] = {NULL, "n_update"},
};
_Static_assert(sizeof places / sizeof *places == LTS_N_TRIAL_KIND, "a place for each kind");

static const char *const transforms[] = {"none", "logarithm", "square root", "Box-Cox"};
static const char *const bases[] = {"none", "last value", "mean"};
static const char *const seasons[] = {"none", "phases", "harmonics", "harmonics of the year"};

const char *lts_transform_name(int64_t transform)
{
    return transforms[transform];
}

const char *lts_base_name(int64_t base)
{
    return bases[base];
}

const char *lts_season_name(int64_t season)
{
    return seasons[season];
}

/* The number of values that `value` may have; 0 = it is a number of rows or updates. */
static int64_t values_of(int64_t kind)
{
    switch (kind) {
    case LTS_TRIAL_RIDGE_BASE:
    case LTS_TRIAL_NETWORK_BASE:
        return LSTM_BASE_MEAN + 1;
    case LTS_TRIAL_RIDGE_TRANSFORM:
    case LTS_TRIAL_NETWORK_TRANSFORM:
        return LSTM_TRANSFORM_BOXCOX + 1;
    case LTS_TRIAL_RIDGE_SEASON:
        return LSTM_SEASON_YEAR + 1;
    default:
        return 0;
    }
}

void lts_trials_note(lts_trials *trials, lts_trial trial)
{
    for (int64_t i = 0; i < trials->n; i++) {
        lts_trial *t = &trials->at[i];
        if (t->kind == trial.kind && t->value == trial.value && t->length == trial.length) {
            t->error = trial.error;
            return;
        }
    }
    if (trials->n < LTS_MOST_TRIALS)
        trials->at[trials->n++] = trial;
}

void lts_trials_forget(lts_trials *trials, int64_t kind)
{
    int64_t n = 0;
    for (int64_t i = 0; i < trials->n; i++)
        if (trials->at[i].kind != kind)
            trials->at[n++] = trials->at[i];
    trials->n = n;
}

enum { NAME_SIZE = 40 };

static void name_of(char name[NAME_SIZE], const lts_trial *t)
{
    if (t->kind == LTS_TRIAL_RIDGE_TRANSFORM || t->kind == LTS_TRIAL_NETWORK_TRANSFORM)
        snprintf(name, NAME_SIZE, "%s", transforms[t->value]);
    else if (t->kind == LTS_TRIAL_RIDGE_SEASON)
        snprintf(name, NAME_SIZE, "%s", seasons[t->value]);
    else if (values_of(t->kind) == 0)
        snprintf(name, NAME_SIZE, "%lld", (long long)t->value);
    else if (t->length == 0)
        snprintf(name, NAME_SIZE, "%s%s", bases[t->value],
                 t->value == LSTM_BASE_MEAN ? " of the context" : "");
    else
        snprintf(name, NAME_SIZE, "%s of %lld rows", bases[t->value], (long long)t->length);
}

static json_t *number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* The object `key` of an object, which is made if it is missing. NULL if memory is exhausted. */
static json_t *member(json_t *object, const char *key)
{
    json_t *found = json_object_get(object, key);
    if (found != NULL || object == NULL)
        return found;
    found = json_object();
    return json_object_set_new(object, key, found) == 0 ? found : NULL;
}

json_t *lts_trials_describe(const lts_trials *trials)
{
    json_t *described = json_object();
    for (int64_t i = 0; i < trials->n && described != NULL; i++) {
        const lts_trial *t = &trials->at[i];
        const char *group = places[t->kind].group;
        char name[NAME_SIZE];
        name_of(name, t);
        json_t *at =
            member(group == NULL ? described : member(described, group), places[t->kind].key);
        if (at == NULL || json_object_set_new(at, name, number_or_null(t->error)) != 0) {
            json_decref(described);
            described = NULL;
        }
    }
    return described;
}

json_t *lts_trials_json(const lts_trials *trials)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < trials->n; i++) {
        const lts_trial *t = &trials->at[i];
        json_t *numbers = json_pack("[I, I, I]", (json_int_t)t->kind, (json_int_t)t->value,
                                    (json_int_t)t->length);
        array = lts_json_appended(array, lts_json_appended(numbers, number_or_null(t->error)));
    }
    return array;
}

static lstm_status read_trial(lts_trial *trial, int64_t number, const json_t *json)
{
    const json_t *error = json_array_get(json, 3);
    int64_t values[3] = {-1, -1, -1};
    bool valid = json_array_size(json) == 4 && (json_is_number(error) || json_is_null(error));
    for (size_t i = 0; i < 3; i++) {
        valid = valid && json_is_integer(json_array_get(json, i));
        values[i] = json_integer_value(json_array_get(json, i));
    }
    *trial = (lts_trial){values[0], values[1], values[2], HUGE_VAL};
    if (json_is_number(error))
        trial->error = json_number_value(error);
    valid = valid && trial->kind >= 0 && trial->kind < LTS_N_TRIAL_KIND && trial->value >= 0 &&
            trial->length >= 0;
    if (!valid || (values_of(trial->kind) > 0 && trial->value >= values_of(trial->kind)))
        return lts_fail(LSTM_E_FORMAT, "choice: trial %lld is not valid", (long long)number);
    return LSTM_OK;
}

lstm_status lts_trials_read(lts_trials *trials, const json_t *json)
{
    int64_t n = (int64_t)json_array_size(json);
    if (json != NULL && (!json_is_array(json) || n > LTS_MOST_TRIALS))
        return lts_fail(LSTM_E_FORMAT, "choice: trials is no array of 0 .. %d", LTS_MOST_TRIALS);
    for (trials->n = 0; trials->n < n; trials->n++)
        LTS_TRY(
            read_trial(&trials->at[trials->n], trials->n, json_array_get(json, (size_t)trials->n)));
    return LSTM_OK;
}
