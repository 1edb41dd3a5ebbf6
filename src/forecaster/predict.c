/* SPDX-License-Identifier: MIT */
#include "base/check.h"
#include "base/float_env.h"
#include "base/integer.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/threads.h"
#include "data/match.h"
#include "forecaster/forecaster.h"

lstm_status lts_baseline_predict(int64_t kind, int64_t season_len, const lstm_dataset *dataset,
                                 const lts_origins *origins, int64_t H, real *y)
{
    lstm_method *method;
    lstm_baseline_options options = LSTM_BASELINE_OPTIONS_INIT;
    options.kind = kind;
    options.season_len = season_len;
    LTS_TRY(lstm_baseline_new(&method, &options));
    int64_t slot = H * lstm_dataset_targets(dataset);
    lstm_status status = LSTM_OK;
    for (int64_t i = 0; i < origins->n && status >= 0; i++)
        status = lstm_method_predict(method, dataset, origins->series[i], origins->origin[i], H,
                                     y + i * slot);
    lstm_method_free(method);
    return status;
}

/* y += x, and later y /= n: sums are in the order of the members. */
static void add_forecast(int64_t n, const real *x, real *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += x[i];
}

/* Windows that are forecast together: bounds the memory of their forecasts. */
enum { AT_ONCE = 256 };

typedef struct call {
    const lts_fitted *fitted;
    const lts_loss *loss;
    const lts_shares *shares; /* or NULL; for a single origin */
    int64_t n_thread;
    const lstm_dataset *dataset;
    lts_own_scales own;
    int64_t *numbers; /* [AT_ONCE] of the series in the fit; -1 = new */
    real *one;        /* [1 + shares, AT_ONCE, H, K] of one member    */
} call;

static int64_t slabs_of(const call *c)
{
    return 1 + (c->shares == NULL ? 0 : c->shares->n);
}

/* The view of a member, with the scales of the series that are forecast. */
static lstm_view view_of(const call *c, const lstm_view *view, const lts_origins *origins)
{
    const lstm_view on = lts_own_scales_view(&c->own, view, c->dataset);
    for (int64_t i = 0; i < origins->n; i++)
        if (i == 0 || origins->series[i] != origins->series[i - 1])
            lts_own_scales_set(&c->own, &on, view, c->numbers[i], origins->series[i],
                               origins->origin[i]);
    return on;
}

static lstm_status predict_ridge(const call *c, const lts_origins *origins, int64_t H, real *y)
{
    lstm_view view = view_of(c, c->fitted->ridge.view, origins);
    const lts_ridge_part part = {c->fitted->ridge.ridge, &view, c->fitted->ridge.effects};
    return lts_ridge_part_predict(&part, c->dataset, origins->series, origins->origin, origins->n,
                                  H, y);
}

/* The mean of the networks. */
static lstm_status predict_networks(const call *c, const lts_origins *origins, int64_t H, real *y)
{
    int64_t n_network = c->fitted->n_network;
    int64_t size = slabs_of(c) * origins->n * H * c->fitted->n_target;
    memset(y, 0, (size_t)size * sizeof *y);
    for (int64_t i = 0; i < n_network; i++) {
        lstm_view view = view_of(c, c->fitted->networks[i].view, origins);
        const lts_network_part part = {.model = c->fitted->networks[i].model, .view = &view};
        LTS_TRY(lts_network_part_predict(&part, c->loss, c->shares, c->dataset, origins->series,
                                         origins->origin, origins->n, H, c->n_thread, c->one));
        add_forecast(size, c->one, y);
    }
    for (int64_t i = 0; i < size; i++)
        y[i] /= (real)n_network;
    return LSTM_OK;
}

/* Replaces y by the mean of y and ridge. */
static lstm_status mean_with_ridge(const call *c, const lts_origins *origins, int64_t H, real *y)
{
    LTS_TRY(predict_ridge(c, origins, H, c->one));
    for (int64_t i = 0; i < origins->n * H * c->fitted->n_target; i++)
        y[i] = (y[i] + c->one[i]) / 2;
    return LSTM_OK;
}

