/* SPDX-License-Identifier: MIT */
#include "data/dataset.h"

#include "base/memory.h"
#include "base/status.h"
#include "data/civil.h"

static void list_names(const lts_names *names, int64_t n, const char **list)
{
    for (int64_t i = 0; i < n; i++)
        list[i] = lts_names_get(names, i);
}

/* Holidays as times: the first second of each day. */
static lstm_status copy_calendar(lstm_dataset *frame, const lts_calendar *calendar)
{
    if (calendar->n_column == 0)
        return LSTM_OK;
    int64_t n = calendar->n_holiday;
    int64_t *times = lts_alloc(n, sizeof *times);
    if (times == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < n; i++)
        times[i] = calendar->holidays[i] * LTS_DAY_SECONDS;
    lstm_status status =
        lstm_dataset_add_calendar(frame, calendar->features, n == 0 ? NULL : times, n);
    lts_free(times);
    return status;
}

lstm_status lts_dataset_frame(lstm_dataset **frame, const lstm_dataset *d)
{
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    const char **names = lts_alloc(d->n_column + d->statics.n, sizeof *names);
    if (names == NULL)
        return LSTM_E_NOMEM;
    list_names(&d->columns, d->n_column, names);
    list_names(&d->statics, d->statics.n, names + d->n_column);
    options.n_column = d->n_column;
    options.names = names;
    options.roles = d->roles;
    options.step_unit = d->step_unit;
    options.step = d->step;
    options.missing = d->missing;
    options.season_len = d->season_len;
    options.n_static = d->statics.n;
    options.static_names = d->statics.n == 0 ? NULL : names + d->n_column;
    lstm_dataset *made = NULL;
    lstm_status status = lstm_dataset_new(&made, &options);
    if (status >= 0)
        status = copy_calendar(made, &d->calendar);
    if (status < 0)
        lstm_dataset_free(made);
    else
        *frame = made;
    lts_free(names);
    return status;
}
