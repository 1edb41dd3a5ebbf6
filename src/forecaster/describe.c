/* SPDX-License-Identifier: MIT */
#include "base/check.h"
#include "base/memory.h"
#include "base/status.h"
#include "evaluate/interval.h"
#include "files/json_text.h"
#include "forecaster/scoring.h"

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

/* Names of the target columns that are transformed. */
static json_t *describe_transformed(const lstm_view *view)
{
    json_t *names = json_array();
    if (view->options.transform == LSTM_TRANSFORM_NONE)
        return names;
    for (int64_t i = 0; i < view->targets.n; i++) {
        int64_t c = view->targets.at[i];
        if (view->transformed[c] != 0)
            names =
                lts_json_appended(names, json_string(lts_names_get(&view->dataset->columns, c)));
    }
    return names;
}

/* What a view makes of values; `json` is the object that the keys are added to. */
static json_t *describe_values(json_t *json, const lstm_view *view)
{
    static const char *const scalings[] = {"none", "standard", "min-max", "robust"};
    const lstm_view_options *v = &view->options;
    json = lts_json_with(json, "transform", json_string(lts_transform_name(v->transform)));
    json = lts_json_with(json, "transformed", describe_transformed(view));
    if (v->transform == LSTM_TRANSFORM_BOXCOX)
        json = lts_json_with(json, "lambda", json_real(v->lambda));
    json = lts_json_with(json, "difference", json_integer(v->difference));
    json = lts_json_with(json, "scaling", json_string(scalings[v->scaling]));
    json = lts_json_with(json, "scale_series", json_integer(v->scale_series));
    json = lts_json_with(json, "season", json_string(lts_season_name(v->season)));
    if (v->season == LSTM_SEASON_PHASES || v->season == LSTM_SEASON_HARMONICS)
        json = lts_json_with(json, "season_len", json_integer(v->season_len));
    if (v->season == LSTM_SEASON_HARMONICS || v->season == LSTM_SEASON_YEAR)
        json = lts_json_with(json, "n_harmonic", json_integer(v->n_harmonic));
    return json;
}

static json_t *describe_view(const lstm_view *view)
{
    const lstm_view_options *v = &view->options;
    json_t *json =
        json_pack("{s:I, s:I, s:I, s:s, s:s}", "segment_len", (json_int_t)v->segment_len,
                  "context_len", (json_int_t)v->context_len, "horizon", (json_int_t)v->horizon,
                  "channels", v->channels == LSTM_CHANNELS_JOINT ? "joint" : "independent", "past",
                  v->past == LSTM_PAST_HOLD ? "hold" : "refuse");
    json = describe_values(json, view);
    json = lts_json_with(json, "base", json_string(lts_base_name(v->base)));
    json = lts_json_with(json, "base_len", json_integer(v->base_len));
    json = lts_json_with(json, "spread_floor", json_real(v->spread_floor));
    json = lts_json_with(json, "missing_input", json_integer(v->missing_input));
    json = lts_json_with(json, "skip_context", json_integer(v->skip_context));
    return lts_json_with(json, "skip_short", json_integer(v->skip_short));
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
    training =
        lts_json_with(training, "device", json_string(t->device[0] == '\0' ? "cpu" : t->device));
    return lts_json_with(training, "column_input", told);
}

/* Whether views differ in more than being told the column. Of equal ones the bytes are equal, too. */
static bool views_differ(const lstm_view *a, const lstm_view *b)
{
    lstm_view_options x = a->options, y = b->options;
    x.column_input = y.column_input = 0;
    return memcmp(&x, &y, sizeof x) != 0; // NOLINT(cert-*,bugprone-*)
}

/* Each view once. */
static json_t *describe_views(const lts_fitted *fitted)
{
    json_t *views = json_array();
    for (int64_t i = 0; i < fitted->n_network; i++) {
        int64_t j = 0;
        while (j < i && views_differ(fitted->networks[i].view, fitted->networks[j].view))
            j++;
        if (j == i)
            views = lts_json_appended(views, describe_view(fitted->networks[i].view));
    }
    return views;
}

