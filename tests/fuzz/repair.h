/* SPDX-License-Identifier: MIT */
/* What a container says about itself, set right again after a change. */
#ifndef TESTS_FUZZ_REPAIR_H
#define TESTS_FUZZ_REPAIR_H

#include <stddef.h>
#include <stdint.h>

/** The length that a file of at least 8 bytes gives for its header, at most what is there. */
size_t fuzz_header_length(const uint8_t *file, size_t size);

/**
 * Set what is computed from the rest of the file, whose header has `header` bytes now: the header's
 * length, and whatever guards the contents. The only place that has to know how.
 */
void fuzz_repair(uint8_t *file, size_t size, size_t header);

#endif
