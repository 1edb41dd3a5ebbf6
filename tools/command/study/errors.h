/* SPDX-License-Identifier: MIT */
/* The errors of a judgement as a table. */
#ifndef TOOLS_COMMAND_STUDY_ERRORS_H
#define TOOLS_COMMAND_STUDY_ERRORS_H

#include "command/study/judge.h"
#include <stdio.h>

/**
 * Write CSV: method, series, column, step ("all" or one of them), MASE, MAE, RMSE, sMAPE, and for
 * each level the share of values that the intervals of the forecaster hold, as coverage_90.
 *
 * @param by  "series", "column" or "step": a row for each of them; NULL = only those over all
 */
void errors_csv(const judgement *judged, const lstm_dataset *data, const char *by, FILE *file);

#endif
