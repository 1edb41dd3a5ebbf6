/* SPDX-License-Identifier: MIT */
/*
 * The environment variables of the library. No other file reads the environment
 * (tests/packaging/test_environment.py). The variables are for tests and measurements. They are
 * read when an object or its threads are created, never in an update or a step.
 *
 *     LSTMTS_KERNELS  name of the best kernel set to use (kernels/dispatch.c)
 *     LSTMTS_FOLD     0 or 1: never or always fold the input layer (network/packed.h)
 *     LSTMTS_SPLIT    1: use all threads, however small the work (network/unroll.c)
 */
#ifndef LTS_BASE_ENVIRONMENT_H
#define LTS_BASE_ENVIRONMENT_H

#include <stdbool.h>

/** The value of LSTMTS_KERNELS, or NULL if it is not set. The host owns it. */
const char *lts_environment_kernels(void);

/** Whether LSTMTS_FOLD is 0 or 1. *fold is true only if it is 1. */
bool lts_environment_fold(bool *fold);

/** Whether LSTMTS_SPLIT is 1. */
bool lts_environment_split(void);

#endif
