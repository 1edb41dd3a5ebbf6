/* SPDX-License-Identifier: MIT */
/*
 * Multiply-adds in registers only, and reads of memory only, with vectors of WIDTH floats. The
 * source file of each instruction set names its functions and includes this.
 */
#include "peak.h"

#include <string.h>

typedef float vector __attribute__((vector_size(WIDTH * sizeof(float))));

/* Enough independent chains to hide the latency of 4 to 5 cycles at 2 instructions per cycle. */
enum { CHAINS = 12 };

/* Makes the compiler assume that the value is used and may change here. */
#if defined(__x86_64__) && WIDTH >= 4
#define KEEP(v) __asm__ volatile("" : "+v"(v))
#else
#define KEEP(v) __asm__ volatile("" : "+w"(v))
#endif

static float any(vector v)
{
    float first;
    memcpy(&first, &v, sizeof first);
    return first;
}

static double multiply_add(int64_t rounds)
{
    vector sum[CHAINS], a = {0}, b = {0};
    a += 0.999f;
    b += 1e-3f;
#pragma GCC unroll 16
    for (int i = 0; i < CHAINS; i++)
        sum[i] = b + (float)i;
    for (int64_t round = 0; round < rounds; round++) {
#pragma GCC unroll 16
        for (int i = 0; i < CHAINS; i++) {
            sum[i] = sum[i] * a + b;
            KEEP(sum[i]);
        }
    }
    float used = 0;
#pragma GCC unroll 16
    for (int i = 0; i < CHAINS; i++)
        used += any(sum[i]);
    volatile float sink = used;
    (void)sink;
    return 2.0 * WIDTH * CHAINS * (double)rounds;
}

static void read_all(const float *values, int64_t n)
{
    enum { STREAMS = 8 };
    vector sum[STREAMS] = {{0}};
    for (int64_t i = 0; i + STREAMS * WIDTH <= n; i += STREAMS * WIDTH)
#pragma GCC unroll 8
        for (int k = 0; k < STREAMS; k++) {
            vector v;
            memcpy(&v, values + i + k * WIDTH, sizeof v);
            sum[k] += v;
        }
#pragma GCC unroll 8
    for (int k = 0; k < STREAMS; k++)
        KEEP(sum[k]);
}

const bench_peak_set PEAK_SET = {SET_NAME, multiply_add, read_all};
