/* SPDX-License-Identifier: MIT */
#ifndef TESTS_DEVICE_OPTION_H
#define TESTS_DEVICE_OPTION_H

#include <lstmts/device.h>
#include <lstmts/lstmts.h>

/** Sets the device of options that have one; without it there is the processor alone. */
#ifdef TEST_HAS_DEVICE
#define SET_DEVICE(options, name, how_exactly)                                                     \
    ((options).device = (name), (options).precision = (how_exactly))
#else
#define SET_DEVICE(options, name, how_exactly) ((void)(options), (void)(name), (void)(how_exactly))
#endif

#endif
