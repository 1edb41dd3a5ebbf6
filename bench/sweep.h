/* SPDX-License-Identifier: MIT */
#ifndef BENCH_SWEEP_H
#define BENCH_SWEEP_H

#include "report.h"

/**
 * Measure training updates over two decades of T, of B and of H, with the other sizes fixed, on one
 * and two threads, or on n_thread if that is not 0. A name is the varied size and its value: T/40.
 */
bool bench_sweep(bench_report *report, int64_t n_thread);

#endif
