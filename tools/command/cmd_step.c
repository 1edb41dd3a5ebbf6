/* SPDX-License-Identifier: MIT */
/* A filter: rows on standard input, a forecast on standard output after each. */
#include "command/cells.h"
#include "command/commands.h"
#include "command/message.h"
#include "command/number.h"
#include "command/source.h"
#include "command/stop.h"
#include "table/date.h"
#include <errno.h>
#include <lstmts/stream.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The stream of a filter and what it writes with. */
typedef struct filter {
    lstm_forecaster *forecaster;
    lstm_dataset *frame; /* its columns; NULL if `from` has them    */
    source from;         /* rows that came before, or nothing       */
    lstm_stream *stream;
    cells cells;
    lstm_real *row, *y; /* [C], [H, K]                              */
    int64_t horizon, n_target, every;
    bool json;
    int64_t n_row; /* of standard input                             */
} filter;

static int open_stream(filter *f, const settings *set)
{
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    table_stamp start = {0};
    if (set->start != NULL &&
        table_date_read(set->start, strlen(set->start), &start) != TABLE_DATE_OK)
        return message_error("--start is '%s', expected a time as 2020-07-15 14:30", set->start);
    options.dataset = f->from.data;
    options.series = f->from.data == NULL ? LSTM_NEW_SERIES : 0;
    options.start = start.time;
    options.horizon = set->horizon;
    if (lstm_stream_new(&f->stream, f->forecaster, &options) < 0)
        return message_library(set->saved);
    f->horizon = lstm_stream_horizon(f->stream);
    f->n_target = lstm_forecaster_targets(f->forecaster);
    f->every = set->every == 0 ? 1 : set->every;
    f->json = set->format != NULL && strcmp(set->format, "jsonl") == 0;
    f->row = calloc((size_t)lstm_dataset_width(f->frame), sizeof *f->row);
    f->y = calloc((size_t)(f->horizon * f->n_target), sizeof *f->y);
    return f->row == NULL || f->y == NULL ? message_error("out of memory") : EXIT_OK;
}

static int open_filter(filter *f, const settings *set)
{
    lstm_dataset *empty = NULL;
    const char *delimiter = set->delimiter == NULL ? "," : set->delimiter;
    if (set->format != NULL && strcmp(set->format, "npy") == 0)
        return message_error("--format npy: a filter writes csv or jsonl");
    if (lstm_forecaster_load(&f->forecaster, set->saved) < 0 ||
        lstm_forecaster_frame(&f->frame, f->forecaster) < 0)
        return message_library(set->saved);
    if (set->data != NULL) {
        if (lstm_forecaster_frame(&empty, f->forecaster) < 0)
            return message_library(set->saved);
        if (source_read(&f->from, set) != EXIT_OK) {
            lstm_dataset_free(empty);
            return EXIT_FAILED;
        }
        if (source_fill(&f->from, empty) != EXIT_OK)
            return EXIT_FAILED;
    }
    if (cells_open(&f->cells, f->frame, strcmp(delimiter, "tab") == 0 ? '\t' : *delimiter) !=
        EXIT_OK)
        return EXIT_FAILED;
    return open_stream(f, set);
}

static void close_filter(filter *f)
{
    free(f->row);
    free(f->y);
    cells_close(&f->cells);
    lstm_stream_free(f->stream);
    source_close(&f->from);
    lstm_dataset_free(f->frame);
    lstm_forecaster_free(f->forecaster);
}

/* The name of target k; ends at the first of the others. */
static const char *target_name(const filter *f, int64_t k)
{
    for (int64_t c = 0; c < lstm_dataset_width(f->frame); c++) {
        int64_t role = lstm_dataset_role(f->frame, c);
        if ((role == LSTM_ROLE_BOTH || role == LSTM_ROLE_TARGET) && k-- == 0)
            return lstm_dataset_column_name(f->frame, c);
    }
    return "";
}

/* "a_1,b_1,a_2,b_2": each column one row ahead, then two. */
static void write_header(const filter *f)
{
    for (int64_t h = 0; h < f->horizon; h++)
        for (int64_t k = 0; k < f->n_target; k++)
            printf("%s%s_%lld", h + k == 0 ? "" : ",", target_name(f, k), (long long)h + 1);
    putchar('\n');
}

static void write_forecast(const filter *f)
{
    char text[32];
    if (f->json)
        printf("{\"row\":%lld,\"y\":[", (long long)f->n_row);
    for (int64_t i = 0; i < f->horizon * f->n_target; i++) {
        if (i > 0)
            putchar(',');
        if (!isnan(f->y[i]))
            fputs(number_print(text, f->y[i]), stdout);
        else if (f->json)
            fputs("null", stdout);
    }
    fputs(f->json ? "]}\n" : "\n", stdout);
}

static int take_row(filter *f, char *line, int64_t number)
{
    if (cells_read(&f->cells, line, number, f->row) != EXIT_OK)
        return EXIT_FAILED;
    f->n_row++;
    if (lstm_stream_push(f->stream, f->row) < 0)
        return message_error("standard input: line %lld: %s", (long long)number, lstm_last_error());
    if (f->n_row % f->every != 0)
        return EXIT_OK;
    if (lstm_stream_forecast(f->stream, f->y) < 0)
        return message_error("standard input: line %lld: %s", (long long)number, lstm_last_error());
    write_forecast(f);
    if (fflush(stdout) == 0)
        return EXIT_OK;
    return errno == EPIPE ? EXIT_FAILED : message_error("standard output: %s", strerror(errno));
}

static int run_filter(filter *f)
{
    char *line = NULL;
    size_t capacity = 0;
    int code = EXIT_OK;
    for (int64_t number = 1; code == EXIT_OK && !stop_wanted(); number++) {
        if (getline(&line, &capacity, stdin) < 0)
            break;
        int header = number == 1 ? cells_header(&f->cells, line) : 0;
        if (header < 0)
            code = EXIT_FAILED;
        else if (header == 0)
            code = take_row(f, line, number);
    }
    free(line);
    if (code == EXIT_OK && ferror(stdin) && !stop_wanted())
        code = message_error("standard input: cannot be read");
    return code;
}

int cmd_step(const settings *set)
{
    filter f = {0};
    int code = open_filter(&f, set);
    stop_watch();
    if (code == EXIT_OK && !f.json) {
        write_header(&f);
        fflush(stdout);
    }
    if (code == EXIT_OK)
        code = run_filter(&f);
    close_filter(&f);
    stop_now();
    return code;
}
