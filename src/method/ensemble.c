/* SPDX-License-Identifier: MIT */
#include <lstmts/ensemble.h>

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "data/parts_view.h"
#include "method/job_batch.h"
#include "method/nonnegative.h"
#include "method/observed.h"

#include <stdio.h>

static const double default_tolerance = 0.03;

typedef struct ensemble {
    lstm_ensemble_options options; /* `name` is not valid, `members` are our own */
    lstm_method **members;         /* [M]                                        */
    bool has_weights;
    double *weights; /* [M] */
} ensemble;

/* Errors on the validation part. */
typedef struct errors {
    int64_t n;
    double products[LTS_MOST_MEMBERS * LTS_MOST_MEMBERS]; /* [M, M] sums of e_i e_j */
    double absolute[LTS_MOST_MEMBERS], absolute_of_mean;  /* sums of |e|            */
} errors;

/* Counts one value; f [M] are its forecasts, `apart` elements from each other. */
static void add_value(errors *e, int64_t M, const real *f, int64_t apart, double truth,
                      double scale)
{
    double error[LTS_MOST_MEMBERS], mean = 0;
    for (int64_t m = 0; m < M; m++) {
        error[m] = ((double)f[m * apart] - truth) / scale;
        mean += error[m] / (double)M;
        e->absolute[m] += fabs(error[m]);
    }
    for (int64_t i = 0; i < M; i++)
        for (int64_t j = 0; j < M; j++)
            e->products[i * M + j] += error[i] * error[j];
    e->absolute_of_mean += fabs(mean);
    e->n++;
}

/* Forecasts all jobs, M of each origin, and counts their values. */
static lstm_status do_batch(lts_job_batch *b, int64_t M, const double *scales, errors *e)
{
    int64_t size = b->H * b->K;
    LTS_TRY(lts_job_batch_run(b));
    for (int64_t i = 0; i < b->n; i += M)
        for (int64_t c = lts_next_target(b->dataset, 0), k = 0; k < b->K;
             c = lts_next_target(b->dataset, c + 1), k++)
            for (int64_t h = 0; h < b->H; h++) {
                const lts_job *j = &b->jobs[i];
                double truth = lts_observed(b->dataset, j->series, j->origin + h, c);
                if (!isnan(truth))
                    add_value(e, M, b->forecasts + i * size + h * b->K + k, size, truth, scales[k]);
            }
    b->n = 0;
    return LSTM_OK;
}

static lstm_status do_series(lts_job_batch *b, const lstm_ensemble_options *o, int64_t series,
                             double *scales, errors *e)
{
    const lts_dataset_series *member = &b->dataset->series[series];
    int64_t origin = lts_train_end(member), last = lts_valid_end(member) - b->H;
    int64_t stride = o->stride == 0 ? 1 : o->stride;
    double mean;
    for (int64_t c = lts_next_target(b->dataset, 0), k = 0; k < b->K;
         c = lts_next_target(b->dataset, c + 1), k++)
        lts_observed_scale(b->dataset, series, c, &mean, &scales[k]);
    for (origin = origin < 1 ? 1 : origin; origin <= last; origin += stride) {
        for (int64_t m = 0; m < o->n_member; m++)
            b->jobs[b->n++] = (lts_job){m, series, origin};
        if (b->n == b->capacity)
            LTS_TRY(do_batch(b, o->n_member, scales, e));
        if (last - origin < stride)
            break;
    }
    return do_batch(b, o->n_member, scales, e);
}

static lstm_status measure(const ensemble *s, lts_float_env *host, const lstm_dataset *dataset,
                           errors *e)
{
    lts_job_batch batch;
    int64_t n_thread = 1;
    double *scales = lts_alloc(lstm_dataset_targets(dataset), sizeof *scales);
    lstm_status status = scales == NULL ? LSTM_E_NOMEM : LSTM_OK;
    if (status >= 0)
        status = lts_threads_resolve(s->options.n_threads, &n_thread);
    if (status < 0) {
        lts_free(scales);
        return status;
    }
    const lts_job_batch_options options = {.methods = s->members,
                                           .dataset = dataset,
                                           .host = host,
                                           .H = s->options.horizon,
                                           .n_thread = n_thread,
                                           .group = s->options.n_member};
    status = lts_job_batch_init(&batch, &options);
    for (int64_t i = 0; i < lstm_dataset_series(dataset) && status >= 0; i++)
        status = do_series(&batch, &s->options, i, scales, e);
    lts_job_batch_free(&batch);
    lts_free(scales);
    if (status >= 0 && e->n == 0)
        return lts_fail(LSTM_E_SHAPE,
                        "no series has %lld rows in its validation part that were "
                        "observed, with a row before them",
                        (long long)s->options.horizon);
    return status;
}

