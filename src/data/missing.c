/* SPDX-License-Identifier: MIT */
#include "data/missing.h"

/* The next value from row `i` on, or n. */
static int64_t next_value(const real *values, int64_t stride, int64_t i, int64_t n)
{
    while (i < n && isnan(values[i * stride]))
        i++;
    return i;
}

/* Rows before .. after - 1 lie between two values, or at an end: before = -1, or after = n. */
static void fill_gap(bool is_linear, real *values, int64_t stride, int64_t before, int64_t after,
                     int64_t n)
{
    double left = (double)values[(before >= 0 ? before : after) * stride];
    double right = is_linear && after < n ? (double)values[after * stride] : left;
    for (int64_t i = before + 1; i < after; i++) {
        double part = before < 0 ? 0 : (double)(i - before) / (double)(after - before);
        values[i * stride] = (real)(left + part * (right - left));
    }
}

static void fill_gaps(bool is_linear, real *values, int64_t stride, int64_t n)
{
    int64_t before = -1;
    while (before < n) {
        int64_t after = next_value(values, stride, before + 1, n);
        fill_gap(is_linear, values, stride, before, after, n);
        before = after;
    }
}

/* In order, so that a gap of several seasons repeats the last one before it, or else the first one
 * after it. */
static void fill_seasons(int64_t season_len, real *values, int64_t stride, int64_t n)
{
    for (int64_t i = season_len; i < n; i++)
        if (isnan(values[i * stride]))
            values[i * stride] = values[(i - season_len) * stride];
    for (int64_t i = n - season_len - 1; i >= 0; i--)
        if (isnan(values[i * stride]))
            values[i * stride] = values[(i + season_len) * stride];
}

bool lts_missing_fill(int64_t policy, int64_t season_len, real *values, int64_t stride, int64_t n)
{
    if (next_value(values, stride, 0, n) == n)
        return false;
    if (policy == LSTM_MISSING_SEASONAL)
        fill_seasons(season_len, values, stride, n);
    fill_gaps(policy != LSTM_MISSING_FORWARD, values, stride, n);
    return true;
}
