/* SPDX-License-Identifier: MIT */
#include "evaluate/backtest_quantiles.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/status.h"
#include "evaluate/selection.h"
#include "method/observed.h"
#include "score/crps.h"

/* The sums of a level of a method and series, [H, K]. */
static lts_quantile_sums *sums_of(const lstm_backtest *b, int64_t method, int64_t series,
                                  int64_t level)
{
    int64_t at = (method * b->n_series + series) * b->n_level + level;
    return b->quantiles + at * b->H * b->K;
}

static void add_score(lts_quantile_sums *sums, double level, double scale, double truth,
                      double quantile)
{
    if (isnan(truth))
        return;
    sums->n++;
    sums->covered += truth <= quantile;
    sums->pinball += lts_pinball(level, truth, quantile) / scale;
}

/* Steps first .. end - 1 of a forecast y [L, H, K]. */
static void add_forecast(const lts_quantile_run *r, const lts_job *j, const real *y, int64_t first,
                         int64_t end)
{
    const lstm_backtest *b = r->results;
    const lstm_dataset *d = r->batch.dataset;
    for (int64_t l = 0; l < b->n_level; l++) {
        lts_quantile_sums *sums = sums_of(b, j->method, j->series, l);
        for (int64_t c = lts_next_target(d, 0), k = 0; k < b->K; c = lts_next_target(d, c + 1), k++)
            for (int64_t h = first; h < end; h++) {
                double truth = lts_observed(d, j->series, j->origin + h, c);
                add_score(&sums[h * b->K + k], b->levels[l], r->scales[j->series * b->K + k], truth,
                          (double)y[(l * b->H + h) * b->K + k]);
            }
    }
}

/* As score_part() of a backtest: each thread has some of the steps, and takes the jobs in order. */
static void score_part(void *work, int64_t part, int64_t n_part)
{
    const lts_quantile_run *r = work;
    const lstm_backtest *b = r->results;
    int64_t first = lts_part_begin(b->H, part, n_part),
            end = lts_part_begin(b->H, part + 1, n_part);
    for (int64_t i = 0; i < r->batch.n; i++)
        add_forecast(r, &r->batch.jobs[i], r->batch.forecasts + i * b->n_level * b->H * b->K, first,
                     end);
}

lstm_status lts_quantile_run_end(lts_quantile_run *r)
{
    if (r->batch.n == 0)
        return LSTM_OK;
    LTS_TRY(lts_job_batch_run(&r->batch));
    lts_pool_run(r->batch.pool, score_part, r);
    r->batch.n = 0;
    return LSTM_OK;
}

lstm_status lts_quantile_run_add(lts_quantile_run *r, lts_job job)
{
    if (r->results == NULL || r->batch.methods[job.method]->functions.quantiles == NULL)
        return LSTM_OK;
    r->batch.jobs[r->batch.n++] = job;
    return r->batch.n == r->batch.capacity ? lts_quantile_run_end(r) : LSTM_OK;
}

lstm_status lts_quantile_run_init(lts_quantile_run *r, lstm_backtest *b, const double *scales,
                                  const lts_job_batch_options *batch)
{
    int64_t size = 0;
    if (batch->n_level == 0)
        return LSTM_OK;
    LTS_TRY(lts_job_batch_init(&r->batch, batch)); /* [L, H, K] is not too large */
    if (!lts_multiply(b->n_method * b->n_series, batch->n_level * b->H * b->K, &size) ||
        size > PTRDIFF_MAX / (int64_t)sizeof *b->quantiles)
        return lts_fail(LSTM_E_LIMIT,
                        "a backtest of %lld methods, %lld series, %lld levels, %lld steps and %lld "
                        "columns is too large",
                        (long long)b->n_method, (long long)b->n_series, (long long)batch->n_level,
                        (long long)b->H, (long long)b->K);
    b->levels = lts_alloc(batch->n_level, sizeof *b->levels);
    b->quantiles = lts_alloc(size, sizeof *b->quantiles);
    if (b->levels == NULL || b->quantiles == NULL)
        return LSTM_E_NOMEM;
    memcpy(b->levels, batch->levels, (size_t)batch->n_level * sizeof *b->levels);
    b->n_level = batch->n_level;
    r->results = b;
    r->scales = scales;
    return LSTM_OK;
}

