/* SPDX-License-Identifier: MIT */
/* Lines of a log, as JSON without line end. Free them with lts_free(); NULL means LSTM_E_NOMEM. */
#ifndef LTS_RUN_LOG_LINE_H
#define LTS_RUN_LOG_LINE_H

#include "run/run_log.h"
#include "run/validation.h"
#include "train/updater.h"

/** The line of the last update, after `elapsed` seconds; with its validation unless that is NULL. */
char *lts_log_line_update(const lstm_updater *updater, double elapsed,
                          const lts_validation *validation);

/** The line of rollback number `n_rollback`, from 1; `rate_factor` is the factor after it. */
char *lts_log_line_rollback(const lts_unlogged_rollback *rollback, uint64_t n_rollback,
                            double rate_factor);

#endif
