/* SPDX-License-Identifier: MIT */
#include "command/study/fitting.h"
#include "command/console/message.h"
#include "command/console/progress.h"
#include "command/console/stop.h"
#include "command/options/line.h"
#include "command/options/lists.h"
#include "command/options/recipe.h"

#include <errno.h>
#include <lstmts/continuation.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int64_t fitting_values(const lstm_dataset *data)
{
    int64_t n = 0;
    for (int64_t s = 0; s < lstm_dataset_series(data); s++)
        n += lstm_dataset_rows(data, s) * lstm_dataset_targets(data);
    return n;
}

static char *joined(const char *a, const char *b)
{
    size_t size = strlen(a) + strlen(b) + 1;
    char *text = malloc(size);
    if (text != NULL)
        snprintf(text, size, "%s%s", a, b);
    else
        message_error("out of memory");
    return text;
}

/* A folder that has a training already is used with --resume only. */
static int prepare_folder(const settings *set)
{
    if (set->folder == NULL)
        return EXIT_OK;
    if (mkdir(set->folder, 0777) != 0 && errno != EEXIST)
        return message_error("%s: %s", set->folder, strerror(errno));
    char *path = joined(set->folder, "/" RECIPE_NAME);
    if (path == NULL)
        return EXIT_FAILED;
    bool exists = access(path, F_OK) == 0;
    free(path);
    if (exists && !set->resume)
        return message_error("%s has a run already: --resume continues it", set->folder);
    return exists ? EXIT_OK : recipe_write_in(set, set->folder);
}

void fitting_stop(const settings *set)
{
    char *line = set->folder == NULL ? NULL : line_resume(set);
    if (set->folder == NULL)
        message_note("Stopped; nothing was written; with --folder DIR a fit that is stopped can be "
                     "resumed.");
    else if (line != NULL)
        message_note("Stopped; the training is kept. To continue it: %s", line);
    free(line);
    stop_now();
}

