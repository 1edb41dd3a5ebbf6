/* SPDX-License-Identifier: MIT */
#include "command/output/plot_script.h"
#include <math.h>

enum { WIDTH = 1000, PANEL_HEIGHT = 260, LEAST_KNOWN = 60 };

/* A name in single quotes. Quotes are doubled, and backquotes, by which gnuplot runs commands,
   replaced. */
static void print_name(FILE *file, const char *name)
{
    fputc('\'', file);
    for (; *name != '\0'; name++)
        if (*name == '\'')
            fputs("''", file);
        else
            fputc(*name == '`' || (unsigned char)*name < ' ' ? '?' : *name, file);
    fputc('\'', file);
}

static void print_number(FILE *file, double value)
{
    if (isfinite(value))
        fprintf(file, " %.9g", value);
    else
        fputs(" NaN", file);
}

/* Seconds since 1970, or the number of the row. */
static void print_place(FILE *file, const source *from, int64_t s, int64_t row)
{
    int64_t time = row + 1;
    if (from->frame->step_unit != LSTM_STEP_ROWS)
        (void)lstm_dataset_time(from->data, s, row, &time);
    fprintf(file, "%lld", (long long)time);
}

/* The stored column of target k. */
static int64_t column_of(const lstm_dataset *data, int64_t k)
{
    int64_t c = 0;
    for (;; c++) {
        int64_t role = lstm_dataset_role(data, c);
        if ((role == LSTM_ROLE_BOTH || role == LSTM_ROLE_TARGET) && k-- == 0)
            return c;
    }
}

static void print_known(FILE *file, const forecast *made, const source *from, int64_t s, int64_t k)
{
    int64_t n = lstm_dataset_rows(from->data, s), column = column_of(from->data, k);
    int64_t shown = 3 * made->H > LEAST_KNOWN ? 3 * made->H : LEAST_KNOWN;
    fputs("$known << END\n", file);
    for (int64_t row = n > shown ? n - shown : 0; row < n; row++) {
        lstm_real value = (lstm_real)NAN;
        if (lstm_dataset_observed(from->data, s, row, column))
            (void)lstm_dataset_value(from->data, s, row, column, &value);
        print_place(file, from, s, row);
        print_number(file, (double)value);
        fputc('\n', file);
    }
    fputs("END\n", file);
}

static void print_next(FILE *file, const forecast *made, const source *from, int64_t s, int64_t k)
{
    fputs("$next << END\n", file);
    for (int64_t h = 0; h < made->H; h++) {
        int64_t at = ((s * made->L + made->L - 1) * made->H + h) * made->K + k;
        print_place(file, from, s, lstm_dataset_rows(from->data, s) + h);
        print_number(file, (double)made->y[(s * made->H + h) * made->K + k]);
        print_number(file, (double)made->lower[at]);
        print_number(file, (double)made->upper[at]);
        fputc('\n', file);
    }
    fputs("END\n", file);
}

static void print_panel(FILE *file, const forecast *made, const source *from, int64_t s, int64_t k)
{
    print_known(file, made, from, s, k);
    print_next(file, made, from, s, k);
    fputs("set title ", file);
    print_name(file, made->names[k]);
    if (made->series != NULL) {
        fputs(".' of '.", file);
        print_name(file, made->series[s]);
    }
    fprintf(file,
            "\n"
            "plot $next using 1:3:4 with filledcurves fc rgb '#56b4e9' fs transparent solid 0.35 "
            "noborder title '%g %% interval', "
            "$known using 1:2 with lines lw 1.2 lc rgb '#1a1a1a' title 'known', "
            "$next using 1:2 with lines lw 2 lc rgb '#0072b2' title 'forecast'\n",
            100 * made->levels[made->L - 1]);
}

/* Whether a step is a part of a day. */
static bool has_hours(const source *from)
{
    return from->frame->step_unit == LSTM_STEP_SECONDS && from->frame->step % 86400 != 0;
}

void plot_script(FILE *file, const forecast *made, const source *from, bool is_svg)
{
    int64_t n = made->S * made->K < MOST_PANELS ? made->S * made->K : MOST_PANELS;
    int height = (int)(n * PANEL_HEIGHT);
    if (is_svg)
        fprintf(file, "set terminal svg noenhanced size %d,%d background '#ffffff'\n", WIDTH,
                height);
    else
        fprintf(file,
                "if (strstrt(GPVAL_TERMINALS, 'pngcairo')) { set terminal pngcairo noenhanced size "
                "%d,%d\n"
                "} else { set terminal png noenhanced size %d,%d }\n",
                WIDTH, height, WIDTH, height);
    fputs("set datafile missing 'NaN'\nset tics nomirror\nset border 3\nset autoscale xfix\n"
          "set rmargin 7\nset grid ytics lc rgb '#dddddd'\nset key outside bottom center "
          "horizontal\n",
          file);
    if (from->frame->step_unit != LSTM_STEP_ROWS)
        fprintf(file, "set xdata time\nset timefmt '%%s'\nset format x \"%%Y-%%m-%%d%s\"\n",
                has_hours(from) ? "\\n%H:%M" : "");
    fprintf(file, "set multiplot layout %lld,1\n", (long long)n);
    for (int64_t i = 0; i < n; i++)
        print_panel(file, made, from, i / made->K, i % made->K);
    fputs("unset multiplot\n", file);
}
