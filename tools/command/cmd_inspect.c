/* SPDX-License-Identifier: MIT */
/* What a file of the library holds, as JSON. */
#include "command/console/message.h"
#include "command/options/commands.h"
#include "command/source/tensors.h"
#include "command/study/fitting.h"
#include <lstmts/model.h>
#include <stdlib.h>
#include <string.h>

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

static int verify_model(const char *path)
{
    lstm_model *model = NULL;
    if (lstm_model_load(&model, path) < 0)
        return message_library(path);
    lstm_model_free(model);
    return EXIT_OK;
}

int cmd_inspect(const settings *set)
{
    json_t *all = NULL;
    int code = tensors_read(&all, set->saved);
    if (code != EXIT_OK)
        return code;
    const char *kind = json_string_value(json_object_get(all, "kind"));
    bool is_forecaster = kind != NULL && strcmp(kind, "forecaster") == 0;
    bool is_checkpoint = kind != NULL && strcmp(kind, "checkpoint") == 0;
    if (is_forecaster)
        code = add_forecaster(all, set->saved);
    else if (!is_checkpoint)
        code = verify_model(set->saved);
    json_object_set_new(all, "verified", json_boolean(code == EXIT_OK && !is_checkpoint));
    if (code == EXIT_OK && json_dumpf(all, stdout, JSON_INDENT(2)) != 0)
        code = message_error("standard output: cannot be written");
    if (code == EXIT_OK)
        putchar('\n');
    json_decref(all);
    return code;
}
