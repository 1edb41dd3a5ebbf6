/* SPDX-License-Identifier: MIT */
/*
 * The objects of a golden case, made through the public headers: its series, a model with the
 * case's initial parameters, an iterator that replays its windows, and an updater with its options.
 * A failure fails the running test.
 */
#ifndef TESTS_GOLDEN_RUN_H
#define TESTS_GOLDEN_RUN_H

#include "golden_case.h"
#include <lstmts/lstmts.h>

/** All cases. */
#define GOLDEN_CASES(X)                                                                            \
    X(c01_seed_h100)                                                                               \
    GOLDEN_SHORT_CASES(X)

/** All but the one of 200 updates of 100 units, which takes minutes in an emulator. */
#define GOLDEN_SHORT_CASES(X)                                                                      \
    X(c02_clean_n3h7)                                                                              \
    X(c03_seed_n3h7)                                                                               \
    X(c04_support0_pred2)                                                                          \
    X(c04s_support0_pred2)                                                                         \
    X(c05_teacher_pred3)                                                                           \
    X(c05s_teacher_pred3)                                                                          \
    X(c06_clip_then_decay)                                                                         \
    X(c06r_decay_then_clip)                                                                        \
    X(c06s_sgd_clip_decay)                                                                         \
    X(c06t_sgd_clip_sometimes)                                                                     \
    X(c07a_sgd)                                                                                    \
    X(c07b_momentumsgd)                                                                            \
    X(c07c_rmsprop)                                                                                \
    X(c07d_adagrad)                                                                                \
    X(c07e_adamw)                                                                                  \
    X(c07f_amsgrad)                                                                                \
    X(c07g_adam_bigeps)                                                                            \
    X(c07h_rmsprop_epsin)                                                                          \
    X(c07i_adamw_eta)                                                                              \
    X(c08_two_layers)

/** Results of a test over many runs; the test defines it. */
typedef struct golden_tally golden_tally;

struct golden_run;
struct golden_numbers;
/** Compares numbers of a case with the library's; the test defines it: golden_check.h. */
typedef void golden_compare(const struct golden_run *run, const struct golden_numbers *numbers);

typedef struct golden_run {
    golden_case *golden;
    int64_t T, B, H, K, L, s, n_update;
    bool article;            /**< the case is of the article's literal update */
    golden_tally *tally;     /**< the test's own; NULL at first */
    golden_compare *compare; /**< likewise                      */
    int64_t n_threads;       /**< of the updater; 0 = 1, unless set before golden_run_open() */
    const char *device;      /**< likewise; NULL = "cpu" */
    int64_t precision;       /**< likewise; LSTM_PRECISION_* */
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
} golden_run;

/** Create the objects of case `name`, which must outlive them; free with golden_run_close(). */
void golden_run_open(golden_run *run, const char *name);
void golden_run_close(golden_run *run);

/** A series of the rows of the tensor `name`. */
lstm_series *golden_run_series(const golden_run *run, const char *name);

/** The golden files' name of a parameter. */
const char *golden_parameter(const char *parameter);

/** [n]; free it with free(). */
lstm_real *golden_new_array(int64_t n);

#endif
