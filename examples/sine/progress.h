/* SPDX-License-Identifier: MIT */
/*
 * Shows how a training goes: a table line every tenth of the run, and on a terminal a progress bar
 * below it. An interrupt (Ctrl-C) stops the run after the update it is at.
 */
#ifndef SINE_PROGRESS_H
#define SINE_PROGRESS_H

#include <lstmts/lstmts.h>
#include <stdbool.h>

typedef struct sine_progress {
    bool terminal;
    int percent; /* what the bar shows */
} sine_progress;

/* The lstm_progress_fn; `user` is the sine_progress. */
int sine_progress_show(const lstm_progress *progress, void *user);

/* lstm_trainer_run() between the head of the table and a line that says how the run ended. */
bool sine_progress_run(sine_progress *shown, lstm_trainer *trainer);

#endif
