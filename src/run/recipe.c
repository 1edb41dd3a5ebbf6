/* SPDX-License-Identifier: MIT */
#include "run/recipe.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/json_read.h"
#include "files/json_text.h"
#include "run/recipe_describe.h"

#include <stdio.h>
#include <string.h>

char *lts_recipe_text(const lts_ingredients *ours)
{
    json_t *recipe = lts_recipe_describe(ours);
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

/* The parts of a recipe. The first place that is an entry, or begins it, decides its part. */
static const struct {
    const char *place;
    int64_t part; /* LSTM_DIFFER_*, or 0 */
} parts[] = {
    {"series.rows", LSTM_DIFFER_DATA},
    {"series.series", LSTM_DIFFER_DATA},
    {"series.parts", LSTM_DIFFER_DATA},
    {"series.data", LSTM_DIFFER_DATA},
    {"series.holidays", LSTM_DIFFER_DATA},
    {"series.view", LSTM_DIFFER_WINDOWS},
    {"iter", LSTM_DIFFER_WINDOWS},
    {"unroll.support_len", LSTM_DIFFER_WINDOWS},
    {"unroll.feedback_lag", LSTM_DIFFER_WINDOWS},
    {"unroll.form", 0},
    {"unroll.average_decay", 0},
    {"unroll", LSTM_DIFFER_LOSS},
    {"optimizer.learning_rate", LSTM_DIFFER_SCHEDULE},
    {"schedule", LSTM_DIFFER_SCHEDULE},
    {"optimizer.kind", 0},
    {"optimizer", LSTM_DIFFER_OPTIMIZER},
    {"tensors", LSTM_DIFFER_OPTIMIZER},
    {"hooks", LSTM_DIFFER_OPTIMIZER},
    {"valid", LSTM_DIFFER_VALIDATION},
};

static int64_t part_of(const char *place)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t length = strlen(parts[i].place);
        if (strncmp(place, parts[i].place, length) == 0 &&
            (place[length] == '\0' || place[length] == '.'))
            return parts[i].part;
    }
    return 0;
}

/* What may differ, and what does. */
typedef struct tolerance {
    int64_t may_differ, differs;
} tolerance;

/* Compares one entry. NULL = missing: another release may not have the option. */
static lstm_status match_entry(const char *place, const json_t *ours, const json_t *theirs,
                               tolerance *tolerated)
{
    int64_t part = part_of(place);
    if (json_equal(ours, theirs) || (theirs == NULL && is_default(ours)) ||
        (ours == NULL && is_default(theirs)))
        return LSTM_OK;
    if (ours != NULL && (part & tolerated->may_differ) != 0) {
        tolerated->differs |= part;
        return LSTM_OK;
    }
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
static lstm_status match_object(const char *parent, json_t *ours, json_t *theirs,
                                tolerance *tolerated)
{
    const char *key;
    json_t *our_value, *their_value;
    char place[PLACE_SIZE];
    json_object_foreach(ours, key, our_value)
    {
        their_value = json_object_get(theirs, key);
        place_of(parent, key, place);
        if (json_is_object(our_value) && json_is_object(their_value))
            LTS_TRY(match_object(place, our_value, their_value, tolerated));
        else
            LTS_TRY(match_entry(place, our_value, their_value, tolerated));
    }
    json_object_foreach(theirs, key, their_value)
    {
        if (json_object_get(ours, key) == NULL)
            LTS_TRY(match_entry(place_of(parent, key, place), NULL, their_value, tolerated));
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

lstm_status lts_recipe_match(const lts_ingredients *ours, const char *text, int64_t may_differ,
                             int64_t *differs)
{
    tolerance tolerated = {may_differ, 0};
    json_t *their_recipe = NULL, *our_recipe = NULL;
    lstm_status status = parse_recipe(text, &their_recipe);
    if (status >= 0) {
        our_recipe = lts_recipe_describe(ours);
        status = our_recipe == NULL ? lts_fail(LSTM_E_NOMEM, "out of memory for the recipe")
                                    : match_object("", our_recipe, their_recipe, &tolerated);
    }
    json_decref(our_recipe);
    json_decref(their_recipe);
    *differs = tolerated.differs;
    return status;
}
