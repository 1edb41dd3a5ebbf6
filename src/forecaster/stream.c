/* SPDX-License-Identifier: MIT */
#include <lstmts/stream.h>

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "data/live.h"
#include "forecaster/forecaster.h"
#include "method/running.h"

struct lstm_stream {
    lts_fitted fitted; /**< shared                                                       */
    lts_loss loss;
    lstm_dataset *live;
    int64_t H, K;
    int64_t context; /**< rows that a forecast reads                                     */
    int64_t n_keep;  /**< and those kept before them, so that filled values are the same */
    int64_t n_future;
    lts_network_work *networks; /**< [n_network]                                         */
    lts_ridge_work ridge;
    lts_running *dropped; /**< [K] of the rows that were dropped; NULL unless a baseline */
    lts_running *all;     /**< [K] while a baseline forecasts                            */
    double *values;       /**< [H] of a baseline                                         */
    real *y, *one;        /**< [H, K]                                                    */
};

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t context_of(const lts_fitted *fitted)
{
    int64_t n = lts_has_baseline(&fitted->choice) ? most(fitted->choice.season_len, 1) : 1;
    for (int64_t i = 0; i < fitted->n_network; i++) {
        const lstm_view_options *o = &fitted->networks[i].view->options;
        n = most(n, most(o->context_len * o->segment_len, o->base_len) + o->difference);
    }
    return lts_has_ridge(&fitted->choice) ? most(n, fitted->ridge.ridge->options.L) : n;
}

/* Seasons of a baseline; 1 if it has none. */
static int64_t season_of(const lts_choice *choice)
{
    bool seasonal = choice->baseline == LSTM_BASELINE_SEASONAL_NAIVE ||
                    choice->baseline == LSTM_BASELINE_SEASONAL_DRIFT;
    return seasonal ? choice->season_len : 1;
}

static lstm_status init_baseline(lstm_stream *s)
{
    s->dropped = lts_alloc(s->K, sizeof *s->dropped);
    s->all = lts_alloc(s->K, sizeof *s->all);
    s->values = lts_alloc(s->H, sizeof *s->values);
    if (s->dropped == NULL || s->all == NULL || s->values == NULL)
        return LSTM_E_NOMEM;
    for (int64_t k = 0; k < s->K; k++) {
        LTS_TRY(lts_running_init(&s->dropped[k], season_of(&s->fitted.choice)));
        LTS_TRY(lts_running_init(&s->all[k], season_of(&s->fitted.choice)));
    }
    return LSTM_OK;
}

static lstm_status init_members(lstm_stream *s, int64_t series)
{
    const lts_fitted *fitted = &s->fitted;
    if (lts_has_baseline(&fitted->choice))
        LTS_TRY(init_baseline(s));
    if (lts_has_ridge(&fitted->choice))
        LTS_TRY(lts_ridge_work_init(&s->ridge, &fitted->ridge, s->live, series, s->H));
    s->networks = lts_alloc(fitted->n_network, sizeof *s->networks);
    if (s->networks == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < fitted->n_network; i++)
        LTS_TRY(lts_network_work_init(&s->networks[i], &fitted->networks[i], &s->loss, s->live,
                                      series, s->H));
    return LSTM_OK;
}

/* Everything but the rows. */
static lstm_status init_stream(lstm_stream *s, const lstm_forecaster *f,
                               const lstm_stream_options *o)
{
    const lstm_loss_options loss = lts_loss_options_of(&f->loss);
    int64_t size, start = o->start;
    s->fitted = lts_fitted_share(&f->fitted);
    LTS_TRY(lts_loss_read(&s->loss, &loss));
    LTS_TRY(lts_loss_keep(&s->loss));
    s->H = o->horizon == 0 ? f->options.horizon : o->horizon;
    s->K = s->fitted.n_target;
    s->n_future = o->n_future == 0 ? s->H : o->n_future;
    s->context = context_of(&s->fitted);
    const lstm_dataset *frame = o->dataset == NULL ? s->fitted.frame : o->dataset;
    int64_t season = frame->missing == LSTM_MISSING_SEASONAL ? frame->season_len : 0;
    if (s->context > INT64_MAX / 32 || season > INT64_MAX / 32)
        return lts_fail(LSTM_E_LIMIT, "a context of %lld rows is too long", (long long)s->context);
    s->n_keep = 2 * s->context + 2 * season;
    if (o->dataset != NULL)
        start = o->dataset->members[o->series].start;
    LTS_TRY(lts_live_new(&s->live, frame, s->n_keep, s->n_future, start));
    if (!lts_multiply(s->H, s->K, &size))
        size = INT64_MAX;
    s->y = lts_alloc(size, sizeof *s->y);
    s->one = lts_alloc(size, sizeof *s->one);
    if (s->y == NULL || s->one == NULL)
        return LSTM_E_NOMEM;
    return init_members(s, o->series);
}

