/* SPDX-License-Identifier: MIT */
/* A forecaster as a method. */
#include "base/check.h"
#include "base/status.h"
#include "fit/fitting.h"
#include <lstmts/uncertainty.h>
#include <stddef.h>

/* Without the folder: backtests fit again and again, to other rows. */
static lstm_status fit_method(void *user, const lstm_dataset *dataset)
{
    lstm_status status = lts_forecaster_fit(user, dataset, NULL);
    return status == LSTM_STOPPED ? lts_fail(LSTM_E_ORDER, "the fit was cancelled") : status;
}

static lstm_status predict_method(void *user, const lstm_dataset *dataset, int64_t series,
                                  int64_t origin, int64_t horizon, lstm_real *y)
{
    return lstm_forecaster_predict_from(user, dataset, series, &origin, 1, horizon, y);
}

static lstm_status method_quantiles(void *user, const lstm_dataset *dataset, int64_t series,
                                    int64_t origin, int64_t horizon, const double *levels,
                                    int64_t n_level, lstm_real *y)
{
    return lstm_forecaster_quantiles(user, dataset, series, &origin, 1, horizon, levels, n_level,
                                     y);
}

lstm_status lstm_forecaster_method(lstm_method **method, lstm_forecaster *forecaster,
                                   const char *name)
{
    LTS_NOT_NULL(method);
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(name);
    lstm_method_options options = LSTM_METHOD_OPTIONS_INIT;
    options.name = name;
    options.fit = fit_method;
    options.predict = predict_method;
    options.quantiles = method_quantiles;
    options.user = forecaster;
    return lstm_method_new(method, &options);
}
