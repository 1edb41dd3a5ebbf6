/* SPDX-License-Identifier: MIT */
#include "members/roster.h"

#include "base/memory.h"
#include "base/status.h"
#include "data/civil.h"

#include <math.h>
#include <stdio.h>

static lstm_status allocate(lts_roster *roster, int64_t n, int64_t K)
{
    int64_t size;
    if (!lts_multiply(n, K, &size))
        size = INT64_MAX;
    *roster = (lts_roster){.n = n, .K = K};
    roster->known_rows = lts_alloc(n, sizeof *roster->known_rows);
    roster->known_until = lts_alloc(n, sizeof *roster->known_until);
    roster->scales = lts_alloc(size, sizeof *roster->scales);
    roster->mean_scales = lts_alloc(K, sizeof *roster->mean_scales);
    bool complete = roster->known_rows != NULL && roster->known_until != NULL &&
                    roster->scales != NULL && roster->mean_scales != NULL;
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

void lts_roster_clear(lts_roster *roster)
{
    lts_names_clear(&roster->names);
    lts_free(roster->known_rows);
    lts_free(roster->known_until);
    lts_free(roster->scales);
    lts_free(roster->mean_scales);
    *roster = (lts_roster){0};
}

/* Scales of 0 become the mean of the others, or 1. */
static void replace_zeros(lts_roster *roster)
{
    for (int64_t k = 0; k < roster->K; k++) {
        double sum = 0;
        int64_t n = 0;
        for (int64_t s = 0; s < roster->n; s++) {
            sum += roster->scales[s * roster->K + k];
            n += roster->scales[s * roster->K + k] > 0;
        }
        for (int64_t s = 0; s < roster->n; s++)
            if (!(roster->scales[s * roster->K + k] > 0))
                roster->scales[s * roster->K + k] = n == 0 ? 1 : sum / (double)n;
    }
}

void lts_roster_average(lts_roster *roster)
{
    for (int64_t k = 0; k < roster->K; k++) {
        double sum = 0;
        for (int64_t s = 0; s < roster->n; s++)
            sum += roster->scales[s * roster->K + k] / (double)roster->n;
        roster->mean_scales[k] = sum;
    }
}

/* Rows of a series that begin at `start` are known up to row `end`. */
static void set_known_until(lts_roster *roster, int64_t number, const lstm_dataset *d,
                            int64_t start, int64_t end)
{
    if (d->step_unit != LSTM_STEP_ROWS &&
        !lts_time_of_row(d->step_unit, d->step, start, end, &roster->known_until[number]))
        roster->known_until[number] = LTS_LAST_TIME; /* there is no row after it */
}

lstm_status lts_roster_take(lts_roster *roster, const lts_judge *judge)
{
    const lstm_dataset *d = judge->dataset;
    LTS_TRY(allocate(roster, d->names.n, judge->K));
    for (int64_t s = 0; s < roster->n; s++) {
        const lts_dataset_series *m = &d->series[s];
        LTS_TRY(lts_names_add(&roster->names, "series", lts_names_get(&d->names, s)));
        roster->known_rows[s] = lts_valid_end(m);
        set_known_until(roster, s, d, m->start, roster->known_rows[s]);
    }
    memcpy(roster->scales, judge->scales, (size_t)(roster->n * roster->K) * sizeof(double));
    replace_zeros(roster);
    lts_roster_average(roster);
    return LSTM_OK;
}

/* Whether the name of a series is its number, as that of a series that was added without one. */
static bool is_numbered(const lts_names *names, int64_t series)
{
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)series);
    return strcmp(lts_names_get(names, series), number) == 0;
}

bool lts_roster_is_numbered(const lts_roster *roster)
{
    for (int64_t s = 0; s < roster->n; s++)
        if (!is_numbered(&roster->names, s))
            return false;
    return true;
}

/* Also of a series of which the fit has seen no row. */
static int64_t number_of(const lts_roster *roster, const lstm_dataset *dataset, int64_t series)
{
    int64_t number = lts_names_find(&roster->names, lts_names_get(&dataset->names, series));
    bool is_number = series < roster->n &&
                     (is_numbered(&dataset->names, series) || is_numbered(&roster->names, series));
    return number < 0 && is_number ? series : number;
}

int64_t lts_roster_find(const lts_roster *roster, const lstm_dataset *dataset, int64_t series)
{
    int64_t number = number_of(roster, dataset, series);
    return number >= 0 && roster->known_rows[number] > 0 ? number : -1;
}

