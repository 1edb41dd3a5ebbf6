/* SPDX-License-Identifier: MIT */
#include "base/options.h"

#include "base/status.h"

#include <string.h>

/* What a compiler makes the size of every struct with a uint64_t a multiple of: 8, on i386 4. */
enum {
    ALIGNMENT = offsetof(
        struct {
            char first;
            uint64_t second;
        },
        second)
};

static bool is_size(uint64_t size)
{
    return size >= sizeof size && size % ALIGNMENT == 0 && size <= 65536;
}

/* LSTM_MODEL_OPTIONS_INIT for lstm_model_options */
static lstm_status fail_size(uint64_t size, const char *type_name)
{
    char macro[64];
    size_t n = 0;
    for (; n < sizeof macro - 1 && type_name[n] != '\0'; n++)
        macro[n] =
            (char)(type_name[n] >= 'a' && type_name[n] <= 'z' ? type_name[n] - 32 : type_name[n]);
    macro[n] = '\0';
    return lts_fail(LSTM_E_OPTIONS, "struct_size of %s is %llu: initialize it with %s_INIT",
                    type_name, (unsigned long long)size, macro);
}

lstm_status lts_read_options(void *copy, size_t known, const void *options, const char *type_name)
{
    memset(copy, 0, known);
    if (options == NULL)
        return LSTM_OK;
    uint64_t size;
    memcpy(&size, options, sizeof size);
    if (!is_size(size))
        return fail_size(size, type_name);
    const unsigned char *bytes = options;
    for (size_t i = known; i < size; i++)
        if (bytes[i] != 0)
            return lts_fail(LSTM_E_OPTIONS,
                            "%s has %llu bytes, this release knows %zu, and byte %zu is not 0",
                            type_name, (unsigned long long)size, known, i);
    memcpy(copy, options, size < known ? (size_t)size : known);
    return LSTM_OK;
}

lstm_status lts_init_options(void *options, uint64_t size, const char *type_name)
{
    if (options == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "options is NULL");
    if (!is_size(size))
        return lts_fail(LSTM_E_OPTIONS, "size is %llu, expected sizeof(%s)",
                        (unsigned long long)size, type_name);
    memset(options, 0, (size_t)size);
    memcpy(options, &size, sizeof size);
    return LSTM_OK;
}
