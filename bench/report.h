/* SPDX-License-Identifier: MIT */
/*
 * What was found: one line per measurement on standard output, and all of it as JSON.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "peak.h"
#include "workloads.h"

#include <jansson.h>

typedef struct bench_report {
    const bench_peak_set *set;
    double seconds;           /**< per measurement                                     */
    double flops, flops_of_2; /**< operations per ns on one and on two threads; 0 unknown */
    json_t *lines;            /**< array                                               */
} bench_report;

/** Measures the peak and prints it with the head of the table. */
bool bench_report_open(bench_report *report, double seconds);
void bench_report_close(bench_report *report);

/**
 * Prints and keeps one measurement. `steps` is the number of steps of one row that it took, a
 * backward pass counted as two.
 */
void bench_report_add(bench_report *report, const char *name, const bench_shape *shape,
                      double steps, const bench_time *time);

/** For a stream: also how fast its weights were read, beside how fast that much can be read. */
void bench_report_add_stream(bench_report *report, const char *name, const bench_shape *shape,
                             const bench_time *time);

/** Writes everything to a file; false, with a word on standard error, if it cannot be written. */
bool bench_report_write(const bench_report *report, const char *path);

#endif
