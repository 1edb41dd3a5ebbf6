/* SPDX-License-Identifier: MIT */
/* The networks of a fit: their view, how many updates they take, and what they err. */
#include "fit/fitting.h"

#include "base/memory.h"
#include "base/rng.h"
#include "base/status.h"
#include "fit/probe_network.h"

#include <stdio.h>

/*
 * Numbers of updates that are compared. A shorter schedule must be clearly better: on data from
 * another regime than the validation part a longer one is the safer choice.
 */
static const int64_t SCHEDULES[] = {500, 150};
static const double CLEARLY = 0.98;
enum { N_SCHEDULE = sizeof SCHEDULES / sizeof *SCHEDULES };

/*
 * Where the first of them errs so much less than the second, there is more to learn: a longer one
 * is tried, without dropout, if an update is not longer than that of the recipe for large tables
 * with 24 steps.
 */
enum { LONG_SCHEDULE = 2000 };
static const double MORE_TO_LEARN = 0.9, MOST_WORK = 24 * 192 * 128 * 128.0;

/* Of a network: to be judged and, unless that one is kept, to forecast. */
static int64_t trainings_of(const lstm_forecaster_options *o)
{
    return o->skip_refit ? 1 : 2;
}

/* At most, of all networks, the first of which is judged already. */
static double updates_after(const lstm_forecaster_options *o, int64_t n_update)
{
    return (double)n_update * (double)(trainings_of(o) * o->n_network - 1);
}

/* Whether there is time for all trainings of one more network. */
static bool has_time_for(lts_fitting *fit, int64_t n_update)
{
    return lts_deadline_allows(&fit->deadline, (double)(n_update * trainings_of(&fit->f->options)));
}

/* At most, with the two schedules. */
double lts_updates_of(const lstm_forecaster_options *o)
{
    double n = 0;
    for (int i = 0; i < N_SCHEDULE; i++)
        n += (double)SCHEDULES[i];
    if (o->n_update != 0)
        return (double)o->n_update + updates_after(o, o->n_update);
    return n + updates_after(o, SCHEDULES[0]);
}

/*
 * The view of network number i. Where there are many rows, two of three of a chosen view are told
 * which column they predict; where there are known covariates, all are, since without it the
 * responses of the columns are averaged.
 */
static lstm_view_options view_of(const lts_fitting *fit, int64_t i, int64_t part)
{
    const lstm_forecaster *f = fit->f;
    bool is_given = f->options.n_view > 0;
    lstm_view_options view = is_given ? f->views[i % f->options.n_view] : fit->made.choice.view;
    view.part = part;
    if (!is_given)
        view.column_input = view.channels == LSTM_CHANNELS_INDEPENDENT && fit->made.n_target > 1 &&
                            i % 3 < fit->made.choice.n_told;
    return view;
}

/* So that forecasters of neighbouring seeds have no network in common. */
static uint64_t seed_of(uint64_t seed, int64_t i)
{
    uint64_t bits[2];
    lts_rng_bits(seed, lts_rng_part(LTS_RNG_MEMBERS, 0), (uint64_t)i, bits);
    return bits[0];
}

/* Whether it was the time that stopped a training, and nobody else. */
static bool was_too_late(lts_fitting *fit, lstm_status status)
{
    return status == LSTM_STOPPED && !atomic_load(&fit->f->cancelled) &&
           lts_deadline_has_passed(&fit->deadline);
}

lstm_status lts_train_network(lts_fitting *fit, int64_t i, int64_t part, lts_network_part *network)
{
    lts_training training = fit->made.choice.training;
    const lstm_view_options view = view_of(fit, i, part);
    training.seed = seed_of(fit->f->options.seed, i);
    training.n_thread = fit->n_thread;
    training.keeps_moments = fit->f->options.keep_moments != 0;
    fit->present = (double)training.n_update;
    fit->first = fit->trainings.n;
    double began = fit->deadline.clock();
    lstm_status status = lts_network_part_train(network, fit->dataset, &view, &fit->f->loss,
                                                &training, &fit->trainings);
    fit->done += fit->present;
    if (status == LSTM_OK)
        lts_deadline_learn(&fit->deadline, began, training.n_update);
    if (was_too_late(fit, status))
        return lts_fail(LSTM_E_LIMIT, "no network was trained within max_seconds, %g",
                        fit->deadline.limit);
    return status;
}

void lts_fitting_keep_networks(lts_fitting *fit, int64_t n)
{
    lts_fitted *made = &fit->made;
    while (made->n_network > n)
        lts_network_part_clear(&made->networks[--made->n_network]);
}

