/* SPDX-License-Identifier: MIT */
#include "command/console/message.h"
#include "command/options/commands.h"
#include "command/output/forecast.h"
#include "command/output/output.h"
#include "command/output/plot.h"
#include "command/study/page.h"
#include "command/study/study.h"
#include <string.h>

static bool is_standard(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

int cmd_forecast(const settings *set)
{
    study made;
    forecast rows = {0};
    page report = {0};
    if (is_standard(set->report) && (set->output == NULL || is_standard(set->output))) {
        message_error("--report - needs an --output: both cannot be standard output");
        return EXIT_USAGE;
    }
    int code = plot_check(set->plot);
    if (code != EXIT_OK)
        return code;
    code = study_run(&made, set, true);
    if (code == EXIT_OK)
        code = page_complete(&report, &made, set, set->report != NULL);
    if (code == EXIT_OK)
        code = fitting_save(made.forecaster, set);
    if (code == EXIT_OK)
        code = forecast_make(&rows, made.forecaster, &made.from, 0);
    if (code == EXIT_OK)
        code = output_write(&rows, set->format, set->output);
    if (code == EXIT_OK)
        code = plot_write(&rows, &made.from, set->plot);
    if (code == EXIT_OK && set->report != NULL)
        code = page_write(&report, set->report);
    page_close(&report);
    forecast_free(&rows);
    study_close(&made);
    return code;
}
