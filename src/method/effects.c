/* SPDX-License-Identifier: MIT */
/*
 * With the products M of v = (1, e(u), e(y)), summed over n rows, the effects solve
 *
 *     (A + penalty diag(A)) b = B,   A = M_uu - M_u1 M_1u / n,   B = M_uy - M_u1 M_1y / n
 *
 * and the squared error of other rows with products V is w . V w, w = (-c, -b, 1), where c is the
 * intercept (M_1y - b . M_1u) / n.
 */
#include "method/effects.h"

#include "base/integer.h"
#include "base/memory.h"
#include "base/status.h"
#include "method/cholesky.h"

/* Rows before a row by which it is whitened, at most: they have most seasons. */
enum { LONGEST_FILTER = 64, N_PASS = 2 };

static const double penalties[] = {1e-4, 1e-3, 1e-2, 0.1, 1};
static const double default_penalty = 1e-2, whitening_penalty = 3e-2;
/* Of the squared error without effects: effects must err less. */
static const double clearly = 0.995;
/* A covariate whose errors have a smaller part of its own mean square does not vary. */
static const double least_variation = 1e-12;

typedef struct fit {
    const lts_kernels *kernels;
    const lts_effects_data *data;
    lts_ridge_options next; /**< of the regression that whitens */
    lts_effects *effects;
    const lts_effects *like;
    int64_t n, N;             /**< covariates, and elements of v */
    int64_t longest;          /**< rows of a series at most */
    lts_ridge_column *rests;  /**< [n_series, K] */
    real *rest;               /**< their values */
    double *filter;           /**< [L] of a forecast of the next row */
    double *run, *row_errors; /**< [longest] */
    double *errors;           /**< [n, longest] e(u) of a series */
    double *squares;          /**< [n] mean square of each covariate in the training parts */
    double *sums;             /**< [K, 2, N, N] M of the training and the validation part */
    double *matrix;           /**< [n, n] */
    double *b;                /**< [n] */
    double *weights;          /**< [N] w */
    double *products;         /**< [N, N] M of the part that is read */
} fit;

lstm_status lts_effects_new(lts_effects *effects, int64_t n_target, int64_t n)
{
    int64_t size;
    *effects = (lts_effects){.n = n, .n_target = n_target};
    effects->values =
        lts_alloc(lts_multiply(n_target, n, &size) ? size : INT64_MAX, sizeof *effects->values);
    effects->penalties = lts_alloc(n_target, sizeof *effects->penalties);
    if (effects->values != NULL && effects->penalties != NULL)
        return LSTM_OK;
    lts_effects_clear(effects);
    return LSTM_E_NOMEM;
}

void lts_effects_clear(lts_effects *effects)
{
    lts_free(effects->values);
    lts_free(effects->penalties);
    *effects = (lts_effects){0};
}

static int64_t rows_of(const lts_ridge_column *column)
{
    return lts_most(column->train_end, column->valid_end);
}

