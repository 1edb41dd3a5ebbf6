/* SPDX-License-Identifier: MIT */
#define LTS_SET      lts_kernels_avx2
#define LTS_SET_NAME "avx2"
#define LTS_ROWS     3
#ifdef LSTMTS_TEST_DOUBLE
#define LTS_LANES 4
#else
#define LTS_LANES 8
#endif
#include "kernels/body.h"
