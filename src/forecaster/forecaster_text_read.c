/* SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "base/status.h"
#include "forecaster/forecaster_fields.h"
#include "forecaster/forecaster_text.h"

#include <stdio.h>

#define READ(fields, others, what, j, to)                                                          \
    lts_fields_read(fields, LTS_COUNT(fields), others, what, j, to)

static const char *const no_others[] = {NULL};

/* Options of a view as they are written. */
static lstm_status read_any_view(lstm_view_options *view, const char *what, const json_t *json)
{
    LTS_TRY(READ(lts_view_fields, no_others, what, json, view));
    view->struct_size = sizeof *view;
    return LSTM_OK;
}

static lstm_status check_rows(const char *name, int64_t n)
{
    if (n <= INT32_MAX)
        return LSTM_OK;
    return lts_fail(LSTM_E_LIMIT, "%s of a view is %lld rows, the limit is 2^31 - 1", name,
                    (long long)n);
}

/* So that a forecast takes a time that is not beyond all bounds. */
static lstm_status check_view(lstm_view_options *view)
{
    LTS_TRY(lts_view_options_check(view));
    LTS_TRY(check_rows("the context", view->context_len * view->segment_len));
    LTS_TRY(check_rows("difference", view->difference));
    LTS_TRY(check_rows("base_len", view->base_len));
    return check_rows("season_len", view->season_len);
}

/* Options of a view that was made: none of them stands for another. */
static lstm_status read_view(lstm_view_options *view, const char *what, const json_t *json)
{
    LTS_TRY(read_any_view(view, what, json));
    return check_view(view);
}

/* Options of a view as they were given. */
static lstm_status read_given_view(lstm_view_options *view, const char *what, const json_t *json)
{
    LTS_TRY(read_any_view(view, what, json));
    lstm_view_options copy = *view;
    return check_view(&copy);
}

/* The array of that name; NULL if there is none, or it is empty. */
static const json_t *array_of(const json_t *object, const char *name, int64_t *n)
{
    const json_t *array = json_object_get(object, name);
    *n = (int64_t)json_array_size(array);
    return *n == 0 ? NULL : array;
}

static lstm_status read_names(const json_t *array, int64_t n, const char **names)
{
    for (int64_t i = 0; i < n; i++) {
        names[i] = json_string_value(json_array_get(array, (size_t)i));
        if (names[i] == NULL)
            return lts_fail(LSTM_E_FORMAT, "data: name %lld is not a string", (long long)i);
    }
    return LSTM_OK;
}

static lstm_status read_integers(const json_t *array, int64_t n, int64_t *values)
{
    for (int64_t i = 0; i < n; i++) {
        const json_t *value = json_array_get(array, (size_t)i);
        if (!json_is_integer(value))
            return lts_fail(LSTM_E_FORMAT, "data: role or holiday %lld is not an integer",
                            (long long)i);
        values[i] = json_integer_value(value);
    }
    return LSTM_OK;
}

/* Holidays as times; no day is so far that its time overflows unnoticed. */
static lstm_status add_calendar(lstm_dataset *frame, int64_t features, int64_t n, int64_t *days)
{
    if (features == 0)
        return n == 0 ? LSTM_OK : lts_fail(LSTM_E_FORMAT, "data: holidays without a calendar");
    for (int64_t i = 0; i < n; i++)
        if (!__builtin_mul_overflow(days[i], (int64_t)86400, &days[i]))
            continue;
        else
            return lts_fail(LSTM_E_FORMAT, "data: holiday %lld is out of range", (long long)i);
    return lstm_dataset_add_calendar(frame, features, n == 0 ? NULL : days, n);
}

/* Arrays of the data set's columns while they are read. */
typedef struct data_arrays {
    int64_t n_name, n_role, n_static, n_holiday;
    const char **names;
    int64_t *numbers; /* roles, then holidays */
} data_arrays;