static lstm_status mean_with_baseline(const call *c, const lts_origins *origins, int64_t H, real *y)
{
    const lts_choice *choice = &c->fitted->choice;
    LTS_TRY(
        lts_baseline_predict(choice->baseline, choice->season_len, c->dataset, origins, H, c->one));
    lts_join_baseline(origins->n * H * c->fitted->n_target, c->one, y);
    return LSTM_OK;
}

static lstm_status predict_members(const call *c, const lts_origins *origins, int64_t H, real *y)
{
    const lts_choice *choice = &c->fitted->choice;
    if (choice->use == LSTM_USE_RIDGE) {
        LTS_TRY(predict_ridge(c, origins, H, y));
    } else {
        LTS_TRY(predict_networks(c, origins, H, y));
        if (choice->use == LSTM_USE_MEAN)
            LTS_TRY(mean_with_ridge(c, origins, H, y));
    }
    return choice->joined != 0 ? mean_with_baseline(c, origins, H, y) : LSTM_OK;
}

/* Whether some member has scales for each series: those of a new one depend on the origin. */
static bool has_own_scales(const lts_fitted *fitted)
{
    bool has = fitted->ridge.view != NULL && fitted->ridge.view->options.scale_series != 0;
    for (int64_t i = 0; i < fitted->n_network; i++)
        has = has || fitted->networks[i].view->options.scale_series != 0;
    return has;
}

/* The place of one of the origins of a series, or n. */
static int64_t find_series(const lts_origins *origins, int64_t n, int64_t series)
{
    int64_t i = 0;
    while (i < n && origins->series[i] != series)
        i++;
    return i;
}

/*
 * The number of first origins that are forecast together. A new series with scales of its own has
 * one of them, since the table has one line for it.
 */
static int64_t take_some(const call *c, const lts_origins *origins)
{
    bool own = has_own_scales(c->fitted);
    int64_t n = 0;
    for (; n < origins->n && n < AT_ONCE; n++) {
        int64_t series = origins->series[n];
        int64_t before = own ? find_series(origins, n, series) : n;
        if (before < n && c->numbers[before] < 0)
            break;
        c->numbers[n] = before < n ? c->numbers[before]
                        : own      ? lts_roster_find(&c->fitted->roster, c->dataset, series)
                                   : 0;
    }
    return n;
}

static lstm_status init_call(call *c, const lts_origins *origins, int64_t H)
{
    int64_t at_once = origins->n < AT_ONCE ? origins->n : AT_ONCE, longest = 0, size;
    int64_t scale_rows = lts_fitted_scale_rows(c->fitted);
    bool single = true;
    for (int64_t i = 0; i < origins->n; i++) {
        single = single && origins->series[i] == origins->series[0];
        longest = origins->origin[i] > longest ? origins->origin[i] : longest;
    }
    if (!lts_multiply(at_once * c->fitted->n_target, H, &size) ||
        !lts_multiply(size, slabs_of(c), &size))
        size = INT64_MAX;
    c->numbers = lts_alloc(at_once, sizeof *c->numbers);
    c->one = lts_alloc(size, sizeof *c->one);
    if (c->numbers == NULL || c->one == NULL)
        return LSTM_E_NOMEM;
    if (!has_own_scales(c->fitted))
        return LSTM_OK;
    return lts_own_scales_init(&c->own, single ? 1 : c->dataset->names.n,
                               scale_rows < longest ? scale_rows : longest, c->dataset->n_column);
}

