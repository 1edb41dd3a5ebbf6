/* SPDX-License-Identifier: MIT */
/*
 * Results: one line per measurement on standard output, and all of them as JSON.
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

/** Measure the peak, and print it with the head of the table. */
bool bench_report_open(bench_report *report, double seconds);
void bench_report_close(bench_report *report);

/**
 * Print and store one measurement. `steps` is its number of steps of one row; a backward pass
 * counts as two.
 */
void bench_report_add(bench_report *report, const char *name, const bench_shape *shape,
                      double steps, const bench_time *time);

/** For a stream: also the rate at which its weights were read, and the peak rate for that size. */
void bench_report_add_stream(bench_report *report, const char *name, const bench_shape *shape,
                             const bench_time *time);

/** Write all results to a file; false, with a message on standard error, if that fails. */
bool bench_report_write(const bench_report *report, const char *path);

#endif
