/* SPDX-License-Identifier: MIT */
/*
 * A program that only forecasts: it loads a model, steps a stream, looks ahead, and forecasts a
 * series. inference_size.py adds up what a static program for ARMv7 contains of the library.
 */
#include <lstmts/lstmts.h>

enum { D = 2, ROWS = 4 };

int main(int n_argument, char **arguments)
{
    static const float rows[ROWS * D] = {0};
    float y[D];
    lstm_model *model = NULL;
    lstm_state *state = NULL;
    lstm_series *series = NULL;
    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    options.n_step = 1;
    int failed = n_argument < 2 || lstm_model_load(&model, arguments[1]) < 0 ||
                 lstm_state_new(&state, model, 1) < 0 || lstm_state_step(state, rows, y) < 0 ||
                 lstm_state_forecast(state, 1, y) < 0 ||
                 lstm_series_new(&series, rows, ROWS, D) < 0 ||
                 lstm_forecast(model, (const lstm_series *const *)&series, 1, &options, y) < 0;
    lstm_series_free(series);
    lstm_state_free(state);
    lstm_model_free(model);
    return failed;
}
