/* SPDX-License-Identifier: MIT */
/* What belongs to the host, to be compared before and after the library was used. */
#ifndef TESTS_HOST_STATE_H
#define TESTS_HOST_STATE_H

#include <stdbool.h>
#include <stdint.h>

enum { HOST_SIGNALS = 65 };

typedef struct host_state {
    char locale[400], folder[400];
    uint32_t control; /**< of floating point: MXCSR without its flags, or FPCR */
    uint32_t x87;
    int rounding;
    uint64_t blocked; /**< signals */
    uint64_t handlers[HOST_SIGNALS], flags[HOST_SIGNALS];
    uint64_t file_mask, descriptors;
} host_state;

void host_state_read(host_state *s);
void host_state_assert_equal(const host_state *before, const host_state *after, const char *where);

/**
 * Threads of this process: `expected`, or what else it is after ten seconds. Whoever has joined a
 * thread may still see it for a moment.
 */
uint64_t host_state_threads(uint64_t expected);

/** Standard output and error go to a file until they are shown again. */
void host_state_hide_output(const char *path);
void host_state_show_output(void);

void host_state_flush_to_zero(bool flush);

#endif