static void set_alike(const ensemble *s)
{
    for (int64_t m = 0; m < s->options.n_member; m++)
        s->weights[m] = 1 / (double)s->options.n_member;
}

/* The sum of a member's errors, or of those of the mean, m = M. */
static double error_of(const ensemble *s, const errors *e, int64_t m)
{
    int64_t M = s->options.n_member;
    double sum = 0;
    if (s->options.metric != LSTM_METRIC_MSE)
        return m == M ? e->absolute_of_mean : e->absolute[m];
    for (int64_t i = 0; i < M * M && m == M; i++)
        sum += e->products[i] / (double)(M * M);
    return m == M ? sum : e->products[m * M + m];
}

static void apply_rule(const ensemble *s, const errors *e)
{
    int64_t M = s->options.n_member, best = 0;
    double tolerance = s->options.tolerance == 0 ? default_tolerance : s->options.tolerance;
    for (int64_t m = 1; m < M; m++)
        if (error_of(s, e, m) < error_of(s, e, best))
            best = m;
    set_alike(s);
    if (error_of(s, e, M) > (1 + tolerance) * error_of(s, e, best))
        for (int64_t m = 0; m < M; m++)
            s->weights[m] = m == best ? 1 : 0;
}

static lstm_status fit_members(const ensemble *s, lts_float_env *host, const lstm_dataset *dataset)
{
    const lts_job_batch batch = {.methods = s->members, .host = host};
    for (int64_t m = 0; m < s->options.n_member; m++)
        LTS_TRY(lts_job_batch_fit(&batch, m, dataset));
    return LSTM_OK;
}

/* Errors on the validation part of members that have not seen it. */
static lstm_status measure_held_out(const ensemble *s, lts_float_env *host,
                                    const lstm_dataset *dataset, errors *e)
{
    lts_parts_view view;
    lstm_status status = lts_parts_view_new(&view, dataset);
    if (status >= 0) {
        lts_parts_view_hold_out(&view);
        status = fit_members(s, host, &view.dataset);
    }
    lts_parts_view_free(&view);
    return status < 0 ? status : measure(s, host, dataset, e);
}

static lstm_status fit_combination(ensemble *s, lts_float_env *host, const lstm_dataset *dataset,
                                   errors *e)
{
    if (s->options.is_fitted)
        LTS_TRY(measure(s, host, dataset, e));
    else {
        LTS_TRY(measure_held_out(s, host, dataset, e));
        LTS_TRY(fit_members(s, host, dataset));
    }
    if (s->options.kind == LSTM_COMBINATION_WEIGHTS)
        lts_least_weights(s->options.n_member, e->products, s->weights);
    else
        apply_rule(s, e);
    s->has_weights = true;
    return LSTM_OK;
}

