/* SPDX-License-Identifier: MIT */
#include "report/gather_parts.h"

#include <math.h>
#include <string.h>

enum { N_METRIC = 3 };
static const int64_t kinds[N_METRIC] = {LSTM_METRIC_MASE, LSTM_METRIC_MAE, LSTM_METRIC_RMSE};
static const char *const kind_names[N_METRIC] = {"MASE", "MAE", "RMSE"};

/* Columns have different units, so all of them together have only the metric without one. */
static lstm_status gather_table(report_gathered *gathered, const report_sources *sources)
{
    report_data *data = &gathered->data;
    const int64_t K = data->n_column, M = sources->n_method;
    const int64_t n = data->n_series * K, size = M * N_METRIC;
    double *scores = report_gathered_allocate(gathered, (n + 1) * size, sizeof *scores);
    if (scores == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = LSTM_OK;
    for (int64_t i = 0; i <= n && status == LSTM_OK; i++)
        for (int64_t j = 0; j < size && status == LSTM_OK; j++)
            status = lstm_backtest_value(sources->backtest, kinds[j % N_METRIC], j / N_METRIC,
                                         i == n ? LSTM_ALL : i / K, LSTM_ALL,
                                         i == n ? LSTM_ALL : i % K, &scores[i * size + j], NULL);
    for (int64_t j = 0; j < size; j++)
        if (j % N_METRIC != 0)
            scores[n * size + j] = NAN;
    data->scores = scores;
    data->totals = scores + n * size;
    data->n_metric = N_METRIC;
    data->metrics = kind_names;
    return status;
}

/* Place in `kinds` of the metric that compares methods: MASE, or MAE where MASE is undefined. */
static int compared_by(const report_sources *sources, int64_t column)
{
    double value = NAN;
    (void)lstm_backtest_value(sources->backtest, LSTM_METRIC_MASE, 0, LSTM_ALL, LSTM_ALL, column,
                              &value, NULL);
    return isnan(value) ? 1 : 0;
}

static lstm_status gather_steps(report_gathered *gathered, const report_sources *sources)
{
    report_data *data = &gathered->data;
    const int64_t K = data->n_column, M = sources->n_method;
    const int64_t H = data->horizon;
    double *errors = report_gathered_allocate(gathered, (K + 1) * M * H, sizeof *errors);
    const char **metrics = report_gathered_allocate(gathered, K + 1, sizeof *metrics);
    if (errors == NULL || metrics == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = LSTM_OK;
    for (int64_t k = 0; k <= K; k++) {
        const int64_t column = k == K ? LSTM_ALL : k;
        const int kind = compared_by(sources, column);
        metrics[k] = kind_names[kind];
        for (int64_t i = k * M * H; i < (k + 1) * M * H && status == LSTM_OK; i++)
            status = lstm_backtest_value(sources->backtest, kinds[kind], i / H % M, LSTM_ALL, i % H,
                                         column, &errors[i], NULL);
    }
    data->step_errors = errors;
    data->step_metrics = metrics;
    data->n_step = H;
    return status;
}

/* By column and step, and over all steps, in all series; also in each. */
static lstm_status gather_coverage(report_gathered *gathered, const report_sources *sources)
{
    const coverage *held = sources->held;
    if (held == NULL || held->L == 0)
        return LSTM_OK;
    report_data *data = &gathered->data;
    const int64_t K = data->n_column, H = data->horizon, highest = held->L - 1;
    const int64_t n = data->n_series * K;
    double *shares = report_gathered_allocate(gathered, (K + 1) * (H + 1), sizeof *shares);
    double *of_series = report_gathered_allocate(gathered, n, sizeof *of_series);
    if (shares == NULL || of_series == NULL)
        return LSTM_E_NOMEM;
    double *totals = shares + (K + 1) * H;
    for (int64_t k = 0; k <= K; k++) {
        const int64_t column = k == K ? LSTM_ALL : k;
        for (int64_t h = 0; h < H; h++)
            shares[k * H + h] = coverage_share(held, highest, LSTM_ALL, h, column, NULL);
        totals[k] = coverage_share(held, highest, LSTM_ALL, LSTM_ALL, column, NULL);
    }
    for (int64_t i = 0; i < n; i++)
        of_series[i] = coverage_share(held, highest, i / K, LSTM_ALL, i % K, NULL);
    data->coverage = shares;
    data->coverage_series = of_series;
    data->coverage_totals = totals;
    data->n_step = H;
    return LSTM_OK;
}

static lstm_status gather_words(report_gathered *gathered, const report_sources *sources)
{
    static const char undefined[] = "MASE is undefined, since the change over a season is 0.\n";
    const int kind = compared_by(sources, LSTM_ALL);
    const int64_t used = kind == 0 ? 0 : (int64_t)sizeof undefined - 1;
    int64_t length = 0;
    lstm_status status = lstm_backtest_words(sources->backtest, kinds[kind], 0, NULL, 0, &length);
    if (status != LSTM_OK)
        return status;
    char *words = report_gathered_allocate(gathered, used + length + 1, 1);
    if (words == NULL)
        return LSTM_E_NOMEM;
    memcpy(words, undefined, (size_t)used);
    gathered->data.verdict = words;
    status = lstm_backtest_words(sources->backtest, kinds[kind], 0, words + used, length + 1, NULL);
    for (int64_t i = used; i < used + length; i++) /* a line begins with a capital */
        if ((i == 0 || words[i - 1] == '\n') && words[i] >= 'a' && words[i] <= 'z')
            words[i] = (char)(words[i] - 'a' + 'A');
    return status;
}

lstm_status report_gather_scores(report_gathered *gathered, const report_sources *sources)
{
    if (sources->backtest == NULL)
        return LSTM_OK;
    report_data *data = &gathered->data;
    const char **names = report_gathered_allocate(gathered, sources->n_method, sizeof *names);
    if (names == NULL)
        return LSTM_E_NOMEM;
    for (int64_t m = 0; m < sources->n_method; m++)
        names[m] = lstm_method_name(sources->methods[m]);
    data->methods = names;
    data->n_method = sources->n_method;
    data->seasonal_naive = sources->seasonal_naive;
    lstm_status status = gather_table(gathered, sources);
    if (status == LSTM_OK)
        status = gather_steps(gathered, sources);
    if (status == LSTM_OK)
        status = gather_coverage(gathered, sources);
    return status == LSTM_OK ? gather_words(gathered, sources) : status;
}
