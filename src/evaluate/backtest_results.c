/* SPDX-License-Identifier: MIT */
#include "evaluate/backtest.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/locale.h"
#include "base/memory.h"
#include "base/status.h"
#include "evaluate/backtest_quantiles.h"
#include "evaluate/selection.h"
#include "evaluate/text.h"

static const char *const metric_names[] = {"RMSE",  "MSE",  "MAE",   "MAPE",
                                           "sMAPE", "MASE", "RMSSE", "R2"};
enum { N_METRIC = sizeof metric_names / sizeof *metric_names };

const char *lts_metric_name(int64_t kind)
{
    return metric_names[kind];
}

lstm_status lts_backtest_new(lstm_backtest **backtest, int64_t n_method, int64_t n_series,
                             int64_t H, int64_t K)
{
    int64_t size = 0;
    if (!lts_multiply(n_series, K, &size) || !lts_multiply(size, n_method, &size) ||
        !lts_multiply(size, H, &size) || size > PTRDIFF_MAX / (int64_t)sizeof(lts_point_sums))
        return lts_fail(
            LSTM_E_LIMIT,
            "a backtest of %lld methods, %lld series, %lld steps and %lld columns is too "
            "large",
            (long long)n_method, (long long)n_series, (long long)H, (long long)K);
    lstm_backtest *b = lts_alloc(1, sizeof *b);
    if (b == NULL)
        return LSTM_E_NOMEM;
    b->n_method = n_method;
    b->n_series = n_series;
    b->H = H;
    b->K = K;
    b->names = lts_alloc(n_method, sizeof *b->names);
    b->n_origin = lts_alloc(n_series, sizeof *b->n_origin);
    b->sums = lts_alloc(size, sizeof *b->sums);
    b->seasons = lts_alloc(n_series * K, sizeof *b->seasons);
    if (b->names == NULL || b->n_origin == NULL || b->sums == NULL || b->seasons == NULL) {
        lstm_backtest_free(b);
        return LSTM_E_NOMEM;
    }
    *backtest = b;
    return LSTM_OK;
}

void lstm_backtest_free(lstm_backtest *b)
{
    if (b == NULL)
        return;
    for (int64_t m = 0; m < b->n_method && b->names != NULL; m++)
        lts_free(b->names[m]);
    lts_free(b->names);
    lts_free(b->n_origin);
    lts_free(b->sums);
    lts_free(b->origins);
    lts_free(b->seasons);
    lts_free(b->levels);
    lts_free(b->quantiles);
    lts_free(b);
}

int64_t lstm_backtest_origins(const lstm_backtest *b, int64_t series)
{
    int64_t sum = 0;
    if (b == NULL || series < LSTM_ALL || series >= b->n_series)
        return 0;
    for (int64_t s = 0; s < b->n_series; s++)
        if (series == LSTM_ALL || s == series)
            sum += b->n_origin[s];
    return sum;
}

/* A metric of a method, and over what. */
typedef struct selection {
    int64_t kind, method;
    lts_range series, steps, columns;
} selection;

static void merge_steps(const lstm_backtest *b, const selection *q, int64_t series, int64_t column,
                        lts_point_sums *into)
{
    const lts_point_sums *sums = lts_backtest_sums(b, q->method, series);
    for (int64_t h = q->steps.first; h < q->steps.end; h++)
        lts_point_sums_merge(into, &sums[h * b->K + column]);
}

/* The metric of all values together. */
static double pooled(const lstm_backtest *b, const selection *q, int64_t *counted)
{
    lts_point_sums sums = {0};
    for (int64_t s = q->series.first; s < q->series.end; s++)
        for (int64_t k = q->columns.first; k < q->columns.end; k++)
            merge_steps(b, q, s, k, &sums);
    *counted = sums.n;
    return lts_point_metric(&sums, q->kind, 1);
}

