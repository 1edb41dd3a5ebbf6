/* SPDX-License-Identifier: MIT */
/*
 * What the file of a forecaster says in words and single numbers: one JSON object. The tensors are
 * beside it (forecaster_save.c).
 */
#ifndef LTS_FORECASTER_FORECASTER_TEXT_H
#define LTS_FORECASTER_FORECASTER_TEXT_H

#include "forecaster/forecaster.h"
#include <jansson.h>
#include <stdio.h>

/** The format version of a forecaster's file. */
enum { LTS_FORECASTER_VERSION = 3 };

typedef struct lts_network_text {
    lstm_view_options view;
    int64_t n_hidden, n_layer;
    int64_t n_moment_update; /**< updates of its moments; 0 = it has none */
} lts_network_text;

/** The contents of the object. Views are checked; choice.why is NULL. */
typedef struct lts_forecaster_text {
    lstm_forecaster_options options;     /**< views is `view_list`, ridge points to `given_ridge`,
                                          interval to `given_interval`, or they are NULL; view and
                                          loss are NULL                                    */
    lstm_view_options *views;            /**< [n_view] NULL = none                             */
    const lstm_view_options **view_list; /**< [n_view] pointers to them                    */
    lstm_ridge_options given_ridge;
    lstm_interval_options given_interval;
    lstm_loss_options loss; /**< with the numbers of its arrays; the arrays are NULL       */
    lstm_dataset *frame;
    lts_choice choice;
    lts_continued continued;
    const char *why;      /**< borrowed from the JSON                                           */
    const json_t *series; /**< names, of any contents; NULL = numbers. Borrowed from the JSON    */
    int64_t n_network;
    lts_network_text networks[LTS_MOST_NETWORKS];
    bool has_ridge;
    lstm_view_options ridge_view;
    lts_ridge_options ridge;
} lts_forecaster_text;

enum { LTS_MOMENT_PREFIX = 40 };

/** Before the names of the tensors of moment i of a network. */
static inline void lts_moment_prefix(char prefix[LTS_MOMENT_PREFIX], int64_t network, int64_t i)
{
    snprintf(prefix, LTS_MOMENT_PREFIX, "network.%lld.%s", (long long)network, i == 0 ? "m" : "v");
}

/** The object of a fitted forecaster. NULL if memory is exhausted. */
json_t *lts_forecaster_json(const lstm_forecaster *forecaster);

/**
 * Read the object. All numbers that a forecast uses are in their ranges afterwards, except those of
 * `options`, which lstm_forecaster_new() checks, and those of `loss` and `ridge`.
 *
 * @return LSTM_OK; LSTM_E_FORMAT, LSTM_E_ARGUMENT and others, naming what is wrong, without the
 *         file's path; LSTM_E_NOMEM. Clear it in each case.
 */
lstm_status lts_forecaster_text_read(lts_forecaster_text *text, const json_t *json);
void lts_forecaster_text_clear(lts_forecaster_text *text);

#endif
