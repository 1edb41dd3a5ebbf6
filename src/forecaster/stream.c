/* SPDX-License-Identifier: MIT */
#include "forecaster/stream.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/integer.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "data/live.h"

/*
 * Rows that are kept: those of a context, twice, so that values are filled from the same
 * neighbours; and, of a series that is new to the forecaster, those that its scales come from. Of
 * the first kept row nobody knows what was filled.
 */
static int64_t rows_to_keep(const lstm_stream *s, int64_t season)
{
    int64_t n = 2 * s->context + 2 * season;
    if (s->number >= 0)
        return n;
    n = lts_most(n, lts_scoring_rows(&s->fitted) + 1);
    return lts_most(n, lts_fitted_scale_rows(&s->fitted) + 1);
}

/* The fit has seen the rows before those that are scored. */
static lstm_status init_intervals(lstm_stream *s, const lstm_forecaster *f, int64_t start,
                                  int64_t present)
{
    const lts_fitted *fitted = &s->fitted;
    int64_t number = s->number, size;
    int64_t known = lts_roster_known(&fitted->roster, number, s->live, start);
    if (!lts_multiply(s->H, s->K, &size) || !lts_multiply(size, 1 + s->shares.n, &size))
        size = INT64_MAX;
    s->has_intervals = true;
    s->expected = lts_alloc(size, sizeof *s->expected);
    if (s->expected == NULL)
        return LSTM_E_NOMEM;
    return lts_scoring_init(&s->scoring, fitted, &f->options, number,
                            lts_scoring_first(fitted, number, known, present, s->H));
}

/* What messages call the series: its name in the data set, or else in the fit. */
static const char *name_of(const lts_fitted *fitted, const lstm_stream_options *o)
{
    if (o->dataset != NULL)
        return lts_names_get(&o->dataset->names, o->series);
    return o->series >= 0 ? lts_names_get(&fitted->roster.names, o->series) : "new";
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
    if (o->intervals != 0)
        s->shares = f->shares;
    s->H = o->horizon == 0 ? f->options.horizon : o->horizon;
    s->K = s->fitted.n_target;
    s->n_future = o->n_future == 0 ? s->H : o->n_future;
    s->context = lts_fitted_context(&s->fitted);
    const lstm_dataset *frame = o->dataset == NULL ? s->fitted.frame : o->dataset;
    int64_t season = frame->missing == LSTM_MISSING_SEASONAL ? frame->season_len : 0;
    int64_t number = o->series;
    if (o->dataset != NULL)
        number = lts_roster_find(&s->fitted.roster, o->dataset, o->series);
    if (s->context > INT64_MAX / 32 || season > INT64_MAX / 32)
        return lts_fail(LSTM_E_LIMIT, "a context of %lld rows is too long", (long long)s->context);
    s->number = number;
    LTS_TRY(lts_own_scales_init(&s->own, 1, number < 0 ? lts_fitted_scale_rows(&s->fitted) : 0,
                                frame->n_column));
    s->n_keep = rows_to_keep(s, season);
    if (o->dataset != NULL)
        start = o->dataset->series[o->series].start;
    LTS_TRY(lts_live_new(&s->live, frame, name_of(&s->fitted, o), s->n_keep, s->n_future, start));
    if (!lts_multiply(s->H, s->K, &size) || !lts_multiply(size, 1 + s->shares.n, &size))
        size = INT64_MAX;
    s->y = lts_alloc(size, sizeof *s->y);
    s->one = lts_alloc(size, sizeof *s->one);
    if (s->y == NULL || s->one == NULL)
        return LSTM_E_NOMEM;
    if (o->intervals != 0)
        LTS_TRY(init_intervals(s, f, start,
                               o->dataset == NULL ? 0 : o->dataset->series[o->series].n_row));
    return lts_stream_init_members(s);
}

