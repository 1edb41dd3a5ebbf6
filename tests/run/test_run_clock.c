/* SPDX-License-Identifier: MIT */
/* Seconds of training, with a clock of the test's own. */
#include "assert_status.h"
#include "files/io.h"
#include "run/run_clock.h"

#include <math.h>

static long now; /* seconds */

static int own_clock(clockid_t clock, struct timespec *time)
{
    assert_int_equal(clock, CLOCK_MONOTONIC);
    *time = (struct timespec){.tv_sec = now, .tv_nsec = 250000000};
    return 0;
}

static int use_own_clock(void **fixture)
{
    static lts_io table;
    (void)fixture;
    table = lts_io_system;
    table.clock = own_clock;
    lts_io_use(&table);
    now = 1000;
    return 0;
}

static int use_system_clock(void **fixture)
{
    (void)fixture;
    lts_io_use(NULL);
    return 0;
}

static void nanoseconds_count(void **fixture)
{
    (void)fixture;
    assert_true(lts_clock_now() == 1000.25);
}

static void only_time_within_calls_counts(void **fixture)
{
    (void)fixture;
    lts_run_clock clock = {.before = 7};
    assert_true(lts_run_clock_elapsed(&clock) == 7);
    now += 100;
    assert_true(lts_run_clock_elapsed(&clock) == 7);
    lts_run_clock_start(&clock, 0, 0);
    now += 3;
    assert_true(lts_run_clock_elapsed(&clock) == 10);
    lts_run_clock_stop(&clock, 0, 0);
    now += 100;
    assert_true(lts_run_clock_elapsed(&clock) == 10);
    lts_run_clock_start(&clock, 0, 0);
    assert_true(lts_run_clock_elapsed(&clock) == 10);
    now += 1;
    assert_true(lts_run_clock_elapsed(&clock) == 11);
}

/* A machine that has just been started may have a clock at 0. */
static void a_clock_that_begins_with_0_counts_too(void **fixture)
{
    (void)fixture;
    lts_run_clock clock = {0};
    now = 0;
    lts_run_clock_start(&clock, 0, 0);
    now = 2;
    assert_true(lts_run_clock_elapsed(&clock) == 2);
}

/* From update 40 and a quarter of the run in 5 seconds to update 50 and a half of it. */
static void the_pace_is_of_the_present_call(void **fixture)
{
    (void)fixture;
    lts_run_clock clock = {.before = 100};
    lts_run_clock_start(&clock, 40, 0.25);
    now += 5;
    lts_pace pace = lts_run_clock_pace(&clock, 50, 0.5);
    assert_true(pace.elapsed == 105 && pace.rate == 2 && pace.remaining == 10);
    pace = lts_run_clock_pace(&clock, 50, 1);
    assert_true(pace.remaining == 0);
}

static void a_pace_that_is_not_known_is_not_made_up(void **fixture)
{
    (void)fixture;
    lts_run_clock clock = {.before = 100};
    lts_pace pace = lts_run_clock_pace(&clock, 50, 0.5);
    assert_true(pace.elapsed == 100 && pace.rate == 0 && isnan(pace.remaining)); /* no call */
    lts_run_clock_start(&clock, 50, 0.5);
    pace = lts_run_clock_pace(&clock, 50, 0.5);
    assert_true(pace.rate == 0 && isnan(pace.remaining)); /* no time */
    now += 1;
    pace = lts_run_clock_pace(&clock, 50, 0.5);
    assert_true(pace.rate == 0 && isnan(pace.remaining)); /* no update */
}

/* A suspended machine, another one under a moved virtual machine, or no clock at all. */
static int fails(clockid_t clock, struct timespec *time)
{
    (void)clock;
    *time = (struct timespec){.tv_sec = -999999};
    return -1;
}

static void a_clock_that_goes_back_or_fails_stands_still(void **fixture)
{
    (void)fixture;
    lts_io failing = lts_io_system;
    failing.clock = fails;
    lts_run_clock clock = {.before = 7};
    lts_run_clock_start(&clock, 0, 0);
    now += 5;
    assert_true(lts_run_clock_elapsed(&clock) == 12);
    now -= 3;
    assert_true(lts_run_clock_elapsed(&clock) == 12);
    assert_true(lts_run_clock_pace(&clock, 10, 0.5).elapsed == 12);
    now = 3;
    assert_true(lts_run_clock_elapsed(&clock) == 12);
    const lts_io *working = lts_io_now();
    lts_io_use(&failing);
    assert_true(lts_run_clock_elapsed(&clock) == 12);
    lts_run_clock_stop(&clock, 0, 0);
    lts_run_clock_start(&clock, 0, 0);
    lts_io_use(working);
    now = 5000;
    assert_true(lts_run_clock_elapsed(&clock) == 12); /* when the call began is not known */
    assert_true(lts_clock_since(6000) == 0);
}

static void the_pace_of_the_last_call_is_kept_until_a_resume(void **fixture)
{
    (void)fixture;
    lts_run_clock clock = {.before = 100};
    lts_run_clock_start(&clock, 40, 0.25);
    now += 5;
    lts_run_clock_stop(&clock, 50, 0.5);
    now += 5;
    lts_pace pace = lts_run_clock_pace(&clock, 50, 0.5);
    assert_true(pace.elapsed == 105 && pace.rate == 2 && pace.remaining == 10);
    lts_run_clock_return(&clock, 60);
    pace = lts_run_clock_pace(&clock, 20, 0.1);
    assert_true(pace.elapsed == 60 && pace.rate == 0 && isnan(pace.remaining));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, use_own_clock, use_system_clock)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nanoseconds_count),
        TEST(only_time_within_calls_counts),
        TEST(a_clock_that_begins_with_0_counts_too),
        TEST(the_pace_is_of_the_present_call),
        TEST(a_pace_that_is_not_known_is_not_made_up),
        TEST(a_clock_that_goes_back_or_fails_stands_still),
        TEST(the_pace_of_the_last_call_is_kept_until_a_resume),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
