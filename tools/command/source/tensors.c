/* SPDX-License-Identifier: MIT */
/* https://github.com/huggingface/safetensors: 8 bytes of length, the lowest first, then JSON. */
#include "command/source/tensors.h"
#include "command/console/message.h"
#include "command/options/settings.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LENGTH_BYTES = 8, MOST_HEADER = 1 << 27, MOST_SHOWN = 200 };

/* The header as text of *size bytes; free it with free(). */
static char *read_header(FILE *file, const char *path, int64_t file_size, size_t *size)
{
    unsigned char bytes[LENGTH_BYTES];
    uint64_t length = 0;
    if (fread(bytes, 1, sizeof bytes, file) != sizeof bytes) {
        message_error("%s: not a safetensors file: it is too short", path);
        return NULL;
    }
    for (int i = LENGTH_BYTES - 1; i >= 0; i--)
        length = length << 8 | bytes[i];
    if (length > MOST_HEADER || (int64_t)length > file_size - LENGTH_BYTES) {
        message_error("%s: not a safetensors file, or it is truncated", path);
        return NULL;
    }
    char *text = malloc(length + 1);
    *size = length;
    if (text == NULL || fread(text, 1, length, file) != length) {
        message_error("%s: cannot be read", path);
        free(text);
        return NULL;
    }
    return text;
}

static int64_t count(const json_t *shape)
{
    int64_t n = 1;
    for (size_t i = 0; i < json_array_size(shape); i++) {
        int64_t size = json_integer_value(json_array_get(shape, i));
        n = size <= 0 || n > INT64_MAX / size ? 0 : n * size;
    }
    return n;
}

/* A value of the metadata: JSON of a recipe, and doubles, which are 0x and the 16 digits of their
   bits (docs/file-format.md), as what they are; null where they are NaN. */
static json_t *value_of(const char *name, const json_t *text)
{
    const char *digits = json_string_value(text);
    char *end = NULL;
    if (strcmp(name, "recipe") == 0)
        return json_loads(digits, 0, NULL);
    if (json_string_length(text) == 18 && strncmp(digits, "0x", 2) == 0) {
        uint64_t bits = strtoull(digits + 2, &end, 16);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (*end == '\0')
            return isfinite(value) ? json_real(value) : json_null();
    }
    return json_string_length(text) <= MOST_SHOWN ? json_string(digits) : NULL;
}

static json_t *describe(json_t *header, int64_t file_size)
{
    const char *name;
    json_t *value, *all = json_object(), *tensors = json_object();
    int64_t parameters = 0;
    json_object_set_new(all, "bytes", json_integer(file_size));
    json_object_foreach(json_object_get(header, "__metadata__"), name, value)
    {
        json_t *shown = json_is_string(value) ? value_of(name, value) : NULL;
        if (shown != NULL)
            json_object_set_new(all, name, shown);
    }
    json_object_foreach(header, name, value)
    {
        if (strcmp(name, "__metadata__") == 0)
            continue;
        int64_t n = count(json_object_get(value, "shape"));
        parameters = parameters > INT64_MAX - n ? INT64_MAX : parameters + n;
        json_object_set_new(tensors, name,
                            json_pack("{s:O?, s:O?}", "dtype", json_object_get(value, "dtype"),
                                      "shape", json_object_get(value, "shape")));
    }
    json_object_set_new(all, "parameters", json_integer(parameters));
    json_object_set_new(all, "tensors", tensors);
    return all;
}

int tensors_read(json_t **all, const char *path)
{
    struct stat there;
    json_error_t error;
    size_t size = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &there) != 0) {
        int number = errno;
        if (file != NULL)
            fclose(file);
        return message_error("%s: %s", path, strerror(number));
    }
    char *text = read_header(file, path, (int64_t)there.st_size, &size);
    fclose(file);
    if (text == NULL)
        return EXIT_FAILED;
    json_t *header = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    free(text);
    if (!json_is_object(header)) {
        json_decref(header);
        return message_error("%s: not a safetensors file: its header is not JSON", path);
    }
    *all = describe(header, (int64_t)there.st_size);
    json_decref(header);
    return EXIT_OK;
}
