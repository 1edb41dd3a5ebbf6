/* SPDX-License-Identifier: MIT */
#include "table/text/records.h"

#include "table/memory.h"
#include "table/notes.h"

#include <csv.h>
#include <string.h>

struct table_records {
    struct csv_parser parser;
    table_handler handler;
    table_limits limits;
    table_error *error;
    lstm_status status; /* of the handler, or of a limit */
    int64_t line;       /* the present one */
    int64_t n_cell;     /* of the present row */
    int64_t begin_line; /* where the present row began */
    int64_t n_byte;     /* of the present row */
    char line_end;      /* '\n'; '\r' if there is no '\n' at all; 0 = not yet known */
    bool at_start;      /* of a line */
    bool in_row;        /* a row has begun and not ended */
    bool row_ended;     /* since this was cleared */
    bool in_comment;
};

static void take_cell(void *text, size_t size, void *context)
{
    table_records *records = context;
    records->n_cell++;
    if (records->status != LSTM_OK)
        return;
    if (records->n_cell > records->limits.max_columns) {
        records->status = table_fail_at(records->error, LSTM_E_LIMIT, records->line,
                                        records->n_cell, "there are more than %lld columns",
                                        (long long)records->limits.max_columns);
        return;
    }
    records->status = records->handler.cell(records->handler.context, size == 0 ? "" : text, size,
                                            records->line, records->n_cell);
}

static void take_row(int end, void *context)
{
    (void)end;
    table_records *records = context;
    if (records->status == LSTM_OK)
        records->status =
            records->handler.row(records->handler.context, records->line, records->n_cell);
    records->n_cell = 0;
    records->row_ended = true;
}

lstm_status table_records_open(table_records **records, char delimiter,
                               const table_handler *handler, const table_limits *limits,
                               table_error *error)
{
    table_records *opened = table_allocate(1, sizeof *opened);
    if (opened == NULL)
        return table_fail_memory(error);
    csv_init(&opened->parser, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_delim(&opened->parser, (unsigned char)delimiter);
    csv_set_realloc_func(&opened->parser, table_resize);
    csv_set_free_func(&opened->parser, table_release);
    csv_set_blk_size(&opened->parser, 4096);
    opened->handler = *handler;
    opened->limits = *limits;
    opened->error = error;
    opened->line = opened->begin_line = 1;
    opened->at_start = true;
    *records = opened;
    return LSTM_OK;
}

void table_records_close(table_records *records)
{
    if (records == NULL)
        return;
    csv_free(&records->parser);
    table_release(records);
}

static lstm_status explain(table_records *records)
{
    int fault = csv_error(&records->parser);
    if (fault == CSV_ENOMEM)
        return table_fail_memory(records->error);
    return table_fail_at(
        records->error, LSTM_E_FORMAT, records->line, records->n_cell + 1,
        "there is a quote inside of a cell: quotes enclose a whole cell, and a quote "
        "in it is written twice");
}

static bool is_blank(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n')
            return false;
    return true;
}

/* A piece of a row that does not reach over the end of a line. */
static lstm_status take_piece(table_records *records, const char *text, size_t size)
{
    if (!records->in_row) {
        records->begin_line = records->line;
        records->n_byte = 0;
    }
    records->n_byte += (int64_t)size;
    if (records->n_byte > records->limits.max_record)
        return table_fail_at(
            records->error, LSTM_E_LIMIT, records->begin_line,
            records->in_row ? records->n_cell + 1 : 0, /* of what was parsed before */
            "the row that begins here has more than %lld bytes; is the end of a quote missing?",
            (long long)records->limits.max_record);
    records->row_ended = false;
    size_t n = csv_parse(&records->parser, text, size, take_cell, take_row, records);
    if (records->status != LSTM_OK)
        return records->status;
    if (n != size)
        return explain(records);
    records->in_row = !records->row_ended && (records->in_row || !is_blank(text, size));
    return LSTM_OK;
}

/* Lines that begin with #, and a first line "sep=;" as spreadsheets write it. */
static bool is_comment(const table_records *records, const char *text, size_t size)
{
    if (text[0] == '#')
        return true;
    return records->line == 1 && size >= 5 && size <= 7 && memcmp(text, "sep=", 4) == 0;
}

/* A piece with its end of line, if it has one. */
static lstm_status take_line(table_records *records, const char *text, size_t size, bool ended)
{
    if (records->at_start && !records->in_row && is_comment(records, text, size))
        records->in_comment = true;
    lstm_status status = records->in_comment ? LSTM_OK : take_piece(records, text, size);
    records->at_start = ended;
    if (ended) {
        records->line++;
        records->in_comment = false;
    }
    return status;
}

lstm_status table_records_feed(table_records *records, const char *text, size_t size)
{
    if (size == 0)
        return LSTM_OK;
    const char *zero = memchr(text, 0, size);
    const char *end = zero == NULL ? text + size : zero;
    if (records->line_end == 0)
        records->line_end =
            memchr(text, '\n', size) == NULL && memchr(text, '\r', size) != NULL ? '\r' : '\n';
    while (text < end) {
        const char *line_end = memchr(text, records->line_end, (size_t)(end - text));
        const char *next = line_end == NULL ? end : line_end + 1;
        lstm_status status = take_line(records, text, (size_t)(next - text), line_end != NULL);
        if (status != LSTM_OK)
            return status;
        text = next;
    }
    if (zero != NULL)
        return table_fail_at(records->error, LSTM_E_FORMAT, records->line, records->n_cell + 1,
                             "there is a byte 0, which no text has");
    return LSTM_OK;
}

lstm_status table_records_end(table_records *records)
{
    if (csv_fini(&records->parser, take_cell, take_row, records) != 0)
        return csv_error(&records->parser) == CSV_ENOMEM
                   ? table_fail_memory(records->error)
                   : table_fail_at(records->error, LSTM_E_FORMAT, records->begin_line,
                                   records->n_cell + 1,
                                   "a quote in the row that begins here has no end");
    return records->status;
}
