/* SPDX-License-Identifier: MIT */
#include "evaluate/judge.h"

#include "base/memory.h"
#include "base/status.h"
#include "data/known.h"

#include <math.h>

/* The most values that are compared. */
enum { MOST_VALUES = 2000000 };

/* Origins of a series: from the end of its training part on, all targets in the validation part. */
static int64_t origins_of(const lts_dataset_series *m, int64_t H)
{
    int64_t n = lts_valid_end(m) - lts_train_end(m) - H + 1;
    return n > 0 && lts_train_end(m) > 0 ? n : 0;
}

/* Takes every stride-th of all origins, counted over all series. */
static void list_windows(lts_judge *judge, int64_t stride)
{
    int64_t skipped = 0;
    for (int64_t s = 0; s < judge->dataset->names.n; s++) {
        const lts_dataset_series *m = &judge->dataset->series[s];
        int64_t n = origins_of(m, judge->H), i = skipped;
        for (; i < n; i += stride) {
            judge->series[judge->n] = s;
            judge->origin[judge->n++] = lts_train_end(m) + i;
        }
        skipped = i - n;
    }
}

/* Mean absolute change over a season, as of the metric MASE. */
static double scale_of(const lstm_dataset *d, const lts_dataset_series *m, int64_t column,
                       int64_t season_len)
{
    double sum = 0;
    int64_t n = 0;
    for (int64_t row = season_len; row < lts_train_end(m); row++) {
        double change = lts_value_observed(d, m, column, row) -
                        lts_value_observed(d, m, column, row - season_len);
        if (!isnan(change)) {
            sum += fabs(change);
            n++;
        }
    }
    return n == 0 ? 0 : sum / (double)n;
}

/* A column without a change does not count; if none has any, errors are not scaled. */
static void find_scales(lts_judge *judge, int64_t season_len)
{
    const lstm_dataset *d = judge->dataset;
    int64_t n = d->names.n * judge->K;
    double *scale = judge->scales, sum = 0;
    for (int64_t s = 0; s < d->names.n; s++)
        for (int64_t c = 0; c < d->n_column; c++)
            if (lts_role_is_target(d->roles[c]))
                sum += *scale++ = scale_of(d, &d->series[s], c, season_len);
    for (int64_t i = 0; i < n && !(sum > 0); i++)
        judge->scales[i] = 1;
}

lstm_status lts_judge_init(lts_judge *judge, const lstm_dataset *dataset, int64_t H,
                           int64_t season_len)
{
    int64_t all = 0, K = lstm_dataset_targets(dataset);
    for (int64_t s = 0; s < dataset->names.n; s++)
        all += origins_of(&dataset->series[s], H);
    int64_t most = MOST_VALUES / K / H;
    most = most > LTS_JUDGE_WINDOWS ? LTS_JUDGE_WINDOWS : most < 1 ? 1 : most;
    int64_t stride = (all + most - 1) / most;
    *judge = (lts_judge){.dataset = dataset, .H = H, .K = K};
    judge->series = lts_alloc(most + 1, sizeof *judge->series);
    judge->origin = lts_alloc(most + 1, sizeof *judge->origin);
    judge->scales = lts_alloc(dataset->names.n * K, sizeof *judge->scales);
    if (judge->series == NULL || judge->origin == NULL || judge->scales == NULL) {
        lts_judge_clear(judge);
        return LSTM_E_NOMEM;
    }
    if (all > 0)
        list_windows(judge, stride);
    find_scales(judge, season_len);
    return LSTM_OK;
}

void lts_judge_clear(lts_judge *judge)
{
    lts_free(judge->series);
    lts_free(judge->origin);
    lts_free(judge->scales);
    memset(judge, 0, sizeof *judge);
}

real *lts_judge_forecasts(const lts_judge *judge)
{
    return lts_alloc(judge->n * judge->H * judge->K, sizeof(real));
}

double lts_judge_independent(const lts_judge *judge)
{
    double n = 0;
    for (int64_t s = 0; s < judge->dataset->names.n; s++) {
        const lts_dataset_series *m = &judge->dataset->series[s];
        if (origins_of(m, judge->H) > 0)
            n += (double)(lts_valid_end(m) - lts_train_end(m)) / (double)judge->H;
    }
    return n * (double)judge->K;
}

/* Sum of scaled errors of one window's column. */
static double column_error(const lts_judge *judge, int64_t window, int64_t column, int64_t k,
                           const real *y, int64_t *n)
{
    const lstm_dataset *d = judge->dataset;
    int64_t series = judge->series[window], K = judge->K;
    const lts_dataset_series *m = &d->series[series];
    double scale = judge->scales[series * K + k], sum = 0;
    for (int64_t h = 0; scale > 0 && h < judge->H; h++) {
        double value = lts_value_observed(d, m, column, judge->origin[window] + h);
        if (!isnan(value)) {
            sum += fabs((double)y[h * K + k] - value) / scale;
            ++*n;
        }
    }
    return sum;
}

double lts_judge_error(const lts_judge *judge, const real *y)
{
    const lstm_dataset *d = judge->dataset;
    double sum = 0;
    int64_t n = 0;
    for (int64_t p = 0; p < judge->n; p++)
        for (int64_t c = lts_next_target(d, 0), k = 0; k < judge->K;
             c = lts_next_target(d, c + 1), k++)
            sum += column_error(judge, p, c, k, y + p * judge->H * judge->K, &n);
    return n == 0 ? (double)NAN : sum / (double)n;
}
