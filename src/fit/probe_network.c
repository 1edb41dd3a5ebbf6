/* SPDX-License-Identifier: MIT */
#include "fit/probe_network.h"

#include "base/memory.h"
#include "base/status.h"
#include "fit/choose.h"

#include <math.h>

enum { PROBE_UPDATES = 150, MOST_STEPS = 32 };

/* Fewer windows that do not overlap, over all columns, would choose by chance. */
static const double LEAST_INDEPENDENT = 8;

/* Multiply-adds of a probe, at most: all of them take some seconds on one core. */
static const double BUDGET = 2e11 / 24;

typedef struct probing {
    const lts_choice *choice;
    const lts_judge *judge;
    const lts_loss *loss;
    lts_training training;
    lts_trainings *trainings;
    lts_trials *trials;
    real *y;
} probing;

typedef struct probe {
    lstm_view_options view;
    double error;
} probe;

/* By the multiply-adds of a short training, forward and backward. */
bool lts_is_small(const lts_choice *choice)
{
    const lstm_view_options *v = &choice->view;
    const lts_training *t = &choice->training;
    double H = (double)t->n_hidden, w = (double)v->segment_len;
    double steps = (double)(v->context_len + v->horizon - 1);
    double update = 3 * (double)t->batch_size * steps * (4 * H * (H + w) + H * w);
    return PROBE_UPDATES * update <= BUDGET;
}

int64_t lts_probe_updates(const lts_choice *choice)
{
    int64_t n = choice->training.n_update;
    return n == 0 || n > PROBE_UPDATES ? PROBE_UPDATES : n;
}

/* A candidate that cannot be trained has an infinite error. */
static lstm_status try_probe(const probing *p, probe *candidate)
{
    lts_network_part network;
    const lts_judge *judge = p->judge;
    candidate->error = HUGE_VAL;
    lstm_status status = lts_network_part_train(&network, judge->dataset, &candidate->view, p->loss,
                                                &p->training, p->trainings);
    if (status == LSTM_E_SHAPE || status == LSTM_E_NUMERIC)
        return LSTM_OK;
    if (status != LSTM_OK)
        return status;
    status =
        lts_network_part_predict(&network, p->loss, NULL, judge->dataset, judge->series,
                                 judge->origin, judge->n, judge->H, p->training.n_thread, p->y);
    lts_network_part_clear(&network);
    if (status >= 0) {
        double error = lts_judge_error(judge, p->y);
        candidate->error = isfinite(error) ? error : HUGE_VAL;
    }
    return status == LSTM_E_NOMEM ? status : LSTM_OK;
}

/*
 * Errors of short trainings differ by chance: only a clear gain counts. To give up the base takes
 * more, since only with one do forecasts follow a level that the training part has not seen.
 */
static lstm_status take_if_better(const probing *p, probe *best, probe candidate, lts_trial trial)
{
    bool gives_up = candidate.view.base == LSTM_BASE_NONE && best->view.base != LSTM_BASE_NONE;
    double clearly = gives_up ? 0.93 : 0.98;
    lstm_status status = try_probe(p, &candidate);
    trial.error = candidate.error;
    if (status == LSTM_OK)
        lts_trials_note(p->trials, trial);
    if (status == LSTM_OK && candidate.error < clearly * best->error)
        *best = candidate;
    return status;
}

static lstm_status probe_bases(const probing *p, probe *best, int64_t period)
{
    const struct {
        int64_t base, base_len;
    } bases[] = {
        {LSTM_BASE_NONE, 0}, {LSTM_BASE_LAST, 0}, {LSTM_BASE_MEAN, 0}, {LSTM_BASE_MEAN, period}};
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        probe candidate = *best;
        candidate.view.base = bases[i].base;
        candidate.view.base_len = bases[i].base_len;
        if (bases[i].base_len > best->view.context_len * best->view.segment_len ||
            (bases[i].base == LSTM_BASE_NONE && !lts_may_lack_base(p->choice, &best->view)))
            continue;
        const lts_trial trial = {LTS_TRIAL_NETWORK_BASE, bases[i].base, bases[i].base_len, 0};
        lstm_status status = take_if_better(p, best, candidate, trial);
        if (status != LSTM_OK)
            return status;
    }
    return LSTM_OK;
}

