/* SPDX-License-Identifier: MIT */
/* A filter: rows on standard input, a forecast on standard output after each. */
#include "command/cells.h"
#include "command/console/message.h"
#include "command/console/number.h"
#include "command/console/stop.h"
#include "command/options/commands.h"
#include "command/stepper.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* The model of a filter and what it writes with. */
typedef struct filter {
    stepper model;
    cells cells;
    lstm_real *row, *y; /* [C], [H, K]                              */
    int64_t every;
    bool json;
    int64_t n_row; /* of standard input                             */
} filter;

static int open_filter(filter *f, const settings *set)
{
    const char *delimiter = set->delimiter == NULL ? "," : set->delimiter;
    if (strcmp(delimiter, "tab") == 0)
        delimiter = "\t";
    if (strlen(delimiter) != 1)
        return message_error("--delimiter is '%s', expected one character or tab", delimiter);
    if (set->format != NULL && strcmp(set->format, "npy") == 0)
        return message_error("--format npy: a filter writes csv or jsonl");
    f->every = set->every == 0 ? 1 : set->every;
    f->json = set->format != NULL && strcmp(set->format, "jsonl") == 0;
    if (stepper_open(&f->model, set) != EXIT_OK ||
        cells_open(&f->cells, f->model.frame, *delimiter) != EXIT_OK)
        return EXIT_FAILED;
    f->row = calloc((size_t)f->model.C, sizeof *f->row);
    f->y = calloc((size_t)(f->model.H * f->model.K), sizeof *f->y);
    return f->row == NULL || f->y == NULL ? message_error("out of memory") : EXIT_OK;
}

static void close_filter(filter *f)
{
    free(f->row);
    free(f->y);
    cells_close(&f->cells);
    stepper_close(&f->model);
}

/* "a_1,b_1,a_2,b_2": each column one row ahead, then two. */
static void write_header(const filter *f)
{
    for (int64_t h = 0; h < f->model.H; h++)
        for (int64_t k = 0; k < f->model.K; k++)
            printf("%s%s_%lld", h + k == 0 ? "" : ",", stepper_target(&f->model, k),
                   (long long)h + 1);
    putchar('\n');
}

static void write_forecast(const filter *f)
{
    char text[32];
    if (f->json)
        printf("{\"row\":%lld,\"y\":[", (long long)f->n_row);
    for (int64_t i = 0; i < f->model.H * f->model.K; i++) {
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
    if (stepper_push(&f->model, f->row) < 0)
        return message_error("standard input: line %lld: %s", (long long)number, lstm_last_error());
    if (f->n_row % f->every != 0)
        return EXIT_OK;
    if (stepper_forecast(&f->model, f->y) < 0)
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
        ssize_t size = getline(&line, &capacity, stdin);
        if (size < 0)
            break;
        if (memchr(line, 0, (size_t)size) != NULL) {
            code = message_error("standard input: line %lld: there is a byte 0, which no text has",
                                 (long long)number);
            break;
        }
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
