/* SPDX-License-Identifier: MIT */
#include "run/validation.h"

#include "base/memory.h"
#include "base/status.h"

#include <string.h>

lstm_status lts_validation_check(const lstm_trainer_options *options)
{
    bool validates = options->validate.every > 0;
    if (validates && (options->valid_series == NULL || options->valid == NULL))
        return lts_fail(LSTM_E_ARGUMENT, "validation needs %s, but it is NULL",
                        options->valid_series == NULL ? "valid_series" : "valid");
    if (options->patience < 0 || (options->patience > 0 && !validates))
        return lts_fail(LSTM_E_ARGUMENT, "patience is %lld, expected %s",
                        (long long)options->patience,
                        options->patience > 0 ? "0 without validation" : "at least 0");
    if (!(options->min_delta >= 0) || !isfinite(options->min_delta))
        return lts_fail(LSTM_E_ARGUMENT, "min_delta is %g, expected at least 0",
                        options->min_delta);
    return LSTM_OK;
}

lstm_status lts_validation_init(lts_validation *validation, const lstm_model *model,
                                const lstm_trainer_options *options, bool keeps_start)
{
    *validation = (lts_validation){
        .trigger = options->validate,
        .series = options->valid_series,
        .patience = (uint64_t)options->patience,
        .min_delta = options->min_delta,
        .last_score = (double)NAN,
        .best_score = (double)NAN,
    };
    bool validates = lts_validation_is_on(validation);
    if (validates || keeps_start) {
        validation->best = lts_params_new_block(&model->params);
        if (validation->best == NULL)
            return LSTM_E_NOMEM;
    }
    if (!validates)
        return LSTM_OK;
    lts_valid_plan *plan = &validation->plan;
    LTS_TRY(lts_valid_check(model, options->valid_series, options->valid, plan));
    validation->rmse = lts_alloc(plan->window.T * (plan->K + 1), sizeof *validation->rmse);
    return validation->rmse == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

void lts_validation_clear(lts_validation *validation)
{
    lts_free(validation->rmse);
    lts_free(validation->best);
    *validation = (lts_validation){0};
}

bool lts_validation_is_on(const lts_validation *validation)
{
    return validation->trigger.every > 0;
}

lstm_status lts_validation_run(lts_validation *validation, const lstm_model *model, double *score)
{
    const lts_valid_plan *plan = &validation->plan;
    LTS_TRY(lts_valid_run(model, validation->series, plan, validation->rmse));
    double sum = 0;
    for (int64_t t = 0; t < plan->window.T; t++) {
        double total = validation->rmse[t * (plan->K + 1) + plan->K];
        sum += total * total;
    }
    *score = sqrt(sum / (double)plan->window.T);
    return LSTM_OK;
}

bool lts_validation_note(lts_validation *validation, double score)
{
    /* before the first validation the best score is NaN, and every score is better */
    bool better = !(score >= validation->best_score - validation->min_delta);
    validation->last_score = score;
    validation->not_better = better ? 0 : validation->not_better + 1;
    if (better)
        validation->best_score = score;
    return better;
}

void lts_validation_keep(lts_validation *validation, const lstm_model *model)
{
    memcpy(validation->best, model->values, (size_t)model->params.total * sizeof(real));
    validation->has_best = true;
}

bool lts_validation_out_of_patience(const lts_validation *validation)
{
    return validation->patience > 0 && validation->not_better >= validation->patience;
}
