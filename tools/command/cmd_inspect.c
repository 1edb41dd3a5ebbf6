/* SPDX-License-Identifier: MIT */
/* What a file of the library holds, or the folder or the log of a training, as JSON. */
#include "command/console/message.h"
#include "command/options/commands.h"
#include "command/source/history.h"
#include "command/source/tensors.h"
#include "command/study/fitting.h"
#include <dirent.h>
#include <errno.h>
#include <lstmts/model.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_PATH = 4200 };

static int path_in(char path[MOST_PATH], const char *folder, const char *name)
{
    return snprintf(path, MOST_PATH, "%s/%s", folder, name) < MOST_PATH
               ? EXIT_OK
               : message_error("%s: %s", folder, strerror(ENAMETOOLONG));
}

/* The history of a log that may be missing. */
static int add_history(json_t *all, const char *folder)
{
    char path[MOST_PATH];
    json_t *made = NULL;
    int code = path_in(path, folder, "log.jsonl");
    if (code == EXIT_OK && access(path, F_OK) == 0)
        code = history_read(&made, path);
    if (made != NULL)
        json_object_set_new(all, "log", made);
    return code;
}

/* Whether the library reads the file, by which its checksum is verified. */
static int add_forecaster(json_t *all, const char *path)
{
    lstm_forecaster *forecaster = NULL;
    if (lstm_forecaster_load(&forecaster, path) < 0)
        return message_library(path);
    char *text = fitting_description(forecaster);
    json_t *description = text == NULL ? NULL : json_loads(text, 0, NULL);
    free(text);
    lstm_forecaster_free(forecaster);
    return json_object_set_new(all, "forecaster", description) == 0 ? EXIT_OK : EXIT_FAILED;
}

/* Of a checkpoint the whole file is verified, too. */
static int verify_model(const char *path)
{
    lstm_model *model = NULL;
    if (lstm_model_load(&model, path) < 0)
        return message_library(path);
    lstm_model_free(model);
    return EXIT_OK;
}

/* The run that a checkpoint was saved in, by its own numbers and by the log beside it. */
static int add_run(json_t *all, const char *path)
{
    static const char *const names[][2] = {
        {"updates", "iteration"},     {"seconds", "elapsed"},
        {"loss", "last.loss"},        {"learning_rate", "last.learning_rate"},
        {"validation", "last_score"}, {"best_validation", "best_score"}};
    json_t *history = json_object();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_object_set(history, names[i][0], json_object_get(all, names[i][1]));
    json_object_set_new(all, "history", history);
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    int code = folder == NULL ? message_error("out of memory") : add_history(history, folder);
    free(folder);
    return code;
}

static int inspect_file(json_t **all, const char *path)
{
    int code = tensors_read(all, path);
    if (code != EXIT_OK)
        return code;
    const char *kind = json_string_value(json_object_get(*all, "kind"));
    if (kind != NULL && strcmp(kind, "forecaster") == 0)
        code = add_forecaster(*all, path);
    else
        code = verify_model(path);
    if (code == EXIT_OK && kind != NULL && strcmp(kind, "checkpoint") == 0)
        code = add_run(*all, path);
    json_object_set_new(*all, "verified", json_boolean(code == EXIT_OK));
    return code;
}

static int is_snapshot(const struct dirent *entry)
{
    size_t size = strlen(entry->d_name), tail = strlen(".safetensors");
    return strncmp(entry->d_name, "snapshot_", strlen("snapshot_")) == 0 && size > tail &&
           strcmp(entry->d_name + size - tail, ".safetensors") == 0;
}

/* The checkpoints of a folder by their names, which are in the order of their updates. */
static int add_snapshots(json_t *all, const char *folder)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_snapshot, alphasort), code = EXIT_OK;
    if (n < 0)
        return message_error("%s: %s", folder, strerror(errno));
    json_t *names = json_array();
    for (int i = 0; i < n; i++) {
        char path[MOST_PATH];
        if (code == EXIT_OK)
            code = path_in(path, folder, entries[i]->d_name);
        if (code == EXIT_OK)
            code = verify_model(path);
        json_array_append_new(names, json_string(entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
    json_object_set_new(all, "snapshots", names);
    if (n > 0)
        json_object_set_new(all, "verified", json_boolean(code == EXIT_OK));
    return code;
}

static int name_folder(json_t **all, const char *folder)
{
    *all = json_pack("{s:s}", "folder", folder);
    return *all == NULL ? message_error("%s: out of memory, or the path is not UTF-8", folder)
                        : EXIT_OK;
}

static int inspect_training(json_t **all, const char *folder)
{
    int code = name_folder(all, folder);
    if (code == EXIT_OK)
        code = add_history(*all, folder);
    return code == EXIT_OK ? add_snapshots(*all, folder) : code;
}

/* A folder of --folder, with its recipe and a folder for each training. */
static int inspect_run(json_t **all, const char *folder)
{
    char path[MOST_PATH], name[32];
    int code = name_folder(all, folder);
    if (code != EXIT_OK)
        return code;
    json_t *trainings = json_array();
    code = path_in(path, folder, "recipe.json");
    json_t *recipe = code == EXIT_OK ? json_load_file(path, 0, NULL) : NULL;
    if (recipe != NULL)
        json_object_set_new(*all, "recipe", recipe);
    json_object_set_new(*all, "trainings", trainings);
    for (int i = 0; code == EXIT_OK; i++) {
        json_t *one = NULL;
        snprintf(name, sizeof name, "training-%03d", i);
        code = path_in(path, folder, name);
        if (code != EXIT_OK || access(path, F_OK) != 0)
            break;
        code = inspect_training(&one, path);
        json_array_append_new(trainings, one);
    }
    return code;
}

static int inspect_folder(json_t **all, const char *folder)
{
    char log[MOST_PATH], recipe[MOST_PATH], training[MOST_PATH];
    if (path_in(log, folder, "log.jsonl") != EXIT_OK ||
        path_in(recipe, folder, "recipe.json") != EXIT_OK ||
        path_in(training, folder, "training-000") != EXIT_OK)
        return EXIT_FAILED;
    if (access(log, F_OK) == 0)
        return inspect_training(all, folder);
    if (access(recipe, F_OK) == 0 || access(training, F_OK) == 0)
        return inspect_run(all, folder);
    return message_error("%s: not the folder of a run: it has no log.jsonl, recipe.json or "
                         "training-000",
                         folder);
}

/* Lines of JSON; files of the library begin with the length of their header. */
static bool is_log(const char *path)
{
    FILE *file = fopen(path, "r");
    int first = file == NULL ? EOF : getc(file), second = file == NULL ? EOF : getc(file);
    if (file != NULL)
        fclose(file);
    return first == '{' && second == '"';
}

int cmd_inspect(const settings *set)
{
    struct stat there;
    json_t *all = NULL;
    int code;
    if (stat(set->saved, &there) != 0)
        code = message_error("%s: %s", set->saved, strerror(errno));
    else if (S_ISDIR(there.st_mode))
        code = inspect_folder(&all, set->saved);
    else if (S_ISREG(there.st_mode) && is_log(set->saved))
        code = history_read(&all, set->saved);
    else
        code = inspect_file(&all, set->saved);
    if (code == EXIT_OK && json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) != 0)
        code = message_error("standard output: cannot be written");
    if (code == EXIT_OK)
        putchar('\n');
    json_decref(all);
    return code;
}
