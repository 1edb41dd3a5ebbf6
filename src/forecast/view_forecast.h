/* SPDX-License-Identifier: MIT */
/*
 * Forecasts of many windows of a view: the context is read, then the network runs on its own
 * outputs. Missing values take outputs in the same way as in training (network/unroll.c).
 */
#ifndef LTS_FORECAST_VIEW_FORECAST_H
#define LTS_FORECAST_VIEW_FORECAST_H

#include "network/model.h"
#include "score/loss.h"
#include "view/view.h"

/** Shares of quantiles that are forecast beside locations. */
typedef struct lts_shares {
    int64_t n;
    double at[32]; /**< [n] above 0 and below 1 */
} lts_shares;

/** What is forecast; everything is borrowed. */
typedef struct lts_view_forecast {
    const lstm_model *model; /**< D inputs and n_out K outputs of the view                     */
    const lstm_view *view;
    const lts_loss *loss;
    const lts_place *places; /**< [n] windows; their limit is the number of rows that are known */
    int64_t n;
    int64_t n_segment; /**< segments to predict, >= 1                                          */
    int64_t n_thread;  /**< largest number of threads                                          */
    bool sampled;      /**< feed back and return samples in place of locations                 */
    uint64_t seed;     /**< of samples: window i of any call with the same seed has the same    */
    uint64_t first;    /**< of samples: the number of window 0; the last is below 2^56          */
    /** Quantiles of the outputs while locations are fed back: the loss has a distribution, and
        nothing is sampled. NULL = none */
    const lts_shares *shares;
} lts_view_forecast;

/** Slabs of a result: the locations, or samples, and the quantile of each share. */
static inline int64_t lts_view_forecast_slabs(const lts_view_forecast *forecast)
{
    return 1 + (forecast->shares == NULL ? 0 : forecast->shares->n);
}

/**
 * Run all windows.
 *
 * @param[out] x  [slabs, n, n_segment * w, n_base] in the units of x (view.h)
 * @return LSTM_OK; LSTM_E_SHAPE if the model does not fit the view and loss; LSTM_E_NUMERIC if an
 *         output is not finite (the message has the window's number); LSTM_E_LIMIT, LSTM_E_NOMEM.
 *         On failure x may be changed.
 */
lstm_status lts_view_forecast_run(const lts_view_forecast *forecast, real *x);

/** Runs windows on the calling thread without allocating. */
typedef struct lts_view_worker lts_view_worker;

/**
 * For at most B windows at once of forecasts with the model, view and loss of this one.
 * LSTM_E_SHAPE if they do not fit; LSTM_E_LIMIT, LSTM_E_NOMEM.
 */
lstm_status lts_view_worker_new(lts_view_worker **worker, const lts_view_forecast *forecast,
                                int64_t B);
void lts_view_worker_free(lts_view_worker *worker);

/** As lts_view_forecast_run(), with the same bits. */
lstm_status lts_view_worker_run(lts_view_worker *worker, const lts_view_forecast *forecast,
                                real *x);

#endif
