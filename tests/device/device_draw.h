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
#define device_plan_run       device_plan_run_double
#define device_fleet_run      device_fleet_run_double
#define device_view_run       device_view_run_double
#define device_record_add     device_record_add_double
#define device_draw_hidden    device_draw_hidden_double
#define device_draw_rows      device_draw_rows_double
#define device_draw_model     device_draw_model_double
#define device_poisoned       device_poisoned_double
#define device_record_unroll  device_record_unroll_double
#define device_record_losses  device_record_losses_double
#define device_record_norm    device_record_norm_double
#define device_record_tensors device_record_tensors_double
#endif

/** Appends n numbers. */
void device_record_add(device_record *record, const char *what, const char *parameter, int64_t n,
                       const lstm_real *values);

/** An array that nobody can take for a result; free it with free(). */
lstm_real *device_poisoned(int64_t n);

/** Appends outputs of all calls and the state of an updater's last unroll. */
void device_record_unroll(device_record *record, const lstm_updater *updater,
                          const lstm_model *model);

/** Appends its T step losses and the loss. */
void device_record_losses(device_record *record, const char *what, const lstm_updater *updater,
                          int64_t T);

/** Appends the norm of the last gradient. */
void device_record_norm(device_record *record, const lstm_updater *updater);

/** Appends all gradients, or with `updater` NULL all parameters. */
void device_record_tensors(device_record *record, const char *what, const lstm_updater *updater,
                           const lstm_model *model);

/** H of one of four kinds: tiny, any, multiples of 16, or around what persistent kernels hold. */
int64_t device_draw_hidden(random_stream *stream, uint64_t kind);

/** Rows in [-1, 1): [n_row, n_column]; free it with free(). */
double *device_draw_rows(random_stream *stream, int64_t n_row, int64_t n_column);

/** Random parameters, biases too, of a size with which a closed loop does not run away. */
void device_draw_model(random_stream *stream, lstm_model *model);

#endif
