/* SPDX-License-Identifier: MIT */
/* How good a fitted forecaster is on the test part, beside simple methods. */
#ifndef TOOLS_COMMAND_STUDY_JUDGE_H
#define TOOLS_COMMAND_STUDY_JUDGE_H

#include "command/options/settings.h"
#include "report/coverage.h"
#include <lstmts/backtest.h>
#include <lstmts/forecaster.h>

enum { MOST_METHODS = 5, METHOD_NAME = 64 };

/** A judgement. Method 0 is the forecaster, which must outlive it. Free it with judge_free(). */
typedef struct judgement {
    lstm_backtest *backtest; /**< NULL if the table is too short for a test part          */
    int64_t n_origin, stride, horizon;
    int64_t season; /**< rows, of the seasonal methods and of the scale of MASE; 1 = none   */
    int n_method;
    lstm_method *methods[MOST_METHODS]; /**< of the backtest */
    char names[MOST_METHODS][METHOD_NAME];
    const char *metric; /**< of the errors: "MASE", or "mean absolute error" where the change over a
                             season is 0                                                  */
    double error[MOST_METHODS];
    coverage held; /**< by the intervals of the forecaster, from the origins of the backtest */
} judgement;

/**
 * Judge a forecaster that was fitted without the test part.
 *
 * @param season  rows; 0 = none
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int judge_run(judgement *made, lstm_forecaster *forecaster, const lstm_dataset *data,
              int64_t season, const settings *set);

void judge_free(judgement *made);

/** The name of target column k of a data set. */
const char *judge_target(const lstm_dataset *data, int64_t k);

/** The season of the calendar by the step of the data; 0 = none. */
int64_t judge_calendar_season(int64_t unit, int64_t step);

#endif
