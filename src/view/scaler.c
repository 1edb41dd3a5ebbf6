/* SPDX-License-Identifier: MIT */
#include "view/scaler.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/status.h"
#include "data/known.h"

static const lts_transform no_transform = {LSTM_TRANSFORM_NONE, 0};

/* Sums over all values x of x - about and of its square. */
typedef struct moments {
    int64_t n;
    double sum, squares, least, most;
} moments;

static moments measure(const lts_transform *transform, const lts_stretch *stretches,
                       int64_t n_stretch, double about)
{
    moments m = {0, 0, 0, INFINITY, -INFINITY};
    for (int64_t s = 0; s < n_stretch; s++)
        for (int64_t i = 0; i < stretches[s].n; i++) {
            double x = (double)lts_stretch_value(&stretches[s], i);
            if (isnan(x))
                continue;
            x = lts_transform_apply(transform, x);
            m.n++;
            m.sum += x - about;
            m.squares += (x - about) * (x - about);
            m.least = x < m.least ? x : m.least;
            m.most = x > m.most ? x : m.most;
        }
    return m;
}

/* The quantile of n values by linear interpolation between the two nearest ranks. */
static double quantile(const lts_transform *transform, const lts_stretch *stretches,
                       int64_t n_stretch, int64_t n, double level)
{
    real pair[2];
    double place = level * (double)(n - 1);
    int64_t rank = (int64_t)place;
    lts_order_pair(stretches, n_stretch, rank, pair);
    double low = lts_transform_apply(transform, (double)pair[0]);
    double high = lts_transform_apply(transform, (double)pair[1]);
    return low + (place - (double)rank) * (high - low);
}

lstm_status lts_scale_fit(lts_scale *scale, int64_t kind, const lts_transform *transform,
                          const lts_stretch *stretches, int64_t n_stretch)
{
    LTS_TRY(lts_check_one_of("scaling", kind, LSTM_SCALING_ROBUST + 1,
                             "none, standard, min-max or robust"));
    if (transform == NULL)
        transform = &no_transform;
    moments m = measure(transform, stretches, n_stretch, 0);
    if (m.n == 0)
        return lts_fail(LSTM_E_SHAPE, "a column to be scaled has no value");
    *scale = (lts_scale){0, 1};
    if (kind == LSTM_SCALING_NONE)
        return LSTM_OK;
    double mean = m.sum / (double)m.n;
    double squares = measure(transform, stretches, n_stretch, mean).squares;
    double unit = sqrt(squares / (double)m.n);
    scale->shift = mean;
    if (kind == LSTM_SCALING_MINMAX) {
        scale->shift = m.least;
        unit = m.most - m.least;
    } else if (kind == LSTM_SCALING_ROBUST) {
        double range = quantile(transform, stretches, n_stretch, m.n, .75) -
                       quantile(transform, stretches, n_stretch, m.n, .25);
        scale->shift = quantile(transform, stretches, n_stretch, m.n, .5);
        unit = range > 0 ? range : unit;
    }
    /* rounding gives equal values a deviation that is not 0 */
    scale->unit = m.most > m.least && unit > 0 ? unit : 1;
    return LSTM_OK;
}

static int64_t end_of_rows(const lts_dataset_series *m, int64_t rows)
{
    return rows == LSTM_PART_TRAIN ? lts_train_end(m)
                                   : (rows == LSTM_PART_TRAIN_VALID ? lts_valid_end(m) : m->n_row);
}

/* The first row below `end` whose value lies outside of a domain; `end` if there is none. */
static int64_t first_outside(const lstm_dataset *d, int64_t series, int64_t end, int64_t column,
                             const lts_transform *transform)
{
    int64_t row = 0;
    while (row < end &&
           lts_transform_takes(transform, lts_value_observed(d, &d->series[series], column, row)))
        row++;
    return row;
}

bool lts_is_in_domain(const lstm_dataset *dataset, int64_t rows, int64_t column,
                      const lts_transform *transform)
{
    for (int64_t s = 0; s < dataset->names.n; s++) {
        int64_t end = end_of_rows(&dataset->series[s], rows);
        if (first_outside(dataset, s, end, column, transform) < end)
            return false;
    }
    return true;
}

