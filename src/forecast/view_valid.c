/* SPDX-License-Identifier: MIT */
#include "forecast/view_valid.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "base/threads.h"

#include <string.h>

/* Origins of one call: bounds the memory of forecasts. Sums are in the order of the windows. */
enum { AT_ONCE = 256 };

/* A view has these. */
static lstm_status check_view_fields(const lstm_valid_options *options)
{
    static const char reason[] = "valid_view has the windows";
    LTS_TRY(lts_check_unset("window_len", options->window_len, reason));
    LTS_TRY(lts_check_unset("support_len", options->support_len, reason));
    LTS_TRY(lts_check_unset("pred", options->pred, reason));
    LTS_TRY(lts_check_unset("feedback_lag", options->feedback_lag, reason));
    LTS_TRY(lts_check_unset("window_rule", options->window_rule, reason));
    LTS_TRY(lts_check_unset("context_len", options->context_len, reason));
    return lts_check_unset("horizon", options->horizon, reason);
}

static lstm_status read_options(lts_view_valid *valid, const lstm_valid_options *options)
{
    lstm_valid_options read = LSTM_VALID_OPTIONS_INIT;
    if (options != NULL)
        LTS_READ_OPTIONS(&read, options, lstm_valid_options);
    LTS_TRY(check_view_fields(&read));
    valid->stride = read.stride == 0 ? 1 : read.stride;
    valid->max_windows = read.max_windows;
    LTS_TRY(lts_check_at_least("stride", valid->stride, 1));
    LTS_TRY(lts_check_at_least("max_windows", valid->max_windows, 0));
    return lts_threads_resolve(read.n_threads, &valid->n_thread);
}

static lstm_status count_origins(lts_view_valid *valid)
{
    const lstm_view *view = valid->view;
    const lstm_dataset *d = view->dataset;
    const lstm_view_options *o = &view->options;
    int64_t n_series = d->names.n, rows = o->horizon * o->segment_len;
    int64_t before = o->skip_short != 0 ? o->context_len * o->segment_len : 1;
    valid->first = lts_alloc(n_series + 1, sizeof *valid->first);
    valid->begin = lts_alloc(n_series, sizeof *valid->begin);
    valid->end = lts_alloc(n_series, sizeof *valid->end);
    if (valid->first == NULL || valid->begin == NULL || valid->end == NULL)
        return LSTM_E_NOMEM;
    for (int64_t s = 0; s < n_series; s++) {
        int64_t least = before + o->difference, begin = lts_train_end(&d->series[s]);
        valid->begin[s] = begin > least ? begin : least;
        valid->end[s] = lts_valid_end(&d->series[s]);
        int64_t n = valid->end[s] - rows - valid->begin[s] + 1;
        valid->first[s + 1] = valid->first[s] + (n > 0 ? n : 0);
    }
    if (valid->first[n_series] == 0)
        return lts_fail(LSTM_E_SHAPE,
                        "none of %lld series has the %lld rows of a horizon in its validation part",
                        (long long)n_series, (long long)rows);
    valid->n_origin = (valid->first[n_series] - 1) / valid->stride + 1;
    valid->n_used = valid->n_origin;
    if (valid->max_windows > 0 && valid->max_windows < valid->n_used)
        valid->n_used = valid->max_windows;
    return LSTM_OK;
}

/* The i-th origin that is used, and its first channel; `series` is that of an earlier one. */
static lts_place place_of(const lts_view_valid *valid, int64_t i, int64_t *series)
{
    int64_t n = valid->n_origin, m = valid->n_used;
    int64_t number = (n / m * i + n % m * i / m) * valid->stride;
    while (valid->first[*series + 1] <= number)
        ++*series;
    int64_t origin = valid->begin[*series] + number - valid->first[*series];
    return (lts_place){*series, 0, origin, origin};
}

/* places [n, n_channel] of used origins from number `first` on. */
static void list_places(const lts_view_valid *valid, int64_t first, int64_t n, int64_t *series,
                        lts_place *places)
{
    int64_t C = valid->view->n_channel;
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < C; c++) {
            places[i * C + c] = place_of(valid, first + i, series);
            places[i * C + c].channel = c;
        }
}

/* What one run works with. */
typedef struct work {
    lts_place *places; /* [AT_ONCE, n_channel]    */
    lts_level *levels; /* [n_base]                */
    real *target;      /* [K]                     */
    real *weight;      /* [K]                     */
    real *x;           /* [AT_ONCE, n_channel, T, K], or NULL */
} work;

