/* SPDX-License-Identifier: MIT */
/* Progress of a fit on standard error: on a terminal one line, which is written over; otherwise a
   line for each stage. */
#ifndef TOOLS_COMMAND_CONSOLE_PROGRESS_H
#define TOOLS_COMMAND_CONSOLE_PROGRESS_H

#include <lstmts/forecaster.h>
#include <stdbool.h>

typedef struct progress {
    bool quiet, terminal, shown;
    double began, last; /**< seconds of a clock                                     */
    double stage_began; /**< likewise                                               */
    int64_t n_update;   /**< since then                                             */
    char stage[80];     /**< the last one that was reported                         */
} progress;

void progress_begin(progress *at, bool quiet);

/** An lstm_fit_progress_fn; user is a progress. */
int progress_show(const lstm_fit_progress *now, void *user);

/** Remove the line from the terminal. */
void progress_end(progress *at);

#endif
