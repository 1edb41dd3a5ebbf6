/* SPDX-License-Identifier: MIT */
/* test_out_of_memory.c: the functions that set options. They allocate nothing. */
#ifndef TESTS_INIT_CASES_H
#define TESTS_INIT_CASES_H

static void *start_of(world *w)
{
    return w->out.values;
}

#define INIT(X, name) X(DOES, name##_init, lstm_##name##_init, PLAIN, 0, (start_of(w), 8))
#define INIT_CASES(X)                                                                              \
    INIT(X, backtest_options)                                                                      \
    INIT(X, baseline_options)                                                                      \
    INIT(X, continue_options)                                                                      \
    INIT(X, curriculum_options)                                                                    \
    INIT(X, dataset_options)                                                                       \
    INIT(X, ensemble_options)                                                                      \
    INIT(X, forecast_options)                                                                      \
    INIT(X, forecaster_options)                                                                    \
    INIT(X, interval_options)                                                                      \
    INIT(X, iter_options)                                                                          \
    INIT(X, load_options)                                                                          \
    INIT(X, loss_options)                                                                          \
    INIT(X, method_options)                                                                        \
    INIT(X, model_options)                                                                         \
    INIT(X, optimizer_options)                                                                     \
    INIT(X, pred_options)                                                                          \
    INIT(X, ridge_options)                                                                         \
    INIT(X, sampling_options)                                                                      \
    INIT(X, schedule_options)                                                                      \
    INIT(X, state_options)                                                                         \
    INIT(X, stream_options)                                                                        \
    INIT(X, trainer_options)                                                                       \
    INIT(X, updater_options)                                                                       \
    INIT(X, valid_options)                                                                         \
    INIT(X, view_options)

#endif
