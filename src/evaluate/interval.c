/* SPDX-License-Identifier: MIT */
#include "evaluate/interval.h"

#include "base/float_env.h"
#include "base/integer.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"

static void set_sizes(lstm_interval *i, const lstm_interval_options *o)
{
    lts_conformal *c = &i->scores;
    i->H = o->horizon;
    i->K = o->n_column;
    i->L = o->n_level;
    i->block_len = o->block_len;
    i->n_block = (i->H + i->block_len - 1) / i->block_len;
    i->stride = o->stride;
    i->n_slot = (i->H - 1) / i->stride + 1;
    i->n_bound = o->is_conformalized ? 2 * i->L : 1;
    c->n_level = i->L;
    c->n_tail = o->is_two_sided ? 2 : 1;
    c->n_set = o->is_conformalized ? i->L * c->n_tail : c->n_tail;
    c->capacity = o->window * i->block_len;
    i->rate = o->rate == LSTM_NO_ADAPTATION ? 0 : o->rate;
    for (int64_t l = 0; l < i->L; l++)
        c->levels[l] = lts_interval_level(o, l);
}

static lstm_status allocate(lstm_interval *i, int64_t window)
{
    int64_t size = 0, n_quantile = 0, n_share = i->rate > 0 ? i->L * i->scores.n_tail : 0;
    if (!lts_multiply(i->H, i->K, &size) || !lts_multiply(size, i->n_bound * i->n_slot, &size) ||
        !lts_multiply(i->K, i->n_block, &i->scores.n_cell) ||
        !lts_multiply(i->scores.n_cell, n_share, &i->n_quantile) ||
        !lts_multiply(i->n_quantile, i->n_slot, &n_quantile))
        return lts_fail(LSTM_E_LIMIT, "%lld forecasts of %lld steps and %lld columns are too many",
                        (long long)i->n_slot, (long long)i->H, (long long)i->K);
    LTS_TRY(lts_conformal_init(&i->scores));
    i->ages = lts_alloc(i->n_slot, sizeof *i->ages);
    i->forecasts = lts_alloc(size, sizeof *i->forecasts);
    i->quantiles = lts_alloc(n_quantile, sizeof *i->quantiles);
    if (i->ages == NULL || i->forecasts == NULL || i->quantiles == NULL)
        return LSTM_E_NOMEM;
    for (int64_t cell = 0; cell < i->scores.n_cell; cell++) {
        int64_t first = cell % i->n_block * i->block_len;
        i->scores.capacities[cell] = window * (lts_least(first + i->block_len, i->H) - first);
    }
    return LSTM_OK;
}

lstm_status lstm_interval_new(lstm_interval **interval, const lstm_interval_options *options)
{
    lstm_interval_options read;
    LTS_NOT_NULL(interval);
    LTS_READ_OPTIONS(&read, options, lstm_interval_options);
    LTS_TRY(lts_interval_check(&read));
    lstm_interval *i = lts_alloc(1, sizeof *i);
    if (i == NULL)
        return LSTM_E_NOMEM;
    set_sizes(i, &read);
    lstm_status status = allocate(i, read.window);
    if (status < 0) {
        lstm_interval_free(i);
        return status;
    }
    lts_interval_clear(i);
    *interval = i;
    return LSTM_OK;
}

void lstm_interval_free(lstm_interval *i)
{
    if (i == NULL)
        return;
    lts_conformal_free(&i->scores);
    lts_free(i->ages);
    lts_free(i->forecasts);
    lts_free(i->quantiles);
    lts_free(i);
}

static void forget_forecasts(lstm_interval *i)
{
    i->oldest = 0;
    for (int64_t slot = 0; slot < i->n_slot; slot++)
        i->ages[slot] = -1;
}

void lts_interval_clear(lstm_interval *i)
{
    lts_conformal_clear(&i->scores);
    forget_forecasts(i);
}

/* The bound of a level, at step h and column k; points are the bounds of all levels. */
static real bound_at(const lstm_interval *i, const real *bounds, int64_t level, int64_t h,
                     int64_t k)
{
    return bounds[((i->n_bound == 1 ? 0 : level) * i->H + h) * i->K + k];
}

