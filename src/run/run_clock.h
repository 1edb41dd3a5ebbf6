/* SPDX-License-Identifier: MIT */
/*
 * Seconds of training, summed over all calls of lstm_trainer_run() and across resumes, and the pace
 * of the present call. The time between two calls does not count.
 */
#ifndef LTS_RUN_RUN_CLOCK_H
#define LTS_RUN_RUN_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct lts_run_clock {
    double before;         /**< seconds of training before the present call */
    bool running;          /**< whether there is a present call             */
    double start;          /**< lts_clock_now() when it began               */
    double fraction_start; /**< fraction of the run that was done then      */
    uint64_t iteration_start;
} lts_run_clock;

/** Seconds of a monotonic clock. */
double lts_clock_now(void);

/** A call of lstm_trainer_run() begins, after `iteration` updates and `fraction` of the run. */
void lts_run_clock_start(lts_run_clock *clock, uint64_t iteration, double fraction);
void lts_run_clock_stop(lts_run_clock *clock);

/** Seconds of training until now. */
double lts_run_clock_elapsed(const lts_run_clock *clock);

typedef struct lts_pace {
    double elapsed;   /**< seconds of training until now                                    */
    double rate;      /**< updates per second of the present call; 0 if there is none       */
    double remaining; /**< seconds until `fraction` is 1 at this call's pace; NaN if unknown */
} lts_pace;

/** The pace after `iteration` updates and `fraction` of the run. */
lts_pace lts_run_clock_pace(const lts_run_clock *clock, uint64_t iteration, double fraction);

#endif
