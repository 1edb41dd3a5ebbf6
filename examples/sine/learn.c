/* SPDX-License-Identifier: MIT */
/*
 * Trains the article's model on its sine data, by the article's recipe:
 *
 *     sine_learn FOLDER [SEED]
 *
 * 100 epochs, which are 1500 updates, with the log of each update in FOLDER/log.jsonl and a
 * snapshot every 10 epochs. If the folder has snapshots, the run resumes from the newest; if it is
 * finished, nothing happens.
 */
#include "progress.h"
#include "sine.h"
#include <stdlib.h>

static bool set_up(sine_training *t, uint64_t seed)
{
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    sizes.n_input = SINE_COLUMNS; /* and as many outputs: each column is predicted from all */
    sizes.n_hidden = 100;
    sizes.seed = seed;

    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    windows.window_len = 10;
    windows.batch_size = 10;
    windows.pred = 1;
    windows.window_rule = LSTM_WINDOWS_ARTICLE;
    windows.seed = seed;

    lstm_updater_options update = LSTM_UPDATER_OPTIONS_INIT; /* Adam with its defaults */
    update.support_len = 10; /* as long as the window: the loop is never closed in training */

    return sine_data(&t->train, NULL) && sine_ok(lstm_model_new(&t->model, &sizes), "model") &&
           sine_ok(lstm_iter_new(&t->iter, t->train, &windows), "iterator") &&
           sine_ok(lstm_updater_new(&t->updater, t->model, t->iter, &update), "updater");
}

static bool run(sine_training *t, const char *folder)
{
    sine_progress shown;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    options.max_epoch = 100;
    options.folder = folder;
    options.snapshot = (lstm_trigger){10, LSTM_EPOCHS};
    options.on_progress = sine_progress_show;
    options.progress_user = &shown;

    return sine_ok(lstm_trainer_new(&t->trainer, t->updater, &options), "trainer") &&
           sine_ok(lstm_trainer_resume(t->trainer, NULL), "resume") &&
           sine_progress_run(&shown, t->trainer);
}

int main(int argc, char **argv)
{
    sine_training t = {0};
    const char *folder;
    uint64_t seed;
    if (!sine_arguments(argc, argv, &folder, &seed))
        return 2;
    bool done = set_up(&t, seed) && sine_write_data(folder) && run(&t, folder);
    sine_training_free(&t);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
