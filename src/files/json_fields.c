/* SPDX-License-Identifier: MIT */
#include "files/json_fields.h"

#include "base/status.h"
#include "files/json_text.h"
#include "files/numbers.h"

#include <string.h>

/* int64_t, uint64_t and double have 8 bytes each; 8 zeros are also an empty text. */
enum { SIZE = 8 };

json_t *lts_double_json(double value)
{
    char text[LTS_NUMBER_SIZE];
    lts_print_double(text, value);
    return json_string_nocheck(text);
}

static json_t *value_json(lts_field_type type, const void *from)
{
    char text[LTS_NUMBER_SIZE];
    int64_t integer;
    uint64_t natural;
    double number;
    switch (type) {
    case LTS_FIELD_INT:
        memcpy(&integer, from, SIZE);
        return json_integer(integer);
    case LTS_FIELD_UINT:
        memcpy(&natural, from, SIZE);
        lts_print_uint(text, natural);
        return json_string_nocheck(text);
    case LTS_FIELD_TEXT:
        return json_string(from);
    default:
        memcpy(&number, from, SIZE);
        return lts_double_json(number);
    }
}

json_t *lts_fields_json(const lts_field *fields, int64_t n, const void *from)
{
    static const char zero[SIZE];
    json_t *object = json_object();
    for (int64_t i = 0; i < n; i++) {
        const char *at = (const char *)from + fields[i].offset;
        if (memcmp(at, zero, SIZE) != 0)
            object = lts_json_with(object, fields[i].name, value_json(fields[i].type, at));
    }
    return object;
}

/* False unless it is as value_json() makes it. */
static bool parse_value(lts_field_type type, const json_t *value, void *to)
{
    const char *text = json_string_value(value);
    int64_t integer = json_integer_value(value);
    uint64_t natural;
    double number;
    if (type == LTS_FIELD_INT && json_is_integer(value))
        memcpy(to, &integer, SIZE);
    else if (type == LTS_FIELD_UINT && text != NULL && lts_parse_uint(text, &natural))
        memcpy(to, &natural, SIZE);
    else if (type == LTS_FIELD_DOUBLE && text != NULL && lts_parse_double(text, &number))
        memcpy(to, &number, SIZE);
    else if (type == LTS_FIELD_TEXT && text != NULL && strlen(text) < LTS_FIELD_TEXT_SIZE)
        memcpy(to, text, strlen(text) + 1);
    else
        return false;
    return true;
}

static const lts_field *find_field(const lts_field *fields, int64_t n, const char *name)
{
    for (int64_t i = 0; i < n; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

static bool is_among(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

lstm_status lts_fields_read(const lts_field *fields, int64_t n, const char *const *others,
                            const char *what, const json_t *object, void *to)
{
    if (!json_is_object(object))
        return lts_fail(LSTM_E_FORMAT, "%.300s is not an object", what);
    for (int64_t i = 0; i < n; i++)
        memset((char *)to + fields[i].offset, 0, SIZE);
    void *at = json_object_iter((json_t *)(uintptr_t)object);
    for (; at != NULL; at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        const char *name = json_object_iter_key(at);
        const lts_field *field = find_field(fields, n, name);
        if (field == NULL && !is_among(others, name))
            return lts_fail(LSTM_E_FORMAT, "%.300s has \"%.80s\", which this release does not know",
                            what, name);
        if (field != NULL &&
            !parse_value(field->type, json_object_iter_value(at), (char *)to + field->offset))
            return lts_fail(LSTM_E_FORMAT, "%.300s: \"%.80s\" is not a %s as it is written", what,
                            name, field->type == LTS_FIELD_TEXT ? "text" : "number");
    }
    return LSTM_OK;
}
