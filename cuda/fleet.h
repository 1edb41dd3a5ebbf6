/* SPDX-License-Identifier: MIT */
#ifndef LTS_CUDA_FLEET_H
#define LTS_CUDA_FLEET_H

#include "network/device.h"

/** lts_device.forecast */
lstm_status lts_fleet_forecast(const lts_fleet *fleets, int64_t n, const lts_services *services);

#endif
