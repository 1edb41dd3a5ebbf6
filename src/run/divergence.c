/* SPDX-License-Identifier: MIT */
#include "run/divergence.h"

#include "base/check.h"
#include "base/status.h"

#include <string.h>

lstm_status lts_divergence_check(lstm_trainer_options *options)
{
    int64_t policy = options->on_divergence;
    if (policy != LSTM_DIVERGENCE_STOP && policy != LSTM_DIVERGENCE_ROLL_BACK)
        return lts_fail(
            LSTM_E_ARGUMENT,
            "on_divergence is %lld, expected LSTM_DIVERGENCE_STOP or LSTM_DIVERGENCE_ROLL_BACK",
            (long long)policy);
    if (options->divergence_ratio != 0 &&
        (!(options->divergence_ratio > 1) || !isfinite(options->divergence_ratio)))
        return lts_fail(LSTM_E_ARGUMENT, "divergence_ratio is %g, expected 0 or above 1",
                        options->divergence_ratio);
    if (options->divergence_ratio != 0 && options->validate.every == 0)
        return lts_fail(LSTM_E_ARGUMENT, "divergence_ratio is %g, expected 0 without validation",
                        options->divergence_ratio);
    if (policy == LSTM_DIVERGENCE_STOP &&
        (options->divergence_factor != 0 || options->divergence_limit != 0))
        return lts_fail(LSTM_E_ARGUMENT,
                        "divergence_factor is %g and divergence_limit %lld, expected 0: "
                        "LSTM_DIVERGENCE_STOP uses neither",
                        options->divergence_factor, (long long)options->divergence_limit);
    if (policy == LSTM_DIVERGENCE_ROLL_BACK && options->divergence_factor == 0)
        options->divergence_factor = 0.5;
    if (policy == LSTM_DIVERGENCE_ROLL_BACK && options->divergence_limit == 0)
        options->divergence_limit = 10;
    if (!(options->divergence_factor >= 0 && options->divergence_factor < 1))
        return lts_fail(LSTM_E_ARGUMENT, "divergence_factor is %g, expected above 0 and below 1",
                        options->divergence_factor);
    return lts_check_at_least("divergence_limit", options->divergence_limit, 0);
}

void lts_divergence_init(lts_divergence *divergence, const lstm_trainer_options *options)
{
    *divergence = (lts_divergence){
        .policy = options->on_divergence,
        .ratio = options->divergence_ratio,
        .factor = options->divergence_factor,
        .limit = (uint64_t)options->divergence_limit,
    };
}

bool lts_divergence_rolls_back(const lts_divergence *divergence)
{
    return divergence->policy == LSTM_DIVERGENCE_ROLL_BACK;
}

lstm_status lts_divergence_check_score(const lts_divergence *divergence, double score, double best,
                                       uint64_t iteration)
{
    double ratio = divergence->ratio;
    if (ratio == 0 || !(score > ratio * best))
        return LSTM_OK;
    return lts_fail(LSTM_E_NUMERIC,
                    "the score %g of the validation after update %llu is more than %g times the "
                    "best, %g",
                    score, (unsigned long long)iteration, ratio, best);
}

double lts_divergence_next_factor(const lts_divergence *divergence, double factor,
                                  double learning_rate)
{
    double next = factor * divergence->factor;
    bool moves = next * learning_rate > 0;
    return divergence->n_rollback < divergence->limit && moves ? next : 0;
}

lstm_status lts_divergence_roll_back(lts_divergence *divergence, lstm_updater *updater,
                                     const real *best, const char *why)
{
    lstm_model *model = updater->model;
    double factor = lts_divergence_next_factor(divergence, updater->rate_factor,
                                               updater->optimizer.options.learning_rate);
    if (factor == 0)
        return lts_fail(LSTM_E_NUMERIC, "%s; the run has rolled back %llu times before", why,
                        (unsigned long long)divergence->n_rollback);
    lts_updater_overwrite(updater);
    memcpy(model->values, best, (size_t)model->params.total * sizeof(real));
    lts_model_changed(model);
    lts_updater_restart(updater);
    updater->rate_factor = factor;
    divergence->n_rollback++;
    return LSTM_OK;
}
