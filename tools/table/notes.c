/* SPDX-License-Identifier: MIT */
#include "table/notes.h"

#include "table/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void write_message(table_error *error, const char *format, va_list arguments)
{
    char place[64] = "";
    if (error->line > 0 && error->column > 0)
        snprintf(place, sizeof place, "line %lld, column %lld: ", (long long)error->line,
                 (long long)error->column);
    else if (error->line > 0)
        snprintf(place, sizeof place, "line %lld: ", (long long)error->line);
    int n = snprintf(error->message, sizeof error->message, "%.200s%s%s",
                     error->source == NULL ? "" : error->source, error->source == NULL ? "" : ": ",
                     place);
    if (n >= 0 && (size_t)n < sizeof error->message)
        vsnprintf(error->message + n, sizeof error->message - (size_t)n, format, arguments);
}

lstm_status table_fail(table_error *error, lstm_status status, const char *format, ...)
{
    error->status = status;
    error->line = error->column = 0;
    va_list arguments;
    va_start(arguments, format);
    write_message(error, format, arguments);
    va_end(arguments);
    return status;
}

lstm_status table_fail_at(table_error *error, lstm_status status, int64_t line, int64_t column,
                          const char *format, ...)
{
    error->status = status;
    error->line = line;
    error->column = column;
    va_list arguments;
    va_start(arguments, format);
    write_message(error, format, arguments);
    va_end(arguments);
    return status;
}

lstm_status table_fail_memory(table_error *error)
{
    return table_fail(error, LSTM_E_NOMEM, "out of memory");
}

lstm_status table_remark_add(table_remarks *remarks, table_error *error, table_topic topic,
                             int64_t count, int64_t line, const char *format, ...)
{
    if (!table_reserve((void **)&remarks->items, &remarks->capacity, remarks->n + 1,
                       sizeof *remarks->items))
        return table_fail_memory(error);
    table_remark *remark = &remarks->items[remarks->n++];
    remark->topic = topic;
    remark->count = count;
    remark->line = line;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(remark->text, sizeof remark->text, format, arguments);
    va_end(arguments);
    return LSTM_OK;
}

const char *table_quote(char out[TABLE_QUOTE], const char *text, size_t size)
{
    size_t most = TABLE_QUOTE - 6; /* two quotes, an ellipsis and the 0 */
    size_t n = size < most ? size : most;
    /* not in the middle of a character */
    while (n < size && n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    char *at = out;
    *at++ = '"';
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        *at++ = text[i];
        if (c < 0x20 || c == 0x7F)
            at[-1] = '?';
    }
    memcpy(at, n < size ? "...\"" : "\"", n < size ? 5 : 2);
    return out;
}
