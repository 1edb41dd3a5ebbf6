/* SPDX-License-Identifier: MIT */
/*
 * The error of a method is a sum of one term per origin, so the difference of two methods is a sum
 * of differences d_i. The variance of this sum is that of Newey and West (1987): with u_i = d_i -
 * mean of d, the sum over pairs of origins of one series, up to M apart, of (1 - |i - j| / (M + 1))
 * u_i u_j.
 */
#include "evaluate/backtest.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/locale.h"
#include "base/memory.h"
#include "base/status.h"
#include "evaluate/text.h"

enum { LEAST_FORECASTS = 5 };

/* A metric as a sum over origins and columns: term = error * weight. */
typedef struct terms {
    const lstm_backtest *b;
    int64_t kind;
    double *weights;  /* [n_series, K] */
    double *errors;   /* [n_method]    */
    double *distance; /* [n_origins] of two methods */
} terms;

/* Values that were counted in a column of a series; all methods have the same. */
static int64_t counted_in(const lstm_backtest *b, int64_t series, int64_t column)
{
    const lts_point_sums *sums = lts_backtest_sums(b, 0, series);
    int64_t n = 0;
    for (int64_t h = 0; h < b->H; h++)
        n += sums[h * b->K + column].n;
    return n;
}

/* The scale of MASE; NaN where the column is left out. */
static double scale_of(const lstm_backtest *b, int64_t pair)
{
    double scale = lts_point_metric(&b->seasons[pair], LSTM_METRIC_MAE, 1);
    return scale > 0 ? scale : (double)NAN;
}

/* MSE and MAE are means over all values; MASE is the mean over series and columns. */
static void set_weights(terms *t)
{
    const lstm_backtest *b = t->b;
    int64_t n_value = 0, n_pair = 0;
    for (int64_t pair = 0; pair < b->n_series * b->K; pair++) {
        int64_t n = counted_in(b, pair / b->K, pair % b->K);
        n_value += n;
        n_pair += n > 0 && !isnan(scale_of(b, pair));
    }
    for (int64_t pair = 0; pair < b->n_series * b->K; pair++) {
        int64_t n = counted_in(b, pair / b->K, pair % b->K);
        double weight = 1 / (double)n_value;
        if (t->kind == LSTM_METRIC_MASE)
            weight = 1 / (scale_of(b, pair) * (double)n * (double)n_pair);
        t->weights[pair] = n == 0 || isnan(weight) ? 0 : weight;
    }
}

/* The term of an origin of a series. */
static double term_of(const terms *t, int64_t method, int64_t series, int64_t origin)
{
    const lstm_backtest *b = t->b;
    const lts_origin_sums *sums = &b->origins[(method * b->n_origins + origin) * b->K];
    double term = 0;
    for (int64_t k = 0; k < b->K; k++) {
        double error = t->kind == LSTM_METRIC_MSE ? sums[k].squared : sums[k].absolute;
        term += error * t->weights[series * b->K + k];
    }
    return term;
}

static void sum_errors(terms *t)
{
    const lstm_backtest *b = t->b;
    bool any = false;
    set_weights(t);
    for (int64_t pair = 0; pair < b->n_series * b->K; pair++)
        any = any || t->weights[pair] > 0;
    for (int64_t m = 0; m < b->n_method; m++) {
        int64_t origin = 0;
        t->errors[m] = any ? 0 : (double)NAN;
        for (int64_t s = 0; s < b->n_series; s++)
            for (int64_t i = 0; i < b->n_origin[s]; i++)
                t->errors[m] += term_of(t, m, s, origin++);
    }
}

/* The sum over pairs of the n origins of a series; u are their distances from the mean. */
static double variance_of_series(const double *u, int64_t n, int64_t overlap)
{
    int64_t M = n / 4 < 2 * overlap ? n / 4 : 2 * overlap;
    double sum = 0;
    for (int64_t apart = 0; apart <= M && apart < n; apart++) {
        double products = 0;
        for (int64_t i = apart; i < n; i++)
            products += u[i] * u[i - apart];
        sum += (apart == 0 ? 1 : 2) * (1 - (double)apart / (double)(M + 1)) * products;
    }
    return sum;
}

/* The standard error of the difference of two methods; NaN if there are too few origins. */
static double standard_error(const terms *t, int64_t method, int64_t other)
{
    const lstm_backtest *b = t->b;
    int64_t overlap = (b->H - 1) / b->stride + 1, origin = 0, n_apart = 0;
    double variance = 0, mean = (t->errors[other] - t->errors[method]) / (double)b->n_origins;
    for (int64_t s = 0; s < b->n_series; s++) {
        int64_t n = b->n_origin[s];
        for (int64_t i = origin; i < origin + n; i++)
            t->distance[i] = term_of(t, other, s, i) - term_of(t, method, s, i) - mean;
        variance += variance_of_series(t->distance + origin, n, overlap);
        n_apart += n == 0 ? 0 : (n - 1) / overlap + 1;
        origin += n;
    }
    return n_apart < LEAST_FORECASTS || !(variance > 0) ? (double)NAN : sqrt(variance);
}

