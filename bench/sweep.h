/* SPDX-License-Identifier: MIT */
#ifndef BENCH_SWEEP_H
#define BENCH_SWEEP_H

#include "report.h"

/**
 * Training updates over two decades of T, of B and of H, each with the others held, on one and on
 * two threads, or on n_thread if that is not 0. Names are the size that varies and its value, as
 * T/40.
 */
bool bench_sweep(bench_report *report, int64_t n_thread);

#endif
