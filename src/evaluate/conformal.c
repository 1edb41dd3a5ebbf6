/* SPDX-License-Identifier: MIT */
#include "evaluate/conformal.h"

#include "base/memory.h"
#include "base/status.h"

lstm_status lts_conformal_init(lts_conformal *c)
{
    int64_t n_score = 0, n_miss = c->n_level * c->n_tail;
    if (!lts_multiply(c->n_cell, c->capacity * c->n_set, &n_score) ||
        !lts_multiply(c->n_cell, n_miss, &n_miss))
        return lts_fail(LSTM_E_LIMIT,
                        "%lld columns and blocks of steps with %lld scores each are "
                        "too many",
                        (long long)c->n_cell, (long long)(c->capacity * c->n_set));
    c->capacities = lts_alloc(c->n_cell, sizeof *c->capacities);
    c->n = lts_alloc(c->n_cell, sizeof *c->n);
    c->oldest = lts_alloc(c->n_cell, sizeof *c->oldest);
    c->recent = lts_alloc(n_score, sizeof *c->recent);
    c->sorted = lts_alloc(n_score, sizeof *c->sorted);
    c->misses = lts_alloc(n_miss, sizeof *c->misses);
    bool complete = c->capacities != NULL && c->n != NULL && c->oldest != NULL &&
                    c->recent != NULL && c->sorted != NULL && c->misses != NULL;
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

void lts_conformal_free(lts_conformal *c)
{
    lts_free(c->capacities);
    lts_free(c->n);
    lts_free(c->oldest);
    lts_free(c->recent);
    lts_free(c->sorted);
    lts_free(c->misses);
}

void lts_conformal_clear(lts_conformal *c)
{
    real *misses = c->misses;
    for (int64_t i = 0; i < c->n_cell; i++) {
        c->n[i] = c->oldest[i] = 0;
        for (int64_t l = 0; l < c->n_level; l++)
            for (int64_t t = 0; t < c->n_tail; t++)
                *misses++ = (real)lts_conformal_target(c, l);
    }
}

static real *share_of_misses(const lts_conformal *c, int64_t cell, int64_t level, int64_t tail)
{
    return &c->misses[(cell * c->n_level + level) * c->n_tail + tail];
}

real lts_conformal_quantile(const lts_conformal *c, int64_t cell, int64_t level, int64_t tail)
{
    int64_t n = c->n[cell], set = lts_conformal_set(c, level, tail);
    if (n == 0)
        return (real)NAN;
    double missed = (double)*share_of_misses(c, cell, level, tail);
    /* 1e-7 is above the rounding of a share in single precision: .01 of 99 scores is the largest */
    double rank = ceil((double)(n + 1) * (1 - missed - 1e-7));
    rank = rank < 1 ? 1 : rank > (double)n ? (double)n : rank;
    return c->sorted[(cell * c->n_set + set) * c->capacity + (int64_t)rank - 1];
}

/* Number of values below x in an ascending array. */
static int64_t rank_of(const real *sorted, int64_t n, real x)
{
    int64_t first = 0;
    while (n > 0) {
        int64_t half = n / 2;
        bool below = sorted[first + half] < x;
        first = below ? first + half + 1 : first;
        n = below ? n - half - 1 : half;
    }
    return first;
}

/* Insert x; what lies between is moved by one. */
static void insert(real *sorted, int64_t n, real x)
{
    int64_t to = rank_of(sorted, n, x);
    memmove(sorted + to + 1, sorted + to, (size_t)(n - to) * sizeof *sorted);
    sorted[to] = x;
}

/* Insert x in place of `old`. */
static void exchange(real *sorted, int64_t n, real old, real x)
{
    int64_t from = rank_of(sorted, n, old), to = rank_of(sorted, n, x);
    if (to <= from) {
        memmove(sorted + to + 1, sorted + to, (size_t)(from - to) * sizeof *sorted);
        sorted[to] = x;
    } else {
        memmove(sorted + from, sorted + from + 1, (size_t)(to - from - 1) * sizeof *sorted);
        sorted[to - 1] = x;
    }
}

void lts_conformal_add(lts_conformal *c, int64_t cell, const real *scores)
{
    int64_t capacity = c->capacities[cell], n = c->n[cell], oldest = c->oldest[cell];
    for (int64_t set = 0; set < c->n_set; set++) {
        real *recent = c->recent + (cell * c->n_set + set) * c->capacity;
        real *sorted = c->sorted + (cell * c->n_set + set) * c->capacity;
        if (n < capacity) {
            insert(sorted, n, scores[set]);
            recent[(oldest + n) % capacity] = scores[set];
        } else {
            exchange(sorted, n, recent[oldest], scores[set]);
            recent[oldest] = scores[set];
        }
    }
    if (n < capacity)
        c->n[cell]++;
    else
        c->oldest[cell] = (oldest + 1) % capacity;
}

/* Restores a heap [n], whose largest value is first, below a node. */
static void sift(real *heap, int64_t n, int64_t node)
{
    real x = heap[node];
    for (int64_t child; (child = 2 * node + 1) < n; node = child) {
        child += child + 1 < n && heap[child + 1] > heap[child];
        if (heap[child] <= x)
            break;
        heap[node] = heap[child];
    }
    heap[node] = x;
}

/* In place and in O(n log n); qsort() may allocate. */
static void sort(real *values, int64_t n)
{
    for (int64_t node = n / 2 - 1; node >= 0; node--)
        sift(values, n, node);
    for (int64_t end = n - 1; end > 0; end--) {
        real largest = values[0];
        values[0] = values[end];
        values[end] = largest;
        sift(values, end, 0);
    }
}

void lts_conformal_fill(lts_conformal *c, int64_t cell, int64_t n, const real *scores)
{
    c->n[cell] = n;
    c->oldest[cell] = 0;
    for (int64_t set = 0; set < c->n_set; set++) {
        int64_t at = (cell * c->n_set + set) * c->capacity;
        memcpy(c->recent + at, scores + set * c->capacity, (size_t)n * sizeof *scores);
        memcpy(c->sorted + at, scores + set * c->capacity, (size_t)n * sizeof *scores);
        sort(c->sorted + at, n);
    }
}

void lts_conformal_copy(lts_conformal *c, const lts_conformal *from)
{
    const int64_t n_miss = c->n_cell * c->n_level * c->n_tail;
    const int64_t n_score = c->n_cell * c->n_set * c->capacity;
    memcpy(c->n, from->n, (size_t)c->n_cell * sizeof *c->n);
    memcpy(c->oldest, from->oldest, (size_t)c->n_cell * sizeof *c->oldest);
    memcpy(c->misses, from->misses, (size_t)n_miss * sizeof *c->misses);
    memcpy(c->recent, from->recent, (size_t)n_score * sizeof *c->recent);
    memcpy(c->sorted, from->sorted, (size_t)n_score * sizeof *c->sorted);
}

void lts_conformal_adapt(lts_conformal *c, int64_t cell, int64_t level, int64_t tail, double rate,
                         double missed)
{
    real *share = share_of_misses(c, cell, level, tail);
    double adapted = (double)*share + rate * (lts_conformal_target(c, level) - missed);
    *share = (real)(adapted < 0 ? 0 : adapted > 1 ? 1 : adapted);
}
