/* SPDX-License-Identifier: MIT */
#include "command/console/message.h"
#include "command/options/commands.h"
#include "command/output/forecast.h"
#include "command/output/output.h"
#include "command/output/plot.h"
#include "command/study/page.h"
#include "command/study/study.h"

int cmd_forecast(const settings *set)
{
    study made;
    forecast rows = {0};
    page report = {0};
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
    if (code == EXIT_OK && !set->quiet)
        forecast_say_unbounded(&rows);
    if (code == EXIT_OK)
        code = plot_write(&rows, &made.from, set);
    if (code == EXIT_OK && set->report != NULL)
        code = page_write(&report, set->report);
    page_close(&report);
    forecast_free(&rows);
    study_close(&made);
    return code;
}
