/* SPDX-License-Identifier: MIT */
/*
 * Snapshots by LSTM_SECONDS, with a clock of the test's own that advances at each update.
 */
#ifndef TESTS_SNAPSHOT_CLOCK_H
#define TESTS_SNAPSHOT_CLOCK_H

#include "failing_io.h"
#include "snapshot_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static double now, an_update_takes, a_flush_takes; /* seconds */
static bool stops;                                 /* stop after each update */

static inline int own_clock(clockid_t clock, struct timespec *time)
{
    if (clock != CLOCK_MONOTONIC)
        return clock_gettime(clock, time);
    time->tv_sec = (time_t)now;
    time->tv_nsec = (long)((now - (double)time->tv_sec) * 1e9);
    return 0;
}

static inline int slow_sync(int descriptor)
{
    now += a_flush_takes;
    return lts_io_system.sync(descriptor);
}

/*
 * Progress is reported after the snapshot of an update, so this is the duration of the next update.
 */
static inline int pass_time(const lstm_progress *progress, void *user)
{
    (void)progress;
    (void)user;
    now += an_update_takes;
    return stops;
}

static failing_io *io;

static inline int set_up(void **fixture)
{
    io = failing_io_install();
    io->table.clock = own_clock;
    now = 1000;
    an_update_takes = 10;
    stops = false;
    return make_folder_fixture(fixture);
}

static inline int tear_down(void **fixture)
{
    int failed = remove_folder_fixture(fixture);
    failing_io_remove();
    return failed;
}

static inline void recipe_by_clock(training_recipe *recipe, const char *folder)
{
    training_recipe_init(recipe);
    recipe->trainer.folder = folder;
    recipe->trainer.on_progress = pass_time;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
