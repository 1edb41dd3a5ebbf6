/* SPDX-License-Identifier: MIT */
#define LTS_SET amx

/* With fewer rows, too few sums are independent to hide the latency of an instruction. */
#define LTS_PAYS(H, B) ((H) >= 64 && (B) >= 32)
#include "kernels/vector/tiles_amx.h"

#include "kernels/vector/parts_body.h"
