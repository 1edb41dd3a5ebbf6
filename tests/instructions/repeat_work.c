/* SPDX-License-Identifier: MIT */
/*
 * Runs one of the bench's workloads, and then again a given number of times in counted_calls(), for a
 * count of its instructions:
 *
 *     repeat_work NAME N     without arguments: prints the names, and the set of kernels that runs
 */
#include "kernels/kernels.h"
#include "view_work.h"

#include <lstmts/updater.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef bool (*measure_fn)(const bench_shape *shape, double seconds, bench_time *time);

static const struct {
    const char *name;
    measure_fn measure;
    bench_shape shape;
} works[] = {
    {"update_H100_B10_T10",
     bench_training,
     {2, 100, 10, 10, LSTM_TEACHER_FORCED, 1, NULL, 0, 0, 1}},
    {"update_H100_B10_T10_closed", bench_training, {2, 100, 10, 10, 3, 1, NULL, 0, 0, 1}},
    {"update_D200_H32_B8_T12",
     bench_training,
     {200, 32, 8, 12, LSTM_TEACHER_FORCED, 1, NULL, 0, 0, 1}},
    {"update_H48_L3_B8_T12", bench_training, {4, 48, 8, 12, LSTM_TEACHER_FORCED, 1, NULL, 0, 0, 3}},
    {"update_view_H64_B16_T28", work_view, {7, 64, 16, 28, 0, 1, NULL, 0, 0, 1}},
    {"update_view_H64_B16_T28_missing", work_view_missing, {7, 64, 16, 28, 0, 1, NULL, 0, 0, 1}},
    {"forecast_H100_B20_T20", bench_fleet, {2, 100, 20, 20, 0, 1, NULL, 0, 0, 1}},
    {"step_H16", bench_stream, {2, 16, 1, 1, 0, 1, NULL, 0, 0, 1}},
    {"step_H32", bench_stream, {2, 32, 1, 1, 0, 1, NULL, 0, 0, 1}},
    {"step_H100", bench_stream, {2, 100, 1, 1, 0, 1, NULL, 0, 0, 1}},
    {"step_H256", bench_stream, {2, 256, 1, 1, 0, 1, NULL, 0, 0, 1}},
};
enum { N_WORK = sizeof works / sizeof *works };

static int64_t n_repeat;

/* A function of its own, by whose name Valgrind counts. */
static __attribute__((noipa)) bool counted_calls(bench_call call, void *what)
{
    for (int64_t i = 0; i < n_repeat; i++)
        if (!call(what))
            return false;
    return true;
}

/* Replaces that of bench/timing.c, which reads a clock. */
bool bench_measure(bench_call call, void *what, double seconds, bench_time *result)
{
    (void)seconds;
    *result = (bench_time){0};
    return call(what) && counted_calls(call, what);
}

int main(int argc, char **argv)
{
    bench_time unused;
    if (argc != 3) {
        printf("%s", lts_kernels_select(100)->name);
        for (int i = 0; i < N_WORK; i++)
            printf(" %s", works[i].name);
        return EXIT_SUCCESS;
    }
    n_repeat = strtoll(argv[2], NULL, 10);
    for (int i = 0; i < N_WORK; i++)
        if (strcmp(works[i].name, argv[1]) == 0)
            return works[i].measure(&works[i].shape, 0, &unused) ? EXIT_SUCCESS : EXIT_FAILURE;
    fprintf(stderr, "repeat_work: there is no work %s\n", argv[1]);
    return EXIT_FAILURE;
}
