/* SPDX-License-Identifier: MIT */
#define LTS_SET amx

/* Below, less than two tiles of rows follow each other's latency (docs/performance.md). */
#define LTS_PAYS(H, B) ((H) >= 64 && (B) >= 32)
#include "kernels/vector/tiles_amx.h"

#include "kernels/vector/parts_body.h"