static void column_bounds(const lstm_interval *i, int64_t k, const real *low, const real *high,
                          real *lower, real *upper)
{
    const lts_conformal *c = &i->scores;
    high = i->n_bound == 1 ? low : high;
    for (int64_t h = 0; h < i->H; h++) {
        int64_t cell = k * i->n_block + h / i->block_len;
        real outer_low = (real)INFINITY, outer_high = -(real)INFINITY;
        for (int64_t l = 0; l < i->L; l++) {
            real a = bound_at(i, low, l, h, k) - lts_conformal_quantile(c, cell, l, 0);
            real b = bound_at(i, high, l, h, k) + lts_conformal_quantile(c, cell, l, c->n_tail - 1);
            if (a > b) /* quantiles that are moved inwards beyond each other */
                a = b = a / 2 + b / 2;
            /* comparisons are such that NaN stays NaN */
            outer_low = outer_low < a ? outer_low : a;
            outer_high = outer_high > b ? outer_high : b;
            lower[(l * i->H + h) * i->K + k] = outer_low;
            upper[(l * i->H + h) * i->K + k] = outer_high;
        }
    }
}

/* How far the truth is below and above a level's bounds of a kept forecast, at its step. */
static void distances(const lstm_interval *i, int64_t slot, int64_t k, int64_t level, real truth,
                      real distance[2])
{
    const real *low = i->forecasts + slot * i->n_bound * i->H * i->K;
    const real *high = i->n_bound == 1 ? low : low + i->L * i->H * i->K;
    distance[0] = bound_at(i, low, level, i->ages[slot], k) - truth;
    distance[1] = truth - bound_at(i, high, level, i->ages[slot], k);
}

static real score_of(const lstm_interval *i, int64_t slot, int64_t k, int64_t level, int64_t tail,
                     real truth)
{
    real distance[2];
    distances(i, slot, k, level, truth, distance);
    if (i->scores.n_tail == 1)
        return distance[0] > distance[1] ? distance[0] : distance[1];
    return distance[tail];
}

/* Whether all scores of a kept forecast are finite. */
static bool is_scored(const lstm_interval *i, int64_t slot, int64_t k, real truth)
{
    for (int64_t l = 0; l < (i->n_bound == 1 ? 1 : i->L); l++) {
        real distance[2];
        distances(i, slot, k, l, truth, distance);
        if (!lts_all_finite(distance, 2))
            return false;
    }
    return true;
}

/* The share of `n` slots from number `first` of the ring on whose bound misses the truth; NaN if no
 * forecast counts. `at` is the place of the quantile in those of a slot. */
static double share_missed(const lstm_interval *i, int64_t first, int64_t n, int64_t k,
                           int64_t level, int64_t tail, real truth, int64_t at)
{
    int64_t counted = 0, missed = 0;
    for (int64_t r = first; r < first + n; r++) {
        int64_t slot = (i->oldest + r) % i->n_slot;
        real quantile = i->quantiles[slot * i->n_quantile + at];
        if (isnan(quantile) || !is_scored(i, slot, k, truth))
            continue;
        counted++;
        missed += score_of(i, slot, k, level, tail, truth) > quantile;
    }
    return counted == 0 ? (double)NAN : (double)missed / (double)counted;
}

/* Adapts the levels of a cell. Errors h rows ahead overlap, and are known h rows later: the rate is
 * divided by h, so that the sum of the steps until an error is known stays below the rate. */
static void adapt(lstm_interval *i, int64_t first, int64_t n, int64_t k, real truth, int64_t cell)
{
    lts_conformal *c = &i->scores;
    int64_t begin = cell % i->n_block * i->block_len;
    double ahead = (double)(begin + 1 + lts_least(begin + i->block_len, i->H)) / 2;
    for (int64_t l = 0; l < i->L && i->rate > 0; l++)
        for (int64_t t = 0; t < c->n_tail; t++) {
            int64_t at = (cell * i->L + l) * c->n_tail + t;
            double missed = share_missed(i, first, n, k, l, t, truth, at);
            if (!isnan(missed))
                lts_conformal_adapt(c, cell, l, t, i->rate / ahead, missed);
        }
}

static void add_score(lstm_interval *i, int64_t first, int64_t n, int64_t k, real truth,
                      int64_t cell)
{
    lts_conformal *c = &i->scores;
    real scores[2 * LTS_MOST_LEVELS];
    for (int64_t r = first; r < first + n; r++) {
        int64_t slot = (i->oldest + r) % i->n_slot;
        if (!is_scored(i, slot, k, truth))
            continue;
        for (int64_t set = 0; set < c->n_set; set++)
            scores[set] = score_of(i, slot, k, set / c->n_tail, set % c->n_tail, truth);
        lts_conformal_add(c, cell, scores);
    }
}

/* The block of the step at which slot number r of the ring is scored; -1 = none. */
static int64_t block_of(const lstm_interval *i, int64_t r)
{
    int64_t age = i->ages[(i->oldest + r) % i->n_slot];
    return age < 0 || age >= i->H ? -1 : age / i->block_len;
}