static int64_t use_of(const char *name)
{
    static const char *const names[] = {"auto", "mean", "networks", "ridge", "baseline"};
    for (int64_t i = 0; name != NULL && i < 5; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return LSTM_USE_AUTO;
}

static int options_of(lstm_forecaster_options *options, double *levels, const settings *set)
{
    options->horizon = set->horizon;
    options->season_len = set->season == SEASON_NONE ? LSTM_NO_SEASON : set->season;
    options->seed = (uint64_t)set->seed;
    options->n_threads = set->jobs == 0 ? LSTM_ALL_CORES : set->jobs;
    options->device = set->device;
    options->n_network = set->networks;
    options->n_update = set->updates;
    options->max_seconds = (double)set->max_seconds;
    options->use = use_of(set->use);
    options->folder = set->folder;
    if (set->levels == NULL)
        return EXIT_OK;
    options->levels = levels;
    return list_levels(set->levels, levels, &options->n_level);
}

/* What receives the progress of a fit. */
typedef struct watch {
    progress shown;
    report_progress *losses;
} watch;

static int on_progress(const lstm_fit_progress *now, void *user)
{
    watch *to = user;
    return report_progress_record(to->losses, now) ? progress_show(now, &to->shown) : 1;
}

/* The library names the entry of its own recipe that differs. */
static int report_mismatch(const settings *set)
{
    static const char *const of_rows[] = {"series.data ", "series.rows ", "series.series ",
                                          "series.parts "};
    char *theirs = NULL;
    const char *text = lstm_last_error(), *name = NULL;
    if (set->resume && set->config == NULL)
        name = recipe_difference(&theirs, set);
    if (name != NULL) {
        message_error("--%s is %s%s in the run in %s, which can be resumed with the same only",
                      name, theirs == NULL ? "not given" : "", theirs == NULL ? "" : theirs,
                      set->folder);
        free(theirs);
        return EXIT_FAILED;
    }
    for (size_t i = 0; i < sizeof of_rows / sizeof *of_rows; i++)
        if (strstr(text, of_rows[i]) != NULL)
            return message_error("%s: the table has other values than when the fit in %s began",
                                 set->data, set->folder);
    if (strstr(text, "series.holidays ") != NULL)
        return message_error("%s: the days are others than when the fit in %s began", set->holidays,
                             set->folder);
    return message_error(
        "%s: the table or the options are others than when the fit in %s began: %s", set->data,
        set->folder, text);
}

int fitting_run(lstm_forecaster **forecaster, report_progress *losses, const settings *set,
                const lstm_dataset *data)
{
    double levels[MOST_LEVELS];
    watch to = {.losses = losses};
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    *forecaster = NULL;
    if (options_of(&options, levels, set) != EXIT_OK || prepare_folder(set) != EXIT_OK)
        return EXIT_FAILED;
    if (options.n_network == 0 && fitting_values(data) >= MANY_VALUES)
        options.n_network = 1;
    options.on_progress = on_progress;
    options.progress_user = &to;
    progress_begin(&to.shown, set->quiet);
    if (lstm_forecaster_new(forecaster, &options) < 0)
        return message_library("options");
    stop_cancels(*forecaster);
    lstm_status status = lstm_forecaster_fit(*forecaster, data);
    stop_cancels(NULL);
    progress_end(&to.shown);
    if (status == LSTM_STOPPED && !stop_wanted())
        status = LSTM_E_NOMEM; /* on_progress() had no memory */
    if (status == LSTM_STOPPED)
        fitting_stop(set);
    if (status == LSTM_OK)
        return EXIT_OK;
    lstm_forecaster_free(*forecaster);
    *forecaster = NULL;
    return status == LSTM_E_MISMATCH && set->folder != NULL ? report_mismatch(set)
                                                            : message_library(set->data);
}

int fitting_extend(lstm_forecaster *forecaster, const settings *set, const lstm_dataset *data)
{
    stop_cancels(forecaster);
    lstm_status status = lstm_forecaster_continue(forecaster, data, NULL);
    stop_cancels(NULL);
    if (status == LSTM_STOPPED)
        fitting_stop(set);
    return status < 0 ? message_library("the last rows") : EXIT_OK;
}

char *fitting_description(const lstm_forecaster *forecaster)
{
    int64_t length = 0;
    char *text = NULL;
    lstm_status status = lstm_forecaster_describe(forecaster, NULL, 0, &length);
    if (status == LSTM_OK) {
        text = malloc((size_t)length + 1);
        status = text == NULL ? LSTM_E_NOMEM
                              : lstm_forecaster_describe(forecaster, text, length + 1, NULL);
    }
    if (status == LSTM_OK)
        return text;
    message_error("description: %s", lstm_status_text(status));
    free(text);
    return NULL;
}

int fitting_chosen(chosen *what, const lstm_forecaster *forecaster)
{
    char *text = fitting_description(forecaster);
    if (text == NULL)
        return EXIT_FAILED;
    json_t *all = json_loads(text, 0, NULL);
    const char *by = json_string_value(json_object_get(all, "forecast_by"));
    const char *because = json_string_value(json_object_get(all, "because"));
    const char *joined_by = json_string_value(json_object_get(all, "joined_by"));
    snprintf(what->by, sizeof what->by, "%s%s%s", by == NULL ? "" : by,
             joined_by == NULL ? "" : " with ", joined_by == NULL ? "" : joined_by);
    snprintf(what->because, sizeof what->because, "%s", because == NULL ? "" : because);
    what->season = json_integer_value(json_object_get(all, "season_len"));
    const json_t *training = json_object_get(json_object_get(all, "networks"), "training");
    what->n_network = json_integer_value(json_object_get(training, "n_network"));
    what->n_hidden = json_integer_value(json_object_get(training, "n_hidden"));
    what->batch_size = json_integer_value(json_object_get(training, "batch_size"));
    json_decref(all);
    free(text);
    return EXIT_OK;
}

int fitting_save(const lstm_forecaster *forecaster, const settings *set)
{
    if (set->model != NULL && lstm_forecaster_save(forecaster, set->model) < 0)
        return message_library("model");
    char *path = NULL;
    int code = recipe_path(&path, set);
    if (code == EXIT_OK && path != NULL)
        code = recipe_write(set, path);
    free(path);
    return code;
}
