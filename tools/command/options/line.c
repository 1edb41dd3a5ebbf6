/* SPDX-License-Identifier: MIT */
#include "command/options/line.h"
#include "command/console/message.h"
#include "command/options/options.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A word, in quotes where a shell would read it otherwise. */
static void print_word(FILE *file, const char *word)
{
    size_t plain = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                "_./:=,@%+-");
    if (*word != '\0' && word[plain] == '\0') {
        fputs(word, file);
        return;
    }
    fputc('\'', file);
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            fputs("'\\'", file);
        fputc(*word, file);
    }
    fputc('\'', file);
}

/* Options of the run itself, such as --quiet, change none of its results. */
static bool is_of_results(const option_row *row)
{
    return row->record == RECORD_ALL || strcmp(row->name, "output") == 0 ||
           strcmp(row->name, "report") == 0;
}

static void print_option(FILE *file, const settings *set, const option_row *row)
{
    const void *field = (const char *)set + row->offset;
    if (row->kind == OPTION_FLAG) {
        if (*(const bool *)field)
            fprintf(file, " --%s", row->name);
    } else if (row->kind == OPTION_TEXT) {
        const char *text = *(const char *const *)field;
        if (text == NULL)
            return;
        fprintf(file, " --%s ", row->name);
        print_word(file, text);
    } else {
        int64_t number = *(const int64_t *)field;
        if (row->kind == OPTION_SEASON && number == SEASON_NONE)
            fprintf(file, " --%s none", row->name);
        else if (number != 0)
            fprintf(file, " --%s %lld", row->name, (long long)number);
    }
}

static void print_run(FILE *file, const settings *set)
{
    size_t n;
    const option_row *rows = options_all(&n);
    fprintf(file, "lstmts %s ", set->command);
    if (set->saved != NULL) {
        print_word(file, set->saved);
        fputc(' ', file);
    }
    print_word(file, set->data);
    for (size_t i = 0; i < n; i++)
        if (is_of_results(&rows[i]))
            print_option(file, set, &rows[i]);
}

/* The recipe in the folder has the outputs of the run that began it. A run that was resumed may have
   others. */
static void print_resume(FILE *file, const settings *set)
{
    size_t n;
    const option_row *rows = options_all(&n);
    fprintf(file, "lstmts %s --folder ", set->command);
    print_word(file, set->folder);
    fputs(" --resume", file);
    for (size_t i = 0; set->resume && i < n; i++)
        if (rows[i].record == RECORD_FOLDER)
            print_option(file, set, &rows[i]);
}

static char *line_of(void (*print)(FILE *file, const settings *set), const settings *set)
{
    char *line = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&line, &size);
    if (file == NULL) {
        message_error("out of memory");
        return NULL;
    }
    print(file, set);
    bool failed = ferror(file) != 0;
    if (fclose(file) == 0 && !failed)
        return line;
    message_error("out of memory");
    free(line);
    return NULL;
}

char *line_write(const settings *set)
{
    return line_of(print_run, set);
}

char *line_resume(const settings *set)
{
    return line_of(print_resume, set);
}