/* Keeps the judged network after the first n, if it is one that forecasts. */
static void keep_network(lts_fitting *fit, int64_t n, lts_network_part *network)
{
    lts_fitted *made = &fit->made;
    if (!fit->f->options.skip_refit) {
        lts_network_part_clear(network);
        return;
    }
    lts_fitting_keep_networks(fit, n);
    made->networks[made->n_network++] = *network;
}

/* Allocates forecasts [1 + shares, n, H, K], whose number of values is *size. */
static real *new_forecasts(const lts_fitting *fit, int64_t *size)
{
    const lts_judge *judge = &fit->judge;
    if (!lts_multiply(judge->n * judge->H * judge->K, 1 + fit->f->shares.n, size))
        *size = INT64_MAX;
    return lts_alloc(*size, sizeof(real));
}

static lstm_status forecast_windows(const lts_fitting *fit, const lts_network_part *network,
                                    real *y)
{
    const lts_judge *judge = &fit->judge;
    const lts_shares *shares = &fit->f->shares;
    return lts_network_part_predict(network, &fit->f->loss, shares->n > 0 ? shares : NULL,
                                    fit->dataset, judge->series, judge->origin, judge->n, judge->H,
                                    fit->n_thread, y);
}

/* Of the time of a fit, views may be tried in the first quarter. */
static const double SHARE_OF_VIEWS = 0.25;

static lstm_status probe_views(lts_fitting *fit)
{
    lts_choice *choice = &fit->made.choice;
    fit->present = (double)lts_probe_updates(choice);
    fit->first = fit->trainings.n;
    fit->total += LTS_MOST_PROBES * fit->present;
    choice->training.n_thread = fit->n_thread;
    snprintf(fit->stage, sizeof fit->stage, "views of networks");
    lts_deadline_set_share(&fit->deadline, SHARE_OF_VIEWS);
    double began = fit->deadline.clock();
    lstm_status status = lts_probe_network(choice, &fit->judge, &fit->f->loss, fit->f->options.seed,
                                           &fit->trainings);
    int64_t n = fit->trainings.n - fit->first;
    fit->done += (double)n * fit->present;
    fit->total -= (double)(LTS_MOST_PROBES - n) * fit->present;
    bool is_late = was_too_late(fit, status);
    if (status == LSTM_OK)
        lts_deadline_learn(&fit->deadline, began, n * lts_probe_updates(choice));
    lts_deadline_set_share(&fit->deadline, 1);
    return is_late ? LSTM_OK : status;
}

/*
 * Trains the first network by one schedule, if there is time for it; keeps what it makes if its
 * error is below `share` of the best so far.
 */
static lstm_status try_schedule(lts_fitting *fit, int64_t n_update, double share, double *error,
                                int64_t *best)
{
    lts_choice *choice = &fit->made.choice;
    lts_network_part network;
    *error = HUGE_VAL;
    if (!has_time_for(fit, n_update))
        return LSTM_OK;
    choice->training.n_update = n_update;
    snprintf(fit->stage, sizeof fit->stage, "a schedule of %lld updates", (long long)n_update);
    lstm_status status = lts_train_network(fit, 0, LSTM_PART_TRAIN, &network);
    if (status != LSTM_OK)
        return lts_pass_over(fit, status, &fit->no_network);
    int64_t size;
    real *y = new_forecasts(fit, &size);
    status = y == NULL ? LSTM_E_NOMEM : forecast_windows(fit, &network, y);
    if (status < 0) {
        lts_network_part_clear(&network);
        lts_free(y);
        return lts_pass_over(fit, status, &fit->no_network);
    }
    *error = lts_judged_error(fit, y);
    lts_trials_note(&choice->trials, (lts_trial){LTS_TRIAL_UPDATES, n_update, 0, *error});
    if (fit->of_network == NULL || *error < share * choice->network_error) {
        keep_network(fit, 0, &network);
        lts_free(fit->of_network);
        fit->of_network = y;
        choice->network_error = *error;
        *best = n_update;
    } else {
        lts_network_part_clear(&network);
        lts_free(y);
    }
    return LSTM_OK;
}

static bool is_worth_more(const lts_choice *choice, const double errors[N_SCHEDULE])
{
    const lts_training *t = &choice->training;
    double steps = (double)(choice->view.context_len + choice->view.horizon - 1);
    double work = steps * (double)t->batch_size * (double)t->n_hidden * (double)t->n_hidden;
    return errors[0] < MORE_TO_LEARN * errors[1] && isfinite(errors[1]) && work <= MOST_WORK;
}

