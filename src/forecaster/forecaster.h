/* SPDX-License-Identifier: MIT */
#ifndef LTS_FORECASTER_FORECASTER_H
#define LTS_FORECASTER_FORECASTER_H

#include "forecaster/trials.h"
#include "members/network_part.h"
#include "members/residuals.h"
#include "members/ridge_part.h"
#include "members/roster.h"
#include <lstmts/baseline.h>
#include <lstmts/continuation.h>
#include <lstmts/uncertainty.h>
#include <math.h>
#include <stdatomic.h>

/** The baselines among which one is chosen; lstm_baseline in the same order. */
enum { LTS_N_BASELINE = LSTM_BASELINE_SEASONAL_DRIFT + 1 };

/** Maximum number of networks of a forecaster. */
enum { LTS_MOST_NETWORKS = 64 };

/** What was chosen, by options or from the data, and the errors that decided it. */
typedef struct lts_choice {
    int64_t season_len;     /**< rows; 0 = none                                                  */
    lstm_view_options view; /**< of networks; its part is LSTM_PART_TRAIN                        */
    lstm_view_options ridge_view; /**< of ridge, which reads no segments                         */
    lts_ridge_options ridge;
    lts_training training;
    bool level_returns; /**< to the mean of the training part; without it, a base is subtracted   */
    int64_t n_told; /**< of three networks, those that are told which column they predict        */
    int64_t use;    /**< lstm_forecaster_use, not LSTM_USE_AUTO                                */
    int64_t baseline; /**< lstm_baseline, the best on the validation part                        */
    int64_t joined;   /**< 1: the forecast is the mean of that by `use` and that by the baseline */
    const char *why;  /**< why `use` was chosen                                                  */
    int64_t n_window; /**< validation windows                                                    */
    double baseline_error[LTS_N_BASELINE]; /**< mean absolute scaled errors on the validation part;
                                                NaN = not computed                               */
    double ridge_error, network_error, mean_error;
    int64_t n_part_made; /**< series that had no validation part                                  */
    int64_t block_len;   /**< steps that share scores of intervals; 0 = those of a season         */
    lts_trials trials;
} lts_choice;

static inline bool lts_has_networks(const lts_choice *choice)
{
    return choice->use == LSTM_USE_MEAN || choice->use == LSTM_USE_NETWORKS;
}

static inline bool lts_has_ridge(const lts_choice *choice)
{
    return choice->use == LSTM_USE_MEAN || choice->use == LSTM_USE_RIDGE;
}

static inline bool lts_has_baseline(const lts_choice *choice)
{
    return choice->use == LSTM_USE_BASELINE || choice->joined != 0;
}

/** Replace forecasts y [n] by their mean with those of the baseline, where it has a value. */
static inline void lts_join_baseline(int64_t n, const real *of_baseline, real *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = isnan(of_baseline[i]) ? y[i] : (y[i] + of_baseline[i]) / 2;
}

/** What continuations have done since the fit. All 0 = nothing. */
typedef struct lts_continued {
    int64_t n_refit;      /**< ridge was fitted again so often: also to the validation part    */
    int64_t n_update;     /**< of each network, by all of them: also with the validation part  */
    double learning_rate; /**< of the last of these updates' continuations                     */
} lts_continued;

static inline bool lts_is_continued(const lts_continued *continued)
{
    return continued->n_refit > 0 || continued->n_update > 0;
}

/**
 * What a fit makes. All 0 at first. It does not change afterwards; forecasters and streams share
 * it: each has a copy of this struct, and the last one frees what it points to.
 */
