/* SPDX-License-Identifier: MIT */
/* A fit that is continued with other rows: what was chosen stays, the members learn further. */
#include "base/check.h"
#include "base/float_env.h"
#include "base/integer.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/rng.h"
#include "base/status.h"
#include "base/threads.h"
#include "fit/fitting.h"
#include "forecaster/intervals.h"
#include "forecaster/paths.h"
#include "forecaster/scoring.h"
#include "train/schedule.h"

#include <stdio.h>

/* The data set must have the columns of the fit. */
static lstm_status check_dataset(const lts_fitted *fitted, const lstm_dataset *dataset)
{
    if (dataset->names.n == 0)
        return lts_fail(LSTM_E_SHAPE, "the data set has no series");
    return lts_fitted_match(fitted, dataset);
}

/* The series of the fit, and after them new ones, whose scales come from their latest rows. */
static lstm_status extend_roster(lts_fitting *fit, lts_series_map *map)
{
    const lts_fitted *before = &fit->f->fitted;
    const lstm_dataset *d = fit->dataset;
    lts_roster *roster = &fit->made.roster;
    LTS_TRY(lts_roster_extend(roster, &before->roster, d, map->numbers));
    for (int64_t s = 0; s < d->names.n; s++) {
        map->is_new[s] = lts_roster_find(&before->roster, d, s) < 0;
        if (map->numbers[s] >= before->roster.n)
            lts_scoring_scales(before, -1, d, s, lts_valid_end(&d->series[s]),
                               roster->scales + map->numbers[s] * roster->K);
    }
    map->n = roster->n;
    map->n_row = lts_fitted_scale_rows(before);
    lts_roster_average(roster);
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
        n_row += (uint64_t)lts_valid_end(&fit->dataset->series[s]);
    lts_rng_bits(fit->f->options.seed, lts_rng_part(LTS_RNG_MEMBERS, 1 + n_row), (uint64_t)network,
                 bits);
    return bits[0];
}

/* Of the fit, but for what the options say. */
static lts_training training_of(const lts_fitting *fit, const lstm_continue_options *options)
{
    lts_training training = fit->f->fitted.choice.training;
    training.n_update = options->n_update;
    training.n_thread = fit->n_thread;
    training.keeps_moments = fit->f->options.keep_moments != 0;
    lts_training_set_device(&training,
                            options->device != NULL ? options->device : fit->f->options.device);
    training.learning_rate =
        options->learning_rate > 0 ? options->learning_rate : training.learning_rate / 10;
    return training;
}

static lstm_status continue_networks(lts_fitting *fit, lts_training training,
                                     const lts_series_map *map)
{
    const lts_fitted *before = &fit->f->fitted;
    lts_fitted *made = &fit->made;
    made->networks = lts_alloc(before->n_network, sizeof *made->networks);
    if (made->networks == NULL)
        return LSTM_E_NOMEM;
    fit->present = (double)training.n_update;
    for (int64_t i = 0; i < before->n_network; i++) {
        snprintf(fit->stage, sizeof fit->stage, "network %lld of %lld", (long long)i + 1,
                 (long long)before->n_network);
        training.seed = seed_of(fit, i);
        fit->first = fit->trainings.n;
        lstm_status status =
            lts_network_part_continue(&made->networks[i], &before->networks[i], fit->dataset,
                                      &fit->f->loss, map, &training, &fit->trainings);
        if (status != LSTM_OK)
            return status;
        made->n_network++;
        fit->done += fit->present;
    }
    return LSTM_OK;
}

static lstm_status continue_members(lts_fitting *fit, const lts_training *training,
                                    const lts_series_map *map)
{
    const lts_fitted *before = &fit->f->fitted;
    lts_fitted *made = &fit->made;
    lstm_view_options view = made->choice.ridge_view;
    view.part = LSTM_PART_TRAIN_VALID;
    if (before->ridge.ridge != NULL)
        LTS_TRY(lts_ridge_part_continue(&made->ridge, &before->ridge, fit->dataset, &view, map));
    return before->n_network > 0 ? continue_networks(fit, *training, map) : LSTM_OK;
}

/* Those of series s of the data set, with its number and its rows in the fit. */
static lstm_status append_fresh(lts_fitting *fit, int64_t s, int64_t number,
                                const lts_fresh_share *share, lts_residuals *all)
{
    const lts_roster *roster = &fit->f->fitted.roster;
    const lts_dataset_series *m = &fit->dataset->series[s];
    lts_residuals fresh = {0};
    int64_t moved = 0;
    if (lts_roster_find(roster, fit->dataset, s) >= 0)
        moved =
            roster->known_rows[number] - lts_roster_known(roster, number, fit->dataset, m->start);
    lstm_status status = lts_fresh_residuals(fit->f, fit->dataset, s, lts_valid_end(m), share,
                                             fit->n_thread, &fresh);
    for (int64_t i = 0; i < fresh.n; i++) {
        fresh.series[i] = number;
        fresh.ends[i] += moved;
    }
    if (status >= 0)
        status = lts_residuals_append(all, &fresh, share->most);
    lts_residuals_clear(&fresh);
    return status;
}

static int64_t count_fresh(const lts_fitting *fit, int64_t s)
{
    return lts_count_fresh(fit->f, fit->dataset, s, lts_valid_end(&fit->dataset->series[s]));
}

/* Residuals of rows since the fit by the members that have not seen them. */
static lstm_status find_fresh(lts_fitting *fit, const int64_t *numbers, lts_residuals *all)
{
    lts_fresh_share share = {.most = LTS_JUDGE_WINDOWS};
    int64_t n_series = fit->dataset->names.n;
    for (int64_t s = 0; s < n_series; s++)
        share.n += count_fresh(fit, s);
    for (int64_t s = 0; s < n_series; s++) {
        LTS_TRY(append_fresh(fit, s, numbers[s], &share, all));
        share.first += count_fresh(fit, s);
    }
    return LSTM_OK;
}

