/* SPDX-License-Identifier: MIT */
#include "base/check.h"
#include "base/float_env.h"
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
static void add(int64_t n, const real *x, real *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] += x[i];
}

/* One call, of one series. */
typedef struct call {
    const lts_fitted *fitted;
    const lts_loss *loss;
    int64_t n_thread;
    const lstm_dataset *dataset;
    const lts_own_scales *own;
    real *one; /* [n, H, K] of one member */
} call;

static lstm_status predict_ridge(const call *c, const lts_origins *origins, int64_t H, real *y)
{
    lstm_view view = lts_own_view(c->own, c->fitted->ridge.view, c->dataset);
    const lts_ridge_part part = {c->fitted->ridge.ridge, &view};
    lts_own_scales_fit(c->own, &view, origins->series[0], origins->origin[0]);
    return lts_ridge_part_predict(&part, c->dataset, origins->series, origins->origin, origins->n,
                                  H, y);
}

/* The mean of the networks. */
static lstm_status predict_networks(const call *c, const lts_origins *origins, int64_t H, real *y)
{
    int64_t n_network = c->fitted->n_network, size = origins->n * H * c->fitted->n_target;
    memset(y, 0, (size_t)size * sizeof *y);
    for (int64_t i = 0; i < n_network; i++) {
        lstm_view view = lts_own_view(c->own, c->fitted->networks[i].view, c->dataset);
        const lts_network_part part = {c->fitted->networks[i].model, &view};
        lts_own_scales_fit(c->own, &view, origins->series[0], origins->origin[0]);
        LTS_TRY(lts_network_part_predict(&part, c->loss, c->dataset, origins->series,
                                         origins->origin, origins->n, H, c->n_thread, c->one));
        add(size, c->one, y);
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

static lstm_status predict_members(const call *c, const lts_origins *origins, int64_t H, real *y)
{
    if (c->fitted->choice.use == LSTM_USE_RIDGE)
        return predict_ridge(c, origins, H, y);
    LTS_TRY(predict_networks(c, origins, H, y));
    return c->fitted->choice.use == LSTM_USE_MEAN ? mean_with_ridge(c, origins, H, y) : LSTM_OK;
}

/* Whether scales of the members depend on the origin. */
static bool scales_vary(const call *c)
{
    bool vary = c->fitted->ridge.view != NULL && lts_own_scales_vary(c->own, c->fitted->ridge.view);
    for (int64_t i = 0; i < c->fitted->n_network; i++)
        vary = vary || lts_own_scales_vary(c->own, c->fitted->networks[i].view);
    return vary;
}

/* Origins together, or one by one. */
static lstm_status predict_origins(const call *c, const lts_origins *origins, int64_t H, real *y)
{
    int64_t at_once = scales_vary(c) ? 1 : origins->n, slot = H * c->fitted->n_target;
    for (int64_t i = 0; i < origins->n; i += at_once) {
        const lts_origins some = {at_once, origins->series + i, origins->origin + i};
        LTS_TRY(predict_members(c, &some, H, y + i * slot));
    }
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

lstm_status lts_fitted_predict(const lts_fitted *fitted, const lts_loss *loss, int64_t n_thread,
                               const lstm_dataset *dataset, const lts_origins *origins, int64_t H,
                               real *y)
{
    const lts_choice *choice = &fitted->choice;
    const lts_member *m = &dataset->members[origins->series[0]];
    lts_own_scales own;
    call c = {fitted, loss, n_thread, dataset, &own, NULL};
    int64_t size, scale_rows = lts_fitted_scale_rows(fitted);
    if (choice->use == LSTM_USE_BASELINE)
        return lts_baseline_predict(choice->baseline, choice->season_len, dataset, origins, H, y);
    if (!lts_multiply(origins->n * fitted->n_target, H, &size))
        size = INT64_MAX;
    lstm_status status =
        lts_own_scales_init(&own, lts_roster_find(&fitted->roster, dataset, origins->series[0]),
                            scale_rows < m->n_row ? scale_rows : m->n_row, dataset->n_column);
    if (status >= 0) {
        c.one = lts_alloc(size, sizeof *c.one);
        status = c.one == NULL ? LSTM_E_NOMEM : LSTM_OK;
    }
    if (status >= 0)
        status = predict_origins(&c, origins, H, y);
    if (status >= 0 && choice->joined != 0)
        status = mean_with_baseline(&c, origins, H, y);
    lts_free(c.one);
    lts_own_scales_clear(&own);
    return status;
}

static int64_t most(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t lts_fitted_context(const lts_fitted *fitted)
{
    int64_t n = lts_has_baseline(&fitted->choice) ? most(fitted->choice.season_len, 1) : 1;
    for (int64_t i = 0; i < fitted->n_network; i++) {
        const lstm_view_options *o = &fitted->networks[i].view->options;
        n = most(n, most(o->context_len * o->segment_len, o->base_len) + o->difference);
    }
    return fitted->ridge.ridge == NULL ? n : most(n, fitted->ridge.ridge->options.L);
}

/* Fewer rows than these say little about a scale. */
enum { LEAST_SCALE_ROWS = 100 };

int64_t lts_fitted_scale_rows(const lts_fitted *fitted)
{
    return most(4 * lts_fitted_context(fitted), LEAST_SCALE_ROWS);
}

lstm_status lts_fitted_match(const lts_fitted *fitted, const lstm_dataset *d)
{
    return lts_match_columns(fitted->frame, d);
}

lstm_status lts_fitted_match_future(const lts_fitted *fitted, const lstm_dataset *d, int64_t series,
                                    int64_t origin, int64_t H)
{
    /* ridge and baselines read the targets alone */
    return fitted->n_network == 0 ? LSTM_OK : lts_match_future(d, series, origin, H);
}

lstm_status lts_check_origins(const lstm_forecaster *f, const lstm_dataset *d, int64_t series,
                              const int64_t *origins, int64_t n_origin, int64_t H)
{
    LTS_TRY(lts_dataset_check_series(d, series));
    LTS_TRY(lts_check_at_least("n_origin", n_origin, 1));
    LTS_TRY(lts_check_at_least("horizon", H, 1));
    if (!f->is_fitted)
        return lts_fail(LSTM_E_ORDER, "the forecaster is not fitted: call lstm_forecaster_fit()");
    LTS_TRY(lts_fitted_match(&f->fitted, d));
    for (int64_t i = 0; i < n_origin; i++) {
        LTS_TRY(lts_check_at_least("origin", origins[i], 1));
        if (origins[i] > d->members[series].n_row)
            return lts_fail(LSTM_E_SHAPE, "origin is %lld, series \"%.100s\" has %lld rows",
                            (long long)origins[i], lts_names_get(&d->names, series),
                            (long long)d->members[series].n_row);
        LTS_TRY(lts_fitted_match_future(&f->fitted, d, series, origins[i], H));
    }
    return LSTM_OK;
}

/* Forecasts into a buffer, so that y is filled at the end. */
static lstm_status predict_into(const lstm_forecaster *f, const lstm_dataset *dataset,
                                int64_t series, const int64_t *origin, int64_t n, int64_t H,
                                real *y)
{
    int64_t size, n_thread;
    LTS_TRY(lts_threads_resolve(f->options.n_threads, &n_thread));
    if (!lts_multiply(n, H, &size) || !lts_multiply(size, f->fitted.n_target, &size))
        size = INT64_MAX;
    int64_t *all_series = lts_alloc(n, sizeof *all_series);
    real *staging = lts_alloc(size, sizeof *staging);
    lstm_status status = all_series == NULL || staging == NULL ? LSTM_E_NOMEM : LSTM_OK;
    for (int64_t i = 0; i < n && status >= 0; i++)
        all_series[i] = series;
    const lts_origins origins = {n, all_series, origin};
    if (status >= 0)
        status = lts_fitted_predict(&f->fitted, &f->loss, n_thread, dataset, &origins, H, staging);
    if (status >= 0)
        memcpy(y, staging, (size_t)size * sizeof *y);
    lts_free(staging);
    lts_free(all_series);
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
    return predict_into(forecaster, dataset, series, origins, n_origin, horizon, y);
}

lstm_status lstm_forecaster_predict(const lstm_forecaster *forecaster, const lstm_dataset *dataset,
                                    int64_t series, lstm_real *y)
{
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(dataset);
    LTS_TRY(lts_dataset_check_series(dataset, series));
    int64_t origin = dataset->members[series].n_row;
    return lstm_forecaster_predict_from(forecaster, dataset, series, &origin, 1,
                                        forecaster->options.horizon, y);
}