static lstm_status make_frame(lts_forecaster_text *text, const json_t *json, data_arrays *a)
{
    static const char *const others[] = {"names", "roles", "static_names", "holidays", NULL};
    lstm_dataset numbers;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    LTS_TRY(READ(lts_data_fields, others, "data", json, &numbers));
    const json_t *names = array_of(json, "names", &a->n_name);
    const json_t *roles = array_of(json, "roles", &a->n_role);
    const json_t *statics = array_of(json, "static_names", &a->n_static);
    const json_t *holidays = array_of(json, "holidays", &a->n_holiday);
    if (a->n_name != a->n_role)
        return lts_fail(LSTM_E_FORMAT, "data: %lld names and %lld roles", (long long)a->n_name,
                        (long long)a->n_role);
    a->names = lts_alloc(a->n_name + a->n_static, sizeof *a->names);
    a->numbers = lts_alloc(a->n_role + a->n_holiday, sizeof *a->numbers);
    if (a->names == NULL || a->numbers == NULL)
        return LSTM_E_NOMEM;
    LTS_TRY(read_names(names, a->n_name, a->names));
    LTS_TRY(read_names(statics, a->n_static, a->names + a->n_name));
    LTS_TRY(read_integers(roles, a->n_role, a->numbers));
    LTS_TRY(read_integers(holidays, a->n_holiday, a->numbers + a->n_role));
    options.n_column = a->n_name;
    options.names = a->names;
    options.roles = a->numbers;
    options.step_unit = numbers.step_unit;
    options.step = numbers.step;
    options.missing = numbers.missing;
    options.season_len = numbers.season_len;
    options.n_static = a->n_static;
    options.static_names = a->n_static == 0 ? NULL : a->names + a->n_name;
    LTS_TRY(lstm_dataset_new(&text->frame, &options));
    return add_calendar(text->frame, numbers.calendar.features, a->n_holiday,
                        a->numbers + a->n_role);
}

static lstm_status read_data(lts_forecaster_text *text, const json_t *json)
{
    data_arrays arrays = {0};
    lstm_status status = make_frame(text, json, &arrays);
    lts_free(arrays.names);
    lts_free(arrays.numbers);
    return status;
}

/* Numbers that only lstm_forecaster_describe() reads must be finite, errors may be NaN. */
static lstm_status check_choice(const lts_choice *c)
{
    bool seasonal =
        c->baseline == LSTM_BASELINE_SEASONAL_NAIVE || c->baseline == LSTM_BASELINE_SEASONAL_DRIFT;
    if (c->use <= LSTM_USE_AUTO || c->use > LSTM_USE_BASELINE)
        return lts_fail(LSTM_E_FORMAT, "choice: use is %lld", (long long)c->use);
    if (c->baseline < 0 || c->baseline >= LTS_N_BASELINE)
        return lts_fail(LSTM_E_FORMAT, "choice: baseline is %lld", (long long)c->baseline);
    if (c->joined < 0 || c->joined > (c->use != LSTM_USE_BASELINE ? 1 : 0))
        return lts_fail(LSTM_E_FORMAT, "choice: joined is %lld where use is %lld",
                        (long long)c->joined, (long long)c->use);
    if (c->season_len < (seasonal ? 1 : 0) || c->season_len > INT32_MAX)
        return lts_fail(LSTM_E_FORMAT, "choice: season_len is %lld", (long long)c->season_len);
    if (!isfinite(c->ridge.penalty) || !isfinite(c->training.learning_rate) ||
        !isfinite(c->training.dropout) || !isfinite(c->training.average_decay))
        return lts_fail(LSTM_E_NUMERIC,
                        "choice: penalty %g, learning_rate %g, dropout %g or average_decay %g is "
                        "not finite",
                        c->ridge.penalty, c->training.learning_rate, c->training.dropout,
                        c->training.average_decay);
    return LSTM_OK;
}

