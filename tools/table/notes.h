/* SPDX-License-Identifier: MIT */
/* Errors and remarks: what the reader tells the user. */
#ifndef TOOLS_TABLE_NOTES_H
#define TOOLS_TABLE_NOTES_H

#include "table/types.h"

enum { TABLE_QUOTE = 64 }; /* bytes of a quoted cell with its 0 */

/** Set the error. @return status */
lstm_status table_fail(table_error *error, lstm_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Set the error with its place. column 0 = the whole line. @return status */
lstm_status table_fail_at(table_error *error, lstm_status status, int64_t line, int64_t column,
                          const char *format, ...) __attribute__((format(printf, 5, 6)));

/** The error LSTM_E_NOMEM. */
lstm_status table_fail_memory(table_error *error);

/** Append a remark. @return LSTM_OK; LSTM_E_NOMEM. */
lstm_status table_remark_add(table_remarks *remarks, table_error *error, table_topic topic,
                             int64_t count, int64_t line, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/** A cell for a message: in double quotes, shortened, without control characters. @return out */
const char *table_quote(char out[TABLE_QUOTE], const char *text, size_t size);

#endif
