/* SPDX-License-Identifier: MIT */
#include "command/console/message.h"
#include "command/options/commands.h"
#include "command/options/targets.h"
#include "command/output/forecast.h"
#include "command/output/output.h"
#include "command/output/plot.h"
#include "command/source/source.h"
#include "command/study/page.h"
#include <lstmts/stream.h>

/* A forecaster takes fewer rows than it reads, too: the library does not refuse them. */
static void say_short(const lstm_forecaster *forecaster, const lstm_dataset *data)
{
    lstm_stream *stream = NULL;
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    if (lstm_stream_new(&stream, forecaster, &options) < 0)
        return;
    int64_t context = lstm_stream_context(stream), shortest = context, n_short = 0;
    lstm_stream_free(stream);
    for (int64_t s = 0; s < lstm_dataset_series(data); s++) {
        int64_t n = lstm_dataset_rows(data, s);
        n_short += n < context;
        shortest = n < shortest ? n : shortest;
    }
    if (n_short > 0 && lstm_dataset_series(data) == 1)
        message_note(
            "Note: the forecaster reads the last %lld rows, the table has %lld: with fewer "
            "the forecast is less exact.",
            (long long)context, (long long)shortest);
    else if (n_short > 0)
        message_note("Note: the forecaster reads the last %lld rows, %lld series have fewer, the "
                     "shortest %lld: their forecast is less exact.",
                     (long long)context, (long long)n_short, (long long)shortest);
}

/* Reads the table, forecasts it and writes the files. */
static int forecast_table(const settings *set, const lstm_forecaster *forecaster)
{
    source from = {0};
    forecast rows = {0};
    page report = {0};
    lstm_dataset *empty = NULL;
    int code = EXIT_OK;
    if (lstm_forecaster_frame(&empty, forecaster) < 0)
        code = message_library(set->saved);
    if (code == EXIT_OK)
        code = source_read(&from, set);
    if (code == EXIT_OK)
        code = source_fill(&from, empty);
    else
        lstm_dataset_free(empty);
    if (code == EXIT_OK)
        code = source_check_future(&from, lstm_forecaster_horizon(forecaster), set->quiet);
    if (code == EXIT_OK)
        code = forecast_make(&rows, forecaster, &from, set->horizon);
    if (code == EXIT_OK && set->report != NULL)
        code = page_saved(&report, forecaster, &from, set);
    if (code == EXIT_OK)
        code = output_write(&rows, set->format, set->output);
    if (code == EXIT_OK && !set->quiet) {
        say_short(forecaster, from.data);
        forecast_say_unbounded(&rows);
    }
    if (code == EXIT_OK)
        code = plot_write(&rows, &from, set);
    if (code == EXIT_OK && set->report != NULL)
        code = page_write(&report, set->report);
    page_close(&report);
    forecast_free(&rows);
    source_close(&from);
    return code;
}

int cmd_predict(const settings *set)
{
    int code = plot_check(set->plot);
    if (code == EXIT_OK)
        code = targets_check(set);
    if (code != EXIT_OK)
        return code;
    lstm_forecaster *forecaster = NULL;
    lstm_status status = lstm_forecaster_load(&forecaster, set->saved);
    if (status < 0) {
        code = message_library(set->saved);
        if (status == LSTM_E_FORMAT)
            message_note("MODEL comes before DATA: lstmts predict MODEL DATA");
        return code;
    }
    code = forecast_table(set, forecaster);
    lstm_forecaster_free(forecaster);
    return code;
}
