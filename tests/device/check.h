/* SPDX-License-Identifier: MIT */
/*
 * What the parts of check_device share: what was asked for on the command line, and their tests.
 */
#ifndef TESTS_DEVICE_CHECK_H
#define TESTS_DEVICE_CHECK_H

#include "assert_status.h"
#include <lstmts/lstmts.h>
#include <stdbool.h>

/** As main() was called; set before any test runs, and never after. */
typedef struct check_options {
    const char *device;
    bool small;     /**< few and small cases, for a checker under which a kernel takes long */
    int64_t n_plan; /**< random plans at LSTM_PRECISION_HIGHEST                              */
} check_options;

extern check_options check;

/** The relative error that is asked for at a precision. */
double check_asked(int64_t precision);
const char *check_precision_name(int64_t precision);

/* check_golden.c */
void golden_cases_at_highest(void **state);
void golden_cases_at_high(void **state);
void golden_cases_at_medium(void **state);

/* check_plans.c */
void random_plans_at_highest(void **state);
void random_plans_at_high(void **state);
void random_plans_at_medium(void **state);
void fleets_at_highest(void **state);
void fleets_at_medium(void **state);

/* check_names.c */
void devices_are_listed(void **state);
void wrong_names_are_refused(void **state);
void a_training_too_large_is_refused(void **state);

/* check_life.c */
void a_checkpoint_of_the_cpu_resumes_on_the_device(void **state);
void a_checkpoint_of_the_device_resumes_on_the_cpu(void **state);
void a_checkpoint_of_the_device_resumes_on_it(void **state);
void a_run_that_is_stopped_ends_after_an_update(void **state);
void a_run_is_stopped_from_another_thread(void **state);
void two_processes_share_a_device(void **state);
void many_updaters_share_a_device(void **state);
void threads_share_a_device(void **state);

/** What a process of two_processes_share_a_device() does; its exit status. */
int check_child(const char *path);

#endif
