/* SPDX-License-Identifier: MIT */
/* Corrects length and checksum of a container after a change. */
#ifndef TESTS_FUZZ_REPAIR_H
#define TESTS_FUZZ_REPAIR_H

#include <stddef.h>
#include <stdint.h>

/** The header's length in a file of at least 8 bytes, limited to the size of the file. */
size_t fuzz_header_length(const uint8_t *file, size_t size);

/**
 * Set the length and the checksum of a file whose header has `header` bytes.
 */
void fuzz_repair(uint8_t *file, size_t size, size_t header);

#endif
