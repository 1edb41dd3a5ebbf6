/* SPDX-License-Identifier: MIT */
/* A forecaster as a file: docs/file-format.md. */
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"
#include "files/json_text.h"
#include "files/numbers.h"
#include "forecaster/forecaster_text.h"
#include "store/safetensors.h"

#include <lstmts/library.h>
#include <stdio.h>

enum { NAME_SIZE = 128 };

typedef struct tensor_name {
    char text[NAME_SIZE];
} tensor_name;

/* Tensors that are written: [capacity], of which n are set. */
typedef struct tensors {
    int64_t n;
    lts_stored *stored;
    tensor_name *names;
    real *state;  /* of the intervals */
    double *rows; /* [2, n_series] known rows and times, [n_residual, 2] ends of residuals */
} tensors;

/* Elements that are no number are not written: the file could not be read. */
static lstm_status check_finite(const char *name, const lts_stored *t)
{
    int64_t n = 1, bad = -1;
    for (int64_t i = 0; i < t->n_dim; i++)
        n *= t->dim[i];
    if (t->dtype == NULL)
        bad = lts_first_nonfinite(t->data, n);
    for (int64_t i = 0; i < n && t->dtype != NULL && bad < 0; i++)
        bad = isfinite(((const double *)t->data)[i]) ? -1 : i;
    if (bad < 0)
        return LSTM_OK;
    return lts_fail(LSTM_E_NUMERIC, "element %lld of %s is not finite: nothing was written",
                    (long long)bad, name);
}

/* Adds a tensor PREFIX.NAME, whose values are borrowed and may be NaN. */
static void add_any(tensors *t, const char *prefix, const char *name, lts_stored tensor)
{
    char *text = t->names[t->n].text;
    snprintf(text, NAME_SIZE, "%s.%s", prefix, name);
    tensor.name = text;
    t->stored[t->n++] = tensor;
}

/* Adds a tensor PREFIX.NAME, whose values are borrowed. */
static lstm_status add_tensor(tensors *t, const char *prefix, const char *name, lts_stored tensor)
{
    add_any(t, prefix, name, tensor);
    return check_finite(t->names[t->n - 1].text, &tensor);
}

static lstm_status add_doubles(tensors *t, const char *prefix, const char *name, int64_t n,
                               const double *values)
{
    if (n == 0)
        return LSTM_OK;
    return add_tensor(t, prefix, name,
                      (lts_stored){.dtype = "F64", .n_dim = 1, .dim = {n}, .data = values});
}

static lstm_status add_view(tensors *t, const char *prefix, const lstm_view *view)
{
    int64_t C = view->scaler.n_column, n_phase = view->season.n_phase, S = view->dataset->statics.n;
    LTS_TRY(add_tensor(t, prefix, "scales",
                       (lts_stored){.dtype = "F64",
                                    .n_dim = 3,
                                    .dim = {view->scaler.n_series, C, 2},
                                    .data = view->scaler.scales}));
    if (lts_view_stores_transforms(&view->options))
        LTS_TRY(add_doubles(t, prefix, "transformed", C, view->transformed));
    if (S > 0)
        LTS_TRY(add_tensor(
            t, prefix, "static_scales",
            (lts_stored){.dtype = "F64", .n_dim = 2, .dim = {S, 2}, .data = view->static_scales}));
    if (n_phase == 0)
        return LSTM_OK;
    return add_tensor(
        t, prefix, "season",
        (lts_stored){.n_dim = 2, .dim = {C, n_phase + 1}, .data = view->season.values});
}

/* A block of the layout of the parameters. */
static lstm_status add_block(tensors *t, const char *prefix, const lts_params *params,
                             const real *values)
{
    for (int64_t i = 0; i < params->n_tensor; i++) {
        const lts_tensor *tensor = &params->tensors[i];
        LTS_TRY(add_tensor(t, prefix, tensor->name,
                           (lts_stored){.n_dim = tensor->n_dim,
                                        .dim = {tensor->dim[0], tensor->dim[1]},
                                        .data = values + tensor->offset}));
    }
    return LSTM_OK;
}

static lstm_status add_network(tensors *t, int64_t number, const lts_network_part *part)
{
    char prefix[32], of_moment[LTS_MOMENT_PREFIX];
    const lts_params *params = &part->model->params;
    snprintf(prefix, sizeof prefix, "network.%lld", (long long)number);
    LTS_TRY(lts_model_settle(part->model));
    LTS_TRY(add_block(t, prefix, params, part->model->values));
    for (int64_t i = 0; i < LTS_N_MOMENT && part->moments.values != NULL; i++) {
        lts_moment_prefix(of_moment, number, i);
        LTS_TRY(add_block(t, of_moment, params, part->moments.values + i * params->total));
    }
    return add_view(t, prefix, part->view);
}

static lstm_status add_effects(tensors *t, const lts_effects *effects)
{
    if (effects->n == 0)
        return LSTM_OK;
    LTS_TRY(add_tensor(t, "ridge", "effects",
                       (lts_stored){.dtype = "F64",
                                    .n_dim = 2,
                                    .dim = {effects->n_target, effects->n},
                                    .data = effects->values}));
    return add_doubles(t, "ridge", "effect_penalties", effects->n_target, effects->penalties);
}

static lstm_status add_ridge(tensors *t, const lts_ridge_part *part)
{
    const lts_ridge *ridge = part->ridge;
    if (ridge == NULL)
        return LSTM_OK;
    LTS_TRY(add_tensor(t, "ridge", "weights",
                       (lts_stored){.dtype = "F64",
                                    .n_dim = 2,
                                    .dim = {ridge->options.L + 1, ridge->options.H},
                                    .data = ridge->weights}));
    LTS_TRY(add_doubles(t, "ridge", "penalties", ridge->options.n_block, ridge->penalties));
    LTS_TRY(add_effects(t, &part->effects));
    return add_view(t, "ridge", part->view);
}

