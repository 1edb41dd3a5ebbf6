/* SPDX-License-Identifier: MIT */
#include "fit/choose.h"

#include "base/integer.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/utf8.h"
#include "method/ridge_options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PROBE_STEPS = 96, N_BLOCK = 4 };

/* Rows of a gap that ridge may bridge; of a long season its tenth part. */
enum { SHORT_GAP = 2 };

/* A candidate, and the error of its ridge regression. */
typedef struct probe {
    lstm_view_options view; /**< with the base as of a view; context in rows is ridge.L */
    lts_ridge_options ridge;
    double error;
} probe;

/* Windows and horizon of a probe are fewer than those of the judge: only an order is wanted. */
typedef struct probing {
    lts_judge judge;
    const lts_choice *choice;
    lts_trials *trials;
    real *y;
    int64_t period, n_row; /**< rows of a training part: see lts_survey_series() */
    lts_reason *failure;   /**< of the last candidate that could not be fitted */
} probing;

static int64_t base_rows(const lstm_view_options *view, int64_t L)
{
    return view->base == LSTM_BASE_NONE   ? 0
           : view->base == LSTM_BASE_LAST ? 1
                                          : lts_least(view->base_len == 0 ? L : view->base_len, L);
}

/* Fits and judges a candidate. One that cannot be fitted has an infinite error. */
static lstm_status try_probe(const probing *p, probe *candidate)
{
    lts_ridge_part part;
    candidate->error = HUGE_VAL;
    candidate->ridge.base_len = base_rows(&candidate->view, candidate->ridge.L);
    lstm_status status =
        lts_ridge_part_fit(&part, p->judge.dataset, &candidate->view, &candidate->ridge, NULL);
    if (status == LSTM_E_NOMEM)
        return status;
    if (status < 0) {
        *p->failure = lts_last_reason();
        return LSTM_OK;
    }
    status = lts_ridge_part_predict(&part, p->judge.dataset, p->judge.series, p->judge.origin,
                                    p->judge.n, p->judge.H, p->y);
    lts_ridge_part_clear(&part);
    LTS_TRY(status);
    double error = lts_judge_error(&p->judge, p->y);
    candidate->error = isfinite(error) ? error : HUGE_VAL;
    return LSTM_OK;
}

/*
 * Takes a candidate that errs clearly less, which protects from choosing by chance. To give up the
 * base takes more, since only with one do forecasts follow a level that the training part has not
 * seen.
 */
static lstm_status take_if_better(const probing *p, probe *best, probe candidate, lts_trial trial)
{
    bool gives_up = candidate.view.base == LSTM_BASE_NONE && best->view.base != LSTM_BASE_NONE;
    double clearly = gives_up ? 0.93 : 0.995;
    LTS_TRY(try_probe(p, &candidate));
    trial.error = candidate.error;
    lts_trials_note(p->trials, trial);
    if (candidate.error < clearly * best->error ||
        (best->error == HUGE_VAL && candidate.error < HUGE_VAL))
        *best = candidate;
    return LSTM_OK;
}

/* Contexts that are compared, in periods. */
static const int64_t CONTEXTS[] = {1, 2, 3, 7, 14, 21};
enum { N_CONTEXT = sizeof CONTEXTS / sizeof *CONTEXTS };

static bool has_context(const probing *p, int64_t L)
{
    return L >= 2 && L <= p->n_row / 3;
}

static lstm_status probe_contexts(const probing *p, probe *best)
{
    lts_trials_forget(p->trials, LTS_TRIAL_RIDGE_CONTEXT);
    for (int i = 0; i < N_CONTEXT; i++) {
        probe candidate = *best;
        candidate.ridge.L = CONTEXTS[i] * p->period;
        const lts_trial trial = {LTS_TRIAL_RIDGE_CONTEXT, candidate.ridge.L, 0, 0};
        if (has_context(p, candidate.ridge.L))
            LTS_TRY(take_if_better(p, best, candidate, trial));
    }
    return LSTM_OK;
}

/*
 * A longer context must be clearly better for networks, whose time it takes. Ridge with its penalty
 * takes the best.
 */
