/* SPDX-License-Identifier: MIT */
/**
 * The losses of a fit, as curves of a report. Call report_progress_record() from on_progress of a
 * forecaster.
 */
#ifndef TOOLS_REPORT_PROGRESS_H
#define TOOLS_REPORT_PROGRESS_H

#include "report/report.h"

#include <lstmts/forecaster.h>

/** Losses by network. All 0 is empty. */
typedef struct report_progress {
    report_curve *curves; /**< [n_curve], for report_data; valid until the next record           */
    int64_t n_curve;
    int64_t capacity; /**< points of the last curve                                         */
    int64_t n_update; /**< of its network                                                   */
} report_progress;

/**
 * Add the loss of each tenth update to the curve of its network, with 9 digits: as the log of a run
 * in a folder has it, so that the report is the same with and without one. Other stages train candidates, one after
 * the other, and are ignored, as is a progress without a loss.
 *
 * @return false if there was no memory: the loss is not recorded.
 */
bool report_progress_record(report_progress *record, const lstm_fit_progress *progress);

/** Free the curves; the record is empty again. */
void report_progress_free(report_progress *record);

#endif
