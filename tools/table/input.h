/* SPDX-License-Identifier: MIT */
/* Bytes of a file, a pipe or memory, decompressed if they are gzip's. */
#ifndef TOOLS_TABLE_INPUT_H
#define TOOLS_TABLE_INPUT_H

#include "table/types.h"

/** Bytes that are seen at once. Inputs of fuzzers are small, and are to have several chunks. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
enum { TABLE_CHUNK = 1 << 9 };
#else
enum { TABLE_CHUNK = 1 << 18 };
#endif

typedef struct table_input table_input;

/** Where bytes come from: memory if it is not NULL; the descriptor if that is not negative, which
    stays open; else the file. */
typedef struct table_source {
    const char *path;
    int descriptor;
    const void *memory;
    size_t size;
} table_source;

/**
 * Open a source. A path may lead to a file or a pipe. Anything else (a folder, a device, a socket)
 * is LSTM_E_IO.
 *
 * @param max_bytes  of the decompressed bytes
 * @return LSTM_OK; LSTM_E_IO; LSTM_E_NOMEM, and as table_input_next(), whose first bytes are read.
 */
lstm_status table_input_open(table_input **input, const table_source *source, int64_t max_bytes,
                             table_error *error);

/** NULL is allowed. */
void table_input_close(table_input *input);

/** Whether it was compressed. */
bool table_input_is_gzip(const table_input *input);

/** The next bytes, without taking them: TABLE_CHUNK, or all that are left. *whole: all. */
void table_input_peek(const table_input *input, const char **data, size_t *size, bool *whole);

/** Take bytes from the front of those of table_input_peek(). */
void table_input_skip(table_input *input, size_t size);

/** Give back the last bytes that table_input_next() has returned, as its next ones. */
void table_input_return(table_input *input, size_t size);

/**
 * Take the next bytes, of which at least one is new unless the end is reached. They are valid until
 * the next call.
 *
 * @return LSTM_OK; LSTM_E_IO; LSTM_E_TRUNC if gzip's end is missing, or the file became shorter
 *         while it was read; LSTM_E_FORMAT if it is damaged; LSTM_E_LIMIT; LSTM_E_NOMEM.
 */
lstm_status table_input_next(table_input *input, const char **data, size_t *size,
                             table_error *error);

#endif
