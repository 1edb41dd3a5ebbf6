/* SPDX-License-Identifier: MIT */
/*
 * A forecaster from a file, which may be hostile: sizes come from the text, each tensor must have
 * the shape that they give before anything of its size is allocated, and no tensor may be left
 * over.
 */
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"
#include "files/json_read.h"
#include "files/numbers.h"
#include "forecaster/forecaster_text.h"
#include "forecaster/intervals.h"
#include "store/tensors.h"

#include <stdio.h>

enum { NAME_SIZE = LTS_TENSOR_NAME };

typedef struct loader {
    lts_tensors tensors;
    lts_forecaster_text text;
    lstm_forecaster *f; /* what is made   */
    double *arrays;     /* of the options */
} loader;

/* One array of the options: its elements are appended to l->arrays. */
static lstm_status take_array(loader *l, const char *prefix, const char *name, int64_t n,
                              const double **array, int64_t *used)
{
    const void *data;
    if (n == 0)
        return LSTM_OK;
    LTS_TRY(lts_tensors_take(&l->tensors, prefix, name, "F64", 1, &n, &data));
    double *grown = lts_grow(l->arrays, *used, *used + n, sizeof *grown);
    if (grown == NULL)
        return LSTM_E_NOMEM;
    l->arrays = grown;
    memcpy(grown + *used, data, (size_t)n * sizeof *grown);
    *array = grown; /* until all are there: any pointer but NULL */
    *used += n;
    return LSTM_OK;
}

/* The next n numbers; NULL for none. */
static const double *next_array(const double **next, int64_t n)
{
    const double *array = *next;
    if (n == 0)
        return NULL;
    *next += n;
    return array;
}

/* An unfitted forecaster of the file's options. */
static lstm_status make_forecaster(loader *l)
{
    lstm_loss_options *o = &l->text.loss;
    int64_t used = 0;
    const lstm_forecaster_options *options = &l->text.options;
    const double *levels = NULL;
    LTS_TRY(take_array(l, "interval", "levels", options->n_level, &levels, &used));
    LTS_TRY(take_array(l, "loss", "levels", o->n_level, &o->levels, &used));
    LTS_TRY(take_array(l, "loss", "units", o->n_unit, &o->units, &used));
    LTS_TRY(take_array(l, "loss", "column_weights", o->n_column_weight, &o->column_weights, &used));
    LTS_TRY(take_array(l, "loss", "step_weights", o->n_step_weight, &o->step_weights, &used));
    const double *next = l->arrays;
    l->text.options.levels = next_array(&next, options->n_level);
    o->levels = next_array(&next, o->n_level);
    o->units = next_array(&next, o->n_unit);
    o->column_weights = next_array(&next, o->n_column_weight);
    o->step_weights = next_array(&next, o->n_step_weight);
    l->text.options.loss = o;
    return lstm_forecaster_new(&l->f, &l->text.options);
}

/* D is 0 of ridge, which transforms known covariates and has no step. */
static lstm_status take_view(loader *l, const char *prefix, const lstm_view_options *options,
                             int64_t D, lstm_view **view)
{
    const lstm_dataset *frame = l->f->fitted.frame;
    lts_view_stored stored = {.D = D, .n_series = 1, .transforms_known = D == 0};
    if (options->scale_series)
        stored.n_series = l->f->fitted.roster.n;
    const int64_t of_scales[] = {stored.n_series, frame->n_column, 2};
    const int64_t of_statics[] = {frame->statics.n, 2};
    const int64_t of_season[] = {frame->n_column, lts_season_phases(options) + 1};
    LTS_TRY(lts_tensors_take(&l->tensors, prefix, "scales", "F64", 3, of_scales, &stored.scales));
    if (of_season[1] > 1)
        LTS_TRY(lts_tensors_take(&l->tensors, prefix, "season", LTS_REAL_DTYPE, 2, of_season,
                                 &stored.season));
    if (lts_view_stores_transforms(options))
        LTS_TRY(lts_tensors_take(&l->tensors, prefix, "transformed", "F64", 1, of_season,
                                 &stored.transformed));
    if (of_statics[0] > 0)
        LTS_TRY(lts_tensors_take(&l->tensors, prefix, "static_scales", "F64", 2, of_statics,
                                 &stored.static_scales));
    return lts_view_new_stored(view, frame, options, &stored);
}