static lstm_status add_loss(tensors *t, const lts_loss *loss)
{
    const lstm_loss_options o = lts_loss_options_of(loss);
    LTS_TRY(add_doubles(t, "loss", "levels", o.n_level, o.levels));
    LTS_TRY(add_doubles(t, "loss", "units", o.n_unit, o.units));
    LTS_TRY(add_doubles(t, "loss", "column_weights", o.n_column_weight, o.column_weights));
    return add_doubles(t, "loss", "step_weights", o.n_step_weight, o.step_weights);
}

/* Signed errors of forecasts, with their series and ends [n, 2]. */
static lstm_status add_residuals(tensors *t, const lts_residuals *residuals, double *ends)
{
    int64_t n = residuals->n;
    if (n == 0)
        return LSTM_OK;
    for (int64_t i = 0; i < n; i++) {
        ends[2 * i] = (double)residuals->series[i];
        ends[2 * i + 1] = (double)residuals->ends[i];
    }
    add_any(t, "residuals", "values",
            (lts_stored){
                .n_dim = 3, .dim = {n, residuals->H, residuals->K}, .data = residuals->values});
    return add_tensor(t, "residuals", "ends",
                      (lts_stored){.dtype = "F64", .n_dim = 2, .dim = {n, 2}, .data = ends});
}

/* Rows and times are copies: rows [2, n]. */
static lstm_status add_roster(tensors *t, const lts_roster *roster, bool is_timed, double *rows)
{
    int64_t n = roster->n;
    for (int64_t s = 0; s < n; s++) {
        rows[s] = (double)roster->known_rows[s];
        rows[n + s] = (double)roster->known_until[s];
    }
    LTS_TRY(add_doubles(t, "series", "known_rows", n, rows));
    if (is_timed)
        LTS_TRY(add_doubles(t, "series", "known_until", n, rows + n));
    return add_tensor(
        t, "series", "scales",
        (lts_stored){.dtype = "F64", .n_dim = 2, .dim = {n, roster->K}, .data = roster->scales});
}

/* State of the intervals, known rows and ends of residuals are copies, which are made here. */
static lstm_status add_intervals(tensors *t, const lstm_forecaster *f)
{
    const lts_fitted *fitted = &f->fitted;
    int64_t n = fitted->roster.n, length = lstm_interval_state_len(fitted->interval);
    t->state = lts_alloc(length, sizeof *t->state);
    t->rows = lts_alloc(2 * n + 2 * fitted->residuals.n, sizeof *t->rows);
    if (t->state == NULL || t->rows == NULL)
        return LSTM_E_NOMEM;
    LTS_TRY(lstm_interval_get_state(fitted->interval, t->state));
    add_any(t, "interval", "state", (lts_stored){.n_dim = 1, .dim = {length}, .data = t->state});
    LTS_TRY(add_roster(t, &fitted->roster, fitted->frame->step_unit != LSTM_STEP_ROWS, t->rows));
    LTS_TRY(add_residuals(t, &fitted->residuals, t->rows + 2 * n));
    return add_doubles(t, "interval", "levels", f->options.n_level, f->options.levels);
}

static lstm_status collect(tensors *t, const lstm_forecaster *f)
{
    const lts_fitted *fitted = &f->fitted;
    int64_t capacity = 4 + 8 + 4 + 3; /* of the loss, ridge, intervals and residuals, series */
    for (int64_t i = 0; i < fitted->n_network; i++)
        capacity += (1 + LTS_N_MOMENT) * fitted->networks[i].model->params.n_tensor + 4;
    t->stored = lts_alloc(capacity, sizeof *t->stored);
    t->names = lts_alloc(capacity, sizeof *t->names);
    if (t->stored == NULL || t->names == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < fitted->n_network; i++)
        LTS_TRY(add_network(t, i, &fitted->networks[i]));
    LTS_TRY(add_ridge(t, &fitted->ridge));
    LTS_TRY(add_intervals(t, f));
    return add_loss(t, &f->loss);
}

static lstm_status write_file(const char *path, tensors *t, const char *text)
{
    char version[LTS_NUMBER_SIZE];
    lts_print_uint(version, LTS_FORECASTER_VERSION);
    const lts_text texts[] = {{"format", "lstmts"},
                              {"format_version", version},
                              {"kind", "forecaster"},
                              {"library_version", LSTM_VERSION_STRING},
                              {"forecaster", text}};
    return lts_safetensors_write(lts_at_path(path), t->stored, t->n, texts,
                                 sizeof texts / sizeof *texts);
}

lstm_status lstm_forecaster_save(const lstm_forecaster *forecaster, const char *path)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(path);
    if (!forecaster->is_fitted)
        return lts_fail(LSTM_E_ORDER, "the forecaster is not fitted: call lstm_forecaster_fit()");
    tensors t = {0};
    char *text = NULL;
    lstm_status status = collect(&t, forecaster);
    if (status >= 0) {
        json_t *json = lts_forecaster_json(forecaster);
        text = lts_json_text(json, 0);
        json_decref(json);
        status = text == NULL ? LSTM_E_NOMEM : write_file(path, &t, text);
    }
    lts_free(text);
    lts_free(t.stored);
    lts_free(t.names);
    lts_free(t.state);
    lts_free(t.rows);
    return status;
}