/* Fills what is missing first. */
static lstm_status forecast_present(lstm_stream *s, real *y)
{
    LTS_TRY(lts_fitted_match_future(&s->fitted, s->live, 0, s->live->series[0].n_row, s->H));
    if (lts_dataset_fills(s->live))
        LTS_TRY(lts_dataset_fill(s->live, 0));
    return lts_stream_run(s, y);
}

static int64_t rows_of(const lstm_stream *s)
{
    return s->live->series[0].first + s->live->series[0].n_row;
}

/* Of a stream without intervals y is NULL. */
static lts_scored scored(const lstm_stream *s, const real *y)
{
    int64_t slot = s->H * s->K;
    return (lts_scored){y, y == NULL ? NULL : y + slot, slot};
}

static bool is_due(const lstm_stream *s)
{
    return s->has_intervals && lts_scoring_is_due(&s->scoring, rows_of(s));
}

/*
 * Before a row comes, the forecast that it and the next ones will score. One that cannot be made,
 * since future rows or values are missing, is left out.
 */
static lstm_status foretell(lstm_stream *s, bool *is_made)
{
    *is_made = false;
    if (!is_due(s))
        return LSTM_OK;
    lts_scoring_measure(&s->scoring, s->live, 0, s->live->series[0].n_row);
    lstm_status status = forecast_present(s, s->expected);
    *is_made = status >= 0;
    return status == LSTM_E_NOMEM ? status : LSTM_OK;
}

/* Drops the first rows of a full buffer. */
static lstm_status make_space(lstm_stream *s)
{
    int64_t n = lts_live_surplus(s->live, s->n_keep);
    if (n == 0)
        return LSTM_OK;
    if (lts_dataset_fills(s->live) && lts_dataset_fill(s->live, 0) == LSTM_E_NOMEM)
        return LSTM_E_NOMEM;
    lts_stream_drop(s, n);
    lts_live_drop(s->live, n);
    return LSTM_OK;
}

static lstm_status push(lstm_stream *s, const real *row)
{
    bool is_made;
    LTS_TRY(make_space(s));
    LTS_TRY(foretell(s, &is_made));
    LTS_TRY(lts_dataset_push(s->live, 0, row));
    const lts_scored forecast = scored(s, s->expected);
    if (is_made)
        LTS_TRY(lts_scoring_expect(&s->scoring, &forecast));
    return s->has_intervals ? lts_scoring_observe(&s->scoring, s->live, row) : LSTM_OK;
}

/* n rows as they were before missing values were filled. */
static void copy_unfilled(const lts_dataset_series *m, int64_t C, int64_t first, int64_t n,
                          real *rows)
{
    for (int64_t i = 0; i < n * C; i++)
        rows[i] = lts_is_filled(m, first * C + i) ? (real)NAN : m->values[first * C + i];
}

/* The rows after the first n of a series, as future rows. */
static lstm_status push_future(lstm_stream *s, const lts_dataset_series *m, int64_t n, real *rows)
{
    int64_t left = m->n_row + m->n_future - n;
    left = left < s->n_future ? left : s->n_future;
    copy_unfilled(m, s->live->n_column, n, left, rows);
    return lts_dataset_push_future(s->live, 0, rows, left);
}

