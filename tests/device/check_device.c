/* SPDX-License-Identifier: MIT */
/*
 * Whether a device trains and forecasts what the processor does, through the public interface:
 *
 *     check_device DEVICE [--small | --tiny] [--plans N] [--only PATTERN]
 *
 * DEVICE as options have it. PATTERN chooses tests by name: * and ? stand for letters. The golden
 * cases are looked for where LSTMTS_GOLDEN says.
 */
#include "check.h"
#include <stdio.h>
#include <stdlib.h>

check_options check = {.n_plan = 200};

double check_asked(int64_t precision)
{
    if (precision == LSTM_PRECISION_HIGHEST)
        return 1e-5;
    if (precision == LSTM_PRECISION_HIGH)
        return 1e-3;
    return strcmp(check.device, "cpu") == 0 ? 2e-2 : 2e-3; /* as lstm_precision has it */
}

const char *check_precision_name(int64_t precision)
{
    static const char *const names[] = {"highest", "high", "medium"};
    return names[precision];
}

static int usage(void)
{
    fputs("usage: check_device DEVICE [--small | --tiny] [--plans N] [--only PATTERN]\n", stderr);
    return 2;
}

static bool read_options(int argc, char **argv)
{
    if (argc < 2)
        return false;
    check.device = argv[1];
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--small") == 0)
            check.small = true;
        else if (strcmp(argv[i], "--tiny") == 0)
            check.small = check.tiny = true;
        else if (strcmp(argv[i], "--plans") == 0 && i + 1 < argc)
            check.n_plan = strtoll(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            cmocka_set_test_filter(argv[++i]);
        else
            return false;
    }
    int64_t most = check.tiny ? 3 : 10;
    if (check.small && check.n_plan > most)
        check.n_plan = most;
    return check.n_plan > 0;
}

static const struct CMUnitTest numbers[] = {
    cmocka_unit_test(golden_cases_at_highest),
    cmocka_unit_test(random_plans_at_highest),
    cmocka_unit_test(random_views_at_highest),
    cmocka_unit_test(fleets_at_highest),
};

static const struct CMUnitTest rounded_numbers[] = {
    cmocka_unit_test(golden_cases_at_high),   cmocka_unit_test(random_plans_at_high),
    cmocka_unit_test(golden_cases_at_medium), cmocka_unit_test(random_plans_at_medium),
    cmocka_unit_test(random_views_at_medium), cmocka_unit_test(fleets_at_medium),
};

static const struct CMUnitTest life[] = {
    cmocka_unit_test(devices_are_listed),
    cmocka_unit_test(wrong_names_are_refused),
    cmocka_unit_test(a_loss_of_the_caller_is_the_processor_s),
    cmocka_unit_test(a_checkpoint_of_the_cpu_resumes_on_the_device),
    cmocka_unit_test(a_checkpoint_of_the_device_resumes_on_the_cpu),
    cmocka_unit_test(a_checkpoint_of_the_device_resumes_on_it),
    cmocka_unit_test(a_run_that_is_stopped_ends_after_an_update),
};

static const struct CMUnitTest sharing[] = {
    cmocka_unit_test(precisions_out_of_range_are_refused),
    cmocka_unit_test(the_first_wrong_series_of_a_large_fleet_is_named),
    cmocka_unit_test(readers_see_the_model_after_updates),
    cmocka_unit_test(two_updaters_train_one_model),
    cmocka_unit_test(an_updater_is_freed_after_its_model),
    cmocka_unit_test(parameters_set_between_updates_count),
    cmocka_unit_test(a_model_outlives_its_updater),
    cmocka_unit_test(threads_read_one_model),
};

static const struct CMUnitTest forecasters[] = {
    cmocka_unit_test(forecasters_are_fitted_on_the_device),
    cmocka_unit_test(a_fit_is_ended_on_another_device),
    cmocka_unit_test(a_file_says_where_its_networks_were_trained),
    cmocka_unit_test(forecasters_of_no_device_are_refused),
};

/* Of the twin, the one device that can be lost on purpose, and counts. */
static const struct CMUnitTest twins[] = {
    cmocka_unit_test(what_is_no_companion_is_refused),
    cmocka_unit_test(an_update_of_a_view_moves_numbers_and_losses_alone),
    cmocka_unit_test(accumulation_rules_curricula_and_states_move_little),
    cmocka_unit_test(a_lost_device_leaves_the_model_as_last_read),
    cmocka_unit_test(a_fleet_that_fails_writes_nothing),
};

/* What a checker would take too long for, or cannot follow. */
static const struct CMUnitTest crowds[] = {
    cmocka_unit_test(a_run_is_stopped_from_another_thread),
    cmocka_unit_test(two_processes_share_a_device),
    cmocka_unit_test(many_updaters_share_a_device),
    cmocka_unit_test(threads_share_a_device),
    cmocka_unit_test(a_training_too_large_is_refused),
};

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[2], "--child") == 0) {
        check.device = argv[1];
        return check_child(argv[3]);
    }
    if (!read_options(argc, argv))
        return usage();
    int n_failed = cmocka_run_group_tests_name("numbers", numbers, NULL, NULL);
    if (!check.tiny)
        n_failed += cmocka_run_group_tests_name("rounded numbers", rounded_numbers, NULL, NULL) +
                    cmocka_run_group_tests_name("life", life, NULL, NULL) +
                    cmocka_run_group_tests_name("sharing", sharing, NULL, NULL) +
                    cmocka_run_group_tests_name("forecasters", forecasters, NULL, NULL);
    if (strcmp(check.device, "twin") == 0)
        n_failed += cmocka_run_group_tests_name("twins", twins, NULL, NULL);
    if (!check.small)
        n_failed += cmocka_run_group_tests_name("crowds", crowds, NULL, NULL);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
