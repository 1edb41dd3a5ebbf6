/* SPDX-License-Identifier: MIT */
/* How long a fit may take (max_seconds), and what of it there is time for. */
#ifndef LTS_FIT_DEADLINE_H
#define LTS_FIT_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct lts_deadline {
    double (*clock)(void); /**< seconds; where it is NaN, nothing is limited           */
    double limit;          /**< of the whole fit; 0 = none                             */
    double start, end;     /**< on the clock; `end` is that of what is being done      */
    double of_update;      /**< seconds of an update of the last training; 0 = unknown */
    bool has_cut;          /**< something was left out                                 */
} lts_deadline;

/** Begin a fit. */
void lts_deadline_begin(lts_deadline *deadline, double limit, double (*clock)(void));

/** What is done next must end within this share of the limit, counted from the start of the fit. */
void lts_deadline_set_share(lts_deadline *deadline, double share);

/** Whether the time is over. */
bool lts_deadline_has_passed(lts_deadline *deadline);

/** Whether so many updates will probably be made in time; true if their speed is unknown. */
bool lts_deadline_allows(lts_deadline *deadline, double n_update);

/** Learn the speed from a training that began at this time and has ended. */
void lts_deadline_learn(lts_deadline *deadline, double began, int64_t n_update);

#endif
