/* SPDX-License-Identifier: MIT */
/* A stream, and the members by which it forecasts without allocating. */
#ifndef LTS_FORECASTER_STREAM_H
#define LTS_FORECASTER_STREAM_H

#include "forecaster/scoring.h"
#include "method/running.h"
#include <lstmts/stream.h>

struct lstm_stream {
    lts_fitted fitted; /**< shared                                                       */
    lts_loss loss;
    lts_shares shares; /**< of conformalized intervals; 0 without intervals              */
    lstm_dataset *live;
    int64_t H, K;
    int64_t context; /**< rows that a forecast reads                                     */
    int64_t n_keep;  /**< and those kept before them, so that filled values are the same */
    int64_t n_future;
    int64_t number;             /**< of the series in the fit; -1 = new                  */
    lts_own_scales own;         /**< of the series                                       */
    lts_network_work *networks; /**< [n_network]                                         */
    lts_ridge_work ridge;
    lts_running *dropped; /**< [K] of the rows that were dropped; NULL unless a baseline */
    lts_running *all;     /**< [K] while a baseline forecasts                            */
    double *values;       /**< [H] of a baseline                                         */
    real *y, *one;        /**< [1 + shares, H, K]                                        */
    bool has_intervals;
    lts_scoring scoring;
    real *expected; /**< [1 + shares, H, K] the forecast that is to be scored            */
};

/** Buffers of the members, once all but the rows is set. LSTM_E_NOMEM; clear them in each case. */
lstm_status lts_stream_init_members(lstm_stream *stream);
void lts_stream_clear_members(lstm_stream *stream);

/** The first n rows are about to be dropped: baselines take what they need of them. */
void lts_stream_drop(lstm_stream *stream, int64_t n);

/** Forecast from the last row: y [1 + shares, H, K], the bits of lts_fitted_predict_shares(). */
lstm_status lts_stream_run(lstm_stream *stream, real *y);

#endif
