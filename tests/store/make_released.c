/* SPDX-License-Identifier: MIT */
/*
 * make_released PREFIX: writes PREFIXmodel.safetensors, PREFIXcheckpoint.safetensors and
 * PREFIXforecaster.safetensors with the present library, and PREFIXforecaster.txt, what that
 * forecaster forecasts, for tests/released. Run it once per format version, before its release.
 */
#include "released_forecaster.h"

#include "forecaster/forecaster.h"

#include <stdio.h>

static void write_training(void **prefix)
{
    char path[512];
    released_training t;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    released_start(&t, &options);
    snprintf(path, sizeof path, "%smodel.safetensors", (const char *)*prefix);
    assert_ok(lstm_model_save(t.model, path));
    assert_ok(lstm_trainer_run(t.trainer));
    released_fill(t.model);
    snprintf(path, sizeof path, "%scheckpoint.safetensors", (const char *)*prefix);
    assert_ok(lstm_trainer_save(t.trainer, path));
    released_free(&t);
}

/* A view with everything that has values of its own in a file. */
static lstm_view_options released_view(void)
{
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.segment_len = 4;
    view.context_len = 3;
    view.horizon = 2;
    view.channels = LSTM_CHANNELS_INDEPENDENT;
    view.column_input = 1;
    view.transform = LSTM_TRANSFORM_BOXCOX;
    view.lambda = 0.5;
    view.scaling = LSTM_SCALING_STANDARD;
    view.scale_series = 1;
    view.base = LSTM_BASE_MEAN;
    view.base_len = 8;
    view.spread_floor = 0.125;
    view.season = LSTM_SEASON_PHASES; /* a table of 8 rows; that of harmonics has 4,097 */
    view.season_len = 8;
    view.missing_input = 1;
    return view;
}

/* Networks, ridge and a baseline, with the errors of what was chosen from the data. */
static lstm_forecaster *released_forecaster(void)
{
    static const double levels[RELEASED_LEVELS] = {0.5, 0.875}, quantiles[] = {0.25, 0.5, 0.75};
    const lstm_view_options view = released_view();
    lstm_forecaster *f = NULL;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_dataset *data = released_frame();
    loss.kind = LSTM_LOSS_QUANTILE;
    loss.n_level = 3;
    loss.levels = quantiles;
    options.horizon = RELEASED_HORIZON;
    options.use = LSTM_USE_MEAN;
    options.n_network = RELEASED_NETWORKS;
    options.n_hidden = 3;
    options.batch_size = 4;
    options.view = &view;
    options.loss = &loss;
    options.levels = levels;
    options.n_level = RELEASED_LEVELS;
    options.average_decay = 0.75;
    options.seed = 7;
    released_add(data, "north", 0, RELEASED_FIT_ROWS);
    released_add(data, "south", 1, RELEASED_FIT_ROWS);
    assert_ok(lstm_forecaster_new(&f, &options));
    assert_ok(lstm_forecaster_fit(f, data));
    f->fitted.choice.joined = 1;
    for (int64_t i = 0; i < RELEASED_NETWORKS; i++)
        released_fill(f->fitted.networks[i].model);
    lstm_dataset_free(data);
    return f;
}

static void write_forecaster(void **prefix)
{
    char path[512];
    released_forecasts forecasts;
    lstm_forecaster *f = released_forecaster();
    snprintf(path, sizeof path, "%sforecaster.safetensors", (const char *)*prefix);
    assert_ok(lstm_forecaster_save(f, path));
    released_forecast(f, &forecasts);
    lstm_forecaster_free(f);
    snprintf(path, sizeof path, "%sforecaster.txt", (const char *)*prefix);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < RELEASED_NUMBERS; i++)
        fprintf(file, "%.9g\n", (double)((const float *)&forecasts)[i]);
    assert_int_equal(fclose(file), 0);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(write_training, argv[1]),
        cmocka_unit_test_prestate(write_forecaster, argv[1]),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
