/* SPDX-License-Identifier: MIT */
/* Trains on 120 rows of a sine wave and forecasts the next 30, which it has not seen. */
#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>

int main(void)
{
    enum { ROWS = 120, KNOWN = 10, AHEAD = 30, UPDATES = 1000 };
    float rows[ROWS], next[AHEAD];
    for (int i = 0; i < ROWS; i++)
        rows[i] = sinf(0.3F * (float)i);

    lstm_model_options sizes = LSTM_MODEL_OPTIONS_INIT;
    sizes.n_input = 1, sizes.n_hidden = 32;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    windows.context_len = KNOWN, windows.horizon = AHEAD, windows.batch_size = 40;
    lstm_forecast_options ahead = LSTM_FORECAST_OPTIONS_INIT;
    ahead.n_step = AHEAD, ahead.context_len = KNOWN;

    lstm_series *series = NULL;
    lstm_model *model = NULL;
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    int failed = lstm_series_new(&series, rows, ROWS, 1) || lstm_model_new(&model, &sizes) ||
                 lstm_iter_new(&iter, series, &windows) ||
                 lstm_updater_new(&updater, model, iter, NULL);
    for (int i = 0; i < UPDATES && !failed; i++)
        failed = lstm_updater_update(updater) != LSTM_OK;
    failed = failed || lstm_forecast(model, (const lstm_series *[]){series}, 1, &ahead, next);

    printf("row  forecast    true\n");
    for (int i = 2; i < AHEAD && !failed; i += 3)
        printf("%3d %9.3f %7.3f\n", ROWS + i, (double)next[i], sin(0.3 * (ROWS + i)));
    if (failed)
        fprintf(stderr, "minimal: %s\n", lstm_last_error());
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
    lstm_series_free(series);
    return failed;
}
