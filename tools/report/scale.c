/* SPDX-License-Identifier: MIT */
#include "report/scale.h"

#include <float.h>
#include <math.h>
#include <stddef.h>

static void include(double value, double *low, double *high)
{
    if (!isfinite(value))
        return;
    *low = fmin(*low, value);
    *high = fmax(*high, value);
}

double report_bar_distance(const report_mark *mark)
{
    double least = INFINITY;
    for (int64_t i = 1; i < mark->n; i++)
        least = fmin(least, mark->x[i] - mark->x[i - 1]);
    return isfinite(least) && least > 0 ? least : 1;
}

static void include_mark(const report_mark *mark, report_scale *scale)
{
    const double beside = mark->kind == REPORT_BARS ? report_bar_distance(mark) / 2 : 0;
    for (int64_t i = 0; i < mark->n; i++) {
        if (mark->x != NULL) {
            include(mark->x[i] - beside, &scale->x_low, &scale->x_high);
            include(mark->x[i] + beside, &scale->x_low, &scale->x_high);
        }
        if (mark->y != NULL)
            include(mark->y[i], &scale->y_low, &scale->y_high);
        if (mark->low != NULL)
            include(mark->low[i], &scale->y_low, &scale->y_high);
    }
    if (mark->kind == REPORT_BARS)
        include(0, &scale->y_low, &scale->y_high);
}

/* A range that is none becomes one around its value. */
static void widen(double *low, double *high)
{
    if (*high > *low)
        return;
    double half = fmax(fabs(*low) * 0.05, 0.5);
    *low -= half;
    *high += half;
}

double report_peak(int64_t n, const double *y)
{
    double peak = NAN;
    for (int64_t i = 0; i < n; i++)
        peak = isfinite(y[i]) ? fmax(peak, y[i]) : peak;
    return peak;
}

bool report_scale_of(const report_chart *chart, report_scale *scale)
{
    *scale = (report_scale){INFINITY, -INFINITY, INFINITY, -INFINITY};
    for (int64_t i = 0; i < chart->n_mark; i++)
        include_mark(&chart->marks[i], scale);
    if (!(scale->x_low <= scale->x_high) || !(scale->y_low <= scale->y_high))
        return false;
    if (chart->y_top > 0)
        scale->y_high = fmin(scale->y_high, chart->y_top);
    if (chart->has_zero)
        include(0, &scale->y_low, &scale->y_high);
    widen(&scale->x_low, &scale->x_high);
    widen(&scale->y_low, &scale->y_high);
    /* Halves first: the range itself may overflow. */
    const double margin = 0.1 * (scale->y_high / 2 - scale->y_low / 2);
    if (chart->is_share) {
        scale->y_low = fmax(0, floor(10 * scale->y_low - 0.5) / 10);
        scale->y_high = 1;
        return true;
    }
    scale->y_low = fmax(scale->y_low - (scale->y_low == 0 ? 0 : margin), -DBL_MAX);
    scale->y_high = fmin(scale->y_high + (scale->y_high == 0 ? 0 : margin), DBL_MAX);
    return true;
}

double report_scale_x(const report_scale *scale, double x)
{
    return (x / 2 - scale->x_low / 2) / (scale->x_high / 2 - scale->x_low / 2);
}

double report_scale_y(const report_scale *scale, double y)
{
    return (scale->y_high / 2 - y / 2) / (scale->y_high / 2 - scale->y_low / 2);
}
