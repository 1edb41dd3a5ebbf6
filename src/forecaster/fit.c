/* SPDX-License-Identifier: MIT */
/*
 * A fit: season -> judge -> baselines -> view by ridge -> ridge -> whole schedules of a network ->
 * which members -> all members again on training and validation part.
 */
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/threads.h"
#include "evaluate/origins.h"
#include "forecaster/choose.h"
#include "forecaster/probe_network.h"
#include "forecaster/season_choice.h"

#include <stdio.h>

/* Below these a choice would be made by chance. */
enum { LEAST_WINDOWS = 5, LEAST_PERIODS = 3 };
static const double WORSE = 1.03;

/* Numbers of updates that are compared. */
static const int64_t SCHEDULES[] = {150, 500};
enum { N_SCHEDULE = sizeof SCHEDULES / sizeof *SCHEDULES };

typedef struct fitting {
    lstm_forecaster *f;
    const lstm_dataset *dataset; /**< with the parts of the fit */
    int64_t n_thread;
    lts_judge judge;
    lts_fitted made;
    real *of_ridge, *of_network; /**< forecasts of the judge's windows, or NULL */
    /* progress */
    double done, total; /**< updates */
    double present;     /**< of the network that is being trained */
    char stage[64];
} fitting;

static bool report(fitting *fit, double loss)
{
    const lstm_forecaster_options *o = &fit->f->options;
    const lstm_fit_progress progress = {fit->stage, fit->done / fit->total, loss};
    if (atomic_load(&fit->f->cancelled))
        return false;
    return o->on_progress == NULL || o->on_progress(&progress, o->progress_user) == 0;
}

static bool watch_training(void *user, double fraction, double loss)
{
    fitting *fit = user;
    double before = fit->done;
    fit->done += fraction * fit->present;
    bool goes_on = report(fit, loss);
    fit->done = before;
    return goes_on;
}

/* Rows of a validation part where the data set has none. */
static int64_t validation_rows(int64_t n_row, int64_t H)
{
    int64_t n = n_row * 15 / 100, least = H + LEAST_WINDOWS - 1;
    n = n > least ? n : least;
    return n < n_row / 3 ? n : n_row / 3;
}

/* Parts of the data set; a series without a validation part gets one from the end of its rows. */
static lstm_status make_parts(lts_origin_view *parts, const lstm_dataset *dataset, int64_t H)
{
    LTS_TRY(lts_origin_view_new(parts, dataset));
    for (int64_t s = 0; s < dataset->names.n; s++) {
        lts_member *m = &parts->members[s];
        int64_t train_end = lts_train_end(m), valid_end = lts_valid_end(m);
        if (train_end == valid_end)
            train_end -= validation_rows(valid_end, H);
        m->train_end = train_end;
        m->valid_end = valid_end;
    }
    return LSTM_OK;
}

static lstm_status judge_baselines(fitting *fit)
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
        choice->baseline_error[kind] = lts_judge_error(&fit->judge, y);
        if (!(choice->baseline_error[kind] >= choice->baseline_error[choice->baseline]))
            choice->baseline = kind;
    }
    if (fit->judge.n == 0 && choice->season_len > 0)
        choice->baseline = LSTM_BASELINE_SEASONAL_NAIVE;
    lts_free(y);
    return status;
}

/* Whether there is enough data to choose anything but a baseline. */
static bool has_enough_data(const fitting *fit)
{
    int64_t period = fit->made.choice.season_len, longest = 0;
    for (int64_t s = 0; s < fit->dataset->names.n; s++) {
        int64_t n = lts_train_end(&fit->dataset->members[s]);
        longest = n > longest ? n : longest;
    }
    return fit->judge.n >= LEAST_WINDOWS && longest >= LEAST_PERIODS * (period > 1 ? period : 1);
}

/* Fits ridge to the training part and forecasts the judge's windows. */
static lstm_status judge_ridge(fitting *fit)
{
    lts_choice *choice = &fit->made.choice;
    lts_ridge_part part;
    if (choice->ridge.L == 0)
        return LSTM_OK;
    lstm_status status =
        lts_ridge_part_fit(&part, fit->dataset, &choice->ridge_view, &choice->ridge);
    if (status < 0)
        return status == LSTM_E_NOMEM ? status : LSTM_OK;
    choice->ridge.penalty = lts_ridge_part_penalty(&part);
    fit->of_ridge = lts_judge_forecasts(&fit->judge);
    status = fit->of_ridge == NULL
                 ? LSTM_E_NOMEM
                 : lts_ridge_part_predict(&part, fit->dataset, fit->judge.series, fit->judge.origin,
                                          fit->judge.n, fit->judge.H, fit->of_ridge);
    lts_ridge_part_clear(&part);
    if (status >= 0)
        choice->ridge_error = lts_judge_error(&fit->judge, fit->of_ridge);
    return status;
}

