/* SPDX-License-Identifier: MIT */
#include "members/ridge_part.h"

#include "base/memory.h"
#include "base/status.h"
#include "method/history.h"

#include <math.h>

/* The rows that a fit may read. */
static int64_t rows_read(const lts_dataset_series *m)
{
    return lts_valid_end(m);
}

static int64_t train_end(const lstm_view *view, const lts_dataset_series *m)
{
    return view->options.part == LSTM_PART_TRAIN ? lts_train_end(m) : lts_valid_end(m);
}

/* More values do not improve the regression: of many series, every n-th is read. */
enum { MOST_VALUES = 1 << 20 };

static int64_t rows_of_all(const lstm_view *view, int64_t every)
{
    const lstm_dataset *d = view->dataset;
    int64_t n_row = 0;
    for (int64_t s = 0; s < d->names.n; s += every)
        n_row += rows_read(&d->series[s]);
    return n_row;
}

static int64_t choose_every(const lstm_view *view)
{
    int64_t every = 1 + (rows_of_all(view, 1) * view->targets.n - 1) / MOST_VALUES;
    return every < view->dataset->names.n ? every : view->dataset->names.n;
}

/* What a fit reads of the series. */
typedef struct reading {
    int64_t n_series;
    lts_ridge_column *columns; /**< [n_series, K] that point into `values` */
    real *values; /**< z of the target columns, NaN where the value is missing or filled */
    real *known;  /**< [rows of all series, covariates] */
    real *rest;   /**< see lts_effects_fit() */
} reading;

