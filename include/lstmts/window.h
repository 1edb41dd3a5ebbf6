/* SPDX-License-Identifier: MIT */
/**
 * @file window.h
 * Windows of a series, and the inputs of each step. Training, validation and forecasting all use
 * these terms.
 *
 * A window of T steps at offset o has the inputs x_t = row o + t and the targets row o + t + pred,
 * for t = 0 .. T-1 and pred >= 1. Columns of LSTM_ROLE_KNOWN belong to the target: x_t has their
 * values of row o + t + pred. A series of n rows has the windows o = 0 .. n-T-pred:
 * it must have at least T + pred rows.
 *
 * With the support length s and the feedback lag g, step t receives
 *
 *     x_t       if t <= s: the first s + 1 inputs are true rows
 *     y_{t-g}   if t > s, in the columns that are inputs and targets; covariates remain true.
 *               While t < g there is no such output, and the step receives x_t.
 *
 * In training and validation a support length from T - 1 on never closes the loop (the article has
 * s = T); a support length above T must be LSTM_TEACHER_FORCED.
 *
 * context_len and horizon describe the same loop as a forecast: T = context_len + horizon - 1 and
 * s = context_len - 1. These are the steps of lstm_forecast() with this context_len and horizon
 * steps.
 *
 * The loop is closed from the first step that receives outputs. y_t predicts row t + pred, so with
 * g = pred the prediction of a row is used as that row. This is the default.
 *
 * "The article" in these headers is the article of 2017 on LSTM networks and Chainer 2.0.2 whose
 * code is at https://github.com/Rosyuku/lstm. It always feeds back y_{t-1}: g = 1.
 */
#ifndef LSTMTS_WINDOW_H
#define LSTMTS_WINDOW_H

#include <lstmts/export.h>

/** Support length with which every step receives its true row. */
#define LSTM_TEACHER_FORCED INT64_MAX

/** Which windows of a series are used, and how many windows make an epoch. */
typedef enum lstm_window_rule {
    LSTM_WINDOWS_ALL = 0,     /**< all n-T-pred+1 windows; an epoch is as many windows (default) */
    LSTM_WINDOWS_ARTICLE = 1, /**< as the article: all but the last two windows, n-T-pred-1; an
                                   epoch is n windows, one per row                               */
} lstm_window_rule;

#endif
