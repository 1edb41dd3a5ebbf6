/* SPDX-License-Identifier: MIT */
#define LTS_SET        amx
#define LTS_PAYS(H, B) ((H) >= 64 && (B) >= 8)
#include "kernels/vector/tiles_amx.h"

#include "kernels/vector/parts_body.h"
