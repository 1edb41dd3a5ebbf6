/* SPDX-License-Identifier: MIT */
#include "command/output/name.h"
#include <string.h>

void name_csv(FILE *file, const char *name, const char *ending)
{
    if (strpbrk(name, ",\"\r\n") == NULL && *name != '\0') {
        fprintf(file, "%s%s", name, ending);
        return;
    }
    fputc('"', file);
    for (; *name != '\0'; name++) {
        if (*name == '"')
            fputc('"', file);
        fputc(*name, file);
    }
    fprintf(file, "%s\"", ending);
}

void name_json(FILE *file, const char *name, const char *ending)
{
    fputc('"', file);
    for (; *name != '\0'; name++) {
        if (*name == '"' || *name == '\\')
            fputc('\\', file);
        fputc(*name, file);
    }
    fprintf(file, "%s\"", ending);
}
