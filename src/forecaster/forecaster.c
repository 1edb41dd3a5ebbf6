/* SPDX-License-Identifier: MIT */
#include "forecaster/forecaster.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "base/threads.h"
#include "evaluate/interval.h"
#include "method/ridge_options.h"
#include "run/run_clock.h"

static lstm_status check_sizes(const lstm_forecaster_options *o)
{
    LTS_TRY(lts_check_at_least("horizon", o->horizon, 1));
    if (o->horizon > INT32_MAX)
        return lts_fail(LSTM_E_LIMIT, "horizon is %lld, the limit is 2^31 - 1",
                        (long long)o->horizon);
    if (o->season_len != 0 && o->season_len != LSTM_NO_SEASON)
        LTS_TRY(lts_check_at_least("season_len", o->season_len, 2));
    LTS_TRY(lts_check_at_least("n_network", o->n_network, 0));
    if (o->n_network > LTS_MOST_NETWORKS)
        return lts_fail(LSTM_E_ARGUMENT, "n_network is %lld, expected 0 .. %d",
                        (long long)o->n_network, LTS_MOST_NETWORKS);
    LTS_TRY(lts_check_at_least("n_hidden", o->n_hidden, 0));
    LTS_TRY(lts_check_at_least("n_layer", o->n_layer, 0));
    LTS_TRY(lts_check_at_least("n_update", o->n_update, 0));
    return lts_check_at_least("batch_size", o->batch_size, 0);
}

static lstm_status check_views(const lstm_forecaster_options *o)
{
    if (o->views == NULL && o->n_view != 0)
        return lts_fail(LSTM_E_ARGUMENT, "n_view is %lld, but views is NULL", (long long)o->n_view);
    if (o->views == NULL)
        return LSTM_OK;
    if (o->view != NULL)
        return lts_fail(LSTM_E_ARGUMENT, "view and views are set: one of them must be NULL");
    if (o->n_view < 1 || o->n_view > o->n_network)
        return lts_fail(LSTM_E_ARGUMENT, "n_view is %lld, expected 1 .. n_network (%lld)",
                        (long long)o->n_view, (long long)o->n_network);
    for (int64_t i = 0; i < o->n_view; i++)
        if (o->views[i] == NULL)
            return lts_fail(LSTM_E_ARGUMENT, "views[%lld] is NULL", (long long)i);
    return LSTM_OK;
}

static lstm_status check_forecaster_options(lstm_forecaster_options *o)
{
    int64_t n_thread;
    LTS_TRY(check_sizes(o));
    LTS_TRY(lts_check_one_of("use", o->use, LSTM_USE_BASELINE + 1,
                             "LSTM_USE_AUTO, _MEAN, _NETWORKS, _RIDGE or _BASELINE"));
    if (!(o->learning_rate >= 0 && isfinite(o->learning_rate)))
        return lts_fail(LSTM_E_ARGUMENT, "learning_rate is %g, expected at least 0",
                        o->learning_rate);
    if (o->dropout != LSTM_ZERO && !(o->dropout >= 0 && o->dropout < 1))
        return lts_fail(LSTM_E_ARGUMENT, "dropout is %g, expected 0 <= dropout < 1, or LSTM_ZERO",
                        o->dropout);
    if (!(o->average_decay >= 0 && o->average_decay < 1))
        return lts_fail(LSTM_E_ARGUMENT, "average_decay is %.17g, expected 0 <= average_decay < 1",
                        o->average_decay);
    if (!(o->max_seconds >= 0 && isfinite(o->max_seconds)))
        return lts_fail(LSTM_E_ARGUMENT, "max_seconds is %g, expected at least 0", o->max_seconds);
    if (o->max_seconds > 0 && o->folder != NULL)
        return lts_fail(LSTM_E_ARGUMENT,
                        "max_seconds and folder are set: a fit that is continued has its time");
    LTS_TRY(lts_check_one_of("skip_refit", o->skip_refit, 2, "0 or 1"));
    LTS_TRY(lts_check_one_of("keep_moments", o->keep_moments, 2, "0 or 1"));
    LTS_TRY(lts_check_one_of("calibrate_once", o->calibrate_once, 2, "0 or 1"));
    if (o->n_network == 0)
        o->n_network = 3;
    LTS_TRY(check_views(o));
    return lts_threads_resolve(o->n_threads, &n_thread);
}

