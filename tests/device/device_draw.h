/* SPDX-License-Identifier: MIT */
/*
 * What the runs of device_plan.c and device_fleet.c have in common.
 */
#ifndef TESTS_DEVICE_DRAW_H
#define TESTS_DEVICE_DRAW_H

#include "device_plan.h"
#include "random_plan.h"

/* One program has both builds of this source. */
#ifdef LSTMTS_TEST_DOUBLE
#define device_plan_run    device_plan_run_double
#define device_fleet_run   device_fleet_run_double
#define device_record_add  device_record_add_double
#define device_draw_hidden device_draw_hidden_double
#define device_draw_rows   device_draw_rows_double
#define device_draw_model  device_draw_model_double
#endif

/** Appends n numbers. */
void device_record_add(device_record *record, const char *what, const char *parameter, int64_t n,
                       const lstm_real *values);

/** H of one of four kinds: tiny, any, multiples of 16, or around what persistent kernels hold. */
int64_t device_draw_hidden(random_stream *stream, uint64_t kind);

/** Rows in [-1, 1): [n_row, n_column]; free it with free(). */
double *device_draw_rows(random_stream *stream, int64_t n_row, int64_t n_column);

/** Random parameters, biases too, of a size with which a closed loop does not run away. */
void device_draw_model(random_stream *stream, lstm_model *model);

#endif
