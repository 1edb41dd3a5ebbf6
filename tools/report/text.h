/* SPDX-License-Identifier: MIT */
/* A growing text, and what data must become before it is a part of HTML, XML or JSON. */
#ifndef TOOLS_REPORT_TEXT_H
#define TOOLS_REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A text. All 0 is an empty one. After a failure nothing is added any more. */
typedef struct report_text {
    char *bytes; /**< `length` bytes and a 0; NULL while it is empty */
    size_t length, capacity;
    bool failed; /**< there was no memory                            */
} report_text;

/** Free the bytes; the text is empty again. */
void report_text_free(report_text *text);

/** Add characters as they are: markup of ours, never data. */
void report_add(report_text *text, const char *markup);

/** Add `size` bytes as they are. */
void report_add_bytes(report_text *text, const char *bytes, size_t size);

/** Add markup by printf(). No number of floating point, whose form depends on the locale. */
void report_addf(report_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/**
 * Add data as text of an element or of an attribute in double quotes: <, >, &, " and ' become
 * references; control characters other than tab and line feed, and bytes that are not UTF-8,
 * become U+FFFD. NULL is an empty text.
 */
void report_add_escaped(report_text *text, const char *data);

/** Add data as a JSON string with its quotes, which may stand in a <script> of HTML. Characters are
    replaced as by report_add_escaped(). */
void report_add_json(report_text *text, const char *data);

/** Add a number with some significant digits and a decimal point in any locale; null in JSON, or
    a dash (U+2013) in text, where it is not finite. */
void report_add_number(report_text *text, double value, int digits);
void report_add_json_number(report_text *text, double value, int digits);

/** Add a number with some digits after the decimal point. It must be finite. */
void report_add_fixed(report_text *text, double value, int digits);

#endif
