/* SPDX-License-Identifier: MIT */
#include "fit/fitting.h"

#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"

bool lts_fitting_report(lts_fitting *fit, double loss)
{
    fit->fraction = fmax(fit->fraction, fit->done / fit->total);
    const lstm_fit_progress progress = {fit->stage, fit->fraction, loss, fit->error, fit->best};
    if (atomic_load(&fit->f->cancelled))
        return false;
    if (fit->on_progress == NULL)
        return true;
    LTS_FLOAT_HOST(fit->host);
    if (fit->on_progress(&progress, fit->progress_user) == 0)
        return true;
    /* Kept, since a training that ends with this update is not stopped. */
    atomic_store(&fit->f->cancelled, true);
    return false;
}

bool lts_watch_training(void *user, double fraction, double loss)
{
    lts_fitting *fit = user;
    double before = fit->done;
    fit->done += ((double)(fit->trainings.n - 1 - fit->first) + fraction) * fit->present;
    bool continues = lts_fitting_report(fit, loss);
    fit->done = before;
    return continues && !lts_deadline_has_passed(&fit->deadline);
}

double lts_judged_error(lts_fitting *fit, const real *y)
{
    fit->error = lts_judge_error(&fit->judge, y);
    if (lts_is_better(fit->error, fit->best))
        fit->best = fit->error;
    return fit->error;
}

lstm_status lts_judge_baselines(lts_fitting *fit)
{
    lts_choice *choice = &fit->made.choice;
    const lts_origins origins = {fit->judge.n, fit->judge.series, fit->judge.origin};
    real *y = lts_judge_forecasts(&fit->judge);
    lstm_status status = y == NULL ? LSTM_E_NOMEM : LSTM_OK;
    choice->baseline = LSTM_BASELINE_NAIVE;
    for (int64_t kind = 0; kind < LTS_N_BASELINE && status >= 0; kind++) {
        bool seasonal =
            kind == LSTM_BASELINE_SEASONAL_NAIVE || kind == LSTM_BASELINE_SEASONAL_DRIFT;
        choice->baseline_error[kind] = (double)NAN;
        if (fit->judge.n == 0 || (seasonal && choice->season_len == 0))
            continue;
        status =
            lts_baseline_predict(kind, choice->season_len, fit->dataset, &origins, fit->judge.H, y);
        choice->baseline_error[kind] = lts_judged_error(fit, y);
        if (lts_is_better(choice->baseline_error[kind], choice->baseline_error[choice->baseline]))
            choice->baseline = kind;
    }
    if (fit->judge.n == 0 && choice->season_len > 0)
        choice->baseline = LSTM_BASELINE_SEASONAL_NAIVE;
    lts_free(y);
    return status;
}

lstm_status lts_pass_over(lts_fitting *fit, lstm_status status, lts_reason *reason)
{
    if (status == LSTM_E_LIMIT && lts_deadline_has_passed(&fit->deadline))
        return LSTM_OK;
    if (status != LSTM_E_SHAPE && status != LSTM_E_NUMERIC)
        return status;
    *reason = lts_last_reason();
    return LSTM_OK;
}

/* Fits ridge to the training part and forecasts the judge's windows. */
lstm_status lts_judge_ridge(lts_fitting *fit)
{
    lts_choice *choice = &fit->made.choice;
    lts_ridge_part part;
    if (choice->ridge.L == 0)
        return LSTM_OK;
    lstm_status status =
        lts_ridge_part_fit(&part, fit->dataset, &choice->ridge_view, &choice->ridge, NULL);
    if (status < 0)
        return lts_pass_over(fit, status, &fit->no_ridge);
    choice->ridge.penalty = lts_ridge_part_penalty(&part);
    fit->of_ridge = lts_judge_forecasts(&fit->judge);
    status = fit->of_ridge == NULL
                 ? LSTM_E_NOMEM
                 : lts_ridge_part_predict(&part, fit->dataset, fit->judge.series, fit->judge.origin,
                                          fit->judge.n, fit->judge.H, fit->of_ridge);
    if (status >= 0 && fit->f->options.skip_refit) {
        fit->made.ridge = part;
    } else {
        fit->effects = part.effects;
        fit->like = &fit->effects;
        part.effects = (lts_effects){0};
        lts_ridge_part_clear(&part);
    }
    if (status >= 0)
        choice->ridge_error = lts_judged_error(fit, fit->of_ridge);
    return status;
}

lstm_status lts_judge_mean(lts_fitting *fit)
{
    lts_choice *choice = &fit->made.choice;
    if (fit->of_ridge == NULL || fit->of_network == NULL)
        return LSTM_OK;
    fit->of_mean = lts_judge_forecasts(&fit->judge);
    if (fit->of_mean == NULL)
        return LSTM_E_NOMEM;
    int64_t size = fit->judge.n * fit->judge.H * fit->judge.K;
    for (int64_t i = 0; i < size; i++)
        fit->of_mean[i] = (fit->of_ridge[i] + fit->of_network[i]) / 2;
    choice->mean_error = lts_judged_error(fit, fit->of_mean);
    return LSTM_OK;
}
