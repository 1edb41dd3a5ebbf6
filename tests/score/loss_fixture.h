/* SPDX-License-Identifier: MIT */
/* Losses of every kind, and numbers to try them on. */
#ifndef TESTS_LOSS_FIXTURE_H
#define TESTS_LOSS_FIXTURE_H

#include "assert_close.h"

#include "base/rng.h"
#include "score/loss.h"
#include "score/loss_options.h"

static const char *const loss_names[] = {
    [LSTM_LOSS_MSE] = "MSE",
    [LSTM_LOSS_MAE] = "MAE",
    [LSTM_LOSS_HUBER] = "Huber",
    [LSTM_LOSS_QUANTILE] = "quantile",
    [LSTM_LOSS_GAUSSIAN] = "Gaussian",
    [LSTM_LOSS_STUDENT_T] = "Student's t",
    [LSTM_LOSS_NEGATIVE_BINOMIAL] = "negative binomial",
};
enum { N_LOSS = sizeof loss_names / sizeof *loss_names };

static inline lstm_loss_options loss_options_of(int64_t kind)
{
    lstm_loss_options options = LSTM_LOSS_OPTIONS_INIT;
    options.kind = kind;
    return options;
}

static inline lts_loss loss_of(int64_t kind)
{
    lts_loss loss;
    lstm_loss_options options = loss_options_of(kind);
    assert_ok(lts_loss_read(&loss, &options));
    return loss;
}

/* Outputs around 0, and targets of both signs, or counts. */
static inline void draw_outputs(uint64_t seed, int64_t n, real *y)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = (real)(1.5 * lts_rng_normal(seed, 1, (uint64_t)i));
}

static inline void draw_targets(uint64_t seed, int64_t kind, int64_t n, real *target)
{
    for (int64_t i = 0; i < n; i++)
        target[i] = kind == LSTM_LOSS_NEGATIVE_BINOMIAL
                        ? (real)lts_rng_below(seed, 2, (uint64_t)i, 12)
                        : (real)(2 * lts_rng_normal(seed, 2, (uint64_t)i));
}

#endif
