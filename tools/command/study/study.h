/* SPDX-License-Identifier: MIT */
/* A fit and its judgement: what forecast, train and backtest have in common. */
#ifndef TOOLS_COMMAND_STUDY_STUDY_H
#define TOOLS_COMMAND_STUDY_STUDY_H

#include "command/source/source.h"
#include "command/study/fitting.h"
#include "command/study/judge.h"

/** Everything that a run has found. Close it with study_close(). */
typedef struct study {
    source from;
    lstm_forecaster *forecaster; /**< fitted without the last rows                */
    chosen what;
    judgement judged;       /**< on the last rows                                 */
    report_progress losses; /**< of the fit                                       */
} study;

/**
 * Read the table, fit a forecaster without its last rows, judge it on them, and say in words how
 * good it is.
 *
 * @param forecasts  whether the rows to come are forecast: then known columns must have them
 * @return EXIT_OK; EXIT_FAILED or EXIT_USAGE with a message
 */
int study_run(study *made, const settings *set, bool forecasts);

/** Add the last rows to the fit. @return EXIT_OK; EXIT_FAILED with a message */
int study_complete(study *made, const settings *set);

void study_close(study *made);

#endif
