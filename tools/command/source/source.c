/* SPDX-License-Identifier: MIT */
#include "command/source/source.h"
#include "command/console/message.h"
#include "command/options/guess.h"
#include "command/options/lists.h"
#include "command/source/calendar.h"
#include "command/source/future.h"
#include "command/source/statics.h"
#include "table/date.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_REMARKS = 3, PLACE = 256, LEAST_UNNAMED = 2 };

static table_policy policy_of(const char *name)
{
    static const struct {
        const char *name;
        table_policy policy;
    } all[] = {{"refuse", TABLE_REFUSE},
               {"first", TABLE_FIRST},
               {"last", TABLE_LAST},
               {"mean", TABLE_MEAN}};
    for (size_t i = 0; name != NULL && i < sizeof all / sizeof *all; i++)
        if (strcmp(name, all[i].name) == 0)
            return all[i].policy;
    return TABLE_DEFAULT;
}

static int read_options(table_options *options, const settings *set)
{
    const char *delimiter = set->delimiter;
    if (delimiter != NULL && strcmp(delimiter, "tab") == 0)
        delimiter = "\t";
    if (delimiter != NULL && strlen(delimiter) != 1)
        return message_error("--delimiter is '%s', expected one character or tab", delimiter);
    options->delimiter = (char)(delimiter == NULL ? 0 : *delimiter);
    options->decimal = (char)(set->decimal == NULL ? 0 : *set->decimal);
    options->header = set->no_header ? TABLE_HEADER_NO : TABLE_HEADER_DETECT;
    options->missing = set->missing;
    options->time_column = set->time_column;
    options->time_format = set->time_format;
    options->id_column = set->id_column;
    options->duplicates = policy_of(set->duplicates);
    return EXIT_OK;
}

/* The option of the command by which such a table can be read. */
static const char *hint_of(const table_error *error)
{
    const char *option = error->option == NULL ? "" : error->option;
    if (strcmp(option, "time_column") == 0)
        return " (--time '')";
    return strcmp(option, "id_column") == 0
               ? " (--id COLUMN), or --duplicates says which row is kept"
               : "";
}

/* What was done to the rows and columns of the table, in a few lines; with --verbose all that was
   found. `describe` shows it by itself. */
static void say_remarks(const table_remarks *remarks, const settings *set)
{
    static const table_topic topics[] = {TABLE_GAPS, TABLE_DUPLICATES, TABLE_ORDER, TABLE_CLOCK,
                                         TABLE_COLUMNS};
    int64_t n = 0;
    for (int64_t i = 0; set->verbose && i < remarks->n; i++)
        message_note("%s", remarks->items[i].text);
    if (set->verbose || set->quiet || strcmp(set->command, "describe") == 0)
        return;
    for (size_t t = 0; t < sizeof topics / sizeof *topics; t++)
        for (int64_t i = 0; i < remarks->n; i++)
            if (remarks->items[i].topic == topics[t] && n++ < MOST_REMARKS)
                message_note("Note: %s.", remarks->items[i].text);
    if (n > MOST_REMARKS)
        message_note("%lld more: -v", (long long)(n - MOST_REMARKS));
}

int source_read(source *from, const settings *set)
{
    table_options options = {0};
    table_error error = {0};
    list columns;
    *from = (source){0};
    if (read_options(&options, set) != EXIT_OK || list_read(&columns, set->columns) != EXIT_OK)
        return EXIT_FAILED;
    options.values = columns.items;
    options.n_value = columns.n;
    lstm_status status = table_read_file(&from->frame, set->data, &options, &error);
    list_free(&columns);
    if (status < 0)
        return message_error("%s%s", error.message, hint_of(&error));
    say_remarks(&from->frame->remarks, set);
    return EXIT_OK;
}

void source_close(source *from)
{
    lstm_dataset_free(from->data);
    table_free(from->frame);
    *from = (source){0};
}

static int refuse_column(const table_frame *frame, const char *option, const char *name)
{
    guess near = {.word = name};
    for (int64_t c = 0; c < frame->n_column; c++)
        guess_try(&near, frame->names[c]);
    if (near.name != NULL)
        return message_error("--%s: the table has no column '%s' with numbers; did you mean '%s'?",
                             option, name, near.name);
    return message_error("--%s: the table has no column '%s' with numbers", option, name);
}

