/* SPDX-License-Identifier: MIT */
#include "store/json_depth.h"

/* Of a text that is no JSON it may count anything: the parser refuses that within the same levels. */
bool lts_json_is_shallow(const char *text, int64_t size)
{
    bool in_string = false;
    int depth = 0;
    for (int64_t i = 0; i < size; i++) {
        char c = text[i];
        if (in_string) {
            i += c == '\\'; /* what is escaped ends no string */
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > LTS_JSON_DEPTH)
                return false;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return true;
}
