/* SPDX-License-Identifier: MIT */
#include "command/commands.h"
#include "command/fitting.h"
#include "command/forecast.h"
#include "command/judge.h"
#include "command/message.h"
#include "command/output.h"
#include "command/source.h"
#include "command/stop.h"
#include "command/words.h"

/* Rows of a season for what is compared: the forecaster's, or else that of the calendar. */
static int64_t season_of(const chosen *what, const source *from, const settings *set)
{
    if (set->season == SEASON_NONE || what->season > 1)
        return what->season;
    return judge_calendar_season(from->frame->step_unit, from->frame->step);
}

/* Fit without the last rows, judge on them, then take them in. */
static int fit_and_judge(lstm_forecaster **forecaster, const source *from, const settings *set)
{
    chosen what;
    judgement judged = {0};
    int code = source_split_test(from, set->horizon);
    if (code == EXIT_OK)
        code = fitting_run(forecaster, set, from->data);
    if (code == EXIT_OK)
        code = fitting_chosen(&what, *forecaster);
    if (code == EXIT_OK)
        code = judge_run(&judged, *forecaster, from->data, season_of(&what, from, set), set);
    if (code == EXIT_OK && !set->quiet)
        words_say(from, &what, &judged);
    judge_free(&judged);
    if (code == EXIT_OK)
        code = source_split_all(from);
    return code == EXIT_OK ? fitting_extend(*forecaster, from->data) : code;
}

int cmd_forecast(const settings *set)
{
    source from = {0};
    forecast made = {0};
    lstm_forecaster *forecaster = NULL;
    stop_watch();
    int code = source_read(&from, set);
    if (code == EXIT_OK)
        code = source_dataset(&from, set);
    if (code == EXIT_OK)
        code = fit_and_judge(&forecaster, &from, set);
    if (code == EXIT_OK)
        code = fitting_save(forecaster, set);
    if (code == EXIT_OK)
        code = forecast_make(&made, forecaster, &from, 0);
    if (code == EXIT_OK)
        code = output_write(&made, set->format, set->output);
    forecast_free(&made);
    lstm_forecaster_free(forecaster);
    source_close(&from);
    return code;
}
