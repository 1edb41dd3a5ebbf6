/* SPDX-License-Identifier: MIT */
/*
 * How many processors this process may use: those of its affinity mask, and no more than the quota
 * of its control groups allows. More threads than that only wait for each other.
 */
#ifndef LTS_BASE_CORES_H
#define LTS_BASE_CORES_H

#include <stdint.h>

/** At least 1. Reads files of the system; leaves errno. */
int64_t lts_cores(void);

/**
 * Whole processors that the quota of the control groups of this process allows, at least 1, or
 * INT64_MAX without a quota. `root` is put before /proc and /sys.
 */
int64_t lts_cores_by_quota(const char *root);

#endif
