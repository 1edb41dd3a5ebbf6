/* SPDX-License-Identifier: MIT */
/*
 * The windows of an engine: what lies on the device from the start, a series or the table of a
 * view, and the inputs, targets and weights of a batch, which are gathered there.
 */
#ifndef LTS_CUDA_WINDOWS_H
#define LTS_CUDA_WINDOWS_H

#include "arena.h"
#include "backend.h"
#include "network/device.h"

typedef struct lts_windows {
    bool is_view, has_holes;
    float *series;           /**< [n_row, n_column] unless it is a view                       */
    lts_view_table table;    /**< its arrays in the device's memory                          */
    lts_table_level *levels; /**< [n_window, n_base]                                      */
    lts_table_place *places; /**< [B]                                                     */
    int32_t *input, *target, *column_feed;     /**< [D], [K], [D] of lts_columns           */
    int32_t *row, *feed, *holes, *target_step; /**< [n_call] of the plan's calls          */
    int32_t *target_row;                       /**< [T] row of each step's target          */
    uint8_t *fed;         /**< [n_call, B, D] which inputs are outputs, if there are holes */
    int64_t *offsets;     /**< [B] rows, or numbers of windows of a view                 */
    lts_numbers *numbers; /**< [1] of the batch: see lts_windows_draws()                 */
    float *targets;       /**< [T, B, K]                                                 */
    float *weights;       /**< [T, B, K] of a view's targets, else NULL                  */
} lts_windows;

/** Whether a batch has random numbers of its own, which are uploaded with its offsets. */
static inline bool lts_windows_draws(const lts_windows *windows, const lts_engine_options *options)
{
    return windows->has_holes || options->dropout.threshold > 0;
}

/** LSTM_E_LIMIT if the sizes do not fit. */
lstm_status lts_windows_check(const lts_engine_options *options, const lts_services *services);

/** Take the arrays from an arena. */
void lts_windows_take(lts_arena *arena, lts_windows *windows, const lts_engine_options *options);

/** Upload series or view, plan and columns, and wait. LSTM_E_NOMEM, LSTM_E_DEVICE. */
lstm_status lts_windows_upload(lts_windows *windows, lts_gpu *gpu,
                               const lts_engine_options *options, const lts_services *services);

/** Enqueue gathering of a batch of B windows: x [n_call, B, D], targets and weights. */
void lts_windows_gather(const lts_windows *windows, lts_gpu *gpu, const lts_engine_options *options,
                        int64_t B, float *x);

/** Which inputs of n calls from `first` on are fed; n is 0 if none is and none has a hole. */
lts_feeding lts_windows_feeding(const lts_windows *windows, const lts_engine_options *options,
                                int64_t B, int64_t first, int64_t n);

#endif
