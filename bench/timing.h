/* SPDX-License-Identifier: MIT */
/*
 * How long a call takes: median and minimum over many repeats.
 */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdbool.h>
#include <stdint.h>

/** Runs once what is measured; false if it failed. */
typedef bool (*bench_call)(void *what);

typedef struct bench_time {
    double median_ns, minimum_ns;
    int64_t repeats;
} bench_time;

/**
 * Nanoseconds of a clock that only goes forward: the one on the wall, or, with
 * BENCH_CLOCK=processor in the environment, the time that this process has had a processor. That is
 * for one thread: others on the machine disturb it less.
 */
double bench_clock(void);

/**
 * Warms up for a fifth of `seconds`, then repeats for `seconds`, at least twice. Calls too
 * short for the clock are timed in groups. False if a call failed, or memory ran out.
 */
bool bench_measure(bench_call call, void *what, double seconds, bench_time *result);

#endif