static lstm_status lengthen_ridge(const probing *p, probe *best)
{
    int64_t L = best->ridge.L;
    for (int i = 0; i < N_CONTEXT; i++) {
        probe candidate = *best;
        candidate.ridge.L = CONTEXTS[i] * p->period;
        if (candidate.ridge.L <= L || !has_context(p, candidate.ridge.L))
            continue;
        LTS_TRY(try_probe(p, &candidate));
        lts_trials_note(
            p->trials, (lts_trial){LTS_TRIAL_RIDGE_CONTEXT, candidate.ridge.L, 0, candidate.error});
        if (candidate.error < best->error)
            *best = candidate;
    }
    return LSTM_OK;
}

static lstm_status probe_bases(const probing *p, probe *best)
{
    const struct {
        int64_t base, base_len;
    } bases[] = {
        {LSTM_BASE_NONE, 0}, {LSTM_BASE_LAST, 0}, {LSTM_BASE_MEAN, 0}, {LSTM_BASE_MEAN, p->period}};
    lts_trials_forget(p->trials, LTS_TRIAL_RIDGE_BASE);
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        probe candidate = *best;
        candidate.view.base = bases[i].base;
        candidate.view.base_len = bases[i].base_len;
        if (bases[i].base == LSTM_BASE_NONE && !lts_may_lack_base(p->choice, &best->view))
            continue;
        const lts_trial trial = {LTS_TRIAL_RIDGE_BASE, bases[i].base, bases[i].base_len, 0};
        LTS_TRY(take_if_better(p, best, candidate, trial));
    }
    return LSTM_OK;
}

bool lts_can_transform(const lstm_dataset *dataset, int64_t kind)
{
    const lts_transform transform = {kind, 0};
    for (int64_t c = 0; c < dataset->n_column; c++)
        if (lts_role_is_target(dataset->roles[c]) &&
            lts_is_in_domain(dataset, LSTM_PART_TRAIN, c, &transform))
            return true;
    return false;
}

/* Of the columns whose values are in the domain. */
static lstm_status probe_transforms(const probing *p, probe *best)
{
    static const int64_t transforms[] = {LSTM_TRANSFORM_NONE, LSTM_TRANSFORM_SQRT,
                                         LSTM_TRANSFORM_LOG};
    int64_t present = best->view.transform;
    lts_trials_forget(p->trials, LTS_TRIAL_RIDGE_TRANSFORM);
    lts_trials_note(p->trials, (lts_trial){LTS_TRIAL_RIDGE_TRANSFORM, present, 0, best->error});
    for (size_t i = 0; i < sizeof transforms / sizeof *transforms; i++) {
        probe candidate = *best;
        candidate.view.transform = transforms[i];
        const lts_trial trial = {LTS_TRIAL_RIDGE_TRANSFORM, transforms[i], 0, 0};
        if (transforms[i] != present && lts_can_transform(p->judge.dataset, transforms[i]))
            LTS_TRY(take_if_better(p, best, candidate, trial));
    }
    return LSTM_OK;
}

/* Three harmonics of the year where it has more than 60 rows and two cycles are there. */
static lstm_status probe_year(const probing *p, probe *best)
{
    const lstm_dataset *d = p->judge.dataset;
    if (d->step_unit != LSTM_STEP_SECONDS || d->step > 6 * (int64_t)86400)
        return LSTM_OK;
    int64_t rows = 365 * (int64_t)86400 / d->step;
    if (rows <= 60 || p->n_row < 2 * rows)
        return LSTM_OK;
    probe candidate = *best;
    lts_trials_note(p->trials,
                    (lts_trial){LTS_TRIAL_RIDGE_SEASON, LSTM_SEASON_NONE, 0, best->error});
    candidate.view.season = LSTM_SEASON_YEAR;
    candidate.view.n_harmonic = 3;
    return take_if_better(p, best, candidate,
                          (lts_trial){LTS_TRIAL_RIDGE_SEASON, LSTM_SEASON_YEAR, 0, 0});
}

/* One property after the other, and again while that helps; the last errors are kept. */
static lstm_status run_probes(const probing *p, probe *best)
{
    double before;
    int pass = 0;
    do {
        before = best->error;
        LTS_TRY(probe_contexts(p, best));
        if (best->error == HUGE_VAL) /* no context can be fitted */
            return LSTM_OK;
        LTS_TRY(probe_bases(p, best));
        LTS_TRY(probe_transforms(p, best));
        if (best->view.season == LSTM_SEASON_NONE)
            LTS_TRY(probe_year(p, best));
    } while (best->error < before && ++pass < 3);
    return LSTM_OK;
}