static lstm_status fit_ensemble(void *user, const lstm_dataset *dataset)
{
    LTS_FLOAT_SCOPE();
    ensemble *s = user;
    if (s->options.kind == LSTM_COMBINATION_MEAN)
        return s->options.is_fitted ? LSTM_OK : fit_members(s, &lts_host_floats, dataset);
    errors *e = lts_alloc(1, sizeof *e);
    if (e == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = fit_combination(s, &lts_host_floats, dataset, e);
    lts_free(e);
    return status;
}

static lstm_status check_fitted(const ensemble *s)
{
    if (s->has_weights)
        return LSTM_OK;
    return lts_fail(LSTM_E_ORDER, "the combination is not fitted: call lstm_method_fit()");
}

static lstm_status predict(void *user, const lstm_dataset *dataset, int64_t series, int64_t origin,
                           int64_t H, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    const ensemble *s = user;
    lstm_status status = LSTM_OK;
    int64_t size = 0;
    LTS_TRY(check_fitted(s));
    if (!lts_multiply(H, lstm_dataset_targets(dataset), &size))
        return lts_fail(LSTM_E_LIMIT, "a forecast of %lld steps is too large", (long long)H);
    real *one = lts_alloc(size, sizeof *one);
    double *sum = one == NULL ? NULL : lts_alloc(size, sizeof *sum);
    status = sum == NULL ? LSTM_E_NOMEM : LSTM_OK;
    for (int64_t m = 0; m < s->options.n_member && status >= 0; m++) {
        if (s->weights[m] == 0)
            continue;
        status =
            lts_method_predict(s->members[m], &lts_host_floats, dataset, series, origin, H, one);
        for (int64_t i = 0; i < size && status >= 0; i++)
            sum[i] += s->weights[m] * (double)one[i];
    }
    for (int64_t i = 0; i < size && status >= 0; i++)
        y[i] = (real)sum[i];
    lts_free(one);
    lts_free(sum);
    return status;
}

static void free_ensemble(void *user)
{
    ensemble *s = user;
    lts_free(s->members);
    lts_free(s->weights);
    lts_free(s);
}

static lstm_status check_ensemble_options(const lstm_ensemble_options *o)
{
    int64_t n_thread;
    LTS_NOT_NULL(o->members);
    if (o->n_member < 1 || o->n_member > LTS_MOST_MEMBERS)
        return lts_fail(LSTM_E_ARGUMENT, "n_member is %lld, expected 1 .. %d",
                        (long long)o->n_member, (int)LTS_MOST_MEMBERS);
    for (int64_t m = 0; m < o->n_member; m++)
        if (o->members[m] == NULL)
            return lts_fail(LSTM_E_ARGUMENT, "members[%lld] is NULL", (long long)m);
    LTS_TRY(lts_check_one_of("kind", o->kind, LSTM_COMBINATION_RULE + 1,
                             "LSTM_COMBINATION_MEAN, _WEIGHTS or _RULE"));
    LTS_TRY(lts_check_at_least("horizon", o->horizon, o->kind == LSTM_COMBINATION_MEAN ? 0 : 1));
    LTS_TRY(lts_check_at_least("stride", o->stride, 0));
    if (o->metric != 0 && o->metric != LSTM_METRIC_MSE && o->metric != LSTM_METRIC_MAE)
        return lts_fail(LSTM_E_ARGUMENT, "metric is %lld, expected LSTM_METRIC_MSE or _MAE",
                        (long long)o->metric);
    if (!(o->tolerance >= 0 && o->tolerance <= 1e100))
        return lts_fail(LSTM_E_ARGUMENT, "tolerance is %g, expected 0 .. 1e100", o->tolerance);
    LTS_TRY(lts_check_one_of("is_fitted", o->is_fitted, 2, "0 or 1"));
    return lts_threads_resolve(o->n_threads, &n_thread);
}

static lstm_status new_method(lstm_method **method, const char *name, ensemble *s)
{
    static const char *const kinds[] = {"mean", "weighted mean", "best or mean"};
    char default_name[64];
    int64_t M = s->options.n_member;
    s->members = lts_alloc(M, sizeof(lstm_method *));
    s->weights = lts_alloc(M, sizeof *s->weights);
    if (s->members == NULL || s->weights == NULL)
        return LSTM_E_NOMEM;
    for (int64_t m = 0; m < M; m++)
        s->members[m] = s->options.members[m];
    set_alike(s);
    s->has_weights = s->options.kind == LSTM_COMBINATION_MEAN;
    snprintf(default_name, sizeof default_name, "%s of %lld", kinds[s->options.kind], (long long)M);
    lstm_method_options functions = LSTM_METHOD_OPTIONS_INIT;
    functions.name = name == NULL ? default_name : name, functions.user = s;
    functions.fit = fit_ensemble, functions.predict = predict, functions.free = free_ensemble;
    return lstm_method_new(method, &functions);
}

lstm_status lstm_ensemble_new(lstm_method **method, const lstm_ensemble_options *options)
{
    lstm_ensemble_options read;
    LTS_NOT_NULL(method);
    LTS_READ_OPTIONS(&read, options, lstm_ensemble_options);
    LTS_TRY(check_ensemble_options(&read));
    ensemble *s = lts_alloc(1, sizeof *s);
    if (s == NULL)
        return LSTM_E_NOMEM;
    s->options = read;
    lstm_status status = new_method(method, read.name, s);
    if (status < 0)
        free_ensemble(s);
    return status;
}

lstm_status lstm_ensemble_weights(const lstm_method *method, double *weights)
{
    LTS_NOT_NULL(method);
    LTS_NOT_NULL(weights);
    if (method->functions.predict != predict)
        return lts_fail(LSTM_E_ARGUMENT, "the method \"%s\" is no combination", method->name);
    const ensemble *s = method->functions.user;
    LTS_TRY(check_fitted(s));
    memcpy(weights, s->weights, (size_t)s->options.n_member * sizeof *weights);
    return LSTM_OK;
}