static lstm_status new_terms(const lstm_backtest *b, int64_t kind, terms *t)
{
    *t = (terms){.b = b, .kind = kind};
    t->weights = lts_alloc(b->n_series * b->K, sizeof *t->weights);
    t->errors = lts_alloc(b->n_method, sizeof *t->errors);
    t->distance = lts_alloc(b->n_origins, sizeof *t->distance);
    if (t->weights == NULL || t->errors == NULL || t->distance == NULL)
        return LSTM_E_NOMEM;
    sum_errors(t);
    return LSTM_OK;
}

static void free_terms(terms *t)
{
    lts_free(t->weights);
    lts_free(t->errors);
    lts_free(t->distance);
}

static lstm_status check_comparison(const lstm_backtest *b, int64_t kind)
{
    if (b == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "backtest is NULL");
    if (kind != LSTM_METRIC_MSE && kind != LSTM_METRIC_MAE && kind != LSTM_METRIC_MASE)
        return lts_fail(LSTM_E_ARGUMENT, "kind is %lld, expected LSTM_METRIC_MSE, _MAE or _MASE",
                        (long long)kind);
    return LSTM_OK;
}

static lstm_status check_method(const lstm_backtest *b, const char *name, int64_t method,
                                int64_t lowest)
{
    if (method >= lowest && method < b->n_method)
        return LSTM_OK;
    return lts_fail(LSTM_E_ARGUMENT, "%s is %lld, expected 0 .. %lld%s", name, (long long)method,
                    (long long)b->n_method - 1, lowest < 0 ? " or LSTM_ALL (-1)" : "");
}

/* 1 - error / other's error */
static double gain_of(const terms *t, int64_t method, int64_t other)
{
    return t->errors[other] > 0 ? 1 - t->errors[method] / t->errors[other] : (double)NAN;
}

static double ratio_of(const terms *t, int64_t method, int64_t other)
{
    return (t->errors[other] - t->errors[method]) / standard_error(t, method, other);
}

lstm_status lstm_backtest_compare(const lstm_backtest *backtest, int64_t kind, int64_t method,
                                  int64_t other, double *gain, double *ratio)
{
    LTS_FLOAT_SCOPE();
    terms t;
    LTS_TRY(check_comparison(backtest, kind));
    LTS_TRY(check_method(backtest, "method", method, 0));
    LTS_TRY(check_method(backtest, "other", other, 0));
    LTS_NOT_NULL(gain);
    lstm_status status = new_terms(backtest, kind, &t);
    if (status >= 0) {
        *gain = gain_of(&t, method, other);
        if (ratio != NULL)
            *ratio = ratio_of(&t, method, other);
    }
    free_terms(&t);
    return status;
}

/* The method with the least error. */
static int64_t best_of(const terms *t)
{
    int64_t best = 0;
    for (int64_t m = 1; m < t->b->n_method; m++)
        if (t->errors[m] < t->errors[best])
            best = m;
    return best;
}

static void add_comparison(const terms *t, int64_t method, int64_t other, const char *metric,
                           lts_text *text)
{
    const char *name = t->b->names[method], *others = t->b->names[other];
    double gain = gain_of(t, method, other), ratio = fabs(ratio_of(t, method, other));
    double percent = 100 * fabs(gain);
    if (t->errors[method] == t->errors[other]) {
        lts_text_add(text, "%s is as good as %s.\n", name, others);
        return;
    }
    if (isnan(gain)) {
        lts_text_add(text, "%s is worse than %s, which has no error.\n", name, others);
        return;
    }
    lts_text_add(text, "%s is %.*f %% %s than %s (%s %.4g against %.4g)", name,
                 percent < 10 ? 1 : 0, percent, gain > 0 ? "better" : "worse", others, metric,
                 t->errors[method], t->errors[other]);
    if (isnan(ratio))
        lts_text_add(text, "; there are too few origins for a standard error.\n");
    else
        lts_text_add(text, ", a difference of %.1f standard errors%s.\n", ratio,
                     ratio < 2 ? ": this may be chance" : "");
}

lstm_status lstm_backtest_words(const lstm_backtest *b, int64_t kind, int64_t method, char *text,
                                int64_t size, int64_t *length)
{
    LTS_FLOAT_SCOPE();
    LTS_C_LOCALE_SCOPE();
    lts_text words = {.text = text, .size = size};
    terms t;
    LTS_TRY(check_comparison(b, kind));
    LTS_TRY(check_method(b, "method", method, LSTM_ALL));
    LTS_TRY(lts_text_check(text, size));
    lstm_status status = new_terms(b, kind, &t);
    if (status >= 0) {
        const char *metric = lts_metric_name(kind), *plural = b->n_origins == 1 ? "" : "s";
        bool is_best = method == LSTM_ALL && b->n_method > 1;
        method = method == LSTM_ALL ? best_of(&t) : method;
        if (isnan(t.errors[method]))
            lts_text_add(&words, "No forecast could be compared with what was observed.\n");
        else if (is_best)
            lts_text_add(&words, "%s has the least %s, %.4g, over %lld origin%s.\n",
                         b->names[method], metric, t.errors[method], (long long)b->n_origins,
                         plural);
        else
            lts_text_add(&words, "The %s of %s is %.4g over %lld origin%s.\n", metric,
                         b->names[method], t.errors[method], (long long)b->n_origins, plural);
        for (int64_t m = 0; m < b->n_method && !isnan(t.errors[method]); m++)
            if (m != method)
                add_comparison(&t, method, m, metric, &words);
        if (length != NULL)
            *length = words.length;
    }
    free_terms(&t);
    return status;
}
