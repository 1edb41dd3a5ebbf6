/* SPDX-License-Identifier: MIT */
#include "golden_case.h"
#include "assert_status.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static FILE *open_file(const char *name, const char *file)
{
    char path[1024];
    const char *elsewhere = getenv("LSTMTS_GOLDEN");
    snprintf(path, sizeof path, "%s/%s/%s", elsewhere == NULL ? TEST_GOLDEN : elsewhere, name,
             file);
    FILE *stream = fopen(path, "r");
    if (stream == NULL)
        fail_msg("%s cannot be read", path);
    return stream;
}

static void *grow(void *items, int64_t n, size_t item_size)
{
    void *grown = realloc(items, (size_t)n * item_size);
    assert_non_null(grown);
    return grown;
}

static void read_settings(golden_case *golden)
{
    FILE *stream = open_file(golden->name, "case.txt");
    char line[400];
    while (fgets(line, sizeof line, stream) != NULL) {
        golden->settings = grow(golden->settings, golden->n_setting + 1, sizeof *golden->settings);
        golden_setting *setting = &golden->settings[golden->n_setting++];
        setting->value[0] = '\0';
        if (sscanf(line, "%63s %255[^\n]", setting->key, setting->value) < 1)
            fail_msg("%s: case.txt has the line \"%s\"", golden->name, line);
    }
    fclose(stream);
}

/** Reads what follows the word "tensor": NAME ndim d0 .. [every n]. */
static void read_head(FILE *stream, const char *name, golden_tensor *tensor)
{
    char line[200], option[8];
    int used = 0;
    assert_non_null(fgets(line, sizeof line, stream));
    if (sscanf(line, "%47s %" SCNd64 "%n", tensor->name, &tensor->n_dim, &used) != 2 ||
        tensor->n_dim < 1 || tensor->n_dim > 3)
        fail_msg("%s: \"tensor%s\" is not the head of a tensor", name, line);
    tensor->size = 1;
    const char *rest = line + used;
    for (int64_t i = 0; i < tensor->n_dim; i++) {
        assert_int_equal(sscanf(rest, "%" SCNd64 "%n", &tensor->dim[i], &used), 1);
        assert_true(tensor->dim[i] >= 1);
        tensor->size *= tensor->dim[i];
        rest += used;
    }
    tensor->every = 1;
    if (sscanf(rest, "%7s %" SCNd64, option, &tensor->every) == 2)
        assert_string_equal(option, "every");
    tensor->n_kept = (tensor->size + tensor->every - 1) / tensor->every;
}

static void read_values(FILE *stream, const char *name, golden_tensor *tensor)
{
    tensor->values = grow(NULL, tensor->n_kept, sizeof *tensor->values);
    for (int64_t i = 0; i < tensor->n_kept; i++)
        if (fscanf(stream, "%lf", &tensor->values[i]) != 1)
            fail_msg("%s: %s has %" PRId64 " values, not %" PRId64, name, tensor->name, i,
                     tensor->n_kept);
}

static void read_tensors(golden_case *golden)
{
    FILE *stream = open_file(golden->name, "tensors.txt");
    char word[8];
    while (fscanf(stream, "%7s", word) == 1) {
        assert_string_equal(word, "tensor");
        golden->tensors = grow(golden->tensors, golden->n_tensor + 1, sizeof *golden->tensors);
        golden_tensor *tensor = &golden->tensors[golden->n_tensor++];
        read_head(stream, golden->name, tensor);
        read_values(stream, golden->name, tensor);
    }
    fclose(stream);
}

golden_case *golden_case_open(const char *name)
{
    golden_case *golden = calloc(1, sizeof *golden);
    assert_non_null(golden);
    golden->name = name;
    read_settings(golden);
    read_tensors(golden);
    return golden;
}

void golden_case_close(golden_case *golden)
{
    for (int64_t i = 0; i < golden->n_tensor; i++)
        free(golden->tensors[i].values);
    free(golden->tensors);
    free(golden->settings);
    free(golden);
}

const char *golden_find(const golden_case *golden, const char *key)
{
    for (int64_t i = 0; i < golden->n_setting; i++)
        if (strcmp(golden->settings[i].key, key) == 0)
            return golden->settings[i].value;
    return NULL;
}

const char *golden_text(const golden_case *golden, const char *key)
{
    const char *value = golden_find(golden, key);
    if (value == NULL)
        fail_msg("%s has no setting %s", golden->name, key);
    return value;
}

int64_t golden_int(const golden_case *golden, const char *key)
{
    return strtoll(golden_text(golden, key), NULL, 10);
}

double golden_real(const golden_case *golden, const char *key)
{
    return strtod(golden_text(golden, key), NULL);
}

bool golden_is(const golden_case *golden, const char *key, const char *value)
{
    return strcmp(golden_text(golden, key), value) == 0;
}

static const golden_tensor *find_tensor(const golden_case *golden, const char *name)
{
    for (int64_t i = 0; i < golden->n_tensor; i++)
        if (strcmp(golden->tensors[i].name, name) == 0)
            return &golden->tensors[i];
    return NULL;
}

const golden_tensor *golden_get(const golden_case *golden, const char *format, ...)
{
    char name[64];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    const golden_tensor *tensor = find_tensor(golden, name);
    if (tensor == NULL)
        fail_msg("%s has no tensor %s", golden->name, name);
    return tensor;
}

bool golden_has(const golden_case *golden, const char *name)
{
    return find_tensor(golden, name) != NULL;
}
