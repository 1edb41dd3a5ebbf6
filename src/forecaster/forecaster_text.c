/* SPDX-License-Identifier: MIT */
#include "forecaster/forecaster_text.h"

#include "files/json_text.h"
#include "forecaster/forecaster_fields.h"

#define JSON_OF(fields, from) lts_fields_json(fields, LTS_COUNT(fields), from)

/* Names 0 .. n - 1. */
static json_t *names_json(const lts_names *names, int64_t n)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < n; i++)
        array = lts_json_appended(array, json_string_nocheck(lts_names_get(names, i)));
    return array;
}

static json_t *integers_json(const int64_t *values, int64_t n)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < n; i++)
        array = lts_json_appended(array, json_integer(values[i]));
    return array;
}

static json_t *data_json(const lstm_dataset *frame)
{
    json_t *data = JSON_OF(lts_data_fields, frame);
    data = lts_json_with(data, "names", names_json(&frame->columns, frame->n_column));
    data = lts_json_with(data, "roles", integers_json(frame->roles, frame->n_column));
    if (frame->statics.n > 0)
        data = lts_json_with(data, "static_names", names_json(&frame->statics, frame->statics.n));
    if (frame->calendar.n_holiday > 0)
        data = lts_json_with(data, "holidays",
                             integers_json(frame->calendar.holidays, frame->calendar.n_holiday));
    return data;
}

static json_t *choice_json(const lts_choice *choice)
{
    json_t *json = JSON_OF(lts_choice_fields, choice);
    json = lts_json_with(json, "why", json_string(choice->why));
    json = lts_json_with(json, "trials", lts_trials_json(&choice->trials));
    json = lts_json_with(json, "view", JSON_OF(lts_view_fields, &choice->view));
    json = lts_json_with(json, "ridge_view", JSON_OF(lts_view_fields, &choice->ridge_view));
    json = lts_json_with(json, "ridge", JSON_OF(lts_ridge_fields, &choice->ridge));
    return lts_json_with(json, "training", JSON_OF(lts_training_fields, &choice->training));
}

static json_t *network_json(const lts_network_part *part)
{
    const int64_t sizes[] = {part->model->params.H, part->model->params.L, part->moments.n_update};
    return lts_json_with(JSON_OF(lts_network_fields, sizes), "view",
                         JSON_OF(lts_view_fields, &part->view->options));
}

static json_t *views_json(const lstm_forecaster *f)
{
    json_t *views = json_array();
    for (int64_t i = 0; i < f->options.n_view; i++)
        views = lts_json_appended(views, JSON_OF(lts_view_fields, &f->views[i]));
    return views;
}

json_t *lts_forecaster_json(const lstm_forecaster *f)
{
    const lts_fitted *fitted = &f->fitted;
    const lstm_loss_options loss = lts_loss_options_of(&f->loss);
    json_t *networks = json_array(), *json = json_object();
    for (int64_t i = 0; i < fitted->n_network; i++)
        networks = lts_json_appended(networks, network_json(&fitted->networks[i]));
    json = lts_json_with(json, "options", JSON_OF(lts_option_fields, &f->options));
    if (f->options.n_view == 1)
        json = lts_json_with(json, "view", JSON_OF(lts_view_fields, f->views));
    else if (f->options.n_view > 1)
        json = lts_json_with(json, "views", views_json(f));
    if (f->options.ridge != NULL)
        json = lts_json_with(json, "ridge_options", JSON_OF(lts_given_ridge_fields, &f->ridge));
    if (f->options.interval != NULL)
        json = lts_json_with(json, "interval_options", JSON_OF(lts_interval_fields, &f->interval));
    json = lts_json_with(json, "loss", JSON_OF(lts_loss_fields, &loss));
    json = lts_json_with(json, "data", data_json(fitted->frame));
    if (!lts_roster_is_numbered(&fitted->roster))
        json = lts_json_with(json, "series", names_json(&fitted->roster.names, fitted->roster.n));
    json = lts_json_with(json, "choice", choice_json(&fitted->choice));
    if (lts_is_continued(&fitted->continued))
        json = lts_json_with(json, "continued", JSON_OF(lts_continued_fields, &fitted->continued));
    json = lts_json_with(json, "networks", networks);
    if (fitted->ridge.ridge == NULL)
        return json;
    return lts_json_with(json, "ridge",
                         lts_json_with(JSON_OF(lts_ridge_fields, &fitted->ridge.ridge->options),
                                       "view",
                                       JSON_OF(lts_view_fields, &fitted->ridge.view->options)));
}
