/* SPDX-License-Identifier: MIT */
/* What a table holds. */
#include "command/console/message.h"
#include "command/options/commands.h"
#include "command/source/profile.h"
#include "command/source/source.h"
#include "command/study/defaults.h"
#include "command/study/judge.h"
#include "command/study/words.h"
#include "table/date.h"
#include <stdio.h>
#include <stdlib.h>

static void print_times(const table_frame *frame)
{
    char first[32], last[32];
    int64_t begin = frame->times[0], end = frame->times[0];
    for (int64_t r = 1; r < frame->n_row; r++) {
        begin = frame->times[r] < begin ? frame->times[r] : begin;
        end = frame->times[r] > end ? frame->times[r] : end;
    }
    printf("times: %s to %s\n", table_date_print(first, begin), table_date_print(last, end));
}

/* Bytes of a name of 24 characters in UTF-8, which printf() counts in bytes. */
static int width_of(const char *name)
{
    int width = 24;
    for (; *name != '\0'; name++)
        width += ((unsigned char)*name & 0xc0) == 0x80;
    return width;
}

static int print_columns(const source *from)
{
    printf("\n%-24s %8s %8s %11s %11s %11s %9s\n", "column", "values", "missing", "least", "median",
           "greatest", "outliers");
    for (int64_t c = 0; c < from->frame->n_column; c++) {
        profile of;
        if (!profile_column(&of, from->frame, c))
            return message_error("out of memory");
        const char *name = from->frame->names[c];
        printf("%-*s %8lld %8lld %11.5g %11.5g %11.5g %9lld\n", width_of(name), name,
               (long long)of.n, (long long)of.missing, of.least, of.median, of.greatest,
               (long long)of.outliers);
    }
    return EXIT_OK;
}

/* The season of the targets by the calendar, and the lags at which they repeat. @return rows, or 0
 */
static int64_t print_season(const source *from, const int64_t *roles)
{
    profile_peak peaks[PROFILE_PEAKS];
    int64_t season = judge_calendar_season(from->frame->step_unit, from->frame->step);
    double gain = season == 0 ? 0 : profile_season(from->frame, roles, season);
    int64_t n = profile_peaks(peaks, from->frame, roles);
    if (season == 0)
        printf("\nseason: none by the calendar\n");
    else if (gain > 0.1)
        printf("\nseason: %lld rows; values a season apart differ %.0f %% less than those half a "
               "season apart\n",
               (long long)season, 100 * gain);
    else
        printf("\nseason: %lld rows by the calendar, which the values do not show\n",
               (long long)season);
    printf("autocorrelation: %s", n == 0 ? "no peaks" : n == 1 ? "a peak at " : "peaks at ");
    for (int64_t i = 0; i < n; i++)
        printf("%s%lld rows (%.2f)", i == 0 ? "" : ", ", (long long)peaks[i].lag, peaks[i].height);
    printf("\n\n");
    return season > 0 ? season : n > 0 ? peaks[0].lag : 0;
}

static int describe(source *from, const settings *set, const int64_t *roles)
{
    char text[160];
    printf("%s: %s\n", set->data, words_table(text, sizeof text, from));
    for (int64_t i = 0; i < from->frame->remarks.n; i++)
        printf("%s\n", from->frame->remarks.items[i].text);
    if (from->frame->times != NULL && from->frame->n_row > 0)
        print_times(from->frame);
    if (print_columns(from) != EXIT_OK)
        return EXIT_FAILED;
    return defaults_print(from, set, print_season(from, roles));
}

int cmd_describe(const settings *set)
{
    source from;
    int64_t *roles = NULL;
    int code = source_read(&from, set);
    if (code == EXIT_OK) {
        roles = calloc((size_t)from.frame->n_column + 1, sizeof *roles);
        code =
            roles == NULL ? message_error("out of memory") : source_roles(roles, from.frame, set);
    }
    if (code == EXIT_OK)
        code = describe(&from, set, roles);
    free(roles);
    source_close(&from);
    return code;
}
