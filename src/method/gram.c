/* SPDX-License-Identifier: MIT */
#include "method/gram.h"

#include "base/memory.h"

lstm_status lts_gram_new(lts_gram *gram, int64_t L, int64_t most_H)
{
    int64_t N = L + most_H;
    *gram = (lts_gram){.L = L, .N = N};
    gram->products = lts_alloc(L * N, sizeof *gram->products);
    gram->squares = lts_alloc(3 * N, sizeof *gram->squares);
    if (gram->products == NULL || gram->squares == NULL)
        return LSTM_E_NOMEM;
    gram->sums = gram->squares + N;
    gram->means = gram->sums + N;
    return LSTM_OK;
}

void lts_gram_free(lts_gram *gram)
{
    lts_free(gram->products);
    lts_free(gram->squares);
}

void lts_gram_clear(lts_gram *gram, int64_t H)
{
    gram->N = gram->L + H;
    gram->n = 0;
    memset(gram->products, 0, (size_t)(gram->L * gram->N) * sizeof *gram->products);
    memset(gram->squares, 0, (size_t)gram->N * sizeof *gram->squares);
    memset(gram->sums, 0, (size_t)gram->N * sizeof *gram->sums);
}

/* y += factor x */
static void add_scaled(int64_t n, double factor, const double *restrict x, double *restrict y)
{
    for (int64_t j = 0; j < n; j++)
        y[j] += factor * x[j];
}

/* Until lts_gram_finish(), all elements but those of row 0 and column 0 are differences. */
void lts_gram_add(lts_gram *gram, const double *x, int64_t n_row)
{
    int64_t L = gram->L, N = gram->N, n = n_row - N + 1;
    if (n < 1)
        return;
    gram->n += n;
    for (int64_t s = 0; s < n; s++) {
        add_scaled(N, x[s], x + s, gram->products);
        gram->squares[0] += x[s] * x[s];
        gram->sums[0] += x[s];
    }
    for (int64_t j = 0; j + 1 < N; j++) {
        gram->squares[j + 1] += x[n + j] * x[n + j] - x[j] * x[j];
        gram->sums[j + 1] += x[n + j] - x[j];
    }
    for (int64_t i = 0; i + 1 < L; i++) {
        double *row = gram->products + (i + 1) * N + 1;
        double leaving = x[i], entering = x[n + i];
        for (int64_t j = i; j + 1 < N; j++)
            row[j] += entering * x[n + j] - leaving * x[j];
    }
}

static void add_up(lts_gram *gram)
{
    int64_t N = gram->N;
    for (int64_t j = 1; j < N; j++) {
        gram->squares[j] += gram->squares[j - 1];
        gram->sums[j] += gram->sums[j - 1];
    }
    for (int64_t i = 1; i < gram->L; i++) {
        double *row = gram->products + i * N;
        for (int64_t j = i; j < N; j++)
            row[j] += row[j - N - 1];
        for (int64_t j = 0; j < i; j++) /* the lower triangle */
            row[j] = gram->products[j * N + i];
    }
}

void lts_gram_finish(lts_gram *gram, int64_t base_len)
{
    int64_t L = gram->L, N = gram->N;
    add_up(gram);
    if (base_len == 0)
        return;
    double *r = gram->means, q = 0, sum = 0, part = 1 / (double)base_len;
    memset(r, 0, (size_t)N * sizeof *r);
    for (int64_t b = L - base_len; b < L; b++) {
        add_scaled(N, part, gram->products + b * N, r);
        sum += part * gram->sums[b];
    }
    for (int64_t b = L - base_len; b < L; b++)
        q += part * r[b];
    for (int64_t i = 0; i < L; i++)
        for (int64_t j = 0; j < N; j++)
            gram->products[i * N + j] -= r[i] + r[j] - q;
    for (int64_t j = 0; j < N; j++) {
        gram->squares[j] -= 2 * r[j] - q;
        gram->sums[j] -= sum;
    }
}
