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

/* A bar is drawn in lines that have space for all fields beside it. */
enum { LINE = 300, FIELD = 80, BAR = 20, WIDE = 110, DEFAULT_WIDTH = 80 };

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

/* "last MASE 0.51 (best 0.49)" on the validation part, of what was judged before the present stage;
   nothing where there is none. */
static void error_words(char *words, size_t size, const lstm_fit_progress *now)
{
    words[0] = '\0';
    if (isfinite(now->error))
        snprintf(words, size, "last MASE %.3g (best %.3g)", now->error, now->best);
}

/* What a line may say after the percentage, by its value to the reader. */
enum { LEFT, ERROR, LOSS, STAGE, RATE, N_FIELD };

static void write_fields(char fields[N_FIELD][FIELD], double fraction, const progress *at,
                         const lstm_fit_progress *now)
{
    double elapsed = at->last - at->began, in_stage = at->last - at->stage_began;
    for (int i = 0; i < N_FIELD; i++)
        fields[i][0] = '\0';
    if (fraction > 0.02 && elapsed > 1)
        snprintf(fields[LEFT], FIELD, "%.0f s left", elapsed * (1 - fraction) / fraction);
    error_words(fields[ERROR], FIELD, now);
    if (isfinite(now->loss))
        snprintf(fields[LOSS], FIELD, "loss %.4g", now->loss);
    snprintf(fields[STAGE], FIELD, "%s", now->stage);
    if (at->n_update > 0 && in_stage > 0)
        snprintf(fields[RATE], FIELD, "%.3g updates/s", (double)at->n_update / in_stage);
}

/* Writes the line of a moment in fewer than `width` bytes, as the last column would wrap. A field
   that does not fit is left out. */
static void write_line(char *line, int size, int width, const progress *at,
                       const lstm_fit_progress *now)
{
    char bar[BAR + 2] = "", fields[N_FIELD][FIELD];
    double fraction = fmin(fmax(now->fraction, 0), 1);
    size_t most = (size_t)(width < size ? width : size), used;
    if (width >= WIDE) {
        memset(bar, '.', BAR);
        memset(bar, '#', (size_t)(fraction * BAR));
        bar[BAR] = ' ';
        bar[BAR + 1] = '\0';
    }
    write_fields(fields, fraction, at, now);
    snprintf(line, (size_t)size, "%s%3.0f %%", bar, 100 * fraction);
    used = strlen(line);
    const char *between = "  ";
    for (int i = 0; i < N_FIELD; i++) {
        size_t more = strlen(between) + strlen(fields[i]);
        if (fields[i][0] == '\0' || used + more >= most)
            continue;
        snprintf(line + used, (size_t)size - used, "%s%s", between, fields[i]);
        used += more;
        between = ", ";
    }
    if (used >= most)
        line[0] = '\0';
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
        error_words(line, sizeof line, now);
        fprintf(stderr, "%3.0f %%  now %s%s%s\n", 100 * now->fraction, now->stage,
                line[0] == '\0' ? "" : "; ", line);
    }
    return 0;
}

void progress_end(progress *at)
{
    if (at->shown)
        fputs("\r\033[K", stderr);
    at->shown = false;
}
