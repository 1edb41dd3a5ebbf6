/* SPDX-License-Identifier: MIT */
#include <lstmts/baseline.h>

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "data/match.h"
#include "method/effects.h"
#include "method/history.h"
#include "method/ridge_options.h"
#include "view/view.h"

#include <stdio.h>

typedef struct regression {
    lts_ridge_options options;
    lts_ridge *ridge; /**< NULL before a fit                   */
    int64_t n_series; /**< of the data set of the fit          */
    int64_t K;
    lts_ridge_column *columns; /**< [n_series, K]: their offsets and scales */
    lstm_view *view;           /**< scales known covariates; NULL = there are none */
    lts_effects effects;
} regression;

/* Mean and population deviation of the training rows. 0 and 1 where there is nothing to scale. */
static void scale_column(lts_ridge_column *column)
{
    double sum = 0, squares = 0;
    int64_t n = 0;
    for (int64_t t = 0; t < column->train_end; t++) {
        double value = lts_ridge_value(column, t);
        if (!isnan(value)) {
            sum += value;
            n++;
        }
    }
    column->offset = n == 0 ? 0 : sum / (double)n;
    for (int64_t t = 0; t < column->train_end; t++) {
        double error = lts_ridge_value(column, t) - column->offset;
        if (!isnan(error))
            squares += error * error;
    }
    column->scale = squares > 0 ? sqrt(squares / (double)n) : 1;
}

static void list_columns(const lstm_dataset *dataset, lts_ridge_column *columns)
{
    for (int64_t s = 0; s < dataset->names.n; s++) {
        const lts_dataset_series *member = &dataset->series[s];
        for (int64_t c = 0; c < dataset->n_column; c++) {
            if (!lts_role_is_target(dataset->roles[c]))
                continue;
            *columns = (lts_ridge_column){.values = member->values + c,
                                          .stride = dataset->n_column,
                                          .train_end = lts_train_end(member),
                                          .valid_end = lts_valid_end(member),
                                          .filled = member->filled,
                                          .first = c};
            scale_column(columns++);
        }
    }
}

/* Known covariates are scaled as the columns are: in each series by its training rows. */
static lstm_status new_view(lstm_view **view, const lstm_dataset *dataset)
{
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    options.context_len = options.segment_len = options.horizon = 1;
    options.scaling = LSTM_SCALING_STANDARD;
    options.scale_series = 1;
    options.past = LSTM_PAST_HOLD;
    return lstm_view_new(view, dataset, &options);
}

/* The covariates of the rows of all series that a fit reads. */
static lstm_status read_all_known(const regression *made, real **known)
{
    const lstm_dataset *d = made->view->dataset;
    int64_t n_row = 0, U = made->view->known.n;
    for (int64_t s = 0; s < made->n_series; s++)
        n_row += made->columns[s * made->K].valid_end;
    real *u = *known = lts_alloc(n_row * U, sizeof *u);
    if (u == NULL)
        return LSTM_E_NOMEM;
    for (int64_t s = 0; s < d->names.n; s++)
        for (int64_t t = 0; t < made->columns[s * made->K].valid_end; t++, u += U)
            lts_view_known(made->view, s, t, u);
    return LSTM_OK;
}

/* Fits effects of known covariates, and then the rest of the columns. */
static lstm_status fit_rest(regression *made, lts_ridge_column *columns)
{
    real *known = NULL, *rest = NULL;
    lts_effects_data data = {made->n_series, made->K, 0, columns, NULL};
    lstm_status status = LSTM_OK;
    if (made->view != NULL) {
        status = read_all_known(made, &known);
        data.n = made->view->known.n;
        data.known = known;
    }
    if (status >= 0)
        status = lts_effects_fit(&made->effects, &made->options, &data, NULL, &rest);
    lts_free(known);
    if (status >= 0)
        status = lts_ridge_fit(&made->ridge, &made->options, made->n_series * made->K, columns);
    lts_free(rest);
    return status;
}

static lstm_status fit_columns(regression *made, const lstm_dataset *dataset)
{
    int64_t n = made->n_series * made->K;
    made->columns = lts_alloc(n, sizeof *made->columns);
    lts_ridge_column *columns = lts_alloc(n, sizeof *columns);
    lstm_status status = made->columns == NULL || columns == NULL ? LSTM_E_NOMEM : LSTM_OK;
    if (status >= 0) {
        list_columns(dataset, made->columns);
        memcpy(columns, made->columns, (size_t)n * sizeof *columns);
        if (lts_dataset_has_role(dataset, LSTM_ROLE_KNOWN))
            status = new_view(&made->view, dataset);
    }
    if (status >= 0)
        status = fit_rest(made, columns);
    lts_free(columns);
    if (made->view != NULL)
        lts_view_leave(made->view, NULL);
    return status;
}

static void clear(regression *r)
{
    lts_ridge_free(r->ridge);
    lts_free(r->columns);
    lstm_view_free(r->view);
    lts_effects_clear(&r->effects);
}

static lstm_status fit_ridge(void *user, const lstm_dataset *dataset)
{
    LTS_FLOAT_SCOPE();
    regression *r = user;
    regression made = {.options = r->options,
                       .n_series = lstm_dataset_series(dataset),
                       .K = lstm_dataset_targets(dataset)};
    lstm_status status = fit_columns(&made, dataset);
    if (status < 0) {
        clear(&made);
        return status;
    }
    clear(r);
    *r = made;
    return LSTM_OK;
}

