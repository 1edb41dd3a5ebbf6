/* SPDX-License-Identifier: MIT */
#include "forecaster/ridge_part.h"

#include "base/memory.h"
#include "base/status.h"
#include "evaluate/history.h"

#include <math.h>

/* The rows that a fit may read. */
static int64_t rows_read(const lts_member *m)
{
    return lts_valid_end(m);
}

static int64_t train_end(const lstm_view *view, const lts_member *m)
{
    return view->options.part == LSTM_PART_TRAIN ? lts_train_end(m) : lts_valid_end(m);
}

/* Fills gaps by the line between their ends: a regression has no other way to use such windows. */
static void fill_gaps(int64_t n, real *z)
{
    int64_t before = -1;
    for (int64_t row = 0; row < n; row++) {
        if (isnan(z[row]))
            continue;
        for (int64_t gap = before + 1; before >= 0 && gap < row; gap++)
            z[gap] = z[before] + (z[row] - z[before]) * (real)(gap - before) / (real)(row - before);
        before = row;
    }
}

/* Values z of all target columns of all series: one array that `columns` point into. */
static lstm_status copy_columns(const lstm_view *view, lts_ridge_column *columns, real **values)
{
    const lstm_dataset *d = view->dataset;
    int64_t size = 0, K = view->targets.n;
    for (int64_t s = 0; s < d->names.n; s++)
        size += rows_read(&d->members[s]);
    real *z = *values = lts_alloc(lts_multiply(size, K, &size) ? size : INT64_MAX, sizeof *z);
    if (z == NULL)
        return LSTM_E_NOMEM;
    for (int64_t s = 0; s < d->names.n; s++) {
        const lts_member *m = &d->members[s];
        const lts_place place = {.series = s, .limit = rows_read(m)};
        for (int64_t k = 0; k < K; k++, columns++) {
            *columns = (lts_ridge_column){.values = z,
                                          .stride = 1,
                                          .train_end = train_end(view, m),
                                          .valid_end = lts_valid_end(m),
                                          .scale = 1};
            for (int64_t row = 0; row < place.limit; row++)
                z[row] = (real)lts_view_z(view, &place, view->targets.at[k], row);
            fill_gaps(place.limit, z);
            z += place.limit;
        }
    }
    return LSTM_OK;
}

static lstm_status fit(lts_ridge_part *part, const lts_ridge_options *options)
{
    const lstm_view *view = part->view;
    int64_t n_column = view->dataset->names.n * view->targets.n;
    lts_ridge_column *columns = lts_alloc(n_column, sizeof *columns);
    real *values = NULL;
    lstm_status status = columns == NULL ? LSTM_E_NOMEM : copy_columns(view, columns, &values);
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
    if (ridge->L < 1)
        return lts_fail(LSTM_E_SHAPE, "the training part is too short for a ridge regression");
    of_values.difference = 0; /* ridge has its own base, and reads no segments */
    of_values.base = LSTM_BASE_NONE;
    of_values.base_len = 0;
    of_values.segment_len = of_values.context_len = of_values.horizon = 1;
    LTS_TRY(lstm_view_new(&made.view, dataset, &of_values));
    lstm_status status = fit(&made, ridge);
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

typedef struct block_buffers {
    double *rows; /**< [AT_ONCE, L + H] contexts and forecasts            */
    double *x;    /**< [AT_ONCE, L]                                       */
    double *z;    /**< [AT_ONCE, ridge_H] forecasts of one regression     */
} block_buffers;

/* Appends H forecasts to n contexts. Beyond the regression's own horizon it reads its forecasts. */
static void continue_rows(const lts_ridge *ridge, int64_t n, int64_t H, const block_buffers *b)
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
                          const block_buffers *b, real *y)
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

lstm_status lts_ridge_part_predict(const lts_ridge_part *part, const lstm_dataset *dataset,
                                   const int64_t *series, const int64_t *origin, int64_t n,
                                   int64_t H, real *y)
{
    const lstm_view view = lts_view_on(part->view, dataset);
    const lts_ridge_options *options = &part->ridge->options;
    int64_t total = n * view.targets.n;
    const block_buffers b = {.rows = lts_alloc(AT_ONCE * (options->L + H), sizeof *b.rows),
                             .x = lts_alloc(AT_ONCE * options->L, sizeof *b.x),
                             .z = lts_alloc(AT_ONCE * options->H, sizeof *b.z)};
    bool made = b.rows != NULL && b.x != NULL && b.z != NULL;
    lstm_status status = made ? LSTM_OK : LSTM_E_NOMEM;
    for (int64_t first = 0; first < total && status >= 0; first += AT_ONCE)
        predict_block(part, &view, series, origin, first,
                      total - first < AT_ONCE ? total - first : AT_ONCE, H, &b, y);
    lts_free(b.rows);
    lts_free(b.x);
    lts_free(b.z);
    return status;
}
