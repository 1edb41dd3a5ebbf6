/* SPDX-License-Identifier: MIT */
#define LTS_SET generic
#if defined(__arm__) && !defined(__ARM_NEON)
#define LTS_ROWS 1 /* without vectors, 2 rows do not fit in the registers */
#else
#define LTS_ROWS 2
#endif
#ifdef LSTMTS_TEST_DOUBLE
#define LTS_LANES 2
#else
#define LTS_LANES 4
#endif
#include "kernels/vector/body.h"
