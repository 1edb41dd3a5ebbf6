/* SPDX-License-Identifier: MIT */
/*
 * What is chosen from the data before networks are trained: the view by ridge regressions, which
 * are fitted in a fraction of a second, and the sizes by the number of values.
 */
#ifndef LTS_FIT_CHOOSE_H
#define LTS_FIT_CHOOSE_H

#include "evaluate/judge.h"
#include "forecaster/forecaster.h"

/** Why something could not be fitted: the message of its error, cut if it is too long; or "". */
typedef struct lts_reason {
    char text[200];
} lts_reason;

/** The reason of the last error in this thread. */
lts_reason lts_last_reason(void);

/**
 * Choose transformation, season, base and contexts: choice->view, choice->ridge_view and
 * choice->ridge. The view of networks is without segments, its context_len is in rows. If no
 * regression can be fitted, this and choice->ridge.L are 0, and there is a reason. What the options
 * give is taken.
 */
lstm_status lts_choose_view(lts_choice *choice, const lts_judge *judge,
                            const lstm_forecaster_options *options, lts_reason *no_ridge);

/**
 * Survey the training parts: how many rows most series have, and whether each needs scales of its
 * own.
 * @param period      series of less than three periods do not count
 * @param[out] n_row  the lower quartile; 0 if none counts
 * @return LSTM_E_NOMEM.
 */
lstm_status lts_survey_series(const lstm_dataset *dataset, int64_t period, int64_t *n_row,
                              bool *scale_series);

/**
 * Whether the mean of the training part is nearer to the mean of the next H rows than that of the
 * last `period` rows is, over its rows. The level of a random walk does not return.
 */
bool lts_level_returns(const lstm_dataset *dataset, int64_t period, int64_t H);

/** Whether a view may do without a base: what returns is a level, or is told by the season. */
static inline bool lts_may_lack_base(const lts_choice *choice, const lstm_view_options *view)
{
    return choice->level_returns || view->season != LSTM_SEASON_NONE;
}

/** Whether the domain of a lstm_transform has the training values of some target column. */
bool lts_can_transform(const lstm_dataset *dataset, int64_t kind);

/** Choose segments, context and loop of the networks, and their training. */
void lts_choose_network(lts_choice *choice, const lstm_forecaster_options *options,
                        const lstm_dataset *dataset);

/** Let networks see the values as they are, for a loss of counts. */
void lts_choose_counts(lts_choice *choice);

#endif
