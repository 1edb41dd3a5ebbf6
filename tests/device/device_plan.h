/* SPDX-License-Identifier: MIT */
/*
 * Random networks, series and ways to train them, small and large, run on a device: a number
 * decides everything. The same source is built twice, in float on the library that is shipped and
 * in double on the core's double build, so that one program has both.
 */
#ifndef TESTS_DEVICE_PLAN_H
#define TESTS_DEVICE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

/** Numbers that a run left; `name` is "<what>" or "<what> of <parameter>". */
typedef struct device_numbers {
    char name[64];
    int64_t n;
    double *values;
} device_numbers;

/** All that a run left, in an order that depends on its number alone. */
typedef struct device_record {
    char name[320]; /**< the sizes in words */
    int64_t n;
    device_numbers *numbers;
} device_record;

/** What to run, and where. */
typedef struct device_request {
    uint64_t number;
    bool small;         /**< for a checker under which a kernel takes long */
    const char *device; /**< NULL = "cpu"        */
    int64_t precision;  /**< LSTM_PRECISION_*    */
} device_request;

void device_record_free(device_record *record);

/**
 * Train for three updates. The record: outputs, state, losses, gradients before and after the
 * hooks, of the first; losses, parameters and moments of the last.
 */
void device_plan_run(const device_request *request, device_record *record);
void device_plan_run_double(const device_request *request, device_record *record);

/** The same for windows of views, any loss, dropout and scheduled sampling. */
void device_view_run(const device_request *request, device_record *record);
void device_view_run_double(const device_request *request, device_record *record);

/** Forecast a fleet. The one of number DEVICE_FLEET_LARGE has more series than one pass takes. */
void device_fleet_run(const device_request *request, device_record *record);
void device_fleet_run_double(const device_request *request, device_record *record);

#define DEVICE_FLEET_LARGE UINT64_C(1000)

/** Numbers of a record that are sums of squares of gradients. */
#define DEVICE_SQUARES "squared moments"

#endif
