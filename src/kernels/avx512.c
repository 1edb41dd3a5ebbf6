/* SPDX-License-Identifier: MIT */
#define LTS_SET      lts_kernels_avx512
#define LTS_SET_NAME "avx512"
#define LTS_ROWS     6
#ifdef LSTMTS_TEST_DOUBLE
#define LTS_LANES 8
#else
#define LTS_LANES 16
#endif
#include "kernels/body.h"
