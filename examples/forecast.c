/* SPDX-License-Identifier: MIT */
/* Forecasts the 12 months after 120 months of a series with a trend and a season. */
#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>

static double sales(int month)
{
    return 100 + 0.5 * month + 20 * sin(0.5236 * month) + 3 * sin(month * month);
}

int main(void)
{
    enum { ROWS = 120, AHEAD = 12 };
    float rows[ROWS], next[AHEAD];
    for (int i = 0; i < ROWS; i++)
        rows[i] = (float)sales(i);

    lstm_dataset *data = NULL;
    lstm_dataset_options columns = LSTM_DATASET_OPTIONS_INIT;
    columns.n_column = 1, columns.step_unit = LSTM_STEP_MONTHS;
    lstm_forecaster *forecaster = NULL;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = AHEAD;
    int failed = lstm_dataset_new(&data, &columns) ||
                 lstm_dataset_add(data, "sales", rows, ROWS, 0) ||
                 lstm_forecaster_new(&forecaster, &options) ||
                 lstm_forecaster_fit(forecaster, data) ||
                 lstm_forecaster_predict(forecaster, data, 0, next);

    printf("month  forecast    true\n");
    for (int i = 0; i < AHEAD && !failed; i++)
        printf("%5d %9.2f %7.2f\n", ROWS + i, (double)next[i], sales(ROWS + i));
    if (failed)
        fprintf(stderr, "forecast: %s\n", lstm_last_error());
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
    return failed;
}