static lstm_status run_call(call *c, const lts_origins *origins, int64_t H, real *y)
{
    const lts_choice *choice = &c->fitted->choice;
    if (choice->use == LSTM_USE_BASELINE)
        return lts_baseline_predict(choice->baseline, choice->season_len, c->dataset, origins, H,
                                    y);
    lstm_status status = init_call(c, origins, H);
    for (int64_t i = 0; i < origins->n && status >= 0;) {
        lts_origins some = {origins->n - i, origins->series + i, origins->origin + i};
        some.n = take_some(c, &some);
        status = predict_members(c, &some, H, y + i * H * c->fitted->n_target);
        i += some.n;
    }
    lts_own_scales_clear(&c->own);
    lts_free(c->numbers);
    lts_free(c->one);
    return status;
}

lstm_status lts_fitted_predict(const lts_fitted *fitted, const lts_loss *loss, int64_t n_thread,
                               const lstm_dataset *dataset, const lts_origins *origins, int64_t H,
                               real *y)
{
    call c = {.fitted = fitted, .loss = loss, .n_thread = n_thread, .dataset = dataset};
    return run_call(&c, origins, H, y);
}

lstm_status lts_fitted_predict_shares(const lts_fitted *fitted, const lts_loss *loss,
                                      const lts_shares *shares, int64_t n_thread,
                                      const lstm_dataset *dataset, const lts_origins *one,
                                      int64_t H, real *y)
{
    call c = {.fitted = fitted, .loss = loss, .n_thread = n_thread, .dataset = dataset};
    if (shares->n == 0)
        return run_call(&c, one, H, y);
    c.shares = shares;
    memset(y, 0, (size_t)(slabs_of(&c) * H * fitted->n_target) * sizeof *y);
    return run_call(&c, one, H, y);
}

int64_t lts_fitted_context(const lts_fitted *fitted)
{
    int64_t n = lts_has_baseline(&fitted->choice) ? lts_most(fitted->choice.season_len, 1) : 1;
    for (int64_t i = 0; i < fitted->n_network; i++) {
        const lstm_view_options *o = &fitted->networks[i].view->options;
        n = lts_most(n, lts_most(o->context_len * o->segment_len, o->base_len) + o->difference);
    }
    return fitted->ridge.ridge == NULL ? n : lts_most(n, fitted->ridge.ridge->options.L);
}

/* Fewer rows than these say little about a scale. */
enum { LEAST_SCALE_ROWS = 100 };

int64_t lts_fitted_scale_rows(const lts_fitted *fitted)
{
    return lts_most(4 * lts_fitted_context(fitted), LEAST_SCALE_ROWS);
}

lstm_status lts_fitted_match(const lts_fitted *fitted, const lstm_dataset *d)
{
    return lts_match_columns(fitted->frame, d);
}

lstm_status lts_fitted_match_future(const lts_fitted *fitted, const lstm_dataset *d, int64_t series,
                                    int64_t origin, int64_t H)
{
    /* baselines, and ridge where covariates have no effects, read the targets alone */
    bool reads = fitted->n_network > 0 || fitted->ridge.effects.n > 0;
    return reads ? lts_match_future(d, series, origin, H) : LSTM_OK;
}

static lstm_status check_forecast(const lstm_forecaster *f, const lstm_dataset *d, int64_t H)
{
    LTS_TRY(lts_check_at_least("horizon", H, 1));
    if (!f->is_fitted)
        return lts_fail(LSTM_E_ORDER, "the forecaster is not fitted: call lstm_forecaster_fit()");
    return lts_fitted_match(&f->fitted, d);
}

static lstm_status check_origin(const lstm_forecaster *f, const lstm_dataset *d, int64_t series,
                                int64_t origin, int64_t H)
{
    LTS_TRY(lts_check_at_least("origin", origin, 1));
    if (origin > d->series[series].n_row)
        return lts_fail(LSTM_E_SHAPE, "origin is %lld, series \"%.100s\" has %lld rows",
                        (long long)origin, lts_names_get(&d->names, series),
                        (long long)d->series[series].n_row);
    return lts_fitted_match_future(&f->fitted, d, series, origin, H);
}

