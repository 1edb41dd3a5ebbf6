/* SPDX-License-Identifier: MIT */
/*
 * The time of a call: median and minimum over many repetitions.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdbool.h>
#include <stdint.h>

/** The measured call; false if it failed. */
typedef bool (*bench_call)(void *what);

typedef struct bench_time {
    double median_ns, minimum_ns;
    int64_t repeats;
} bench_time;

/**
 * Nanoseconds of a monotonic clock or, with BENCH_CLOCK=processor in the environment, the processor
 * time of this process. The latter is for one thread: other processes disturb it less.
 */
double bench_clock(void);

/**
 * Warm up for a fifth of `seconds`, then repeat for `seconds`, at least twice. Calls too short for
 * the clock are timed in groups. False if a call failed or memory is exhausted.
 */
bool bench_measure(bench_call call, void *what, double seconds, bench_time *result);

#endif