/* The view of network number i: two of three are told which column they predict. */
static lstm_view_options view_of(const fitting *fit, int64_t i, int64_t part)
{
    lstm_view_options view = fit->made.choice.view;
    view.part = part;
    if (fit->f->options.view == NULL)
        view.column_input =
            view.channels == LSTM_CHANNELS_INDEPENDENT && fit->made.n_target > 1 && i % 3 != 2;
    return view;
}

static lstm_status train_network(fitting *fit, int64_t i, int64_t part, lts_network_part *network)
{
    lts_training training = fit->made.choice.training;
    const lstm_view_options view = view_of(fit, i, part);
    const lts_training_watch watch = {watch_training, fit};
    training.seed = fit->f->options.seed + (uint64_t)i;
    training.n_thread = fit->n_thread;
    fit->present = (double)training.n_update;
    lstm_status status =
        lts_network_part_train(network, fit->dataset, &view, &fit->f->loss, &training, &watch);
    fit->done += fit->present;
    return status;
}

static lstm_status probe_network(fitting *fit)
{
    lts_choice *choice = &fit->made.choice;
    const lts_training_watch watch = {watch_training, fit};
    fit->present = 0;
    choice->training.n_thread = fit->n_thread;
    snprintf(fit->stage, sizeof fit->stage, "views of networks");
    return lts_probe_network(choice, &fit->judge, &fit->f->loss, fit->f->options.seed, &watch);
}

/* Trains the first network by one schedule; keeps its forecasts if they are the best so far. */
static lstm_status try_schedule(fitting *fit, int64_t n_update, int64_t *best)
{
    lts_choice *choice = &fit->made.choice;
    lts_network_part network;
    choice->training.n_update = n_update;
    snprintf(fit->stage, sizeof fit->stage, "a schedule of %lld updates", (long long)n_update);
    lstm_status status = train_network(fit, 0, LSTM_PART_TRAIN, &network);
    if (status != LSTM_OK)
        return status;
    real *y = lts_judge_forecasts(&fit->judge);
    status = y == NULL ? LSTM_E_NOMEM
                       : lts_network_part_predict(&network, &fit->f->loss, fit->dataset,
                                                  fit->judge.series, fit->judge.origin,
                                                  fit->judge.n, fit->judge.H, fit->n_thread, y);
    lts_network_part_clear(&network);
    double error = status < 0 ? HUGE_VAL : lts_judge_error(&fit->judge, y);
    if (fit->of_network == NULL || error < choice->network_error) {
        lts_free(fit->of_network);
        fit->of_network = y;
        choice->network_error = error;
        *best = n_update;
    } else {
        lts_free(y);
    }
    return status;
}

static lstm_status judge_network(fitting *fit)
{
    int64_t given = fit->f->options.n_update, best = given;
    for (int i = 0; i < (given != 0 ? 1 : N_SCHEDULE); i++) {
        lstm_status status = try_schedule(fit, given != 0 ? given : SCHEDULES[i], &best);
        if (status == LSTM_E_SHAPE && fit->of_network == NULL)
            return LSTM_OK; /* too short for a window: there are no networks */
        if (status != LSTM_OK)
            return status;
    }
    fit->made.choice.training.n_update = best;
    return LSTM_OK;
}

static void judge_mean(fitting *fit)
{
    lts_choice *choice = &fit->made.choice;
    if (fit->of_ridge == NULL || fit->of_network == NULL)
        return;
    int64_t size = fit->judge.n * fit->judge.H * fit->judge.K;
    for (int64_t i = 0; i < size; i++)
        fit->of_ridge[i] = (fit->of_ridge[i] + fit->of_network[i]) / 2;
    choice->mean_error = lts_judge_error(&fit->judge, fit->of_ridge);
}

static void decide_use(lts_choice *choice, int64_t wanted)
{
    double best = fmin(choice->ridge_error, choice->network_error), chosen;
    choice->use = LSTM_USE_MEAN;
    choice->why = "the mean of networks and ridge is at most 3 % worse than the better of both";
    chosen = choice->mean_error;
    if (isnan(choice->mean_error) || choice->mean_error > WORSE * best) {
        bool network = isnan(choice->ridge_error) || choice->network_error < choice->ridge_error;
        choice->use = network ? LSTM_USE_NETWORKS : LSTM_USE_RIDGE;
        choice->why = network ? "the networks are more than 3 % better than their mean with ridge"
                              : "ridge is more than 3 % better than its mean with the networks";
        chosen = best;
    }
    if (!(chosen < choice->baseline_error[choice->baseline])) {
        choice->use = LSTM_USE_BASELINE;
        choice->why = "neither networks nor ridge are better than the best baseline";
    }
    if (wanted != LSTM_USE_AUTO) {
        choice->use = wanted;
        choice->why = "the option use says so";
    }
}

