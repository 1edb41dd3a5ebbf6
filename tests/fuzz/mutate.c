/* SPDX-License-Identifier: MIT */
/*
 * Mutates a container so that most mutants pass the first checks: header and data are mutated
 * separately, and length and checksum are corrected afterwards, except in every eighth mutant.
 */
#include "fuzz.h"
#include "repair.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/*
 * Mutates `size` bytes at `at`, which may grow up to `capacity`; moves the `behind` bytes after
 * them.
 */
static size_t mutate_part(uint8_t *at, size_t size, size_t behind, size_t capacity)
{
    uint8_t *rest = malloc(behind + 1);
    FUZZ_HOLDS(rest != NULL);
    memcpy(rest, at + size, behind);
    size = LLVMFuzzerMutate(at, size, capacity);
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
