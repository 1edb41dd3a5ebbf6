/* SPDX-License-Identifier: MIT */
/*
 * The library computes in the default floating-point environment; the host's callbacks run in its
 * own.
 */
#include "assert_status.h"
#include <lstmts/lstmts.h>

#include <fenv.h>

typedef struct environment {
    int mode;
    int64_t calls;
} environment;

static int see_environment(const lstm_progress *progress, void *user)
{
    environment *e = user;
    (void)progress;
    e->mode = fegetround();
    e->calls++;
    return 0;
}

static int see_environment_of_line(const char *line, void *user)
{
    (void)line;
    return see_environment(NULL, user);
}

static int see_environment_of_sampler(uint64_t iteration, int64_t n_window, int64_t *offsets,
                                      int64_t n, void *user)
{
    (void)iteration;
    for (int64_t i = 0; i < n; i++)
        offsets[i] = i % n_window;
    return see_environment(NULL, user);
}

static int see_environment_of_loss(const lstm_loss_batch *batch, void *user)
{
    batch->step_loss[0] = 1;
    return see_environment(NULL, user);
}

static void run_training(const lstm_iter_options *of_iter, const lstm_updater_options *of_updater,
                         const lstm_trainer_options *of_trainer)
{
    lstm_real rows[40];
    lstm_series *series = NULL;
    lstm_model *model = NULL;
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    lstm_trainer *trainer = NULL;
    lstm_model_options of_model = LSTM_MODEL_OPTIONS_INIT;
    for (int i = 0; i < 40; i++)
        rows[i] = (lstm_real)(i * i % 7);
    of_model.n_input = 1;
    of_model.n_hidden = 4;
    assert_ok(lstm_series_new(&series, rows, 40, 1));
    assert_ok(lstm_model_new(&model, &of_model));
    assert_ok(lstm_iter_new(&iter, series, of_iter));
    assert_ok(lstm_updater_new(&updater, model, iter, of_updater));
    assert_ok(lstm_trainer_new(&trainer, updater, of_trainer));
    assert_ok(lstm_trainer_run(trainer));
    lstm_trainer_free(trainer);
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
    lstm_series_free(series);
}

static void callbacks_are_called_in_the_hosts_environment(void **fixture)
{
    (void)fixture;
    environment sampler = {0, 0}, line = {0, 0}, progress = {0, 0}, loss = {0, 0};
    lstm_iter_options of_iter = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options of_updater = LSTM_UPDATER_OPTIONS_INIT;
    lstm_trainer_options of_trainer = LSTM_TRAINER_OPTIONS_INIT;
    of_iter.window_len = 5;
    of_iter.sampler = see_environment_of_sampler;
    of_iter.sampler_user = &sampler;
    of_updater.loss_fn = see_environment_of_loss;
    of_updater.loss_user = &loss;
    of_trainer.max_iteration = 2;
    of_trainer.on_log = see_environment_of_line;
    of_trainer.log_user = &line;
    of_trainer.on_progress = see_environment;
    of_trainer.progress_user = &progress;
    fesetround(FE_DOWNWARD);
    run_training(&of_iter, &of_updater, &of_trainer);
    fesetround(FE_TONEAREST);
    assert_true(sampler.calls > 0 && line.calls > 0 && progress.calls > 0 && loss.calls > 0);
    assert_int_equal(loss.mode, FE_DOWNWARD);
    assert_int_equal(sampler.mode, FE_DOWNWARD);
    assert_int_equal(line.mode, FE_DOWNWARD);
    assert_int_equal(progress.mode, FE_DOWNWARD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callbacks_are_called_in_the_hosts_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
