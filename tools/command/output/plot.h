/* SPDX-License-Identifier: MIT */
/* A forecast as a picture, drawn by the program gnuplot. */
#ifndef TOOLS_COMMAND_OUTPUT_PLOT_H
#define TOOLS_COMMAND_OUTPUT_PLOT_H

#include "command/output/forecast.h"

/**
 * Whether a picture can be drawn: the name ends in .png or .svg, and gnuplot is found.
 *
 * @param path  NULL = no picture
 * @return EXIT_OK; EXIT_USAGE or EXIT_FAILED with a message
 */
int plot_check(const char *path);

/**
 * Draw a forecast: a panel for each column of each series with its last rows, the forecast and the
 * widest intervals.
 *
 * @param set  plot: NULL = no picture; quiet
 * @return EXIT_OK; EXIT_FAILED with a message: then a file is as before
 */
int plot_write(const forecast *made, const source *from, const settings *set);

#endif