/* Target columns of a row, as the dropped rows or all of them are taken. */
static void take_row(const lstm_dataset *live, int64_t row, lts_running *running)
{
    const real *values = live->members[0].values + row * live->n_column;
    for (int64_t c = 0; c < live->n_column; c++)
        if (lts_role_is_target(live->roles[c]))
            lts_running_take(running++, (double)values[c]);
}

static lstm_status push(lstm_stream *s, const real *row)
{
    int64_t n = lts_live_surplus(s->live, s->n_keep);
    if (n > 0) {
        if (lts_dataset_fills(s->live) && lts_dataset_fill(s->live, 0) == LSTM_E_NOMEM)
            return LSTM_E_NOMEM;
        for (int64_t i = 0; i < n && s->dropped != NULL; i++)
            take_row(s->live, i, s->dropped);
        lts_live_drop(s->live, n);
    }
    return lts_dataset_push(s->live, 0, row);
}

/* n rows as they were before missing values were filled. */
static void copy_unfilled(const lts_member *m, int64_t C, int64_t first, int64_t n, real *rows)
{
    for (int64_t i = 0; i < n * C; i++)
        rows[i] = lts_is_filled(m, first * C + i) ? (real)NAN : m->values[first * C + i];
}

static lstm_status push_series(lstm_stream *s, const lstm_dataset *d, int64_t series)
{
    const lts_member *m = &d->members[series];
    int64_t C = d->n_column, n = m->n_future < s->n_future ? m->n_future : s->n_future, size;
    if (!lts_multiply(most(n, 1), C, &size))
        size = INT64_MAX;
    real *rows = lts_alloc(size, sizeof *rows);
    if (rows == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = LSTM_OK;
    for (int64_t i = 0; i < m->n_row && status >= 0; i++) {
        copy_unfilled(m, C, i, 1, rows);
        status = push(s, rows);
    }
    if (status >= 0 && n > 0) {
        copy_unfilled(m, C, m->n_row, n, rows);
        status = lts_dataset_push_future(s->live, 0, rows, n);
    }
    lts_free(rows);
    if (status >= 0 && d->statics.n > 0)
        memcpy(s->live->static_values, d->static_values + series * d->statics.n,
               (size_t)d->statics.n * sizeof(real));
    return status;
}

static lstm_status set_static(lstm_stream *s, const lstm_real *values)
{
    if (values == NULL)
        return LSTM_OK;
    return lstm_dataset_set_static(s->live, 0, values);
}

static lstm_status check_options(const lstm_forecaster *f, const lstm_stream_options *o)
{
    LTS_TRY(lts_check_at_least("horizon", o->horizon, 0));
    LTS_TRY(lts_check_at_least("n_future", o->n_future, 0));
    LTS_TRY(lts_check_at_least("series", o->series, 0));
    if (o->horizon > INT32_MAX || o->n_future > INT32_MAX)
        return lts_fail(LSTM_E_LIMIT, "horizon is %lld, n_future is %lld, the limit is 2^31 - 1",
                        (long long)o->horizon, (long long)o->n_future);
    if (!f->is_fitted)
        return lts_fail(LSTM_E_ORDER, "the forecaster is not fitted: call lstm_forecaster_fit()");
    if (o->dataset == NULL)
        return lts_fitted_match(&f->fitted, f->fitted.frame, o->series);
    if (o->static_values != NULL || o->start != 0)
        return lts_fail(LSTM_E_ARGUMENT, "start and static_values are those of the data set");
    LTS_TRY(lts_dataset_check_series(o->dataset, o->series));
    return lts_fitted_match(&f->fitted, o->dataset, o->series);
}

lstm_status lstm_stream_new(lstm_stream **stream, const lstm_forecaster *forecaster,
                            const lstm_stream_options *options)
{
    LTS_FLOAT_SCOPE();
    lstm_stream_options o;
    LTS_NOT_NULL(stream);
    LTS_NOT_NULL(forecaster);
    LTS_READ_OPTIONS(&o, options, lstm_stream_options);
    LTS_TRY(check_options(forecaster, &o));
    lstm_stream *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = init_stream(made, forecaster, &o);
    if (status >= 0)
        status = o.dataset == NULL ? set_static(made, o.static_values)
                                   : push_series(made, o.dataset, o.series);
    if (status < 0) {
        lstm_stream_free(made);
        return status;
    }
    *stream = made;
    return LSTM_OK;
}

static void free_running(lts_running *running, int64_t n)
{
    for (int64_t k = 0; running != NULL && k < n; k++)
        lts_running_clear(&running[k]);
    lts_free(running);
}

void lstm_stream_free(lstm_stream *s)
{
    if (s == NULL)
        return;
    for (int64_t i = 0; s->networks != NULL && i < s->fitted.n_network; i++)
        lts_network_work_clear(&s->networks[i]);
    lts_free(s->networks);
    lts_ridge_work_clear(&s->ridge);
    free_running(s->dropped, s->K);
    free_running(s->all, s->K);
    lts_free(s->values);
    lts_free(s->y);
    lts_free(s->one);
    lstm_dataset_free(s->live);
    lts_loss_clear(&s->loss);
    lts_fitted_clear(&s->fitted);
    lts_free(s);
}

lstm_status lstm_stream_push(lstm_stream *stream, const lstm_real *row)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(stream);
    LTS_NOT_NULL(row);
    return push(stream, row);
}

