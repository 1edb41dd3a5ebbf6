/* SPDX-License-Identifier: MIT */
/*
 * The normal equations come from sums over windows (gram.h). With the means mu of the inputs and nu
 * of the targets over n windows,
 *
 *     (G_xx - n mu mu^T + n penalty I) W = G_xy - n mu nu^T,    c = nu - W^T mu
 *
 * The squared error on the validation part comes from the sums over its windows, too, which costs
 * as much as L forecasts:
 *
 *     sum (y - W^T x - c)^2 = G_yy - 2 W^T G_xy + W^T G_xx W + 2 c (W^T s_x - s_y) + n c^2
 */
#include "method/ridge.h"

#include "base/memory.h"
#include "base/status.h"
#include "method/cholesky.h"
#include "method/gram.h"

static const double penalties[] = {1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1};
static const double default_penalty = 3e-2;

/* Arrays of a fit; W has the weights of one block with one penalty, c its intercepts. */
typedef struct fit {
    const lts_kernels *kernels;
    const lts_ridge_options *options;
    int64_t n_column;
    const lts_ridge_column *columns;
    double *run; /**< values of a column without a long gap between them */
    lts_gram train, valid;
    double *factor;  /**< [L, L]            */
    double *W;       /**< [L + 1, widest block] */
    double *product; /**< [L, widest block] */
} fit;

int64_t lts_ridge_block(const lts_ridge_options *options, int64_t block)
{
    return options->H / options->n_block * block + lts_min(block, options->H % options->n_block);
}

