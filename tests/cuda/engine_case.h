/* SPDX-License-Identifier: MIT */
/*
 * A random plan (random_plan.h) on a companion's device, beside the library's updater on the
 * processor. A companion computes in float, whatever the build of the test.
 */
#ifndef TESTS_CUDA_ENGINE_CASE_H
#define TESTS_CUDA_ENGINE_CASE_H

#include "../../cuda/twin.h"
#include "network/device.h"
#include "random_plan.h"

/** The companion under test, and what controls it; control is NULL unless it is the twin. */
typedef struct tested_companion {
    const lts_device *device;
    lts_twin *control;
    int64_t precision;
    double tolerance; /**< relative, at that precision */
} tested_companion;

/**
 * Opens the library at argv[1]; argv[2] may be "high" or "medium", the precision to test. Exits if
 * that fails. What the companion asks for goes through the library's own allocator.
 */
tested_companion companion_open(int argc, char **argv);

enum { CASE_MAX_SIZE = 4096 };

typedef struct engine_case {
    random_plan random;
    lts_params params;
    lts_columns columns;
    lts_plan plan;
    float rows[RANDOM_MAX_ROWS * RANDOM_MAX_COLUMNS];
    lstm_series series;
    float values[CASE_MAX_SIZE], gradient[CASE_MAX_SIZE]; /* blocks of the table */
    float moments[LTS_MAX_MOMENTS][CASE_MAX_SIZE];
    lts_engine_options options;
    const lts_device *device;
    lts_engine *engine;
} engine_case;

/** Makes case `number` without its engine. The struct must stay where it is. */
void engine_case_make(engine_case *c, const tested_companion *companion, uint64_t number,
                      int64_t n_moment);
/** And opens the engine, and loads it. */
void engine_case_open(engine_case *c, const tested_companion *companion, uint64_t number,
                      int64_t n_moment);
void engine_case_close(engine_case *c);
/** Forward and backward over the windows of the case. */
lstm_status engine_case_backward(engine_case *c, double *step_loss, double *norm);

/** |a - b| and |b|, L2 norms over n elements. */
double distance(const float *a, const double *b, int64_t n, double *norm);

#endif