static lstm_status read_choice(lts_forecaster_text *text, const json_t *json)
{
    static const char *const others[] = {"why",   "trials",   "view", "ridge_view",
                                         "ridge", "training", NULL};
    lts_choice *c = &text->choice;
    LTS_TRY(READ(lts_choice_fields, others, "choice", json, c));
    LTS_TRY(READ(lts_ridge_fields, no_others, "choice.ridge", json_object_get(json, "ridge"),
                 &c->ridge));
    LTS_TRY(READ(lts_training_fields, no_others, "choice.training",
                 json_object_get(json, "training"), &c->training));
    LTS_TRY(lts_trials_read(&c->trials, json_object_get(json, "trials")));
    LTS_TRY(check_choice(c));
    if (c->block_len < 0 || (c->block_len > 0 && c->block_len > text->options.horizon))
        return lts_fail(LSTM_E_FORMAT, "choice: block_len is %lld", (long long)c->block_len);
    const json_t *view = json_object_get(json, "view"),
                 *other = json_object_get(json, "ridge_view");
    if (c->use == LSTM_USE_BASELINE) { /* there may be no views: nothing reads them */
        LTS_TRY(read_any_view(&c->view, "choice.view", view));
        LTS_TRY(read_any_view(&c->ridge_view, "choice.ridge_view", other));
    } else {
        LTS_TRY(read_given_view(&c->view, "choice.view", view));
        LTS_TRY(read_given_view(&c->ridge_view, "choice.ridge_view", other));
    }
    text->why = json_string_value(json_object_get(json, "why"));
    if (text->why == NULL)
        return lts_fail(LSTM_E_FORMAT, "choice: why is not a string");
    return LSTM_OK;
}

static lstm_status read_continued(lts_forecaster_text *text, const json_t *json)
{
    lts_continued *c = &text->continued;
    if (json == NULL)
        return LSTM_OK;
    LTS_TRY(READ(lts_continued_fields, no_others, "continued", json, c));
    bool is_trained = lts_has_networks(&text->choice) && c->n_update >= 0;
    bool is_fitted = lts_has_ridge(&text->choice) && c->n_refit >= 0;
    if ((c->n_update != 0 && !is_trained) || (c->n_refit != 0 && !is_fitted))
        return lts_fail(LSTM_E_FORMAT,
                        "continued: n_update is %lld, n_refit is %lld where use is "
                        "%lld",
                        (long long)c->n_update, (long long)c->n_refit, (long long)text->choice.use);
    if (!(c->learning_rate >= 0 && isfinite(c->learning_rate)))
        return lts_fail(LSTM_E_NUMERIC, "continued: learning_rate is %g", c->learning_rate);
    return LSTM_OK;
}

static lstm_status read_networks(lts_forecaster_text *text, const json_t *array)
{
    static const char *const others[] = {"view", NULL};
    bool used = lts_has_networks(&text->choice);
    int64_t n = (int64_t)json_array_size(array);
    if (!json_is_array(array) || n > LTS_MOST_NETWORKS || (n > 0) != used)
        return lts_fail(LSTM_E_FORMAT, "networks is no array of %s", used ? "1 .. 64" : "0");
    for (int64_t i = 0; i < n; i++) {
        int64_t sizes[3];
        char what[40];
        lts_network_text *network = &text->networks[i];
        const json_t *json = json_array_get(array, (size_t)i);
        snprintf(what, sizeof what, "network %lld", (long long)i);
        LTS_TRY(READ(lts_network_fields, others, what, json, sizes));
        LTS_TRY(read_view(&network->view, what, json_object_get(json, "view")));
        if (sizes[0] < 1 || sizes[1] < 1 || sizes[2] < 0)
            return lts_fail(LSTM_E_FORMAT,
                            "%s has %lld layers of %lld units, moments of %lld updates", what,
                            (long long)sizes[1], (long long)sizes[0], (long long)sizes[2]);
        network->n_hidden = sizes[0];
        network->n_layer = sizes[1];
        network->n_moment_update = sizes[2];
    }
    text->n_network = n;
    return LSTM_OK;
}

