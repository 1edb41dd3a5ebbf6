/* SPDX-License-Identifier: MIT */
#include "command/options/targets.h"
#include "command/console/message.h"
#include "command/console/sink.h"
#include "command/options/recipe.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_FILES = 8 };

/* A file of a run. */
typedef struct named_file {
    const char *role, *path;
} named_file;

static bool is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* Whether two paths that do not exist are one name in one folder. */
static bool is_same_name(const char *a, const char *b)
{
    struct stat in_a, in_b;
    const char *slash_a = strrchr(a, '/'), *slash_b = strrchr(b, '/');
    if (strcmp(a, b) == 0)
        return true;
    if (strcmp(slash_a == NULL ? a : slash_a + 1, slash_b == NULL ? b : slash_b + 1) != 0)
        return false;
    char *folder_a = sink_folder(a), *folder_b = sink_folder(b);
    bool same = folder_a != NULL && folder_b != NULL && stat(folder_a, &in_a) == 0 &&
                stat(folder_b, &in_b) == 0 && in_a.st_dev == in_b.st_dev &&
                in_a.st_ino == in_b.st_ino;
    free(folder_a);
    free(folder_b);
    return same;
}

/* Whether `written` would replace `other`, of which "-" is standard input. Devices and pipes are not
   replaced. */
static bool replaces(const char *written, const char *other)
{
    struct stat a, b;
    bool has_a = stat(written, &a) == 0;
    bool has_b = (is_standard(other) ? fstat(STDIN_FILENO, &b) : stat(other, &b)) == 0;
    if (has_a && has_b)
        return S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    return !has_a && !has_b && is_same_name(written, other);
}

static int check_distinct(const named_file *written, int n_written, const named_file *read,
                          int n_read)
{
    for (int i = 0; i < n_written; i++) {
        for (int j = 0; j < n_read; j++)
            if (replaces(written[i].path, read[j].path)) {
                message_error("%s is '%s', which is %s: it would be overwritten", written[i].role,
                              written[i].path, read[j].role);
                return EXIT_USAGE;
            }
        for (int j = 0; j < i; j++)
            if (replaces(written[i].path, written[j].path)) {
                message_error("%s and %s are the same file, '%s'", written[j].role, written[i].role,
                              written[i].path);
                return EXIT_USAGE;
            }
    }
    return EXIT_OK;
}

static int add(named_file *files, int n, const char *role, const char *path)
{
    if (path != NULL)
        files[n++] = (named_file){role, path};
    return n;
}

/* As add(), but for "-", standard output. */
static int add_written(named_file *files, int n, const char *role, const char *path)
{
    return add(files, n, role, path == NULL || is_standard(path) ? NULL : path);
}

/* A forecast and its report cannot both be standard output, which it is without --output. */
static int check_standard(const settings *set)
{
    bool has_forecast =
        strcmp(set->command, "forecast") == 0 || strcmp(set->command, "predict") == 0;
    if (!has_forecast || set->report == NULL || !is_standard(set->report) ||
        (set->output != NULL && !is_standard(set->output)))
        return EXIT_OK;
    message_error("--report - needs an --output: both cannot be standard output");
    return EXIT_USAGE;
}

/* Bytes and pages of HTML are no use on a terminal. --output - writes them there all the same. */
static int check_terminal(const settings *set)
{
    bool is_report = strcmp(set->command, "report") == 0;
    bool is_npy = set->format != NULL && strcmp(set->format, "npy") == 0;
    if (set->output != NULL || (!is_report && !is_npy) || isatty(STDOUT_FILENO) != 1)
        return EXIT_OK;
    message_error("--output is missing: standard output is a terminal, and %s is for a file",
                  is_report ? "a report" : "NPY");
    return EXIT_USAGE;
}

static int check_all(const settings *set, const char *recipe)
{
    named_file written[MOST_FILES], read[MOST_FILES];
    int n_written = 0, n_read = 0, code;
    n_written = add_written(written, n_written, "--output", set->output);
    n_written = add_written(written, n_written, "--report", set->report);
    n_written = add_written(written, n_written, "--plot", set->plot);
    n_written = add(written, n_written, "--model", set->model);
    n_written =
        add_written(written, n_written,
                    set->recipe_file == NULL ? "the recipe beside --model" : "--recipe", recipe);
    n_read = add(read, n_read, "the table", set->data);
    n_read = add(read, n_read, "the model", set->saved);
    n_read = add(read, n_read, "--holidays", set->holidays);
    code = check_standard(set);
    if (code == EXIT_OK)
        code = check_terminal(set);
    if (code == EXIT_OK)
        code = check_distinct(written, n_written, read, n_read);
    for (int i = 0; i < n_written && code == EXIT_OK; i++)
        code = sink_check(written[i].path, written[i].path == set->model);
    return code;
}

int targets_check(const settings *set)
{
    char *recipe = NULL;
    int code = recipe_path(&recipe, set);
    if (code == EXIT_OK)
        code = check_all(set, recipe);
    free(recipe);
    return code;
}
