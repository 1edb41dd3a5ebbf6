/* SPDX-License-Identifier: MIT */
/* Sample paths of a forecaster: from the distributions of its networks, or by drawing residuals. */
#include "forecaster/paths.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/rng.h"
#include "base/status.h"
#include "base/threads.h"
#include "forecaster/scoring.h"

/* One call of lstm_forecaster_paths(). */
typedef struct call {
    const lstm_forecaster *f;
    const lstm_dataset *dataset;
    int64_t series, origin, H, K, n_path, n_thread;
    uint64_t seed;
    int64_t number, known; /* of the series in the fit, or -1; rows that the fit has seen */
} call;

/*
 * Residuals that are known at the origin: those of other series, then the series' own, the oldest
 * first.
 */
typedef struct residual_pool {
    int64_t n, oldest;                     /* [i] is at (oldest + i) % LTS_MOST_RESIDUALS */
    const real *paths[LTS_MOST_RESIDUALS]; /* each [horizon of the fit, K]                */
    int64_t numbers[LTS_MOST_RESIDUALS];   /* of their series in the fit                  */
    double *scales;                        /* [K] of this series                          */
    lts_residuals fresh;                   /* since the fit, computed here                */
} residual_pool;

/* So many forecasts of a series are drawn alone: errors of other series may be of another kind. */
enum { ENOUGH = 50 };

/* Numbers of samples that each network may use: 64 networks share those below 2^56. */
enum { NUMBER_BITS = 50 };

/* Paths i, i + N, ... are those of network i of N. */
static lstm_status sample_network(const call *c, int64_t i, const lts_own_scales *own,
                                  const int64_t *series, const int64_t *origins, real *some,
                                  real *paths)
{
    const lts_fitted *fitted = &c->f->fitted;
    int64_t N = fitted->n_network, n = (c->n_path - i + N - 1) / N, slot = c->H * c->K;
    const lts_draws draws = {c->seed, (uint64_t)i << NUMBER_BITS};
    if (n == 0)
        return LSTM_OK;
    const lstm_view *of_fit = fitted->networks[i].view;
    lstm_view view = lts_own_scales_view(own, of_fit, c->dataset);
    const lts_network_part part = {.model = fitted->networks[i].model, .view = &view};
    lts_own_scales_set(own, &view, of_fit, c->number, c->series, c->origin);
    LTS_TRY(lts_network_part_sample(&part, &c->f->loss, c->dataset, series, origins, n, c->H,
                                    &draws, c->n_thread, some));
    for (int64_t p = 0; p < n; p++)
        memcpy(paths + (p * N + i) * slot, some + p * slot, (size_t)slot * sizeof *paths);
    return LSTM_OK;
}

static lstm_status sample(const call *c, real *paths)
{
    int64_t N = c->f->fitted.n_network, most = (c->n_path + N - 1) / N;
    int64_t scale_rows = lts_fitted_scale_rows(&c->f->fitted);
    lts_own_scales own;
    int64_t *series = lts_alloc(most, sizeof *series), *origins = lts_alloc(most, sizeof *origins);
    real *some = lts_alloc(most * c->H * c->K, sizeof *some);
    bool allocated = series != NULL && origins != NULL && some != NULL;
    lstm_status status = lts_own_scales_init(
        &own, 1, scale_rows < c->origin ? scale_rows : c->origin, c->dataset->n_column);
    if (!allocated)
        status = LSTM_E_NOMEM;
    for (int64_t p = 0; p < most && allocated; p++) {
        series[p] = c->series;
        origins[p] = c->origin;
    }
    for (int64_t i = 0; i < N && status >= 0; i++)
        status = sample_network(c, i, &own, series, origins, some, paths);
    lts_own_scales_clear(&own);
    lts_free(series);
    lts_free(origins);
    lts_free(some);
    return status;
}

/* n forecasts since the fit, `stride` rows apart, whose rows are all known. */
typedef struct fresh_rows {
    int64_t first, stride, n;
} fresh_rows;

/* The latest ones, at most as many as are drawn from. */
static fresh_rows find_fresh(const call *c)
{
    const lts_fitted *fitted = &c->f->fitted;
    int64_t H = c->f->options.horizon, stride = fitted->interval_stride;
    int64_t first = lts_scoring_first(fitted, c->number, c->known, c->origin, H);
    if (first + H > c->origin)
        return (fresh_rows){first, stride, 0};
    int64_t n = (c->origin - H - first) / stride + 1;
    int64_t kept = n < LTS_MOST_RESIDUALS ? n : LTS_MOST_RESIDUALS;
    return (fresh_rows){first + (n - kept) * stride, stride, kept};
}

