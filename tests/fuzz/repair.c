/* SPDX-License-Identifier: MIT */
#include "repair.h"

size_t fuzz_header_length(const uint8_t *file, size_t size)
{
    uint64_t length = 0;
    for (int i = 0; i < 8; i++)
        length |= (uint64_t)file[i] << 8 * i;
    return length < size - 8 ? (size_t)length : size - 8;
}

void fuzz_repair(uint8_t *file, size_t size, size_t header)
{
    (void)size;
    for (int i = 0; i < 8; i++)
        file[i] = (uint8_t)((uint64_t)header >> 8 * i);
}
