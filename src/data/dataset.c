/* SPDX-License-Identifier: MIT */
#include "data/dataset.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "data/civil.h"

/* So many columns that a row's size cannot overflow, and more than any table has. */
enum { MOST_COLUMNS = 1 << 24 };

static lstm_status check_column_count(const char *field, int64_t n, int64_t least)
{
    LTS_TRY(lts_check_at_least(field, n, least));
    if (n > MOST_COLUMNS)
        return lts_fail(LSTM_E_LIMIT, "%s is %lld, expected at most %d", field, (long long)n,
                        MOST_COLUMNS);
    return LSTM_OK;
}

static lstm_status check_dataset_options(lstm_dataset_options *o)
{
    if (o->step == 0)
        o->step = 1;
    LTS_TRY(check_column_count("n_column", o->n_column, 1));
    LTS_TRY(check_column_count("n_static", o->n_static, 0));
    LTS_TRY(lts_check_one_of("step_unit", o->step_unit, LSTM_STEP_MONTHS + 1,
                             "LSTM_STEP_ROWS, _SECONDS or _MONTHS"));
    LTS_TRY(lts_check_at_least("step", o->step, 1));
    LTS_TRY(lts_check_one_of("missing", o->missing, LSTM_MISSING_MASK + 1,
                             "LSTM_MISSING_REFUSE, _FORWARD, _LINEAR, _SEASONAL or _MASK"));
    return lts_check_at_least("season_len", o->season_len, o->missing == LSTM_MISSING_SEASONAL);
}

static lstm_status add_names(lts_names *names, const char *kind, const char *const *given,
                             int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        LTS_TRY(lts_names_add(names, kind, given == NULL ? NULL : given[i]));
    return LSTM_OK;
}

static lstm_status set_roles(lstm_dataset *d, const int64_t *roles)
{
    int64_t n_target = 0;
    for (int64_t c = 0; c < d->n_column; c++) {
        d->roles[c] = roles == NULL ? LSTM_ROLE_BOTH : roles[c];
        if (d->roles[c] < 0 || d->roles[c] > LSTM_ROLE_KNOWN)
            return lts_fail(LSTM_E_ARGUMENT,
                            "the role of column %lld (%.100s) is %lld, expected LSTM_ROLE_BOTH, "
                            "_INPUT, _TARGET or _KNOWN",
                            (long long)c, lts_names_get(&d->columns, c), (long long)d->roles[c]);
        n_target += lts_role_is_target(d->roles[c]);
    }
    if (n_target == 0)
        return lts_fail(LSTM_E_ARGUMENT,
                        "none of the %lld roles is LSTM_ROLE_BOTH or LSTM_ROLE_TARGET",
                        (long long)d->n_column);
    return LSTM_OK;
}

static lstm_status fill_dataset(lstm_dataset *d, const lstm_dataset_options *o)
{
    d->n_column = o->n_column;
    d->step_unit = o->step_unit;
    d->step = o->step;
    d->missing = o->missing;
    d->season_len = o->season_len;
    d->roles = lts_alloc(o->n_column, sizeof *d->roles);
    if (d->roles == NULL)
        return LSTM_E_NOMEM;
    LTS_TRY(add_names(&d->columns, "column", o->names, o->n_column));
    LTS_TRY(set_roles(d, o->roles));
    return add_names(&d->statics, "static feature", o->static_names, o->n_static);
}

lstm_status lstm_dataset_new(lstm_dataset **dataset, const lstm_dataset_options *options)
{
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(options);
    lstm_dataset_options o;
    LTS_READ_OPTIONS(&o, options, lstm_dataset_options);
    LTS_TRY(check_dataset_options(&o));
    lstm_dataset *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = fill_dataset(made, &o);
    if (status < 0)
        lstm_dataset_free(made);
    else
        *dataset = made;
    return status;
}

void lstm_dataset_free(lstm_dataset *dataset)
{
    if (dataset == NULL)
        return;
    for (int64_t s = 0; s < dataset->names.n; s++) {
        lts_free(dataset->series[s].values);
        lts_free(dataset->series[s].filled);
    }
    lts_free(dataset->series);
    lts_free(dataset->static_values);
    lts_free(dataset->roles);
    lts_calendar_clear(&dataset->calendar);
    lts_names_clear(&dataset->columns);
    lts_names_clear(&dataset->statics);
    lts_names_clear(&dataset->names);
    lts_free(dataset);
}

lstm_status lts_dataset_check_series(const lstm_dataset *dataset, int64_t series)
{
    LTS_NOT_NULL(dataset);
    if (series < 0 || series >= dataset->names.n)
        return lts_fail(LSTM_E_ARGUMENT, "series is %lld, the data set has %lld series",
                        (long long)series, (long long)dataset->names.n);
    return LSTM_OK;
}

lstm_status lstm_utc_time(int64_t *time, int64_t year, int64_t month, int64_t day, int64_t second)
{
    LTS_NOT_NULL(time);
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > lts_days_in_month(year, month))
        return lts_fail(LSTM_E_ARGUMENT, "%lld-%02lld-%02lld is not a date of the years 1 to 9999",
                        (long long)year, (long long)month, (long long)day);
    if (second < 0 || second >= LTS_DAY_SECONDS)
        return lts_fail(LSTM_E_ARGUMENT, "second is %lld, expected 0 .. 86399", (long long)second);
    *time = lts_time_of(&(lts_civil){year, month, day, second});
    return LSTM_OK;
}
