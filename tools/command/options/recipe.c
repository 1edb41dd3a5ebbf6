/* SPDX-License-Identifier: MIT */
#include "command/options/recipe.h"
#include "command/console/message.h"
#include "command/console/sink.h"
#include "command/options/options.h"
#include <lstmts/library.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *joined(const char *a, const char *b)
{
    size_t size = strlen(a) + strlen(b) + 1;
    char *text = malloc(size);
    if (text != NULL)
        snprintf(text, size, "%s%s", a, b);
    return text;
}

static char *path_in(const char *folder)
{
    return joined(folder, "/" RECIPE_NAME);
}

int recipe_path(char **path, const settings *set)
{
    *path = NULL;
    if (set->recipe_file == NULL && set->model == NULL)
        return EXIT_OK;
    *path = set->recipe_file != NULL ? joined(set->recipe_file, "") : joined(set->model, ".json");
    return *path == NULL ? message_error("out of memory") : EXIT_OK;
}

/* A value of a recipe to its field. Text is borrowed from the value. */
static bool take(settings *set, const option_row *row, const json_t *value)
{
    void *field = (char *)set + row->offset;
    if (row->kind == OPTION_TEXT && json_is_string(value))
        return option_set(set, row, json_string_value(value));
    if (row->kind == OPTION_FLAG && json_is_boolean(value)) {
        *(bool *)field = json_is_true(value);
        return true;
    }
    if (row->kind == OPTION_SEASON && json_is_string(value))
        return option_set(set, row, json_string_value(value));
    if ((row->kind == OPTION_INTEGER || row->kind == OPTION_SEASON) && json_is_integer(value)) {
        char text[32];
        snprintf(text, sizeof text, "%lld", (long long)json_integer_value(value));
        return option_set(set, row, text);
    }
    message_error("recipe: \"%s\" has a value of the wrong type", row->name);
    return false;
}

/* Whether a recipe is that of a run of the same command: -o is a table or a report. */
static bool is_of_command(const settings *set)
{
    const char *name = json_string_value(json_object_get(set->recipe, "command"));
    return name != NULL && set->command != NULL && strcmp(name, set->command) == 0;
}

static int take_all(settings *set, const char *path, int of, bool resumes)
{
    const json_t *options = json_object_get(set->recipe, "options");
    const json_t *data = json_object_get(set->recipe, "data");
    const char *name;
    json_t *value;
    if (!json_is_object(options) || (data != NULL && !json_is_string(data)))
        return message_error("%s: not a recipe: it needs an object \"options\"", path);
    set->data = json_string_value(data);
    json_object_foreach((json_t *)options, name, value)
    {
        const option_row *row = option_find(name, OF_ALL);
        if (row == NULL || row->record == RECORD_NONE)
            return message_error("%s: \"%s\" is no option", path, name);
        bool wanted = (row->commands & of) != 0 && (resumes || row->record == RECORD_ALL);
        if (wanted && !json_is_null(value) && !take(set, row, value))
            return message_error("%s: cannot use this recipe", path);
    }
    return EXIT_OK;
}

int recipe_read(settings *set, const char *path, const char *folder, int of)
{
    json_error_t error;
    char *made = path == NULL ? path_in(folder) : NULL;
    const char *name = path == NULL ? made : path;
    if (name == NULL)
        return message_error("out of memory");
    set->recipe = json_load_file(name, JSON_REJECT_DUPLICATES, &error);
    int code;
    if (set->recipe == NULL && error.line > 0)
        code =
            message_error("%s: line %d, column %d: %s", name, error.line, error.column, error.text);
    else if (set->recipe == NULL)
        code = message_error("%s", error.text);
    else
        code = take_all(set, name, of, path == NULL && is_of_command(set));
    free(made);
    return code;
}

static json_t *value_of(const settings *set, const option_row *row)
{
    const void *field = (const char *)set + row->offset;
    switch (row->kind) {
    case OPTION_FLAG:
        return json_boolean(*(const bool *)field);
    case OPTION_SEASON:
        if (*(const int64_t *)field == SEASON_NONE)
            return json_string("none");
        break;
    case OPTION_TEXT:
        return *(const char *const *)field == NULL ? json_null()
                                                   : json_string(*(const char *const *)field);
    case OPTION_INTEGER:
        break;
    }
    int64_t number = *(const int64_t *)field;
    return number == 0 && row->least > 0 ? json_null() : json_integer(number);
}

/* Whether a training that is resumed may have another value of an option. */
static bool may_differ(const option_row *row)
{
    static const char *const names[] = {"levels", "use", "jobs", "device", "by", "format"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(row->name, names[i]) == 0)
            return true;
    return row->record != RECORD_ALL || (row->commands & OF_FIT) == 0;
}

const char *recipe_difference(char **theirs, const settings *set)
{
    size_t n;
    const option_row *rows = options_all(&n);
    const json_t *options = json_object_get(set->recipe, "options");
    *theirs = NULL;
    for (size_t i = 0; i < n; i++) {
        const json_t *value = json_object_get(options, rows[i].name);
        json_t *own = value_of(set, &rows[i]);
        bool same =
            may_differ(&rows[i]) || json_equal(own, value) || (json_is_null(own) && value == NULL);
        json_decref(own);
        if (same)
            continue;
        if (value != NULL && !json_is_null(value))
            *theirs = json_dumps(value, JSON_ENCODE_ANY);
        return rows[i].name;
    }
    return NULL;
}

/* Options up to `most` of option_record. */
static int write_up_to(option_record most, const settings *set, const char *path)
{
    size_t n;
    const option_row *rows = options_all(&n);
    json_t *options = json_object();
    json_t *recipe = json_pack("{s:s, s:s, s:s?, s:o}", "lstmts", lstm_version(), "command",
                               set->command, "data", set->data, "options", options);
    bool failed = recipe == NULL;
    for (size_t i = 0; i < n && !failed; i++)
        if (rows[i].record != RECORD_NONE && rows[i].record <= most)
            failed = json_object_set_new(options, rows[i].name, value_of(set, &rows[i])) != 0;
    char *text = failed ? NULL : json_dumps(recipe, JSON_INDENT(2));
    json_decref(recipe);
    if (text == NULL)
        return message_error(
            "%s: cannot write the recipe: out of memory, or an option is not UTF-8", path);
    sink out;
    int code = sink_open(&out, path);
    if (code == EXIT_OK) {
        fprintf(out.file, "%s\n", text);
        code = sink_close(&out);
    }
    free(text);
    return code;
}

int recipe_write(const settings *set, const char *path)
{
    return write_up_to(RECORD_ALL, set, path);
}

int recipe_write_in(const settings *set, const char *folder)
{
    char *path = path_in(folder);
    int code =
        path == NULL ? message_error("out of memory") : write_up_to(RECORD_FOLDER, set, path);
    free(path);
    return code;
}
