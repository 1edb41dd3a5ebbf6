/* SPDX-License-Identifier: MIT */
/*
 * Seconds of training, summed over all calls of lstm_trainer_run() and across resumes, and the pace
 * of the present call. The time between two calls does not count.
 */
#ifndef LTS_RUN_RUN_CLOCK_H
#define LTS_RUN_RUN_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/** The pace of a call of lstm_trainer_run(). */
typedef struct lts_pace {
    double elapsed;   /**< seconds of training until now                                    */
    double rate;      /**< updates per second of the call; 0 if there was none              */
    double remaining; /**< seconds until `fraction` is 1 at the call's pace; NaN if unknown */
} lts_pace;

typedef struct lts_run_clock {
    double before;         /**< seconds of training before the present call   */
    bool running;          /**< whether there is a present call               */
    double start;          /**< lts_clock_now() when it began                 */
    double seconds;        /**< its duration when it was last asked for       */
    double fraction_start; /**< fraction of the run that was done then        */
    uint64_t iteration_start;
    bool has_last; /**< whether there was a call since the start or a resume  */
    lts_pace last; /**< its pace at its end                                   */
} lts_run_clock;

/** Seconds of a monotonic clock; NaN if the system has none. */
double lts_clock_now(void);

/** Seconds since lts_clock_now() was `start`. 0 if the clock went back, or is unknown. */
double lts_clock_since(double start);

/** A call of lstm_trainer_run() begins, after `iteration` updates and `fraction` of the run. */
void lts_run_clock_start(lts_run_clock *clock, uint64_t iteration, double fraction);
void lts_run_clock_stop(lts_run_clock *clock, uint64_t iteration, double fraction);

/** The run returned to a checkpoint after `elapsed` seconds of training. */
void lts_run_clock_return(lts_run_clock *clock, double elapsed);

/** Seconds of training until now: at least as many as at the last call of this function. */
double lts_run_clock_elapsed(lts_run_clock *clock);

/**
 * The pace after `iteration` updates and `fraction` of the run; between calls, that of the last.
 */
lts_pace lts_run_clock_pace(const lts_run_clock *clock, uint64_t iteration, double fraction);

#endif
