/* SPDX-License-Identifier: MIT */
/* Lines with fewer points that look the same. */
#ifndef TOOLS_REPORT_THIN_H
#define TOOLS_REPORT_THIN_H

#include <stdint.h>

/**
 * Choose the points of a line that are drawn: it is divided into equal numbers of points, and of
 * each division the first of the least and the first of the largest values are kept, in their
 * order, and the first missing value (NaN), so that a gap stays one.
 * The first and the last point are kept. With n <= most all points are kept.
 *
 * @param y            [n]
 * @param most         points at most, >= 8
 * @param[out] chosen  [min(n, most)] numbers of points, ascending
 * @return their number; 0 for n <= 0.
 */
int64_t report_thin(const double *y, int64_t n, int64_t most, int64_t *chosen);

#endif
