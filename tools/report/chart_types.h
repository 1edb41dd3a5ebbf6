/* SPDX-License-Identifier: MIT */
/* A chart and its marks. */
#ifndef TOOLS_REPORT_CHART_TYPES_H
#define TOOLS_REPORT_CHART_TYPES_H

#include <stdbool.h>
#include <stdint.h>

/** What a mark of a chart is. */
typedef enum report_mark_kind {
    REPORT_LINE = 0, /**< through the points; a missing y is a gap                                */
    REPORT_BAND,     /**< from low to y                                                           */
    REPORT_BARS,     /**< from 0 to y, around each x                                              */
    REPORT_RULE,     /**< a vertical line at x[0], or a horizontal one at y[0] where x is NULL    */
} report_mark_kind;

/** Something that a chart shows. */
typedef struct report_mark {
    report_mark_kind kind;
    const char *name; /**< in the legend, and beside values; NULL = neither                    */
    const char *id;   /**< class by which the script finds it; NULL = none                     */
    int colour;       /**< 0 = that of the text, 1 .. 7 = a colour of its own                  */
    bool is_dashed;
    bool is_hidden; /**< not drawn; the ranges of the axes include it                         */
    int64_t n;
    const double *x, *y; /**< [n]; x ascending and finite                                         */
    const double *low;   /**< [n] of a band                                                       */
} report_mark;

/** A chart. */
typedef struct report_chart {
    const char *title; /**< also of the picture for those who do not see it              */
    const char *x_name, *y_name; /**< NULL = none                                                 */
    bool is_time;  /**< x are seconds since 1970                                     */
    bool has_zero; /**< 0 is within the range of y                                   */
    bool is_share; /**< y are shares: the range ends at 1, and begins below them     */
    double y_top;  /**< the range of y ends there; a line above it is cut, and the legend says how
                     far it goes; 0 = the range ends at the largest y                     */
    bool is_small; /**< half as high                                                 */
    const char *const *x_texts; /**< [x of a bar] in place of numbers, or NULL                    */
    int64_t n_mark;
    const report_mark *marks;
    const char *script_data; /**< JSON that the script of this kind of chart reads, or NULL       */
    const char *control;     /**< markup above the picture, or NULL                               */
} report_chart;

enum { REPORT_MOST_POINTS = 700 }; /**< points of a line; longer ones are thinned */

#endif