static lstm_status init_work(work *w, const lts_view_valid *valid, bool forecasts)
{
    const lstm_view *view = valid->view;
    int64_t n = valid->n_used < AT_ONCE ? valid->n_used : AT_ONCE, K = view->columns.K, size = 0;
    if (forecasts && !lts_multiply(n * view->n_channel * K, valid->T, &size))
        size = INT64_MAX;
    *w = (work){.places = lts_alloc(n * view->n_channel, sizeof *w->places),
                .levels = lts_alloc(view->n_base, sizeof *w->levels),
                .target = lts_alloc(K, sizeof *w->target),
                .weight = lts_alloc(K, sizeof *w->weight)};
    if (forecasts)
        w->x = lts_alloc(size, sizeof *w->x);
    return w->places == NULL || w->levels == NULL || w->target == NULL || w->weight == NULL ||
                   (forecasts && w->x == NULL)
               ? LSTM_E_NOMEM
               : LSTM_OK;
}

static void clear_work(work *w)
{
    lts_free(w->places);
    lts_free(w->levels);
    lts_free(w->target);
    lts_free(w->weight);
    lts_free(w->x);
}

/* Adds to sums [T] the squared errors of a window's forecast x [T, K]; without x, the weights. */
static void add_window(const lts_view_valid *valid, const work *w, lts_place place, const real *x,
                       double *sums)
{
    const lstm_view *view = valid->view;
    int64_t K = view->columns.K;
    lts_view_levels(view, &place, w->levels);
    place.limit = valid->end[place.series];
    for (int64_t t = 0; t < valid->T; t++) {
        lts_view_targets(view, &place, w->levels, view->options.context_len - 1 + t, w->target,
                         w->weight);
        for (int64_t k = 0; k < K; k++) {
            double error = x == NULL ? 1 : (double)x[t * K + k] - (double)w->target[k];
            sums[t] += w->weight[k] != 0 ? error * error : 0;
        }
    }
}

/* Sums of all windows: squared errors of the forecasts of a model; without one, weights. */
static lstm_status add_all(const lts_view_valid *valid, const lstm_model *model, work *w,
                           double *sums)
{
    int64_t C = valid->view->n_channel, series = 0;
    memset(sums, 0, (size_t)valid->T * sizeof *sums);
    for (int64_t first = 0; first < valid->n_used; first += AT_ONCE) {
        int64_t left = valid->n_used - first, n = left < AT_ONCE ? left : AT_ONCE;
        list_places(valid, first, n, &series, w->places);
        const lts_view_forecast forecast = {.model = model,
                                            .view = valid->view,
                                            .loss = valid->loss,
                                            .places = w->places,
                                            .n = n * C,
                                            .n_segment = valid->T,
                                            .n_thread = valid->n_thread};
        if (model != NULL)
            LTS_TRY(lts_view_forecast_run(&forecast, w->x));
        for (int64_t i = 0; i < n * C; i++)
            add_window(valid, w, w->places[i],
                       model == NULL ? NULL : w->x + i * valid->T * valid->view->columns.K, sums);
    }
    return LSTM_OK;
}

static lstm_status run_all(const lts_view_valid *valid, const lstm_model *model, double *sums)
{
    work w;
    lstm_status status = init_work(&w, valid, model != NULL);
    if (status >= 0)
        status = add_all(valid, model, &w, sums);
    clear_work(&w);
    return status;
}

lstm_status lts_view_valid_init(lts_view_valid *valid, const lstm_view *view, const lts_loss *loss,
                                const lstm_model *model, const lstm_valid_options *options)
{
    *valid = (lts_view_valid){.view = view, .loss = loss, .T = view->options.horizon};
    LTS_TRY(read_options(valid, options));
    LTS_TRY(lts_columns_match(&view->columns, model->params.D, loss->n_out, model->params.K));
    LTS_TRY(count_origins(valid));
    valid->weights = lts_alloc(valid->T, sizeof *valid->weights);
    if (valid->weights == NULL)
        return LSTM_E_NOMEM;
    LTS_TRY(run_all(valid, NULL, valid->weights));
    for (int64_t t = 0; t < valid->T; t++)
        if (valid->weights[t] == 0)
            return lts_fail(LSTM_E_SHAPE,
                            "step %lld of the validation windows has no target that is scored",
                            (long long)t);
    return LSTM_OK;
}

void lts_view_valid_clear(lts_view_valid *valid)
{
    lts_free(valid->first);
    lts_free(valid->begin);
    lts_free(valid->end);
    lts_free(valid->weights);
    *valid = (lts_view_valid){0};
}

lstm_status lts_view_valid_run(const lts_view_valid *valid, const lstm_model *model, double *total)
{
    LTS_TRY(run_all(valid, model, total));
    for (int64_t t = 0; t < valid->T; t++)
        total[t] = sqrt(total[t] / valid->weights[t]);
    return LSTM_OK;
}
