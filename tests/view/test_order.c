/* SPDX-License-Identifier: MIT */
/* Values of a rank, against sorting. */
#include "assert_status.h"
#include "view/order.h"

#include <stdlib.h>

enum { N = 700 };

static int compare(const void *a, const void *b)
{
    lstm_real x = *(const lstm_real *)a, y = *(const lstm_real *)b;
    return (x > y) - (x < y);
}

/* `column` [2, N] holds two columns of N values; the second is the one that is read. */
static void assert_ranks(const lstm_real *values, int64_t n)
{
    static lstm_real rows[2 * N], sorted[N];
    int64_t n_value = 0;
    for (int64_t i = 0; i < n; i++) {
        rows[2 * i] = -1e30f;
        rows[2 * i + 1] = values[i];
        if (!isnan(values[i]))
            sorted[n_value++] = values[i];
    }
    qsort(sorted, (size_t)n_value, sizeof *sorted, compare);
    int64_t a = n / 3, b = n / 2;
    const lts_stretch stretches[4] = {{rows + 1, 2, a, NULL, 0},
                                      {rows + 1 + 2 * b, 2, n - b, NULL, 0},
                                      {rows, 2, 0, NULL, 0},
                                      {rows + 1 + 2 * a, 2, b - a, NULL, 0}};
    for (int64_t rank = 0; rank < n_value; rank++) {
        lstm_real pair[2];
        lts_order_pair(stretches, 4, rank, pair);
        assert_true(pair[0] == sorted[rank]);
        assert_true(pair[1] == sorted[rank + 1 < n_value ? rank + 1 : rank]);
    }
}

static void values_of_every_size_and_sign_have_their_ranks(void **fixture)
{
    (void)fixture;
    lstm_real values[N];
    uint64_t x = 1;
    for (int64_t i = 0; i < N; i++) {
        x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
        double size = ldexp((double)(x >> 40) / 16777216.0, (int)(x >> 20 & 127) - 64);
        values[i] = (lstm_real)((x >> 33 & 1) != 0 ? -size : size);
        if (i % 11 == 5)
            values[i] = (lstm_real)NAN;
    }
    assert_ranks(values, N);
}

static void values_that_differ_only_in_the_last_bits_have_their_ranks(void **fixture)
{
    (void)fixture;
    lstm_real values[N];
    for (int64_t i = 0; i < N; i++) {
        values[i] = i % 2 == 0 ? 1000 : -1000;
        for (int64_t j = 0; j < i * 37 % 50; j++)
            values[i] = sizeof(lstm_real) == sizeof(float)
                            ? (lstm_real)nextafterf((float)values[i], 0)
                            : (lstm_real)nextafter((double)values[i], 0);
    }
    assert_ranks(values, N);
}

static void equal_values_share_their_ranks(void **fixture)
{
    (void)fixture;
    lstm_real values[N];
    for (int64_t i = 0; i < N; i++)
        values[i] = (lstm_real)(i * 7 % 5 - 2);
    assert_ranks(values, N);
    assert_ranks(values, 6);
    assert_ranks(values, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_size_and_sign_have_their_ranks),
        cmocka_unit_test(values_that_differ_only_in_the_last_bits_have_their_ranks),
        cmocka_unit_test(equal_values_share_their_ranks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
