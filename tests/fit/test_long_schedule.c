/* SPDX-License-Identifier: MIT */
/* The longer schedule that is tried where there is more to learn than 500 updates teach. */
#include "assert_status.h"
#include "forecaster/forecaster.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { N_ROW = 200, HORIZON = 4 };

/* The first column is a bent function of the second, which is known in advance, or noise. */
static lstm_dataset *new_table(bool learnable)
{
    static const int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    lstm_dataset *data;
    lstm_real rows[N_ROW][2];
    uint32_t state = 7;
    for (int t = 0; t < N_ROW; t++) {
        state = state * 1664525 + 1013904223;
        double u = (double)(state >> 8) / 16777216.0, noise = sin(9.0 * t * t);
        rows[t][1] = (lstm_real)u;
        rows[t][0] = (lstm_real)(learnable ? 10 * sin(9 * u) : 3 * noise);
    }
    options.n_column = 2;
    options.roles = roles;
    assert_ok(lstm_dataset_new(&data, &options));
    assert_ok(lstm_dataset_add(data, NULL, rows[0], N_ROW, 0));
    return data;
}

/* Fractions of a fit, which never fall. */
static int watch(const lstm_fit_progress *progress, void *user)
{
    double *before = user;
    assert_true(progress->fraction >= *before && progress->fraction <= 1);
    *before = progress->fraction;
    return 0;
}

static lts_training fit(bool learnable, double dropout, int64_t n_update, bool *tried)
{
    lstm_dataset *data = new_table(learnable);
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    lstm_forecaster *forecaster;
    double fraction = 0;
    options.horizon = HORIZON;
    options.n_network = 1;
    options.n_hidden = 12;
    options.batch_size = 32;
    options.season_len = LSTM_NO_SEASON;
    options.use = LSTM_USE_NETWORKS;
    options.dropout = dropout;
    options.n_update = n_update;
    options.on_progress = watch;
    options.progress_user = &fraction;
    assert_ok(lstm_forecaster_new(&forecaster, &options));
    assert_ok(lstm_forecaster_fit(forecaster, data));
    const lts_trials *trials = &forecaster->fitted.choice.trials;
    *tried = false;
    for (int64_t i = 0; i < trials->n; i++)
        *tried |= trials->at[i].kind == LTS_TRIAL_UPDATES && trials->at[i].value == 2000;
    lts_training training = forecaster->fitted.choice.training;
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
    return training;
}

static void where_there_is_more_to_learn_2000_updates_without_dropout_win(void **state)
{
    (void)state;
    bool tried;
    lts_training training = fit(true, 0, 0, &tried);
    assert_true(tried);
    assert_int_equal(training.n_update, 2000);
    assert_true(training.dropout == 0);
}

static void dropout_of_the_options_stays(void **state)
{
    (void)state;
    bool tried;
    lts_training training = fit(true, .05, 0, &tried);
    assert_true(tried);
    assert_true(training.dropout == .05);
}

static void where_there_is_nothing_to_learn_it_is_not_tried(void **state)
{
    (void)state;
    bool tried;
    lts_training training = fit(false, 0, 0, &tried);
    assert_false(tried);
    assert_true(training.n_update <= 500 && training.dropout > 0);
}

static void updates_of_the_options_are_the_only_ones(void **state)
{
    (void)state;
    bool tried;
    lts_training training = fit(true, 0, 20, &tried);
    assert_false(tried);
    assert_int_equal(training.n_update, 20);
    assert_true(training.dropout > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_there_is_more_to_learn_2000_updates_without_dropout_win),
        cmocka_unit_test(dropout_of_the_options_stays),
        cmocka_unit_test(where_there_is_nothing_to_learn_it_is_not_tried),
        cmocka_unit_test(updates_of_the_options_are_the_only_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
