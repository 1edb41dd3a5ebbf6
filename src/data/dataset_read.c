/* SPDX-License-Identifier: MIT */
#include "data/dataset.h"

#include "base/check.h"
#include "base/status.h"
#include "data/civil.h"

static const lts_dataset_series *member_of(const lstm_dataset *d, int64_t series)
{
    return d == NULL || series < 0 || series >= d->names.n ? NULL : &d->series[series];
}

int64_t lstm_dataset_series(const lstm_dataset *dataset)
{
    return dataset == NULL ? 0 : dataset->names.n;
}

int64_t lstm_dataset_columns(const lstm_dataset *dataset)
{
    return dataset == NULL ? 0 : dataset->columns.n;
}

int64_t lstm_dataset_width(const lstm_dataset *dataset)
{
    return dataset == NULL ? 0 : dataset->n_column;
}

int64_t lstm_dataset_statics(const lstm_dataset *dataset)
{
    return dataset == NULL ? 0 : dataset->statics.n;
}

int64_t lstm_dataset_inputs(const lstm_dataset *dataset)
{
    int64_t n = 0;
    for (int64_t c = 0; c < lstm_dataset_columns(dataset); c++)
        n += lts_role_is_input(dataset->roles[c]);
    return n;
}

int64_t lstm_dataset_targets(const lstm_dataset *dataset)
{
    int64_t n = 0;
    for (int64_t c = 0; c < lstm_dataset_columns(dataset); c++)
        n += lts_role_is_target(dataset->roles[c]);
    return n;
}

const char *lstm_dataset_name(const lstm_dataset *dataset, int64_t series)
{
    return member_of(dataset, series) == NULL ? NULL : lts_names_get(&dataset->names, series);
}

int64_t lstm_dataset_find(const lstm_dataset *dataset, const char *name)
{
    return dataset == NULL || name == NULL ? -1 : lts_names_find(&dataset->names, name);
}

const char *lstm_dataset_static_name(const lstm_dataset *dataset, int64_t number)
{
    bool is_there = dataset != NULL && number >= 0 && number < dataset->statics.n;
    return is_there ? lts_names_get(&dataset->statics, number) : NULL;
}

static bool has_column(const lstm_dataset *d, int64_t column)
{
    return column >= 0 && column < lstm_dataset_columns(d);
}

const char *lstm_dataset_column_name(const lstm_dataset *dataset, int64_t column)
{
    return has_column(dataset, column) ? lts_names_get(&dataset->columns, column) : NULL;
}

int64_t lstm_dataset_find_column(const lstm_dataset *dataset, const char *name)
{
    return dataset == NULL || name == NULL ? -1 : lts_names_find(&dataset->columns, name);
}

int64_t lstm_dataset_role(const lstm_dataset *dataset, int64_t column)
{
    return has_column(dataset, column) ? dataset->roles[column] : -1;
}

int64_t lstm_dataset_rows(const lstm_dataset *dataset, int64_t series)
{
    const lts_dataset_series *m = member_of(dataset, series);
    return m == NULL ? 0 : m->n_row;
}

int64_t lstm_dataset_future_rows(const lstm_dataset *dataset, int64_t series)
{
    const lts_dataset_series *m = member_of(dataset, series);
    return m == NULL ? 0 : m->n_future;
}

const lstm_real *lstm_dataset_data(const lstm_dataset *dataset, int64_t series)
{
    const lts_dataset_series *m = member_of(dataset, series);
    return m == NULL ? NULL : m->values;
}

const lstm_real *lstm_dataset_static(const lstm_dataset *dataset, int64_t series)
{
    if (member_of(dataset, series) == NULL || dataset->statics.n == 0)
        return NULL;
    const real *values = dataset->static_values + series * dataset->statics.n;
    return isnan(values[0]) ? NULL : values;
}

int lstm_dataset_observed(const lstm_dataset *dataset, int64_t series, int64_t row, int64_t column)
{
    const lts_dataset_series *m = member_of(dataset, series);
    if (m == NULL || row < 0 || row >= m->n_row + m->n_future || !has_column(dataset, column))
        return 0;
    int64_t C = dataset->n_column, at = row * C + column;
    return column >= C || !(isnan(m->values[at]) || lts_is_filled(m, at));
}

lstm_status lstm_dataset_time(const lstm_dataset *dataset, int64_t series, int64_t row,
                              int64_t *time)
{
    LTS_TRY(lts_dataset_check_series(dataset, series));
    LTS_NOT_NULL(time);
    LTS_TRY(lts_check_at_least("row", row, 0));
    if (dataset->step_unit == LSTM_STEP_ROWS)
        return lts_fail(LSTM_E_ARGUMENT, "the rows have no times: step_unit is LSTM_STEP_ROWS");
    if (!lts_time_of_row(dataset->step_unit, dataset->step, dataset->series[series].start,
                         dataset->series[series].first + row, time))
        return lts_fail(LSTM_E_LIMIT,
                        "series \"%.100s\": row %lld lies outside of the years 1 to 9999",
                        lts_names_get(&dataset->names, series), (long long)row);
    return LSTM_OK;
}
