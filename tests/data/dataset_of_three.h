/* SPDX-License-Identifier: MIT */
/* A data set of three columns with names and roles, and two static features. */
#ifndef TESTS_DATASET_OF_THREE_H
#define TESTS_DATASET_OF_THREE_H

#include "dataset_fixture.h"

enum { C = 3, STATICS = 2 };

static const char *const names[C] = {"load", "température", "wind"};
static const char *const static_names[STATICS] = {"area", NULL};
static const int64_t roles[C] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN, LSTM_ROLE_TARGET};
static const lstm_real rows[4 * C] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

static inline lstm_dataset_options options_of_three(void)
{
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = C;
    options.names = names;
    options.roles = roles;
    options.n_static = STATICS;
    options.static_names = static_names;
    return options;
}

static inline lstm_dataset *dataset_of_three(void)
{
    lstm_dataset *d = NULL;
    lstm_dataset_options options = options_of_three();
    assert_ok(lstm_dataset_new(&d, &options));
    return d;
}

#endif
