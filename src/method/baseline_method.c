/* SPDX-License-Identifier: MIT */
#include <lstmts/baseline.h>

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "method/baselines.h"
#include "method/history.h"
#include "method/naive2.h"
#include "method/theta.h"

#include <stdio.h>

enum { N_KIND = LSTM_BASELINE_NAIVE2 + 1 };

static const struct {
    const char *name; /* with the season or the window, if it has one */
    bool season, window;
} kinds[N_KIND] = {
    [LSTM_BASELINE_NAIVE] = {"naive", false, false},
    [LSTM_BASELINE_SEASONAL_NAIVE] = {"seasonal naive %lld", true, false},
    [LSTM_BASELINE_DRIFT] = {"drift", false, false},
    [LSTM_BASELINE_SEASONAL_DRIFT] = {"seasonal drift %lld", true, false},
    [LSTM_BASELINE_MOVING_AVERAGE] = {"moving average %lld", false, true},
    [LSTM_BASELINE_THETA] = {"Theta", false, false},
    [LSTM_BASELINE_NAIVE2] = {"Naive2", false, false},
};

/* y [H] of one column from x [n]. */
static lstm_status forecast(const lstm_baseline_options *options, int64_t n, const double *x,
                            int64_t H, double *y)
{
    int64_t m = options->season_len;
    switch (options->kind) {
    case LSTM_BASELINE_NAIVE:
        lts_naive(n, x, H, y);
        break;
    case LSTM_BASELINE_SEASONAL_NAIVE:
        lts_seasonal_naive(n, x, m, H, y);
        break;
    case LSTM_BASELINE_DRIFT:
        lts_drift(n, x, H, y);
        break;
    case LSTM_BASELINE_SEASONAL_DRIFT:
        lts_seasonal_naive_drift(n, x, m, H, y);
        break;
    case LSTM_BASELINE_MOVING_AVERAGE:
        lts_moving_average(n, x, options->window, H, y);
        break;
    case LSTM_BASELINE_THETA:
        return lts_theta(n, x, m, H, y);
    default:
        return lts_naive2(n, x, m, H, y);
    }
    return LSTM_OK;
}

/* work: the n rows of a column, then its forecast, then the forecast [H, K]. */
static lstm_status forecast_columns(const lstm_baseline_options *options,
                                    const lstm_dataset *dataset, int64_t series, int64_t first,
                                    int64_t n, int64_t H, double *work)
{
    int64_t K = lstm_dataset_targets(dataset);
    double *column = work + n, *all = column + H;
    for (int64_t c = lts_next_target(dataset, 0), k = 0; k < K;
         c = lts_next_target(dataset, c + 1), k++) {
        lts_history_read(dataset, series, c, first, n, work);
        LTS_TRY(forecast(options, n, work, H, column));
        for (int64_t h = 0; h < H; h++)
            all[h * K + k] = column[h];
    }
    return LSTM_OK;
}

static lstm_status predict(void *user, const lstm_dataset *dataset, int64_t series, int64_t origin,
                           int64_t H, lstm_real *y)
{
    LTS_FLOAT_SCOPE();
    const lstm_baseline_options *options = user;
    int64_t K = lstm_dataset_targets(dataset), n = origin, size;
    if (options->context_len > 0 && options->context_len < n)
        n = options->context_len;
    if (!lts_multiply(H, K + 1, &size) || size > PTRDIFF_MAX / (int64_t)sizeof(double) - n)
        return lts_fail(LSTM_E_LIMIT, "a forecast of %lld rows is too large", (long long)H);
    double *work = lts_alloc(n + size, sizeof *work);
    if (work == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = forecast_columns(options, dataset, series, origin - n, n, H, work);
    for (int64_t i = 0; i < H * K && status >= 0; i++)
        y[i] = (real)work[n + H + i];
    lts_free(work);
    return status;
}

static lstm_status check_baseline_options(const lstm_baseline_options *options)
{
    LTS_TRY(lts_check_one_of("kind", options->kind, N_KIND, "one of lstm_baseline"));
    LTS_TRY(lts_check_at_least("season_len", options->season_len, kinds[options->kind].season));
    LTS_TRY(lts_check_at_least("window", options->window, kinds[options->kind].window));
    return lts_check_at_least("context_len", options->context_len, 0);
}

/* `name` is a literal of the table above, whose one conversion is %lld. */
static void write_name(const lstm_baseline_options *options, char *text, size_t size)
{
    const char *name = kinds[options->kind].name, *number = strchr(name, '%');
    int64_t n = kinds[options->kind].window ? options->window : options->season_len;
    if (number == NULL)
        snprintf(text, size, "%s", name);
    else
        snprintf(text, size, "%.*s%lld", (int)(number - name), name, (long long)n);
}

lstm_status lstm_baseline_new(lstm_method **method, const lstm_baseline_options *options)
{
    lstm_baseline_options read;
    char name[64];
    LTS_NOT_NULL(method);
    LTS_READ_OPTIONS(&read, options, lstm_baseline_options);
    LTS_TRY(check_baseline_options(&read));
    lstm_baseline_options *user = lts_alloc(1, sizeof *user);
    if (user == NULL)
        return LSTM_E_NOMEM;
    *user = read;
    write_name(&read, name, sizeof name);
    lstm_method_options functions = LSTM_METHOD_OPTIONS_INIT;
    functions.name = name, functions.user = user;
    functions.predict = predict, functions.free = lts_free;
    lstm_status status = lstm_method_new(method, &functions);
    if (status < 0)
        lts_free(user);
    return status;
}
