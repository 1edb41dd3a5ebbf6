/* SPDX-License-Identifier: MIT */
#include "train/json_text.h"

#include "base/memory.h"
#include "base/status.h"

char *lts_json_text(const json_t *json, size_t digits)
{
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits);
    size_t size = json == NULL ? 0 : json_dumpb(json, NULL, 0, flags);
    if (size == 0) {
        lts_fail(LSTM_E_NOMEM, "out of memory for a line of JSON");
        return NULL;
    }
    char *text = lts_alloc((int64_t)size + 1, 1);
    if (text != NULL)
        json_dumpb(json, text, size, flags);
    return text;
}