static lstm_status check_domain(const lstm_dataset *d, int64_t series, int64_t end, int64_t column,
                                const lts_transform *transform)
{
    int64_t row = first_outside(d, series, end, column, transform);
    if (row == end)
        return LSTM_OK;
    return lts_fail(LSTM_E_NUMERIC,
                    "series \"%.100s\", row %lld, column %lld (%.100s) is %g: the column's "
                    "transformation needs %s values",
                    lts_names_get(&d->names, series), (long long)row, (long long)column,
                    lts_names_get(&d->columns, column),
                    lts_value_observed(d, &d->series[series], column, row),
                    transform->kind == LSTM_TRANSFORM_SQRT ? "non-negative" : "positive");
}

/* Without any value there is nothing to scale. */
static lstm_status fit_or_leave(lts_scale *scale, int64_t kind, const lts_transform *transform,
                                const lts_stretch *stretches, int64_t n_stretch)
{
    lstm_status status = lts_scale_fit(scale, kind, transform, stretches, n_stretch);
    if (status != LSTM_E_SHAPE)
        return status;
    *scale = (lts_scale){0, 1};
    return LSTM_OK;
}

static lstm_status fit_column(lts_scaler *scaler, int64_t kind, const lstm_dataset *d, int64_t rows,
                              int64_t column, const lts_transform *transform,
                              lts_stretch *stretches)
{
    int64_t C = d->n_column, n = d->names.n;
    LTS_TRY(lts_transform_check(transform));
    for (int64_t s = 0; s < n; s++) {
        int64_t end = end_of_rows(&d->series[s], rows);
        LTS_TRY(check_domain(d, s, end, column, transform));
        const lts_dataset_series *m = &d->series[s];
        stretches[s] = (lts_stretch){m->values + column, C, end, m->filled, column};
    }
    if (scaler->n_series == 1)
        return fit_or_leave(&scaler->scales[column], kind, transform, stretches, n);
    for (int64_t s = 0; s < n; s++)
        LTS_TRY(fit_or_leave(&scaler->scales[s * C + column], kind, transform, &stretches[s], 1));
    return LSTM_OK;
}

lstm_status lts_scaler_fit(lts_scaler *scaler, int64_t kind, const lstm_dataset *dataset,
                           int64_t rows, bool is_series, const lts_transform *transforms)
{
    int64_t C = dataset->n_column, n = dataset->names.n, size;
    lts_scaler made = {.n_column = C, .n_series = is_series && n > 0 ? n : 1};
    if (!lts_multiply(made.n_series, C, &size))
        return lts_fail(LSTM_E_LIMIT, "%lld series and %lld columns have too many scales",
                        (long long)n, (long long)C);
    lts_stretch *stretches = lts_alloc(n, sizeof *stretches);
    made.scales = lts_alloc(size, sizeof *made.scales);
    lstm_status status = stretches == NULL || made.scales == NULL ? LSTM_E_NOMEM : LSTM_OK;
    for (int64_t c = 0; status >= 0 && c < C; c++)
        status = fit_column(&made, kind, dataset, rows, c,
                            transforms == NULL ? &no_transform : &transforms[c], stretches);
    lts_free(stretches);
    if (status < 0)
        lts_scaler_clear(&made);
    else
        *scaler = made;
    return status;
}

lstm_status lts_statics_fit(lts_scale **scales, int64_t kind, const lstm_dataset *dataset)
{
    int64_t S = dataset->statics.n;
    lts_scale *made = lts_alloc(S, sizeof *made);
    lstm_status status = made == NULL ? LSTM_E_NOMEM : LSTM_OK;
    for (int64_t i = 0; status >= 0 && i < S; i++) {
        const lts_stretch feature = {dataset->static_values + i, S, dataset->names.n, NULL, 0};
        status = fit_or_leave(&made[i], kind, NULL, &feature, 1);
    }
    if (status < 0)
        lts_free(made);
    else
        *scales = made;
    return status;
}

void lts_scaler_clear(lts_scaler *scaler)
{
    lts_free(scaler->scales);
    memset(scaler, 0, sizeof *scaler);
}