lstm_status lts_check_origins(const lstm_forecaster *f, const lstm_dataset *d, int64_t series,
                              const int64_t *origins, int64_t n_origin, int64_t H)
{
    LTS_TRY(lts_dataset_check_series(d, series));
    LTS_TRY(lts_check_at_least("n_origin", n_origin, 1));
    LTS_TRY(check_forecast(f, d, H));
    for (int64_t i = 0; i < n_origin; i++)
        LTS_TRY(check_origin(f, d, series, origins[i], H));
    return LSTM_OK;
}

/* Forecasts into a buffer, so that y is filled at the end. */
static lstm_status predict_into(const lstm_forecaster *f, const lstm_dataset *dataset,
                                const lts_origins *origins, int64_t H, real *y)
{
    int64_t size, n_thread;
    LTS_TRY(lts_threads_resolve(f->options.n_threads, &n_thread));
    if (!lts_multiply(origins->n, H, &size) || !lts_multiply(size, f->fitted.n_target, &size))
        size = INT64_MAX;
    real *staging = lts_alloc(size, sizeof *staging);
    if (staging == NULL)
        return LSTM_E_NOMEM;
    lstm_status status =
        lts_fitted_predict(&f->fitted, &f->loss, n_thread, dataset, origins, H, staging);
    if (status >= 0)
        memcpy(y, staging, (size_t)size * sizeof *y);
    lts_free(staging);
    return status;
}

lstm_status lstm_forecaster_predict_from(const lstm_forecaster *forecaster,
                                         const lstm_dataset *dataset, int64_t series,
                                         const int64_t *origins, int64_t n_origin, int64_t horizon,
                                         lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(origins);
    LTS_NOT_NULL(y);
    LTS_TRY(lts_check_origins(forecaster, dataset, series, origins, n_origin, horizon));
    int64_t *all_series = lts_alloc(n_origin, sizeof *all_series);
    if (all_series == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < n_origin; i++)
        all_series[i] = series;
    const lts_origins all = {n_origin, all_series, origins};
    lstm_status status = predict_into(forecaster, dataset, &all, horizon, y);
    lts_free(all_series);
    return status;
}

lstm_status lstm_forecaster_predict(const lstm_forecaster *forecaster, const lstm_dataset *dataset,
                                    int64_t series, lstm_real *y)
{
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(dataset);
    LTS_TRY(lts_dataset_check_series(dataset, series));
    int64_t origin = dataset->series[series].n_row;
    return lstm_forecaster_predict_from(forecaster, dataset, series, &origin, 1,
                                        forecaster->options.horizon, y);
}

/* Sets series and their last rows, [n] each. */
static lstm_status take_series(const lstm_forecaster *f, const lstm_dataset *d,
                               const int64_t *series, int64_t n, int64_t *taken, int64_t *origins)
{
    for (int64_t i = 0; i < n; i++) {
        taken[i] = series == NULL ? i : series[i];
        LTS_TRY(lts_dataset_check_series(d, taken[i]));
        origins[i] = d->series[taken[i]].n_row;
        LTS_TRY(check_origin(f, d, taken[i], origins[i], f->options.horizon));
    }
    return LSTM_OK;
}

lstm_status lstm_forecaster_predict_series(const lstm_forecaster *forecaster,
                                           const lstm_dataset *dataset, const int64_t *series,
                                           int64_t n, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(y);
    LTS_TRY(lts_check_at_least("n", n, 1));
    LTS_TRY(check_forecast(forecaster, dataset, forecaster->options.horizon));
    int64_t *taken = lts_alloc(n, sizeof *taken), *origins = lts_alloc(n, sizeof *origins);
    lstm_status status = taken == NULL || origins == NULL ? LSTM_E_NOMEM : LSTM_OK;
    if (status >= 0)
        status = take_series(forecaster, dataset, series, n, taken, origins);
    const lts_origins all = {n, taken, origins};
    if (status >= 0)
        status = predict_into(forecaster, dataset, &all, forecaster->options.horizon, y);
    lts_free(taken);
    lts_free(origins);
    return status;
}
