/* SPDX-License-Identifier: MIT */
#include "command/study/study.h"
#include "command/console/message.h"
#include "command/console/stop.h"
#include "command/options/targets.h"
#include "command/source/parts.h"
#include "command/study/words.h"
#include <stdlib.h>

/* Rows of a season for what is compared: the forecaster's, or else that of the calendar if each
   training part has two of them. */
static int64_t season_of(const study *made, const settings *set)
{
    int64_t train, valid;
    if (set->season == SEASON_NONE || made->what.season > 1)
        return made->what.season;
    int64_t season = judge_calendar_season(made->from.frame->step_unit, made->from.frame->step);
    for (int64_t s = 0; s < lstm_dataset_series(made->from.data); s++)
        if (lstm_dataset_parts(made->from.data, s, &train, &valid) == LSTM_OK && train < 2 * season)
            return 0;
    return season;
}

/* With a line for each choice. */
static int say_choice(const lstm_forecaster *forecaster)
{
    char *text = fitting_description(forecaster);
    json_t *all, *value;
    const char *name;
    if (text == NULL)
        return EXIT_FAILED;
    all = json_loads(text, 0, NULL);
    free(text);
    if (all == NULL)
        return message_error("out of memory");
    json_object_foreach(all, name, value)
    {
        char *shown = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
        message_note("  %s: %s", name, shown == NULL ? "?" : shown);
        free(shown);
    }
    json_decref(all);
    return EXIT_OK;
}

int study_run(study *made, const settings *set, bool forecasts)
{
    *made = (study){0};
    stop_watch();
    if (set->horizon == 0) {
        message_error("--horizon is missing: how many rows are to be forecast?");
        return EXIT_USAGE;
    }
    int code = targets_check(set);
    if (code == EXIT_OK)
        code = source_read(&made->from, set);
    if (code == EXIT_OK)
        code = source_dataset(&made->from, set);
    if (code == EXIT_OK && forecasts)
        code = source_check_future(&made->from, set->horizon, set->quiet);
    if (code == EXIT_OK)
        code = parts_split_test(made->from.data, set->horizon);
    if (code == EXIT_OK)
        code = fitting_run(&made->forecaster, &made->losses, set, made->from.data);
    if (code == EXIT_OK)
        code = fitting_chosen(&made->what, made->forecaster);
    if (code == EXIT_OK && set->verbose)
        code = say_choice(made->forecaster);
    if (code == EXIT_OK)
        code =
            judge_run(&made->judged, made->forecaster, made->from.data, season_of(made, set), set);
    if (code == EXIT_OK && set->verbose)
        words_parts(&made->from, &made->judged);
    if (code == EXIT_OK && !set->quiet)
        words_say(&made->from, &made->what, &made->judged);
    return code;
}

int study_complete(study *made, const settings *set)
{
    int code = parts_split_all(made->from.data);
    return code == EXIT_OK ? fitting_extend(made->forecaster, set, made->from.data) : code;
}

void study_close(study *made)
{
    judge_free(&made->judged);
    report_progress_free(&made->losses);
    lstm_forecaster_free(made->forecaster);
    source_close(&made->from);
}
