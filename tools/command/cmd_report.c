/* SPDX-License-Identifier: MIT */
#include "command/options/commands.h"
#include "command/study/page.h"

int cmd_report(const settings *set)
{
    study made;
    page report = {0};
    int code = study_run(&made, set, false);
    if (code == EXIT_OK)
        code = page_complete(&report, &made, set, true);
    if (code == EXIT_OK)
        code = fitting_save(made.forecaster, set);
    if (code == EXIT_OK)
        code = page_write(&report, set->output);
    page_close(&report);
    study_close(&made);
    return code;
}
