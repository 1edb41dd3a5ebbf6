/* SPDX-License-Identifier: MIT */
/* A fit that is continued with other rows: what was chosen stays, the members learn further. */
#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/rng.h"
#include "base/status.h"
#include "base/threads.h"
#include "forecaster/fitting.h"
#include "forecaster/intervals.h"
#include "forecaster/paths.h"

#include <stdio.h>

/* The data set must have the columns of the fit. */
static lstm_status check_dataset(const lts_fitted *fitted, const lstm_dataset *dataset)
{
    if (dataset->names.n == 0)
        return lts_fail(LSTM_E_SHAPE, "the data set has no series");
    for (int64_t s = 0; s < dataset->names.n; s++)
        LTS_TRY(lts_fitted_match(fitted, dataset, s));
    return LSTM_OK;
}

static lstm_status keep_choice(lts_fitted *made, const lts_choice *choice)
{
    made->why = lts_strdup(choice->why);
    if (made->why == NULL)
        return LSTM_E_NOMEM;
    made->choice = *choice;
    made->choice.why = made->why;
    return LSTM_OK;
}

/* With each number of rows another one, so that continuations draw different windows. */
static uint64_t seed_of(const lts_fitting *fit, int64_t network)
{
    uint64_t bits[2], n_row = 0;
    for (int64_t s = 0; s < fit->dataset->names.n; s++)
        n_row += (uint64_t)lts_valid_end(&fit->dataset->members[s]);
    lts_rng_bits(fit->f->options.seed, lts_rng_part(LTS_RNG_MEMBERS, 1 + n_row), (uint64_t)network,
                 bits);
    return bits[0];
}

static lstm_status continue_networks(lts_fitting *fit, int64_t n_update)
{
    const lts_fitted *before = &fit->f->fitted;
    lts_fitted *made = &fit->made;
    lts_training training = before->choice.training;
    made->networks = lts_alloc(before->n_network, sizeof *made->networks);
    if (made->networks == NULL)
        return LSTM_E_NOMEM;
    training.n_update = n_update;
    training.n_thread = fit->n_thread;
    fit->present = (double)n_update;
    for (int64_t i = 0; i < before->n_network; i++) {
        snprintf(fit->stage, sizeof fit->stage, "network %lld of %lld", (long long)i + 1,
                 (long long)before->n_network);
        training.seed = seed_of(fit, i);
        lstm_status status =
            lts_network_part_continue(&made->networks[i], &before->networks[i], fit->dataset,
                                      &fit->f->loss, &training, &fit->trainings);
        if (status != LSTM_OK)
            return status;
        made->n_network++;
        fit->done += fit->present;
    }
    return LSTM_OK;
}

static lstm_status continue_members(lts_fitting *fit, int64_t n_update)
{
    const lts_fitted *before = &fit->f->fitted;
    lts_fitted *made = &fit->made;
    lstm_view_options view = made->choice.ridge_view;
    view.part = LSTM_PART_TRAIN_VALID;
    if (before->ridge.ridge != NULL)
        LTS_TRY(
            lts_ridge_part_fit(&made->ridge, fit->dataset, &view, &before->ridge.ridge->options));
    return before->n_network > 0 ? continue_networks(fit, n_update) : LSTM_OK;
}

/* Residuals of the fit, and of rows since then by the members that have not seen them. */
static lstm_status continue_residuals(lts_fitting *fit)
{
    const lstm_dataset *d = fit->dataset;
    lts_residuals *residuals = &fit->made.residuals;
    lstm_status status =
        lts_residuals_append(residuals, &fit->f->fitted.residuals, LTS_JUDGE_WINDOWS);
    for (int64_t s = 0; s < d->names.n && status >= 0; s++) {
        lts_residuals fresh = {0};
        status =
            lts_fresh_residuals(fit->f, d, s, lts_valid_end(&d->members[s]), fit->n_thread, &fresh);
        if (status >= 0)
            status = lts_residuals_append(residuals, &fresh, LTS_JUDGE_WINDOWS);
        lts_residuals_clear(&fresh);
    }
    return status;
}

static lstm_status run(lts_fitting *fit, int64_t n_update)
{
    const lts_fitted *before = &fit->f->fitted;
    lts_fitted *made = &fit->made;
    LTS_TRY(lts_threads_resolve(fit->f->options.n_threads, &fit->n_thread));
    LTS_TRY(check_dataset(before, fit->dataset));
    fit->total = (double)(n_update > 0 ? n_update : 1) *
                 (double)(before->n_network > 0 ? before->n_network : 1);
    LTS_TRY(lts_fitted_begin_on(made, fit->dataset));
    LTS_TRY(keep_choice(made, &before->choice));
    lstm_status status = continue_members(fit, n_update);
    if (status == LSTM_OK)
        status = lts_intervals_continue(made, fit->f, fit->dataset);
    return status == LSTM_OK ? continue_residuals(fit) : status;
}

lstm_status lstm_forecaster_continue(lstm_forecaster *forecaster, const lstm_dataset *dataset,
                                     int64_t n_update)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(dataset);
    LTS_TRY(lts_check_at_least("n_update", n_update, 0));
    if (!forecaster->is_fitted)
        return lts_fail(LSTM_E_ORDER, "the forecaster is not fitted: call lstm_forecaster_fit()");
    lts_fitting fit = {.f = forecaster, .dataset = dataset, .host = &lts_host_floats};
    fit.trainings = (lts_trainings){NULL, 0, lts_watch_training, &fit};
    return lts_fitting_finish(&fit, run(&fit, n_update));
}
