/* SPDX-License-Identifier: MIT */
/* The candidates that a fit has compared, with their errors: why a choice is what it is. */
#ifndef LTS_FORECASTER_TRIALS_H
#define LTS_FORECASTER_TRIALS_H

#include <jansson.h>
#include <lstmts/status.h>
#include <stdint.h>

/** What was compared, and what `value` of a trial is. */
typedef enum lts_trial_kind {
    LTS_TRIAL_SEASON,            /**< rows                                        */
    LTS_TRIAL_RIDGE_CONTEXT,     /**< rows                                        */
    LTS_TRIAL_RIDGE_BASE,        /**< lstm_base, and base_len                     */
    LTS_TRIAL_RIDGE_TRANSFORM,   /**< lstm_transform                              */
    LTS_TRIAL_RIDGE_SEASON,      /**< lstm_season                                 */
    LTS_TRIAL_NETWORK_BASE,      /**< lstm_base, and base_len                     */
    LTS_TRIAL_NETWORK_TRANSFORM, /**< lstm_transform                              */
    LTS_TRIAL_NETWORK_SEGMENT,   /**< rows                                        */
    LTS_TRIAL_UPDATES,           /**< updates                                     */
    LTS_N_TRIAL_KIND
} lts_trial_kind;

typedef struct lts_trial {
    int64_t kind, value, length; /**< length is 0, or the base_len of a base           */
    double error;                /**< HUGE_VAL = the candidate could not be fitted     */
} lts_trial;

enum { LTS_MOST_TRIALS = 64 };

typedef struct lts_trials {
    int64_t n;
    lts_trial at[LTS_MOST_TRIALS];
} lts_trials;

/**
 * Note an error. A candidate that is tried again has the later one; what exceeds the list is left
 * out.
 */
void lts_trials_note(lts_trials *trials, lts_trial trial);

/** Remove the errors of a kind, before its candidates are tried again beside another choice. */
void lts_trials_forget(lts_trials *trials, int64_t kind);

/**
 * All trials by what was compared: {"season_len": {"24": 0.8, ..}, "ridge": {..}, ..}, as for
 * people.
 */
json_t *lts_trials_describe(const lts_trials *trials);

/** All trials, as in a file: arrays of kind, value, length and error. */
json_t *lts_trials_json(const lts_trials *trials);

/** Read what lts_trials_json() has made; NULL stands for no trials. LSTM_E_FORMAT. */
lstm_status lts_trials_read(lts_trials *trials, const json_t *json);

/** Names of the values of enumerations in descriptions. */
const char *lts_transform_name(int64_t transform);
const char *lts_base_name(int64_t base);
const char *lts_season_name(int64_t season);

#endif
