/* SPDX-License-Identifier: MIT */
#include "method/method.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "data/dataset.h"

lstm_status lstm_method_new(lstm_method **out, const lstm_method_options *options)
{
    lstm_method_options read;
    LTS_NOT_NULL(out);
    LTS_NOT_NULL(options);
    LTS_READ_OPTIONS(&read, options, lstm_method_options);
    if (read.name == NULL || read.predict == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "%s of lstm_method_options is NULL",
                        read.name == NULL ? "name" : "predict");
    lstm_method *method = lts_alloc(1, sizeof *method);
    if (method == NULL)
        return LSTM_E_NOMEM;
    method->functions = read;
    method->name = lts_strdup(read.name);
    if (method->name == NULL) {
        lts_free(method);
        return LSTM_E_NOMEM;
    }
    *out = method;
    return LSTM_OK;
}

void lstm_method_free(lstm_method *method)
{
    if (method == NULL)
        return;
    if (method->functions.free != NULL)
        method->functions.free(method->functions.user);
    lts_free(method->name);
    lts_free(method);
}

const char *lstm_method_name(const lstm_method *method)
{
    return method == NULL ? NULL : method->name;
}

/* Sets a message if a function failed without setting one; `before` is lts_failures() before it. */
static lstm_status result(const lstm_method *method, lstm_status status, const char *function,
                          uint64_t before)
{
    if (status >= 0)
        return LSTM_OK;
    if (lts_failures() == before)
        return lts_fail(status, "%s of the method \"%s\" returned %s", function, method->name,
                        lstm_status_name(status));
    return status;
}

lstm_status lts_method_fit(lstm_method *method, lts_float_env *host, const lstm_dataset *dataset)
{
    const lstm_method_options *functions = &method->functions;
    if (functions->fit == NULL)
        return LSTM_OK;
    uint64_t before = lts_failures();
    LTS_FLOAT_HOST(host);
    lstm_status status = functions->fit(functions->user, dataset);
    return result(method, status, "fit", before);
}

lstm_status lts_method_predict(const lstm_method *method, lts_float_env *host,
                               const lstm_dataset *dataset, int64_t series, int64_t origin,
                               int64_t horizon, real *y)
{
    const lstm_method_options *functions = &method->functions;
    uint64_t before = lts_failures();
    LTS_FLOAT_HOST(host);
    lstm_status status = functions->predict(functions->user, dataset, series, origin, horizon, y);
    return result(method, status, "predict", before);
}

lstm_status lts_method_quantiles(const lstm_method *method, lts_float_env *host,
                                 const lstm_dataset *dataset, int64_t series, int64_t origin,
                                 int64_t horizon, const double *levels, int64_t n_level, real *y)
{
    const lstm_method_options *functions = &method->functions;
    uint64_t before = lts_failures();
    if (functions->quantiles == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "the method \"%s\" has no quantiles", method->name);
    LTS_FLOAT_HOST(host);
    lstm_status status =
        functions->quantiles(functions->user, dataset, series, origin, horizon, levels, n_level, y);
    return result(method, status, "quantiles", before);
}

lstm_status lstm_method_fit(lstm_method *method, const lstm_dataset *dataset)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(method);
    LTS_NOT_NULL(dataset);
    return lts_method_fit(method, &lts_host_floats, dataset);
}

static lstm_status check_origin(const lstm_dataset *dataset, int64_t series, int64_t origin,
                                int64_t horizon)
{
    LTS_TRY(lts_dataset_check_series(dataset, series));
    LTS_TRY(lts_check_at_least("origin", origin, 1));
    LTS_TRY(lts_check_at_least("horizon", horizon, 1));
    int64_t n_row = lstm_dataset_rows(dataset, series);
    if (origin > n_row)
        return lts_fail(LSTM_E_SHAPE, "origin is %lld, series %lld has %lld rows",
                        (long long)origin, (long long)series, (long long)n_row);
    return LSTM_OK;
}

lstm_status lstm_method_predict(const lstm_method *method, const lstm_dataset *dataset,
                                int64_t series, int64_t origin, int64_t horizon, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(method);
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(y);
    LTS_TRY(check_origin(dataset, series, origin, horizon));
    return lts_method_predict(method, &lts_host_floats, dataset, series, origin, horizon, y);
}

lstm_status lstm_method_quantiles(const lstm_method *method, const lstm_dataset *dataset,
                                  int64_t series, int64_t origin, int64_t horizon,
                                  const double *levels, int64_t n_level, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(method);
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(levels);
    LTS_NOT_NULL(y);
    LTS_TRY(lts_check_at_least("n_level", n_level, 1));
    for (int64_t i = 0; i < n_level; i++)
        if (!(levels[i] > 0 && levels[i] < 1))
            return lts_fail(LSTM_E_ARGUMENT, "levels[%lld] is %g, expected above 0 and below 1",
                            (long long)i, levels[i]);
    LTS_TRY(check_origin(dataset, series, origin, horizon));
    return lts_method_quantiles(method, &lts_host_floats, dataset, series, origin, horizon, levels,
                                n_level, y);
}