static lstm_status take_ridge(loader *l)
{
    lts_fitted *fitted = &l->f->fitted;
    const lts_ridge_options *o = &l->text.ridge;
    const void *weights;
    if (!l->text.has_ridge)
        return LSTM_OK;
    if (o->L < 1 || o->L > INT32_MAX)
        return lts_fail(LSTM_E_LIMIT, "the context of ridge is %lld", (long long)o->L);
    const int64_t dim[] = {o->L + 1, o->H};
    LTS_TRY(lts_tensors_take(&l->tensors, "ridge", "weights", "F64", 2, dim, &weights));
    LTS_TRY(take_view(l, "ridge", &l->text.ridge_view, 0, &fitted->ridge.view));
    LTS_TRY(lts_ridge_new(&fitted->ridge.ridge, o));
    memcpy(fitted->ridge.ridge->weights, weights, (size_t)(dim[0] * dim[1]) * sizeof(double));
    LTS_TRY(lts_tensors_take_doubles(&l->tensors, "ridge", "penalties", o->n_block,
                                     fitted->ridge.ridge->penalties));
    return lts_ridge_part_take_effects(&fitted->ridge, &l->tensors);
}

/* Takes the tensors of a block of parameters or moments. */
static lstm_status take_block(loader *l, const char *prefix, const lts_params *params)
{
    const void *values;
    for (int64_t i = 0; i < params->n_tensor; i++) {
        const lts_tensor *tensor = &params->tensors[i];
        LTS_TRY(lts_tensors_take(&l->tensors, prefix, tensor->name, LTS_REAL_DTYPE, tensor->n_dim,
                                 tensor->dim, &values));
    }
    return LSTM_OK;
}

/* Copies a block that was taken. */
static void copy_block(const loader *l, const char *prefix, const lts_params *params, real *values)
{
    for (int64_t i = 0; i < params->n_tensor; i++) {
        char name[NAME_SIZE];
        const lts_tensor *tensor = &params->tensors[i];
        snprintf(name, sizeof name, "%s.%s", prefix, tensor->name);
        memcpy(values + tensor->offset, lts_safetensors_find(l->tensors.file, name)->data,
               (size_t)tensor->size * sizeof(real));
    }
}

/* Parameters of a network, whose tensors are all found before a model is allocated. */
static lstm_status take_parameters(loader *l, const char *prefix, const lts_params *params,
                                   lstm_model **model)
{
    LTS_TRY(take_block(l, prefix, params));
    LTS_TRY(lts_model_new_zero(model, params->D, params->K, params->H, params->L));
    copy_block(l, prefix, params, (*model)->values);
    return LSTM_OK;
}

/* Its moments, if it has them; means of squares are at least 0. */
static lstm_status take_moments(loader *l, int64_t number, const lts_params *params,
                                lts_moments *moments)
{
    char prefix[LTS_MOMENT_PREFIX];
    int64_t n_update = l->text.networks[number].n_moment_update, total = params->total;
    for (int64_t i = 0; i < LTS_N_MOMENT && n_update > 0; i++) {
        lts_moment_prefix(prefix, number, i);
        LTS_TRY(take_block(l, prefix, params));
    }
    if (n_update == 0)
        return LSTM_OK;
    *moments = (lts_moments){n_update, lts_alloc(LTS_N_MOMENT * total, sizeof(real))};
    if (moments->values == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < LTS_N_MOMENT; i++) {
        lts_moment_prefix(prefix, number, i);
        copy_block(l, prefix, params, moments->values + i * total);
    }
    for (int64_t i = total; i < LTS_N_MOMENT * total; i++)
        if (moments->values[i] < 0)
            return lts_fail(LSTM_E_NUMERIC, "element %lld of %s is %g, expected at least 0",
                            (long long)(i - total), prefix, (double)moments->values[i]);
    return LSTM_OK;
}

/* Inputs of a network: a view of more must not be laid out. */
static lstm_status find_inputs(const loader *l, const char *prefix, int64_t *D)
{
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "%s.input.weight", prefix);
    const lts_stored *stored = lts_safetensors_find(l->tensors.file, name);
    if (stored == NULL)
        return lts_fail(LSTM_E_NAME, "there is no tensor %s", name);
    if (stored->n_dim != 2 || stored->dim[1] < 1)
        return lts_fail(LSTM_E_SHAPE, "%s is no matrix", name);
    *D = stored->dim[1];
    return LSTM_OK;
}

