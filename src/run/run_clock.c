/* SPDX-License-Identifier: MIT */
#include "run/run_clock.h"

#include "files/io.h"

#include <math.h>

double lts_clock_now(void)
{
    struct timespec now;
    if (lts_io_now()->clock(CLOCK_MONOTONIC, &now) != 0)
        return (double)NAN;
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double lts_clock_since(double start)
{
    double seconds = lts_clock_now() - start;
    return seconds > 0 ? seconds : 0; /* 0 also for NaN */
}

/* Not less than before, even if the clock goes back. */
static double seconds_of_call(const lts_run_clock *clock)
{
    if (!clock->running)
        return 0;
    double seconds = lts_clock_since(clock->start);
    return seconds > clock->seconds ? seconds : clock->seconds;
}

void lts_run_clock_start(lts_run_clock *clock, uint64_t iteration, double fraction)
{
    clock->running = true;
    clock->start = lts_clock_now();
    clock->seconds = 0;
    clock->iteration_start = iteration;
    clock->fraction_start = fraction;
}

void lts_run_clock_stop(lts_run_clock *clock, uint64_t iteration, double fraction)
{
    clock->last = lts_run_clock_pace(clock, iteration, fraction);
    clock->has_last = true;
    clock->before = lts_run_clock_elapsed(clock);
    clock->running = false;
}

void lts_run_clock_return(lts_run_clock *clock, double elapsed)
{
    clock->before = elapsed;
    clock->has_last = false;
}

double lts_run_clock_elapsed(lts_run_clock *clock)
{
    clock->seconds = seconds_of_call(clock);
    return clock->before + clock->seconds;
}

lts_pace lts_run_clock_pace(const lts_run_clock *clock, uint64_t iteration, double fraction)
{
    double seconds = seconds_of_call(clock);
    lts_pace pace = {.elapsed = clock->before + seconds, .rate = 0, .remaining = (double)NAN};
    if (!clock->running && clock->has_last) {
        pace.rate = clock->last.rate;
        pace.remaining = clock->last.remaining;
    }
    if (!clock->running)
        return pace;
    double gained = fraction - clock->fraction_start;
    double updates = (double)(iteration - clock->iteration_start);
    if (seconds > 0)
        pace.rate = updates / seconds;
    if (gained > 0)
        pace.remaining = (1 - fraction) / gained * seconds;
    return pace;
}
