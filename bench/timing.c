/* SPDX-License-Identifier: MIT */
#include "timing.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LEAST_REPEATS = 2, MOST_REPEATS = 100000 };

/* Processor time is inexact by some microseconds, since the system corrects it occasionally. */
static const double GROUP_NS = 5e4, GROUP_NS_OF_PROCESSOR = 1e6;

static bool by_processor_time(void)
{
    const char *wanted = getenv("BENCH_CLOCK");
    return wanted != NULL && strcmp(wanted, "processor") == 0;
}

double bench_clock(void)
{
    struct timespec now;
    clock_gettime(by_processor_time() ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static bool repeat(bench_call call, void *what, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!call(what))
            return false;
    return true;
}

/* Calls per group. */
static bool warm_up(bench_call call, void *what, double budget_ns, int64_t *group)
{
    double start = bench_clock(), spent;
    int64_t n = 0;
    do {
        if (!call(what))
            return false;
        n++;
        spent = bench_clock() - start;
    } while (spent < budget_ns);
    double one = spent / (double)n;
    double least = by_processor_time() ? GROUP_NS_OF_PROCESSOR : GROUP_NS;
    *group = one >= least ? 1 : (int64_t)(least / one) + 1;
    return true;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

bool bench_measure(bench_call call, void *what, double seconds, bench_time *result)
{
    double *times = malloc(MOST_REPEATS * sizeof *times);
    int64_t n = 0, group;
    bool fine = times != NULL && warm_up(call, what, 2e8 * seconds, &group);
    double start = bench_clock();
    while (fine && n < MOST_REPEATS &&
           (n < LEAST_REPEATS || bench_clock() - start < 1e9 * seconds)) {
        double before = bench_clock();
        fine = repeat(call, what, group);
        times[n++] = (bench_clock() - before) / (double)group;
    }
    if (fine) {
        qsort(times, (size_t)n, sizeof *times, by_size);
        *result = (bench_time){times[n / 2], times[0], n};
    }
    free(times);
    return fine;
}
