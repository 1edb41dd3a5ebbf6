/* SPDX-License-Identifier: MIT */
/* The forecast of all series of a data set from their last rows, with intervals. */
#ifndef TOOLS_COMMAND_OUTPUT_FORECAST_H
#define TOOLS_COMMAND_OUTPUT_FORECAST_H

#include "command/source/source.h"
#include <lstmts/forecaster.h>

enum { TIME_TEXT = 96 }; /* bytes of a time with its 0 */

/** S series, H rows, K target columns, L levels. Free it with forecast_free(). */
typedef struct forecast {
    int64_t S, H, K, L;
    const double *levels;     /**< [L]; the forecaster's                                    */
    const char **names;       /**< [K] of the targets; the data set's                       */
    const char **series;      /**< [S]; NULL = a wide table                                 */
    const char *time_name;    /**< header of the times                                      */
    bool has_times;           /**< otherwise they are numbers of rows                       */
    char (*times)[TIME_TEXT]; /**< [S, H] as text                                           */
    lstm_real *y;             /**< [S, H, K]                                                */
    lstm_real *lower, *upper; /**< [S, L, H, K]                                            */
} forecast;

/**
 * @param horizon  rows, at most those of the forecaster; 0 = those of it
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int forecast_make(forecast *made, const lstm_forecaster *forecaster, const source *from,
                  int64_t horizon);

/** Say from which row ahead on a forecast has no bounds, if there is such a row. */
void forecast_say_unbounded(const forecast *made);

void forecast_free(forecast *made);

#endif
