/* SPDX-License-Identifier: MIT */
#ifndef LTS_METHOD_RIDGE_OPTIONS_H
#define LTS_METHOD_RIDGE_OPTIONS_H

#include "method/ridge.h"
#include <lstmts/baseline.h>

/**
 * Check the options of a caller, and replace those of 0 by what they stand for.
 * @return LSTM_OK; LSTM_E_ARGUMENT naming the field.
 */
lstm_status lts_ridge_options_read(lts_ridge_options *read, const lstm_ridge_options *options);

#endif
