/* SPDX-License-Identifier: MIT */
/*
 * lstm_forecast() on a device other than the processor: the rows that are read are gathered here,
 * the device runs all steps.
 */
#ifndef LTS_FORECAST_DEVICE_FORECAST_H
#define LTS_FORECAST_DEVICE_FORECAST_H

#include "base/threads.h"
#include "forecast/members.h"
#include "network/device.h"

/**
 * Forecast all members.
 * @param pool    gathers the rows
 * @param[out] y  [n_series, n_step, K] by the members' numbers; as lts_device.forecast() on failure
 * @return LSTM_OK; LSTM_E_SHAPE if members and model do not fit together; LSTM_E_ARGUMENT if known
 *         covariates lack future rows; LSTM_E_NOMEM; as lts_device.forecast()
 */
lstm_status lts_forecast_on_device(const lts_device *device, int64_t index,
                                   const lts_members *members, const lstm_model *model,
                                   const lstm_forecast_options *options, lts_pool *pool, real *y);

#endif
