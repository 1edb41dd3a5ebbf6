/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "device_draw.h"
#include "view_case.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { N_UPDATE = 3, MAX_TARGETS = CASE_MAX_COLUMN * 4, MAX_STEPS = 8 };

/* A training of a random view, which has missing values in most cases. */
typedef struct training {
    view_case c;
    int64_t T, K, H, L;
    double column_weights[MAX_TARGETS], step_weights[MAX_STEPS], units[MAX_TARGETS];
    lstm_loss_options loss;
    lstm_sampling_options sampling;
    lstm_optimizer_options optimizer;
    lstm_hook clip;
    lstm_updater_options options;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
} training;

/* A case that has windows. Counts are not changed by their view. */
static void draw_view(training *t, const device_request *request, bool counts)
{
    uint64_t number = request->number * 104729 + 5;
    for (view_case_open(&t->c, number); t->c.view == NULL; view_case_open(&t->c, ++number))
        view_case_close(&t->c);
    lstm_view_options o = t->c.options;
    if (counts) {
        o.transform = o.difference = o.scaling = o.scale_series = o.base = o.base_len = 0;
        o.lambda = o.spread_floor = 0;
    } else if (random_int(&t->c.stream, 0, 1) == 0) {
        o.season = LSTM_SEASON_PHASES;
        o.season_len = 3;
    }
    lstm_view *other;
    if (lstm_view_new(&other, t->c.data, &o) < 0)
        return; /* too few values for a season */
    lstm_view_free(t->c.view);
    t->c.view = other;
}

static void draw_loss(training *t, int64_t kind)
{
    random_stream *r = &t->c.stream;
    t->loss = (lstm_loss_options)LSTM_LOSS_OPTIONS_INIT;
    t->loss.kind = kind;
    t->loss.reduction = random_int(r, 0, 1);
    for (int64_t k = 0; k < t->K; k++) {
        t->column_weights[k] = (double)random_int(r, 0, 3) + (k == 0);
        t->units[k] = 8;
    }
    for (int64_t i = 0; i < t->T; i++)
        t->step_weights[i] = (double)random_int(r, 0, 3) / 4 + (i == t->T - 1);
    if (random_int(r, 0, 1) == 0) {
        t->loss.n_column_weight = t->K;
        t->loss.column_weights = t->column_weights;
    }
    if (random_int(r, 0, 1) == 0) {
        t->loss.n_step_weight = t->T;
        t->loss.step_weights = t->step_weights;
    }
    if (kind == LSTM_LOSS_NEGATIVE_BINOMIAL) {
        t->loss.n_unit = t->K;
        t->loss.units = t->units;
    }
}

/* Where a dispersion is tiny, roundings of outputs count a thousandfold. */
static void keep_dispersions_away_from_0(training *t)
{
    static const char *const names[] = {"output.weight", "output.bias"};
    for (int i = 0; i < 2 && t->loss.kind == LSTM_LOSS_NEGATIVE_BINOMIAL; i++) {
        int64_t n = lstm_model_outputs(t->model) * (i == 0 ? t->H : 1);
        lstm_real *values = device_poisoned(n);
        assert_ok(lstm_model_get(t->model, names[i], values, n));
        for (int64_t j = 0; j < n; j++)
            values[j] /= 8;
        assert_ok(lstm_model_set(t->model, names[i], values, n));
        free(values);
    }
}

/* A power of 2 that is about the largest input of some windows, and the same in both builds. */
static double size_of_inputs(const training *t)
{
    lstm_iter *iter;
    lstm_iter_options options = LSTM_ITER_OPTIONS_INIT;
    options.batch_size = 64; /* at most: fewer are drawn if there are fewer */
    assert_ok(lstm_iter_new_view(&iter, t->c.view, &options));
    assert_ok(lstm_iter_next(iter, NULL));
    int64_t n = t->T * options.batch_size, D = lstm_view_inputs(t->c.view);
    lstm_real *x = device_poisoned(n * D), *target = device_poisoned(n * t->K), most = 1;
    assert_ok(lstm_iter_read(iter, x, target));
    for (int64_t i = 0; i < n * D; i++)
        while (fabs((double)x[i]) > 1.01 * (double)most)
            most *= 2;
    free(x);
    free(target);
    lstm_iter_free(iter);
    return (double)most;
}

/* Inputs in the hundreds would saturate the cells, whose gradients are then rounding. */
static void tame_inputs(training *t)
{
    double size = size_of_inputs(t);
    int64_t n = lstm_view_inputs(t->c.view) * t->H;
    lstm_real *values = device_poisoned(n);
    assert_ok(lstm_model_get(t->model, "input.weight", values, n));
    for (int64_t i = 0; i < n; i++)
        values[i] = (lstm_real)((double)values[i] / size);
    assert_ok(lstm_model_set(t->model, "input.weight", values, n));
    free(values);
}

static void draw_model(training *t, const device_request *request)
{
    random_stream *r = &t->c.stream;
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    int64_t n_out;
    assert_ok(lstm_loss_outputs(&t->loss, &n_out));
    sizes.n_input = lstm_view_inputs(t->c.view);
    sizes.n_output = n_out * t->K;
    sizes.n_hidden = t->H = device_draw_hidden(r, request->number % (request->small ? 2 : 3));
    sizes.n_layer = t->L = random_int(r, 0, 2) == 0 ? 2 : 1;
    assert_ok(lstm_model_new(&t->model, &sizes));
    device_draw_model(r, t->model);
    keep_dispersions_away_from_0(t);
    tame_inputs(t);
}

