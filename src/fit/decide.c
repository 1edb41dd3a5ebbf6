/* SPDX-License-Identifier: MIT */
#include "fit/decide.h"

#include "evaluate/judge.h"

static const double WORSE = 1.03, ALIKE = 1.05;

/* Networks, ridge or their mean. Returns the error. */
static double decide_members(lts_choice *choice)
{
    double best = fmin(choice->ridge_error, choice->network_error);
    choice->use = LSTM_USE_MEAN;
    choice->why = "the mean of networks and ridge is at most 3 % worse than the better of both";
    if (choice->mean_error <= WORSE * best)
        return choice->mean_error;
    bool network = isnan(choice->ridge_error) || choice->network_error < choice->ridge_error;
    choice->use = network ? LSTM_USE_NETWORKS : LSTM_USE_RIDGE;
    if (isnan(choice->mean_error))
        choice->why = network ? "ridge was not fitted" : "no network was trained";
    else
        choice->why = network ? "the networks are more than 3 % better than their mean with ridge"
                              : "ridge is more than 3 % better than its mean with the networks";
    return best;
}

void lts_decide(lts_choice *choice, int64_t wanted)
{
    double of_baseline = choice->baseline_error[choice->baseline];
    double of_members = decide_members(choice);
    choice->joined = 0;
    if (wanted != LSTM_USE_AUTO) {
        choice->use = wanted;
        choice->why = "the option use says so";
    } else if (of_members <= ALIKE * of_baseline && of_baseline <= ALIKE * of_members) {
        choice->joined = 1;
        choice->why = "the best baseline errs alike, within 5 %: the forecast is the mean with it";
    } else if (!lts_is_better(of_members, of_baseline)) {
        choice->use = LSTM_USE_BASELINE;
        choice->why = isnan(choice->ridge_error) && isnan(choice->network_error)
                          ? "neither networks nor ridge could be fitted"
                          : "neither networks nor ridge are better than the best baseline";
    }
}
