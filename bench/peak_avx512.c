/* SPDX-License-Identifier: MIT */
#define WIDTH    16
#define SET_NAME "avx512"
#define PEAK_SET bench_peak_avx512
#include "peak_body.h"
