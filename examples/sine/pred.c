/* SPDX-License-Identifier: MIT */
/*
 * Forecasts as the article's pred() makes them, with the last snapshot of a training:
 *
 *     sine_pred FOLDER
 *
 * FOLDER/pred.csv: ten true test rows, then forty steps from the model's own outputs, beside the
 * truth as far as there is one. FOLDER/pred_from_0_1.csv: the same from the single row [0, 1],
 * which is not on the curve. pred.gp and pred_from_0_1.gp draw them.
 */
#include "sine.h"
#include <math.h>
#include <stdlib.h>

typedef float rows[SINE_PRED_STEPS * SINE_COLUMNS];

static bool write_csv(const char *folder, const char *name, const rows y, const rows truth)
{
    FILE *csv = sine_create(folder, name);
    if (csv == NULL)
        return false;
    fputs("step,sin 2t,cos t,predicted sin 2t,predicted cos t\n", csv);
    for (int i = 0; i < SINE_PRED_STEPS; ++i) {
        fprintf(csv, "%d", i);
        for (int k = i * SINE_COLUMNS; k < (i + 1) * SINE_COLUMNS; ++k)
            isnan(truth[k]) ? fputc(',', csv) : fprintf(csv, ",%.9g", (double)truth[k]);
        for (int k = i * SINE_COLUMNS; k < (i + 1) * SINE_COLUMNS; ++k)
            fprintf(csv, ",%.9g", (double)y[k]);
        fputc('\n', csv);
    }
    return sine_close(csv, name);
}

static bool forecast(const lstm_model *model, const lstm_series *series, int support_len, rows y,
                     rows truth)
{
    lstm_pred_options options = LSTM_PRED_OPTIONS_INIT;
    options.n_step = SINE_PRED_STEPS;
    options.support_len = support_len; /* row 0 .. support_len are true inputs */
    return sine_ok(lstm_pred(model, series, &options, y, truth), "pred");
}

int main(int argc, char **argv)
{
    const float off_curve[SINE_COLUMNS] = {0, 1};
    lstm_model *model = NULL;
    lstm_series *test = NULL, *single = NULL;
    rows y, truth;

    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    bool done = sine_load_last_snapshot(&model, argv[1]) && sine_data(NULL, &test) &&
                forecast(model, test, SINE_PRED_SUPPORT, y, truth) &&
                write_csv(argv[1], "pred.csv", y, truth);
    if (done)
        printf("RMSE of steps %d-%d, the forecast that can be compared: %.4f\n",
               SINE_PRED_SUPPORT + 1, SINE_PRED_STEPS - 2,
               sine_rmse(y, truth, SINE_PRED_SUPPORT + 1, SINE_PRED_STEPS - 2));
    done = done && sine_ok(lstm_series_new(&single, off_curve, 1, SINE_COLUMNS), "row [0, 1]") &&
           forecast(model, single, 0, y, truth) &&
           write_csv(argv[1], "pred_from_0_1.csv", y, truth);
    lstm_series_free(single);
    lstm_series_free(test);
    lstm_model_free(model);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
