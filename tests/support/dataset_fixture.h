/* SPDX-License-Identifier: MIT */
#ifndef TESTS_DATASET_FIXTURE_H
#define TESTS_DATASET_FIXTURE_H

#include "assert_status.h"

#include <lstmts/dataset.h>
#include <math.h>

/** A data set of n columns with the default names. */
static inline lstm_dataset *new_dataset(int64_t n, const int64_t *roles, int64_t missing)
{
    lstm_dataset *dataset = NULL;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = n;
    options.roles = roles;
    options.missing = missing;
    options.season_len = 3;
    assert_ok(lstm_dataset_new(&dataset, &options));
    return dataset;
}

/** Asserts that the values are those of a row-major array, where NaN equals NaN. */
static inline void assert_values(const lstm_real *got, const lstm_real *want, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (!(got[i] == want[i] || (isnan(got[i]) && isnan(want[i]))))
            fail_msg("value %d is %g, not %g", (int)i, (double)got[i], (double)want[i]);
}

#endif