lstm_status lstm_stream_set_future(lstm_stream *stream, const lstm_real *rows, int64_t n_row)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(stream);
    if (n_row > 0)
        LTS_NOT_NULL(rows);
    if (n_row < 0 || n_row > stream->n_future)
        return lts_fail(LSTM_E_ARGUMENT, "n_row is %lld, expected 0 .. n_future = %lld",
                        (long long)n_row, (long long)stream->n_future);
    return lts_dataset_push_future(stream->live, 0, rows, n_row);
}

static void forecast_baseline(lstm_stream *s, real *y)
{
    for (int64_t k = 0; k < s->K; k++)
        lts_running_copy(&s->all[k], &s->dropped[k]);
    for (int64_t row = 0; row < s->live->members[0].n_row; row++)
        take_row(s->live, row, s->all);
    for (int64_t k = 0; k < s->K; k++) {
        lts_running_forecast(&s->all[k], s->fitted.choice.baseline, s->H, s->values);
        for (int64_t h = 0; h < s->H; h++)
            y[h * s->K + k] = (real)s->values[h];
    }
}

/* The mean of the networks, as predict.c. */
static lstm_status forecast_networks(lstm_stream *s, int64_t origin, real *y)
{
    int64_t size = s->H * s->K;
    memset(y, 0, (size_t)size * sizeof *y);
    for (int64_t i = 0; i < s->fitted.n_network; i++) {
        LTS_TRY(lts_network_work_run(&s->networks[i], origin, s->H, s->one));
        for (int64_t j = 0; j < size; j++)
            y[j] += s->one[j];
    }
    for (int64_t j = 0; j < size; j++)
        y[j] /= (real)s->fitted.n_network;
    return LSTM_OK;
}

static lstm_status forecast(lstm_stream *s, real *y)
{
    const lts_choice *choice = &s->fitted.choice;
    int64_t origin = s->live->members[0].n_row;
    if (lts_has_networks(choice))
        LTS_TRY(forecast_networks(s, origin, y));
    if (choice->use == LSTM_USE_RIDGE)
        lts_ridge_work_run(&s->ridge, origin, s->H, y);
    if (choice->use == LSTM_USE_MEAN) {
        lts_ridge_work_run(&s->ridge, origin, s->H, s->one);
        for (int64_t j = 0; j < s->H * s->K; j++)
            y[j] = (y[j] + s->one[j]) / 2;
    }
    if (choice->use == LSTM_USE_BASELINE)
        forecast_baseline(s, y);
    if (choice->joined != 0) {
        forecast_baseline(s, s->one);
        lts_join_baseline(s->H * s->K, s->one, y);
    }
    return LSTM_OK;
}

lstm_status lstm_stream_forecast(lstm_stream *stream, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(stream);
    LTS_NOT_NULL(y);
    const lts_member *m = &stream->live->members[0];
    if (m->n_row == 0)
        return lts_fail(LSTM_E_ORDER, "the stream has no row: call lstm_stream_push()");
    LTS_TRY(lts_fitted_match_future(&stream->fitted, stream->live, 0, m->n_row, stream->H));
    if (lts_dataset_fills(stream->live))
        LTS_TRY(lts_dataset_fill(stream->live, 0));
    LTS_TRY(forecast(stream, stream->y));
    memcpy(y, stream->y, (size_t)(stream->H * stream->K) * sizeof *y);
    return LSTM_OK;
}

int64_t lstm_stream_rows(const lstm_stream *stream)
{
    return stream == NULL ? 0 : stream->live->members[0].first + stream->live->members[0].n_row;
}

int64_t lstm_stream_context(const lstm_stream *stream)
{
    return stream == NULL ? 0 : stream->context;
}

int64_t lstm_stream_horizon(const lstm_stream *stream)
{
    return stream == NULL ? 0 : stream->H;
}
