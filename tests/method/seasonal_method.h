/* SPDX-License-Identifier: MIT */
/* What Theta and Naive2 share, through the library's lts_adjusted_forecast(). */
#ifndef TESTS_SEASONAL_METHOD_H
#define TESTS_SEASONAL_METHOD_H

#include "failing_allocator.h"
#include "season_tables.h"

typedef lstm_status (*seasonal_method)(int64_t n, const double *x, int64_t m, int64_t H, double *y);

static inline void assert_extreme_contexts(seasonal_method method)
{
    const double flat[] = {7, 7, 7, 7, 7, 7, 7}, missing[] = {(double)NAN, (double)NAN};
    double y[2];
    for (int64_t n = 1; n <= LENGTH(flat); n++) {
        assert_ok(method(n, flat, 2, 2, y));
        assert_true(y[0] == 7 && y[1] == 7);
    }
    assert_ok(method(LENGTH(missing), missing, 2, 2, y));
    assert_true(isnan(y[0]) && isnan(y[1]));
    assert_ok(method(0, flat, 2, 2, y));
    assert_true(isnan(y[0]) && isnan(y[1]));
}

enum { ATTEMPT_H = 14 };

typedef struct method_call {
    seasonal_method method;
    double y[ATTEMPT_H];
} method_call;

static inline lstm_status attempt_method(void *user)
{
    method_call *call = user;
    return call->method(LENGTH(ratios_x), ratios_x, 12, ATTEMPT_H, call->y);
}

/** It allocates once; if that fails, the forecast is not written. */
static inline void assert_not_written_without_memory(seasonal_method method)
{
    failing_allocator memory;
    method_call call = {method, {0.5}};
    failing_allocator_install(&memory);
    failing_allocator_fail(&memory, 1, 1);
    assert_status(attempt_method(&call), LSTM_E_NOMEM, NULL);
    assert_true(call.y[0] == 0.5);
    assert_int_equal(failing_allocator_sweep(&memory, attempt_method, &call), 1);
    failing_allocator_remove(&memory);
}

#endif
