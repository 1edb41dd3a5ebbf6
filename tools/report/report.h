/* SPDX-License-Identifier: MIT */
/**
 * A report: what a forecaster forecasts, how good it is, and what it was made of, as one HTML file
 * that needs nothing else. report_write() takes plain arrays and knows nothing of the library;
 * gather.h fills them from its objects.
 *
 * Names and other texts may hold any bytes; what is not UTF-8 becomes U+FFFD. Missing numbers are
 * NaN. A section without data is left out. No function keeps a pointer of the caller's.
 *
 * Thread-safety: any thread, at any time.
 */
#ifndef TOOLS_REPORT_REPORT_H
#define TOOLS_REPORT_REPORT_H

#include "report/data.h"
#include "report/text.h"

/**
 * Add the report to a text. 8 columns of 20,000 rows take less than 1 MB.
 *
 * @return false if there was no memory: the text is not complete.
 */
bool report_write(report_text *text, const report_data *data);

#endif
