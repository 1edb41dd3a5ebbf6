/* SPDX-License-Identifier: MIT */
#include "sweep.h"

#include <lstmts/window.h>
#include <stdio.h>

enum { N_SIZE = 7 };

/* A size of the shape that is varied. */
typedef struct axis {
    const char *name;
    int power; /* expected time: proportional to this power of the size */
    int64_t sizes[N_SIZE];
} axis;

static const axis axes[] = {
    {"T", 1, {4, 10, 20, 40, 128, 256, 512}},
    {"B", 1, {2, 5, 10, 20, 64, 128, 512}},
    {"H", 2, {16, 32, 64, 128, 256, 512, 1600}},
};

static bool measure_one(bench_report *report, const axis *a, int64_t size, int64_t n_thread)
{
    bench_shape shape = {.n = 4,
                         .H = 128,
                         .B = 16,
                         .T = 20,
                         .support_len = LSTM_TEACHER_FORCED,
                         .n_thread = n_thread};
    bench_time time;
    char name[32];
    *(a->name[0] == 'T' ? &shape.T : a->name[0] == 'B' ? &shape.B : &shape.H) = size;
    if (!bench_training(&shape, report->seconds, &time))
        return false;
    snprintf(name, sizeof name, "%s/%lld", a->name, (long long)size);
    double steps = 3 * (double)(shape.B * shape.T), unit = (double)size;
    bench_report_add(report, name, &shape, steps, &time);
    for (int p = 1; p < a->power; p++)
        unit *= (double)size;
    printf("%60.2f ns per %s%s\n", time.median_ns / unit, a->name, a->power == 2 ? "^2" : "");
    return true;
}

static bool measure_axis(bench_report *report, const axis *a, int64_t n_thread)
{
    for (int i = 0; i < N_SIZE; i++)
        if (!measure_one(report, a, a->sizes[i], n_thread))
            return false;
    return true;
}

bool bench_sweep(bench_report *report, int64_t n_thread)
{
    int64_t last = n_thread == 0 ? 2 : n_thread;
    printf("\nsweep: n 4, and where it is not varied T 20, B 16, H 128\n");
    for (int64_t n = n_thread == 0 ? 1 : n_thread; n <= last; n++)
        for (size_t i = 0; i < sizeof axes / sizeof *axes; i++)
            if (!measure_axis(report, &axes[i], n))
                return false;
    return true;
}
