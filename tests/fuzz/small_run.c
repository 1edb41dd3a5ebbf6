/* SPDX-License-Identifier: MIT */
#include "small_run.h"

static void make_series(small_run *run)
{
    static const lstm_real rows[SMALL_ROWS * SMALL_COLUMNS] = {0, (real)0.5,  1,  (real)0.5,
                                                               0, (real)-0.5, -1, (real)-0.5};
    FUZZ_OK(lstm_series_new(&run->series, rows, SMALL_ROWS, SMALL_COLUMNS));
}

static void make_trainer(small_run *run, small_run_kind kind)
{
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    valid.window_len = 3;
    options.max_iteration = 4;
    options.unchecked = 1;
    options.validate.every = kind == SMALL_LEAST ? 0 : 2;
    options.on_divergence =
        kind == SMALL_ROLLS_BACK ? LSTM_DIVERGENCE_ROLL_BACK : LSTM_DIVERGENCE_STOP;
    options.valid_series = run->series;
    options.valid = &valid;
    FUZZ_OK(lstm_trainer_new(&run->trainer, run->updater, &options));
}

void small_run_make(small_run *run, small_run_kind kind)
{
    lstm_model_options model = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options iter = LSTM_ITER_OPTIONS_INIT;
    lstm_optimizer_options optimizer = LSTM_OPTIMIZER_OPTIONS_INIT;
    lstm_schedule_options schedule = LSTM_SCHEDULE_OPTIONS_INIT;
    lstm_updater_options updater = LSTM_UPDATER_OPTIONS_INIT;
    const lstm_hook clip = {LSTM_HOOK_CLIP, 1};
    make_series(run);
    model.n_input = SMALL_COLUMNS;
    model.n_hidden = SMALL_HIDDEN;
    FUZZ_OK(lstm_model_new(&run->model, &model));
    iter.window_len = 3;
    iter.batch_size = 2;
    iter.order = LSTM_ORDER_SHUFFLE;
    FUZZ_OK(lstm_iter_new(&run->iter, run->series, &iter));
    schedule.kind = LSTM_SCHEDULE_COSINE;
    schedule.period = 4;
    optimizer.kind = kind == SMALL_LEAST ? LSTM_SGD : LSTM_RMSPROP;
    updater.optimizer = &optimizer;
    updater.n_hook = 1;
    updater.hooks = &clip;
    updater.schedule = &schedule;
    FUZZ_OK(lstm_updater_new(&run->updater, run->model, run->iter, &updater));
    make_trainer(run, kind);
}

void small_run_free(small_run *run)
{
    lstm_trainer_free(run->trainer);
    lstm_updater_free(run->updater);
    lstm_iter_free(run->iter);
    lstm_model_free(run->model);
    lstm_series_free(run->series);
    *run = (small_run){0};
}