static lstm_status fit_new(fit *f)
{
    const lts_ridge_options *o = f->options;
    int64_t longest = 0, widest = (o->H + o->n_block - 1) / o->n_block;
    for (int64_t c = 0; c < f->n_column; c++) {
        longest = longest < f->columns[c].train_end ? f->columns[c].train_end : longest;
        longest = longest < f->columns[c].valid_end ? f->columns[c].valid_end : longest;
    }
    LTS_TRY(lts_gram_new(&f->train, o->L, o->H));
    LTS_TRY(lts_gram_new(&f->valid, o->L, o->H));
    f->run = lts_alloc(longest, sizeof *f->run);
    f->factor = lts_alloc(o->L * o->L, sizeof *f->factor);
    f->W = lts_alloc((o->L + 1) * widest, sizeof *f->W);
    f->product = lts_alloc(o->L * widest, sizeof *f->product);
    bool complete = f->run != NULL && f->factor != NULL && f->W != NULL && f->product != NULL;
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

static void fit_free(fit *f)
{
    lts_gram_free(&f->train);
    lts_gram_free(&f->valid);
    lts_free(f->run);
    lts_free(f->factor);
    lts_free(f->W);
    lts_free(f->product);
}

void lts_ridge_runs(const lts_ridge_column *column, int64_t longest_gap, int64_t first, int64_t end,
                    double *run, lts_ridge_run_fn *take, void *user)
{
    int64_t length = 0, gap = 0;
    for (int64_t t = first < 0 ? 0 : first; t < end; t++, gap++) {
        double value = (lts_ridge_value(column, t) - column->offset) / column->scale;
        if (isnan(value))
            continue;
        if (gap > longest_gap) {
            take(user, run, t - gap - length, length);
            length = 0;
        }
        double last = length > 0 ? run[length - 1] : value;
        for (int64_t i = 1; length > 0 && i <= gap; i++)
            run[length++] = last + (value - last) * (double)i / (double)(gap + 1);
        run[length++] = value;
        gap = -1;
    }
    take(user, run, end - gap - length, length);
}

static void add_run(void *gram, const double *run, int64_t first, int64_t n)
{
    (void)first;
    lts_gram_add(gram, run, n);
}

/* Adds the windows of rows first .. end - 1 of a column. */
static void add_rows(fit *f, lts_gram *gram, const lts_ridge_column *column, int64_t first,
                     int64_t end)
{
    lts_ridge_runs(column, f->options->longest_gap, first, end, f->run, add_run, gram);
}

static void sum_windows(fit *f, int64_t H)
{
    lts_gram_clear(&f->train, H);
    lts_gram_clear(&f->valid, H);
    for (int64_t c = 0; c < f->n_column; c++) {
        const lts_ridge_column *column = &f->columns[c];
        add_rows(f, &f->train, column, 0, column->train_end);
        if (f->options->penalty == 0)
            add_rows(f, &f->valid, column, column->train_end - f->options->L, column->valid_end);
    }
    lts_gram_finish(&f->train, f->options->base_len);
    lts_gram_finish(&f->valid, f->options->base_len);
}

/* W and c for steps first .. end - 1. Returns false if the matrix is singular to rounding. */
static bool solve(fit *f, int64_t first, int64_t end, double penalty)
{
    const lts_gram *g = &f->train;
    int64_t L = g->L, m = end - first;
    double n = (double)g->n, *c = f->W + L * m;
    const double *s_x = g->sums, *s_y = g->sums + L + first;
    for (int64_t i = 0; i < L; i++) {
        const double *row = g->products + i * g->N;
        for (int64_t j = i; j < L; j++)
            f->factor[i * L + j] = row[j] - s_x[i] * s_x[j] / n;
        f->factor[i * L + i] += n * penalty;
        for (int64_t h = 0; h < m; h++)
            f->W[i * m + h] = row[L + first + h] - s_x[i] * s_y[h] / n;
    }
    if (!lts_cholesky_factor(f->kernels, L, f->factor))
        return false;
    lts_cholesky_solve(f->kernels, L, f->factor, m, f->W, m);
    for (int64_t h = 0; h < m; h++)
        c[h] = s_y[h] / n;
    f->kernels->dense->add_product(1, m, L, s_x, L, 1, f->W, m, -1 / n, c, m);
    return true;
}

/* The sum of squared errors of W and c over the validation part. */
static double validate(fit *f, int64_t first, int64_t end)
{
    const lts_gram *g = &f->valid;
    int64_t L = g->L, m = end - first;
    const double *c = f->W + L * m, *s_y = g->sums + L + first;
    double sum = 0;
    memset(f->product, 0, (size_t)(L * m) * sizeof *f->product);
    f->kernels->dense->add_product(L, m, L, g->products, g->N, 1, f->W, m, 1, f->product, m);
    for (int64_t i = 0; i < L; i++) {
        const double *g_xy = g->products + i * g->N + L + first;
        for (int64_t h = 0; h < m; h++)
            sum += f->W[i * m + h] * (f->product[i * m + h] - 2 * g_xy[h] + 2 * c[h] * g->sums[i]);
    }
    for (int64_t h = 0; h < m; h++)
        sum += g->squares[L + first + h] - 2 * c[h] * s_y[h] + (double)g->n * c[h] * c[h];
    return sum;
}

static lstm_status report_singular(double penalty)
{
    return lts_fail(LSTM_E_NUMERIC,
                    "the ridge regression is singular with a penalty of %g, a larger one is needed",
                    penalty);
}

static double choose_penalty(fit *f, int64_t first, int64_t end)
{
    double least = (double)INFINITY, best = default_penalty;
    for (size_t i = 0; i < sizeof penalties / sizeof *penalties && f->valid.n > 0; i++) {
        if (!solve(f, first, end, penalties[i]))
            continue;
        double sum = validate(f, first, end);
        if (sum < least) {
            least = sum;
            best = penalties[i];
        }
    }
    return best;
}

static lstm_status fit_block(fit *f, lts_ridge *ridge, int64_t block)
{
    int64_t H = f->options->H, L = f->options->L;
    int64_t first = lts_ridge_block(f->options, block);
    int64_t end = lts_ridge_block(f->options, block + 1), m = end - first;
    sum_windows(f, end);
    if (f->train.n == 0)
        return lts_fail(LSTM_E_SHAPE,
                        "the training part has no window of %lld + %lld rows without a missing "
                        "value in a column",
                        (long long)L, (long long)end);
    double penalty = f->options->penalty;
    ridge->penalties[block] = penalty > 0 ? penalty : choose_penalty(f, first, end);
    if (!solve(f, first, end, ridge->penalties[block]))
        return report_singular(ridge->penalties[block]);
    for (int64_t i = 0; i <= L; i++)
        memcpy(ridge->weights + i * H + first, f->W + i * m, (size_t)m * sizeof *f->W);
    return LSTM_OK;
}

static lstm_status check_sizes(const lts_ridge_options *options)
{
    int64_t L = options->L, H = options->H, size;
    if (L < INT32_MAX && H < INT32_MAX && lts_multiply(L + 1, L + H, &size) &&
        size <= PTRDIFF_MAX / (int64_t)sizeof(double))
        return LSTM_OK;
    return lts_fail(LSTM_E_LIMIT, "a ridge regression of %lld values on %lld is too large",
                    (long long)H, (long long)L);
}

static lstm_status ridge_new(lts_ridge **out, const lts_ridge_options *options)
{
    lts_ridge *ridge = lts_alloc(1, sizeof *ridge);
    if (ridge == NULL)
        return LSTM_E_NOMEM;
    ridge->options = *options;
    ridge->kernels = lts_kernels_own();
    ridge->weights = lts_alloc((options->L + 1) * options->H, sizeof *ridge->weights);
    ridge->penalties = lts_alloc(options->n_block, sizeof *ridge->penalties);
    if (ridge->weights == NULL || ridge->penalties == NULL) {
        lts_ridge_free(ridge);
        return LSTM_E_NOMEM;
    }
    *out = ridge;
    return LSTM_OK;
}

static lstm_status check_range(const char *name, int64_t value, int64_t low, int64_t high)
{
    if (value >= low && value <= high)
        return LSTM_OK;
    return lts_fail(LSTM_E_ARGUMENT, "%s of a ridge regression is %lld, expected %lld .. %lld",
                    name, (long long)value, (long long)low, (long long)high);
}

lstm_status lts_ridge_new(lts_ridge **ridge, const lts_ridge_options *options)
{
    LTS_TRY(check_range("L", options->L, 1, INT32_MAX - 1));
    LTS_TRY(check_range("H", options->H, 1, INT32_MAX - 1));
    LTS_TRY(check_range("base_len", options->base_len, 0, options->L));
    LTS_TRY(check_range("n_block", options->n_block, 1, options->H));
    LTS_TRY(check_sizes(options));
    return ridge_new(ridge, options);
}

lstm_status lts_ridge_fit(lts_ridge **out, const lts_ridge_options *options, int64_t n_column,
                          const lts_ridge_column *columns)
{
    lts_ridge *ridge;
    LTS_TRY(check_sizes(options));
    LTS_TRY(ridge_new(&ridge, options));
    fit f = {
        .kernels = ridge->kernels, .options = options, .n_column = n_column, .columns = columns};
    lstm_status status = fit_new(&f);
    for (int64_t block = 0; block < options->n_block && status == LSTM_OK; block++)
        status = fit_block(&f, ridge, block);
    fit_free(&f);
    if (status != LSTM_OK) {
        lts_ridge_free(ridge);
        return status;
    }
    *out = ridge;
    return LSTM_OK;
}

void lts_ridge_free(lts_ridge *ridge)
{
    if (ridge == NULL)
        return;
    lts_free(ridge->weights);
    lts_free(ridge->penalties);
    lts_free(ridge);
}

void lts_ridge_predict(const lts_ridge *ridge, int64_t m, double *x, double *y)
{
    int64_t L = ridge->options.L, H = ridge->options.H, k = ridge->options.base_len;
    for (int64_t r = 0; r < m; r++) {
        double base = 0, *context = x + r * L;
        for (int64_t i = L - k; i < L; i++)
            base += context[i];
        base = k == 0 ? 0 : base / (double)k;
        for (int64_t i = 0; i < L; i++)
            context[i] -= base;
        for (int64_t h = 0; h < H; h++)
            y[r * H + h] = base + ridge->weights[L * H + h];
    }
    ridge->kernels->dense->add_product(m, H, L, x, L, 1, ridge->weights, H, 1, y, H);
}