/* The loss of the options, or Huber's over all targets. */
static lstm_status read_loss(lts_loss *loss, const lstm_loss_options *options)
{
    lstm_loss_options huber = LSTM_LOSS_OPTIONS_INIT;
    huber.kind = LSTM_LOSS_HUBER;
    huber.reduction = LSTM_REDUCTION_MEAN;
    lts_loss read;
    LTS_TRY(lts_loss_read(&read, options == NULL ? &huber : options));
    LTS_TRY(lts_loss_keep(&read));
    *loss = read;
    return LSTM_OK;
}

static const double DEFAULT_LEVEL = 0.9;

/* Copies the options of the intervals; others of their fields are those of the forecaster. */
static lstm_status keep_interval(lstm_forecaster *f)
{
    static const char *const reason = "it is that of the forecaster";
    lstm_interval_options *read = &f->interval;
    if (f->options.interval == NULL)
        return LSTM_OK;
    LTS_TRY(lts_read_options(read, sizeof *read, f->options.interval, "lstm_interval_options"));
    f->options.interval = read;
    LTS_TRY(lts_check_unset("horizon of interval", read->horizon, reason));
    LTS_TRY(lts_check_unset("n_column of interval", read->n_column, reason));
    LTS_TRY(lts_check_unset("n_level of interval", read->n_level, reason));
    LTS_TRY(lts_check_unset("levels of interval", read->levels != NULL, reason));
    if (read->is_conformalized != 0 && !lts_loss_has_distribution(&f->loss))
        return lts_fail(LSTM_E_ARGUMENT,
                        "is_conformalized is %lld, but the loss has no distribution: "
                        "LSTM_LOSS_QUANTILE, _GAUSSIAN, _STUDENT or _NEGATIVE_BINOMIAL has one",
                        (long long)read->is_conformalized);
    return LSTM_OK;
}

/* Both tails of each level. */
static void set_shares(lstm_forecaster *f)
{
    int64_t L = f->options.n_level;
    _Static_assert(sizeof f->shares.at / sizeof *f->shares.at == (size_t)2 * LTS_MOST_LEVELS,
                   "two each");
    if (f->interval.is_conformalized == 0)
        return;
    f->shares.n = 2 * L;
    for (int64_t l = 0; l < L; l++) {
        f->shares.at[l] = (1 - f->levels[l]) / 2;
        f->shares.at[L + l] = (1 + f->levels[l]) / 2;
    }
}

/* Copies the levels of the intervals, or the default one, after all of their options are checked. */
static lstm_status keep_levels(lstm_forecaster *f)
{
    lstm_forecaster_options *o = &f->options;
    lstm_interval_options interval = LSTM_INTERVAL_OPTIONS_INIT;
    if (o->interval != NULL)
        interval = *o->interval;
    interval.horizon = o->horizon;
    interval.levels = o->levels;
    interval.n_level = o->n_level;
    LTS_TRY(lts_interval_check(&interval));
    const double *levels = o->levels == NULL ? &DEFAULT_LEVEL : o->levels;
    if (o->levels == NULL || o->n_level == 0)
        o->n_level = 1;
    f->levels = lts_alloc(o->n_level, sizeof *f->levels);
    if (f->levels == NULL)
        return LSTM_E_NOMEM;
    o->levels = memcpy(f->levels, levels, (size_t)o->n_level * sizeof *levels);
    set_shares(f);
    return LSTM_OK;
}

static lstm_status read_view(lstm_view_options *view, const lstm_view_options *given, int64_t loss)
{
    LTS_TRY(lts_read_options(view, sizeof *view, given, "lstm_view_options"));
    LTS_TRY(lts_view_options_check(view));
    return loss == LSTM_LOSS_NEGATIVE_BINOMIAL ? lts_view_check_counts(view) : LSTM_OK;
}

/* Copies the view or the views of the options. */
static lstm_status keep_views(lstm_forecaster *f)
{
    lstm_forecaster_options *o = &f->options;
    const lstm_view_options *only[] = {o->view}, *const *given = o->views == NULL ? only : o->views;
    int64_t n = o->views == NULL ? o->view != NULL : o->n_view;
    o->views = NULL, o->n_view = 0;
    if (n == 0)
        return LSTM_OK;
    f->views = lts_alloc(n, sizeof *f->views);
    f->view_list = lts_alloc(n, sizeof *f->view_list); // NOLINT(bugprone-sizeof-expression)
    if (f->views == NULL || f->view_list == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < n; i++) {
        LTS_TRY(read_view(&f->views[i], given[i], f->loss.kind));
        f->view_list[i] = &f->views[i];
    }
    o->view = f->views;
    o->views = f->view_list;
    o->n_view = n;
    return LSTM_OK;
}

