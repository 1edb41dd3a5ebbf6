/* SPDX-License-Identifier: MIT */
#include "command/options/options.h"
#include "command/console/message.h"
#include "command/options/lists.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define AT(field) offsetof(settings, field)

static const option_row rows[] = {
    {"horizon", 'H', OPTION_INTEGER, AT(horizon), 1, OF_FIT | OF_PREDICT | OF_STEP | OF_DESCRIBE,
     RECORD_ALL, "ROWS", NULL, "rows to forecast"},
    {"levels", 'l', OPTION_TEXT, AT(levels), 0, OF_FIT | OF_STEP, RECORD_ALL, "LIST", NULL,
     "levels of the intervals in percent, as 80,95 [90]"},
    {"season", 's', OPTION_SEASON, AT(season), 2, OF_FIT, RECORD_ALL, "ROWS", NULL,
     "rows of a season, or none [from the data]"},
    {"target", 't', OPTION_TEXT, AT(targets), 0, OF_FIT | OF_DESCRIBE, RECORD_ALL, "COLUMNS", NULL,
     "columns to forecast; the others are past covariates [all]"},
    {"known", 'k', OPTION_TEXT, AT(known), 0, OF_FIT | OF_DESCRIBE, RECORD_ALL, "COLUMNS", NULL,
     "covariates with known future, in last rows of the table without targets"},
    {"past", 'p', OPTION_TEXT, AT(past), 0, OF_FIT | OF_DESCRIBE, RECORD_ALL, "COLUMNS", NULL,
     "covariates known until now only"},
    {"static", 0, OPTION_TEXT, AT(statics), 0, OF_FIT, RECORD_ALL, "COLUMNS", NULL,
     "static features: columns with one number for each series of a long table"},
    {"calendar", 0, OPTION_TEXT, AT(calendar), 0, OF_FIT, RECORD_ALL, "LIST", NULL,
     "known covariates by the time: hour,weekday,yearday,month,workday,holiday"},
    {"holidays", 0, OPTION_TEXT, AT(holidays), 0, OF_FIT, RECORD_ALL, "FILE", NULL,
     "a date per line; a known covariate is 1 on these days, else 0"},
    {"columns", 'c', OPTION_TEXT, AT(columns), 0, OF_FIT | OF_DESCRIBE, RECORD_ALL, "COLUMNS", NULL,
     "columns to read, by name or number from 1 [all with numbers]"},
    {"time", 0, OPTION_TEXT, AT(time_column), 0, OF_TABLE, RECORD_ALL, "COLUMN", NULL,
     "the column of times, empty for none [detected]"},
    {"time-format", 0, OPTION_TEXT, AT(time_format), 0, OF_TABLE, RECORD_ALL, "FORMAT", NULL,
     "form of the times as of strftime, as %d.%m.%Y [detected]"},
    {"id", 0, OPTION_TEXT, AT(id_column), 0, OF_TABLE | OF_STEP, RECORD_ALL, "COLUMN", NULL,
     "the column of series names of a long table, empty for none [detected]"},
    {"delimiter", 'd', OPTION_TEXT, AT(delimiter), 0, OF_TABLE | OF_STEP, RECORD_ALL, "CHAR", NULL,
     "between cells: a character, or tab [detected]"},
    {"decimal", 0, OPTION_TEXT, AT(decimal), 0, OF_TABLE | OF_STEP, RECORD_ALL, "CHAR", ".|,",
     "decimal mark of numbers [detected]"},
    {"no-header", 0, OPTION_FLAG, AT(no_header), 0, OF_TABLE, RECORD_ALL, NULL, NULL,
     "the first row has values, not names"},
    {"missing", 0, OPTION_TEXT, AT(missing), 0, OF_TABLE | OF_STEP, RECORD_ALL, "TEXT", NULL,
     "one more marker of missing values, as -999"},
    {"fill", 0, OPTION_TEXT, AT(fill), 0, OF_FIT, RECORD_ALL, "POLICY",
     "mask|refuse|forward|linear|seasonal", "what happens to missing values [mask]"},
    {"duplicates", 0, OPTION_TEXT, AT(duplicates), 0, OF_TABLE, RECORD_ALL, "POLICY",
     "refuse|first|last|mean", "what happens to rows of the same time [refuse]"},
    {"use", 0, OPTION_TEXT, AT(use), 0, OF_FIT, RECORD_ALL, "MEMBERS",
     "auto|mean|networks|ridge|baseline", "which members forecast [auto: by their errors]"},
    {"networks", 0, OPTION_INTEGER, AT(networks), 1, OF_FIT, RECORD_ALL, "N", NULL,
     "number of networks [by the size of the table]"},
    {"updates", 0, OPTION_INTEGER, AT(updates), 1, OF_FIT, RECORD_ALL, "N", NULL,
     "updates of a network [from the data]"},
    {"max-seconds", 0, OPTION_INTEGER, AT(max_seconds), 1, OF_FIT, RECORD_ALL, "N", NULL,
     "end the fit after so long with what is ready; without a folder [none]"},
    {"seed", 0, OPTION_INTEGER, AT(seed), 0, OF_FIT, RECORD_ALL, "N", NULL,
     "of all random numbers [0]"},
    {"jobs", 'j', OPTION_INTEGER, AT(jobs), 1, OF_FIT | OF_BENCH, RECORD_ALL, "N", NULL,
     "threads; results do not depend on it [all processors]"},
    {"device", 0, OPTION_TEXT, AT(device), 0, OF_FIT | OF_BENCH, RECORD_ALL, "NAME", NULL,
     "where networks are trained: cpu, cuda or cuda:N [cpu]"},
    {"model", 'm', OPTION_TEXT, AT(model), 0, OF_FIT, RECORD_FOLDER, "FILE", NULL,
     "save the forecaster, and its recipe beside it"},
    {"by", 'b', OPTION_TEXT, AT(by), 0, OF_BACKTEST, RECORD_ALL, "WHAT", "series|column|step",
     "errors also of each of them"},
    {"series", 0, OPTION_TEXT, AT(series), 0, OF_STEP, RECORD_ALL, "NAME", NULL,
     "the series of DATA that standard input continues [its only one]"},
    {"start", 0, OPTION_TEXT, AT(start), 0, OF_STEP, RECORD_ALL, "TIME", NULL,
     "time of the first row, for calendar columns"},
    {"every", 'e', OPTION_INTEGER, AT(every), 1, OF_STEP, RECORD_ALL, "ROWS", NULL,
     "rows from a forecast to the next [1]"},
    {"format", 'f', OPTION_TEXT, AT(format), 0, OF_FORECAST | OF_PREDICT | OF_STEP, RECORD_ALL,
     "FORMAT", "csv|jsonl|npy", "of the output [csv]"},
    {"output", 'o', OPTION_TEXT, AT(output), 0, OF_FORECAST | OF_PREDICT | OF_BACKTEST | OF_REPORT,
     RECORD_FOLDER, "FILE", NULL, "write here [standard output]"},
    {"report", 'r', OPTION_TEXT, AT(report), 0, OF_FORECAST | OF_TRAIN | OF_PREDICT, RECORD_FOLDER,
     "FILE", NULL, "write a report as HTML, as lstmts report"},
    {"plot", 0, OPTION_TEXT, AT(plot), 0, OF_FORECAST | OF_PREDICT, RECORD_FOLDER, "FILE", NULL,
     "draw the forecast by gnuplot to a file .png or .svg"},
    {"folder", 0, OPTION_TEXT, AT(folder), 0, OF_FIT | OF_PREDICT, RECORD_NONE, "FOLDER", NULL,
     "keep the training here, for --resume; predict reads it for --report"},
    {"resume", 0, OPTION_FLAG, AT(resume), 0, OF_FIT, RECORD_NONE, NULL, NULL,
     "continue the run in --folder, with its recipe"},
    {"config", 0, OPTION_TEXT, AT(config), 0, OF_FIT, RECORD_NONE, "FILE", NULL,
     "take options from a recipe; those given here come first"},
    {"recipe", 0, OPTION_TEXT, AT(recipe_file), 0, OF_FIT, RECORD_FOLDER, "FILE", NULL,
     "write the options of this run [beside the model]"},
    {"quiet", 'q', OPTION_FLAG, AT(quiet), 0, OF_ALL, RECORD_NONE, NULL, NULL,
     "say nothing but errors on standard error"},
    {"verbose", 'v', OPTION_FLAG, AT(verbose), 0, OF_ALL, RECORD_NONE, NULL, NULL,
     "say also how the table was read and what was chosen"},
    {"help", 'h', OPTION_FLAG, AT(help), 0, OF_ALL, RECORD_NONE, NULL, NULL, "show this help"},
};