/* The longer schedule, without dropout unless the options have one. */
static lstm_status try_longer(lts_fitting *fit, int64_t *best)
{
    const lstm_forecaster_options *o = &fit->f->options;
    lts_training *training = &fit->made.choice.training;
    double error, dropout = training->dropout;
    double more = updates_after(o, LONG_SCHEDULE) - updates_after(o, *best);
    if (o->dropout == 0)
        training->dropout = 0;
    fit->total += LONG_SCHEDULE + more;
    lstm_status status = try_schedule(fit, LONG_SCHEDULE, CLEARLY, &error, best);
    if (*best == LONG_SCHEDULE)
        return status;
    training->dropout = dropout;
    fit->total -= more;
    return status;
}

/*
 * The schedule of the options, or the best. Where the time is limited the shorter one is tried
 * first, and the choice is the same: the longer one, unless the shorter is clearly better.
 */
static lstm_status try_schedules(lts_fitting *fit, int64_t *best)
{
    double errors[N_SCHEDULE];
    bool is_limited = fit->deadline.limit > 0;
    if (*best != 0)
        return try_schedule(fit, *best, CLEARLY, errors, best);
    for (int i = 0; i < N_SCHEDULE; i++) {
        int at = is_limited ? N_SCHEDULE - 1 - i : i;
        lstm_status status =
            try_schedule(fit, SCHEDULES[at], is_limited ? 1 / CLEARLY : CLEARLY, &errors[at], best);
        if (status != LSTM_OK)
            return status;
    }
    return is_worth_more(&fit->made.choice, errors) ? try_longer(fit, best) : LSTM_OK;
}

/*
 * Trains network number i and forecasts the judge's windows. LSTM_OK also if it cannot be trained,
 * unless it was asked for and is to forecast, or not in time; then `is_made` is false.
 */
static lstm_status try_other(lts_fitting *fit, int64_t i, real *y, bool *is_made)
{
    lts_network_part network;
    const lstm_forecaster_options *o = &fit->f->options;
    *is_made = false;
    lstm_status status = lts_train_network(fit, i, LSTM_PART_TRAIN, &network);
    if (status == LSTM_OK) {
        status = forecast_windows(fit, &network, y);
        *is_made = status >= 0;
        if (*is_made)
            keep_network(fit, fit->made.n_network, &network);
        else
            lts_network_part_clear(&network);
    }
    bool is_asked_for = o->skip_refit && o->use != LSTM_USE_AUTO;
    if (is_asked_for && status != LSTM_E_LIMIT)
        return status;
    return lts_pass_over(fit, status, &fit->no_network);
}

/*
 * Replaces the forecasts of the first network by the mean of all, where they are trained quickly, or
 * only once.
 */
static lstm_status judge_others(lts_fitting *fit)
{
    int64_t n = fit->f->options.n_network, size;
    real *y = new_forecasts(fit, &size);
    lstm_status status = y == NULL ? LSTM_E_NOMEM : LSTM_OK;
    int64_t n_made = 1;
    for (int64_t i = 1; i < n && status == LSTM_OK; i++) {
        bool is_made;
        if (!has_time_for(fit, fit->made.choice.training.n_update))
            break;
        status = try_other(fit, i, y, &is_made);
        n_made += is_made;
        for (int64_t j = 0; j < size && is_made; j++)
            fit->of_network[j] += (y[j] - fit->of_network[j]) / (real)n_made;
    }
    lts_free(y);
    if (status == LSTM_OK)
        fit->made.choice.network_error = lts_judged_error(fit, fit->of_network);
    return status;
}

lstm_status lts_judge_network(lts_fitting *fit)
{
    int64_t best = fit->f->options.n_update;
    /* counts leave no choice */
    if (fit->f->options.view == NULL && fit->f->loss.kind != LSTM_LOSS_NEGATIVE_BINOMIAL) {
        lstm_status probed = probe_views(fit);
        if (probed != LSTM_OK)
            return probed;
    }
    lstm_status status = try_schedules(fit, &best);
    if (status != LSTM_OK)
        return status;
    if (fit->of_network == NULL)
        return LSTM_OK;
    fit->no_network = (lts_reason){""};
    fit->made.choice.training.n_update = best;
    if (fit->f->options.skip_refit || lts_is_small(&fit->made.choice))
        return judge_others(fit);
    fit->done += (double)(best * (fit->f->options.n_network - 1));
    return LSTM_OK;
}
