/* SPDX-License-Identifier: MIT */
/*
 * The series of a forecast in the order in which they are computed: those of which equally many
 * rows are read follow each other, a run.
 */
#ifndef LTS_FORECAST_MEMBERS_H
#define LTS_FORECAST_MEMBERS_H

#include "base/threads.h"
#include "data/columns.h"
#include <lstmts/forecast.h>

/**
 * Series of a fleet after which one is asked for, since each lies elsewhere in memory; and half as
 * many before its arrays.
 */
enum { LTS_MEMBERS_AHEAD = 16 };

/** A series, its number among those given, and the rows that are read: how many, from which. */
typedef struct lts_fleet_member {
    const lstm_series *series;
    int64_t number, context_len, first;
} lts_fleet_member;

typedef struct lts_members {
    int64_t n, longest;     /**< longest: the largest context_len */
    lts_fleet_member *list; /**< [n] by context_len, then number  */
    int64_t *numbers;       /**< [n] of the list                  */
} lts_members;

/** How many of n_thread threads are worth using to read n series. */
int64_t lts_members_threads(const lstm_series *const *series, int64_t n,
                            const lstm_forecast_options *options, int64_t n_thread);

/**
 * Check n series and order them. The rows that are read are the last context_len of those before
 * the last n_future; all of them if they are fewer or context_len is 0.
 * @param options  checked ones of lstm_forecast()
 * @return LSTM_OK; LSTM_E_ARGUMENT if one is NULL; LSTM_E_SHAPE if one has other columns or roles
 *         than the first, or no more than n_future rows; LSTM_E_LIMIT if rows and steps are too
 *         many; LSTM_E_NOMEM. Clear it in each case.
 */
lstm_status lts_members_init(lts_members *members, const lstm_series *const *series, int64_t n,
                             const lstm_forecast_options *options, lts_pool *pool);
void lts_members_clear(lts_members *members);

/**
 * Check that the loop has all inputs, and that no step needs an output before the first row.
 * LSTM_E_SHAPE; LSTM_E_ARGUMENT if n_future is too small for the known covariates.
 */
lstm_status lts_members_check_loop(const lts_members *members,
                                   const lstm_forecast_options *options);

/** The end of the run that begins at `first`, at most `end`. */
int64_t lts_members_run(const lts_members *members, int64_t first, int64_t end);

/**
 * Copy the inputs of step t of the members first .. first + B - 1 to x [B, D]: those of row t of
 * the rows that are read, and the known covariates of the row that is predicted.
 */
void lts_members_gather(const lts_members *members, int64_t first, int64_t B, int64_t t,
                        const lts_columns *columns, real *x);

#endif
