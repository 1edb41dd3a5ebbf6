/* SPDX-License-Identifier: MIT */
#include "method/job_batch.h"

#include "base/memory.h"
#include "base/status.h"
#include "method/observed.h"

#include <stdio.h>

enum { JOBS_OF_A_THREAD = 16 };

/* LSTM_E_NUMERIC if a forecast y [H, K] that will be compared is not finite. */
static lstm_status check_forecast(const lts_job_batch *b, const lts_job *j, const real *y)
{
    const lstm_dataset *d = b->dataset;
    int64_t n_row = lstm_dataset_rows(d, j->series);
    for (int64_t c = lts_next_target(d, 0), k = 0; k < b->K; c = lts_next_target(d, c + 1), k++)
        for (int64_t h = 0; h < b->H && j->origin + h < n_row; h++)
            if (!isfinite(y[h * b->K + k]) && !isnan(lts_observed(d, j->series, j->origin + h, c)))
                return lts_fail(LSTM_E_NUMERIC, "the forecast of column %lld, step %lld is %g",
                                (long long)c, (long long)h, (double)y[h * b->K + k]);
    return LSTM_OK;
}

static lstm_status do_job(const lts_job_batch *b, int64_t i, lts_float_env *host)
{
    const lts_job *j = &b->jobs[i];
    const lstm_method *method = b->methods[j->method];
    real *y = b->forecasts + i * b->n_array * b->H * b->K;
    if (b->levels == NULL)
        LTS_TRY(lts_method_predict(method, host, b->dataset, j->series, j->origin, b->H, y));
    else
        LTS_TRY(lts_method_quantiles(method, host, b->dataset, j->series, j->origin, b->H,
                                     b->levels, b->n_array, y));
    for (int64_t a = 0; a < b->n_array; a++)
        LTS_TRY(check_forecast(b, j, y + a * b->H * b->K));
    return LSTM_OK;
}

static void do_part(void *work, int64_t part, int64_t n_part)
{
    lts_job_batch *b = work;
    lts_failure *f = &b->failures[part];
    lts_float_env host = *b->host; /* a callback's thread has its own copy */
    f->job = -1;
    for (int64_t i = lts_part_begin(b->n, part, n_part); i < lts_part_begin(b->n, part + 1, n_part);
         i++) {
        lstm_status status = do_job(b, i, &host);
        if (status < 0) {
            f->job = i;
            f->status = status;
            snprintf(f->message, sizeof f->message, "%s", lstm_last_error());
            return;
        }
    }
}

lstm_status lts_job_batch_run(lts_job_batch *b)
{
    if (b->n == 0)
        return LSTM_OK;
    lts_pool_run(b->pool, do_part, b);
    for (int64_t part = 0; part < lts_pool_size(b->pool); part++) {
        const lts_failure *f = &b->failures[part];
        if (f->job < 0)
            continue;
        const lts_job *j = &b->jobs[f->job]; /* jobs of a part are before those of the next */
        return lts_fail(f->status, "method \"%s\", series %lld, origin %lld: %s",
                        lstm_method_name(b->methods[j->method]), (long long)j->series,
                        (long long)j->origin, f->message);
    }
    return LSTM_OK;
}

lstm_status lts_job_batch_fit(const lts_job_batch *b, int64_t method, const lstm_dataset *dataset)
{
    char message[LTS_MESSAGE];
    lstm_status status = lts_method_fit(b->methods[method], b->host, dataset);
    if (status >= 0)
        return LSTM_OK;
    snprintf(message, sizeof message, "%s", lstm_last_error());
    return lts_fail(status, "method \"%s\": %s", lstm_method_name(b->methods[method]), message);
}

lstm_status lts_job_batch_init(lts_job_batch *b, const lts_job_batch_options *o)
{
    *b = (lts_job_batch){.methods = o->methods,
                         .dataset = o->dataset,
                         .host = o->host,
                         .H = o->H,
                         .K = lstm_dataset_targets(o->dataset),
                         .levels = o->levels,
                         .n_array = o->levels == NULL ? 1 : o->n_level};
    int64_t size = 0, group = o->group == 0 ? 1 : o->group;
    if (!lts_multiply(b->H, b->K, &size) || !lts_multiply(size, b->n_array, &size) ||
        size > PTRDIFF_MAX / (int64_t)sizeof(real))
        return lts_fail(LSTM_E_LIMIT, "a forecast of %lld steps and %lld columns is too large",
                        (long long)b->H, (long long)b->K);
    LTS_TRY(lts_pool_new(&b->pool, o->n_thread));
    b->capacity = (JOBS_OF_A_THREAD * lts_pool_size(b->pool) + group - 1) / group * group;
    b->jobs = lts_alloc(b->capacity, sizeof *b->jobs);
    b->failures = lts_alloc(lts_pool_size(b->pool), sizeof *b->failures);
    b->forecasts = lts_alloc(b->capacity, (size_t)size * sizeof *b->forecasts);
    bool complete = b->jobs != NULL && b->failures != NULL && b->forecasts != NULL;
    return complete ? LSTM_OK : LSTM_E_NOMEM;
}

void lts_job_batch_free(lts_job_batch *b)
{
    lts_pool_free(b->pool);
    lts_free(b->jobs);
    lts_free(b->failures);
    lts_free(b->forecasts);
}
