/* SPDX-License-Identifier: MIT */
/* https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0. */
#include "command/output/output.h"
#include <string.h>

enum { PREFIX = 10, ALIGNED = 64 };

static void print_header(const forecast *made, FILE *file)
{
    char text[256];
    int used = snprintf(
        text, sizeof text,
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%lld, %lld, %lld, %lld), }",
        (long long)made->S, (long long)made->H, (long long)made->K, (long long)(1 + 2 * made->L));
    int total = (PREFIX + used + 1 + ALIGNED - 1) / ALIGNED * ALIGNED, length = total - PREFIX;
    fwrite("\x93NUMPY\x01\x00", 1, 8, file);
    fputc(length & 255, file);
    fputc(length >> 8, file);
    fprintf(file, "%-*s\n", length - 1, text);
}

/* The bytes of a float, the lowest first. */
static void print_value(FILE *file, lstm_real value)
{
    float number = (float)value;
    uint32_t bits;
    memcpy(&bits, &number, sizeof bits);
    for (int i = 0; i < 4; i++)
        fputc((int)(bits >> 8 * i & 255), file);
}

void output_npy(const forecast *made, FILE *file)
{
    print_header(made, file);
    for (int64_t s = 0; s < made->S; s++)
        for (int64_t h = 0; h < made->H; h++)
            for (int64_t k = 0; k < made->K; k++) {
                print_value(file, made->y[(s * made->H + h) * made->K + k]);
                for (int64_t l = 0; l < made->L; l++) {
                    int64_t at = ((s * made->L + l) * made->H + h) * made->K + k;
                    print_value(file, made->lower[at]);
                    print_value(file, made->upper[at]);
                }
            }
}
