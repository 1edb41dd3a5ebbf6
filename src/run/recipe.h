/* SPDX-License-Identifier: MIT */
/*
 * The recipe of a training: everything about series, iterator, updater and validation that decides
 * its bits. A checkpoint carries it, so that a resume under another recipe is noticed.
 */
#ifndef LTS_RUN_RECIPE_H
#define LTS_RUN_RECIPE_H

#include "run/trainer.h"

/** The recipe as a JSON object. lts_free() it; NULL if there was no memory, the sentence being set.
 */
char *lts_recipe_text(const lstm_trainer *trainer);

/** LSTM_E_MISMATCH naming the first entry in which `text` differs, and both values; LSTM_E_NOMEM.
 */
lstm_status lts_recipe_match(const lstm_trainer *trainer, const char *text);

#endif