static lstm_status push_series(lstm_stream *s, const lstm_dataset *d, int64_t series)
{
    const lts_dataset_series *m = &d->series[series];
    int64_t size;
    if (!lts_multiply(lts_most(s->n_future, 1), d->n_column, &size))
        size = INT64_MAX;
    real *rows = lts_alloc(size, sizeof *rows);
    if (rows == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = LSTM_OK;
    for (int64_t i = 0; i < m->n_row && status >= 0; i++) {
        if (is_due(s))
            status = push_future(s, m, i, rows);
        copy_unfilled(m, d->n_column, i, 1, rows);
        if (status >= 0)
            status = push(s, rows);
    }
    if (status >= 0)
        status = push_future(s, m, m->n_row, rows);
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

/* The number of a series in the fit. */
static lstm_status check_number(const lstm_forecaster *f, int64_t series)
{
    if (series < f->fitted.roster.n && (series >= 0 || series == LSTM_NEW_SERIES))
        return LSTM_OK;
    return lts_fail(series < 0 ? LSTM_E_ARGUMENT : LSTM_E_SHAPE,
                    "series is %lld, the data set of the fit had %lld series", (long long)series,
                    (long long)f->fitted.roster.n);
}

static lstm_status check_options(const lstm_forecaster *f, const lstm_stream_options *o)
{
    LTS_TRY(lts_check_at_least("horizon", o->horizon, 0));
    LTS_TRY(lts_check_at_least("n_future", o->n_future, 0));
    if (o->horizon > INT32_MAX || o->n_future > INT32_MAX)
        return lts_fail(LSTM_E_LIMIT, "horizon is %lld, n_future is %lld, the limit is 2^31 - 1",
                        (long long)o->horizon, (long long)o->n_future);
    if (!f->is_fitted)
        return lts_fail(LSTM_E_ORDER, "the forecaster is not fitted: call lstm_forecaster_fit()");
    if (o->intervals != 0 && o->horizon != 0 && o->horizon != f->options.horizon)
        return lts_fail(LSTM_E_ARGUMENT, "horizon is %lld, intervals are of the forecaster's %lld",
                        (long long)o->horizon, (long long)f->options.horizon);
    if (o->dataset == NULL)
        return check_number(f, o->series);
    LTS_TRY(lts_check_at_least("series", o->series, 0));
    if (o->static_values != NULL || o->start != 0)
        return lts_fail(LSTM_E_ARGUMENT, "start and static_values are those of the data set");
    LTS_TRY(lts_dataset_check_series(o->dataset, o->series));
    return lts_fitted_match(&f->fitted, o->dataset);
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

void lstm_stream_free(lstm_stream *s)
{
    if (s == NULL)
        return;
    lts_stream_clear_members(s);
    lts_free(s->y);
    lts_free(s->one);
    lts_scoring_clear(&s->scoring);
    lts_free(s->expected);
    lts_own_scales_clear(&s->own);
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

static lstm_status check_rows(const lstm_stream *stream)
{
    if (rows_of(stream) > 0)
        return LSTM_OK;
    return lts_fail(LSTM_E_ORDER, "the stream has no row: call lstm_stream_push()");
}

lstm_status lstm_stream_forecast(lstm_stream *stream, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(stream);
    LTS_NOT_NULL(y);
    LTS_TRY(check_rows(stream));
    LTS_TRY(forecast_present(stream, stream->y));
    memcpy(y, stream->y, (size_t)(stream->H * stream->K) * sizeof *y);
    return LSTM_OK;
}

lstm_status lstm_stream_intervals(lstm_stream *stream, lstm_real *y, lstm_real *lower,
                                  lstm_real *upper)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(stream);
    LTS_NOT_NULL(lower);
    LTS_NOT_NULL(upper);
    if (!stream->has_intervals)
        return lts_fail(LSTM_E_ORDER, "the stream was made without the option intervals");
    LTS_TRY(check_rows(stream));
    LTS_TRY(forecast_present(stream, stream->y));
    lts_scoring_measure(&stream->scoring, stream->live, 0, stream->live->series[0].n_row);
    const lts_scored forecast = scored(stream, stream->y);
    LTS_TRY(lts_scoring_bounds(&stream->scoring, &forecast, lower, upper));
    if (y != NULL)
        memcpy(y, stream->y, (size_t)(stream->H * stream->K) * sizeof *y);
    return LSTM_OK;
}

int64_t lstm_stream_rows(const lstm_stream *stream)
{
    return stream == NULL ? 0 : rows_of(stream);
}

int64_t lstm_stream_context(const lstm_stream *stream)
{
    return stream == NULL ? 0 : stream->context;
}

int64_t lstm_stream_horizon(const lstm_stream *stream)
{
    return stream == NULL ? 0 : stream->H;
}
