/* SPDX-License-Identifier: MIT */
/*
 * Relative errors of arrays, kept by what the arrays are: all are compared before the test fails,
 * since time on a device is too scarce to find one mistake a run.
 */
#ifndef TESTS_DEVICE_TALLY_H
#define TESTS_DEVICE_TALLY_H

#include <stdint.h>

typedef struct tally tally;

/** `asked`: the relative error that is allowed at least. */
tally *tally_new(double asked);

/**
 * |got - want| / |want| in the L2 norm. A NaN in both counts as equal, in one of them as an
 * infinite error.
 */
double tally_error(int64_t n, const double *got, const double *want);

/**
 * Notes the error of an array. Float32 alone is off by `in_float` there: a device that sums in
 * another order is allowed four times that, if it is more than what is asked.
 *
 * @param what     the kind of array, up to " of "
 * @param times    how many times what is asked is allowed: as often as the quantity counts the
 *                 error of a gradient
 * @param context  the case, for a line about each of the first errors that are too large
 */
void tally_add(tally *t, const char *what, const char *context, double error, double times,
               double in_float);

/** Prints a line per kind; frees it; fails the running test if an error was too large. */
void tally_report(tally *t, const char *title);

#endif
