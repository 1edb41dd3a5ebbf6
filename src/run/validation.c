/* SPDX-License-Identifier: MIT */
#include "run/validation.h"

#include "base/memory.h"
#include "base/status.h"

#include <string.h>

lstm_status lts_validation_check(const lstm_trainer_options *options)
{
    bool validates = options->validate.every > 0;
    if (validates && options->valid_series == NULL && options->valid_view == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "validation needs valid_series or valid_view, but both "
                                         "are NULL");
    if (validates && options->valid_series != NULL && options->valid_view != NULL)
        return lts_fail(LSTM_E_ARGUMENT, "valid_view is given, so valid_series must be NULL");
    if (validates && options->valid_series != NULL && options->valid == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "validation needs valid, but it is NULL");
    if (options->patience < 0 || (options->patience > 0 && !validates))
        return lts_fail(LSTM_E_ARGUMENT, "patience is %lld, expected %s",
                        (long long)options->patience,
                        options->patience > 0 ? "0 without validation" : "at least 0");
    if (!(options->min_delta >= 0) || !isfinite(options->min_delta))
        return lts_fail(LSTM_E_ARGUMENT, "min_delta is %g, expected at least 0",
                        options->min_delta);
    return LSTM_OK;
}

static lstm_status init_windows(lts_validation *validation, const lstm_model *model,
                                const lts_loss *loss, const lstm_trainer_options *options)
{
    if (options->valid_view != NULL) {
        LTS_TRY(lts_view_valid_init(&validation->of_view, options->valid_view, loss, model,
                                    options->valid));
        validation->T = validation->of_view.T;
        return LSTM_OK;
    }
    validation->series = options->valid_series;
    LTS_TRY(lts_valid_check(model, options->valid_series, options->valid, &validation->plan));
    validation->T = validation->plan.window.T;
    validation->K = validation->plan.K;
    return LSTM_OK;
}

lstm_status lts_validation_init(lts_validation *validation, const lstm_model *model,
                                const lts_loss *loss, const lstm_trainer_options *options,
                                bool keeps_start)
{
    *validation = (lts_validation){
        .trigger = options->validate,
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
    LTS_TRY(init_windows(validation, model, loss, options));
    validation->rmse = lts_alloc(validation->T * (validation->K + 1), sizeof *validation->rmse);
    return validation->rmse == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

void lts_validation_clear(lts_validation *validation)
{
    lts_view_valid_clear(&validation->of_view);
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
    int64_t T = validation->T, K = validation->K;
    double sum = 0;
    LTS_TRY(validation->series == NULL
                ? lts_view_valid_run(&validation->of_view, model, validation->rmse)
                : lts_valid_run(model, validation->series, &validation->plan, validation->rmse));
    for (int64_t t = 0; t < T; t++) {
        double total = validation->rmse[t * (K + 1) + K];
        sum += total * total;
    }
    *score = sqrt(sum / (double)T);
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
