/* SPDX-License-Identifier: MIT */
/* The parts of gather.h. Each adds to the data, and returns a status as report_gather() does. */
#ifndef TOOLS_REPORT_GATHER_PARTS_H
#define TOOLS_REPORT_GATHER_PARTS_H

#include "report/gather.h"

typedef struct report_block report_block;

struct report_gathered {
    report_data data;
    int64_t *columns; /**< [K] numbers of the target columns in the data set               */
    report_forecast *forecasts; /**< of data                                                   */
    report_block *blocks; /**< all memory                                                      */
};

/** n elements of `size` bytes, which are 0 and are freed with the rest. NULL: no memory. */
void *report_gathered_allocate(report_gathered *gathered, int64_t n, size_t size);

/** A text by printf(), freed with the rest. NULL: no memory. */
const char *report_gathered_print(report_gathered *gathered, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Columns, and rows and times of all series. Missing and filled values are NaN. */
lstm_status report_gather_rows(report_gathered *gathered, const report_sources *sources);

/** Facts of the data. */
lstm_status report_gather_facts(report_gathered *gathered, const report_sources *sources);

/** Forecasts with intervals, at most REPORT_MOST_ORIGINS of each series that is drawn. */
lstm_status report_gather_forecasts(report_gathered *gathered, const report_sources *sources);

/** Residuals of the first series. */
lstm_status report_gather_residuals(report_gathered *gathered, const report_sources *sources);

/** Scores and words of the backtest, and coverage. */
lstm_status report_gather_scores(report_gathered *gathered, const report_sources *sources);

enum {
    REPORT_MOST_ORIGINS = 25,    /**< forecasts of a series that are shown                       */
    REPORT_MOST_RESIDUALS = 2000 /**< rows whose residuals are gathered, the last ones           */
};

#endif