static lstm_status take_network(loader *l, int64_t number, lts_network_part *part)
{
    const lts_network_text *text = &l->text.networks[number];
    const lts_loss *loss = &l->f->loss;
    char prefix[32];
    int64_t D = 0, n_output;
    lts_params params;
    snprintf(prefix, sizeof prefix, "network.%lld", (long long)number);
    LTS_TRY(find_inputs(l, prefix, &D));
    LTS_TRY(take_view(l, prefix, &text->view, D, &part->view));
    LTS_TRY(lts_loss_match(loss, part->view->columns.K,
                           text->view.context_len + text->view.horizon - 1));
    if (!lts_multiply(part->view->columns.K, loss->n_out, &n_output))
        n_output = INT64_MAX;
    LTS_TRY(lts_params_init(&params, D, n_output, text->n_hidden, text->n_layer));
    lstm_status status = take_parameters(l, prefix, &params, &part->model);
    if (status >= 0)
        status = take_moments(l, number, &params, &part->moments);
    lts_params_clear(&params);
    return status;
}

static lstm_status take_networks(loader *l)
{
    lts_fitted *fitted = &l->f->fitted;
    fitted->networks = lts_alloc(l->text.n_network, sizeof *fitted->networks);
    if (fitted->networks == NULL)
        return LSTM_E_NOMEM;
    for (; fitted->n_network < l->text.n_network; fitted->n_network++) {
        lts_network_part *part = &fitted->networks[fitted->n_network];
        lstm_status status = take_network(l, fitted->n_network, part);
        if (status < 0) {
            lts_network_part_clear(part);
            return status;
        }
    }
    return LSTM_OK;
}

/* lstm_interval_set_state() verifies the state. */
static lstm_status take_intervals(loader *l)
{
    lts_fitted *fitted = &l->f->fitted;
    const lts_stored *stored;
    int64_t length;
    LTS_TRY(lts_tensors_length(&l->tensors, "interval.state", &length));
    LTS_TRY(lts_tensors_take_any(&l->tensors, "interval", "state", LTS_REAL_DTYPE, 1, &length,
                                 &stored));
    LTS_TRY(lts_intervals_new(fitted, &l->f->options, length));
    real *state = lts_alloc(length, sizeof *state);
    if (state == NULL)
        return LSTM_E_NOMEM;
    memcpy(state, stored->data, (size_t)length * sizeof *state);
    lstm_status status = lstm_interval_set_state(fitted->interval, state, length);
    lts_free(state);
    return status;
}

/* Series and ends of the residuals, which must be those of a fit. */
static lstm_status take_residual_ends(loader *l, lts_residuals *residuals)
{
    const int64_t dim[] = {residuals->n, 2};
    const void *data;
    LTS_TRY(lts_tensors_take(&l->tensors, "residuals", "ends", "F64", 2, dim, &data));
    for (int64_t i = 0; i < residuals->n; i++) {
        double at[2];
        memcpy(at, (const char *)data + i * (int64_t)sizeof at, sizeof at);
        bool is_series = at[0] >= 0 && at[0] < (double)l->f->fitted.roster.n;
        if (!is_series || at[0] != floor(at[0]) ||
            !(at[1] >= (double)residuals->H && at[1] <= 0x1p53 && at[1] == floor(at[1])))
            return lts_fail(LSTM_E_NUMERIC, "row %lld of residuals.ends is %g, %g", (long long)i,
                            at[0], at[1]);
        residuals->series[i] = (int64_t)at[0];
        residuals->ends[i] = (int64_t)at[1];
    }
    return LSTM_OK;
}

/* Absent if there are none. Elements are finite or NaN. */
static lstm_status take_residuals(loader *l)
{
    lts_residuals *residuals = &l->f->fitted.residuals;
    const lts_stored *stored = lts_safetensors_find(l->tensors.file, "residuals.values");
    if (stored == NULL)
        return LSTM_OK;
    if (stored->n_dim != 3 || stored->dim[0] < 1 || stored->dim[0] > LTS_JUDGE_WINDOWS)
        return lts_fail(LSTM_E_SHAPE, "residuals.values are not 1 .. %d forecasts",
                        LTS_JUDGE_WINDOWS);
    const int64_t dim[] = {stored->dim[0], l->f->options.horizon, l->f->fitted.n_target};
    LTS_TRY(
        lts_tensors_take_any(&l->tensors, "residuals", "values", LTS_REAL_DTYPE, 3, dim, &stored));
    LTS_TRY(lts_residuals_new(residuals, dim[0], dim[1], dim[2]));
    int64_t size = dim[0] * dim[1] * dim[2];
    memcpy(residuals->values, stored->data, (size_t)size * sizeof(real));
    for (int64_t i = 0; i < size; i++)
        if (isinf(residuals->values[i]))
            return lts_fail(LSTM_E_NUMERIC, "element %lld of residuals.values is %g", (long long)i,
                            (double)residuals->values[i]);
    return take_residual_ends(l, residuals);
}

