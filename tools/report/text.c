/* SPDX-License-Identifier: MIT */
#include "report/text.h"

#include "report/number.h"
#include "table/memory.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void report_text_free(report_text *text)
{
    table_release(text->bytes);
    *text = (report_text){0};
}

static bool reserve(report_text *text, size_t more)
{
    if (text->failed || more > SIZE_MAX / 4 - text->length) {
        text->failed = true;
        return false;
    }
    size_t needed = text->length + more + 1;
    if (needed <= text->capacity)
        return true;
    size_t capacity = needed + text->capacity / 2 + 1024;
    char *bytes = table_resize(text->bytes, capacity);
    if (bytes == NULL) {
        text->failed = true;
        return false;
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void report_add_bytes(report_text *text, const char *bytes, size_t size)
{
    if (!reserve(text, size))
        return;
    memcpy(text->bytes + text->length, bytes, size);
    text->length += size;
    text->bytes[text->length] = '\0';
}

void report_add(report_text *text, const char *markup)
{
    report_add_bytes(text, markup, strlen(markup));
}

void report_addf(report_text *text, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int size = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (size < 0)
        text->failed = true;
    else if (reserve(text, (size_t)size)) {
        vsnprintf(text->bytes + text->length, (size_t)size + 1, format, again);
        text->length += (size_t)size;
    }
    va_end(again);
}

/* The bytes of the character at `s`; 0 if they are not one of UTF-8 (RFC 3629, section 4). */
static size_t character(const unsigned char *s)
{
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xC2 ? 0 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (s[0] > 0xF4)
        return 0;
    for (size_t i = 1; i < n; i++)
        if (s[i] < 0x80 || s[i] > 0xBF)
            return 0;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ||
        (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F))
        return 0;
    return n;
}

/* Characters that XML 1.0 does not allow: controls, and U+FFFE and U+FFFF. */
static bool is_control(const unsigned char *s, size_t n)
{
    if (n == 1)
        return (s[0] < 0x20 && s[0] != '\t' && s[0] != '\n') || s[0] == 0x7F;
    return (n == 2 && s[0] == 0xC2 && s[1] < 0xA0) ||
           (n == 3 && s[0] == 0xEF && s[1] == 0xBF && s[2] >= 0xBE);
}

static const char REPLACEMENT[] = "\xEF\xBF\xBD";

static const char *reference(unsigned char c)
{
    switch (c) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void report_add_escaped(report_text *text, const char *data)
{
    const unsigned char *s = (const unsigned char *)(data == NULL ? "" : data);
    while (*s != '\0') {
        size_t n = character(s);
        if (n == 0 || is_control(s, n))
            report_add(text, REPLACEMENT);
        else if (reference(*s) != NULL)
            report_add(text, reference(*s));
        else
            report_add_bytes(text, (const char *)s, n);
        s += n == 0 ? 1 : n;
    }
}

void report_add_json(report_text *text, const char *data)
{
    const unsigned char *s = (const unsigned char *)(data == NULL ? "" : data);
    report_add(text, "\"");
    while (*s != '\0') {
        size_t n = character(s);
        if (n == 0 || is_control(s, n))
            report_add(text, REPLACEMENT);
        else if (n == 1 && (*s < 0x20 || strchr("<>&\"'\\", *s) != NULL))
            report_addf(text, "\\u%04x", (unsigned)*s);
        else
            report_add_bytes(text, (const char *)s, n);
        s += n == 0 ? 1 : n;
    }
    report_add(text, "\"");
}

static void add_double(report_text *text, const char *format, int digits, double value)
{
    char number[400];
    report_number_text(number, sizeof number, format, digits, value);
    report_add(text, number);
}

static void add_general(report_text *text, double value, int digits)
{
    /* 123456 rather than 1.235e+05 */
    if (fabs(value) >= pow(10, digits) && fabs(value) < 1e15)
        add_double(text, "%.*f", 0, value);
    else
        add_double(text, "%.*g", digits, value + 0.0 /* no -0 */);
}

void report_add_number(report_text *text, double value, int digits)
{
    if (isfinite(value))
        add_general(text, value, digits);
    else
        report_add(text, "\xE2\x80\x93");
}

void report_add_json_number(report_text *text, double value, int digits)
{
    if (isfinite(value))
        add_general(text, value, digits);
    else
        report_add(text, "null");
}

void report_add_fixed(report_text *text, double value, int digits)
{
    add_double(text, "%.*f", digits, value);
}