/* Names are cut in messages, and messages in reasons: what is no character any more becomes "?". */
lts_reason lts_last_reason(void)
{
    lts_reason reason;
    snprintf(reason.text, sizeof reason.text, "%s", lstm_last_error());
    for (char *at = reason.text; *at != '\0';) {
        int length = lts_utf8_length((const unsigned char *)at);
        *at = (char)(length > 0 ? *at : '?');
        at += length > 0 ? length : 1;
    }
    return reason;
}

/* What the first probe changes. */
static probe first_probe(const probing *p, const lts_choice *choice, bool scale_series)
{
    probe first = {.view = LSTM_VIEW_OPTIONS_INIT, .error = HUGE_VAL};
    first.view.context_len = 1;
    first.view.scaling = LSTM_SCALING_STANDARD;
    first.view.scale_series = scale_series;
    first.view.skip_transform = 1;
    first.view.base = LSTM_BASE_MEAN;
    first.view.base_len = p->period;
    first.ridge = (lts_ridge_options){.H = p->judge.H, .n_block = 1};
    first.ridge.longest_gap = lts_most(SHORT_GAP, choice->season_len / 10);
    return first;
}

static void take_ridge(lts_choice *choice, const probe *best, int64_t H)
{
    choice->ridge_view = best->view;
    choice->ridge = best->ridge;
    if (best->error == HUGE_VAL)
        choice->ridge.L = 0;
    choice->ridge_view.context_len = lts_most(best->view.base_len, lts_most(choice->ridge.L, 1));
    choice->ridge.H = H;
    choice->ridge.n_block = lts_least(N_BLOCK, H);
}

static lstm_status probe_view(lts_choice *choice, const lts_judge *judge, lts_reason *no_ridge)
{
    probing p = {.choice = choice,
                 .period = lts_most(choice->season_len, 1),
                 .trials = &choice->trials,
                 .failure = no_ridge};
    *no_ridge = (lts_reason){"the training part is too short"};
    bool scale_series;
    LTS_TRY(lts_survey_series(judge->dataset, p.period, &p.n_row, &scale_series));
    if (choice->season_len == 0) /* as many rows as a short season has */
        p.period = lts_most(1, lts_least(judge->H, p.n_row / 12));
    choice->level_returns = lts_level_returns(judge->dataset, p.period, judge->H);
    LTS_TRY(lts_judge_init(&p.judge, judge->dataset, lts_least(judge->H, PROBE_STEPS),
                           lts_most(choice->season_len, 1)));
    p.y = lts_judge_forecasts(&p.judge);
    probe best = first_probe(&p, choice, scale_series);
    lstm_status status = p.y == NULL ? LSTM_E_NOMEM : run_probes(&p, &best);
    choice->view = best.view;
    choice->view.context_len = best.error == HUGE_VAL ? 0 : best.ridge.L;
    if (status >= 0 && best.error < HUGE_VAL)
        status = lengthen_ridge(&p, &best);
    lts_free(p.y);
    lts_judge_clear(&p.judge);
    LTS_TRY(status);
    take_ridge(choice, &best, judge->H);
    if (best.error < HUGE_VAL)
        *no_ridge = (lts_reason){""};
    return LSTM_OK;
}

/* Ridge reads the rows of the view, and has its base. */
static void take_view(lts_choice *choice, const lts_judge *judge, const lstm_view_options *view)
{
    int64_t L = view->context_len * view->segment_len;
    choice->view = choice->ridge_view = *view;
    choice->view.part = choice->ridge_view.part = LSTM_PART_TRAIN;
    choice->ridge = (lts_ridge_options){.L = L,
                                        .H = judge->H,
                                        .base_len = base_rows(view, L),
                                        .n_block = lts_least(N_BLOCK, judge->H)};
}

