/* SPDX-License-Identifier: MIT */
#include <lstmts/baseline.h>

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "method/history.h"
#include "method/ridge_options.h"

#include <stdio.h>

typedef struct regression {
    lts_ridge_options options;
    lts_ridge *ridge; /**< NULL before a fit                   */
    int64_t n_series; /**< of the data set of the fit          */
    int64_t K;
    lts_ridge_column *columns; /**< [n_series, K]: their offsets and scales */
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

static lstm_status fit_ridge(void *user, const lstm_dataset *dataset)
{
    LTS_FLOAT_SCOPE();
    regression *r = user;
    lts_ridge *ridge;
    int64_t n_series = lstm_dataset_series(dataset), K = lstm_dataset_targets(dataset);
    lts_ridge_column *columns = lts_alloc(n_series * K, sizeof *columns);
    if (columns == NULL)
        return LSTM_E_NOMEM;
    list_columns(dataset, columns);
    lstm_status status = lts_ridge_fit(&ridge, &r->options, n_series * K, columns);
    if (status < 0) {
        lts_free(columns);
        return status;
    }
    lts_ridge_free(r->ridge);
    lts_free(r->columns);
    r->ridge = ridge;
    r->columns = columns;
    r->n_series = n_series;
    r->K = K;
    return LSTM_OK;
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
    return LSTM_OK;
}

/* y [H, K] from the contexts x [K, L], which are those of `columns`; work [K, ridge's H]. */
static void forecast(const regression *r, const lstm_dataset *dataset, int64_t series,
                     int64_t origin, int64_t H, double *x, double *work, real *y)
{
    int64_t L = r->options.L, K = r->K;
    const lts_ridge_column *columns = r->columns + series * K;
    for (int64_t c = lts_next_target(dataset, 0), k = 0; k < K;
         c = lts_next_target(dataset, c + 1), k++) {
        double *context = x + k * L;
        lts_history_read(dataset, series, c, origin - L, L, context);
        lts_history_fill(L, context);
        for (int64_t t = 0; t < L; t++)
            context[t] = (context[t] - columns[k].offset) / columns[k].scale;
    }
    lts_ridge_predict(r->ridge, K, x, work);
    for (int64_t h = 0; h < H; h++)
        for (int64_t k = 0; k < K; k++)
            y[h * K + k] =
                (real)(work[k * r->options.H + h] * columns[k].scale + columns[k].offset);
}

static lstm_status predict(void *user, const lstm_dataset *dataset, int64_t series, int64_t origin,
                           int64_t H, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    const regression *r = user;
    LTS_TRY(check_call(r, dataset, series, origin, H));
    double *x = lts_alloc(r->K * (r->options.L + r->options.H), sizeof *x);
    if (x == NULL)
        return LSTM_E_NOMEM;
    forecast(r, dataset, series, origin, H, x, x + r->K * r->options.L, y);
    lts_free(x);
    return LSTM_OK;
}

static void free_regression(void *user)
{
    regression *r = user;
    lts_ridge_free(r->ridge);
    lts_free(r->columns);
    lts_free(r);
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
