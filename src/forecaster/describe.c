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
    json_t *errors = json_object();
    for (int64_t i = 0; i < LTS_N_BASELINE; i++)
        errors =
            lts_json_with(errors, baseline_names[i], number_or_null(choice->baseline_error[i]));
    errors = lts_json_with(errors, "ridge", number_or_null(choice->ridge_error));
    errors = lts_json_with(errors, "networks", number_or_null(choice->network_error));
    return lts_json_with(errors, "mean of networks and ridge", number_or_null(choice->mean_error));
}

static json_t *describe_view(const lstm_view_options *v)
{
    static const char *const transforms[] = {"none", "logarithm", "square root", "Box-Cox"};
    static const char *const bases[] = {"none", "last value", "mean"};
    static const char *const seasons[] = {"none", "phases", "harmonics", "harmonics of the year"};
    return json_pack(
        "{s:I, s:I, s:I, s:s, s:s, s:s, s:I, s:s, s:b}", "segment_len", (json_int_t)v->segment_len,
        "context_len", (json_int_t)v->context_len, "horizon", (json_int_t)v->horizon, "channels",
        v->channels == LSTM_CHANNELS_JOINT ? "joint" : "independent", "transform",
        transforms[v->transform], "base", bases[v->base], "base_len", (json_int_t)v->base_len,
        "season", seasons[v->season], "scale_series", v->scale_series != 0);
}

static json_t *describe_training(const lts_training *t, int64_t n_network)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:s}", "networks", (json_int_t)n_network,
                     "hidden_units", (json_int_t)t->n_hidden, "layers", (json_int_t)t->n_layer,
                     "updates", (json_int_t)t->n_update, "batch_size", (json_int_t)t->batch_size,
                     "learning_rate", t->learning_rate, "dropout", t->dropout, "draw",
                     t->draw == LSTM_DRAW_SERIES ? "series" : "windows");
}

static json_t *describe_fitted(const lts_fitted *fitted)
{
    static const char *const uses[] = {"", "mean of networks and ridge", "networks", "ridge"};
    const lts_choice *choice = &fitted->choice;
    bool baseline = choice->use == LSTM_USE_BASELINE;
    json_t *described =
        json_pack("{s:s, s:s, s:I, s:I}", "forecast_by",
                  baseline ? baseline_names[choice->baseline] : uses[choice->use], "because",
                  choice->why, "season_len", (json_int_t)choice->season_len, "validation_windows",
                  (json_int_t)choice->n_window);
    described = lts_json_with(described, "validation_error", describe_errors(choice));
    if (baseline)
        return described;
    described = lts_json_with(described, "view", describe_view(&choice->view));
    if (fitted->ridge.ridge != NULL)
        described = lts_json_with(
            described, "ridge",
            json_pack("{s:I, s:I, s:f}", "context_len", (json_int_t)choice->ridge.L, "base_len",
                      (json_int_t)choice->ridge.base_len, "penalty", choice->ridge.penalty));
    return lts_json_with(described, "training",
                         describe_training(&choice->training, fitted->n_network));
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
    json_t *json = describe_fitted(&forecaster->fitted);
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
