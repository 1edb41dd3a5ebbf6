/* SPDX-License-Identifier: MIT */
/*
 * Every field of a forecaster's file is in a file of tests/released and in docs/file-format.md, and
 * these files have no other fields and tensors than the document.
 */
#include "files/json_read.h"
#include "forecaster/forecaster_fields.h"
#include "store/safetensors.h"

#include "released_forecaster.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_TEXT = 1 << 17 };

/* Fields of a struct: where they are in the JSON, and the line of the document that has them. */
typedef struct field_table {
    const lts_field *fields;
    int64_t n;
    const char *path[4];
    const char *line; /* its beginning; NULL = anywhere in the section */
} field_table;

#define FIELDS(array) array, LTS_COUNT(array)

static const field_table tables[] = {
    {FIELDS(lts_option_fields), {"options"}, "| `lstm_forecaster_options` |"},
    {FIELDS(lts_view_fields), {"networks", "view"}, "| `lstm_view_options` |"},
    {FIELDS(lts_loss_fields), {"loss"}, "| `lstm_loss_options` |"},
    {FIELDS(lts_given_ridge_fields), {"ridge_options"}, "| `lstm_ridge_options` |"},
    {FIELDS(lts_interval_fields), {"interval_options"}, "| `lstm_interval_options` |"},
    {FIELDS(lts_data_fields), {"data"}, "| `data` |"},
    {FIELDS(lts_continued_fields), {"continued"}, "| `continued` |"},
    {FIELDS(lts_network_fields), {"networks"}, "| `networks` |"},
    {FIELDS(lts_ridge_fields), {"ridge"}, "| `ridge` |"},
    {FIELDS(lts_ridge_fields), {"choice", "ridge"}, "| `ridge` |"},
    {FIELDS(lts_training_fields), {"choice", "training"}, "| `training` |"},
    {FIELDS(lts_choice_fields), {"choice"}, NULL},
};

typedef struct fixture {
    lts_safetensors *files[RELEASED_CASES];
    json_t *json[RELEASED_CASES];
    char *tensors, *fields; /* sections of the document */
} fixture;

/* From the line `title` to the next title. */
static char *section(const char *text, const char *title)
{
    const char *begin = strstr(text, title);
    assert_non_null(begin);
    begin += strlen(title);
    const char *end = strstr(begin, "\n#");
    assert_non_null(end);
    return strndup(begin, (size_t)(end - begin));
}

static int open_all(void **state)
{
    static fixture f;
    static char text[MOST_TEXT];
    FILE *file = fopen(TEST_RELEASED "/../../docs/file-format.md", "r");
    assert_non_null(file);
    const size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_in_range(size, 1000, sizeof text - 2);
    f.tensors = section(text, "\n### Of a forecaster\n");
    f.fields = section(text, "\n### The JSON of a forecaster\n");
    for (int i = 0; i < RELEASED_CASES; i++) {
        char path[512];
        json_error_t error;
        snprintf(path, sizeof path, TEST_RELEASED "/v3_%s.safetensors", released_cases[i].file);
        assert_ok(lts_safetensors_open(&f.files[i], lts_at_path(path)));
        const char *json = lts_safetensors_text(f.files[i], "forecaster");
        assert_ok(lts_json_read(&f.json[i], json, (int64_t)strlen(json), &error));
    }
    *state = &f;
    return 0;
}

static int close_all(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < RELEASED_CASES; i++) {
        json_decref(f->json[i]);
        lts_safetensors_free(f->files[i]);
    }
    free(f->tensors);
    free(f->fields);
    return 0;
}

/* Whether the object at the end of the path has the field; of an array, whether an element has. */
static bool has_field(const json_t *at, const char *const *path, const char *field)
{
    for (size_t i = 0; i < json_array_size(at); i++)
        if (has_field(json_array_get(at, i), path, field))
            return true;
    if (!json_is_object(at))
        return false;
    return *path == NULL ? json_object_get(at, field) != NULL
                         : has_field(json_object_get(at, *path), path + 1, field);
}

static void the_files_have_every_field(void **state)
{
    const fixture *f = *state;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (int64_t i = 0; i < tables[t].n; i++) {
            bool found = false;
            for (int k = 0; k < RELEASED_CASES; k++)
                found |= has_field(f->json[k], tables[t].path, tables[t].fields[i].name);
            if (!found)
                fail_msg("no %s in %s of a file", tables[t].fields[i].name, tables[t].path[0]);
        }
}

/* Whether `text` has the name between back quotes before the end, which is a character of it. */
static bool has_name(const char *text, const char *name, const char *end)
{
    char quoted[200];
    snprintf(quoted, sizeof quoted, "`%s`", name);
    const char *at = strstr(text, quoted);
    return at != NULL && at < end;
}

static void the_document_has_every_field(void **state)
{
    const fixture *f = *state;
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        const field_table *table = &tables[t];
        const char *line = table->line == NULL ? f->fields : strstr(f->fields, table->line);
        assert_non_null(line);
        const char *end = table->line == NULL ? line + strlen(line) : strchr(line, '\n');
        for (int64_t i = 0; i < table->n; i++)
            if (!has_name(line, table->fields[i].name, end))
                fail_msg("no %s in the line %s", table->fields[i].name, table->line);
    }
}

static void find_keys(const json_t *at, const char *document)
{
    const char *key;
    json_t *value;
    for (size_t i = 0; i < json_array_size(at); i++)
        find_keys(json_array_get(at, i), document);
    json_object_foreach((json_t *)(uintptr_t)at, key, value)
    {
        if (!has_name(document, key, document + strlen(document)))
            fail_msg("no %s in the document", key);
        find_keys(value, document);
    }
}

/* "network.12.scales" as "network.N.scales", and parameters as their prefix alone. */
static void general_name(const char *name, char general[200])
{
    static const char prefix[] = "network.";
    snprintf(general, 200, "%s", name);
    if (strncmp(name, prefix, sizeof prefix - 1) != 0)
        return;
    const char *rest = name + sizeof prefix - 1;
    while (isdigit((unsigned char)*rest))
        rest++;
    const bool of_moment = strncmp(rest, ".m.", 3) == 0 || strncmp(rest, ".v.", 3) == 0;
    if (strstr(rest, "weight") != NULL || strstr(rest, "bias") != NULL)
        snprintf(general, 200, "network.N.%.*s", of_moment ? 2 : 0, rest + 1);
    else
        snprintf(general, 200, "network.N%s", rest);
}

static void the_document_has_all_that_the_files_have(void **state)
{
    const fixture *f = *state;
    for (int k = 0; k < RELEASED_CASES; k++) {
        find_keys(f->json[k], f->fields);
        for (int64_t i = 0; i < lts_safetensors_count(f->files[k]); i++) {
            char name[200];
            general_name(lts_safetensors_at(f->files[k], i)->name, name);
            if (!has_name(f->tensors, name, f->tensors + strlen(f->tensors)))
                fail_msg("no tensor %s in the document", name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_files_have_every_field),
        cmocka_unit_test(the_document_has_every_field),
        cmocka_unit_test(the_document_has_all_that_the_files_have),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
