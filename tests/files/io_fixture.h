/* SPDX-License-Identifier: MIT */
/*
 * Fixture of the tests of files: each starts with an empty folder and failing_io.h, and ends with
 * all descriptors closed.
 */
#ifndef TESTS_IO_FIXTURE_H
#define TESTS_IO_FIXTURE_H

#include "failing_io.h"
#include "scratch.h"

static failing_io *io;

static inline int no_fault(void **fixture)
{
    io = failing_io_install();
    alarm(20); /* a call that hangs fails the test */
    return scratch_clean(fixture);
}

static inline int no_leak(void **fixture)
{
    (void)fixture;
    failing_io_remove();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, no_fault, no_leak)

#endif
