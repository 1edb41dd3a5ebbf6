/* SPDX-License-Identifier: MIT */
#include "command/console/number.h"
#include "command/output/name.h"
#include "command/output/output.h"
#include <math.h>

static void print_pair(FILE *file, const char *name, const char *ending, lstm_real value)
{
    char text[32];
    fputc(',', file);
    name_json(file, name, ending);
    fprintf(file, ":%s", isfinite(value) ? number_print(text, value) : "null");
}

static void print_row(const forecast *made, FILE *file, int64_t s, int64_t h)
{
    char ending[48];
    fputc('{', file);
    if (made->series != NULL) {
        fputs("\"unique_id\":", file);
        name_json(file, made->series[s], "");
        fputc(',', file);
    }
    name_json(file, made->time_name, "");
    fputc(':', file);
    if (made->has_times)
        name_json(file, made->times[s * made->H + h], "");
    else
        fputs(made->times[s * made->H + h], file);
    for (int64_t k = 0; k < made->K; k++) {
        print_pair(file, made->names[k], "", made->y[(s * made->H + h) * made->K + k]);
        for (int64_t l = 0; l < made->L; l++) {
            int64_t at = ((s * made->L + l) * made->H + h) * made->K + k;
            snprintf(ending, sizeof ending, "_lower_%g", 100 * made->levels[l]);
            print_pair(file, made->names[k], ending, made->lower[at]);
            snprintf(ending, sizeof ending, "_upper_%g", 100 * made->levels[l]);
            print_pair(file, made->names[k], ending, made->upper[at]);
        }
    }
    fputs("}\n", file);
}

void output_jsonl(const forecast *made, FILE *file)
{
    for (int64_t s = 0; s < made->S; s++)
        for (int64_t h = 0; h < made->H; h++)
            print_row(made, file, s, h);
}
