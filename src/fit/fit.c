/* SPDX-License-Identifier: MIT */
/*
 * A fit: season -> judge -> baselines -> view by ridge -> ridge -> whole schedules of a network ->
 * which members -> all members again on training and validation part, unless skip_refit.
 */
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/threads.h"
#include "evaluate/origins.h"
#include "fit/choose.h"
#include "fit/decide.h"
#include "fit/fitting.h"
#include "fit/season_choice.h"
#include "forecaster/intervals.h"

#include <stdio.h>

/* Below these a choice would be made by chance. */
enum { LEAST_WINDOWS = 5, LEAST_PERIODS = 3 };

/* Rows of a validation part where the data set has none. */
static int64_t validation_rows(int64_t n_row, int64_t H)
{
    int64_t n = n_row * 15 / 100, least = H + LEAST_WINDOWS - 1;
    n = n > least ? n : least;
    return n < n_row / 3 ? n : n_row / 3;
}

/* Parts of the data set; a series without a validation part gets one from the end of its rows. */
static lstm_status make_parts(lts_parts_view *parts, const lstm_dataset *dataset, int64_t H)
{
    LTS_TRY(lts_parts_view_new(parts, dataset));
    for (int64_t s = 0; s < dataset->names.n; s++) {
        lts_dataset_series *m = &parts->series[s];
        int64_t train_end = lts_train_end(m), valid_end = lts_valid_end(m);
        if (train_end == valid_end)
            train_end -= validation_rows(valid_end, H);
        m->train_end = train_end;
        m->valid_end = valid_end;
    }
    return LSTM_OK;
}

static int64_t series_without_validation(const lstm_dataset *dataset)
{
    int64_t n = 0;
    for (int64_t s = 0; s < dataset->names.n; s++)
        n += lts_train_end(&dataset->series[s]) == lts_valid_end(&dataset->series[s]);
    return n;
}

/* Whether there is enough data to choose anything but a baseline. */
static bool has_enough_data(const lts_fitting *fit)
{
    int64_t period = fit->made.choice.season_len, longest = 0;
    for (int64_t s = 0; s < fit->dataset->names.n; s++) {
        int64_t n = lts_train_end(&fit->dataset->series[s]);
        longest = n > longest ? n : longest;
    }
    return fit->judge.n >= LEAST_WINDOWS && longest >= LEAST_PERIODS * (period > 1 ? period : 1);
}

/* Chooses view and sizes of ridge and networks, and which of them forecast. */
static lstm_status choose_members(lts_fitting *fit)
{
    lts_choice *choice = &fit->made.choice;
    const lstm_forecaster_options *o = &fit->f->options;
    snprintf(fit->stage, sizeof fit->stage, "ridge");
    if (!lts_fitting_report(fit, (double)NAN))
        return LSTM_STOPPED;
    LTS_TRY(lts_choose_view(choice, &fit->judge, o, &fit->no_ridge));
    lts_choose_network(choice, o, fit->dataset);
    if (o->view == NULL && fit->f->loss.kind == LSTM_LOSS_NEGATIVE_BINOMIAL)
        lts_choose_counts(choice);
    LTS_TRY(lts_judge_ridge(fit));
    if (o->use != LSTM_USE_RIDGE) {
        lstm_status status = lts_judge_network(fit);
        if (status != LSTM_OK)
            return status;
    }
    LTS_TRY(lts_judge_mean(fit));
    lts_decide(choice, o->use);
    return LSTM_OK;
}

/* Chooses everything by the validation part. */
static lstm_status choose(lts_fitting *fit)
{
    lts_choice *choice = &fit->made.choice;
    const lstm_forecaster_options *o = &fit->f->options;
    choice->ridge_error = choice->network_error = choice->mean_error = (double)NAN;
    choice->season_len = o->season_len == LSTM_NO_SEASON ? 0 : o->season_len;
    if (o->season_len == 0)
        LTS_TRY(lts_choose_season(fit->dataset, o->horizon, &choice->season_len, &choice->trials));
    int64_t period = choice->season_len > 0 ? choice->season_len : 1;
    LTS_TRY(lts_judge_init(&fit->judge, fit->dataset, o->horizon, period));
    choice->n_window = fit->judge.n;
    LTS_TRY(lts_judge_baselines(fit));
    if (o->use == LSTM_USE_BASELINE || (o->use == LSTM_USE_AUTO && !has_enough_data(fit))) {
        choice->use = LSTM_USE_BASELINE;
        choice->why = o->use == LSTM_USE_BASELINE ? "the option use says so"
                                                  : "fewer than five validation windows, or fewer "
                                                    "than three seasons of history";
        return LSTM_OK;
    }
    return choose_members(fit);
}

