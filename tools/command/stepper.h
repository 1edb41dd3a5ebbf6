/* SPDX-License-Identifier: MIT */
/* A file on a live series: a forecaster, or a network alone. Rows go in, forecasts come out. */
#ifndef TOOLS_COMMAND_STEPPER_H
#define TOOLS_COMMAND_STEPPER_H

#include "command/options/lists.h"
#include "command/source/source.h"
#include <lstmts/model.h>
#include <lstmts/state.h>
#include <lstmts/stream.h>

/** C columns in, H rows of K columns out, with intervals of L levels. Close it with
    stepper_close(). */
typedef struct stepper {
    lstm_dataset *frame; /**< its columns; those of a network are 0, 1, ...            */
    int64_t C, H, K, L, N;
    lstm_forecaster *forecaster; /**< or NULL: then it is a network                    */
    lstm_stream *stream;
    double levels[MOST_LEVELS];   /**< [L]                                                    */
    int64_t numbers[MOST_LEVELS]; /**< [L] of the levels in the forecaster                   */
    lstm_real *lower, *upper;     /**< [M, N, K] of its M levels and N rows                   */
    source from;       /**< rows that came before, or nothing                                */
    int64_t series;    /**< its number there                                                 */
    const char *known; /**< a known covariate of the forecaster, or NULL               */
    int64_t n_known;   /**< its values to come                                         */
    lstm_model *model;
    lstm_state *state;
    lstm_real *next;   /**< [K] the last output of a network                           */
    char (*names)[24]; /**< [K] of the outputs of a network: 0, 1, ...                 */
} stepper;

/**
 * Open the file of the settings.
 *
 * @return EXIT_OK; EXIT_FAILED with a message. It must be closed in either case.
 */
int stepper_open(stepper *made, const settings *set);

void stepper_close(stepper *made);

/** The next row, [C]. @return as the library, with its message */
lstm_status stepper_push(stepper *made, const lstm_real *row);

/** @param[out] y  [N, K], the rows of the file, of which the first H are asked for.
    @return as the library, with its message */
lstm_status stepper_forecast(stepper *made, lstm_real *y);

/** Print why a forecast failed: values to come that known covariates lack, or the message of the
    library. @return EXIT_FAILED */
int stepper_fail(const stepper *made, const char *where);

/** A bound of level l in row h: that of column k. */
lstm_real stepper_bound(const stepper *made, bool is_upper, int64_t l, int64_t h, int64_t k);

/** The name that DATA gives the series, or NULL. */
const char *stepper_series(const stepper *made);

/** The name of target k. */
const char *stepper_target(const stepper *made, int64_t k);

#endif