/* Residuals of the fit, and those since then. */
static lstm_status continue_residuals(lts_fitting *fit, const int64_t *numbers)
{
    lts_residuals fresh = {0}, *made = &fit->made.residuals;
    lstm_status status = find_fresh(fit, numbers, &fresh);
    if (status >= 0)
        status = lts_residuals_append(made, &fit->f->fitted.residuals, LTS_JUDGE_WINDOWS);
    if (status >= 0)
        status = lts_residuals_append(made, &fresh, LTS_JUDGE_WINDOWS);
    lts_residuals_clear(&fresh);
    return status;
}

/* What this continuation adds to those before. */
static void note(lts_continued *continued, const lts_fitted *before, const lts_training *training)
{
    int64_t most = INT64_MAX - training->n_update;
    *continued = before->continued;
    if (before->ridge.ridge != NULL && continued->n_refit < INT64_MAX)
        continued->n_refit++;
    if (before->n_network == 0 || training->n_update == 0)
        return;
    continued->n_update = lts_least(continued->n_update, most) + training->n_update;
    continued->learning_rate = training->learning_rate;
}

static lstm_status continue_all(lts_fitting *fit, const lstm_continue_options *options,
                                lts_series_map *map)
{
    lts_fitted *made = &fit->made;
    const lts_training training = training_of(fit, options);
    LTS_TRY(keep_choice(made, &fit->f->fitted.choice));
    LTS_TRY(extend_roster(fit, map));
    lstm_status status = continue_members(fit, &training, map);
    if (status != LSTM_OK)
        return status;
    LTS_TRY(lts_intervals_continue(made, fit->f, fit->dataset, fit->n_thread));
    LTS_TRY(continue_residuals(fit, map->numbers));
    for (int64_t s = 0; s < fit->dataset->names.n; s++)
        lts_roster_learn(&made->roster, map->numbers[s], fit->dataset, s);
    note(&made->continued, &fit->f->fitted, &training);
    return LSTM_OK;
}

/* Whether the data set has a new series, or rows after those of the fit. */
static bool has_new_rows(const lts_fitting *fit)
{
    const lts_roster *roster = &fit->f->fitted.roster;
    const lstm_dataset *d = fit->dataset;
    for (int64_t s = 0; s < d->names.n; s++) {
        int64_t number = lts_roster_find(roster, d, s), end = lts_valid_end(&d->series[s]);
        if (number < 0 || lts_roster_known(roster, number, d, d->series[s].start) < end)
            return true;
    }
    return false;
}

static lstm_status run_continuation(lts_fitting *fit, const lstm_continue_options *options)
{
    const lts_fitted *before = &fit->f->fitted;
    LTS_TRY(lts_threads_resolve(
        options->n_threads != 0 ? options->n_threads : fit->f->options.n_threads, &fit->n_thread));
    LTS_TRY(check_dataset(before, fit->dataset));
    if (options->n_update == 0 && !has_new_rows(fit))
        return LSTM_OK; /* nothing is made */
    fit->total = (double)(options->n_update > 0 ? options->n_update : 1) *
                 (double)(before->n_network > 0 ? before->n_network : 1);
    LTS_TRY(lts_fitted_begin_on(&fit->made, fit->dataset));
    lts_series_map map = {.numbers = lts_alloc(fit->dataset->names.n, sizeof *map.numbers),
                          .is_new = lts_alloc(fit->dataset->names.n, sizeof *map.is_new)};
    bool allocated = map.numbers != NULL && map.is_new != NULL;
    lstm_status status = allocated ? continue_all(fit, options, &map) : LSTM_E_NOMEM;
    lts_free(map.numbers);
    lts_free(map.is_new);
    return status;
}

static lstm_status read_options(lstm_continue_options *read, lstm_schedule_options *schedule,
                                const lstm_continue_options *options)
{
    int64_t n_thread;
    LTS_READ_OPTIONS(read, options, lstm_continue_options);
    LTS_TRY(lts_check_at_least("n_update", read->n_update, 0));
    if (!(read->learning_rate >= 0 && isfinite(read->learning_rate)))
        return lts_fail(LSTM_E_ARGUMENT, "learning_rate is %g, expected at least 0",
                        read->learning_rate);
    LTS_TRY(lts_threads_resolve(read->n_threads, &n_thread));
    if (read->device != NULL)
        LTS_TRY(lts_training_check_device(read->device));
    return read->schedule == NULL ? LSTM_OK : lts_schedule_read(schedule, read->schedule);
}

lstm_status lstm_forecaster_continue(lstm_forecaster *forecaster, const lstm_dataset *dataset,
                                     const lstm_continue_options *options)
{
    LTS_FLOAT_SCOPE();
    lstm_continue_options read;
    lstm_schedule_options schedule;
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(dataset);
    LTS_TRY(read_options(&read, &schedule, options));
    if (!forecaster->is_fitted)
        return lts_fail(LSTM_E_ORDER, "the forecaster is not fitted: call lstm_forecaster_fit()");
    lts_fitting fit = {.f = forecaster, .dataset = dataset, .host = &lts_host_floats};
    fit.error = fit.best = (double)NAN;
    fit.on_progress = read.on_progress;
    fit.progress_user = read.progress_user;
    if (read.on_progress == NULL) {
        fit.on_progress = forecaster->options.on_progress;
        fit.progress_user = forecaster->options.progress_user;
    }
    fit.trainings = (lts_trainings){read.folder, 0, read.schedule, lts_watch_training, &fit};
    return lts_fitting_finish(&fit, run_continuation(&fit, &read));
}