void lts_quantile_run_free(lts_quantile_run *r)
{
    lts_job_batch_free(&r->batch);
}

/* Scores of a method, and over what. */
typedef struct selection {
    int64_t method;
    lts_range levels, series, steps, columns;
} selection;

static lts_quantile_sums sum_up(const lstm_backtest *b, const selection *q)
{
    lts_quantile_sums total = {0};
    for (int64_t s = q->series.first; s < q->series.end; s++)
        for (int64_t l = q->levels.first; l < q->levels.end; l++)
            for (int64_t h = q->steps.first; h < q->steps.end; h++)
                for (int64_t k = q->columns.first; k < q->columns.end; k++) {
                    const lts_quantile_sums *sums = &sums_of(b, q->method, s, l)[h * b->K + k];
                    total.n += sums->n;
                    total.covered += sums->covered;
                    total.pinball += sums->pinball;
                }
    return total;
}

static double metric(const lts_quantile_sums *sums, int64_t kind)
{
    double n = (double)sums->n;
    if (sums->n == 0)
        return (double)NAN;
    if (kind == LSTM_QUANTILE_COVERAGE)
        return (double)sums->covered / n;
    return (kind == LSTM_QUANTILE_CRPS ? 2 : 1) * sums->pinball / n;
}

double lts_backtest_crps(const lstm_backtest *b, int64_t method)
{
    const selection q = {method, {0, b->n_level}, {0, b->n_series}, {0, b->H}, {0, b->K}};
    lts_quantile_sums sums = sum_up(b, &q);
    return metric(&sums, LSTM_QUANTILE_CRPS);
}

static lstm_status check_level(const lstm_backtest *b, int64_t kind, int64_t level)
{
    if (kind == LSTM_QUANTILE_CRPS && level != LSTM_ALL)
        return lts_fail(LSTM_E_ARGUMENT, "level is %lld, expected LSTM_ALL (-1) for CRPS",
                        (long long)level);
    return kind == LSTM_QUANTILE_COVERAGE ? lts_check_item("level", level, b->n_level) : LSTM_OK;
}

lstm_status lstm_backtest_quantile(const lstm_backtest *b, int64_t kind, int64_t method,
                                   int64_t level, int64_t series, int64_t step, int64_t column,
                                   double *value, int64_t *counted)
{
    LTS_FLOAT_SCOPE();
    selection q = {.method = method};
    if (b == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "backtest is NULL");
    LTS_NOT_NULL(value);
    LTS_TRY(lts_check_one_of("kind", kind, LSTM_QUANTILE_CRPS + 1,
                             "LSTM_QUANTILE_PINBALL, _COVERAGE or _CRPS"));
    LTS_TRY(lts_check_item("method", method, b->n_method));
    if (b->n_level == 0)
        return lts_fail(LSTM_E_ARGUMENT, "the backtest has no levels of quantiles");
    LTS_TRY(check_level(b, kind, level));
    LTS_TRY(lts_read_range("level", level, b->n_level, &q.levels));
    LTS_TRY(lts_read_range("series", series, b->n_series, &q.series));
    LTS_TRY(lts_read_range("step", step, b->H, &q.steps));
    LTS_TRY(lts_read_range("column", column, b->K, &q.columns));
    lts_quantile_sums sums = sum_up(b, &q);
    *value = metric(&sums, kind);
    if (counted != NULL)
        *counted = sums.n / (q.levels.end - q.levels.first);
    return LSTM_OK;
}
