/* SPDX-License-Identifier: MIT */
/* The sections of a report. One without data adds nothing. */
#ifndef TOOLS_REPORT_SECTIONS_H
#define TOOLS_REPORT_SECTIONS_H

#include "report/data.h"
#include "report/text.h"

/** Pictures of each column: forecasts from several origins, and all rows. */
void report_section_forecasts(report_text *text, const report_data *data);

/** Errors and coverage by step. */
void report_section_steps(report_text *text, const report_data *data);

/** The table of metrics. */
void report_section_scores(report_text *text, const report_data *data);

/** Residuals: histogram, autocorrelation, by hour and weekday. */
void report_section_residuals(report_text *text, const report_data *data);

/** The training curves. */
void report_section_training(report_text *text, const report_data *data);

/** The data's own summary. */
void report_section_facts(report_text *text, const report_data *data);

/** Settings, configuration and command. */
void report_section_settings(report_text *text, const report_data *data);

#endif
