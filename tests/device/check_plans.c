/* SPDX-License-Identifier: MIT */
/*
 * Random trainings and fleets on the device against the core's double build; the processor's float
 * beside it says what float32 makes of each.
 */
#include "check.h"
#include "device_plan.h"
#include "tally.h"
#include <stdio.h>
#include <stdlib.h>

/* Fleets of a run that is not in a hurry. */
enum { LEAST_FOR_LARGE = 10 };

typedef void run_fn(const device_request *request, device_record *record);

void device_record_free(device_record *record)
{
    for (int64_t i = 0; i < record->n; i++)
        free(record->numbers[i].values);
    free(record->numbers);
}

/* What rounding moves by a factor of 1 + e moves its square by 1 + 2 e. */
static double times_asked(const char *what, int64_t precision)
{
    bool squares = strncmp(what, DEVICE_SQUARES, strlen(DEVICE_SQUARES)) == 0;
    return squares && precision != LSTM_PRECISION_HIGHEST ? 2 : 1;
}

static void compare(const device_record *device, const device_record *processor,
                    const device_record *exact, int64_t precision, tally *all)
{
    assert_int_equal(device->n, exact->n);
    assert_int_equal(processor->n, exact->n);
    for (int64_t i = 0; i < exact->n; i++) {
        const device_numbers *want = &exact->numbers[i], *got = &device->numbers[i];
        assert_string_equal(got->name, want->name);
        assert_int_equal(got->n, want->n);
        double in_float = tally_error(want->n, processor->numbers[i].values, want->values);
        double error = tally_error(want->n, got->values, want->values);
        tally_add(all, want->name, exact->name, error, times_asked(want->name, precision),
                  in_float);
    }
}

static void check_one(uint64_t number, int64_t precision, run_fn *run, run_fn *run_double,
                      tally *all)
{
    device_request request = {number, check.small, check.device, precision};
    device_request on_processor = {number, check.small, NULL, LSTM_PRECISION_HIGHEST};
    device_record device, processor, exact;
    run_double(&on_processor, &exact);
    run(&on_processor, &processor);
    run(&request, &device);
    compare(&device, &processor, &exact, precision, all);
    device_record_free(&device);
    device_record_free(&processor);
    device_record_free(&exact);
}

static void check_many(const char *what, int64_t n, int64_t precision, run_fn *run,
                       run_fn *run_double)
{
    char title[64];
    tally *all = tally_new(check_asked(precision));
    for (int64_t number = 0; number < n; number++)
        check_one((uint64_t)number, precision, run, run_double, all);
    snprintf(title, sizeof title, "%lld random %s at %s", (long long)n, what,
             check_precision_name(precision));
    tally_report(all, title);
}

static void check_plans(int64_t n, int64_t precision)
{
    check_many("plans", n, precision, device_plan_run, device_plan_run_double);
}

static void check_views(int64_t n, int64_t precision)
{
    check_many("views", n, precision, device_view_run, device_view_run_double);
}

static void check_fleets(int64_t n, int64_t precision)
{
    char title[64];
    tally *all = tally_new(check_asked(precision));
    for (int64_t number = 0; number < n; number++)
        check_one((uint64_t)number, precision, device_fleet_run, device_fleet_run_double, all);
    if (n >= LEAST_FOR_LARGE)
        check_one(DEVICE_FLEET_LARGE, precision, device_fleet_run, device_fleet_run_double, all);
    snprintf(title, sizeof title, "%lld fleets at %s", (long long)n,
             check_precision_name(precision));
    tally_report(all, title);
}

void random_plans_at_highest(void **state)
{
    (void)state;
    check_plans(check.n_plan, LSTM_PRECISION_HIGHEST);
}

void random_plans_at_high(void **state)
{
    (void)state;
    check_plans((check.n_plan + 7) / 8, LSTM_PRECISION_HIGH);
}

void random_plans_at_medium(void **state)
{
    (void)state;
    check_plans((check.n_plan + 3) / 4, LSTM_PRECISION_MEDIUM);
}

void random_views_at_highest(void **state)
{
    (void)state;
    check_views(check.n_plan, LSTM_PRECISION_HIGHEST);
}

void random_views_at_medium(void **state)
{
    (void)state;
    check_views((check.n_plan + 7) / 8, LSTM_PRECISION_MEDIUM);
}

void fleets_at_highest(void **state)
{
    (void)state;
    check_fleets(check.tiny ? 2 : (check.n_plan + 4) / 5, LSTM_PRECISION_HIGHEST);
}

void fleets_at_medium(void **state)
{
    (void)state;
    check_fleets((check.n_plan + 9) / 10, LSTM_PRECISION_MEDIUM);
}
