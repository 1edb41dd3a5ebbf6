/* SPDX-License-Identifier: MIT */
/*
 * Inputs and targets of a window of a view, element by element: what src/view/view_rows.c is for
 * the processor. The arrays of the table lie in the device's memory.
 */
#ifndef LTS_CUDA_VIEW_ROWS_H
#define LTS_CUDA_VIEW_ROWS_H

#include "base/inline.h"
#include "view/table.h"
#include <lstmts/view.h>

/** A window. */
typedef struct lts_table_place {
    int64_t number, series, channel, origin, end;
    int64_t row; /**< row of the table that has row 0 of the series */
} lts_table_place;

/** Base and spread of a column in a window. */
typedef struct lts_table_level {
    float base, spread;
} lts_table_level;

LTS_INLINE lts_table_place lts_table_place_of(const lts_view_table *v, int64_t number)
{
    int64_t low = 0, high = v->n_series;
    while (high - low > 1) { /* first[low] <= number < first[high] */
        int64_t middle = low + (high - low) / 2;
        if (v->first[middle] <= number)
            low = middle;
        else
            high = middle;
    }
    int64_t within = number - v->first[low];
    lts_table_place place = {
        number,      low,        within % v->n_channel, v->origin[low] + within / v->n_channel,
        v->end[low], v->row[low]};
    return place;
}

/* A value of the table in row `row` of the series: in front of the origin, as known there. */
LTS_INLINE double lts_table_value(const lts_view_table *v, const lts_table_place *p, int64_t column,
                                  int64_t row)
{
    int64_t at = (p->row + row) * v->n_column + column;
    if (v->gaps == NULL || row >= p->origin || v->gaps[at] < 0)
        return v->values[at];
    const lts_piece *piece = v->pieces + v->gaps[at];
    while (piece->until < p->origin)
        piece++;
    return piece->value;
}

LTS_INLINE double lts_table_target(const lts_view_table *v, const lts_table_place *p, int64_t j,
                                   int64_t row)
{
    return row < 0 || row >= p->end ? (double)NAN : lts_table_value(v, p, j, row);
}

/* z of a target column; NaN if it is missing. */
LTS_INLINE double lts_table_z(const lts_view_table *v, const lts_table_place *p, int64_t j,
                              int64_t row)
{
    double z = lts_table_target(v, p, j, row);
    return v->difference == 0 ? z : z - lts_table_target(v, p, j, row - v->difference);
}

LTS_INLINE bool lts_table_is_filled(const lts_view_table *v, const lts_table_place *p, int64_t j,
                                    int64_t row)
{
    return v->gaps != NULL && v->gaps[(p->row + row) * v->n_column + j] >= 0;
}

LTS_INLINE int64_t lts_table_first_of(const lts_table_place *p, int64_t n)
{
    return p->origin > n ? p->origin - n : 0;
}

/* The mean of the last n rows in front of the origin, or of those of them that are known. */
LTS_INLINE double lts_table_mean(const lts_view_table *v, const lts_table_place *p, int64_t j,
                                 int64_t n, int64_t *n_known)
{
    double sum = 0;
    *n_known = 0;
    for (int64_t row = lts_table_first_of(p, n); row < p->origin; row++) {
        double z = lts_table_z(v, p, j, row);
        if (!isnan(z)) {
            sum += z;
            ++*n_known;
        }
    }
    return *n_known == 0 ? 0 : sum / (double)*n_known;
}

LTS_INLINE double lts_table_base(const lts_view_table *v, const lts_table_place *p, int64_t j)
{
    int64_t n = v->context_len * v->segment_len, n_known = 0;
    if (v->base == LSTM_BASE_MEAN) {
        double mean = lts_table_mean(v, p, j, v->base_len, &n_known);
        return n_known > 0 ? mean : lts_table_mean(v, p, j, n, &n_known);
    }
    if (v->base == LSTM_BASE_LAST)
        for (int64_t row = p->origin - 1; row >= lts_table_first_of(p, n); row--) {
            double z = lts_table_z(v, p, j, row);
            if (!isnan(z))
                return z;
        }
    return 0;
}

