/* SPDX-License-Identifier: MIT */
/* What part of the plane a chart shows, and which points of its lines. */
#ifndef TOOLS_REPORT_SCALE_H
#define TOOLS_REPORT_SCALE_H

#include "report/chart_types.h"

/** The ranges of both axes: low < high. */
typedef struct report_scale {
    double x_low, x_high, y_low, y_high;
} report_scale;

/** A picture is REPORT_SIDE wide and high, and stretched to its place. */
#define REPORT_SIDE 1000.0

/** The ranges of a chart. @return false if no mark has a finite point. */
bool report_scale_of(const report_chart *chart, report_scale *scale);

/** Where a value is, 0 .. 1 from the left, and from the top. */
double report_scale_x(const report_scale *scale, double x);
double report_scale_y(const report_scale *scale, double y);

/** The largest of the finite values; NaN if there is none. */
double report_peak(int64_t n, const double *y);

/** The least distance of two bars; 1 if there is one bar. */
double report_bar_distance(const report_mark *mark);

#endif
