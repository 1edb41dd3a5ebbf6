/* SPDX-License-Identifier: MIT */
#include "command/options/commands.h"
#include "command/output/forecast.h"
#include "command/output/output.h"
#include "command/study/study.h"

int cmd_forecast(const settings *set)
{
    study made;
    forecast rows = {0};
    int code = study_run(&made, set, true);
    if (code == EXIT_OK)
        code = study_complete(&made);
    if (code == EXIT_OK)
        code = fitting_save(made.forecaster, set);
    if (code == EXIT_OK)
        code = forecast_make(&rows, made.forecaster, &made.from, 0);
    if (code == EXIT_OK)
        code = output_write(&rows, set->format, set->output);
    forecast_free(&rows);
    study_close(&made);
    return code;
}
