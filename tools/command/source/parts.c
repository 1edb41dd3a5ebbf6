/* SPDX-License-Identifier: MIT */
#include "command/source/parts.h"
#include "command/console/message.h"
#include "command/options/settings.h"
#include <stdio.h>

/* As the library: fewer forecasts of a validation part choose by chance. */
enum { LEAST_WINDOWS = 5 };

/* The last rows of n. Half of them is the longest test part. */
static int64_t test_rows(int64_t n, int64_t horizon)
{
    int64_t test = n / 5, half = n / 2;
    return test >= horizon ? test : horizon < half ? horizon : half;
}

/* Those before the test part: 15 of the first 80 %. */
static int64_t valid_rows(int64_t n, int64_t horizon)
{
    return (n - test_rows(n, horizon)) * 3 / 16;
}

int parts_split_test(lstm_dataset *data, int64_t horizon)
{
    for (int64_t s = 0; s < lstm_dataset_series(data); s++) {
        int64_t n = lstm_dataset_rows(data, s);
        int64_t end = n - test_rows(n, horizon);
        if (lstm_dataset_split(data, s, end - valid_rows(n, horizon), end) < 0)
            return message_library("split");
    }
    return EXIT_OK;
}

int parts_split_all(lstm_dataset *data)
{
    if (lstm_dataset_split_fraction(data, LSTM_ALL_SERIES, 0.8, 0.2) < 0)
        return message_library("split");
    return EXIT_OK;
}

/* Forecasts that the validation parts hold, each from another row. */
static int64_t count_windows(const lstm_dataset *data, int64_t horizon)
{
    int64_t n = 0;
    for (int64_t s = 0; s < lstm_dataset_series(data); s++) {
        int64_t windows = valid_rows(lstm_dataset_rows(data, s), horizon) - horizon + 1;
        n += windows > 0 ? windows : 0;
    }
    return n;
}

static int64_t longest_series(const lstm_dataset *data)
{
    int64_t longest = 0;
    for (int64_t s = 0; s < lstm_dataset_series(data); s++) {
        int64_t n = lstm_dataset_rows(data, s);
        longest = n > longest ? n : longest;
    }
    return longest;
}

/* The longest horizon with enough forecasts, of which a longer one has no more; 0 = none. */
static int64_t longest_chosen(const lstm_dataset *data)
{
    int64_t low = 0, high = longest_series(data);
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        if (count_windows(data, middle) >= LEAST_WINDOWS)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* "100 rows are too few", or "20 series of up to 100 rows are too short". */
static void print_rows(char *out, size_t size, const lstm_dataset *data)
{
    long long n = lstm_dataset_series(data), rows = longest_series(data);
    if (n == 1)
        snprintf(out, size, "%lld row%s too few", rows, rows == 1 ? " is" : "s are");
    else
        snprintf(out, size, "%lld series of up to %lld row%s are too short", n, rows,
                 rows == 1 ? "" : "s");
}

bool parts_lack_choice(char *out, size_t size, const lstm_dataset *data, int64_t horizon)
{
    char rows[64];
    int64_t n = count_windows(data, horizon), longest = longest_chosen(data);
    if (n >= LEAST_WINDOWS)
        return false;
    print_rows(rows, sizeof rows, data);
    int used =
        snprintf(out, size,
                 "%s to choose by for a horizon of %lld: %lld forecast%s of that length fit%s "
                 "into the validation part, %d are needed",
                 rows, (long long)horizon, (long long)n, n == 1 ? "" : "s", n == 1 ? "s" : "",
                 LEAST_WINDOWS);
    if (used > 0 && (size_t)used < size && longest > 0)
        snprintf(out + used, size - (size_t)used, "; the longest horizon that has them is %lld",
                 (long long)longest);
    return true;
}

bool parts_lack_test(char *out, size_t size, const lstm_dataset *data, int64_t horizon)
{
    char rows[64];
    const int64_t n = longest_series(data);
    if (test_rows(n, horizon) >= horizon)
        return false;
    print_rows(rows, sizeof rows, data);
    snprintf(out, size,
             "%s to judge a horizon of %lld; the longest one that is judged is %lld, "
             "half of the rows",
             rows, (long long)horizon, (long long)(n / 2));
    return true;
}
