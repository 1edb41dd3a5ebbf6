/* SPDX-License-Identifier: MIT */
/*
 * What the parts of check_device share: what was asked for on the command line, and their tests.
 */
#ifndef TESTS_DEVICE_CHECK_H
#define TESTS_DEVICE_CHECK_H

#include "assert_status.h"
#include "training.h"
#include <lstmts/lstmts.h>
#include <stdbool.h>

/** As main() was called; set before any test runs, and never after. */
typedef struct check_options {
    const char *device;
    bool small;     /**< few and small cases, for a checker under which a kernel takes long */
    bool tiny;      /**< even fewer of the small ones, for a checker that is slower still        */
    int64_t n_plan; /**< random plans at LSTM_PRECISION_HIGHEST                              */
} check_options;

extern check_options check;

/** The relative error that is asked for at a precision. */
double check_asked(int64_t precision);
const char *check_precision_name(int64_t precision);

/* check_models.c */

/** The small training, at a rate at which two devices' roundings stay roundings for 40 updates. */
void check_make_recipe(training_recipe *recipe, const char *device);
/** The largest relative error of a parameter tensor. */
double check_model_error(const lstm_model *got, const lstm_model *want);
void check_close_models(const char *what, const lstm_model *got, const lstm_model *want,
                        double allowed);

/* check_golden.c */
void golden_cases_at_highest(void **state);
void golden_cases_at_high(void **state);
void golden_cases_at_medium(void **state);

/* check_plans.c */
void random_plans_at_highest(void **state);
void random_plans_at_high(void **state);
void random_plans_at_medium(void **state);
void random_views_at_highest(void **state);
void random_views_at_medium(void **state);
void fleets_at_highest(void **state);
void fleets_at_medium(void **state);

/* check_names.c */
void devices_are_listed(void **state);
void what_is_no_companion_is_refused(void **state);
void wrong_names_are_refused(void **state);
void a_loss_of_the_caller_is_the_processor_s(void **state);
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

/* check_sharing.c */
void readers_see_the_model_after_updates(void **state);
void two_updaters_train_one_model(void **state);
void an_updater_is_freed_after_its_model(void **state);
void parameters_set_between_updates_count(void **state);
void a_model_outlives_its_updater(void **state);
void threads_read_one_model(void **state);

/* check_errors.c */
void precisions_out_of_range_are_refused(void **state);
void the_first_wrong_series_of_a_large_fleet_is_named(void **state);
void a_lost_device_leaves_the_model_as_last_read(void **state);
void a_fleet_that_fails_writes_nothing(void **state);

/* check_bus.c */
void an_update_of_a_view_moves_numbers_and_losses_alone(void **state);
void accumulation_rules_curricula_and_states_move_little(void **state);

/* check_forecaster.c */
void forecasters_are_fitted_on_the_device(void **state);
void a_fit_is_ended_on_another_device(void **state);
void a_file_says_where_its_networks_were_trained(void **state);
void forecasters_of_no_device_are_refused(void **state);

/** What a process of two_processes_share_a_device() does; its exit status. */
int check_child(const char *path);

#endif
