/* SPDX-License-Identifier: MIT */
#ifndef LTS_BASE_CLOCK_H
#define LTS_BASE_CLOCK_H

/** Seconds on a clock that nobody sets, from some moment on. */
double lts_seconds(void);

#endif
