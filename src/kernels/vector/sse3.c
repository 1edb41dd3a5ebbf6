/* SPDX-License-Identifier: MIT */
#define LTS_SET  sse3
#define LTS_ROWS 2
#ifdef LSTMTS_TEST_DOUBLE
#define LTS_LANES 2
#else
#define LTS_LANES 4
#endif
#include "kernels/vector/body.h"
