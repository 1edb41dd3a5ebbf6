/* SPDX-License-Identifier: MIT */
/*
 * Trains the article's model on the same data in a closed loop, as it is used in a forecast:
 *
 *     sine_closed_loop FOLDER [SEED]
 *
 * Each window of 30 steps starts from one true row and continues with the model's own outputs; the
 * gradient passes through the outputs that were fed back. Since errors accumulate in the loop, some
 * gradients are very large: they are clipped. The learning rate falls to zero along a cosine, so
 * that the last updates are small.
 *
 * Otherwise as sine_learn, and 1500 updates as well. Saves FOLDER/model.safetensors and prints how
 * the model forecasts the test rows.
 */
#include "progress.h"
#include "sine.h"
#include <stdlib.h>

static bool set_up(sine_training *t, uint64_t seed)
{
    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    sizes.n_input = SINE_COLUMNS;
    sizes.n_hidden = 100;
    sizes.seed = seed;

    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT; /* all windows of the series, B 10 */
    windows.window_len = 30;
    windows.seed = seed;

    lstm_hook clip = {LSTM_HOOK_CLIP, 1.0};
    lstm_schedule_options cosine = LSTM_SCHEDULE_OPTIONS_INIT;
    cosine.kind = LSTM_SCHEDULE_COSINE;
    cosine.period = SINE_UPDATES;
    lstm_updater_options update = LSTM_UPDATER_OPTIONS_INIT; /* Adam, support length 0 */
    update.n_hook = 1;
    update.hooks = &clip;
    update.schedule = &cosine;

    return sine_data(&t->train, NULL) && sine_ok(lstm_model_new(&t->model, &sizes), "model") &&
           sine_ok(lstm_iter_new(&t->iter, t->train, &windows), "iterator") &&
           sine_ok(lstm_updater_new(&t->updater, t->model, t->iter, &update), "updater");
}

static bool run(sine_training *t, const char *folder)
{
    sine_progress shown;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    options.max_iteration = SINE_UPDATES;
    options.folder = folder;
    options.snapshot = (lstm_trigger){SINE_UPDATES / SINE_SNAPSHOTS, LSTM_ITERATIONS};
    options.on_progress = sine_progress_show;
    options.progress_user = &shown;

    return sine_ok(lstm_trainer_new(&t->trainer, t->updater, &options), "trainer") &&
           sine_ok(lstm_trainer_resume(t->trainer, NULL), "resume") &&
           sine_progress_run(&shown, t->trainer);
}

static bool report(const sine_training *t, const char *folder)
{
    sine_scores scores;
    char path[SINE_PATH_SIZE];
    snprintf(path, sizeof path, "%s/model.safetensors", folder);
    if (!sine_ok(lstm_model_save(t->model, path), path) || !sine_score(t->model, &scores))
        return false;
    printf("Total RMSE at recursion 1: %.4f, 5: %.4f, 10: %.4f, 20: %.4f\n", scores.total[0],
           scores.total[4], scores.total[9], scores.total[19]);
    printf("RMSE of steps 10-48 of a forecast from ten rows: %.4f\n", scores.pred);
    return true;
}

int main(int argc, char **argv)
{
    sine_training t = {0};
    const char *folder;
    uint64_t seed;
    if (!sine_arguments(argc, argv, &folder, &seed))
        return 2;
    bool done = set_up(&t, seed) && run(&t, folder) && report(&t, folder);
    sine_training_free(&t);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
