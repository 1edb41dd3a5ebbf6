/* SPDX-License-Identifier: MIT */
#ifndef TESTS_DEVICE_CHECK_TWIN_H
#define TESTS_DEVICE_CHECK_TWIN_H

#include "../../cuda/twin.h"

/** What the twin is told, and counts, found as the core finds its library. */
lts_twin *twin_control(void);

#endif