/* Forecasts from n rows of the series, and their residuals. */
static lstm_status compute_residuals(const call *c, const int64_t *origins, int64_t n,
                                     lts_residuals *fresh)
{
    int64_t H = c->f->options.horizon, slot = H * c->K;
    int64_t *series = lts_alloc(n, sizeof *series);
    real *y = lts_alloc(n * slot, sizeof *y);
    bool allocated = series != NULL && y != NULL;
    lstm_status status = allocated ? lts_residuals_new(fresh, n, H, c->K) : LSTM_E_NOMEM;
    for (int64_t i = 0; i < n && status >= 0; i++)
        series[i] = c->series;
    const lts_origins all = {n, series, origins};
    if (status >= 0)
        status =
            lts_fitted_predict(&c->f->fitted, &c->f->loss, c->n_thread, c->dataset, &all, H, y);
    for (int64_t i = 0; i < n && status >= 0; i++)
        lts_residuals_set(fresh, i, c->dataset, c->series, origins[i], y + i * slot);
    lts_free(series);
    lts_free(y);
    return status;
}

/* Those of the rows that the share has; none leave `fresh` as it is. */
static lstm_status add_fresh(const call *c, const lts_fresh_share *share, lts_residuals *fresh)
{
    const fresh_rows rows = find_fresh(c);
    int64_t n = 0, *origins = lts_alloc(rows.n, sizeof *origins);
    if (origins == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < rows.n; i++)
        if (lts_is_spread(share->first + i, share->n, share->most))
            origins[n++] = rows.first + i * rows.stride;
    lstm_status status = n == 0 ? LSTM_OK : compute_residuals(c, origins, n, fresh);
    lts_free(origins);
    return status;
}

/*
 * Whether forecast i of the fit is known: if the fit has seen rows after the origin, those of the
 * same series that ended before it are. Rows of the data set have other numbers than in the fit if
 * it begins at another time.
 */
static bool is_known(const call *c, int64_t i)
{
    const lts_fitted *fitted = &c->f->fitted;
    if (c->number < 0 || c->known <= c->origin)
        return true;
    int64_t moved = fitted->roster.known_rows[c->number] - c->known;
    return fitted->residuals.series[i] == c->number &&
           fitted->residuals.ends[i] - moved <= c->origin;
}

/* The known forecasts of the fit: those of the series, or all others. */
static int64_t count_of_fit(const call *c, bool own)
{
    const lts_residuals *of_fit = &c->f->fitted.residuals;
    int64_t n = 0;
    for (int64_t i = 0; i < of_fit->n; i++)
        n += (of_fit->series[i] == c->number) == own && is_known(c, i);
    return n;
}

/* The oldest one leaves a full pool. */
static void push(residual_pool *pool, int64_t number, const real *path)
{
    if (pool->n == LTS_MOST_RESIDUALS)
        pool->oldest++;
    else
        pool->n++;
    int64_t at = (pool->oldest + pool->n - 1) % LTS_MOST_RESIDUALS;
    pool->paths[at] = path;
    pool->numbers[at] = number;
}

/* At most `most` of them, spread evenly. */
static void push_of_fit(const call *c, bool own, int64_t most, residual_pool *pool)
{
    const lts_residuals *of_fit = &c->f->fitted.residuals;
    int64_t n = count_of_fit(c, own), number = 0;
    for (int64_t i = 0; i < of_fit->n; i++)
        if ((of_fit->series[i] == c->number) == own && is_known(c, i) &&
            lts_is_spread(number++, n, most))
            push(pool, of_fit->series[i], of_fit->values + i * of_fit->H * of_fit->K);
}

/* Of many other series each has its share; of the own ones the latest stay. */
static void fill_pool(const call *c, residual_pool *pool)
{
    const lts_residuals *fresh = &pool->fresh;
    int64_t n_fit = count_of_fit(c, true), n_own = n_fit + fresh->n;
    if (n_own < ENOUGH)
        push_of_fit(c, false, LTS_MOST_RESIDUALS - n_own, pool);
    push_of_fit(c, true, n_fit, pool);
    for (int64_t i = 0; i < fresh->n; i++)
        push(pool, c->number, fresh->values + i * fresh->H * fresh->K);
}

/*
 * An element of path `drawn`, or, where it is missing, of the next path that has it. One of another
 * series becomes as large as those of this one.
 */
static real residual_at(const call *c, const residual_pool *pool, int64_t drawn, int64_t at)
{
    const lts_roster *roster = &c->f->fitted.roster;
    int64_t k = at % c->K;
    for (int64_t i = 0; i < pool->n; i++) {
        int64_t place = (pool->oldest + (drawn + i) % pool->n) % LTS_MOST_RESIDUALS;
        int64_t number = pool->numbers[place];
        real value = pool->paths[place][at];
        if (isnan(value))
            continue;
        if (number == c->number)
            return value;
        return (real)((double)value * pool->scales[k] / roster->scales[number * c->K + k]);
    }
    return (real)NAN;
}