/* Forecasts of the judge's windows by the baseline. NULL if memory is exhausted. */
static real *judged_baseline(const lts_fitting *fit)
{
    const lts_choice *choice = &fit->made.choice;
    const lts_origins origins = {fit->judge.n, fit->judge.series, fit->judge.origin};
    real *y = lts_judge_forecasts(&fit->judge);
    if (y == NULL || lts_baseline_predict(choice->baseline, choice->season_len, fit->dataset,
                                          &origins, fit->judge.H, y) >= 0)
        return y;
    lts_free(y);
    return NULL;
}

/* Calibrates intervals by the forecasts of the chosen members on the validation part. */
static lstm_status calibrate(lts_fitting *fit)
{
    lts_fitted *made = &fit->made;
    int64_t use = made->choice.use;
    real *y = use == LSTM_USE_MEAN       ? fit->of_mean
              : use == LSTM_USE_NETWORKS ? fit->of_network
                                         : fit->of_ridge;
    real *of_baseline = NULL;
    if (lts_has_baseline(&made->choice)) {
        of_baseline = judged_baseline(fit);
        if (of_baseline == NULL)
            return LSTM_E_NOMEM;
    }
    if (use == LSTM_USE_BASELINE)
        y = of_baseline;
    else if (of_baseline != NULL)
        lts_join_baseline(fit->judge.n * fit->judge.H * fit->judge.K, of_baseline, y);
    const real *spread = NULL;
    if (lts_has_networks(&made->choice) && fit->of_network != NULL && fit->f->shares.n > 0)
        spread = fit->of_network + fit->judge.n * fit->judge.H * fit->judge.K;
    lstm_status status = lts_intervals_calibrate(made, &fit->f->options, &fit->judge, y, spread);
    lts_free(of_baseline);
    return status;
}

/* Forgets a candidate that cannot be fitted to both parts, and chooses among the others. */
static void drop(lts_fitting *fit, real **forecasts, double *error)
{
    lts_free(*forecasts);
    lts_free(fit->of_mean);
    *forecasts = fit->of_mean = NULL;
    *error = fit->made.choice.mean_error = (double)NAN;
    lts_decide(&fit->made.choice, fit->f->options.use);
}

/* The rows of members that are not there yet. */
static int64_t part_of(const lts_fitting *fit)
{
    return fit->f->options.skip_refit ? LSTM_PART_TRAIN : LSTM_PART_TRAIN_VALID;
}

static lstm_status fit_ridge(lts_fitting *fit)
{
    lts_choice *choice = &fit->made.choice;
    lstm_view_options view = choice->ridge_view;
    view.part = part_of(fit);
    if (!lts_has_ridge(choice) || fit->made.ridge.ridge != NULL)
        return LSTM_OK;
    lstm_status status =
        lts_ridge_part_fit(&fit->made.ridge, fit->dataset, &view, &choice->ridge, fit->like);
    if (status >= 0 || fit->f->options.use != LSTM_USE_AUTO)
        return status;
    LTS_TRY(lts_pass_over(fit, status, &fit->no_ridge));
    drop(fit, &fit->of_ridge, &choice->ridge_error);
    return LSTM_OK;
}

/* One that cannot be trained is left out, unless the networks were asked for. */
static lstm_status fit_networks(lts_fitting *fit)
{
    lts_fitted *made = &fit->made;
    int64_t n = fit->f->options.n_network;
    if (!lts_has_networks(&made->choice) || made->n_network > 0)
        return LSTM_OK;
    for (int64_t i = 0; i < n; i++) {
        snprintf(fit->stage, sizeof fit->stage, "network %lld of %lld", (long long)i + 1,
                 (long long)n);
        lts_network_part *next = &made->networks[made->n_network];
        if (i > 0 && !lts_deadline_allows(&fit->deadline, (double)made->choice.training.n_update))
            break;
        lstm_status status = lts_train_network(fit, i, part_of(fit), next);
        if (status == LSTM_OK)
            made->n_network++;
        else if (fit->f->options.use == LSTM_USE_AUTO ||
                 (status == LSTM_E_LIMIT && made->n_network > 0))
            status = lts_pass_over(fit, status, &fit->no_network);
        if (status != LSTM_OK)
            return status;
    }
    if (made->n_network == 0)
        drop(fit, &fit->of_network, &made->choice.network_error);
    return LSTM_OK;
}

/* Fits the chosen members that were not kept, and drops those that were kept and not chosen. */
static lstm_status fit_members(lts_fitting *fit)
{
    const lts_choice *choice = &fit->made.choice;
    int64_t use;
    do {
        use = choice->use;
        lstm_status status = fit_ridge(fit);
        if (status == LSTM_OK)
            status = fit_networks(fit);
        if (status != LSTM_OK)
            return status;
    } while (choice->use != use);
    if (!lts_has_ridge(choice))
        lts_ridge_part_clear(&fit->made.ridge);
    if (!lts_has_networks(choice))
        lts_fitting_keep_networks(fit, 0);
    return LSTM_OK;
}

