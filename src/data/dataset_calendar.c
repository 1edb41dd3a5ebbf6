/* SPDX-License-Identifier: MIT */
#include "data/dataset.h"

#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"

/*
 * The names of the columns followed by those of the calendar. On failure there is nothing to clear.
 */
static lstm_status name_columns(lts_names *names, const lts_names *before,
                                const lts_calendar *calendar)
{
    lstm_status status = LSTM_OK;
    memset(names, 0, sizeof *names);
    for (int64_t c = 0; status >= 0 && c < before->n; c++)
        status = lts_names_add(names, "column", lts_names_get(before, c));
    for (int64_t c = 0; status >= 0 && c < calendar->n_column; c++)
        status = lts_names_add(names, "column", lts_calendar_name(calendar, c));
    if (status < 0)
        lts_names_clear(names);
    return status;
}

lstm_status lstm_dataset_add_calendar(lstm_dataset *dataset, int64_t features,
                                      const int64_t *holidays, int64_t n_holiday)
{
    LTS_NOT_NULL(dataset);
    if (dataset->step_unit == LSTM_STEP_ROWS)
        return lts_fail(LSTM_E_ARGUMENT, "the rows have no times: step_unit is LSTM_STEP_ROWS");
    if (dataset->calendar.n_column > 0)
        return lts_fail(LSTM_E_ORDER, "the data set has calendar columns already");
    lts_calendar calendar;
    lts_names names = {0};
    int64_t C = dataset->n_column;
    LTS_TRY(lts_calendar_init(&calendar, features, holidays, n_holiday));
    lstm_status status = name_columns(&names, &dataset->columns, &calendar);
    int64_t *roles = NULL;
    if (status >= 0) {
        roles = lts_grow(dataset->roles, C, C + calendar.n_column, sizeof *roles);
        status = roles == NULL ? LSTM_E_NOMEM : LSTM_OK;
    }
    if (status < 0) {
        lts_names_clear(&names);
        lts_calendar_clear(&calendar);
        return status;
    }
    for (int64_t c = 0; c < calendar.n_column; c++)
        roles[C + c] = LSTM_ROLE_KNOWN;
    lts_names_clear(&dataset->columns);
    dataset->columns = names;
    dataset->roles = roles;
    dataset->calendar = calendar;
    return LSTM_OK;
}

static lstm_status read_stored(const lstm_dataset *d, int64_t series, int64_t row, int64_t column,
                               real *value)
{
    const lts_dataset_series *m = &d->series[series];
    int64_t n = m->n_row + (d->roles[column] == LSTM_ROLE_KNOWN ? m->n_future : 0);
    if (row >= n)
        return lts_fail(LSTM_E_SHAPE,
                        "series \"%.100s\", column %lld (%.100s) has %lld rows, row is %lld",
                        lts_names_get(&d->names, series), (long long)column,
                        lts_names_get(&d->columns, column), (long long)n, (long long)row);
    *value = m->values[row * d->n_column + column];
    return LSTM_OK;
}

lstm_status lstm_dataset_value(const lstm_dataset *dataset, int64_t series, int64_t row,
                               int64_t column, lstm_real *value)
{
    LTS_FLOAT_SCOPE();
    LTS_TRY(lts_dataset_check_series(dataset, series));
    LTS_NOT_NULL(value);
    if (row < 0 || column < 0 || column >= dataset->columns.n)
        return lts_fail(LSTM_E_ARGUMENT,
                        "row is %lld, column is %lld: expected row >= 0 and a column below %lld",
                        (long long)row, (long long)column, (long long)dataset->columns.n);
    int64_t C = dataset->n_column, time;
    if (column < C)
        return read_stored(dataset, series, row, column, value);
    real values[LTS_CALENDAR_COLUMNS];
    LTS_TRY(lstm_dataset_time(dataset, series, row, &time));
    lts_calendar_row(&dataset->calendar, time, values);
    *value = values[column - C];
    return LSTM_OK;
}
