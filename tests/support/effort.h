/* SPDX-License-Identifier: MIT */
/*
 * How much tests with many cases do. Under AddressSanitizer and in emulators, which take ten times as
 * long, TEST_FEWER is 4 (tests/meson.build, tests/portable/meson.build), and they run a part of the cases.
 */
#ifndef TESTS_EFFORT_H
#define TESTS_EFFORT_H

#ifndef TEST_FEWER
#define TEST_FEWER 1
#endif

/** Of a sequence, each of the first twenty, and then all of them or each seventh. */
#define TEST_NEXT(i) ((i) < 20 ? (i) + 1 : (i) + 2 * TEST_FEWER - 1)

#endif