static void draw_updater(training *t, const device_request *request)
{
    static const double rates[] = {0, 0, .25, .5};
    random_stream *r = &t->c.stream;
    lstm_iter_options iter = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options *o = &t->options;
    iter.batch_size = random_int(r, 1, 40);
    iter.seed = request->number;
    assert_ok(lstm_iter_new_view(&t->iter, t->c.view, &iter));
    *o = (lstm_updater_options)LSTM_UPDATER_OPTIONS_INIT;
    /* where data saturate the cells, gradients are rounding: Adam would make them as large as any */
    t->optimizer = (lstm_optimizer_options)LSTM_OPTIMIZER_OPTIONS_INIT;
    t->optimizer.kind = LSTM_SGD;
    t->optimizer.learning_rate = .01;
    t->clip = (lstm_hook){LSTM_HOOK_CLIP, 1};
    o->loss = &t->loss;
    o->dropout = rates[random_int(r, 0, 3)];
    o->seed = request->number;
    o->optimizer = &t->optimizer;
    o->hooks = &t->clip;
    o->n_hook = 1;
    o->average_decay = request->number % 2 == 0 ? .7 : 0;
    int64_t support[] = {0, 0, LSTM_TEACHER_FORCED, random_int(r, 0, t->T)};
    o->support_len = support[random_int(r, 0, 3)];
    o->feedback_lag = random_int(r, 0, 3) == 0 ? random_int(r, 1, 2) : 0;
    t->sampling = (lstm_sampling_options)LSTM_SAMPLING_OPTIONS_INIT;
    if (random_int(r, 0, 3) == 0) {
        t->sampling.kind = LSTM_SAMPLING_CONSTANT;
        t->sampling.final_share = .5;
        o->sampling = &t->sampling;
    }
    o->device = request->device;
    o->precision = request->precision;
    assert_ok(lstm_updater_new(&t->updater, t->model, t->iter, o));
}

static void training_open(training *t, const device_request *request, device_record *record)
{
    int64_t kind = (int64_t)(request->number % (LSTM_LOSS_NEGATIVE_BINOMIAL + 1));
    *t = (training){0};
    *record = (device_record){0};
    draw_view(t, request, kind == LSTM_LOSS_NEGATIVE_BINOMIAL);
    t->K = lstm_view_targets(t->c.view);
    t->T = t->c.reference.o.context_len + t->c.reference.o.horizon - 1;
    assert_in_range(t->K, 1, MAX_TARGETS);
    assert_in_range(t->T, 1, MAX_STEPS);
    draw_loss(t, kind);
    draw_model(t, request);
    draw_updater(t, request);
    snprintf(record->name, sizeof record->name,
             "view %" PRIu64 " (missing %" PRId64 ", difference %" PRId64 ", base %" PRId64
             ", loss %" PRId64 ", reduction %" PRId64 ", H %" PRId64 ", L %" PRId64 ", T %" PRId64
             ", K %" PRId64 ", support %" PRId64 ", lag %" PRId64 ", dropout %g, sampling %" PRId64
             ")",
             request->number, t->c.missing, t->c.options.difference, t->c.options.base, kind,
             t->loss.reduction, t->H, t->L, t->T, t->K, t->options.support_len,
             t->options.feedback_lag, t->options.dropout, t->sampling.kind);
}

static void training_close(training *t)
{
    lstm_updater_free(t->updater);
    lstm_iter_free(t->iter);
    lstm_model_free(t->model);
    view_case_close(&t->c);
}

/*
 * All tensors as one array: where the data saturate the cells, some gradients are below float's
 * range, and nothing can be said relative to their own norm.
 */
static void record_gradient(const training *t, device_record *record)
{
    lstm_real *all = NULL;
    int64_t n = 0;
    for (int64_t i = 0; i < lstm_model_parameters(t->model); i++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(t->model, i, &info));
        all = realloc(all, (size_t)(n + info.size) * sizeof *all);
        assert_non_null(all);
        assert_ok(lstm_updater_gradient(t->updater, info.name, all + n, info.size));
        n += info.size;
    }
    device_record_add(record, "gradients", NULL, n, all);
    free(all);
}

void device_view_run(const device_request *request, device_record *record)
{
    training t;
    training_open(&t, request, record);
    assert_ok(lstm_updater_backward(t.updater));
    device_record_unroll(record, t.updater, t.model);
    device_record_losses(record, "losses", t.updater, t.T);
    device_record_norm(record, t.updater);
    record_gradient(&t, record);
    assert_ok(lstm_updater_apply(t.updater));
    for (int update = 1; update < N_UPDATE; update++)
        assert_ok(lstm_updater_update(t.updater));
    /* not the norm of the gradient: quantiles and absolute errors have kinks */
    device_record_losses(record, "later losses", t.updater, t.T);
    device_record_tensors(record, "parameters", NULL, t.model);
    if (t.options.average_decay > 0) {
        lstm_model *average;
        assert_ok(lstm_updater_average(t.updater, &average));
        device_record_tensors(record, "averages", NULL, average);
        lstm_model_free(average);
    }
    training_close(&t);
}
