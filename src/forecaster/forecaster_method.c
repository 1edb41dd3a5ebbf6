/* SPDX-License-Identifier: MIT */
#include <lstmts/forecaster.h>

#include "base/status.h"

#include <stddef.h>

static lstm_status fit_method(void *user, const lstm_dataset *dataset)
{
    lstm_status status = lstm_forecaster_fit(user, dataset);
    return status == LSTM_STOPPED ? lts_fail(LSTM_E_ORDER, "the fit was cancelled") : status;
}

static lstm_status predict_method(void *user, const lstm_dataset *dataset, int64_t series,
                                  int64_t origin, int64_t horizon, lstm_real *y)
{
    return lstm_forecaster_predict_from(user, dataset, series, &origin, 1, horizon, y);
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
    options.user = forecaster;
    return lstm_method_new(method, &options);
}
