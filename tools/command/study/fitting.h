/* SPDX-License-Identifier: MIT */
/* The fit of a forecaster as the settings say, with progress, and stopped by signals. */
#ifndef TOOLS_COMMAND_STUDY_FITTING_H
#define TOOLS_COMMAND_STUDY_FITTING_H

#include "command/options/settings.h"
#include "report/progress.h"
#include <lstmts/forecaster.h>

/** Values of a table from which on one network has to do: three took longer than a minute. */
enum { MANY_VALUES = 60000, NAME_OF_USE = 64 };

/** What a fit chose, from lstm_forecaster_describe(). */
typedef struct chosen {
    char by[NAME_OF_USE]; /**< "networks", "ridge", ...                  */
    char because[1024];
    int64_t season;               /**< rows; 0 = none                               */
    int64_t n_network;            /**< 0 = there are none                           */
    int64_t n_hidden, batch_size; /**< of the networks                              */
} chosen;

/** The values in the target columns of all series, missing ones included. */
int64_t fitting_values(const lstm_dataset *data);

/**
 * Create a forecaster and fit it.
 *
 * @param[out] forecaster  free it with lstm_forecaster_free().
 * @param[in,out] losses   those of the updates are added to it
 * @return EXIT_OK; EXIT_FAILED with a message. A signal stops the fit: then the process ends with
 *         a message that says how to resume.
 */
int fitting_run(lstm_forecaster **forecaster, report_progress *losses, const settings *set,
                const lstm_dataset *data);

/** Add the rows of the test part to a fit, without more training of its networks. As fitting_run().
 */
int fitting_extend(lstm_forecaster *forecaster, const settings *set, const lstm_dataset *data);

/** Say that the run was stopped and how to resume it, and end the process by the signal that came. */
void fitting_stop(const settings *set);

/** @return EXIT_OK; EXIT_FAILED with a message */
int fitting_chosen(chosen *what, const lstm_forecaster *forecaster);

/** The description of a fit as JSON; free it with free(). NULL with a message on failure. */
char *fitting_description(const lstm_forecaster *forecaster);

/** Save a forecaster, and the recipe beside it. @return EXIT_OK; EXIT_FAILED with a message */
int fitting_save(const lstm_forecaster *forecaster, const settings *set);

#endif
