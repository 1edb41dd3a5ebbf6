/* SPDX-License-Identifier: MIT */
/* Marks of a chart as shapes, and as numbers for the script. */
#ifndef TOOLS_REPORT_MARKS_H
#define TOOLS_REPORT_MARKS_H

#include "report/scale.h"
#include "report/text.h"

/** Add the SVG of a mark, REPORT_SIDE wide and high. */
void report_mark_add(report_text *text, const report_mark *mark, const report_scale *scale);

/** Add the JSON of a chart: its ranges, and the points of marks that have a name. */
void report_numbers_add(report_text *text, const report_chart *chart, const report_scale *scale);

#endif