lstm_status lts_roster_extend(lts_roster *roster, const lts_roster *before, const lstm_dataset *d,
                              int64_t *numbers)
{
    int64_t n = before->n, K = before->K;
    for (int64_t s = 0; s < d->names.n; s++) {
        numbers[s] = number_of(before, d, s);
        if (numbers[s] < 0)
            numbers[s] = n++;
    }
    LTS_TRY(allocate(roster, n, K));
    for (int64_t s = 0; s < before->n; s++)
        LTS_TRY(lts_names_add(&roster->names, "series", lts_names_get(&before->names, s)));
    for (int64_t s = 0; s < d->names.n; s++)
        if (numbers[s] >= before->n)
            LTS_TRY(lts_names_add(&roster->names, "series", lts_names_get(&d->names, s)));
    memcpy(roster->known_rows, before->known_rows, (size_t)before->n * sizeof(int64_t));
    memcpy(roster->known_until, before->known_until, (size_t)before->n * sizeof(int64_t));
    memcpy(roster->mean_scales, before->mean_scales, (size_t)K * sizeof(double));
    memcpy(roster->scales, before->scales, (size_t)(before->n * K) * sizeof(double));
    for (int64_t s = before->n; s < n; s++)
        memcpy(roster->scales + s * K, before->mean_scales, (size_t)K * sizeof(double));
    return LSTM_OK;
}

void lts_roster_learn(lts_roster *roster, int64_t number, const lstm_dataset *d, int64_t series)
{
    const lts_dataset_series *m = &d->series[series];
    int64_t end = lts_valid_end(m), known = 0;
    if (roster->known_rows[number] > 0)
        known = lts_roster_known(roster, number, d, m->start);
    if (end <= known)
        return;
    roster->known_rows[number] += end - known;
    set_known_until(roster, number, d, m->start, end);
}

int64_t lts_roster_known(const lts_roster *roster, int64_t number, const lstm_dataset *d,
                         int64_t start)
{
    if (number < 0)
        return 0;
    if (d->step_unit == LSTM_STEP_ROWS)
        return roster->known_rows[number];
    return lts_row_of_time(d->step_unit, d->step, start, roster->known_until[number]);
}

static lstm_status take_names(lts_roster *roster, const json_t *names)
{
    if (names != NULL && (!json_is_array(names) || (int64_t)json_array_size(names) != roster->n))
        return lts_fail(LSTM_E_FORMAT, "series is no array of %lld names", (long long)roster->n);
    for (int64_t s = 0; s < roster->n; s++) {
        const char *name = json_string_value(json_array_get(names, (size_t)s));
        if (names != NULL && name == NULL)
            return lts_fail(LSTM_E_FORMAT, "series: name %lld is not a string", (long long)s);
        LTS_TRY(lts_names_add(&roster->names, "series", name));
    }
    return LSTM_OK;
}

/* Doubles that must be whole numbers of at least `least`. */
static lstm_status take_integers(lts_tensors *tensors, const char *name, double least, int64_t n,
                                 int64_t *values)
{
    const void *data;
    LTS_TRY(lts_tensors_take(tensors, "series", name, "F64", 1, &n, &data));
    for (int64_t s = 0; s < n; s++) {
        double value;
        memcpy(&value, (const char *)data + s * (int64_t)sizeof value, sizeof value);
        if (!(value >= least && value <= 0x1p53 && value == floor(value)))
            return lts_fail(LSTM_E_NUMERIC, "element %lld of series.%s is %g", (long long)s, name,
                            value);
        values[s] = (int64_t)value;
    }
    return LSTM_OK;
}

static lstm_status take_scales(lts_roster *roster, lts_tensors *tensors)
{
    const int64_t dim[] = {roster->n, roster->K};
    const void *data;
    LTS_TRY(lts_tensors_take(tensors, "series", "scales", "F64", 2, dim, &data));
    memcpy(roster->scales, data, (size_t)(dim[0] * dim[1]) * sizeof *roster->scales);
    for (int64_t i = 0; i < dim[0] * dim[1]; i++)
        if (!(roster->scales[i] > 0))
            return lts_fail(LSTM_E_NUMERIC, "element %lld of series.scales is %g, expected above 0",
                            (long long)i, roster->scales[i]);
    lts_roster_average(roster);
    return LSTM_OK;
}

lstm_status lts_roster_load(lts_roster *roster, lts_tensors *tensors, const json_t *names,
                            const lstm_dataset *frame)
{
    int64_t n, K = lstm_dataset_targets(frame);
    LTS_TRY(lts_tensors_length(tensors, "series.known_rows", &n));
    LTS_TRY(allocate(roster, n, K));
    LTS_TRY(take_names(roster, names));
    LTS_TRY(take_integers(tensors, "known_rows", 0, n, roster->known_rows));
    if (frame->step_unit != LSTM_STEP_ROWS)
        LTS_TRY(take_integers(tensors, "known_until", -0x1p53, n, roster->known_until));
    return take_scales(roster, tensors);
}
