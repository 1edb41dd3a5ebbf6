/* SPDX-License-Identifier: MIT */
/* Which members forecast, case by case; and the mean with a baseline. */
#include "fit/decide.h"
#include "forecaster_fixture.h"

#include <string.h>

#define NONE ((double)NAN)

/* Errors of ridge, networks, their mean and the best baseline, and what they decide. */
typedef struct decision {
    double ridge, network, mean, baseline;
    int64_t use, joined;
    const char *why;
} decision;

static const decision decisions[] = {
    {1.00, 1.00, 0.95, 2.00, LSTM_USE_MEAN, 0, "at most 3 %"},
    {1.00, 1.20, 1.029, 2.00, LSTM_USE_MEAN, 0, "at most 3 %"},
    {1.00, 1.20, 1.031, 2.00, LSTM_USE_RIDGE, 0, "ridge is more than 3 %"},
    {1.20, 1.00, 1.031, 2.00, LSTM_USE_NETWORKS, 0, "networks are more than 3 %"},
    {1.00, NONE, NONE, 2.00, LSTM_USE_RIDGE, 0, "no network was trained"},
    {NONE, 1.00, NONE, 2.00, LSTM_USE_NETWORKS, 0, "ridge was not fitted"},
    {NONE, NONE, NONE, 2.00, LSTM_USE_BASELINE, 0, "could be fitted"},
    {NONE, NONE, NONE, NONE, LSTM_USE_BASELINE, 0, "could be fitted"},
    {1.00, 1.20, 1.05, NONE, LSTM_USE_RIDGE, 0, "ridge"},
    /* near the baseline */
    {1.00, 1.00, 0.95, 0.99, LSTM_USE_MEAN, 1, "within 5 %"},
    {1.00, 1.00, 0.95, 1.00, LSTM_USE_MEAN, 0, "at most 3 %"},
    {1.00, 1.00, 0.95, 0.91, LSTM_USE_MEAN, 1, "within 5 %"},
    {1.00, 1.00, 0.95, 0.90, LSTM_USE_BASELINE, 0, "are better"},
    {1.00, 1.20, 1.06, 1.04, LSTM_USE_RIDGE, 1, "within 5 %"},
    {1.20, 1.00, 1.06, 0.96, LSTM_USE_NETWORKS, 1, "within 5 %"},
    {1.20, 1.00, 1.06, 0.95, LSTM_USE_BASELINE, 0, "are better"},
    {0.00, 1.00, 0.50, 0.00, LSTM_USE_RIDGE, 1, "within 5 %"},
};

static lts_choice choice_of(const decision *d)
{
    return (lts_choice){.ridge_error = d->ridge,
                        .network_error = d->network,
                        .mean_error = d->mean,
                        .baseline = LSTM_BASELINE_DRIFT,
                        .baseline_error = {9, NONE, d->baseline, NONE},
                        .joined = 7};
}

static void errors_decide(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof decisions / sizeof *decisions; i++) {
        lts_choice choice = choice_of(&decisions[i]);
        lts_decide(&choice, LSTM_USE_AUTO);
        if (choice.use != decisions[i].use || choice.joined != decisions[i].joined ||
            strstr(choice.why, decisions[i].why) == NULL)
            fail_msg("case %d: use %d, joined %d, because %s", (int)i, (int)choice.use,
                     (int)choice.joined, choice.why);
    }
}

static void an_option_comes_before_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof decisions / sizeof *decisions; i++)
        for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
            lts_choice choice = choice_of(&decisions[i]);
            lts_decide(&choice, use);
            assert_true(choice.use == use && choice.joined == 0);
            assert_non_null(strstr(choice.why, "option"));
        }
}

static void a_baseline_without_a_value_changes_nothing(void **state)
{
    (void)state;
    const lstm_real baseline[] = {4, (lstm_real)NAN, -8};
    lstm_real y[] = {8, 3, 0};
    lts_join_baseline(3, baseline, y);
    assert_true(y[0] == 6 && y[1] == 3 && y[2] == -4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_decide),
        cmocka_unit_test(an_option_comes_before_errors),
        cmocka_unit_test(a_baseline_without_a_value_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
