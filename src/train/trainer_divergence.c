/* SPDX-License-Identifier: MIT */
/*
 * The policy on divergence. To go back is to take the best parameters, begin the optimizer anew,
 * and lower the rate: with the old moments the step that led astray would be made once more.
 */
#include "base/float_env.h"
#include "base/status.h"
#include "train/trainer.h"

#include <stdio.h>
#include <string.h>

lstm_status lts_divergence_check(lstm_trainer_options *options)
{
    int64_t policy = options->on_divergence;
    if (policy != LSTM_DIVERGENCE_STOP && policy != LSTM_DIVERGENCE_RETURN)
        return lts_fail(LSTM_E_ARGUMENT, "on_divergence is %lld, which is none", (long long)policy);
    if (options->divergence_ratio != 0 &&
        (!(options->divergence_ratio > 1) || !isfinite(options->divergence_ratio)))
        return lts_fail(LSTM_E_ARGUMENT, "divergence_ratio is %g, it must be 0 or above 1",
                        options->divergence_ratio);
    if (options->divergence_ratio != 0 && options->validate.every == 0)
        return lts_fail(LSTM_E_ARGUMENT, "divergence_ratio is %g, but there is no validation",
                        options->divergence_ratio);
    if (policy == LSTM_DIVERGENCE_STOP &&
        (options->divergence_factor != 0 || options->divergence_limit != 0))
        return lts_fail(
            LSTM_E_ARGUMENT,
            "divergence_factor is %g and divergence_limit %lld, but a run that stops at "
            "a divergence has neither",
            options->divergence_factor, (long long)options->divergence_limit);
    if (policy == LSTM_DIVERGENCE_RETURN && options->divergence_factor == 0)
        options->divergence_factor = 0.5;
    if (policy == LSTM_DIVERGENCE_RETURN && options->divergence_limit == 0)
        options->divergence_limit = 10;
    if (!(options->divergence_factor >= 0 && options->divergence_factor < 1))
        return lts_fail(LSTM_E_ARGUMENT, "divergence_factor is %g, it must be above 0 and below 1",
                        options->divergence_factor);
    if (options->divergence_limit < 0)
        return lts_fail(LSTM_E_ARGUMENT, "divergence_limit is %lld, it must be at least 0",
                        (long long)options->divergence_limit);
    return LSTM_OK;
}

void lts_divergence_begin(lstm_trainer *trainer)
{
    const lstm_model *model = trainer->updater->model;
    if (trainer->options.on_divergence == LSTM_DIVERGENCE_RETURN && !trainer->begun)
        memcpy(trainer->best, model->values, (size_t)model->params.total * sizeof(real));
    trainer->begun = true;
}

lstm_status lts_divergence_judge(const lstm_trainer *trainer)
{
    LTS_FLOAT_SCOPE();
    const lts_run *run = &trainer->run;
    double ratio = trainer->options.divergence_ratio;
    if (ratio == 0 || !(run->last_score > ratio * run->best_score))
        return LSTM_OK;
    return lts_fail(
        LSTM_E_NUMERIC,
        "the score %g of the validation after update %llu is more than %g times the best, "
        "%g",
        run->last_score, (unsigned long long)trainer->updater->iteration, ratio, run->best_score);
}

/*
 * The factor on the rate after one more return; 0 if there is none that could still move anything.
 */
static double next_factor(const lstm_trainer *trainer)
{
    LTS_FLOAT_SCOPE();
    const lstm_updater *updater = trainer->updater;
    double factor = updater->rate_factor * trainer->options.divergence_factor;
    return factor * updater->optimizer.options.learning_rate > 0 ? factor : 0;
}

lstm_status lts_divergence_handle(lstm_trainer *trainer)
{
    const lstm_trainer_options *options = &trainer->options;
    lstm_updater *updater = trainer->updater;
    lstm_model *model = updater->model;
    char why[LTS_WHY];
    if (options->on_divergence == LSTM_DIVERGENCE_STOP)
        return LSTM_E_NUMERIC;
    snprintf(why, sizeof why, "%s", lstm_last_error());
    double factor = next_factor(trainer);
    if (trainer->run.n_return >= (uint64_t)options->divergence_limit || factor == 0)
        return lts_fail(LSTM_E_NUMERIC, "%s; the run has gone back %llu times before", why,
                        (unsigned long long)trainer->run.n_return);
    lts_updater_overwrite(updater);
    memcpy(model->values, trainer->best, (size_t)model->params.total * sizeof(real));
    lts_model_changed(model);
    lts_updater_restart(updater);
    updater->rate_factor = factor;
    trainer->run.n_return++;
    trainer->untold = (lts_untold){.due = true, .iteration = updater->iteration};
    memcpy(trainer->untold.why, why, sizeof why);
    return LSTM_OK;
}
