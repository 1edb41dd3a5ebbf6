/* SPDX-License-Identifier: MIT */
/* Charts in SVG, each in a <figure> with its legend and the numbers that a script shows. */
#ifndef TOOLS_REPORT_CHART_H
#define TOOLS_REPORT_CHART_H

#include "report/chart_types.h"
#include "report/text.h"

/** Add a chart; nothing if it has no finite value. */
void report_chart_add(report_text *text, const report_chart *chart);

#endif
