/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a table, with any options: the first two bytes choose them. (gzip's checksum hides what
 * is behind it, so few inputs are compressed.) A table that is read has what types.h promises, and what
 * is refused has a message.
 */
#include "fuzz.h"
#include "table/table.h"

#include <math.h>

enum { N_CHOICE = 2 };

static table_options options_of(const uint8_t *choice)
{
    static const char *const formats[] = {NULL, "%d.%m.%Y %H:%M", "%a %G-W%V-%u %T.%f",
                                          "%Y-%j %I%p"};
    static const char *const columns[] = {NULL, "", "1", "ds"};
    static const table_policy duplicates[] = {TABLE_DEFAULT, TABLE_FIRST, TABLE_LAST, TABLE_MEAN};
    bool strict = (choice[1] & 128) != 0;
    return (table_options){
        .time_format = formats[choice[0] & 3],
        .time_column = columns[choice[0] >> 2 & 3],
        .header = (table_header)((choice[0] >> 4 & 3) % 3),
        .id_column = (choice[0] & 64) != 0 ? "2" : NULL,
        .missing = (choice[0] & 128) != 0 ? "-9" : NULL,
        .duplicates = duplicates[choice[1] & 3],
        .clock_back = duplicates[choice[1] >> 2 & 3],
        .decimal = (choice[1] & 16) != 0 ? ',' : '\0',
        .delimiter = (choice[1] & 32) != 0 ? ';' : '\0',
        .disorder = strict ? TABLE_REFUSE : TABLE_DEFAULT,
        .gaps = strict ? TABLE_REFUSE : TABLE_DEFAULT,
        .max_values = (choice[1] & 64) != 0 ? 64 : 1 << 16,
        .max_record = 4096,
        .max_columns = 64,
    };
}

static void check_series(const table_frame *frame)
{
    int64_t n_row = 0;
    for (int64_t s = 0; s < frame->n_series; s++) {
        const table_series *series = &frame->series[s];
        FUZZ_HOLDS(series->first == n_row && series->n_row >= 1);
        FUZZ_HOLDS(series->name == NULL ? frame->n_series == 1 : series->name[0] != '\0');
        n_row += series->n_row;
        for (int64_t r = series->first + 1; frame->times != NULL && r < n_row; r++) {
            int64_t difference = frame->times[r] - frame->times[r - 1];
            FUZZ_HOLDS(difference > 0);
            FUZZ_HOLDS(frame->step_unit != LSTM_STEP_SECONDS || difference == frame->step);
        }
    }
    FUZZ_HOLDS(n_row == frame->n_row);
}

static void check_frame(const table_frame *frame, const table_options *options)
{
    FUZZ_HOLDS(frame->n_column >= 1 && frame->n_column <= 64 && frame->n_row >= 1);
    FUZZ_HOLDS(frame->n_column * frame->n_row <= options->max_values);
    for (int64_t i = 0; i < frame->n_column * frame->n_row; i++)
        FUZZ_HOLDS(!isinf(frame->values[i]));
    FUZZ_HOLDS((frame->step_unit == LSTM_STEP_ROWS) == (frame->step == 0));
    check_series(frame);
    lstm_dataset_options all = LSTM_DATASET_OPTIONS_INIT;
    all.missing = LSTM_MISSING_MASK;
    lstm_dataset *dataset = NULL;
    table_error error = {0};
    lstm_status status = table_dataset(&dataset, frame, &all, &error);
    /* numbers that float cannot hold, series without any value in a column */
    FUZZ_HOLDS(status == LSTM_OK || status == LSTM_E_NUMERIC);
    FUZZ_HOLDS(status == LSTM_OK || error.message[0] != '\0');
    lstm_dataset_free(dataset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < N_CHOICE)
        return 0;
    table_options options = options_of(data);
    table_frame *frame = NULL;
    table_error error;
    lstm_status status =
        table_read_memory(&frame, data + N_CHOICE, size - N_CHOICE, "input", &options, &error);
    FUZZ_HOLDS((status == LSTM_OK) == (frame != NULL) && error.status == status);
    if (status == LSTM_OK)
        check_frame(frame, &options);
    else
        FUZZ_HOLDS(status < 0 && status != LSTM_E_NOMEM && strlen(error.message) > 7);
    table_free(frame);
    return 0;
}
