/* SPDX-License-Identifier: MIT */
#include "command/console/number.h"
#include "command/output/name.h"
#include "command/output/output.h"
#include <math.h>

static void print_header(const forecast *made, FILE *file)
{
    char ending[48];
    if (made->series != NULL)
        fputs("unique_id,", file);
    name_csv(file, made->time_name, "");
    for (int64_t k = 0; k < made->K; k++) {
        fputc(',', file);
        name_csv(file, made->names[k], "");
        for (int64_t l = 0; l < made->L; l++)
            for (int side = 0; side < 2; side++) {
                snprintf(ending, sizeof ending, "_%s_%g", side == 0 ? "lower" : "upper",
                         100 * made->levels[l]);
                fputc(',', file);
                name_csv(file, made->names[k], ending);
            }
    }
    fputc('\n', file);
}

static void print_value(FILE *file, lstm_real value)
{
    char text[32];
    fprintf(file, ",%s", isnan(value) ? "" : number_print(text, value));
}

void output_csv(const forecast *made, FILE *file)
{
    print_header(made, file);
    for (int64_t s = 0; s < made->S; s++)
        for (int64_t h = 0; h < made->H; h++) {
            if (made->series != NULL)
                name_csv(file, made->series[s], "");
            fprintf(file, "%s%s", made->series != NULL ? "," : "", made->times[s * made->H + h]);
            for (int64_t k = 0; k < made->K; k++) {
                print_value(file, made->y[(s * made->H + h) * made->K + k]);
                for (int64_t l = 0; l < made->L; l++) {
                    int64_t at = ((s * made->L + l) * made->H + h) * made->K + k;
                    print_value(file, made->lower[at]);
                    print_value(file, made->upper[at]);
                }
            }
            fputc('\n', file);
        }
}
