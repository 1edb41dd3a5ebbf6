/* SPDX-License-Identifier: MIT */
#include "table/text/dialect.h"

#include "table/date.h"
#include "table/memory.h"
#include "table/notes.h"
#include "table/text/number.h"

#include <string.h>

/* A sample while it is taken. */
typedef struct taking {
    table_sample *sample;
    table_error *error;
} taking;

static lstm_status take_cell(void *context, const char *text, size_t size, int64_t line,
                             int64_t column)
{
    (void)line, (void)column;
    taking *t = context;
    table_sample *sample = t->sample;
    int64_t n = (int64_t)size;
    if (!table_reserve((void **)&sample->cells, &sample->cells_capacity, sample->n_cell + 1,
                       sizeof *sample->cells) ||
        !table_reserve((void **)&sample->text, &sample->text_capacity, sample->n_text + n + 1, 1))
        return table_fail_memory(t->error);
    memcpy(sample->text + sample->n_text, text, size);
    sample->cells[sample->n_cell++] = (table_sample_cell){sample->n_text, n};
    sample->n_text += n;
    return LSTM_OK;
}

static lstm_status take_row(void *context, int64_t line, int64_t n)
{
    table_sample *sample = ((taking *)context)->sample;
    sample->rows[sample->n_row++] = (table_sample_row){sample->n_cell - n, n, line};
    return sample->n_row == TABLE_SAMPLE_ROWS ? LSTM_END : LSTM_OK;
}

static lstm_status take_sample(table_sample *sample, char delimiter, const char *text, size_t size,
                               bool whole, const table_limits *limits, table_error *error)
{
    taking t = {sample, error};
    table_handler handler = {&t, take_cell, take_row};
    table_records *records;
    lstm_status status = table_records_open(&records, delimiter, &handler, limits, error);
    if (status < 0)
        return status;
    status = table_records_feed(records, text, size);
    /* otherwise the last row may end behind the text, inside of a quote */
    if (status == LSTM_OK && whole)
        status = table_records_end(records);
    table_records_close(records);
    return status < 0 ? status : LSTM_OK;
}

const char *table_sample_at(const table_sample *sample, int64_t row, int64_t column, size_t *size)
{
    if (row >= sample->n_row || column >= sample->rows[row].n)
        return NULL;
    const table_sample_cell *cell = &sample->cells[sample->rows[row].first + column];
    *size = (size_t)cell->size;
    return sample->text + cell->begin;
}

void table_sample_close(table_sample *sample)
{
    table_release(sample->text);
    table_release(sample->cells);
    sample->text = NULL;
    sample->cells = NULL;
    sample->n_row = sample->n_cell = sample->n_text = 0;
    sample->text_capacity = sample->cells_capacity = 0;
}

/* Whether a cell is what tables are made of. */
static bool is_plain(const char *text, size_t size, char delimiter, const table_options *options)
{
    table_stamp stamp;
    return table_is_number(text, size, '.') ||
           (delimiter != ',' && table_is_number(text, size, ',')) ||
           table_is_missing(text, size, options->missing) ||
           table_date_read(text, size, &stamp) == TABLE_DATE_OK;
}

/* 0 .. 2; 0 if the text has a single column. */
static double score_of(const table_sample *sample, char delimiter, const table_options *options)
{
    if (sample->n_row == 0 || sample->rows[0].n < 2)
        return 0;
    int64_t same = 0, plain = 0, cells = 0;
    for (int64_t r = 0; r < sample->n_row; r++) {
        same += sample->rows[r].n == sample->rows[0].n;
        for (int64_t c = 0; r > 0 && c < sample->rows[r].n; c++) {
            size_t size = 0;
            const char *text = table_sample_at(sample, r, c, &size);
            plain += is_plain(text, size, delimiter, options);
            cells++;
        }
    }
    return (double)same / (double)sample->n_row + (cells == 0 ? 0 : (double)plain / (double)cells);
}

static char decimal_of(const table_sample *sample, char delimiter)
{
    int64_t points = 0, commas = 0;
    for (int64_t i = 0; i < sample->n_cell; i++) {
        const char *text = sample->text + sample->cells[i].begin;
        size_t size = (size_t)sample->cells[i].size;
        if (memchr(text, '.', size) != NULL)
            points += table_is_number(text, size, '.');
        else if (memchr(text, ',', size) != NULL)
            commas += table_is_number(text, size, ',');
    }
    if (delimiter != ',' && commas > 0 && points == 0)
        return ',';
    return '.';
}

lstm_status table_dialect_detect(table_dialect *dialect, table_sample *sample, const char *text,
                                 size_t size, bool whole, const table_options *options,
                                 const table_limits *limits, table_error *error)
{
    static const char candidates[] = {';', '\t', '|', ','};
    char best = options->delimiter;
    if (best == 0)
        best = ',';
    double best_score = 0;
    for (size_t i = 0; i < sizeof candidates && options->delimiter == 0; i++) {
        lstm_status status = take_sample(sample, candidates[i], text, size, whole, limits, error);
        double score = status < 0 ? 0 : score_of(sample, candidates[i], options);
        table_sample_close(sample);
        if (status == LSTM_E_NOMEM)
            return status;
        if (score > best_score) {
            best_score = score;
            best = candidates[i];
        }
    }
    lstm_status status = take_sample(sample, best, text, size, whole, limits, error);
    if (status < 0)
        return status;
    dialect->delimiter = best;
    dialect->decimal = options->decimal;
    if (dialect->decimal == 0)
        dialect->decimal = decimal_of(sample, best);
    return LSTM_OK;
}
