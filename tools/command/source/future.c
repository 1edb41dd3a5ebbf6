/* SPDX-License-Identifier: MIT */
#include "command/source/future.h"
#include <math.h>
#include <string.h>

static bool is_future(const table_frame *frame, int64_t row, const int64_t *roles)
{
    bool has_known = false, has_other = false;
    for (int64_t c = 0; c < frame->n_column; c++) {
        bool there = !isnan(frame->values[row * frame->n_column + c]);
        has_known |= there && roles[c] == LSTM_ROLE_KNOWN;
        has_other |= there && roles[c] >= 0 && roles[c] != LSTM_ROLE_KNOWN;
    }
    return has_known && !has_other;
}

int64_t future_count(const table_frame *frame, const table_series *series, const int64_t *roles)
{
    int64_t n = 0, last = series->first + series->n_row - 1;
    while (n < series->n_row && is_future(frame, last - n, roles))
        n++;
    return n == series->n_row ? 0 : n;
}

const char *future_known(const lstm_dataset *data)
{
    for (int64_t c = 0; c < lstm_dataset_width(data); c++)
        if (lstm_dataset_role(data, c) == LSTM_ROLE_KNOWN)
            return lstm_dataset_column_name(data, c);
    return NULL;
}

static bool is_known(const lstm_dataset *data, const char *name)
{
    for (int64_t c = 0; c < lstm_dataset_width(data); c++)
        if (strcmp(lstm_dataset_column_name(data, c), name) == 0)
            return lstm_dataset_role(data, c) == LSTM_ROLE_KNOWN;
    return false;
}

int64_t future_holes(const table_frame *frame, const lstm_dataset *data, int64_t horizon,
                     future_hole *first)
{
    int64_t n = 0;
    for (int64_t c = 0; c < frame->n_column; c++) {
        if (!is_known(data, frame->names[c]))
            continue;
        for (int64_t s = 0; s < frame->n_series; s++) {
            int64_t begin = frame->series[s].first + lstm_dataset_rows(data, s);
            for (int64_t row = begin; row < begin + horizon; row++)
                if (isnan(frame->values[row * frame->n_column + c]) && n++ == 0)
                    *first = (future_hole){s, row, c};
        }
    }
    return n;
}

/* Rows after the last value of a column. */
static int64_t rows_after(const table_frame *frame, const table_series *series, int64_t column)
{
    int64_t n = 0, last = series->first + series->n_row - 1;
    while (n < series->n_row && isnan(frame->values[(last - n) * frame->n_column + column]))
        n++;
    return n;
}

int64_t future_unnamed(const table_frame *frame, const table_series *series, const int64_t *roles,
                       int64_t *target)
{
    int64_t most = 0;
    bool is_longer = false;
    for (int64_t c = 0; c < frame->n_column; c++) {
        int64_t n = rows_after(frame, series, c);
        is_longer |= n == 0;
        if (roles[c] == LSTM_ROLE_BOTH && n > most && n < series->n_row) {
            most = n;
            *target = c;
        }
    }
    return is_longer ? most : 0;
}
