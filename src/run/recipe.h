/* SPDX-License-Identifier: MIT */
/*
 * The recipe of a training: all properties of series, iterator, updater, validation and divergence
 * that determine the results to the bit. A checkpoint contains it, so that a resume with another
 * recipe is rejected.
 */
#ifndef LTS_RUN_RECIPE_H
#define LTS_RUN_RECIPE_H

#include "run/divergence.h"
#include "run/validation.h"
#include "train/updater.h"

/** The objects of a recipe; all are borrowed. */
typedef struct lts_ingredients {
    const lstm_updater *updater;
    const lts_validation *validation;
    const lts_divergence *divergence;
} lts_ingredients;

/** The recipe as JSON; free it with lts_free(). NULL with a message if memory is exhausted. */
char *lts_recipe_text(const lts_ingredients *ours);

/**
 * Compare with the recipe `text` of a checkpoint. Entries of the parts `may_differ`, a sum of
 * LSTM_DIFFER_*, may differ. @param[out] differs those of which some do LSTM_E_MISMATCH naming the first entry in which
 * they differ, with both values; LSTM_E_FORMAT or LSTM_E_LIMIT if it is not a recipe; LSTM_E_NOMEM.
 */
lstm_status lts_recipe_match(const lts_ingredients *ours, const char *text, int64_t may_differ,
                             int64_t *differs);

#endif