static lstm_status probe_transforms(const probing *p, probe *best)
{
    static const int64_t transforms[] = {LSTM_TRANSFORM_NONE, LSTM_TRANSFORM_SQRT,
                                         LSTM_TRANSFORM_LOG};
    lts_trials_note(p->trials,
                    (lts_trial){LTS_TRIAL_NETWORK_TRANSFORM, best->view.transform, 0, best->error});
    for (size_t i = 0; i < sizeof transforms / sizeof *transforms; i++) {
        probe candidate = *best;
        candidate.view.transform = transforms[i];
        if (candidate.view.transform == best->view.transform ||
            !lts_can_transform(p->judge->dataset, transforms[i]))
            continue;
        const lts_trial trial = {LTS_TRIAL_NETWORK_TRANSFORM, transforms[i], 0, 0};
        lstm_status status = take_if_better(p, best, candidate, trial);
        if (status != LSTM_OK)
            return status;
    }
    return LSTM_OK;
}

/* Shorter and longer segments, of as many rows of context and horizon. */
static lstm_status probe_segments(const probing *p, probe *best)
{
    int64_t w = best->view.segment_len, context = best->view.context_len * w;
    int64_t horizon = best->view.horizon * w;
    const int64_t candidates[] = {w / 2, w / 4, 1, w * 2};
    lts_trials_note(p->trials, (lts_trial){LTS_TRIAL_NETWORK_SEGMENT, w, 0, best->error});
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        probe candidate = *best;
        int64_t length = candidates[i];
        if (length < 1 || length > p->judge->H || p->judge->H > MOST_STEPS * length)
            continue;
        candidate.view.segment_len = length;
        candidate.view.context_len = (context + length - 1) / length;
        candidate.view.horizon = (horizon + length - 1) / length;
        if (candidate.view.context_len < 3)
            candidate.view.context_len = 3;
        const lts_trial trial = {LTS_TRIAL_NETWORK_SEGMENT, length, 0, 0};
        lstm_status status = take_if_better(p, best, candidate, trial);
        if (status != LSTM_OK)
            return status;
    }
    return LSTM_OK;
}

static lstm_status run_probes(const probing *p, probe *best, int64_t period)
{
    lstm_status status = try_probe(p, best);
    if (status == LSTM_OK)
        status = probe_bases(p, best, period);
    if (status == LSTM_OK)
        status = probe_transforms(p, best);
    return status == LSTM_OK ? probe_segments(p, best) : status;
}

lstm_status lts_probe_network(lts_choice *choice, const lts_judge *judge, const lts_loss *loss,
                              uint64_t seed, lts_trainings *trainings)
{
    probing p = {.choice = choice,
                 .judge = judge,
                 .loss = loss,
                 .training = choice->training,
                 .trainings = trainings,
                 .trials = &choice->trials};
    p.training.n_update = lts_probe_updates(choice);
    p.training.seed = seed;
    if (!lts_is_small(choice) || lts_judge_independent(judge) < LEAST_INDEPENDENT)
        return LSTM_OK;
    p.y = lts_judge_forecasts(judge);
    if (p.y == NULL)
        return LSTM_E_NOMEM;
    probe best = {.view = choice->view, .error = HUGE_VAL};
    lstm_status status =
        run_probes(&p, &best, choice->season_len > 0 ? choice->season_len : judge->H);
    lts_free(p.y);
    if (status >= 0) /* that of LSTM_STOPPED is the best until then */
        choice->view = best.view;
    return status;
}