lstm_status lts_choose_view(lts_choice *choice, const lts_judge *judge,
                            const lstm_forecaster_options *options, lts_reason *no_ridge)
{
    if (options->view != NULL)
        take_view(choice, judge, options->view);
    else
        LTS_TRY(probe_view(choice, judge, no_ridge));
    if (options->ridge != NULL)
        LTS_TRY(lts_ridge_options_read(&choice->ridge, options->ridge));
    choice->ridge.longest_gap = lts_most(SHORT_GAP, choice->season_len / 10);
    return LSTM_OK;
}

/*
 * Rows of a segment: the period if it is short, else a divisor of the horizon of about two weeks.
 */
static int64_t segment_of(int64_t season_len, int64_t H)
{
    if (season_len > 0 && season_len <= 52)
        return season_len;
    int64_t best = H;
    for (int64_t w = 7; w <= 28 && w < H; w++)
        if (H % w == 0 && (best == H || llabs(w - 14) < llabs(best - 14)))
            best = w;
    return best > 52 ? 24 : best;
}

static int64_t values_of(const lstm_dataset *d)
{
    int64_t n = 0;
    for (int64_t s = 0; s < d->names.n; s++)
        for (int64_t c = 0; c < d->n_column; c++)
            n += lts_role_is_target(d->roles[c]) ? lts_train_end(&d->series[s]) : 0;
    return n;
}

/*
 * Windows are drawn by series where one has more than ten times the rows of another: it would be
 * nearly all that the networks see.
 */
static int64_t draw_of(const lstm_dataset *d)
{
    int64_t shortest = INT64_MAX, longest = 0;
    for (int64_t s = 0; s < d->names.n; s++) {
        int64_t n = lts_train_end(&d->series[s]);
        if (n > 0)
            shortest = lts_least(shortest, n);
        longest = lts_most(longest, n);
    }
    return longest / 10 > shortest ? LSTM_DRAW_SERIES : LSTM_DRAW_WINDOWS;
}

void lts_choose_network(lts_choice *choice, const lstm_forecaster_options *options,
                        const lstm_dataset *dataset)
{
    int64_t H = options->horizon, n = values_of(dataset);
    lts_training *t = &choice->training;
    if (options->view == NULL) {
        lstm_view_options *view = &choice->view;
        int64_t w = view->segment_len = segment_of(choice->season_len, H);
        int64_t L = view->context_len > 0 ? view->context_len : 3 * w;
        view->context_len = lts_most(3, (L + w - 1) / w);
        view->horizon = lts_most(2, lts_least(8, (H + w - 1) / w));
        if (view->base_len > view->context_len * w)
            view->base_len = 0;
        view->channels = lts_dataset_has_role(dataset, LSTM_ROLE_TARGET)
                             ? LSTM_CHANNELS_JOINT
                             : LSTM_CHANNELS_INDEPENDENT;
        view->past = LSTM_PAST_HOLD;
    }
    t->n_hidden = options->n_hidden != 0 ? options->n_hidden
                  : n >= 20000           ? 128
                  : n >= 3000            ? 64
                                         : 32;
    t->n_layer = options->n_layer != 0 ? options->n_layer : 1;
    t->batch_size = options->batch_size != 0 ? options->batch_size : n >= 20000 ? 192 : 64;
    t->learning_rate = options->learning_rate != 0 ? options->learning_rate
                       : t->n_hidden <= 32         ? 3e-3
                                                   : 2e-3;
    t->dropout = options->dropout < 0    ? 0
                 : options->dropout != 0 ? options->dropout
                 : n >= 20000            ? 0.3
                                         : 0.2;
    t->average_decay = options->average_decay;
    lts_training_set_device(t, options->device);
    t->n_update = options->n_update;
    t->draw = draw_of(dataset);
    choice->n_told = lts_dataset_has_role(dataset, LSTM_ROLE_KNOWN) ? 3 : n >= 20000 ? 2 : 0;
}

void lts_choose_counts(lts_choice *choice)
{
    lstm_view_options *view = &choice->view;
    view->transform = LSTM_TRANSFORM_NONE;
    view->scaling = LSTM_SCALING_NONE;
    view->scale_series = 0;
    view->base = LSTM_BASE_NONE;
    view->base_len = 0;
    view->season = LSTM_SEASON_NONE;
    view->n_harmonic = 0;
}
