/* SPDX-License-Identifier: MIT */
#include "command/console/sink.h"
#include "command/options/commands.h"
#include "command/study/errors.h"
#include "command/study/study.h"

int cmd_backtest(const settings *set)
{
    study made;
    sink out;
    int code = study_run(&made, set, false);
    if (code == EXIT_OK && made.judged.backtest != NULL) {
        code = sink_open(&out, set->output);
        if (code == EXIT_OK) {
            errors_csv(&made.judged, made.from.data, set->by, out.file);
            code = sink_close(&out);
        }
    } else if (code == EXIT_OK) {
        code = EXIT_FAILED;
    }
    if (code == EXIT_OK)
        code = fitting_save(made.forecaster, set);
    study_close(&made);
    return code;
}
