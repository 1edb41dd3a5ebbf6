/* SPDX-License-Identifier: MIT */
#include "run/run_clock.h"

#include "files/io.h"

#include <math.h>

double lts_clock_now(void)
{
    struct timespec now;
    lts_io_now()->clock(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double seconds_of_call(const lts_run_clock *clock)
{
    return clock->running ? lts_clock_now() - clock->start : 0;
}

void lts_run_clock_start(lts_run_clock *clock, uint64_t iteration, double fraction)
{
    clock->running = true;
    clock->start = lts_clock_now();
    clock->iteration_start = iteration;
    clock->fraction_start = fraction;
}

void lts_run_clock_stop(lts_run_clock *clock)
{
    clock->before = lts_run_clock_elapsed(clock);
    clock->running = false;
}

double lts_run_clock_elapsed(const lts_run_clock *clock)
{
    return clock->before + seconds_of_call(clock);
}

lts_pace lts_run_clock_pace(const lts_run_clock *clock, uint64_t iteration, double fraction)
{
    double seconds = seconds_of_call(clock);
    double gained = fraction - clock->fraction_start;
    double updates = (double)(iteration - clock->iteration_start);
    return (lts_pace){
        .elapsed = clock->before + seconds,
        .rate = seconds > 0 ? updates / seconds : 0,
        .remaining = clock->running && gained > 0 ? (1 - fraction) / gained * seconds : (double)NAN,
    };
}
