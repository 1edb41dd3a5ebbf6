/* SPDX-License-Identifier: MIT */
#include "command/console/progress.h"
#include "command/console/clock.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LINE = 200, BAR = 20, DEFAULT_WIDTH = 80 };

/* COLUMNS, or the width of the terminal. */
static int width_of_terminal(void)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;
    long width = columns == NULL ? 0 : strtol(columns, NULL, 10);
    if (width < 1 && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    return width < 1 || width > INT_MAX ? DEFAULT_WIDTH : (int)width;
}

void progress_begin(progress *at, bool quiet)
{
    *at = (progress){.quiet = quiet, .terminal = isatty(STDERR_FILENO) == 1};
    at->began = clock_seconds();
}

/* Writes the line of a moment, at most `width` bytes of visible text. */
static void write_line(char *line, int size, int width, const progress *at,
                       const lstm_fit_progress *now)
{
    char bar[BAR + 1], left[32] = "", loss[32] = "", rate[32] = "";
    double elapsed = at->last - at->began, in_stage = at->last - at->stage_began;
    double fraction = fmin(fmax(now->fraction, 0), 1);
    int filled = (int)(fraction * BAR), n_bar = width >= 70 ? BAR : 0;
    memset(bar, '.', BAR);
    memset(bar, '#', (size_t)filled);
    bar[n_bar] = '\0';
    if (fraction > 0.02 && elapsed > 1)
        snprintf(left, sizeof left, ", %.0f s left", elapsed * (1 - fraction) / fraction);
    if (isfinite(now->loss))
        snprintf(loss, sizeof loss, ", loss %.4g", now->loss);
    if (at->n_update > 0 && in_stage > 0)
        snprintf(rate, sizeof rate, ", %.3g updates/s", (double)at->n_update / in_stage);
    int n = snprintf(line, (size_t)size, "%s%s%3.0f %%%s  %s%s%s", bar, n_bar > 0 ? " " : "",
                     100 * fraction, left, now->stage, loss, rate);
    int most = width - 1 < size - 1 ? width - 1 : size - 1; /* the last column would wrap */
    if (n > most)
        line[most < 0 ? 0 : most] = '\0';
}

int progress_show(const lstm_fit_progress *now, void *user)
{
    progress *at = user;
    char line[LINE];
    double time = clock_seconds();
    bool is_new = strcmp(at->stage, now->stage) != 0;
    at->stage_began = is_new ? time : at->stage_began;
    at->n_update = is_new ? 0 : at->n_update + isfinite(now->loss);
    if (at->quiet || (at->terminal && time - at->last < 0.1) || (!at->terminal && !is_new))
        return 0;
    snprintf(at->stage, sizeof at->stage, "%s", now->stage);
    at->last = time;
    if (at->terminal) {
        write_line(line, sizeof line, width_of_terminal(), at, now);
        fprintf(stderr, "\r%s\033[K", line);
        fflush(stderr);
        at->shown = true;
    } else {
        fprintf(stderr, "%3.0f %%  %s\n", 100 * now->fraction, now->stage);
    }
    return 0;
}

void progress_end(progress *at)
{
    if (at->shown)
        fputs("\r\033[K", stderr);
    at->shown = false;
}