/* Chooses everything by the validation part. */
static lstm_status choose(fitting *fit)
{
    lts_choice *choice = &fit->made.choice;
    const lstm_forecaster_options *o = &fit->f->options;
    choice->ridge_error = choice->network_error = choice->mean_error = (double)NAN;
    choice->season_len = o->season_len == LSTM_NO_SEASON ? 0 : o->season_len;
    if (o->season_len == 0)
        LTS_TRY(lts_choose_season(fit->dataset, o->horizon, &choice->season_len));
    int64_t period = choice->season_len > 0 ? choice->season_len : 1;
    LTS_TRY(lts_judge_init(&fit->judge, fit->dataset, o->horizon, period));
    choice->n_window = fit->judge.n;
    LTS_TRY(judge_baselines(fit));
    if (o->use == LSTM_USE_BASELINE || (o->use == LSTM_USE_AUTO && !has_enough_data(fit))) {
        choice->use = LSTM_USE_BASELINE;
        choice->why = o->use == LSTM_USE_BASELINE ? "the option use says so"
                                                  : "fewer than five validation windows, or fewer "
                                                    "than three seasons of history";
        return LSTM_OK;
    }
    snprintf(fit->stage, sizeof fit->stage, "ridge");
    if (!report(fit, (double)NAN))
        return LSTM_STOPPED;
    LTS_TRY(lts_choose_view(choice, &fit->judge));
    if (o->view != NULL) {
        choice->view = choice->ridge_view = *o->view;
        choice->view.part = choice->ridge_view.part = LSTM_PART_TRAIN;
    }
    lts_choose_network(choice, o, fit->dataset);
    LTS_TRY(judge_ridge(fit));
    if (o->use != LSTM_USE_RIDGE) {
        lstm_status status = o->view == NULL ? probe_network(fit) : LSTM_OK;
        if (status == LSTM_OK)
            status = judge_network(fit);
        if (status != LSTM_OK)
            return status;
    }
    judge_mean(fit);
    decide_use(choice, o->use);
    return LSTM_OK;
}

/* Fits the chosen members to training and validation part. */
static lstm_status fit_members(fitting *fit)
{
    lts_fitted *made = &fit->made;
    lts_choice *choice = &made->choice;
    lstm_view_options view = choice->ridge_view;
    view.part = LSTM_PART_TRAIN_VALID;
    if (choice->use == LSTM_USE_RIDGE || choice->use == LSTM_USE_MEAN)
        LTS_TRY(lts_ridge_part_fit(&made->ridge, fit->dataset, &view, &choice->ridge));
    if (choice->use != LSTM_USE_NETWORKS && choice->use != LSTM_USE_MEAN)
        return LSTM_OK;
    int64_t n = fit->f->options.n_network;
    made->networks = lts_alloc(n, sizeof *made->networks);
    if (made->networks == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < n; i++) {
        snprintf(fit->stage, sizeof fit->stage, "network %lld of %lld", (long long)i + 1,
                 (long long)n);
        lstm_status status = train_network(fit, i, LSTM_PART_TRAIN_VALID, &made->networks[i]);
        if (status != LSTM_OK)
            return status;
        made->n_network++;
    }
    return LSTM_OK;
}

static lstm_status begin_fitted(lts_fitted *made, const lstm_dataset *dataset)
{
    lstm_dataset *frame;
    LTS_TRY(lts_dataset_frame(&frame, dataset));
    lstm_status status = lts_fitted_begin(made, frame);
    if (status < 0)
        lstm_dataset_free(frame);
    return status;
}

static double updates_of(const lstm_forecaster_options *o)
{
    double n = 0, most = (double)SCHEDULES[N_SCHEDULE - 1];
    for (int i = 0; i < N_SCHEDULE; i++)
        n += (double)SCHEDULES[i];
    if (o->n_update != 0)
        n = most = (double)o->n_update;
    return n + most * (double)o->n_network;
}

lstm_status lstm_forecaster_fit(lstm_forecaster *forecaster, const lstm_dataset *dataset)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(dataset);
    if (dataset->names.n == 0)
        return lts_fail(LSTM_E_SHAPE, "the data set has no series");
    fitting fit = {.f = forecaster, .total = updates_of(&forecaster->options)};
    lts_origin_view parts = {0};
    LTS_TRY(lts_threads_resolve(forecaster->options.n_threads, &fit.n_thread));
    lstm_status status = make_parts(&parts, dataset, forecaster->options.horizon);
    fit.dataset = &parts.dataset;
    if (status >= 0)
        status = begin_fitted(&fit.made, dataset);
    if (status >= 0)
        status = choose(&fit);
    if (status == LSTM_OK)
        status = fit_members(&fit);
    if (status == LSTM_OK) {
        lts_fitted_clear(&forecaster->fitted);
        forecaster->fitted = fit.made;
        forecaster->is_fitted = true;
    } else {
        lts_fitted_clear(&fit.made);
    }
    lts_free(fit.of_ridge);
    lts_free(fit.of_network);
    lts_judge_clear(&fit.judge);
    lts_origin_view_free(&parts);
    return status;
}