static lstm_status fill(loader *l, const json_t *json)
{
    LTS_TRY(lts_forecaster_text_read(&l->text, json));
    LTS_TRY(make_forecaster(l));
    lts_fitted *fitted = &l->f->fitted;
    LTS_TRY(lts_fitted_begin(fitted, l->text.frame));
    l->text.frame = NULL;
    fitted->choice = l->text.choice;
    fitted->continued = l->text.continued;
    fitted->choice.why = fitted->why = lts_strdup(l->text.why);
    if (fitted->why == NULL)
        return LSTM_E_NOMEM;
    LTS_TRY(lts_roster_load(&fitted->roster, &l->tensors, l->text.series, fitted->frame));
    LTS_TRY(take_ridge(l));
    LTS_TRY(take_networks(l));
    LTS_TRY(take_intervals(l));
    LTS_TRY(take_residuals(l));
    if (l->tensors.n_taken != lts_safetensors_count(l->tensors.file))
        return lts_fail(LSTM_E_FORMAT, "%lld of %lld tensors are no forecaster's",
                        (long long)(lts_safetensors_count(l->tensors.file) - l->tensors.n_taken),
                        (long long)lts_safetensors_count(l->tensors.file));
    l->f->is_fitted = true;
    return LSTM_OK;
}

/* Adds the path. What was an argument is the contents of a file. */
static lstm_status report(const lts_safetensors *file, lstm_status status)
{
    char message[320];
    if (status == LSTM_E_NOMEM)
        return status;
    snprintf(message, sizeof message, "%s", lstm_last_error());
    bool is_argument = status == LSTM_E_ARGUMENT || status == LSTM_E_OPTIONS;
    return lts_fail(is_argument ? LSTM_E_FORMAT : status, "%.160s: %s", lts_safetensors_path(file),
                    message);
}

static lstm_status load_forecaster(const lts_safetensors *file, const json_t *json,
                                   lstm_forecaster **out)
{
    loader l = {.tensors = {.file = file}};
    lstm_status status = fill(&l, json);
    lts_forecaster_text_clear(&l.text);
    lts_free(l.arrays);
    if (status < 0) {
        lstm_forecaster_free(l.f);
        return report(file, status);
    }
    *out = l.f;
    return LSTM_OK;
}

/* Whether it is a forecaster's file, of this version and with a checksum. */
static lstm_status identify(const lts_safetensors *file)
{
    const char *path = lts_safetensors_path(file), *kind = lts_safetensors_text(file, "kind");
    const char *format = lts_safetensors_text(file, "format");
    const char *version = lts_safetensors_text(file, "format_version");
    uint64_t number;
    if (format == NULL || strcmp(format, "lstmts") != 0 || kind == NULL || version == NULL ||
        !lts_parse_uint(version, &number))
        return lts_fail(LSTM_E_FORMAT, "%.300s is not a file of this library", path);
    if (!lts_safetensors_verified(file))
        return lts_fail(LSTM_E_CHECKSUM, "%.300s is damaged: its checksum is missing", path);
    if (strcmp(kind, "forecaster") != 0)
        return lts_fail(LSTM_E_FORMAT, "%.300s holds a %.40s, not a forecaster", path, kind);
    if (number != LTS_FORECASTER_VERSION)
        return lts_fail(LSTM_E_VERSION,
                        "%.200s has format version %llu, this release reads forecasters of %d",
                        path, (unsigned long long)number, LTS_FORECASTER_VERSION);
    return LSTM_OK;
}

static lstm_status read_file(const lts_safetensors *file, lstm_forecaster **out)
{
    json_t *json;
    json_error_t error;
    LTS_TRY(identify(file));
    const char *text = lts_safetensors_text(file, "forecaster");
    if (text == NULL)
        return lts_fail(LSTM_E_FORMAT, "%.300s: no \"forecaster\" in its metadata",
                        lts_safetensors_path(file));
    lstm_status status = lts_json_read(&json, text, (int64_t)strlen(text), &error);
    if (status == LSTM_E_FORMAT || status == LSTM_E_LIMIT)
        return lts_fail(status, "%.200s: \"forecaster\" in its metadata: %.160s",
                        lts_safetensors_path(file), error.text);
    LTS_TRY(status);
    status = load_forecaster(file, json, out);
    json_decref(json);
    return status;
}

lstm_status lstm_forecaster_load(lstm_forecaster **forecaster, const char *path)
{
    LTS_FLOAT_SCOPE();
    lts_safetensors *file;
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(path);
    LTS_TRY(lts_safetensors_open(&file, lts_at_path(path)));
    lstm_status status = read_file(file, forecaster);
    lts_safetensors_free(file);
    return status;
}
