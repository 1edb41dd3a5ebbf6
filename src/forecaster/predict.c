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

/* The mean of the networks. */
static lstm_status predict_networks(const lts_fitted *fitted, const lts_loss *loss,
                                    int64_t n_thread, const lstm_dataset *dataset,
                                    const lts_origins *origins, int64_t H, real *one, real *y)
{
    int64_t size = origins->n * H * fitted->n_target;
    memset(y, 0, (size_t)size * sizeof *y);
    for (int64_t i = 0; i < fitted->n_network; i++) {
        LTS_TRY(lts_network_part_predict(&fitted->networks[i], loss, dataset, origins->series,
                                         origins->origin, origins->n, H, n_thread, one));
        add(size, one, y);
    }
    for (int64_t i = 0; i < size; i++)
        y[i] /= (real)fitted->n_network;
    return LSTM_OK;
}

/* Replaces y by the mean of y and ridge. */
static lstm_status mean_with_ridge(const lts_fitted *fitted, const lstm_dataset *dataset,
                                   const lts_origins *origins, int64_t H, real *one, real *y)
{
    LTS_TRY(lts_ridge_part_predict(&fitted->ridge, dataset, origins->series, origins->origin,
                                   origins->n, H, one));
    for (int64_t i = 0; i < origins->n * H * fitted->n_target; i++)
        y[i] = (y[i] + one[i]) / 2;
    return LSTM_OK;
}

/* Forecasts by networks and ridge, without a baseline. */
static lstm_status predict_members(const lts_fitted *fitted, const lts_loss *loss, int64_t n_thread,
                                   const lstm_dataset *dataset, const lts_origins *origins,
                                   int64_t H, real *one, real *y)
{
    if (fitted->choice.use == LSTM_USE_RIDGE)
        return lts_ridge_part_predict(&fitted->ridge, dataset, origins->series, origins->origin,
                                      origins->n, H, y);
    LTS_TRY(predict_networks(fitted, loss, n_thread, dataset, origins, H, one, y));
    return fitted->choice.use == LSTM_USE_MEAN
               ? mean_with_ridge(fitted, dataset, origins, H, one, y)
               : LSTM_OK;
}

static lstm_status mean_with_baseline(const lts_fitted *fitted, const lstm_dataset *dataset,
                                      const lts_origins *origins, int64_t H, real *one, real *y)
{
    const lts_choice *choice = &fitted->choice;
    LTS_TRY(lts_baseline_predict(choice->baseline, choice->season_len, dataset, origins, H, one));
    lts_join_baseline(origins->n * H * fitted->n_target, one, y);
    return LSTM_OK;
}

lstm_status lts_fitted_predict(const lts_fitted *fitted, const lts_loss *loss, int64_t n_thread,
                               const lstm_dataset *dataset, const lts_origins *origins, int64_t H,
                               real *y)
{
    const lts_choice *choice = &fitted->choice;
    if (choice->use == LSTM_USE_BASELINE)
        return lts_baseline_predict(choice->baseline, choice->season_len, dataset, origins, H, y);
    int64_t size;
    if (!lts_multiply(origins->n * fitted->n_target, H, &size))
        size = INT64_MAX;
    real *one = lts_alloc(size, sizeof *one);
    if (one == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = predict_members(fitted, loss, n_thread, dataset, origins, H, one, y);
    if (status >= 0 && choice->joined != 0)
        status = mean_with_baseline(fitted, dataset, origins, H, one, y);
    lts_free(one);
    return status;
}

/* Where each series has scales of its own, those of a later one are not known. */
static lstm_status match_scales(const lstm_view *view, const lstm_dataset *d, int64_t series)
{
    if (view == NULL || !view->options.scale_series || series < view->scaler.n_series)
        return LSTM_OK;
    return lts_fail(
        LSTM_E_SHAPE, "series %lld (%.100s) has no scale: the data set of the fit had %lld series",
        (long long)series, series < d->names.n ? lts_names_get(&d->names, series) : "of a stream",
        (long long)view->scaler.n_series);
}

lstm_status lts_fitted_match(const lts_fitted *fitted, const lstm_dataset *d, int64_t series)
{
    LTS_TRY(lts_match_columns(fitted->frame, d));
    for (int64_t i = 0; i < fitted->n_network; i++)
        LTS_TRY(match_scales(fitted->networks[i].view, d, series));
    return match_scales(fitted->ridge.view, d, series);
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
    LTS_TRY(lts_fitted_match(&f->fitted, d, series));
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
