/* SPDX-License-Identifier: MIT */
/* A fit in progress, and how candidates are judged by the validation part. */
#ifndef LTS_FIT_FITTING_H
#define LTS_FIT_FITTING_H

#include "base/float_env.h"
#include "evaluate/judge.h"
#include "fit/choose.h"
#include "fit/deadline.h"
#include "forecaster/forecaster.h"

typedef struct lts_fitting {
    lstm_forecaster *f;
    const lstm_dataset *dataset; /**< with the parts of the fit */
    int64_t n_thread;
    lts_judge judge;
    lts_fitted made;
    lts_float_env *host;
    lts_trainings trainings;
    lts_deadline deadline;
    real *of_ridge, *of_mean; /**< [n, H, K] forecasts of the judge's windows, or NULL      */
    real *of_network;         /**< [1 + shares, n, H, K] with quantiles, or NULL            */
    lts_effects effects;      /**< of ridge on the training part             */
    const lts_effects *like;  /**< these, once they were fitted; NULL before */
    lts_reason no_ridge, no_network; /**< why there are none                        */
    /* progress */
    lstm_fit_progress_fn on_progress;
    void *progress_user;
    double done, total; /**< updates; `total` changes as more or fewer are tried */
    double fraction;    /**< that was reported last: it never falls */
    double present;     /**< of the network that is being trained, or of each probe */
    int64_t first;      /**< number of the first of these trainings */
    double error, best; /**< of what was judged last, and the least; NaN before */
    char stage[64];
} lts_fitting;

/**
 * Begin what a fit to a data set makes: its columns. LSTM_E_NOMEM; then there is nothing to clear.
 */
lstm_status lts_fitted_begin_on(lts_fitted *made, const lstm_dataset *dataset);

/**
 * End a fit: the forecaster takes what was made, if anything, if `status` is LSTM_OK and the fit
 * was not cancelled until now. Returns LSTM_STOPPED if it was, else `status`.
 */
lstm_status lts_fitting_finish(lts_fitting *fit, lstm_status status);

/** lstm_forecaster_fit() with the files of its trainings in `folder`; NULL = no files. */
lstm_status lts_forecaster_fit(lstm_forecaster *forecaster, const lstm_dataset *dataset,
                               const char *folder);

/** Updates of all trainings of a fit: an estimate. */
double lts_updates_of(const lstm_forecaster_options *o);

/** Report progress. Returns false if the fit was cancelled. */
bool lts_fitting_report(lts_fitting *fit, double loss);

/** As lts_trainings.watch: `user` is an lts_fitting. */
bool lts_watch_training(void *user, double fraction, double loss);

/**
 * LSTM_OK in place of a status with which something is no candidate, and the reason: LSTM_E_SHAPE,
 * the part has no window for it, or LSTM_E_NUMERIC, a training diverged. Without a reason also in
 * place of LSTM_E_LIMIT, if the time is over.
 */
lstm_status lts_pass_over(lts_fitting *fit, lstm_status status, lts_reason *reason);

/**
 * Train network number i on rows of `part`. LSTM_STOPPED; LSTM_E_LIMIT if the time was over before
 * its end; the errors of lts_network_part_train().
 */
lstm_status lts_train_network(lts_fitting *fit, int64_t i, int64_t part, lts_network_part *network);

/** The error of forecasts y [n, H, K] of the judge's windows, also for the progress. */
double lts_judged_error(lts_fitting *fit, const real *y);

/** Keep the first n of the networks that were made. */
void lts_fitting_keep_networks(lts_fitting *fit, int64_t n);

/*
 * The following forecast the judge's windows by what is fitted to the training part alone, which
 * with skip_refit is kept in fit->made, and set errors in fit->made.choice. What cannot be fitted
 * keeps its error, NaN, has no forecasts, and a reason. LSTM_E_NOMEM.
 */

lstm_status lts_judge_baselines(lts_fitting *fit);
lstm_status lts_judge_ridge(lts_fitting *fit);
/** Choose view and schedule of networks, too. LSTM_STOPPED. */
lstm_status lts_judge_network(lts_fitting *fit);
/** The mean of ridge and networks. */
lstm_status lts_judge_mean(lts_fitting *fit);

#endif
