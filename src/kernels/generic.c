/* SPDX-License-Identifier: MIT */
#define LTS_SET      lts_kernels_generic
#define LTS_SET_NAME "generic"
#define LTS_ROWS     2
#ifdef LSTMTS_TEST_DOUBLE
#define LTS_LANES 2
#else
#define LTS_LANES 4
#endif
#include "kernels/body.h"
