/* SPDX-License-Identifier: MIT */
/* Which members forecast, by their errors on the validation part. */
#ifndef LTS_FIT_DECIDE_H
#define LTS_FIT_DECIDE_H

#include "forecaster/forecaster.h"

/**
 * Set choice->use, joined and why.
 *
 * The members are networks and ridge by their mean, unless that errs 3 % more than the better of
 * both; then it is that one alone. Where the best baseline and the members err alike, neither more
 * than 5 % more than the other, the validation part cannot tell them apart: the forecast is the
 * mean of both. Otherwise it is the one that errs less.
 *
 * @param wanted  lstm_forecaster_use; other than LSTM_USE_AUTO it is used, and no baseline joins
 */
void lts_decide(lts_choice *choice, int64_t wanted);

#endif
