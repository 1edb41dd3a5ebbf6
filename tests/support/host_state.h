/* SPDX-License-Identifier: MIT */
/* The state of the host, to be compared before and after the library is used. */
#ifndef TESTS_HOST_STATE_H
#define TESTS_HOST_STATE_H

#include <stdbool.h>
#include <stdint.h>

enum { HOST_SIGNALS = 65 };

typedef struct host_state {
    char locale[400], folder[400];
    uint32_t control; /**< of floating point: MXCSR without its flags, FPCR, FPSCR or FPC */
    uint32_t x87;
    int rounding;
    uint64_t blocked; /**< signals */
    uint64_t handlers[HOST_SIGNALS], flags[HOST_SIGNALS];
    uint64_t file_mask, descriptors;
} host_state;

void host_state_read(host_state *s);
void host_state_assert_equal(const host_state *before, const host_state *after, const char *where);

/**
 * Number of threads of this process. Waits up to ten seconds for `expected`: a joined thread may
 * still be visible for a moment.
 */
uint64_t host_state_threads(uint64_t expected);

/** Redirect standard output and error to a file, until they are restored. */
void host_state_hide_output(const char *path);
void host_state_show_output(void);

/** Whether this machine can take denormals for 0. The x87 registers of i386, and S/390, cannot. */
#if defined(__s390__) || (defined(__i386__) && !defined(__SSE_MATH__))
enum { HOST_CAN_FLUSH = 0 };
#else
enum { HOST_CAN_FLUSH = 1 };
#endif

void host_state_flush_to_zero(bool flush);

#endif
