/* SPDX-License-Identifier: MIT */
#include "data/dataset.h"

#include "base/float_env.h"
#include "base/status.h"
#include "data/civil.h"

int64_t lts_train_end(const lts_dataset_series *m)
{
    return m->train_end < 0 ? m->n_row : m->train_end;
}

int64_t lts_valid_end(const lts_dataset_series *m)
{
    return m->valid_end < 0 ? m->n_row : m->valid_end;
}

/* Series first .. end - 1 are meant. */
static lstm_status check_range(const lstm_dataset *dataset, int64_t series, int64_t *first,
                               int64_t *end)
{
    LTS_NOT_NULL(dataset);
    *first = 0;
    *end = dataset->names.n;
    if (series == LSTM_ALL_SERIES)
        return LSTM_OK;
    LTS_TRY(lts_dataset_check_series(dataset, series));
    *first = series;
    *end = series + 1;
    return LSTM_OK;
}

lstm_status lstm_dataset_split(lstm_dataset *dataset, int64_t series, int64_t train_end,
                               int64_t valid_end)
{
    int64_t first = 0, end = 0;
    LTS_TRY(check_range(dataset, series, &first, &end));
    if (train_end < 0 || valid_end < train_end)
        return lts_fail(
            LSTM_E_ARGUMENT,
            "train_end is %lld, valid_end is %lld: expected 0 <= train_end <= valid_end",
            (long long)train_end, (long long)valid_end);
    for (int64_t s = first; s < end; s++)
        if (valid_end > dataset->series[s].n_row)
            return lts_fail(LSTM_E_SHAPE, "valid_end is %lld, series \"%.100s\" has %lld rows",
                            (long long)valid_end, lts_names_get(&dataset->names, s),
                            (long long)dataset->series[s].n_row);
    for (int64_t s = first; s < end; s++) {
        dataset->series[s].train_end = train_end;
        dataset->series[s].valid_end = valid_end;
    }
    return LSTM_OK;
}

lstm_status lstm_dataset_split_fraction(lstm_dataset *dataset, int64_t series, double train,
                                        double valid)
{
    LTS_FLOAT_SCOPE();
    int64_t first = 0, end = 0;
    LTS_TRY(check_range(dataset, series, &first, &end));
    /* .7 + .2 + .1 is 1 in decimal only */
    if (!(train >= 0 && valid >= 0 && train + valid <= 1 + 1e-12))
        return lts_fail(LSTM_E_ARGUMENT,
                        "train is %g, valid is %g: expected fractions whose sum is at most 1",
                        train, valid);
    for (int64_t s = first; s < end; s++) {
        lts_dataset_series *m = &dataset->series[s];
        m->train_end = (int64_t)floor(train * (double)m->n_row + .5);
        m->valid_end = (int64_t)floor((train + valid) * (double)m->n_row + .5);
    }
    return LSTM_OK;
}

/* Number of rows of a series whose time is before `time`. The times of its rows are valid and do
 * not decrease. */
static int64_t rows_before(const lstm_dataset *d, const lts_dataset_series *m, int64_t time)
{
    int64_t low = 0, high = m->n_row;
    while (low < high) {
        int64_t row = low + (high - low) / 2, at = 0;
        lts_time_of_row(d->step_unit, d->step, m->start, row, &at);
        if (at < time)
            low = row + 1;
        else
            high = row;
    }
    return low;
}

lstm_status lstm_dataset_split_time(lstm_dataset *dataset, int64_t series, int64_t train_end,
                                    int64_t valid_end)
{
    int64_t first = 0, end = 0;
    LTS_TRY(check_range(dataset, series, &first, &end));
    if (dataset->step_unit == LSTM_STEP_ROWS)
        return lts_fail(LSTM_E_ARGUMENT, "the rows have no times: step_unit is LSTM_STEP_ROWS");
    if (valid_end < train_end)
        return lts_fail(LSTM_E_ARGUMENT, "valid_end is %lld, train_end is %lld: expected not later",
                        (long long)valid_end, (long long)train_end);
    for (int64_t s = first; s < end; s++) {
        lts_dataset_series *m = &dataset->series[s];
        m->train_end = rows_before(dataset, m, train_end);
        m->valid_end = rows_before(dataset, m, valid_end);
    }
    return LSTM_OK;
}

lstm_status lstm_dataset_parts(const lstm_dataset *dataset, int64_t series, int64_t *train_end,
                               int64_t *valid_end)
{
    LTS_TRY(lts_dataset_check_series(dataset, series));
    LTS_NOT_NULL(train_end);
    LTS_NOT_NULL(valid_end);
    *train_end = lts_train_end(&dataset->series[series]);
    *valid_end = lts_valid_end(&dataset->series[series]);
    return LSTM_OK;
}
