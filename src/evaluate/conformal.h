/* SPDX-License-Identifier: MIT */
/*
 * The latest scores of forecasts, and their quantiles at adaptive levels.
 *
 * Columns and blocks of steps are *cells*: cell k * n_block + b. All forecasts of a cell are scored
 * alike. A cell has n_set sets of scores, one for each tail, or for each level and tail: a value of
 * a forecast gives one score in each set. A score is how far the truth is beyond a bound of the
 * forecast, negative inside.
 *
 * Tails: both together, whose score is the larger one (1), or the lower and the upper (2).
 */
#ifndef LTS_EVALUATE_CONFORMAL_H
#define LTS_EVALUATE_CONFORMAL_H

#include "base/real.h"
#include <lstmts/interval.h>

typedef struct lts_conformal {
    int64_t n_cell, n_set, n_level, n_tail;
    int64_t capacity;                 /**< largest number of scores in a set                  */
    double levels[16];                /**< [n_level]                                          */
    int64_t *capacities, *n, *oldest; /**< [n_cell] scores of a set: at most, now; the oldest */
    real *recent;                     /**< [n_cell, n_set, capacity] rings, as they came      */
    real *sorted;                     /**< [n_cell, n_set, capacity] the same, ascending      */
    real *misses;                     /**< [n_cell, n_level, n_tail] the share of misses that the
                                           quantile is taken for, 0 .. 1                      */
} lts_conformal;

enum { LTS_MOST_LEVELS = sizeof((lts_conformal *)0)->levels / sizeof(double) };

/** Allocate the arrays of a struct whose sizes are set. LSTM_E_LIMIT, LSTM_E_NOMEM; free it in any
 *  case. `capacities` is set by the caller. */
lstm_status lts_conformal_init(lts_conformal *c);
void lts_conformal_free(lts_conformal *c);

/** Forget everything. */
void lts_conformal_clear(lts_conformal *c);

/** The set of a level and a tail. */
static inline int64_t lts_conformal_set(const lts_conformal *c, int64_t level, int64_t tail)
{
    return c->n_set == c->n_tail ? tail : level * c->n_tail + tail;
}

/** The share of misses that is wanted. */
static inline double lts_conformal_target(const lts_conformal *c, int64_t level)
{
    return (1 - c->levels[level]) / (double)c->n_tail;
}

/**
 * How far a bound is to be moved outwards: the score of rank ceil((n + 1)(1 - misses)), counted
 * from 1 and limited to 1 .. n. NaN if there is no score.
 */
real lts_conformal_quantile(const lts_conformal *c, int64_t cell, int64_t level, int64_t tail);

/** Add one score to each set of a cell, scores [n_set]; the oldest one leaves a full set. */
void lts_conformal_add(lts_conformal *c, int64_t cell, const real *scores);

/** Replace the scores of a cell by the first n of scores [n_set, capacity], the oldest first. */
void lts_conformal_fill(lts_conformal *c, int64_t cell, int64_t n, const real *scores);

/** Replace the scores and the shares of misses by those of another struct of the same sizes. */
void lts_conformal_copy(lts_conformal *c, const lts_conformal *from);

/** Adapt a share of misses by `rate`, after a share `missed` of forecasts missed. */
void lts_conformal_adapt(lts_conformal *c, int64_t cell, int64_t level, int64_t tail, double rate,
                         double missed);

#endif