/* paths += residuals; they are the forecast before. */
static void add_drawn(const call *c, const residual_pool *pool, real *paths)
{
    uint64_t stream = lts_rng_part(LTS_RNG_RESIDUALS, 0);
    int64_t slot = c->H * c->K;
    for (int64_t p = 0; p < c->n_path; p++) {
        int64_t drawn = pool->n == 0 ? 0 : lts_rng_below(c->seed, stream, (uint64_t)p, pool->n);
        for (int64_t at = 0; at < slot; at++)
            paths[p * slot + at] += residual_at(c, pool, drawn, at);
    }
}

static lstm_status resample(const call *c, real *paths)
{
    residual_pool pool = {0};
    int64_t slot = c->H * c->K;
    const lts_origins one = {1, &c->series, &c->origin};
    pool.scales = lts_alloc(c->K, sizeof *pool.scales);
    const lts_fresh_share all = {0, 1, LTS_MOST_RESIDUALS};
    lstm_status status = pool.scales == NULL ? LSTM_E_NOMEM : add_fresh(c, &all, &pool.fresh);
    if (status >= 0)
        status = lts_fitted_predict(&c->f->fitted, &c->f->loss, c->n_thread, c->dataset, &one, c->H,
                                    paths);
    if (status >= 0) {
        fill_pool(c, &pool);
        lts_scoring_scales(&c->f->fitted, c->number, c->dataset, c->series, c->origin, pool.scales);
        for (int64_t p = 1; p < c->n_path; p++)
            memcpy(paths + p * slot, paths, (size_t)slot * sizeof *paths);
        add_drawn(c, &pool, paths);
        lts_cut_at_domain(&c->f->fitted, c->n_path * slot, paths);
    }
    lts_residuals_clear(&pool.fresh);
    lts_free(pool.scales);
    return status;
}

/* Whether paths are drawn from the distributions of networks. */
static bool is_sampled(const lstm_forecaster *f)
{
    const lts_choice *choice = &f->fitted.choice;
    return choice->use == LSTM_USE_NETWORKS && choice->joined == 0 &&
           lts_loss_has_distribution(&f->loss);
}

static lstm_status check_call(const call *c)
{
    LTS_TRY(lts_check_origins(c->f, c->dataset, c->series, &c->origin, 1, c->H));
    LTS_TRY(lts_check_at_least("n_path", c->n_path, 1));
    if (c->n_path > INT32_MAX)
        return lts_fail(LSTM_E_LIMIT, "n_path is %lld, the limit is 2^31 - 1",
                        (long long)c->n_path);
    if (!is_sampled(c->f) && c->H > c->f->options.horizon)
        return lts_fail(LSTM_E_SHAPE,
                        "horizon is %lld, the residuals that are drawn have %lld steps",
                        (long long)c->H, (long long)c->f->options.horizon);
    return LSTM_OK;
}

static void find_series(call *c)
{
    const lts_roster *roster = &c->f->fitted.roster;
    c->number = lts_roster_find(roster, c->dataset, c->series);
    c->known = lts_roster_known(roster, c->number, c->dataset, c->dataset->series[c->series].start);
}

static call call_of(const lstm_forecaster *forecaster, const lstm_dataset *dataset, int64_t series,
                    int64_t origin)
{
    call c = {.f = forecaster,
              .dataset = dataset,
              .series = series,
              .origin = origin,
              .K = forecaster->fitted.n_target};
    find_series(&c);
    return c;
}

int64_t lts_count_fresh(const lstm_forecaster *forecaster, const lstm_dataset *dataset,
                        int64_t series, int64_t origin)
{
    const call c = call_of(forecaster, dataset, series, origin);
    return find_fresh(&c).n;
}

lstm_status lts_fresh_residuals(const lstm_forecaster *forecaster, const lstm_dataset *dataset,
                                int64_t series, int64_t origin, const lts_fresh_share *share,
                                int64_t n_thread, lts_residuals *fresh)
{
    call c = call_of(forecaster, dataset, series, origin);
    c.n_thread = n_thread;
    return add_fresh(&c, share, fresh);
}

lstm_status lstm_forecaster_paths(const lstm_forecaster *forecaster, const lstm_dataset *dataset,
                                  int64_t series, int64_t origin, int64_t horizon, int64_t n_path,
                                  uint64_t seed, lstm_real *paths)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(forecaster);
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(paths);
    call c = {.f = forecaster, .dataset = dataset, .series = series, .origin = origin};
    c.H = horizon;
    c.n_path = n_path;
    c.seed = seed;
    LTS_TRY(check_call(&c));
    c.K = forecaster->fitted.n_target;
    find_series(&c);
    LTS_TRY(lts_threads_resolve(forecaster->options.n_threads, &c.n_thread));
    int64_t size;
    if (!lts_multiply(n_path, horizon, &size) || !lts_multiply(size, c.K, &size))
        size = INT64_MAX;
    real *staging = lts_alloc(size, sizeof *staging);
    if (staging == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = is_sampled(forecaster) ? sample(&c, staging) : resample(&c, staging);
    if (status >= 0)
        memcpy(paths, staging, (size_t)size * sizeof *paths);
    lts_free(staging);
    return status;
}
