/* SPDX-License-Identifier: MIT */
/* A filter: rows on standard input, a forecast on standard output after each. */
#include "command/cells.h"
#include "command/console/message.h"
#include "command/console/number.h"
#include "command/console/stop.h"
#include "command/options/commands.h"
#include "command/output/name.h"
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
    lstm_real *row, *y; /* [C], [N, K]                              */
    int64_t every;
    bool json;
    int64_t n_row; /* of standard input                             */
} filter;

static int open_filter(filter *f, const settings *set)
{
    if (set->format != NULL && strcmp(set->format, "npy") == 0) {
        message_error("--format is 'npy', expected csv|jsonl: a filter writes lines");
        return EXIT_USAGE;
    }
    f->every = set->every == 0 ? 1 : set->every;
    f->json = set->format != NULL && strcmp(set->format, "jsonl") == 0;
    if (stepper_open(&f->model, set) != EXIT_OK ||
        cells_open(&f->cells, f->model.frame, stepper_series(&f->model), set) != EXIT_OK)
        return EXIT_FAILED;
    f->row = calloc((size_t)f->model.C, sizeof *f->row);
    f->y = calloc((size_t)(f->model.N * f->model.K), sizeof *f->y);
    return f->row == NULL || f->y == NULL ? message_error("out of memory") : EXIT_OK;
}

static void close_filter(filter *f)
{
    free(f->row);
    free(f->y);
    cells_close(&f->cells);
    stepper_close(&f->model);
}

/* "a_1,b_1,a_2,b_2": each column one row ahead, then two. Bounds follow their value. */
static void write_header(const filter *f)
{
    const stepper *model = &f->model;
    char ending[48];
    for (int64_t i = 0; i < model->H * model->K; i++) {
        const char *name = stepper_target(model, i % model->K);
        long long ahead = (long long)(i / model->K) + 1;
        if (i > 0)
            putchar(',');
        snprintf(ending, sizeof ending, "_%lld", ahead);
        name_csv(stdout, name, ending);
        for (int64_t l = 0; l < 2 * model->L; l++) {
            putchar(',');
            snprintf(ending, sizeof ending, "_%lld_%s_%g", ahead, l % 2 == 0 ? "lower" : "upper",
                     100 * model->levels[l / 2]);
            name_csv(stdout, name, ending);
        }
    }
    putchar('\n');
}

/* An empty cell, or null, where there is no number. */
static void write_number(const filter *f, lstm_real value)
{
    char text[32];
    if (!isnan(value))
        fputs(number_print(text, value), stdout);
    else if (f->json)
        fputs("null", stdout);
}

static void write_line(const filter *f)
{
    const stepper *model = &f->model;
    for (int64_t i = 0; i < model->H * model->K; i++) {
        if (i > 0)
            putchar(',');
        write_number(f, f->y[i]);
        for (int64_t l = 0; l < 2 * model->L; l++) {
            putchar(',');
            write_number(f, stepper_bound(model, l % 2 != 0, l / 2, i / model->K, i % model->K));
        }
    }
    putchar('\n');
}

/* The rows of one column: its values, or a bound of level l. */
static void write_array(const filter *f, int64_t k, int64_t l, const char *side)
{
    const stepper *model = &f->model;
    char ending[32] = "";
    if (side != NULL)
        snprintf(ending, sizeof ending, "_%s_%g", side, 100 * model->levels[l]);
    putchar(',');
    name_json(stdout, stepper_target(model, k), ending);
    for (int64_t h = 0; h < model->H; h++) {
        fputs(h == 0 ? ":[" : ",", stdout);
        write_number(f, side == NULL ? f->y[h * model->K + k]
                                     : stepper_bound(model, *side == 'u', l, h, k));
    }
    putchar(']');
}

/* Names as in the output of predict, each with the rows ahead. */
static void write_object(const filter *f)
{
    printf("{\"row\":%lld", (long long)f->n_row);
    for (int64_t k = 0; k < f->model.K; k++) {
        write_array(f, k, 0, NULL);
        for (int64_t l = 0; l < f->model.L; l++) {
            write_array(f, k, l, "lower");
            write_array(f, k, l, "upper");
        }
    }
    fputs("}\n", stdout);
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
    if (stepper_forecast(&f->model, f->y) < 0) {
        char where[64];
        snprintf(where, sizeof where, "standard input: line %lld", (long long)number);
        return stepper_fail(&f->model, where);
    }
    f->json ? write_object(f) : write_line(f);
    if (fflush(stdout) == 0)
        return EXIT_OK;
    return errno == EPIPE ? EXIT_FAILED : message_error("standard output: %s", strerror(errno));
}

static int take_line(filter *f, char *line, int64_t number)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* of the byte order, which some programs write */
    if (number == 1 && strncmp(line, mark, sizeof mark - 1) == 0)
        line += sizeof mark - 1;
    int header = number == 1 ? cells_header(&f->cells, line) : 0;
    if (header < 0)
        return EXIT_FAILED;
    return header == 0 ? take_row(f, line, number) : EXIT_OK;
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
        code = take_line(f, line, number);
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
