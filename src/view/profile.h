/* SPDX-License-Identifier: MIT */
/*
 * A season: what repeats with a period, around 0. It is fitted to values together with a level and
 * a linear trend, which are left out of it, so that a trend does not look like a season.
 */
#ifndef LTS_VIEW_PROFILE_H
#define LTS_VIEW_PROFILE_H

#include "base/real.h"
#include <lstmts/status.h>

/** Maximum number of harmonics. */
enum { LTS_MOST_HARMONICS = 16 };

typedef struct lts_profile {
    double period;        /**< in the units of a position, > 0                             */
    int64_t n_phase;      /**< number of phases with a mean each; 0 = harmonics            */
    int64_t n_harmonic;   /**< number of harmonics; 0 = phases                             */
    double *coefficients; /**< [n_phase] means, or [2 n_harmonic]: of cos and sin of each  */
} lts_profile;

/** Values being fitted. */
typedef struct lts_profile_fit {
    lts_profile profile;
    int64_t n;
    double *sums; /**< see profile.c */
} lts_profile_fit;

/**
 * Begin a fit.
 *
 * @param period      > 0. Rows count as positions 0, 1, 2, ... for a season in rows; for an annual
 *                    cycle a position may be the fraction of the year that has passed, the period
 *                    1.
 * @param n_phase     phases into which the period is divided, >= 1; 0 for harmonics
 * @param n_harmonic  1 .. 16; 0 for phases
 * @return LSTM_OK; LSTM_E_ARGUMENT; LSTM_E_NOMEM. On failure there is nothing to end.
 */
lstm_status lts_profile_begin(lts_profile_fit *fit, double period, int64_t n_phase,
                              int64_t n_harmonic);

/** Take a value at a position and a time, in which the trend is linear. NaN is ignored. */
void lts_profile_take(lts_profile_fit *fit, double position, double time, double value);

/**
 * End a fit, also one that is given up.
 *
 * @param[out] profile  clear it with lts_profile_clear(); NULL gives the fit up.
 * @return LSTM_OK; LSTM_E_SHAPE if a phase has no value, or there are too few values for the
 *         harmonics.
 */
lstm_status lts_profile_end(lts_profile_fit *fit, lts_profile *profile);
void lts_profile_clear(lts_profile *profile);

/** The season at a position, which may be negative. */
double lts_profile_value(const lts_profile *profile, double position);

#endif