static lstm_status reading_new(reading *r, const lstm_view *view, int64_t every)
{
    int64_t n_row = rows_of_all(view, every);
    r->n_series = (view->dataset->names.n + every - 1) / every;
    r->columns = lts_alloc(r->n_series * view->targets.n, sizeof *r->columns);
    r->values = lts_alloc(n_row * view->targets.n, sizeof *r->values);
    r->known = lts_alloc(n_row * view->known.n, sizeof *r->known);
    return r->columns == NULL || r->values == NULL || r->known == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

static void reading_free(reading *r)
{
    lts_free(r->columns);
    lts_free(r->values);
    lts_free(r->known);
    lts_free(r->rest);
}

static void read_columns(reading *r, const lstm_view *view, int64_t every)
{
    const lstm_dataset *d = view->dataset;
    lts_ridge_column *columns = r->columns;
    real *z = r->values, *known = r->known;
    for (int64_t s = 0; s < d->names.n; s += every) {
        const lts_dataset_series *m = &d->series[s];
        const lts_place place = {.series = s, .limit = rows_read(m)};
        for (int64_t k = 0; k < view->targets.n; k++, columns++) {
            *columns = (lts_ridge_column){.values = z,
                                          .stride = 1,
                                          .train_end = train_end(view, m),
                                          .valid_end = lts_valid_end(m),
                                          .scale = 1};
            for (int64_t row = 0, column = view->targets.at[k]; row < place.limit; row++)
                z[row] = lts_is_filled(m, row * d->n_column + column)
                             ? (real)NAN
                             : (real)lts_view_z(view, &place, column, row);
            z += place.limit;
        }
        for (int64_t row = 0; view->known.n > 0 && row < place.limit; row++)
            lts_view_known(view, s, row, known + row * view->known.n);
        known += place.limit * view->known.n;
    }
}

static lstm_status fit_part(lts_ridge_part *part, const lts_ridge_options *options,
                            const lts_effects *like)
{
    const lstm_view *view = part->view;
    int64_t every = choose_every(view), K = view->targets.n;
    reading r = {0};
    lstm_status status = reading_new(&r, view, every);
    if (status >= 0) {
        read_columns(&r, view, every);
        const lts_effects_data data = {r.n_series, K, view->known.n, r.columns, r.known};
        status = lts_effects_fit(&part->effects, options, &data, like, &r.rest);
    }
    if (status >= 0)
        status = lts_ridge_fit(&part->ridge, options, r.n_series * K, r.columns);
    reading_free(&r);
    return status;
}

lstm_status lts_ridge_part_fit(lts_ridge_part *part, const lstm_dataset *dataset,
                               const lstm_view_options *options, const lts_ridge_options *ridge,
                               const lts_effects *like)
{
    lts_ridge_part made = {0};
    lstm_view_options of_values = *options;
    of_values.difference = 0; /* ridge has its own base, and reads no segments */
    of_values.base = LSTM_BASE_NONE;
    of_values.base_len = 0;
    of_values.past = LSTM_PAST_HOLD; /* nor past covariates */
    of_values.segment_len = of_values.context_len = of_values.horizon = 1;
    LTS_TRY(lts_view_new_known(&made.view, dataset, &of_values));
    lstm_status status =
        ridge->L >= 1
            ? fit_part(&made, ridge, like)
            : lts_fail(LSTM_E_SHAPE, "the training part is too short for a ridge regression");
    if (status < 0) {
        lts_ridge_part_clear(&made);
        return status;
    }
    *part = made;
    return LSTM_OK;
}

lstm_status lts_ridge_part_continue(lts_ridge_part *part, const lts_ridge_part *from,
                                    const lstm_dataset *dataset, const lstm_view_options *options,
                                    const lts_series_map *map)
{
    lts_ridge_part made;
    LTS_TRY(lts_ridge_part_fit(&made, dataset, options, &from->ridge->options, &from->effects));
    lstm_status status = lts_own_scales_renew(made.view, from->view, map);
    if (status < 0) {
        lts_ridge_part_clear(&made);
        return status;
    }
    *part = made;
    return LSTM_OK;
}

void lts_ridge_part_clear(lts_ridge_part *part)
{
    lts_ridge_free(part->ridge);
    lstm_view_free(part->view);
    lts_effects_clear(&part->effects);
    *part = (lts_ridge_part){0};
}

double lts_ridge_part_penalty(const lts_ridge_part *part)
{
    double sum = 0;
    for (int64_t b = 0; b < part->ridge->options.n_block; b++)
        sum += log(part->ridge->penalties[b]);
    return exp(sum / (double)part->ridge->options.n_block);
}

lstm_status lts_ridge_part_take_effects(lts_ridge_part *part, lts_tensors *tensors)
{
    int64_t K = part->view->targets.n, n = part->view->known.n;
    const int64_t dim[] = {K, n};
    const void *values;
    lts_effects *effects = &part->effects;
    if (lts_safetensors_find(tensors->file, "ridge.effects") == NULL)
        return LSTM_OK;
    LTS_TRY(lts_tensors_take(tensors, "ridge", "effects", "F64", 2, dim, &values));
    LTS_TRY(lts_effects_new(effects, K, n));
    memcpy(effects->values, values, (size_t)(K * n) * sizeof(double));
    LTS_TRY(lts_tensors_take_doubles(tensors, "ridge", "effect_penalties", K, effects->penalties));
    for (int64_t k = 0; k < K; k++)
        if (effects->penalties[k] < 0)
            return lts_fail(LSTM_E_NUMERIC,
                            "element %lld of ridge.effect_penalties is %g, expected at least 0",
                            (long long)k, effects->penalties[k]);
    return LSTM_OK;
}

/*
 * The covariates of n rows from `first` on. Those of the window before that are among them, are
 * moved.
 */
static void read_known(const lstm_view *view, int64_t series, int64_t first, int64_t n,
                       lts_ridge_buffers *b)
{
    int64_t U = view->known.n, end = b->first + n, kept = 0;
    if (series == b->series && first >= b->first && first < end)
        kept = end - first;
    memmove(b->known, b->known + (n - kept) * U, (size_t)(kept * U) * sizeof *b->known);
    for (int64_t t = kept; t < n; t++)
        lts_view_known(view, series, first + t, b->known + t * U);
    b->series = series;
    b->first = first;
}

/* The effects of covariates in the n rows of window i and of target k, from `first` on. */
static void read_effects(const lts_ridge_part *part, const lstm_view *view, int64_t series,
                         int64_t first, int64_t n, int64_t i, int64_t k, lts_ridge_buffers *b)
{
    if (part->effects.n == 0)
        return;
    read_known(view, series, first, n, b);
    for (int64_t t = 0; t < n; t++)
        b->effects[i * n + t] = lts_effects_sum(&part->effects, k, b->known + t * part->effects.n);
}

/* The context of a window: L values z before its origin without their effects, missing ones filled.
 */
static void read_context(const lstm_view *view, int64_t series, int64_t origin, int64_t column,
                         int64_t L, const double *effects, double *x)
{
    const lts_place place = {.series = series, .origin = origin, .limit = origin};
    for (int64_t t = 0; t < L; t++)
        x[t] = lts_view_z(view, &place, column, origin - L + t);
    for (int64_t t = 0; effects != NULL && t < L; t++)
        x[t] -= effects[t];
    if (!lts_history_fill(L, x))
        memset(x, 0, (size_t)L * sizeof *x);
}

/* Windows of one product. */
enum { AT_ONCE = 64 };

/* Appends H forecasts to n contexts. Beyond the regression's own horizon it reads its forecasts. */
static void continue_rows(const lts_ridge *ridge, int64_t n, int64_t H, const lts_ridge_buffers *b)
{
    int64_t L = ridge->options.L, ridge_H = ridge->options.H;
    for (int64_t done = 0; done < H; done += ridge_H) {
        int64_t now = H - done < ridge_H ? H - done : ridge_H;
        for (int64_t i = 0; i < n; i++)
            memcpy(b->x + i * L, b->rows + i * (L + H) + done, (size_t)L * sizeof *b->x);
        lts_ridge_predict(ridge, n, b->x, b->z);
        for (int64_t i = 0; i < n; i++)
            memcpy(b->rows + i * (L + H) + L + done, b->z + i * ridge_H,
                   (size_t)now * sizeof *b->z);
    }
}

/* Contexts of some windows and columns, counted over both: window i / K, target i % K. */
static void predict_block(const lts_ridge_part *part, const lstm_view *view, const int64_t *series,
                          const int64_t *origin, int64_t first, int64_t n, int64_t H,
                          lts_ridge_buffers *b, real *y)
{
    int64_t L = part->ridge->options.L, K = view->targets.n, rows = L + H;
    for (int64_t i = 0; i < n; i++) {
        int64_t p = (first + i) / K, k = (first + i) % K;
        read_effects(part, view, series[p], origin[p] - L, rows, i, k, b);
        read_context(view, series[p], origin[p], view->targets.at[k], L,
                     b->effects == NULL ? NULL : b->effects + i * rows, b->rows + i * rows);
    }
    continue_rows(part->ridge, n, H, b);
    for (int64_t i = 0; i < n; i++) {
        int64_t p = (first + i) / K, k = (first + i) % K;
        double *z = b->rows + i * rows + L;
        for (int64_t h = 0; b->effects != NULL && h < H; h++)
            z[h] += b->effects[i * rows + L + h];
        for (int64_t h = 0; h < H; h++)
            y[(p * H + h) * K + k] =
                lts_view_value(view, series[p], view->targets.at[k], origin[p] + h, z[h]);
    }
}

/* n m; lts_alloc() refuses what a product overflows to. */
static int64_t elements(int64_t n, int64_t m)
{
    int64_t size;
    return lts_multiply(n, m, &size) ? size : INT64_MAX;
}

static lstm_status new_buffers(lts_ridge_buffers *b, const lts_ridge_part *part, int64_t H)
{
    int64_t L = part->ridge->options.L, U = part->effects.n;
    b->rows = lts_alloc(elements(AT_ONCE, L + H), sizeof *b->rows);
    b->x = lts_alloc(elements(AT_ONCE, L), sizeof *b->x);
    b->z = lts_alloc(elements(AT_ONCE, part->ridge->options.H), sizeof *b->z);
    if (b->rows == NULL || b->x == NULL || b->z == NULL)
        return LSTM_E_NOMEM;
    if (U == 0)
        return LSTM_OK;
    b->effects = lts_alloc(elements(AT_ONCE, L + H), sizeof *b->effects);
    b->known = lts_alloc(elements(U, L + H), sizeof *b->known);
    return b->effects == NULL || b->known == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

static void free_buffers(lts_ridge_buffers *b)
{
    lts_free(b->rows);
    lts_free(b->x);
    lts_free(b->z);
    lts_free(b->effects);
    lts_free(b->known);
}

static void predict(const lts_ridge_part *part, const lstm_view *view, const int64_t *series,
                    const int64_t *origin, int64_t n, int64_t H, lts_ridge_buffers *b, real *y)
{
    int64_t total = n * view->targets.n;
    b->series = -1; /* rows may have changed since the last call */
    for (int64_t first = 0; first < total; first += AT_ONCE)
        predict_block(part, view, series, origin, first,
                      total - first < AT_ONCE ? total - first : AT_ONCE, H, b, y);
}

lstm_status lts_ridge_part_predict(const lts_ridge_part *part, const lstm_dataset *dataset,
                                   const int64_t *series, const int64_t *origin, int64_t n,
                                   int64_t H, real *y)
{
    const lstm_view view = lts_view_on(part->view, dataset);
    lts_ridge_buffers b = {0};
    lstm_status status = new_buffers(&b, part, H);
    if (status >= 0)
        predict(part, &view, series, origin, n, H, &b, y);
    free_buffers(&b);
    return status;
}

lstm_status lts_ridge_work_init(lts_ridge_work *work, const lts_ridge_part *part,
                                const lstm_dataset *live, const lts_own_scales *own, int64_t number,
                                int64_t H)
{
    work->part = part;
    work->own = own;
    work->number = number;
    work->view = lts_own_scales_view(own, part->view, live);
    return new_buffers(&work->buffers, part, H);
}

void lts_ridge_work_clear(lts_ridge_work *work)
{
    free_buffers(&work->buffers);
    memset(work, 0, sizeof *work);
}

void lts_ridge_work_run(lts_ridge_work *work, int64_t origin, int64_t H, real *y)
{
    const int64_t series = 0;
    lts_own_scales_set(work->own, &work->view, work->part->view, work->number, 0, origin);
    predict(work->part, &work->view, &series, &origin, 1, H, &work->buffers, y);
}
