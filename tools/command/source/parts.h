/* SPDX-License-Identifier: MIT */
/* The parts of a table: rows that train, choose and judge. */
#ifndef TOOLS_COMMAND_SOURCE_PARTS_H
#define TOOLS_COMMAND_SOURCE_PARTS_H

#include <lstmts/dataset.h>

/** Split each series for a judgement of `horizon` rows: the last fifth, or the horizon if that is
    more, is the test part. @return EXIT_OK; EXIT_FAILED with a message */
int parts_split_test(lstm_dataset *data, int64_t horizon);

/** Split each series into a training and a validation part alone. @return as parts_split_test() */
int parts_split_all(lstm_dataset *data);

#endif