/* Scores kept forecasts of the next row. */
static void score_column(lstm_interval *i, int64_t k, real truth)
{
    int64_t end;
    /* from old to new the steps fall, so slots of a block follow each other */
    for (int64_t first = 0; first < i->n_slot; first = end) {
        int64_t block = block_of(i, first);
        for (end = first + 1; end < i->n_slot && block_of(i, end) == block;)
            end++;
        if (block < 0)
            continue;
        adapt(i, first, end - first, k, truth, k * i->n_block + block);
        add_score(i, first, end - first, k, truth, k * i->n_block + block);
    }
}

static void advance(lstm_interval *i)
{
    for (int64_t slot = 0; slot < i->n_slot; slot++)
        if (i->ages[slot] >= 0)
            i->ages[slot] = i->ages[slot] + 1 >= i->H + i->stride ? -1 : i->ages[slot] + 1;
}

/* Notes by which quantiles the bounds of a forecast are moved now. */
static void note_quantiles(const lstm_interval *i, real *quantile)
{
    const lts_conformal *c = &i->scores;
    for (int64_t cell = 0; cell < c->n_cell && i->rate > 0; cell++)
        for (int64_t l = 0; l < i->L; l++)
            for (int64_t t = 0; t < c->n_tail; t++) {
                bool enough = (double)(c->n[cell] + 1) * lts_conformal_target(c, l) >= 1;
                *quantile++ = enough ? lts_conformal_quantile(c, cell, l, t) : (real)NAN;
            }
}

/* The slot of a forecast from the present row. */
static real *take_slot(lstm_interval *i)
{
    int64_t slot = i->oldest;
    i->ages[slot] = 0;
    note_quantiles(i, i->quantiles + slot * i->n_quantile);
    i->oldest = (slot + 1) % i->n_slot;
    return i->forecasts + slot * i->n_bound * i->H * i->K;
}

static lstm_status check_forecast(const lstm_interval *i, const real *low, const real *high)
{
    LTS_NOT_NULL(low);
    if (i->n_bound == 1 && high != NULL)
        return lts_fail(LSTM_E_ARGUMENT, "high is not NULL, forecasts are points");
    if (i->n_bound > 1)
        LTS_NOT_NULL(high);
    return LSTM_OK;
}

lstm_status lstm_interval_bounds(const lstm_interval *interval, const lstm_real *low,
                                 const lstm_real *high, lstm_real *lower, lstm_real *upper)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(interval);
    LTS_NOT_NULL(lower);
    LTS_NOT_NULL(upper);
    LTS_TRY(check_forecast(interval, low, high));
    for (int64_t k = 0; k < interval->K; k++)
        column_bounds(interval, k, low, high, lower, upper);
    return LSTM_OK;
}

lstm_status lstm_interval_expect(lstm_interval *interval, const lstm_real *low,
                                 const lstm_real *high)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(interval);
    LTS_TRY(check_forecast(interval, low, high));
    int64_t newest = interval->ages[(interval->oldest + interval->n_slot - 1) % interval->n_slot];
    if (newest >= 0 && newest < interval->stride)
        return lts_fail(LSTM_E_ORDER,
                        "%lld rows were observed since the last forecast, stride is %lld",
                        (long long)newest, (long long)interval->stride);
    size_t size = (size_t)(interval->H * interval->K) * sizeof(real);
    real *slot = take_slot(interval);
    if (high == NULL) {
        memcpy(slot, low, size);
        return LSTM_OK;
    }
    memcpy(slot, low, (size_t)interval->L * size);
    memcpy(slot + interval->L * interval->H * interval->K, high, (size_t)interval->L * size);
    return LSTM_OK;
}

lstm_status lstm_interval_observe(lstm_interval *interval, const lstm_real *row)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(interval);
    LTS_NOT_NULL(row);
    for (int64_t k = 0; k < interval->K; k++)
        score_column(interval, k, row[k]);
    advance(interval);
    return LSTM_OK;
}

lstm_status lstm_interval_restart(lstm_interval *interval)
{
    LTS_NOT_NULL(interval);
    forget_forecasts(interval);
    return LSTM_OK;
}

int64_t lstm_interval_scores(const lstm_interval *interval, int64_t step, int64_t column)
{
    if (interval == NULL || step < 0 || step >= interval->H || column < 0 || column >= interval->K)
        return 0;
    return interval->scores.n[column * interval->n_block + step / interval->block_len];
}
