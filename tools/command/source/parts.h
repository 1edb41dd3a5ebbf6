/* SPDX-License-Identifier: MIT */
/* The parts of a table: rows that train, choose and judge. */
#ifndef TOOLS_COMMAND_SOURCE_PARTS_H
#define TOOLS_COMMAND_SOURCE_PARTS_H

#include <lstmts/dataset.h>
#include <stdbool.h>
#include <stddef.h>

enum { LACK_TEXT = 320 };

/** Split each series for a judgement of `horizon` rows: the last fifth, or the horizon if that is
    more, is the test part. @return EXIT_OK; EXIT_FAILED with a message */
int parts_split_test(lstm_dataset *data, int64_t horizon);

/** Split each series into a training and a validation part alone. @return as parts_split_test() */
int parts_split_all(lstm_dataset *data);

/**
 * Say why a horizon is too long to choose a forecaster by the validation part of
 * parts_split_test(): rows, horizon, forecasts there, and the longest horizon that has enough.
 *
 * @param[out] out  [size] words without a full stop; at most LACK_TEXT
 * @return whether it is too long; otherwise nothing is written
 */
bool parts_lack_choice(char *out, size_t size, const lstm_dataset *data, int64_t horizon);

/** Say why a horizon is longer than the test part. @return as parts_lack_choice() */
bool parts_lack_test(char *out, size_t size, const lstm_dataset *data, int64_t horizon);

#endif
