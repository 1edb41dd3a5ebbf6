/* SPDX-License-Identifier: MIT */
#include "base/check.h"
#include "base/status.h"
#include "forecaster/forecaster.h"

int64_t lstm_forecaster_horizon(const lstm_forecaster *forecaster)
{
    return forecaster == NULL ? 0 : forecaster->options.horizon;
}

int64_t lstm_forecaster_targets(const lstm_forecaster *forecaster)
{
    return forecaster == NULL ? 0 : forecaster->fitted.n_target;
}

const double *lstm_forecaster_levels(const lstm_forecaster *forecaster, int64_t *n_level)
{
    if (n_level != NULL)
        *n_level = forecaster == NULL ? 0 : forecaster->options.n_level;
    return forecaster == NULL ? NULL : forecaster->options.levels;
}

lstm_status lstm_forecaster_frame(lstm_dataset **dataset, const lstm_forecaster *forecaster)
{
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(forecaster);
    if (!forecaster->is_fitted)
        return lts_fail(LSTM_E_ORDER, "the forecaster is not fitted: call lstm_forecaster_fit()");
    return lts_dataset_frame(dataset, forecaster->fitted.frame);
}

const lstm_model *lstm_forecaster_model(const lstm_forecaster *forecaster, int64_t number)
{
    if (forecaster == NULL || number < 0 || number >= forecaster->fitted.n_network)
        return NULL;
    return forecaster->fitted.networks[number].model;
}

const lstm_view *lstm_forecaster_view(const lstm_forecaster *forecaster, int64_t number)
{
    if (forecaster == NULL || number < 0 || number >= forecaster->fitted.n_network)
        return NULL;
    return forecaster->fitted.networks[number].view;
}
