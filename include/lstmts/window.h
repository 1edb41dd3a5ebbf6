/* SPDX-License-Identifier: MIT */
/**
 * @file window.h
 * What a window is, which windows a series has, and which input each step sees: the terms that
 * training, validation and forecasting share.
 *
 * A window of T steps at offset o has the true inputs x_t = row o + t and the targets row o + t +
 * pred, t = 0 .. T-1, pred >= 1. A series of n rows has the windows o = 0 .. n-T-pred.
 *
 * With the support length s and the feedback lag g, step t sees
 *
 *     x^_t = x_t          for t <= s   (so s + 1 true inputs)
 *     x^_t = y_{t-g}      for t >  s   in the columns that are targets too; covariates stay true.
 *                                      While t < g there is no prediction yet: the true row.
 *
 * In training and validation a support length from T - 1 on never closes the loop (the article has
 * s = T); above T it must be LSTM_TEACHER_FORCED.
 *
 * In the words of a forecast: with context_len rows read before the loop is closed, and horizon
 * outputs wanted from the last of these on, T = context_len + horizon - 1 and s = context_len - 1.
 * These are the steps of an lstm_forecast() that reads context_len rows and makes horizon steps.
 *
 * y_t predicts row t + pred, so g = pred feeds the prediction OF a row as that row; this is the
 * default. The article always feeds y_{t-1}, g = 1.
 */
#ifndef LSTMTS_WINDOW_H
#define LSTMTS_WINDOW_H

#include <lstmts/export.h>

/** A support length that never closes the loop. */
#define LSTM_TEACHER_FORCED INT64_MAX

/** Which windows of a series are used, and what an epoch is. */
enum {
    LSTM_WINDOWS_ALL = 0,     /**< all n-T-pred+1; an epoch is as many windows (default)          */
    LSTM_WINDOWS_ARTICLE = 1, /**< the article's n-T-pred-1, without the last two; an epoch is
                                   as many windows as the series has rows                         */
};

#endif