typedef struct lts_fitted {
    atomic_int_fast64_t *users; /**< how many share it                                        */
    lts_choice choice;
    char *why;           /**< in a forecaster of a file choice.why points here                */
    lstm_dataset *frame; /**< the data set of the fit without its series                      */
    lts_roster roster;   /**< its series */
    int64_t n_target;
    int64_t n_network;
    lts_network_part *networks; /**< [n_network] */
    lts_ridge_part ridge;
    lstm_interval *interval; /**< calibrated on the validation part                        */
    int64_t interval_stride; /**< rows between forecasts that it scores                    */
    int64_t interval_window; /**< most scores of a step                                    */
    bool interval_is_final;  /**< it scores nothing after the fit                          */
    lts_continued continued;
    lts_residuals residuals; /**< of these forecasts on the validation part                */
} lts_fitted;

/** Begin a fit: all 0 but the columns. LSTM_E_NOMEM; then there is nothing to clear. */
lstm_status lts_fitted_begin(lts_fitted *fitted, lstm_dataset *frame);

/** Share it with one more user. */
lts_fitted lts_fitted_share(const lts_fitted *fitted);

/** End one use. */
void lts_fitted_clear(lts_fitted *fitted);

/** LSTM_E_SHAPE unless a data set has the columns of the fit. */
lstm_status lts_fitted_match(const lts_fitted *fitted, const lstm_dataset *dataset);

/** Rows before an origin that a forecast reads, >= 1. */
int64_t lts_fitted_context(const lts_fitted *fitted);

/** Rows before an origin that the scales of a series come from which the fit has not seen. */
int64_t lts_fitted_scale_rows(const lts_fitted *fitted);

/** LSTM_E_SHAPE unless known covariates are there for forecasts that read them. */
lstm_status lts_fitted_match_future(const lts_fitted *fitted, const lstm_dataset *dataset,
                                    int64_t series, int64_t origin, int64_t H);

struct lstm_forecaster {
    lstm_forecaster_options options; /**< views is `view_list`, and view the first of them, ridge
                                          points to `ridge`, interval to `interval`, or they
                                          are NULL; loss is NULL */
    lstm_view_options *views;        /**< [n_view] those of the options; NULL = none        */
    const lstm_view_options **view_list; /**< [n_view] pointers to them                     */
    lstm_ridge_options ridge;            /**< with the horizon of the options */
    lstm_interval_options interval;      /**< as they were given */
    lts_loss loss;
    lts_shares shares; /**< of conformalized intervals: the lower tails of the levels, then the
                            upper ones; 0 of others                                         */
    char *folder, *device;
    double *levels; /**< of the options */
    bool is_fitted;
    lts_fitted fitted;
    atomic_bool cancelled;
    double (*clock)(void); /**< lts_clock_now(); tests have others */
};

/** Windows that are forecast together. */
typedef struct lts_origins {
    int64_t n;
    const int64_t *series, *origin; /**< [n] */
} lts_origins;

/**
 * Forecast by the members that were chosen: y [n, H, K].
 * LSTM_E_SHAPE, LSTM_E_NUMERIC, LSTM_E_NOMEM; then y may be changed.
 */
lstm_status lts_fitted_predict(const lts_fitted *fitted, const lts_loss *loss, int64_t n_thread,
                               const lstm_dataset *dataset, const lts_origins *origins, int64_t H,
                               real *y);

/**
 * Forecast from one origin, as lts_fitted_predict(), and say how far the mean quantile of the
 * networks is from their mean: y [1 + shares, H, K]; it is 0 where no network forecasts.
 */
lstm_status lts_fitted_predict_shares(const lts_fitted *fitted, const lts_loss *loss,
                                      const lts_shares *shares, int64_t n_thread,
                                      const lstm_dataset *dataset, const lts_origins *one,
                                      int64_t H, real *y);

/** Check the arguments of a forecast. LSTM_E_ARGUMENT, LSTM_E_ORDER, LSTM_E_SHAPE. */
lstm_status lts_check_origins(const lstm_forecaster *f, const lstm_dataset *d, int64_t series,
                              const int64_t *origins, int64_t n_origin, int64_t H);

/** Forecast by a baseline. */
lstm_status lts_baseline_predict(int64_t kind, int64_t season_len, const lstm_dataset *dataset,
                                 const lts_origins *origins, int64_t H, real *y);

#endif
