/* SPDX-License-Identifier: MIT */
/*
 * What a program over a table is asked for, and what it works on:
 *
 *     PROGRAM [OPTION=VALUE...] FILE.csv HORIZON...
 *
 *     split=TRAIN,VALID,ROWS  rows before TRAIN are the training part, before VALID the validation
 *                             part, before ROWS the test part; default: the last 20 % are the test
 *                             part, 15 % before it the validation part
 *     season=M                rows of the season; default: chosen by the forecaster
 *     naive=M                 rows of the season of the seasonal baselines; default: that of the
 *                             forecaster, or none
 *     scale=M                 rows between which the changes are that MASE is divided by; default 1
 *     seeds=N                 N forecasters, whose networks have no seed in common; default 1
 *     networks=N, updates=N   n_network and n_update of the forecaster; default: as in the library
 *     skip_refit=1            of the forecaster; default: 0
 *     conformalized=1         a Gaussian loss, whose quantiles are calibrated; default: points
 *     window=N, block=N, stride=N  of the intervals; default: as in the library
 *     two_sided=1             each side of an interval has its own length; default: 0
 *     rolling=1               levels are not adapted; default: 0
 *     once=1                  intervals learn from the validation part alone; default: 0
 *     ridge=1                 intervals of ridge alone; default: beside those of the forecaster
 *     continue=N              N updates by lstm_forecaster_continue() after the fit; default 0
 *     recipe=1                view, ridge and training by the recipe of docs/forecasting.md instead
 *                             of what the forecaster chooses; needs season
 *     mean=H,H,...            horizons of which the mean is printed; default: all of them
 *     threads=N               default 1
 */
#ifndef BENCH_TASK_H
#define BENCH_TASK_H

#include "table.h"

#include <lstmts/uncertainty.h>

enum { BENCH_MOST_HORIZONS = 16 };

typedef struct bench_task {
    const char *path;
    int64_t train, valid, n_row, season, naive, scale, seeds, threads;
    int64_t networks, updates, recipe, skip_refit, n_continue;
    int64_t conformalized, window, block, stride, two_sided, rolling, once, ridge;
    int64_t n_horizon, horizons[BENCH_MOST_HORIZONS];
    int64_t n_mean, means[BENCH_MOST_HORIZONS]; /**< 0 = all horizons */
    bench_table table;
    lstm_dataset *dataset;
    int64_t H; /**< the longest horizon, for which forecasters are fitted */
    int64_t n_origin;
    int64_t *origins;  /**< [n_origin] every row of the test part              */
    double *deviation; /**< [C] of the training part, which scales errors      */
} bench_task;

/** Read the arguments and the table. Returns false with a message on standard error. */
bool bench_task_begin(bench_task *task, int n, char **arguments);
void bench_task_end(bench_task *task);

/** Fit a forecaster for the longest horizon. A status of the library; seconds of processor time. */
lstm_status bench_task_fit(const bench_task *task, int64_t use, int64_t seed,
                           lstm_forecaster **forecaster, double *seconds);

/** Seconds of processor time of this process. */
double bench_task_seconds(void);

/** Print what the table is, and the processor. */
void bench_task_print(const bench_task *task);

#endif