static lstm_status fit_new(fit *f)
{
    const lts_effects_data *d = f->data;
    int64_t n_row = 0, n = f->n, N = f->N;
    for (int64_t s = 0; s < d->n_series; s++) {
        int64_t rows = rows_of(&d->columns[s * d->n_target]);
        f->longest = lts_most(f->longest, rows);
        n_row += rows;
    }
    f->rests = lts_alloc(d->n_series * d->n_target, sizeof *f->rests);
    f->rest = lts_alloc(n_row * d->n_target, sizeof *f->rest);
    f->filter = lts_alloc(f->next.L, sizeof *f->filter);
    f->run = lts_alloc(f->longest, sizeof *f->run);
    f->row_errors = lts_alloc(f->longest, sizeof *f->row_errors);
    f->errors = lts_alloc(n * f->longest, sizeof *f->errors);
    f->squares = lts_alloc(n, sizeof *f->squares);
    f->sums = lts_alloc(d->n_target * 2 * N * N, sizeof *f->sums);
    f->matrix = lts_alloc(n * n, sizeof *f->matrix);
    f->b = lts_alloc(n, sizeof *f->b);
    f->weights = lts_alloc(N, sizeof *f->weights);
    bool complete = f->rests != NULL && f->rest != NULL && f->filter != NULL && f->run != NULL &&
                    f->row_errors != NULL && f->errors != NULL && f->squares != NULL &&
                    f->sums != NULL && f->matrix != NULL && f->b != NULL && f->weights != NULL;
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

/* All but the rest of the columns. */
static void fit_free(fit *f)
{
    lts_free(f->rests);
    lts_free(f->filter);
    lts_free(f->run);
    lts_free(f->row_errors);
    lts_free(f->errors);
    lts_free(f->squares);
    lts_free(f->sums);
    lts_free(f->matrix);
    lts_free(f->b);
    lts_free(f->weights);
}

/* The rest of all columns by the present effects. */
static void take_away(fit *f)
{
    const lts_effects_data *d = f->data;
    const real *known = d->known;
    real *rest = f->rest;
    for (int64_t s = 0; s < d->n_series; s++) {
        int64_t n_row = rows_of(&d->columns[s * d->n_target]);
        for (int64_t k = 0; k < d->n_target; k++, rest += n_row) {
            const lts_ridge_column *column = &d->columns[s * d->n_target + k];
            f->rests[s * d->n_target + k] = (lts_ridge_column){.values = rest,
                                                               .stride = 1,
                                                               .train_end = column->train_end,
                                                               .valid_end = column->valid_end,
                                                               .scale = 1};
            for (int64_t t = 0; t < n_row; t++)
                rest[t] = (real)((lts_ridge_value(column, t) - column->offset) / column->scale -
                                 lts_effects_sum(f->effects, k, known + t * f->n));
        }
        known += n_row * f->n;
    }
}

/*
 * The forecast of the next row as one vector: base and weights are linear in the L rows, and the
 * intercept does not matter.
 */
static lstm_status fit_filter(fit *f)
{
    lts_ridge *ridge;
    const lts_effects_data *d = f->data;
    LTS_TRY(lts_ridge_fit(&ridge, &f->next, d->n_series * d->n_target, f->rests));
    int64_t L = f->next.L, k = f->next.base_len;
    double sum = 0;
    for (int64_t i = 0; i < L; i++)
        sum += f->filter[i] = ridge->weights[i];
    for (int64_t i = L - k; i < L; i++)
        f->filter[i] += (1 - sum) / (double)k;
    lts_ridge_free(ridge);
    return LSTM_OK;
}

/* errors [n - L] of the forecasts of rows L .. n - 1 of x. */
static void whiten(const fit *f, int64_t n, const double *x, double *errors)
{
    int64_t L = f->next.L;
    if (n <= L)
        return;
    memcpy(errors, x + L, (size_t)(n - L) * sizeof *errors);
    f->kernels->dense->add_product(1, n - L, L, f->filter, L, 1, x, 1, -1, errors, n - L);
}

/* e(u) of a series. */
static void whiten_known(const fit *f, int64_t n_row, const real *known)
{
    for (int64_t i = 0; i < f->n; i++) {
        for (int64_t t = 0; t < n_row; t++)
            f->run[t] = (double)known[t * f->n + i];
        whiten(f, n_row, f->run, f->errors + i * f->longest);
    }
}

static double dot(int64_t n, const double *x, const double *y)
{
    double sum = 0;
    for (int64_t t = 0; t < n; t++)
        sum += x[t] * y[t];
    return sum;
}

static double sum_of(int64_t n, const double *x)
{
    double sum = 0;
    for (int64_t t = 0; t < n; t++)
        sum += x[t];
    return sum;
}

/* Adds the products of a run to M. */
static void add_run(void *user, const double *run, int64_t first, int64_t n)
{
    fit *f = user;
    int64_t L = f->next.L, n_error = n - L, last = f->N - 1;
    double *M = f->products;
    if (n_error < 1)
        return;
    whiten(f, n, run, f->row_errors);
    M[0] += (double)n_error;
    M[last] += sum_of(n_error, f->row_errors);
    M[last * f->N + last] += dot(n_error, f->row_errors, f->row_errors);
    for (int64_t i = 0; i < f->n; i++) {
        const double *e = f->errors + i * f->longest + first;
        double *row = M + (i + 1) * f->N;
        M[i + 1] += sum_of(n_error, e);
        for (int64_t j = i; j < f->n; j++)
            row[j + 1] += dot(n_error, e, f->errors + j * f->longest + first);
        row[last] += dot(n_error, e, f->row_errors);
    }
}

static void sum_products(fit *f)
{
    const lts_effects_data *d = f->data;
    const real *known = d->known;
    int64_t size = f->N * f->N, gap = f->next.longest_gap;
    memset(f->sums, 0, (size_t)(d->n_target * 2 * size) * sizeof *f->sums);
    for (int64_t s = 0; s < d->n_series; s++) {
        int64_t n_row = rows_of(&d->columns[s * d->n_target]);
        whiten_known(f, n_row, known);
        for (int64_t k = 0; k < d->n_target; k++) {
            const lts_ridge_column *y = &d->columns[s * d->n_target + k];
            f->products = f->sums + 2 * k * size;
            lts_ridge_runs(y, gap, 0, y->train_end, f->run, add_run, f);
            f->products += size;
            lts_ridge_runs(y, gap, y->train_end - f->next.L, y->valid_end, f->run, add_run, f);
        }
        known += n_row * f->n;
    }
}

static void sum_squares(fit *f)
{
    const lts_effects_data *d = f->data;
    const real *known = d->known;
    int64_t n_row = 0;
    for (int64_t s = 0; s < d->n_series; s++) {
        const lts_ridge_column *column = &d->columns[s * d->n_target];
        for (int64_t t = 0; t < column->train_end; t++)
            for (int64_t i = 0; i < f->n; i++)
                f->squares[i] += (double)known[t * f->n + i] * (double)known[t * f->n + i];
        n_row += column->train_end;
        known += rows_of(column) * f->n;
    }
    for (int64_t i = 0; i < f->n; i++)
        f->squares[i] /= (double)lts_most(n_row, 1);
}

/* b of target k. One of covariates that do not vary is 0. Returns false if the matrix is singular. */
static bool solve(fit *f, int64_t k, double penalty)
{
    const double *M = f->sums + 2 * k * f->N * f->N;
    int64_t n = f->n, last = f->N - 1;
    for (int64_t i = 0; i < n; i++) {
        const double *row = M + (i + 1) * f->N;
        double part = M[i + 1] / M[0], *a = f->matrix + i * n;
        for (int64_t j = i; j < n; j++)
            a[j] = row[j + 1] - part * M[j + 1];
        f->b[i] = row[last] - part * M[last];
        a[i] *= 1 + penalty;
    }
    for (int64_t i = 0; i < n; i++) {
        if (f->matrix[i * n + i] > least_variation * M[0] * f->squares[i])
            continue;
        for (int64_t j = 0; j < n; j++)
            f->matrix[lts_least(i, j) * n + lts_most(i, j)] = i == j;
        f->b[i] = 0;
    }
    if (!lts_cholesky_factor(f->kernels, n, f->matrix))
        return false;
    lts_cholesky_solve(f->kernels, n, f->matrix, 1, f->b, 1);
    return true;
}

/* The squared error of b on the validation part of target k. */
static double validate(fit *f, int64_t k)
{
    int64_t N = f->N, last = N - 1;
    const double *M = f->sums + 2 * k * N * N, *V = M + N * N;
    double *w = f->weights, sum = 0;
    w[0] = -M[last] / M[0];
    for (int64_t i = 0; i < f->n; i++) {
        w[i + 1] = -f->b[i];
        w[0] += f->b[i] * M[i + 1] / M[0];
    }
    w[last] = 1;
    for (int64_t i = 0; i < N; i++)
        for (int64_t j = i; j < N; j++)
            sum += (i == j ? 1 : 2) * w[i] * w[j] * V[i * N + j];
    return sum;
}

/* 0 = without effects */
static double choose_penalty(fit *f, int64_t k)
{
    double best = 0;
    if (f->like != NULL)
        return f->like->penalties[k];
    if (f->sums[(2 * k + 1) * f->N * f->N] == 0)
        return default_penalty;
    memset(f->b, 0, (size_t)f->n * sizeof *f->b);
    double least = clearly * validate(f, k);
    for (size_t i = 0; i < sizeof penalties / sizeof *penalties; i++) {
        double sum = solve(f, k, penalties[i]) ? validate(f, k) : (double)INFINITY;
        if (sum < least) {
            least = sum;
            best = penalties[i];
        }
    }
    return best;
}

/* Returns whether some target has effects. */
static bool solve_all(fit *f)
{
    bool some = false;
    for (int64_t k = 0; k < f->data->n_target; k++) {
        double *b = f->effects->values + k * f->n, penalty = 0;
        if (f->sums[2 * k * f->N * f->N] > 0)
            penalty = choose_penalty(f, k);
        f->effects->penalties[k] = penalty > 0 && solve(f, k, penalty) ? penalty : 0;
        memset(b, 0, (size_t)f->n * sizeof *b);
        if (f->effects->penalties[k] > 0)
            memcpy(b, f->b, (size_t)f->n * sizeof *b);
        for (int64_t i = 0; i < f->n; i++)
            some = some || b[i] != 0;
    }
    return some;
}

static lstm_status run_fit(fit *f, bool *some)
{
    sum_squares(f);
    *some = true;
    for (int i = 0; i < N_PASS && *some; i++) {
        lstm_status status = fit_filter(f);
        if (status == LSTM_E_SHAPE || status == LSTM_E_NUMERIC)
            *some = false;
        else if (status < 0)
            return status;
        else {
            sum_products(f);
            *some = solve_all(f);
        }
        if (*some)
            take_away(f);
    }
    return LSTM_OK;
}

lstm_status lts_effects_fit(lts_effects *effects, const lts_ridge_options *options,
                            const lts_effects_data *data, const lts_effects *like, real **rest)
{
    int64_t L = lts_least(options->L, LONGEST_FILTER), n_column = data->n_series * data->n_target;
    bool some = false;
    *effects = (lts_effects){0};
    *rest = NULL;
    if (data->n == 0 || (like != NULL && like->n == 0))
        return LSTM_OK;
    fit f = {
        .kernels = lts_kernels_own(),
        .data = data,
        .next = {L, 1, lts_least(options->base_len, L), 1, whitening_penalty, options->longest_gap},
        .effects = effects,
        .like = like,
        .n = data->n,
        .N = data->n + 2};
    lstm_status status = lts_effects_new(effects, data->n_target, data->n);
    if (status >= 0)
        status = fit_new(&f);
    if (status >= 0) {
        take_away(&f);
        status = run_fit(&f, &some);
    }
    if (status >= 0 && some) {
        memcpy(data->columns, f.rests, (size_t)n_column * sizeof *f.rests);
        *rest = f.rest;
    } else {
        lts_free(f.rest);
        lts_effects_clear(effects);
    }
    fit_free(&f);
    return status;
}