/* Give the columns of a list a role. Targets that were named are no covariates. */
static int set_roles(int64_t *roles, const table_frame *frame, bool has_targets, const char *option,
                     const char *names, int64_t role)
{
    list columns;
    int code = list_read(&columns, names);
    for (int64_t i = 0; code == EXIT_OK && i < columns.n; i++) {
        int64_t c = 0;
        while (c < frame->n_column && strcmp(frame->names[c], columns.items[i]) != 0)
            c++;
        if (c == frame->n_column)
            code = refuse_column(frame, option, columns.items[i]);
        else if (has_targets && role != LSTM_ROLE_BOTH && roles[c] == LSTM_ROLE_BOTH)
            code = message_error("--%s: '%s' is a target, too", option, columns.items[i]);
        else
            roles[c] = role;
    }
    list_free(&columns);
    return code;
}

int source_roles(int64_t *roles, const table_frame *frame, const settings *set)
{
    for (int64_t c = 0; c < frame->n_column; c++)
        roles[c] = set->targets == NULL ? LSTM_ROLE_BOTH : LSTM_ROLE_INPUT;
    bool named = set->targets != NULL, is_left = false;
    int code = set_roles(roles, frame, named, "target", set->targets, LSTM_ROLE_BOTH);
    if (code == EXIT_OK)
        code = set_roles(roles, frame, named, "past", set->past, LSTM_ROLE_INPUT);
    if (code == EXIT_OK)
        code = set_roles(roles, frame, named, "known", set->known, LSTM_ROLE_KNOWN);
    for (int64_t c = 0; c < frame->n_column; c++)
        is_left |= roles[c] == LSTM_ROLE_BOTH;
    if (code == EXIT_OK && !is_left)
        code = message_error("no column is left to forecast: all are covariates");
    return code;
}

static int64_t missing_of(const char *fill)
{
    static const char *const names[] = {"refuse", "forward", "linear", "seasonal", "mask"};
    for (int64_t i = 0; fill != NULL && i < 5; i++)
        if (strcmp(fill, names[i]) == 0)
            return i;
    return LSTM_MISSING_MASK;
}

static int set_future(const source *from, int64_t s, int64_t n)
{
    const table_frame *frame = from->frame;
    const double *values =
        frame->values + (frame->series[s].first + frame->series[s].n_row) * frame->n_column;
    lstm_real *rows = calloc((size_t)(n * frame->n_column), sizeof *rows);
    if (rows == NULL)
        return message_error("out of memory");
    for (int64_t i = 0; i < n * frame->n_column; i++)
        rows[i] = (lstm_real)values[i];
    lstm_status status = lstm_dataset_set_future(from->data, s, rows, n);
    free(rows);
    return status < 0 ? message_library("future rows") : EXIT_OK;
}

/* The time or number of a row of a series, and the name of the series if it has one. */
static void print_place(char *out, size_t size, const table_frame *frame, int64_t s, int64_t row)
{
    const table_series *series = &frame->series[s];
    char time[32];
    int used = frame->times != NULL
                   ? snprintf(out, size, "at %s", table_date_print(time, frame->times[row]))
                   : snprintf(out, size, "in row %lld", (long long)(row - series->first + 1));
    if (series->name != NULL && used > 0 && (size_t)used < size)
        snprintf(out + used, size - (size_t)used, " of series %s", series->name);
}

/* With --fill refuse: the first value that is missing, by its time or number and its column. */
static int check_missing(const table_frame *frame)
{
    for (int64_t s = 0; s < frame->n_series; s++)
        for (int64_t i = 0; i < frame->series[s].n_row * frame->n_column; i++) {
            int64_t row = frame->series[s].first + i / frame->n_column, c = i % frame->n_column;
            char place[PLACE];
            if (!isnan(frame->values[row * frame->n_column + c]))
                continue;
            print_place(place, sizeof place, frame, s, row);
            return message_error("--fill is refuse, but the value of '%s' %s is missing",
                                 frame->names[c], place);
        }
    return EXIT_OK;
}

/* Rows to come are taken for rows of the past where no covariate is called known. */
static void say_unnamed(const table_frame *frame, const int64_t *roles)
{
    int64_t target = 0;
    char place[PLACE];
    for (int64_t s = 0; s < frame->n_series; s++) {
        const table_series *series = &frame->series[s];
        int64_t n = future_unnamed(frame, series, roles, &target);
        if (n < LEAST_UNNAMED)
            continue;
        print_place(place, sizeof place, frame, s, series->first + series->n_row - n - 1);
        message_note("Note: '%s' ends %s; the %lld rows after it are read as missing values, and "
                     "the forecast begins after them. Columns that are known in advance are named "
                     "by --known.",
                     frame->names[target], place, (long long)n);
        return;
    }
}

