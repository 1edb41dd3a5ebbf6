/* SPDX-License-Identifier: MIT */
#include "files/json_text.h"

#include "base/locale.h"
#include "base/memory.h"
#include "base/status.h"

enum { USUAL_SIZE = 512 };

char *lts_json_text(const json_t *json, size_t digits)
{
    LTS_C_LOCALE_SCOPE();
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits);
    size_t capacity = USUAL_SIZE, size = 0;
    char *text = json == NULL ? NULL : lts_alloc((int64_t)capacity, 1);
    if (text != NULL)
        size = json_dumpb(json, text, capacity - 1, flags);
    if (size >= capacity) { /* now that the size is known */
        lts_free(text);
        capacity = size + 1;
        text = lts_alloc((int64_t)capacity, 1);
        if (text != NULL)
            size = json_dumpb(json, text, capacity - 1, flags);
    }
    if (text != NULL && size > 0 && size < capacity)
        return text;
    lts_free(text);
    lts_fail(LSTM_E_NOMEM, "out of memory for a line of JSON");
    return NULL;
}

json_t *lts_json_with(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) == 0)
        return object;
    json_decref(object);
    return NULL;
}

json_t *lts_json_appended(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) == 0) /* it takes the value if there is no array, too */
        return array;
    json_decref(array);
    return NULL;
}
