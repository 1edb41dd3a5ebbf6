/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

void fuzz_take(fuzz_input *input, void *bytes, size_t n)
{
    size_t there = n < input->size ? n : input->size;
    memset(bytes, 0, n);
    if (there == 0)
        return;
    memcpy(bytes, input->data, there);
    input->data += there;
    input->size -= there;
}

uint8_t fuzz_byte(fuzz_input *input)
{
    uint8_t byte;
    fuzz_take(input, &byte, 1);
    return byte;
}

int64_t fuzz_below(fuzz_input *input, int64_t n)
{
    return fuzz_byte(input) % n;
}

void *fuzz_options(fuzz_input *input)
{
    uint64_t size;
    fuzz_take(input, &size, sizeof size);
    bool believable = size >= 8 && size % 8 == 0 && size <= 65536;
    size_t room = believable ? (size_t)size : 8;
    unsigned char *options = malloc(room);
    FUZZ_HOLDS(options != NULL);
    memcpy(options, &size, sizeof size);
    fuzz_take(input, options + 8, room - 8);
    return options;
}

void fuzz_put(void *options, size_t offset, const void *bytes, size_t n)
{
    uint64_t size;
    memcpy(&size, options, sizeof size);
    if (size % 8 == 0 && size <= 65536 && offset + n <= size)
        memcpy((unsigned char *)options + offset, bytes, n);
}