static lstm_status read_ridge(lts_forecaster_text *text, const json_t *json)
{
    static const char *const others[] = {"view", NULL};
    bool used = lts_has_ridge(&text->choice);
    text->has_ridge = json != NULL;
    if (text->has_ridge != used)
        return lts_fail(LSTM_E_FORMAT, "a ridge regression is %s",
                        used ? "missing" : "there, but not used");
    if (!used)
        return LSTM_OK;
    LTS_TRY(READ(lts_ridge_fields, others, "ridge", json, &text->ridge));
    LTS_TRY(read_view(&text->ridge_view, "ridge.view", json_object_get(json, "view")));
    if (text->ridge_view.difference != 0 || !isfinite(text->ridge.penalty))
        return lts_fail(LSTM_E_FORMAT, "ridge: difference is %lld, penalty is %g",
                        (long long)text->ridge_view.difference, text->ridge.penalty);
    return LSTM_OK;
}

/* One view, several, or none. */
static lstm_status read_views(lts_forecaster_text *text, const json_t *view, const json_t *views)
{
    size_t n = view != NULL ? 1 : json_array_size(views);
    if (views != NULL && (view != NULL || !json_is_array(views) || n < 2 || n > LTS_MOST_NETWORKS))
        return lts_fail(LSTM_E_FORMAT, "views is no array of 2 .. %d, or beside view",
                        LTS_MOST_NETWORKS);
    if (n == 0)
        return LSTM_OK;
    text->views = lts_alloc((int64_t)n, sizeof *text->views);
    text->view_list =
        lts_alloc((int64_t)n, sizeof *text->view_list); // NOLINT(bugprone-sizeof-expression)
    if (text->views == NULL || text->view_list == NULL)
        return LSTM_E_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const json_t *one = view != NULL ? view : json_array_get(views, i);
        LTS_TRY(read_any_view(&text->views[i], view != NULL ? "view" : "views", one));
        text->view_list[i] = &text->views[i];
    }
    text->options.views = text->view_list;
    text->options.n_view = (int64_t)n;
    return LSTM_OK;
}

/* Options of ridge and intervals, where they were given. */
static lstm_status read_given_options(lts_forecaster_text *text, const json_t *ridge,
                                      const json_t *interval)
{
    if (ridge != NULL) {
        LTS_TRY(
            READ(lts_given_ridge_fields, no_others, "ridge_options", ridge, &text->given_ridge));
        text->given_ridge.struct_size = sizeof text->given_ridge;
        text->options.ridge = &text->given_ridge;
    }
    if (interval != NULL) {
        LTS_TRY(READ(lts_interval_fields, no_others, "interval_options", interval,
                     &text->given_interval));
        text->given_interval.struct_size = sizeof text->given_interval;
        text->options.interval = &text->given_interval;
    }
    return LSTM_OK;
}

lstm_status lts_forecaster_text_read(lts_forecaster_text *text, const json_t *json)
{
    static const char *const members[] = {
        "options", "view",     "views", "ridge_options",    "loss",      "data", "series",
        "choice",  "networks", "ridge", "interval_options", "continued", NULL};
    memset(text, 0, sizeof *text);
    text->series = json_object_get(json, "series");
    LTS_TRY(lts_fields_read(NULL, 0, members, "the forecaster", json, NULL));
    LTS_TRY(READ(lts_option_fields, no_others, "options", json_object_get(json, "options"),
                 &text->options));
    text->options.struct_size = sizeof text->options;
    LTS_TRY(read_views(text, json_object_get(json, "view"), json_object_get(json, "views")));
    LTS_TRY(read_given_options(text, json_object_get(json, "ridge_options"),
                               json_object_get(json, "interval_options")));
    LTS_TRY(READ(lts_loss_fields, no_others, "loss", json_object_get(json, "loss"), &text->loss));
    text->loss.struct_size = sizeof text->loss;
    LTS_TRY(read_data(text, json_object_get(json, "data")));
    LTS_TRY(read_choice(text, json_object_get(json, "choice")));
    LTS_TRY(read_continued(text, json_object_get(json, "continued")));
    LTS_TRY(read_networks(text, json_object_get(json, "networks")));
    return read_ridge(text, json_object_get(json, "ridge"));
}

void lts_forecaster_text_clear(lts_forecaster_text *text)
{
    lstm_dataset_free(text->frame);
    text->frame = NULL;
    lts_free(text->views);
    lts_free(text->view_list);
    text->views = NULL;
    text->view_list = NULL;
}
