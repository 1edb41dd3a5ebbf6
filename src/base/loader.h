/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_LOADER_H
#define LTS_BASE_LOADER_H

#include <stdbool.h>

/**
 * Whether dlopen() may be called. A statically linked program has no loader: its C library would
 * load a second C library for what it opens, and a library that creates threads crashes there.
 */
bool lts_program_has_loader(void);

#endif
