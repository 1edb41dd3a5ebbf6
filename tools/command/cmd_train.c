/* SPDX-License-Identifier: MIT */
#include "command/console/message.h"
#include "command/options/commands.h"
#include "command/study/study.h"

int cmd_train(const settings *set)
{
    study made;
    if (set->model == NULL) {
        message_error("--model is missing: where is the forecaster to be saved?");
        return EXIT_USAGE;
    }
    int code = study_run(&made, set, false);
    if (code == EXIT_OK)
        code = study_complete(&made);
    if (code == EXIT_OK)
        code = fitting_save(made.forecaster, set);
    study_close(&made);
    return code;
}
