/* SPDX-License-Identifier: MIT */
/*
 * A plan is how a window is unrolled: a list of model calls, each with the row it reads, the call
 * whose output it is fed, and the step whose target its output is scored against. Teacher forcing,
 * closed loops of any lag and the article's literal form are plans; the network runs them all
 * alike.
 *
 * The calls are divided into segments: the longest runs in which no call is fed by another call of
 * the run. All calls of a segment can pass one layer before the next layer begins. A teacher-forced
 * window is one segment; a closed loop of lag g has segments of g calls.
 */
#ifndef LTS_NETWORK_PLAN_H
#define LTS_NETWORK_PLAN_H

#include "base/real.h"
#include <lstmts/status.h>

/** One call of the model. */
typedef struct lts_call {
    int64_t row;  /**< step whose true row it reads (all columns, or only the covariates)    */
    int64_t feed; /**< earlier call whose output replaces the fed-back columns, or -1        */
    int64_t target_step; /**< step against whose target the output is scored, or -1         */
    bool holes; /**< the output replaces only values of the true row that are NaN           */
} lts_call;

typedef struct lts_plan {
    int64_t T;      /**< steps of the window                          */
    int64_t n_call; /**< >= T; the calls in the order in which they run */
    lts_call *calls;
    int64_t n_segment;
    int64_t *segments; /**< [n_segment + 1] first call of each segment, then n_call */
} lts_plan;

/** The plan of lstmts/window.h. On failure (LSTM_E_NOMEM) there is nothing to clear. */
lstm_status lts_plan_init_loop(lts_plan *plan, int64_t T, int64_t support_len, int64_t lag);

/**
 * The same for windows with missing values. Where a step of the support has an output to be fed,
 * the output replaces the values of the true row that are missing.
 */
lstm_status lts_plan_init_holes(lts_plan *plan, int64_t T, int64_t support_len, int64_t lag);

/** The plan of the article's update_core: see LSTM_UNROLL_ARTICLE. */
lstm_status lts_plan_init_article(lts_plan *plan, int64_t T, int64_t support_len);

/**
 * Run only the calls of steps 0 .. T - 1 from now on. T must not exceed that of the loop or of the
 * plan for missing values that was made; it may grow again.
 */
void lts_plan_cut(lts_plan *plan, int64_t T);

void lts_plan_clear(lts_plan *plan);

#endif
