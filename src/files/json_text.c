/* SPDX-License-Identifier: MIT */
#include "files/json_text.h"

#include "base/locale.h"
#include "base/memory.h"
#include "base/status.h"

char *lts_json_text(const json_t *json, size_t digits)
{
    LTS_C_LOCALE_SCOPE();
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits);
    size_t size = json == NULL ? 0 : json_dumpb(json, NULL, 0, flags);
    char *text = size == 0 ? NULL : lts_alloc((int64_t)size + 1, 1);
    if (text != NULL && json_dumpb(json, text, size, flags) == size)
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
