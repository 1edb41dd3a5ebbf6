/* SPDX-License-Identifier: MIT */
#include "command/output/output.h"
#include "command/console/sink.h"
#include "command/options/settings.h"
#include <string.h>

int output_write(const forecast *made, const char *format, const char *path)
{
    sink out;
    if (sink_open(&out, path) != EXIT_OK)
        return EXIT_FAILED;
    if (format == NULL || strcmp(format, "csv") == 0)
        output_csv(made, out.file);
    else if (strcmp(format, "jsonl") == 0)
        output_jsonl(made, out.file);
    else
        output_npy(made, out.file);
    return sink_close(&out);
}
