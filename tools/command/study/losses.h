/* SPDX-License-Identifier: MIT */
/* The losses of the trainings in a folder, from their logs. Unlike the progress of a fit, they are the
   same whether the fit was resumed or not. */
#ifndef TOOLS_COMMAND_STUDY_LOSSES_H
#define TOOLS_COMMAND_STUDY_LOSSES_H

#include "report/data.h"

/** A curve for each network. Free them with losses_free(). */
typedef struct losses {
    report_curve *curves; /**< [n] */
    char (*names)[48];    /**< [n] */
    double **points;      /**< [n] of each curve: updates and then losses */
    int64_t n;
} losses;

/**
 * Read the logs of the last n trainings of a folder, which are those of the networks that forecast.
 *
 * @return EXIT_OK; EXIT_FAILED with a message. They must be freed in either case.
 */
int losses_read(losses *made, const char *folder, int64_t n);

void losses_free(losses *made);

#endif