/* The columns that the effects belong to, and rows for them. */
static lstm_status check_known(const regression *r, const lstm_dataset *dataset, int64_t series,
                               int64_t origin, int64_t H)
{
    const lts_column_list *known = &r->view->known;
    int64_t n = 0, at = 0;
    for (int64_t c = 0; c < dataset->columns.n; c++)
        if (dataset->roles[c] == LSTM_ROLE_KNOWN) {
            at += n < known->n && known->at[n] == c;
            n++;
        }
    if (n != known->n || at != n)
        return lts_fail(LSTM_E_SHAPE,
                        "the data set has %lld known covariates, %lld of them where the ridge "
                        "regression, which was fitted to %lld, has them",
                        (long long)n, (long long)at, (long long)known->n);
    return lts_match_future(dataset, series, origin, H);
}

static lstm_status check_call(const regression *r, const lstm_dataset *dataset, int64_t series,
                              int64_t origin, int64_t H)
{
    int64_t K = lstm_dataset_targets(dataset);
    if (r->ridge == NULL)
        return lts_fail(LSTM_E_ORDER, "the ridge regression is not fitted: call lstm_method_fit()");
    if (K != r->K)
        return lts_fail(LSTM_E_SHAPE,
                        "the data set has %lld target columns, the ridge regression was fitted to "
                        "%lld",
                        (long long)K, (long long)r->K);
    if (series >= r->n_series)
        return lts_fail(LSTM_E_SHAPE, "series %lld is not one of the %lld of the fit",
                        (long long)series, (long long)r->n_series);
    if (origin < r->options.L)
        return lts_fail(LSTM_E_SHAPE,
                        "origin is %lld in series %lld, context_len %lld rows are read",
                        (long long)origin, (long long)series, (long long)r->options.L);
    if (H > r->options.H)
        return lts_fail(LSTM_E_SHAPE, "horizon is %lld, the ridge regression was made for %lld",
                        (long long)H, (long long)r->options.H);
    return r->effects.n > 0 ? check_known(r, dataset, series, origin, H) : LSTM_OK;
}

/* Effects of covariates on rows origin - L .. origin + H - 1 of each target: effects [K, L + H]. */
static void read_effects(const regression *r, const lstm_dataset *dataset, int64_t series,
                         int64_t origin, int64_t H, real *u, double *effects)
{
    const lstm_view view = lts_view_on(r->view, dataset);
    int64_t n = r->options.L + H;
    for (int64_t t = 0; t < n; t++) {
        lts_view_known(&view, series, origin - r->options.L + t, u);
        for (int64_t k = 0; k < r->K; k++)
            effects[k * n + t] = lts_effects_sum(&r->effects, k, u);
    }
}

/*
 * y [H, K] from the contexts x [K, L], which are those of `columns`; work [K, ridge's H]; effects
 * as above, or NULL.
 */
static void forecast(const regression *r, const lstm_dataset *dataset, int64_t series,
                     int64_t origin, int64_t H, const double *effects, double *x, double *work,
                     real *y)
{
    int64_t L = r->options.L, K = r->K;
    const lts_ridge_column *columns = r->columns + series * K;
    for (int64_t c = lts_next_target(dataset, 0), k = 0; k < K;
         c = lts_next_target(dataset, c + 1), k++) {
        double *context = x + k * L;
        lts_history_read(dataset, series, c, origin - L, L, context);
        for (int64_t t = 0; effects != NULL && t < L; t++)
            context[t] -= columns[k].scale * effects[k * (L + H) + t];
        lts_history_fill(L, context);
        for (int64_t t = 0; t < L; t++)
            context[t] = (context[t] - columns[k].offset) / columns[k].scale;
    }
    lts_ridge_predict(r->ridge, K, x, work);
    for (int64_t h = 0; h < H; h++)
        for (int64_t k = 0; k < K; k++) {
            double z = work[k * r->options.H + h];
            if (effects != NULL)
                z += effects[k * (L + H) + L + h];
            y[h * K + k] = (real)(z * columns[k].scale + columns[k].offset);
        }
}

static lstm_status predict(void *user, const lstm_dataset *dataset, int64_t series, int64_t origin,
                           int64_t H, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    const regression *r = user;
    LTS_TRY(check_call(r, dataset, series, origin, H));
    int64_t n = r->options.L + r->options.H;
    double *x = lts_alloc(r->K * n, sizeof *x), *effects = NULL;
    real *u = NULL;
    bool complete = x != NULL;
    if (complete && r->effects.n > 0) {
        effects = lts_alloc(r->K * n, sizeof *effects);
        u = lts_alloc(r->effects.n, sizeof *u);
        complete = effects != NULL && u != NULL;
    }
    if (complete && effects != NULL)
        read_effects(r, dataset, series, origin, H, u, effects);
    if (complete)
        forecast(r, dataset, series, origin, H, effects, x, x + r->K * r->options.L, y);
    lts_free(x);
    lts_free(effects);
    lts_free(u);
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

static void free_regression(void *user)
{
    clear(user);
    lts_free(user);
}

lstm_status lstm_ridge_new(lstm_method **method, const lstm_ridge_options *options)
{
    lstm_ridge_options read;
    char name[64];
    LTS_NOT_NULL(method);
    LTS_READ_OPTIONS(&read, options, lstm_ridge_options);
    lts_ridge_options checked;
    LTS_TRY(lts_ridge_options_read(&checked, &read));
    regression *r = lts_alloc(1, sizeof *r);
    if (r == NULL)
        return LSTM_E_NOMEM;
    r->options = checked;
    snprintf(name, sizeof name, "ridge %lld", (long long)read.context_len);
    lstm_method_options functions = LSTM_METHOD_OPTIONS_INIT;
    functions.name = name, functions.user = r;
    functions.fit = fit_ridge, functions.predict = predict, functions.free = free_regression;
    lstm_status status = lstm_method_new(method, &functions);
    if (status < 0)
        free_regression(r);
    return status;
}
