/* SPDX-License-Identifier: MIT */
/* The lines of a log, as JSON without line end. lts_free() them; NULL is LSTM_E_NOMEM. */
#ifndef LTS_RUN_LOG_LINE_H
#define LTS_RUN_LOG_LINE_H

#include "run/run_log.h"
#include "run/validation.h"
#include "train/updater.h"

/** The last update, after `elapsed` seconds; with its validation unless that is NULL. */
char *lts_log_line_update(const lstm_updater *updater, double elapsed,
                          const lts_validation *validation);

/** Rollback number `n_rollback`, from 1, which has left `rate_factor` on the learning rate. */
char *lts_log_line_rollback(const lts_unlogged_rollback *rollback, uint64_t n_rollback,
                            double rate_factor);

#endif