const option_row *options_all(size_t *n)
{
    *n = sizeof rows / sizeof *rows;
    return rows;
}

const option_row *option_find(const char *name, int command)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((rows[i].commands & command) != 0 && strcmp(rows[i].name, name) == 0)
            return &rows[i];
    return NULL;
}

/* Whether a text is one of "a|b|c". */
static bool is_choice(const char *choices, const char *text)
{
    size_t size = strlen(text);
    for (const char *at = choices; size > 0 && at != NULL; at = strchr(at, '|')) {
        at += *at == '|';
        if (strncmp(at, text, size) == 0 && (at[size] == '|' || at[size] == '\0'))
            return true;
    }
    return false;
}

static bool set_integer(void *field, const option_row *row, const char *text)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || value < row->least) {
        message_error("--%s is '%s', expected %sa whole number of at least %lld", row->name, text,
                      row->kind == OPTION_SEASON ? "none or " : "", (long long)row->least);
        return false;
    }
    *(int64_t *)field = value;
    return true;
}

/* "cpu", "cuda" or "cuda:N". */
static bool is_device(const char *text)
{
    if (strcmp(text, "cpu") == 0 || strcmp(text, "cuda") == 0)
        return true;
    if (strncmp(text, "cuda:", strlen("cuda:")) != 0)
        return false;
    const char *number = text + strlen("cuda:");
    return *number != '\0' && strspn(number, "0123456789") == strlen(number);
}

static bool check_text(const option_row *row, const char *text)
{
    double levels[MOST_LEVELS];
    int64_t n;
    if (row->choices != NULL && !is_choice(row->choices, text)) {
        message_error("--%s is '%s', expected %s", row->name, text, row->choices);
        return false;
    }
    if (row->offset == AT(device) && !is_device(text)) {
        message_error("--device is '%s', expected cpu, cuda or cuda:N", text);
        return false;
    }
    return row->offset != AT(levels) || list_levels(text, levels, &n) == EXIT_OK;
}

const char *option_choices(const option_row *row, int command)
{
    return row->offset == AT(format) && command == OF_STEP ? "csv|jsonl" : row->choices;
}

bool option_set(settings *set, const option_row *row, const char *text)
{
    void *field = (char *)set + row->offset;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return true;
    case OPTION_SEASON:
        if (strcmp(text, "none") == 0) {
            *(int64_t *)field = SEASON_NONE;
            return true;
        }
        return set_integer(field, row, text);
    case OPTION_INTEGER:
        return set_integer(field, row, text);
    case OPTION_TEXT:
        break;
    }
    if (!check_text(row, text))
        return false;
    *(const char **)field = text;
    return true;
}