static json_t *describe_networks(const lts_fitted *fitted, const lts_loss *loss)
{
    static const char *const losses[] = {"squared error",    "absolute error", "Huber",
                                         "quantile",         "Gaussian",       "Student t",
                                         "negative binomial"};
    _Static_assert(sizeof losses / sizeof *losses == LSTM_LOSS_NEGATIVE_BINOMIAL + 1,
                   "a name each");
    json_t *json = lts_json_with(json_object(), "views", describe_views(fitted));
    json = lts_json_with(json, "training", describe_training(fitted));
    return lts_json_with(json, "loss", json_string(losses[loss->kind]));
}

/* Names of the covariates that have an effect on some target. */
static json_t *describe_effects(const lts_ridge_part *part)
{
    const lts_effects *effects = &part->effects;
    const lstm_view *view = part->view;
    json_t *names = json_array();
    for (int64_t i = 0; i < effects->n; i++) {
        int64_t k = 0;
        while (k < effects->n_target && effects->values[k * effects->n + i] == 0)
            k++;
        if (k < effects->n_target)
            names = lts_json_appended(
                names, json_string(lts_names_get(&view->dataset->columns, view->known.at[i])));
    }
    return names;
}

static json_t *describe_ridge(const lts_fitted *fitted)
{
    const lts_ridge_options *o = &fitted->choice.ridge;
    json_t *json = json_pack("{s:I, s:I, s:I, s:f}", "context_len", (json_int_t)o->L, "base_len",
                             (json_int_t)o->base_len, "n_block", (json_int_t)o->n_block, "penalty",
                             o->penalty);
    if (fitted->ridge.effects.n > 0)
        json = lts_json_with(json, "covariates", describe_effects(&fitted->ridge));
    return lts_json_with(json, "view", describe_values(json_object(), fitted->ridge.view));
}

static json_t *describe_levels(const lstm_forecaster_options *o)
{
    json_t *levels = json_array();
    for (int64_t i = 0; i < o->n_level; i++)
        levels = lts_json_appended(levels, json_real(o->levels[i]));
    return levels;
}

static json_t *describe_intervals(const lstm_forecaster *f)
{
    lstm_interval_options o = lts_scoring_options(&f->fitted, &f->options);
    if (lts_interval_check(&o) < 0) /* it was checked before */
        return NULL;
    double rate = o.rate == LSTM_NO_ADAPTATION ? 0 : o.rate;
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:f, s:I}", "window", (json_int_t)o.window,
                     "block_len", (json_int_t)o.block_len, "stride", (json_int_t)o.stride,
                     "is_two_sided", (json_int_t)o.is_two_sided, "is_conformalized",
                     (json_int_t)o.is_conformalized, "rate", rate, "calibrate_once",
                     (json_int_t)f->options.calibrate_once);
}

/* The rows that the members have learned. */
static const char *fitted_to(const lstm_forecaster *f)
{
    const lts_choice *choice = &f->fitted.choice;
    const lts_continued *continued = &f->fitted.continued;
    bool ridge = lts_has_ridge(choice) && continued->n_refit == 0;
    bool networks = lts_has_networks(choice) && continued->n_update == 0;
    if (!f->options.skip_refit || (!ridge && !networks))
        return "training and validation part";
    if (networks && lts_has_ridge(choice) && !ridge)
        return "training part, ridge also to the validation part";
    return "training part";
}

static json_t *describe_continued(const lts_continued *continued)
{
    return json_pack("{s:I, s:I, s:f}", "n_refit", (json_int_t)continued->n_refit, "n_update",
                     (json_int_t)continued->n_update, "learning_rate", continued->learning_rate);
}

/* Keys have the names of options and metrics. What does not forecast is left out. */
static json_t *describe_forecaster(const lstm_forecaster *f)
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
    if (!baseline)
        json = lts_json_with(json, "fitted_to", json_string(fitted_to(f)));
    if (lts_is_continued(&fitted->continued))
        json = lts_json_with(json, "continued", describe_continued(&fitted->continued));
    json = lts_json_with(json, "levels", describe_levels(&f->options));
    json = lts_json_with(json, "intervals", describe_intervals(f));
    json = lts_json_with(json, "validation_error", describe_errors(choice));
    if (lts_has_networks(choice))
        json = lts_json_with(json, "networks", describe_networks(fitted, &f->loss));
    if (lts_has_ridge(choice))
        json = lts_json_with(json, "ridge", describe_ridge(fitted));
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
    json_t *json = describe_forecaster(forecaster);
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
