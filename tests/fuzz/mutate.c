/* SPDX-License-Identifier: MIT */
/*
 * Changes a container so that most changes get past its first checks: header and data are changed
 * apart, and what the file says about itself is set right afterwards. Every eighth change is left
 * as it came.
 */
#include "fuzz.h"
#include "repair.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* Mutates `size` bytes at `at`, which may grow up to `room`; the `behind` bytes after them move. */
static size_t mutate_part(uint8_t *at, size_t size, size_t behind, size_t room)
{
    uint8_t *rest = malloc(behind + 1);
    FUZZ_HOLDS(rest != NULL);
    memcpy(rest, at + size, behind);
    size = LLVMFuzzerMutate(at, size, room);
    memcpy(at + size, rest, behind);
    free(rest);
    return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    if (size < 10 || max_size < size || seed % 8 == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    size_t header = fuzz_header_length(data, size), behind = size - 8 - header;
    if (seed % 8 < 6 || behind == 0)
        header = mutate_part(data + 8, header, behind, max_size - 8 - behind);
    else
        behind = mutate_part(data + 8 + header, behind, 0, max_size - 8 - header);
    size = 8 + header + behind;
    fuzz_repair(data, size, header);
    return size;
}