static int add_series(source *from, const lstm_dataset_options *options)
{
    table_error error = {0};
    table_frame *frame = from->frame;
    int64_t *future = calloc((size_t)frame->n_series, sizeof *future);
    if (future == NULL)
        return message_error("out of memory");
    for (int64_t s = 0; s < frame->n_series; s++) {
        future[s] = future_count(frame, &frame->series[s], options->roles);
        frame->series[s].n_row -= future[s];
    }
    int code = options->missing == LSTM_MISSING_REFUSE ? check_missing(frame) : EXIT_OK;
    if (code == EXIT_OK && table_dataset(&from->data, frame, options, &error) < 0)
        code = message_error("%s", error.message);
    for (int64_t s = 0; s < frame->n_series && code == EXIT_OK; s++)
        if (future[s] > 0)
            code = set_future(from, s, future[s]);
    free(future);
    return code;
}

static int take_statics(statics *fixed, table_frame *frame, const char *names)
{
    list columns;
    int code = list_read(&columns, names);
    if (code == EXIT_OK)
        code = statics_take(fixed, frame, columns.items, columns.n);
    list_free(&columns);
    return code;
}

int source_dataset(source *from, const settings *set)
{
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    statics fixed = {0};
    int64_t *roles = calloc((size_t)from->frame->n_column, sizeof *roles);
    if (roles == NULL)
        return message_error("out of memory");
    int code = take_statics(&fixed, from->frame, set->statics);
    if (code == EXIT_OK)
        code = source_roles(roles, from->frame, set);
    if (code == EXIT_OK && set->known == NULL && !set->quiet)
        say_unnamed(from->frame, roles);
    options.roles = roles;
    options.missing = missing_of(set->fill);
    options.season_len = set->season > 0 ? set->season : 1;
    options.n_static = fixed.n;
    options.static_names = (const char *const *)fixed.names;
    if (options.missing == LSTM_MISSING_SEASONAL && set->season <= 0)
        code = message_error("--fill seasonal needs --season");
    if (code == EXIT_OK)
        code = add_series(from, &options);
    if (code == EXIT_OK)
        code = statics_set(&fixed, from->data);
    if (code == EXIT_OK)
        code = calendar_add(from->data, set);
    statics_free(&fixed);
    free(roles);
    return code;
}

/* A row between those with targets and those to come that has neither. */
static bool is_empty(const table_frame *frame, int64_t row)
{
    int64_t c = 0;
    while (c < frame->n_column && isnan(frame->values[row * frame->n_column + c]))
        c++;
    return c == frame->n_column;
}

static int refuse_future(const source *from, int64_t s, const char *known, int64_t horizon)
{
    int64_t n = lstm_dataset_future_rows(from->data, s);
    int64_t last = from->frame->series[s].first + lstm_dataset_rows(from->data, s) - 1;
    char place[PLACE];
    print_place(place, sizeof place, from->frame, s, last);
    if (is_empty(from->frame, last))
        return message_error("the known covariate '%s' has no value %s: after the last row with "
                             "targets each row needs one",
                             known, place);
    return message_error("the known covariate '%s' has %lld values after the last row with "
                         "targets, %s, but a horizon of %lld needs %lld: append rows that have "
                         "its values and no targets",
                         known, (long long)n, place, (long long)horizon, (long long)horizon);
}

/* They are filled, and the forecast rests on what they are filled with. */
static void say_holes(const source *from, int64_t horizon)
{
    future_hole first;
    char place[PLACE], others[64] = "";
    int64_t n = future_holes(from->frame, from->data, horizon, &first);
    if (n == 0)
        return;
    print_place(place, sizeof place, from->frame, first.series, first.row);
    if (n > 1)
        snprintf(others, sizeof others, ", and %lld more are missing", (long long)(n - 1));
    message_note(
        "Note: the known covariate '%s' has no value %s, in a row that is forecast%s. It is "
        "filled as --fill says, with mask by the value before it.",
        from->frame->names[first.column], place, others);
}

int source_check_future(const source *from, int64_t horizon, bool quiet)
{
    const char *known = future_known(from->data);
    for (int64_t s = 0; s < lstm_dataset_series(from->data) && known != NULL; s++)
        if (lstm_dataset_future_rows(from->data, s) < horizon)
            return refuse_future(from, s, known, horizon);
    if (known != NULL && !quiet)
        say_holes(from, horizon);
    return EXIT_OK;
}
