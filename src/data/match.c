/* SPDX-License-Identifier: MIT */
#include "data/match.h"

#include "base/status.h"
#include "data/civil.h"

#include <string.h>

static lstm_status match_count(const char *what, int64_t is, int64_t was)
{
    if (is == was)
        return LSTM_OK;
    return lts_fail(LSTM_E_SHAPE, "the data set has %lld %s, that of the fit had %lld",
                    (long long)is, what, (long long)was);
}

static const char *unit_name(int64_t step_unit)
{
    static const char *const names[] = {"rows", "seconds", "months"};
    return names[step_unit];
}

static lstm_status match_step(const lstm_dataset *fit, const lstm_dataset *d)
{
    if (d->step_unit == fit->step_unit && d->step == fit->step)
        return LSTM_OK;
    return lts_fail(LSTM_E_SHAPE, "the data set has a step of %lld %s, that of the fit had %lld %s",
                    (long long)d->step, unit_name(d->step_unit), (long long)fit->step,
                    unit_name(fit->step_unit));
}

static lstm_status match_column(const lstm_dataset *fit, const lstm_dataset *d, int64_t c)
{
    const char *is = lts_names_get(&d->columns, c), *was = lts_names_get(&fit->columns, c);
    if (strcmp(is, was) != 0)
        return lts_fail(LSTM_E_SHAPE, "column %lld is %.100s, in the fit it was %.100s",
                        (long long)c, is, was);
    if (d->roles[c] != fit->roles[c])
        return lts_fail(LSTM_E_SHAPE, "column %lld (%.100s) has role %lld, in the fit it had %lld",
                        (long long)c, is, (long long)d->roles[c], (long long)fit->roles[c]);
    return LSTM_OK;
}

static lstm_status match_static(const lstm_dataset *fit, const lstm_dataset *d, int64_t i)
{
    const char *is = lts_names_get(&d->statics, i), *was = lts_names_get(&fit->statics, i);
    if (strcmp(is, was) == 0)
        return LSTM_OK;
    return lts_fail(LSTM_E_SHAPE, "static feature %lld is %.100s, in the fit it was %.100s",
                    (long long)i, is, was);
}

lstm_status lts_match_columns(const lstm_dataset *fit, const lstm_dataset *d)
{
    LTS_TRY(match_count("columns", d->n_column, fit->n_column));
    LTS_TRY(match_count("columns and those of the calendar", d->columns.n, fit->columns.n));
    LTS_TRY(match_count("static features", d->statics.n, fit->statics.n));
    LTS_TRY(match_step(fit, d));
    for (int64_t c = 0; c < fit->columns.n; c++)
        LTS_TRY(match_column(fit, d, c));
    for (int64_t i = 0; i < fit->statics.n; i++)
        LTS_TRY(match_static(fit, d, i));
    return LSTM_OK;
}

/* Calendar columns of the last row that is forecast. */
static lstm_status match_calendar(const lstm_dataset *d, int64_t series, int64_t origin, int64_t H)
{
    const lts_dataset_series *m = &d->series[series];
    int64_t first = m->first + origin, time;
    int64_t last = H < INT64_MAX - first ? first + H - 1 : INT64_MAX;
    if (d->columns.n == d->n_column ||
        lts_time_of_row(d->step_unit, d->step, m->start, last, &time))
        return LSTM_OK;
    return lts_fail(LSTM_E_LIMIT,
                    "series \"%.100s\": a forecast of %lld rows from row %lld needs column %lld "
                    "(%.100s) after the year 9999",
                    lts_names_get(&d->names, series), (long long)H, (long long)first,
                    (long long)d->n_column, lts_names_get(&d->columns, d->n_column));
}

/* Each row of a known column must be there, and one of the future rows must have a value. */
static lstm_status match_known(const lstm_dataset *d, int64_t series, int64_t origin, int64_t H,
                               int64_t c)
{
    const lts_dataset_series *m = &d->series[series];
    if (H > m->n_row + m->n_future - origin)
        return lts_fail(LSTM_E_SHAPE,
                        "series \"%.100s\": column %lld (%.100s) is known to row %lld, a "
                        "forecast of %lld rows from row %lld needs more: lstm_%s_set_future()",
                        lts_names_get(&d->names, series), (long long)c,
                        lts_names_get(&d->columns, c),
                        (long long)(m->first + m->n_row + m->n_future - 1), (long long)H,
                        (long long)(m->first + origin), d->is_live ? "stream" : "dataset");
    int64_t row = m->n_row, end = origin + H;
    while (row < end && lts_is_filled(m, row * d->n_column + c))
        row++;
    if (end > m->n_row && row == end)
        return lts_fail(
            LSTM_E_SHAPE,
            "series \"%.100s\": column %lld (%.100s) has no value in rows %lld to %lld, "
            "which a forecast of %lld rows from row %lld needs",
            lts_names_get(&d->names, series), (long long)c, lts_names_get(&d->columns, c),
            (long long)(m->first + m->n_row), (long long)(m->first + end - 1), (long long)H,
            (long long)(m->first + origin));
    return LSTM_OK;
}

lstm_status lts_match_future(const lstm_dataset *d, int64_t series, int64_t origin, int64_t H)
{
    for (int64_t c = 0; c < d->n_column; c++)
        if (d->roles[c] == LSTM_ROLE_KNOWN)
            LTS_TRY(match_known(d, series, origin, H, c));
    return match_calendar(d, series, origin, H);
}