/* The mean over series and columns of a metric with a scale. */
static double mean_scaled(const lstm_backtest *b, const selection *q, int64_t *counted)
{
    double sum = 0;
    int64_t n = 0;
    *counted = 0;
    for (int64_t s = q->series.first; s < q->series.end; s++)
        for (int64_t k = q->columns.first; k < q->columns.end; k++) {
            const lts_point_sums *season = &b->seasons[s * b->K + k];
            int64_t kind = q->kind == LSTM_METRIC_MASE ? LSTM_METRIC_MAE : LSTM_METRIC_MSE;
            double scale = lts_point_metric(season, kind, 1);
            lts_point_sums sums = {0};
            merge_steps(b, q, s, k, &sums);
            if (sums.n == 0 || !(scale > 0))
                continue;
            sum += lts_point_metric(&sums, q->kind, scale);
            *counted += sums.n;
            n++;
        }
    return n == 0 ? (double)NAN : sum / (double)n;
}

static double metric_of(const lstm_backtest *b, const selection *q, int64_t *counted)
{
    bool scaled = q->kind == LSTM_METRIC_MASE || q->kind == LSTM_METRIC_RMSSE;
    return scaled ? mean_scaled(b, q, counted) : pooled(b, q, counted);
}

static lstm_status check_kind(int64_t kind)
{
    return lts_check_one_of("kind", kind, N_METRIC, "one of lstm_metric_kind");
}

lstm_status lstm_backtest_value(const lstm_backtest *b, int64_t kind, int64_t method,
                                int64_t series, int64_t step, int64_t column, double *value,
                                int64_t *counted)
{
    LTS_FLOAT_SCOPE();
    selection q = {.kind = kind, .method = method};
    int64_t n;
    if (b == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "backtest is NULL");
    LTS_NOT_NULL(value);
    LTS_TRY(check_kind(kind));
    LTS_TRY(lts_check_item("method", method, b->n_method));
    LTS_TRY(lts_read_range("series", series, b->n_series, &q.series));
    LTS_TRY(lts_read_range("step", step, b->H, &q.steps));
    LTS_TRY(lts_read_range("column", column, b->K, &q.columns));
    *value = metric_of(b, &q, &n);
    if (counted != NULL)
        *counted = n;
    return LSTM_OK;
}

static int name_width(const lstm_backtest *b)
{
    size_t width = strlen("method");
    for (int64_t m = 0; m < b->n_method; m++)
        if (strlen(b->names[m]) > width)
            width = strlen(b->names[m]);
    return width < 64 ? (int)width : 64;
}

lstm_status lstm_backtest_table(const lstm_backtest *b, const int64_t *kinds, int64_t n_kind,
                                char *text, int64_t size, int64_t *length)
{
    LTS_FLOAT_SCOPE();
    LTS_C_LOCALE_SCOPE();
    lts_text t = {.text = text, .size = size};
    if (b == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "backtest is NULL");
    LTS_NOT_NULL(kinds);
    if (n_kind < 1 || n_kind > N_METRIC)
        return lts_fail(LSTM_E_ARGUMENT, "n_kind is %lld, expected 1 .. %d", (long long)n_kind,
                        (int)N_METRIC);
    LTS_TRY(lts_text_check(text, size));
    for (int64_t i = 0; i < n_kind; i++)
        LTS_TRY(check_kind(kinds[i]));
    int width = name_width(b);
    lts_text_add(&t, "%-*s", width, "method");
    for (int64_t i = 0; i < n_kind; i++)
        lts_text_add(&t, " %11s", metric_names[kinds[i]]);
    if (b->n_level > 0)
        lts_text_add(&t, " %11s", "CRPS");
    for (int64_t m = 0; m < b->n_method; m++) {
        lts_text_add(&t, "\n%-*s", width, b->names[m]);
        for (int64_t i = 0; i < n_kind; i++) {
            int64_t counted;
            const selection q = {kinds[i], m, {0, b->n_series}, {0, b->H}, {0, b->K}};
            lts_text_add(&t, " %11.5g", metric_of(b, &q, &counted));
        }
        if (b->n_level > 0)
            lts_text_add(&t, " %11.5g", lts_backtest_crps(b, m));
    }
    lts_text_add(&t, "\n");
    if (length != NULL)
        *length = t.length;
    return LSTM_OK;
}
