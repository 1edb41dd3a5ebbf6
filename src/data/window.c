/* SPDX-License-Identifier: MIT */
#include "data/window.h"

#include "base/check.h"
#include "base/status.h"

lstm_status lts_window_check(lts_window *window, int64_t n_row, int64_t *n_window)
{
    if (window->pred == 0)
        window->pred = 1;
    LTS_TRY(lts_check_at_least("window_len", window->T, 1));
    LTS_TRY(lts_check_at_least("pred", window->pred, 1));
    LTS_TRY(lts_check_one_of("window_rule", window->rule, LSTM_WINDOWS_ARTICLE + 1,
                             "LSTM_WINDOWS_ALL or LSTM_WINDOWS_ARTICLE"));
    int64_t lost = window->rule == LSTM_WINDOWS_ARTICLE ? 2 : 0;
    int64_t rows_left = n_row - lost + 1;
    if (window->T >= rows_left || window->pred >= rows_left - window->T)
        return lts_fail(
            LSTM_E_SHAPE,
            "window_len %lld and pred %lld need %s%lld + %lld rows, the series has %lld",
            (long long)window->T, (long long)window->pred, lost == 2 ? "2 + " : "",
            (long long)window->T, (long long)window->pred, (long long)n_row);
    *n_window = rows_left - window->T - window->pred;
    return LSTM_OK;
}

lstm_status lts_context_read(int64_t context_len, int64_t horizon, lts_window *window,
                             int64_t *support_len)
{
    if (context_len == 0 && horizon == 0)
        return LSTM_OK;
    if (context_len < 1 || horizon < 1)
        return lts_fail(LSTM_E_ARGUMENT,
                        "context_len is %lld, horizon is %lld: expected both at least 1, or both 0",
                        (long long)context_len, (long long)horizon);
    if (window->T != 0)
        return lts_fail(LSTM_E_ARGUMENT,
                        "window_len is %lld, expected 0 with context_len and horizon",
                        (long long)window->T);
    if (horizon > INT64_MAX - context_len)
        return lts_fail(LSTM_E_LIMIT, "context_len %lld and horizon %lld are too large",
                        (long long)context_len, (long long)horizon);
    window->T = context_len + horizon - 1;
    if (*support_len == 0)
        *support_len = context_len - 1;
    return LSTM_OK;
}

lstm_status lts_support_check(int64_t support_len, int64_t T)
{
    if (support_len > T && support_len != LSTM_TEACHER_FORCED)
        return lts_fail(LSTM_E_ARGUMENT,
                        "support_len is %lld, expected 0 .. %lld, the window's steps, or "
                        "LSTM_TEACHER_FORCED",
                        (long long)support_len, (long long)T);
    return LSTM_OK;
}

lstm_status lts_loop_check(int64_t support_len, int64_t *feedback_lag, int64_t pred)
{
    LTS_TRY(lts_check_at_least("support_len", support_len, 0));
    LTS_TRY(lts_check_at_least("feedback_lag", *feedback_lag, 0));
    if (*feedback_lag == 0)
        *feedback_lag = pred;
    return LSTM_OK;
}
