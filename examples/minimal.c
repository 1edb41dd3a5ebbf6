/* SPDX-License-Identifier: MIT */
/* Array in, forecast out: learns a sine wave and prints how it goes on. */
#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>

enum { ROWS = 120, KNOWN = 10, AHEAD = 30, UPDATES = 1000 };

int main(void)
{
    float rows[ROWS], forecast[KNOWN - 1 + AHEAD];
    for (int i = 0; i < ROWS; ++i)
        rows[i] = sinf(0.3F * (float)i);

    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    sizes.n_input = 1;
    sizes.n_hidden = 32;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    windows.window_len = KNOWN + AHEAD;
    lstm_schedule_options falling = LSTM_SCHEDULE_OPTIONS_INIT;
    falling.kind = LSTM_SCHEDULE_COSINE;
    falling.period = UPDATES;
    lstm_updater_options update = LSTM_UPDATER_OPTIONS_INIT;
    update.support_len = KNOWN - 1; /* after so many rows it goes on from its own outputs */
    update.schedule = &falling;
    lstm_pred_options ahead = LSTM_PRED_OPTIONS_INIT;
    ahead.n_step = KNOWN - 1 + AHEAD;
    ahead.support_len = KNOWN - 1;

    lstm_series *series = NULL, *last = NULL;
    lstm_model *model = NULL;
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    int failed = lstm_series_new(&series, rows, ROWS, 1) || lstm_model_new(&model, &sizes) ||
                 lstm_iter_new(&iter, series, &windows) ||
                 lstm_updater_new(&updater, model, iter, &update);
    for (int i = 0; i < UPDATES && !failed; ++i)
        failed = lstm_updater_update(updater) != LSTM_OK;
    failed = failed || lstm_series_slice(&last, series, ROWS - KNOWN, KNOWN) ||
             lstm_pred(model, last, &ahead, forecast, NULL);
    if (failed)
        fprintf(stderr, "minimal: %s\n", lstm_last_error());
    for (int i = 0; i < AHEAD && !failed; ++i)
        printf("%d %.6f\n", ROWS + i, (double)forecast[KNOWN - 1 + i]);

    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
    lstm_series_free(last);
    lstm_series_free(series);
    return failed;
}