/* Adds to the reason of a choice what could not be fitted, or not in time. */
static lstm_status explain(lts_fitting *fit)
{
    lts_fitted *made = &fit->made;
    bool was_free = fit->f->options.use == LSTM_USE_AUTO;
    const char *ridge = was_free ? fit->no_ridge.text : "";
    const char *network = was_free ? fit->no_network.text : "";
    enum { SIZE = 800 };
    char late[80] = "";
    if (fit->deadline.has_cut)
        snprintf(late, sizeof late, "; max_seconds, %g, left no time for more",
                 fit->deadline.limit);
    if (*ridge == '\0' && *network == '\0' && *late == '\0')
        return LSTM_OK;
    made->why = lts_alloc(SIZE, 1);
    if (made->why == NULL)
        return LSTM_E_NOMEM;
    snprintf(made->why, SIZE, "%s%s%s%s%s%s", made->choice.why,
             *ridge != '\0' ? "; ridge cannot be fitted: " : "", ridge,
             *network != '\0' ? "; a network cannot be trained: " : "", network, late);
    made->choice.why = made->why;
    return LSTM_OK;
}

/* The data set of the fit may be freed. */
static void leave_dataset(lts_fitted *made)
{
    if (made->ridge.view != NULL)
        lts_view_leave(made->ridge.view, made->frame);
    for (int64_t i = 0; i < made->n_network; i++)
        lts_view_leave(made->networks[i].view, made->frame);
}

lstm_status lts_fitting_finish(lts_fitting *fit, lstm_status status)
{
    lstm_forecaster *f = fit->f;
    if (atomic_exchange(&f->cancelled, false) && status == LSTM_OK)
        status = LSTM_STOPPED;
    if (status == LSTM_OK && fit->made.users != NULL) {
        leave_dataset(&fit->made);
        lts_fitted_clear(&f->fitted);
        f->fitted = fit->made;
        f->is_fitted = true;
    } else {
        lts_fitted_clear(&fit->made);
    }
    return status;
}

lstm_status lts_fitted_begin_on(lts_fitted *made, const lstm_dataset *dataset)
{
    lstm_dataset *frame;
    LTS_TRY(lts_dataset_frame(&frame, dataset));
    lstm_status status = lts_fitted_begin(made, frame);
    if (status < 0)
        lstm_dataset_free(frame);
    return status;
}

static lstm_status allocate_networks(lts_fitting *fit)
{
    lts_fitted *made = &fit->made;
    made->networks = lts_alloc(fit->f->options.n_network, sizeof *made->networks);
    return made->networks == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

lstm_status lts_forecaster_fit(lstm_forecaster *forecaster, const lstm_dataset *dataset,
                               const char *folder)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(dataset);
    lts_fitting fit = {.f = forecaster, .total = lts_updates_of(&forecaster->options)};
    fit.error = fit.best = (double)NAN;
    lts_parts_view parts = {0};
    fit.host = &lts_host_floats;
    fit.on_progress = forecaster->options.on_progress;
    fit.progress_user = forecaster->options.progress_user;
    lstm_status status = lts_threads_resolve(forecaster->options.n_threads, &fit.n_thread);
    if (status >= 0 && dataset->names.n == 0)
        status = lts_fail(LSTM_E_SHAPE, "the data set has no series");
    if (status >= 0)
        status = make_parts(&parts, dataset, forecaster->options.horizon);
    fit.dataset = &parts.dataset;
    fit.trainings = (lts_trainings){folder, 0, NULL, lts_watch_training, &fit};
    lts_deadline_begin(&fit.deadline, forecaster->options.max_seconds, forecaster->clock);
    if (status >= 0)
        status = lts_fitted_begin_on(&fit.made, dataset);
    if (status >= 0)
        status = allocate_networks(&fit);
    fit.made.choice.n_part_made = series_without_validation(dataset);
    if (status >= 0)
        status = choose(&fit);
    if (status == LSTM_OK)
        status = fit_members(&fit);
    if (status == LSTM_OK)
        status = explain(&fit);
    if (status == LSTM_OK)
        status = calibrate(&fit);
    status = lts_fitting_finish(&fit, status);
    lts_effects_clear(&fit.effects);
    lts_free(fit.of_ridge);
    lts_free(fit.of_network);
    lts_free(fit.of_mean);
    lts_judge_clear(&fit.judge);
    lts_parts_view_free(&parts);
    return status;
}

lstm_status lstm_forecaster_fit(lstm_forecaster *forecaster, const lstm_dataset *dataset)
{
    LTS_NOT_NULL(forecaster);
    return lts_forecaster_fit(forecaster, dataset, forecaster->options.folder);
}

void lstm_forecaster_cancel(lstm_forecaster *forecaster)
{
    if (forecaster != NULL)
        atomic_store(&forecaster->cancelled, true);
}
