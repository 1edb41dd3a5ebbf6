/* SPDX-License-Identifier: MIT */
#include "base/check.h"
#include "base/memory.h"
#include "base/status.h"
#include "files/json_text.h"
#include "forecaster/forecaster.h"

#include <math.h>

static const char *const baseline_names[] = {"naive", "seasonal naive", "drift",
                                             "seasonal naive with drift"};
_Static_assert(sizeof baseline_names / sizeof *baseline_names == LTS_N_BASELINE, "a name each");

static json_t *number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *describe_errors(const lts_choice *choice)
{
    static const char *const keys[] = {"naive", "seasonal_naive", "drift", "seasonal_drift"};
    _Static_assert(sizeof keys / sizeof *keys == LTS_N_BASELINE, "a key each");
    json_t *errors = json_object();
    for (int64_t i = 0; i < LTS_N_BASELINE; i++)
        errors = lts_json_with(errors, keys[i], number_or_null(choice->baseline_error[i]));
    errors = lts_json_with(errors, "ridge", number_or_null(choice->ridge_error));
    errors = lts_json_with(errors, "networks", number_or_null(choice->network_error));
    return lts_json_with(errors, "mean", number_or_null(choice->mean_error));
}

static json_t *describe_view(const lstm_view_options *v)
{
    static const char *const scalings[] = {"none", "standard", "min-max", "robust"};
    json_t *view =
        json_pack("{s:I, s:I, s:I, s:s}", "segment_len", (json_int_t)v->segment_len, "context_len",
                  (json_int_t)v->context_len, "horizon", (json_int_t)v->horizon, "channels",
                  v->channels == LSTM_CHANNELS_JOINT ? "joint" : "independent");
    view = lts_json_with(view, "transform", json_string(lts_transform_name(v->transform)));
    view = lts_json_with(view, "difference", json_integer(v->difference));
    view = lts_json_with(view, "scaling", json_string(scalings[v->scaling]));
    view = lts_json_with(view, "scale_series", json_integer(v->scale_series));
    view = lts_json_with(view, "base", json_string(lts_base_name(v->base)));
    view = lts_json_with(view, "base_len", json_integer(v->base_len));
    return lts_json_with(view, "season", json_string(lts_season_name(v->season)));
}

static json_t *describe_training(const lts_fitted *fitted)
{
    const lts_training *t = &fitted->choice.training;
    json_t *told = json_array();
    for (int64_t i = 0; i < fitted->n_network; i++)
        told =
            lts_json_appended(told, json_integer(fitted->networks[i].view->options.column_input));
    json_t *training = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:f}", "n_network", (json_int_t)fitted->n_network,
        "n_hidden", (json_int_t)t->n_hidden, "n_layer", (json_int_t)t->n_layer, "n_update",
        (json_int_t)t->n_update, "batch_size", (json_int_t)t->batch_size, "learning_rate",
        t->learning_rate, "dropout", t->dropout, "average_decay", t->average_decay);
    const char *draw = t->draw == LSTM_DRAW_SERIES ? "series" : "windows";
    training = lts_json_with(training, "draw", json_string(draw));
    return lts_json_with(training, "column_input", told);
}

static json_t *describe_ridge(const lts_ridge_options *o)
{
    return json_pack("{s:I, s:I, s:I, s:f}", "context_len", (json_int_t)o->L, "base_len",
                     (json_int_t)o->base_len, "n_block", (json_int_t)o->n_block, "penalty",
                     o->penalty);
}

static json_t *describe_levels(const lstm_forecaster_options *o)
{
    json_t *levels = json_array();
    for (int64_t i = 0; i < o->n_level; i++)
        levels = lts_json_appended(levels, json_real(o->levels[i]));
    return levels;
}

/* Keys have the names of options and metrics. */
static json_t *describe(const lstm_forecaster *f)
{
    static const char *const uses[] = {"", "mean of networks and ridge", "networks", "ridge"};
    const lts_fitted *fitted = &f->fitted;
    const lts_choice *choice = &fitted->choice;
    bool baseline = choice->use == LSTM_USE_BASELINE;
    json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I}", "forecast_by",
                             baseline ? baseline_names[choice->baseline] : uses[choice->use],
                             "because", choice->why, "season_len", (json_int_t)choice->season_len,
                             "horizon", (json_int_t)f->options.horizon, "validation_windows",
                             (json_int_t)choice->n_window, "validation_parts_made",
                             (json_int_t)choice->n_part_made);
    if (choice->joined != 0)
        json = lts_json_with(json, "joined_by", json_string(baseline_names[choice->baseline]));
    json = lts_json_with(json, "levels", describe_levels(&f->options));
    json = lts_json_with(json, "validation_error", describe_errors(choice));
    if (!baseline) {
        json = lts_json_with(json, "view", describe_view(&choice->view));
        if (fitted->ridge.ridge != NULL)
            json = lts_json_with(json, "ridge", describe_ridge(&choice->ridge));
        json = lts_json_with(json, "training", describe_training(fitted));
    }
    return lts_json_with(json, "candidates", lts_trials_describe(&choice->trials));
}

lstm_status lstm_forecaster_describe(const lstm_forecaster *forecaster, char *text, int64_t size,
                                     int64_t *length)
{
    LTS_NOT_NULL(forecaster);
    LTS_TRY(lts_check_at_least("size", size, 0));
    if (size > 0)
        LTS_NOT_NULL(text);
    if (!forecaster->is_fitted)
        return lts_fail(LSTM_E_ORDER, "the forecaster is not fitted: call lstm_forecaster_fit()");
    json_t *json = describe(forecaster);
    char *all = lts_json_text(json, 6);
    json_decref(json);
    if (all == NULL)
        return LSTM_E_NOMEM;
    int64_t n = (int64_t)strlen(all), fits = n < size - 1 ? n : size - 1;
    if (size > 0) {
        memcpy(text, all, (size_t)fits);
        text[fits] = '\0';
    }
    if (length != NULL)
        *length = n;
    lts_free(all);
    return LSTM_OK;
}
