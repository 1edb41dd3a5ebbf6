/* SPDX-License-Identifier: MIT */
#include "table/notes.h"
#include "table/table.h"

static lstm_status fill(lstm_dataset *dataset, const table_frame *frame)
{
    for (int64_t s = 0; s < frame->n_series; s++) {
        const table_series *series = &frame->series[s];
        int64_t start = frame->times == NULL ? 0 : frame->times[series->first];
        lstm_status status = lstm_dataset_add_double(
            dataset, series->name, frame->values + series->first * frame->n_column, series->n_row,
            start);
        if (status < 0)
            return status;
    }
    return LSTM_OK;
}

lstm_status table_dataset(lstm_dataset **dataset, const table_frame *frame,
                          const lstm_dataset_options *options, table_error *error)
{
    table_error own = {0};
    error = error == NULL ? &own : error;
    lstm_dataset_options all = LSTM_DATASET_OPTIONS_INIT;
    if (options != NULL) {
        all.roles = options->roles;
        all.missing = options->missing;
        all.season_len = options->season_len;
        all.static_names = options->static_names;
        all.n_static = options->n_static;
    }
    all.n_column = frame->n_column;
    all.names = (const char *const *)frame->names;
    all.step_unit = frame->step_unit;
    all.step = frame->step;
    lstm_dataset *made = NULL;
    lstm_status status = lstm_dataset_new(&made, &all);
    if (status == LSTM_OK)
        status = fill(made, frame);
    if (status < 0) {
        lstm_dataset_free(made);
        return table_fail(error, status, "%s", lstm_last_error());
    }
    *dataset = made;
    return LSTM_OK;
}
