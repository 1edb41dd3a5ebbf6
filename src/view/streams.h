/* SPDX-License-Identifier: MIT */
/*
 * LSTM_ORDER_CONSECUTIVE: the windows of a source in chains, in each of which a window begins where
 * the one before ends. A series is one chain; a series of a view one for each channel. The chains,
 * one after the other, are divided into B streams of equal length; the rest is left out.
 */
#ifndef LTS_VIEW_STREAMS_H
#define LTS_VIEW_STREAMS_H

#include "view/source.h"

typedef struct lts_streams {
    int64_t stride;    /**< from a window's number to that of the next of its chain     */
    int64_t n_channel; /**< chains of a series, whose windows have adjacent numbers     */
    int64_t n_series;  /**< 1 without a view                                            */
    int64_t *first;    /**< [n_series + 1] number of the first window of a series       */
    int64_t *link;     /**< [n_series + 1] windows in all chains of the series before   */
    int64_t B, len;    /**< streams, and windows of each                                */
} lts_streams;

/**
 * For windows of T steps, n_window of them. LSTM_E_SHAPE if there are fewer than B windows in all
 * chains; LSTM_E_NOMEM. On failure there is nothing to clear.
 */
lstm_status lts_streams_init(lts_streams *streams, const lts_source *source, int64_t T,
                             int64_t n_window, int64_t B);
void lts_streams_clear(lts_streams *streams);

/**
 * Window `at`, 0 .. len - 1, of stream b.
 * @param[out] begins  whether the window before it in the stream, if any, does not end where it
 * begins
 */
int64_t lts_streams_window(const lts_streams *streams, int64_t b, int64_t at, bool *begins);

#endif
