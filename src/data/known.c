/* SPDX-License-Identifier: MIT */
/*
 * The rules are those of missing.c, applied to one value. A filled value of a series with `known`
 * rows differs from that of the whole series only where the whole one used a row from `known` on:
 *
 *   FORWARD, LINEAR   the gap is still open at row `known`: the last value before it, or none
 *   SEASONAL          no earlier row of the phase was observed, and the next one that was is not
 *                     known: then the line between its neighbours that have a value by the season
 */
#include "data/known.h"

typedef struct past {
    const lstm_dataset *d;
    const lts_dataset_series *m;
    int64_t column, known;
} past;

static bool is_observed(const past *p, int64_t row)
{
    return !lts_is_filled(p->m, row * p->d->n_column + p->column);
}

static real value_at(const past *p, int64_t row)
{
    return p->m->values[row * p->d->n_column + p->column];
}

/* The first observed of the rows row, row + step, .. below `end`; `end` if there is none. */
static int64_t next_observed(const past *p, int64_t row, int64_t step, int64_t end)
{
    while (row < end && !is_observed(p, row))
        row += step;
    return row < end ? row : end;
}

/* The first observed of the rows row, row - step, .. down to `least`; a lesser one if none is. */
static int64_t last_observed(const past *p, int64_t row, int64_t step, int64_t least)
{
    while (row >= least && !is_observed(p, row))
        row -= step;
    return row;
}

/* By the gap's ends. */
static real value_in_gap(const past *p, int64_t row)
{
    if (last_observed(p, p->known - 1, 1, row + 1) > row) /* the gap is closed */
        return value_at(p, row);
    int64_t before = last_observed(p, row - 1, 1, 0);
    return before < 0 ? (real)NAN : value_at(p, before);
}

/* By rows of the same phase alone. */
static real value_of_phase(const past *p, int64_t row)
{
    int64_t season = p->d->season_len < p->known ? p->d->season_len : p->known;
    int64_t found = last_observed(p, row, season, 0);
    if (found < 0)
        found = next_observed(p, row, season, p->known);
    return found < p->known ? value_at(p, found) : (real)NAN;
}

static real value_by_season(const past *p, int64_t row)
{
    real left = value_of_phase(p, row), right = (real)NAN;
    int64_t before = row, after = row;
    if (!isnan(left))
        return left;
    while (isnan(left) && before > 0)
        left = value_of_phase(p, --before);
    while (isnan(right) && after < p->known - 1)
        right = value_of_phase(p, ++after);
    if (isnan(left) || isnan(right))
        return isnan(left) ? right : left;
    double part = (double)(row - before) / (double)(after - before);
    return (real)((double)left + part * ((double)right - (double)left));
}

real lts_value_filled(const lstm_dataset *dataset, const lts_dataset_series *m, int64_t column,
                      int64_t row, int64_t known)
{
    const past p = {dataset, m, column, known};
    return dataset->missing == LSTM_MISSING_SEASONAL ? value_by_season(&p, row)
                                                     : value_in_gap(&p, row);
}
