/* SPDX-License-Identifier: MIT */
/* The report of a study: gathered before its forecaster learns the test part, written at the end. */
#ifndef TOOLS_COMMAND_STUDY_PAGE_H
#define TOOLS_COMMAND_STUDY_PAGE_H

#include "command/study/losses.h"
#include "command/study/study.h"
#include "report/gather.h"

/** A report that is not written yet. All 0 is none. Close it with page_close(). */
typedef struct page {
    char *command, *title, step[48], seed[32], lacking[400]; /**< texts of it */
    losses logged;                                           /**< losses of a run in a folder */
    report_gathered *gathered;
} page;

/**
 * Complete a study (study.h), and gather its report: all of it from before, but the forecasts from
 * the last rows, which are those of the completed forecaster.
 *
 * @param wanted  whether there is to be a report
 * @return EXIT_OK; EXIT_FAILED with a message. It must be closed in either case.
 */
int page_complete(page *made, study *of, const settings *set, bool wanted);

/**
 * Gather the report of a saved forecaster and a table: what needs no fit. It says which parts are
 * lacking. The losses are read from the folder of its fit, if the settings have it.
 *
 * @return EXIT_OK; EXIT_FAILED with a message. It must be closed in either case.
 */
int page_saved(page *made, const lstm_forecaster *forecaster, const source *from,
               const settings *set);

/** Write it to a file or standard output (sink.h). @return EXIT_OK; EXIT_FAILED with a message */
int page_write(const page *made, const char *path);

void page_close(page *made);

#endif
