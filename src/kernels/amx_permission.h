/* SPDX-License-Identifier: MIT */
/* Whether this process may use the tile instructions of AMX. */
#ifndef LTS_KERNELS_AMX_PERMISSION_H
#define LTS_KERNELS_AMX_PERMISSION_H

#include <stdbool.h>

/* The tests' double has no such sets. */
#if defined(LTS_WITH_AMX) && !defined(LSTMTS_TEST_DOUBLE)
#define LTS_KERNELS_AMX
#endif

/**
 * Asks the kernel to permit them, which it does once for all threads of the process and its
 * children. False where processor or kernel have none, or where it refuses: for example if a thread
 * has an alternate signal stack that is too small for the tiles.
 */
bool lts_amx_permitted(void);

#endif
