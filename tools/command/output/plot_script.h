/* SPDX-License-Identifier: MIT */
/* The program of gnuplot that draws a forecast to standard output. */
#ifndef TOOLS_COMMAND_OUTPUT_PLOT_SCRIPT_H
#define TOOLS_COMMAND_OUTPUT_PLOT_SCRIPT_H

#include "command/output/forecast.h"
#include <stdio.h>

enum { MOST_PANELS = 16 };

/** @param is_svg  otherwise PNG */
void plot_script(FILE *file, const forecast *made, const source *from, bool is_svg);

#endif
