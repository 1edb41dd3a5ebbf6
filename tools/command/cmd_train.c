/* SPDX-License-Identifier: MIT */
#include "command/console/message.h"
#include "command/options/commands.h"
#include "command/study/page.h"

int cmd_train(const settings *set)
{
    study made;
    page report = {0};
    if (set->model == NULL) {
        message_error("--model is missing: where is the forecaster to be saved?");
        return EXIT_USAGE;
    }
    int code = study_run(&made, set, false);
    if (code == EXIT_OK)
        code = page_complete(&report, &made, set, set->report != NULL);
    if (code == EXIT_OK)
        code = fitting_save(made.forecaster, set);
    if (code == EXIT_OK && set->report != NULL)
        code = page_write(&report, set->report);
    page_close(&report);
    study_close(&made);
    return code;
}
