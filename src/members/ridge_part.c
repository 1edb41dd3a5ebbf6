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

static int64_t values_of(const lstm_view *view, int64_t every)
{
    const lstm_dataset *d = view->dataset;
    int64_t n_row = 0;
    for (int64_t s = 0; s < d->names.n; s += every)
        n_row += rows_read(&d->series[s]);
    return n_row * view->targets.n;
}

static int64_t choose_every(const lstm_view *view)
{
    int64_t every = 1 + (values_of(view, 1) - 1) / MOST_VALUES;
    return every < view->dataset->names.n ? every : view->dataset->names.n;
}

/* Values z of the target columns of the series, NaN where the value is missing or filled: one array
 * that `columns` point into. */
static lstm_status copy_columns(const lstm_view *view, int64_t every, lts_ridge_column *columns,
                                real **values)
{
    const lstm_dataset *d = view->dataset;
    int64_t K = view->targets.n;
    real *z = *values = lts_alloc(values_of(view, every), sizeof *z);
    if (z == NULL)
        return LSTM_E_NOMEM;
    for (int64_t s = 0; s < d->names.n; s += every) {
        const lts_dataset_series *m = &d->series[s];
        const lts_place place = {.series = s, .limit = rows_read(m)};
        for (int64_t k = 0; k < K; k++, columns++) {
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
    }
    return LSTM_OK;
}

static lstm_status fit_part(lts_ridge_part *part, const lts_ridge_options *options)
{
    const lstm_view *view = part->view;
    int64_t every = choose_every(view);
    int64_t n_column = (view->dataset->names.n + every - 1) / every * view->targets.n;
    lts_ridge_column *columns = lts_alloc(n_column, sizeof *columns);
    real *values = NULL;
    lstm_status status =
        columns == NULL ? LSTM_E_NOMEM : copy_columns(view, every, columns, &values);
    if (status >= 0)
        status = lts_ridge_fit(&part->ridge, options, n_column, columns);
    lts_free(values);
    lts_free(columns);
    return status;
}

lstm_status lts_ridge_part_fit(lts_ridge_part *part, const lstm_dataset *dataset,
                               const lstm_view_options *options, const lts_ridge_options *ridge)
{
    lts_ridge_part made = {NULL, NULL};
    lstm_view_options of_values = *options;
    of_values.difference = 0; /* ridge has its own base, and reads no segments */
    of_values.base = LSTM_BASE_NONE;
    of_values.base_len = 0;
    of_values.past = LSTM_PAST_HOLD; /* nor covariates */
    of_values.segment_len = of_values.context_len = of_values.horizon = 1;
    LTS_TRY(lstm_view_new(&made.view, dataset, &of_values));
    lstm_status status =
        ridge->L >= 1
            ? fit_part(&made, ridge)
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
    LTS_TRY(lts_ridge_part_fit(&made, dataset, options, &from->ridge->options));
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
    *part = (lts_ridge_part){NULL, NULL};
}

double lts_ridge_part_penalty(const lts_ridge_part *part)
{
    double sum = 0;
    for (int64_t b = 0; b < part->ridge->options.n_block; b++)
        sum += log(part->ridge->penalties[b]);
    return exp(sum / (double)part->ridge->options.n_block);
}

/* The context of a window: L values z before its origin, missing ones filled. */
static void read_context(const lstm_view *view, int64_t series, int64_t origin, int64_t column,
                         int64_t L, double *x)
{
    const lts_place place = {.series = series, .origin = origin, .limit = origin};
    for (int64_t t = 0; t < L; t++)
        x[t] = lts_view_z(view, &place, column, origin - L + t);
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
                          const lts_ridge_buffers *b, real *y)
{
    int64_t L = part->ridge->options.L, K = view->targets.n;
    for (int64_t i = 0; i < n; i++)
        read_context(view, series[(first + i) / K], origin[(first + i) / K],
                     view->targets.at[(first + i) % K], L, b->rows + i * (L + H));
    continue_rows(part->ridge, n, H, b);
    for (int64_t i = 0; i < n; i++) {
        int64_t p = (first + i) / K, k = (first + i) % K;
        const double *z = b->rows + i * (L + H) + L;
        for (int64_t h = 0; h < H; h++)
            y[(p * H + h) * K + k] =
                lts_view_value(view, series[p], view->targets.at[k], origin[p] + h, z[h]);
    }
}

/* lts_alloc() refuses what a product overflows to. */
static int64_t elements(int64_t n)
{
    int64_t size;
    return lts_multiply(AT_ONCE, n, &size) ? size : INT64_MAX;
}

static lstm_status new_buffers(lts_ridge_buffers *b, const lts_ridge_options *options, int64_t H)
{
    b->rows = lts_alloc(elements(options->L + H), sizeof *b->rows);
    b->x = lts_alloc(elements(options->L), sizeof *b->x);
    b->z = lts_alloc(elements(options->H), sizeof *b->z);
    return b->rows == NULL || b->x == NULL || b->z == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

static void free_buffers(lts_ridge_buffers *b)
{
    lts_free(b->rows);
    lts_free(b->x);
    lts_free(b->z);
}

static void predict(const lts_ridge_part *part, const lstm_view *view, const int64_t *series,
                    const int64_t *origin, int64_t n, int64_t H, const lts_ridge_buffers *b,
                    real *y)
{
    int64_t total = n * view->targets.n;
    for (int64_t first = 0; first < total; first += AT_ONCE)
        predict_block(part, view, series, origin, first,
                      total - first < AT_ONCE ? total - first : AT_ONCE, H, b, y);
}

lstm_status lts_ridge_part_predict(const lts_ridge_part *part, const lstm_dataset *dataset,
                                   const int64_t *series, const int64_t *origin, int64_t n,
                                   int64_t H, real *y)
{
    const lstm_view view = lts_view_on(part->view, dataset);
    lts_ridge_buffers b;
    lstm_status status = new_buffers(&b, &part->ridge->options, H);
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
    return new_buffers(&work->buffers, &part->ridge->options, H);
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
