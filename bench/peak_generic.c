/* SPDX-License-Identifier: MIT */
#define WIDTH    4
#define SET_NAME "generic"
#define PEAK_SET bench_peak_generic
#include "peak_body.h"
