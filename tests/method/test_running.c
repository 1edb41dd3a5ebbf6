/* SPDX-License-Identifier: MIT */
/* Baselines whose values come one by one have the bits of those that read a whole column. */
#include "assert_status.h"

#include "method/baselines.h"
#include "method/running.h"
#include <lstmts/baseline.h>

enum { N = 60, H = 9 };

static void whole(int64_t kind, int64_t n, const double *x, int64_t m, double *y)
{
    switch (kind) {
    case LSTM_BASELINE_NAIVE:
        lts_naive(n, x, H, y);
        break;
    case LSTM_BASELINE_SEASONAL_NAIVE:
        lts_seasonal_naive(n, x, m, H, y);
        break;
    case LSTM_BASELINE_DRIFT:
        lts_drift(n, x, H, y);
        break;
    default:
        lts_seasonal_naive_drift(n, x, m, H, y);
    }
}

/* Every `gap`-th value is missing, and the first four; 0 = none, 1 = all. */
static void compare(int64_t m, int64_t gap)
{
    double x[N], y[H], expected[H];
    lts_running running, other;
    assert_ok(lts_running_init(&running, m));
    assert_ok(lts_running_init(&other, m));
    for (int64_t n = 1; n <= N; n++) {
        bool missing = gap > 0 && (n % gap == 0 || n < 5);
        x[n - 1] = missing ? (double)NAN : 3 * sin((double)n) + 0.1 * (double)n;
        lts_running_take(&running, x[n - 1]);
        lts_running_copy(&other, &running);
        for (int64_t kind = 0; kind <= LSTM_BASELINE_SEASONAL_DRIFT; kind++) {
            whole(kind, n, x, m, expected);
            lts_running_forecast(&other, kind, H, y);
            for (int h = 0; h < H; h++)
                if (y[h] != expected[h] && !(isnan(y[h]) && isnan(expected[h])))
                    fail_msg("kind %d, m %d, row %d, step %d: %.17g, not %.17g", (int)kind, (int)m,
                             (int)n, h, y[h], expected[h]);
        }
    }
    lts_running_clear(&running);
    lts_running_clear(&other);
}

static void it_has_the_bits_of_the_whole_column(void **state)
{
    (void)state;
    static const int64_t seasons[] = {1, 2, 7, 59, 100};
    for (int i = 0; i < 5; i++)
        for (int64_t gap = 0; gap < 5; gap++)
            compare(seasons[i], gap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_has_the_bits_of_the_whole_column)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
