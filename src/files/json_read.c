/* SPDX-License-Identifier: MIT */
#include "files/json_read.h"

#include "base/locale.h"
#include "base/status.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Not instrumented for fuzzing: the comparisons of each byte would take half the fuzzer's time. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define NOT_INSTRUMENTED __attribute__((noinline, no_sanitize("coverage")))
#else
#define NOT_INSTRUMENTED
#endif

/* The number of bytes before the first one that is in `ends`. */
NOT_INSTRUMENTED static int64_t span_until(const char *text, int64_t size, const bool ends[256])
{
    int64_t i = 0;
    while (i < size && !ends[(unsigned char)text[i]])
        i++;
    return i;
}

typedef struct extent {
    int64_t depth, nodes; /* counting ends when one exceeds its limit */
} extent;

/* In a text that is not JSON, the counts are meaningless from the first syntax error on. */
NOT_INSTRUMENTED static extent measure_extent(const char *text, int64_t size)
{
    static const bool structure[256] = {
        ['"'] = true, ['{'] = true, ['['] = true, ['}'] = true, [']'] = true};
    static const bool string_end[256] = {['"'] = true, ['\\'] = true};
    bool in_string = false;
    extent most = {0, 0};
    int64_t depth = 0;
    for (int64_t i = 0; i < size; i++) {
        i += span_until(text + i, size - i, in_string ? string_end : structure);
        if (i >= size)
            break;
        char c = text[i];
        if (c == '\\')
            i++; /* an escaped quote does not end the string */
        else if (c == '"') {
            in_string = !in_string;
            most.nodes += in_string;
        } else if (c == '}' || c == ']')
            depth--;
        else {
            most.nodes++;
            most.depth = ++depth > most.depth ? depth : most.depth;
        }
        if (most.depth > LTS_JSON_DEPTH || most.nodes > LTS_JSON_NODES)
            break;
    }
    return most;
}

/*
 * Jansson 2.14 does not check whether its token buffer could grow: it then loses characters and may
 * write beyond the end. Therefore all the memory that it may need is allocated and freed first.
 * Measured: less than 240 bytes for an object, array or string, and 24 for each byte of the rest.
 */
static bool parser_has_memory(int64_t length, int64_t nodes)
{
    json_malloc_t allocate;
    json_free_t release;
    json_get_alloc_funcs(&allocate, &release);
    void *reserve = allocate(32 * (size_t)length + 240 * (size_t)nodes + 16384);
    if (reserve == NULL)
        return false;
    release(reserve);
    return true;
}

/*
 * Jansson has an error code for lack of memory but does not set it. It leaves the error's text
 * empty or, if it cannot allocate a string that it has just read, reports an invalid token there.
 */
static bool parser_lacked_memory(const json_error_t *error, const char *text)
{
    if (error->text[0] == '\0')
        return true;
    bool reports_token = strncmp(error->text, "invalid token", 13) == 0 ||
                         strncmp(error->text, "string or '}' expected", 22) == 0;
    return reports_token && error->position > 0 && text[error->position - 1] == '"';
}

lstm_status lts_json_read(json_t **json, const char *text, int64_t size, json_error_t *error)
{
    /* Jansson 2.14 aborts at a number where the host's decimal point has several bytes. */
    LTS_C_LOCALE_SCOPE();
    extent most = measure_extent(text, size);
    if (most.depth > LTS_JSON_DEPTH || most.nodes > LTS_JSON_NODES) {
        snprintf(error->text, sizeof error->text,
                 most.depth > LTS_JSON_DEPTH ? "depth is above %d"
                                             : "objects, arrays and strings are more than %d",
                 most.depth > LTS_JSON_DEPTH ? LTS_JSON_DEPTH : LTS_JSON_NODES);
        return LSTM_E_LIMIT;
    }
    if (parser_has_memory(size, most.nodes)) {
        int before = errno; /* Jansson sets errno to 0 when it reads numbers */
        json_t *read = json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, error);
        errno = before;
        if (read != NULL) {
            *json = read;
            return LSTM_OK;
        }
        if (!parser_lacked_memory(error, text))
            return LSTM_E_FORMAT;
    }
    return lts_fail(LSTM_E_NOMEM, "out of memory for %lld bytes of JSON", (long long)size);
}
