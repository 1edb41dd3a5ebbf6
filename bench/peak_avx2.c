/* SPDX-License-Identifier: MIT */
#define WIDTH    8
#define SET_NAME "avx2"
#define PEAK_SET bench_peak_avx2
#include "peak_body.h"
