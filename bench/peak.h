/* SPDX-License-Identifier: MIT */
/*
 * The peak of this processor: multiply-adds per second, and bytes read per second from a block of a
 * given size.
 */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct bench_peak_set {
    const char *name;
    /** Run `rounds` rounds; returns the number of operations, two per multiply-add. */
    double (*multiply_add)(int64_t rounds);
    void (*read_all)(const float *values, int64_t n);
} bench_peak_set;

/** The best set that can run here, limited by LSTMTS_KERNELS. */
const bench_peak_set *bench_peak_select(void);

/** Operations per nanosecond on n_thread concurrent threads; 0 if a thread could not be created. */
double bench_peak_flops(const bench_peak_set *set, int64_t n_thread, double seconds);

/** Bytes per nanosecond of one thread reading the same block repeatedly; 0 without memory. */
double bench_peak_read(const bench_peak_set *set, int64_t bytes, double seconds);

#endif
