/* SPDX-License-Identifier: MIT */
/* The set `amx` with its instructions in C, for tests: slow, and used at all sizes. */
#define LTS_SET        amx_twin
#define LTS_PAYS(H, B) ((H) > 0 && (B) > 0)
#include "kernels/vector/tiles_twin.h"

#include "kernels/vector/parts_body.h"
