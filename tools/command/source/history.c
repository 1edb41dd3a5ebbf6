/* SPDX-License-Identifier: MIT */
#include "command/source/history.h"
#include "command/console/message.h"
#include "command/options/settings.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* A number of each line. */
typedef struct course {
    int64_t n, least_at;
    double first, last, least;
} course;

typedef struct history {
    int64_t lines, updates, rollbacks;
    double seconds;
    course loss, validation;
} history;

static void take_value(course *of, const json_t *entry, const char *name, int64_t update)
{
    const json_t *value = json_object_get(entry, name);
    if (!json_is_number(value))
        return;
    of->last = json_number_value(value);
    if (of->n == 0)
        of->first = of->last;
    if (of->n == 0 || of->last < of->least) {
        of->least = of->last;
        of->least_at = update;
    }
    of->n++;
}

static bool take_line(history *of, const char *line)
{
    json_t *entry = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    const json_t *update = json_object_get(entry, "iteration");
    bool is_line = json_is_integer(update);
    if (is_line) {
        of->lines++;
        of->updates = json_integer_value(update);
        of->rollbacks += json_object_get(entry, "divergence") != NULL;
        const json_t *elapsed = json_object_get(entry, "elapsed");
        of->seconds = json_is_number(elapsed) ? json_number_value(elapsed) : of->seconds;
        take_value(&of->loss, entry, "loss", of->updates);
        take_value(&of->validation, entry, "valid_score", of->updates);
    }
    json_decref(entry);
    return is_line;
}

static void add_course(json_t *all, const char *name, const course *of)
{
    if (of->n > 0)
        json_object_set_new(all, name,
                            json_pack("{s:f, s:f, s:f, s:I}", "first", of->first, "last", of->last,
                                      "least", of->least, "least_at", (json_int_t)of->least_at));
}

static json_t *to_json(const history *of)
{
    json_t *all = json_pack("{s:I, s:I, s:f}", "lines", (json_int_t)of->lines, "updates",
                            (json_int_t)of->updates, "seconds", of->seconds);
    add_course(all, "loss", &of->loss);
    add_course(all, "validation", &of->validation);
    if (of->rollbacks > 0)
        json_object_set_new(all, "rollbacks", json_integer(of->rollbacks));
    return all;
}

int history_read(json_t **made, const char *path)
{
    history found = {0};
    char *line = NULL;
    size_t capacity = 0;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return message_error("%s: %s", path, strerror(errno));
    int code = EXIT_OK;
    for (ssize_t size; code == EXIT_OK && (size = getline(&line, &capacity, file)) > 0;) {
        bool ended = line[size - 1] == '\n';
        if (!take_line(&found, line) && ended)
            code = message_error("%s: line %lld: not a line of the log of a training", path,
                                 (long long)found.lines + 1);
    }
    if (code == EXIT_OK && ferror(file))
        code = message_error("%s: cannot be read", path);
    free(line);
    fclose(file);
    *made = code == EXIT_OK ? to_json(&found) : NULL;
    return code == EXIT_OK && *made == NULL ? message_error("out of memory") : code;
}
