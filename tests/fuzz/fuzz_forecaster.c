/* SPDX-License-Identifier: MIT */
/*
 * An accepted forecaster forecasts, streams with the same bits, is saved and loaded unchanged, and
 * learns from rows or says why not.
 */
#include "forecaster/forecaster.h"
#include "fuzz.h"

enum { MOST_ROWS = 64, MOST_WIDTH = 8, MOST_STEPS = 64, MOST_MEMORY = 4 << 20 };

/* The rows that are forecast from, and pushed. */
static lstm_real rows[MOST_ROWS * MOST_WIDTH], future[MOST_STEPS * MOST_WIDTH];
static lstm_real lower[MOST_STEPS * MOST_WIDTH], upper[MOST_STEPS * MOST_WIDTH];

/* A stream of the file's own columns; NULL if it is too large for a fuzzer. */
static lstm_stream *new_stream(const lstm_forecaster *f)
{
    lstm_stream *stream = NULL;
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    options.intervals = 1;
    lstm_status status = lstm_stream_new(&stream, f, &options);
    FUZZ_HOLDS((status >= 0) == (stream != NULL));
    if (stream == NULL ||
        (lstm_stream_context(stream) <= MOST_ROWS && lstm_stream_horizon(stream) <= MOST_STEPS))
        return stream;
    lstm_stream_free(stream);
    return NULL;
}

/* y [MOST_STEPS, MOST_WIDTH] after a row; as it was on failure. */
static lstm_status forecast(const lstm_forecaster *f, lstm_real *y)
{
    lstm_stream *stream = new_stream(f);
    if (stream == NULL)
        return LSTM_E_LIMIT;
    lstm_status status = lstm_stream_push(stream, rows);
    if (status >= 0)
        status = lstm_stream_push(stream, rows);
    if (status >= 0)
        lstm_stream_set_future(stream, future, lstm_stream_horizon(stream));
    if (status >= 0)
        status = lstm_stream_forecast(stream, y);
    if (status >= 0 && f->options.n_level == 1)
        FUZZ_OK(lstm_stream_intervals(stream, y, lower, upper));
    lstm_stream_free(stream);
    return status;
}

static void describe(const lstm_forecaster *f)
{
    char text[256];
    int64_t length;
    FUZZ_OK(lstm_forecaster_describe(f, text, sizeof text, &length));
}

/* One update, with rows of the file's own columns. */
static void continue_fit(lstm_forecaster *f)
{
    static lstm_real series[MOST_ROWS * MOST_WIDTH];
    lstm_dataset *dataset = NULL;
    lstm_continue_options options = LSTM_CONTINUE_OPTIONS_INIT;
    lstm_stream *stream = new_stream(f);
    if (stream == NULL)
        return;
    options.n_update = 1;
    lstm_stream_free(stream);
    for (int64_t i = 0; i < MOST_ROWS * MOST_WIDTH; i++)
        series[i] = (lstm_real)(2 + i % 5);
    lstm_status status = lstm_forecaster_frame(&dataset, f);
    if (status >= 0)
        status = lstm_dataset_add(dataset, NULL, series, MOST_ROWS, 0);
    if (status >= 0)
        lstm_forecaster_continue(f, dataset, &options);
    lstm_dataset_free(dataset);
    describe(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static lstm_real y[MOST_STEPS * MOST_WIDTH], z[MOST_STEPS * MOST_WIDTH];
    lstm_forecaster *f = NULL, *again = NULL;
    fuzz_json_begin(data, size);
    fuzz_limit_memory(MOST_MEMORY);
    fuzz_file(data, size);
    lstm_status status = lstm_forecaster_load(&f, "fuzz");
    FUZZ_HOLDS((status >= 0) == (f != NULL));
    if (f == NULL)
        return 0;
    describe(f);
    FUZZ_OK(lstm_forecaster_save(f, "fuzz"));
    fuzz_file_written();
    FUZZ_OK(lstm_forecaster_load(&again, "fuzz"));
    if (f->fitted.frame->n_column <= MOST_WIDTH) {
        memset(y, 0, sizeof y);
        memset(z, 0, sizeof z);
        FUZZ_HOLDS(forecast(f, y) == forecast(again, z));
        FUZZ_HOLDS(memcmp(y, z, sizeof y) == 0);
        continue_fit(again);
    }
    lstm_forecaster_free(again);
    lstm_forecaster_free(f);
    return 0;
}