/* Copies the options of ridge, whose horizon is that of the forecaster. */
static lstm_status keep_ridge(lstm_forecaster *f)
{
    lts_ridge_options checked;
    lstm_ridge_options *ridge = &f->ridge;
    LTS_TRY(lts_read_options(ridge, sizeof *ridge, f->options.ridge, "lstm_ridge_options"));
    f->options.ridge = ridge;
    ridge->horizon = f->options.horizon;
    return lts_ridge_options_read(&checked, ridge);
}

/* The device is looked for now, since a fit may take long before it needs one. */
static lstm_status keep_device(lstm_forecaster *f)
{
    LTS_TRY(lts_training_check_device(f->options.device));
    f->device = lts_strdup(f->options.device);
    f->options.device = f->device;
    return f->device == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

static lstm_status keep_folder(lstm_forecaster *f)
{
    f->folder = lts_strdup(f->options.folder);
    f->options.folder = f->folder;
    return f->folder == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

lstm_status lstm_forecaster_new(lstm_forecaster **forecaster,
                                const lstm_forecaster_options *options)
{
    LTS_FLOAT_SCOPE();
    lstm_forecaster_options read;
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(options);
    LTS_READ_OPTIONS(&read, options, lstm_forecaster_options);
    LTS_TRY(check_forecaster_options(&read));
    lstm_forecaster *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = read_loss(&made->loss, read.loss);
    made->clock = lts_clock_now;
    made->options = read;
    made->options.loss = NULL;
    if (status >= 0)
        status = keep_views(made);
    if (status >= 0 && read.ridge != NULL)
        status = keep_ridge(made);
    if (status >= 0 && read.folder != NULL)
        status = keep_folder(made);
    if (status >= 0 && read.device != NULL)
        status = keep_device(made);
    if (status >= 0)
        status = keep_interval(made);
    if (status >= 0)
        status = keep_levels(made);
    if (status < 0) {
        lstm_forecaster_free(made);
        return status;
    }
    *forecaster = made;
    return LSTM_OK;
}

lstm_status lts_fitted_begin(lts_fitted *fitted, lstm_dataset *frame)
{
    atomic_int_fast64_t *users = lts_alloc(1, sizeof *users);
    if (users == NULL)
        return LSTM_E_NOMEM;
    atomic_init(users, 1);
    memset(fitted, 0, sizeof *fitted);
    fitted->users = users;
    fitted->frame = frame;
    fitted->n_target = lstm_dataset_targets(frame);
    return LSTM_OK;
}

lts_fitted lts_fitted_share(const lts_fitted *fitted)
{
    if (fitted->users != NULL)
        atomic_fetch_add(fitted->users, 1);
    return *fitted;
}

void lts_fitted_clear(lts_fitted *fitted)
{
    if (fitted->users == NULL || atomic_fetch_sub(fitted->users, 1) > 1) {
        memset(fitted, 0, sizeof *fitted);
        return;
    }
    for (int64_t i = 0; i < fitted->n_network; i++)
        lts_network_part_clear(&fitted->networks[i]);
    lts_free(fitted->networks);
    lts_ridge_part_clear(&fitted->ridge);
    lstm_dataset_free(fitted->frame);
    lts_free(fitted->why);
    lts_free(fitted->users);
    lstm_interval_free(fitted->interval);
    lts_residuals_clear(&fitted->residuals);
    lts_roster_clear(&fitted->roster);
    memset(fitted, 0, sizeof *fitted);
}

void lstm_forecaster_free(lstm_forecaster *forecaster)
{
    if (forecaster == NULL)
        return;
    lts_fitted_clear(&forecaster->fitted);
    lts_loss_clear(&forecaster->loss);
    lts_free(forecaster->folder);
    lts_free(forecaster->device);
    lts_free(forecaster->views);
    lts_free(forecaster->view_list);
    lts_free(forecaster->levels);
    lts_free(forecaster);
}

lstm_status lstm_forecaster_clone(lstm_forecaster **forecaster, const lstm_forecaster *source)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(source);
    lstm_forecaster_options options = source->options;
    const lstm_loss_options loss = lts_loss_options_of(&source->loss);
    lstm_forecaster *made;
    options.loss = &loss;
    options.view = NULL;   /* it is one of the views */
    options.folder = NULL; /* its trainings are of the fit of `source` */
    LTS_TRY(lstm_forecaster_new(&made, &options));
    made->fitted = lts_fitted_share(&source->fitted);
    made->is_fitted = source->is_fitted;
    *forecaster = made;
    return LSTM_OK;
}
