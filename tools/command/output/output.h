/* SPDX-License-Identifier: MIT */
/* A forecast in the form that the option format names. */
#ifndef TOOLS_COMMAND_OUTPUT_OUTPUT_H
#define TOOLS_COMMAND_OUTPUT_OUTPUT_H

#include "command/output/forecast.h"
#include <stdio.h>

/**
 * Write a forecast to a file or standard output (sink.h).
 *
 * @param format  "csv", "jsonl" or "npy"; NULL = csv
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int output_write(const forecast *made, const char *format, const char *path);

/** CSV: series (long tables), time, and for each column the value, lower and upper bounds by
    level. */
void output_csv(const forecast *made, FILE *file);

/** JSON lines: an object per series and row with the names of CSV; null where there is no value. */
void output_jsonl(const forecast *made, FILE *file);

/** NPY: float32 [S, H, K, 1 + 2 L]: the value, then lower and upper by level. */
void output_npy(const forecast *made, FILE *file);

#endif
