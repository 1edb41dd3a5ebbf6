/* SPDX-License-Identifier: MIT */
#include "report/gather_parts.h"
#include "report/ticks.h"

#include <math.h>
#include <string.h>

static bool is_target(int64_t role)
{
    return role == LSTM_ROLE_BOTH || role == LSTM_ROLE_TARGET;
}

static lstm_status gather_columns(report_gathered *gathered, const lstm_dataset *dataset)
{
    const int64_t K = lstm_dataset_targets(dataset);
    const char **names = report_gathered_allocate(gathered, K, sizeof *names);
    gathered->columns = report_gathered_allocate(gathered, K, sizeof *gathered->columns);
    if (names == NULL || gathered->columns == NULL)
        return LSTM_E_NOMEM;
    int64_t k = 0;
    for (int64_t c = 0; c < lstm_dataset_columns(dataset) && k < K; c++)
        if (is_target(lstm_dataset_role(dataset, c))) {
            names[k] = lstm_dataset_column_name(dataset, c);
            gathered->columns[k++] = c;
        }
    gathered->data.columns = names;
    gathered->data.n_column = K;
    return LSTM_OK;
}

/* Rows without times have their numbers. */
static lstm_status gather_times(const report_gathered *gathered, const lstm_dataset *dataset,
                                int64_t series, int64_t n, double *times)
{
    for (int64_t row = 0; row < n; row++) {
        int64_t time = row;
        if (gathered->data.has_times) {
            lstm_status status = lstm_dataset_time(dataset, series, row, &time);
            if (status != LSTM_OK)
                return status;
        }
        times[row] = (double)time;
    }
    return LSTM_OK;
}

static lstm_status gather_series(report_gathered *gathered, const lstm_dataset *dataset,
                                 int64_t number, report_series *series)
{
    const int64_t K = gathered->data.n_column, n = lstm_dataset_rows(dataset, number);
    double *times = report_gathered_allocate(gathered, n + gathered->data.horizon, sizeof *times);
    double *values = report_gathered_allocate(gathered, n * K, sizeof *values);
    if (times == NULL || values == NULL)
        return LSTM_E_NOMEM;
    for (int64_t k = 0; k < K; k++)
        for (int64_t row = 0; row < n; row++) {
            lstm_real value = 0;
            const int64_t column = gathered->columns[k];
            bool is_there = lstm_dataset_observed(dataset, number, row, column) &&
                            lstm_dataset_value(dataset, number, row, column, &value) == LSTM_OK;
            values[k * n + row] = is_there ? (double)value : NAN;
        }
    *series = (report_series){lstm_dataset_name(dataset, number), n, times, values};
    return gather_times(gathered, dataset, number, n + gathered->data.horizon, times);
}

lstm_status report_gather_rows(report_gathered *gathered, const report_sources *sources)
{
    const lstm_dataset *dataset = sources->dataset;
    report_data *data = &gathered->data;
    int64_t time;
    data->horizon = lstm_forecaster_horizon(sources->forecaster);
    data->n_series = lstm_dataset_series(dataset);
    data->has_times = lstm_dataset_time(dataset, 0, 0, &time) == LSTM_OK;
    lstm_status status = gather_columns(gathered, dataset);
    report_series *series = report_gathered_allocate(gathered, data->n_series, sizeof *series);
    if (series == NULL)
        return LSTM_E_NOMEM;
    data->series = series;
    for (int64_t s = 0; s < data->n_series && status == LSTM_OK; s++)
        status = gather_series(gathered, dataset, s, &series[s]);
    return status;
}

/* Least, mean and largest value and missing ones of a column in all series. */
static const char *column_fact(report_gathered *gathered, int64_t k)
{
    const report_data *data = &gathered->data;
    double low = INFINITY, high = -INFINITY, sum = 0;
    int64_t n = 0, n_missing = 0;
    for (int64_t s = 0; s < data->n_series; s++)
        for (int64_t row = 0; row < data->series[s].n_row; row++) {
            double value = data->series[s].values[k * data->series[s].n_row + row];
            if (isnan(value)) {
                n_missing++;
                continue;
            }
            low = fmin(low, value);
            high = fmax(high, value);
            sum += value;
            n++;
        }
    report_text text = {0};
    report_add_number(&text, n > 0 ? low : NAN, 4);
    report_add(&text, " to ");
    report_add_number(&text, n > 0 ? high : NAN, 4);
    report_add(&text, ", mean ");
    report_add_number(&text, n > 0 ? sum / (double)n : NAN, 4);
    report_addf(&text, ", %lld missing", (long long)n_missing);
    const char *kept = text.failed ? NULL : report_gathered_print(gathered, "%s", text.bytes);
    report_text_free(&text);
    return kept;
}

static const char *range_fact(report_gathered *gathered)
{
    const report_data *data = &gathered->data;
    double first = INFINITY, last = -INFINITY;
    for (int64_t s = 0; s < data->n_series; s++) {
        first = fmin(first, data->series[s].times[0]);
        last = fmax(last, data->series[s].times[data->series[s].n_row - 1]);
    }
    char from[REPORT_TICK_TEXT] = "", to[REPORT_TICK_TEXT] = "";
    if (!data->has_times)
        return report_gathered_print(gathered, "%.0f to %.0f", first, last);
    report_time_text(first, from);
    report_time_text(last, to);
    return report_gathered_print(gathered, "%s to %s", from, to);
}

/* The end of the test part of the first series, and whether the others are alike. */
static const char *parts_fact(report_gathered *gathered, const lstm_dataset *dataset)
{
    int64_t n_row = 0, n_train = 0, n_valid = 0;
    for (int64_t s = 0; s < gathered->data.n_series; s++) {
        int64_t train_end = 0, valid_end = 0;
        lstm_dataset_parts(dataset, s, &train_end, &valid_end);
        n_row += lstm_dataset_rows(dataset, s);
        n_train += train_end;
        n_valid += valid_end - train_end;
    }
    if (n_train == n_row) /* the table of a saved forecaster has no parts */
        return report_gathered_print(gathered, "%lld", (long long)n_row);
    return report_gathered_print(
        gathered,
        "%lld rows: %lld of the training part, %lld of the validation part, %lld of the "
        "test part",
        (long long)n_row, (long long)n_train, (long long)n_valid,
        (long long)(n_row - n_train - n_valid));
}

lstm_status report_gather_facts(report_gathered *gathered, const report_sources *sources)
{
    report_data *data = &gathered->data;
    const int64_t K = data->n_column, n_own = 3 + K;
    report_fact *facts = report_gathered_allocate(gathered, n_own + sources->n_fact, sizeof *facts);
    if (facts == NULL)
        return LSTM_E_NOMEM;
    facts[0] =
        (report_fact){"Series", report_gathered_print(gathered, "%lld", (long long)data->n_series)};
    facts[1] = (report_fact){"Rows", parts_fact(gathered, sources->dataset)};
    facts[2] = (report_fact){data->has_times ? "Times" : "Row numbers", range_fact(gathered)};
    for (int64_t k = 0; k < K; k++)
        facts[3 + k] = (report_fact){data->columns[k], column_fact(gathered, k)};
    for (int64_t i = 0; i < n_own; i++)
        if (facts[i].value == NULL)
            return LSTM_E_NOMEM;
    if (sources->n_fact > 0)
        memcpy(facts + n_own, sources->facts, (size_t)sources->n_fact * sizeof *facts);
    data->facts = facts;
    data->n_fact = n_own + sources->n_fact;
    return LSTM_OK;
}