LTS_INLINE double lts_table_spread(const lts_view_table *v, const lts_table_place *p, int64_t j)
{
    int64_t n = v->context_len * v->segment_len, n_known;
    double mean = lts_table_mean(v, p, j, n, &n_known), squares = 0;
    for (int64_t row = lts_table_first_of(p, n); row < p->origin; row++) {
        double z = lts_table_z(v, p, j, row);
        squares += isnan(z) ? 0 : (z - mean) * (z - mean);
    }
    double spread = n_known == 0 ? 0 : sqrt(squares / (double)n_known);
    return spread > v->spread_floor ? spread : v->spread_floor;
}

/* Level i of a window, 0 .. n_base - 1. */
LTS_INLINE lts_table_level lts_table_level_of(const lts_view_table *v, const lts_table_place *p,
                                              int64_t i)
{
    int64_t j = v->independent ? p->channel : i;
    lts_table_level level = {(float)lts_table_base(v, p, j), 1};
    if (v->spread_floor > 0)
        level.spread = (float)lts_table_spread(v, p, j);
    return level;
}

/* x of a target column; NaN if it is missing. */
LTS_INLINE float lts_table_x(const lts_view_table *v, const lts_table_place *p,
                             const lts_table_level *level, int64_t j, int64_t row)
{
    float x = (float)lts_table_z(v, p, j, row) - level->base;
    return level->spread == 1 ? x : x / level->spread;
}

/* Element i of the w rows of n_list covariates from `row` on, and not after `last`. */
LTS_INLINE float lts_table_covariate(const lts_view_table *v, const lts_table_place *p,
                                     int64_t column, int64_t row, int64_t last)
{
    row = row < last ? row : last;
    return row < 0 ? 0 : (float)lts_table_value(v, p, column, row);
}

/**
 * Input d of a step; NaN if it is missing and may be fed.
 * @param levels  [n_base] of the window
 */
LTS_INLINE float lts_table_input(const lts_view_table *v, const lts_table_place *p,
                                 const lts_table_level *levels, int64_t step, int64_t d)
{
    int64_t w = v->segment_len, row = p->origin + (step - v->context_len) * w;
    int64_t fed = w * v->n_fed, past = w * v->n_past, known = w * v->n_known;
    bool flag = d >= fed && d < 2 * fed && v->missing_input;
    if (d < fed || flag) {
        int64_t i = flag ? d - fed : d, j = i % v->n_fed;
        int64_t level = v->independent ? 0 : v->fed[j];
        row += i / v->n_fed;
        float x = lts_table_x(v, p, &levels[level], v->independent ? p->channel : level, row);
        return !flag ? x : isnan(x) || row >= p->origin ? 1 : 0;
    }
    d -= v->missing_input ? 2 * fed : fed;
    if (d < past)
        return lts_table_covariate(v, p, v->n_target + d % v->n_past, row + d / v->n_past,
                                   p->origin - 1);
    d -= past;
    if (d < known)
        return lts_table_covariate(v, p, v->n_target + v->n_past + d % v->n_known,
                                   row + w + d / v->n_known, INT64_MAX);
    d -= known;
    if (d < v->n_static)
        return v->statics[p->series * v->n_static + d];
    return d - v->n_static == p->channel ? 1 : 0;
}

/** Target k of a step, and whether it is scored: 1 or 0. One that is not is 0. */
LTS_INLINE float lts_table_scored(const lts_view_table *v, const lts_table_place *p,
                                  const lts_table_level *levels, int64_t step, int64_t k,
                                  float *weight)
{
    int64_t w = v->segment_len, i = k % v->n_base, j = v->independent ? p->channel : i;
    int64_t row = p->origin + (step + 1 - v->context_len) * w + k / v->n_base;
    float x = lts_table_x(v, p, &levels[i], j, row);
    bool scored = !isnan(x) && !(v->skip_context && row < p->origin);
    scored = scored && !lts_table_is_filled(v, p, j, row) &&
             !(v->difference > 0 && lts_table_is_filled(v, p, j, row - v->difference));
    *weight = scored ? 1 : 0;
    return scored ? x : 0;
}

#endif
