/* SPDX-License-Identifier: MIT */
/*
 * make_released PREFIX: writes PREFIXmodel.safetensors, PREFIXcheckpoint.safetensors,
 * PREFIXcheckpoint_options.safetensors and the forecasters of released_cases, as
 * PREFIXforecaster.safetensors, with the present library, and what each forecasts, as
 * PREFIXforecaster.txt, for tests/released. Run it once per format version, before its release.
 */
#include "released_forecaster.h"

#include "forecaster/forecaster.h"

#include <stdio.h>

static void write_checkpoint(const char *prefix, bool has_options)
{
    char path[512];
    released_training t;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    released_start_with(&t, &options, has_options);
    assert_ok(lstm_trainer_run(t.trainer));
    released_fill(t.model);
    snprintf(path, sizeof path, "%scheckpoint%s.safetensors", prefix,
             has_options ? "_options" : "");
    assert_ok(lstm_trainer_save(t.trainer, path));
    released_free(&t);
}

static void write_training(void **prefix)
{
    char path[512];
    lstm_model *model = released_model();
    released_fill(model);
    snprintf(path, sizeof path, "%smodel.safetensors", (const char *)*prefix);
    assert_ok(lstm_model_save(model, path));
    lstm_model_free(model);
    write_checkpoint(*prefix, false);
    write_checkpoint(*prefix, true);
}

/* Transformation, scales of each series, a mean as base, spreads and a season: one column at a
 * time. */
static lstm_view_options view_of_columns(void)
{
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.segment_len = 4;
    view.context_len = 3;
    view.horizon = 2;
    view.channels = LSTM_CHANNELS_INDEPENDENT;
    view.column_input = 1;
    view.transform = LSTM_TRANSFORM_BOXCOX;
    view.lambda = 0.5;
    view.skip_transform = 1;
    view.scaling = LSTM_SCALING_STANDARD;
    view.scale_series = 1;
    view.base = LSTM_BASE_MEAN;
    view.base_len = 8;
    view.spread_floor = 0.125;
    view.season = LSTM_SEASON_PHASES; /* a table of 8 rows; that of harmonics has 4,097 */
    view.season_len = 8;
    view.past = LSTM_PAST_HOLD;
    view.missing_input = 1;
    view.skip_short = 1;
    return view;
}

/* Both columns together. It has as many steps and targets as the other one, for the weights. */
static lstm_view_options view_of_all(void)
{
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.segment_len = 2;
    view.context_len = 3;
    view.horizon = 2;
    view.scaling = LSTM_SCALING_MINMAX;
    view.base = LSTM_BASE_LAST;
    view.past = LSTM_PAST_HOLD;
    view.skip_context = 1;
    return view;
}

static lstm_forecaster_options options_of(const released_case *c)
{
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = RELEASED_HORIZON;
    options.n_network = c->n_network;
    options.n_hidden = 3;
    options.n_update = 6;
    options.batch_size = 4;
    options.seed = 7;
    return options;
}

static lstm_forecaster *fitted(const lstm_forecaster_options *options, const released_case *c)
{
    lstm_forecaster *f = NULL;
    lstm_dataset *data = released_rows(c, 0);
    assert_ok(lstm_forecaster_new(&f, options));
    assert_ok(lstm_forecaster_fit(f, data));
    lstm_dataset_free(data);
    return f;
}

static void continue_fit(lstm_forecaster *f, const released_case *c)
{
    lstm_continue_options options = LSTM_CONTINUE_OPTIONS_INIT;
    lstm_dataset *data = released_rows(c, RELEASED_NEW_ROWS);
    options.n_update = 4;
    options.learning_rate = 0.03125;
    assert_ok(lstm_forecaster_continue(f, data, &options));
    lstm_dataset_free(data);
}

/* Two views, ridge and a baseline; conformalized quantiles; moments; continued. */
static lstm_forecaster *quantiles(const released_case *c)
{
    static const double levels[] = {0.5, 0.875}, shares[] = {0.25, 0.5, 0.75};
    static const double columns[] = {1, 2, 0.5, 1}, steps[] = {0.5, 1, 1, 2};
    const lstm_view_options first = view_of_columns(), second = view_of_all();
    const lstm_view_options *const views[] = {&first, &second};
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_ridge_options ridge = LSTM_RIDGE_OPTIONS_INIT;
    lstm_interval_options interval = LSTM_INTERVAL_OPTIONS_INIT;
    lstm_forecaster_options options = options_of(c);
    loss.kind = LSTM_LOSS_QUANTILE, loss.reduction = LSTM_REDUCTION_MEAN;
    loss.n_level = 3, loss.levels = shares;
    loss.n_column_weight = 4, loss.column_weights = columns;
    loss.n_step_weight = 4, loss.step_weights = steps;
    ridge.context_len = 10, ridge.base_len = 4, ridge.n_block = 2, ridge.penalty = 0.25;
    interval.window = 64, interval.block_len = 2, interval.stride = 2;
    interval.is_conformalized = 1, interval.rate = 0.125;
    options.season_len = 8;
    options.use = LSTM_USE_MEAN;
    options.n_layer = 1;
    options.learning_rate = 0.0625;
    options.dropout = 0.25;
    options.n_threads = 2;
    options.device = "cpu";
    options.average_decay = 0.75;
    options.keep_moments = 1;
    options.loss = &loss, options.ridge = &ridge, options.interval = &interval;
    options.views = views, options.n_view = 2;
    options.levels = levels, options.n_level = c->n_level;
    lstm_forecaster *f = fitted(&options, c);
    continue_fit(f, c);
    f->fitted.choice.joined = 1;
    return f;
}

/* A network of two layers that was fitted once, and intervals that were calibrated once. */
static lstm_forecaster *student(const released_case *c)
{
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_interval_options interval = LSTM_INTERVAL_OPTIONS_INIT;
    lstm_forecaster_options options = options_of(c);
    view.context_len = 6;
    view.transform = LSTM_TRANSFORM_SQRT;
    view.scaling = LSTM_SCALING_ROBUST;
    view.difference = 1;
    view.season = LSTM_SEASON_HARMONICS, view.season_len = 8, view.n_harmonic = 2;
    loss.kind = LSTM_LOSS_STUDENT_T, loss.scale_floor = 0.0625, loss.freedom_floor = 3;
    interval.is_two_sided = 1;
    options.use = LSTM_USE_NETWORKS;
    options.n_layer = 2;
    options.skip_refit = 1;
    options.calibrate_once = 1;
    options.view = &view, options.loss = &loss, options.interval = &interval;
    return fitted(&options, c);
}

static lstm_forecaster *counts(const released_case *c)
{
    static const double units[] = {1, 4};
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_forecaster_options options = options_of(c);
    view.context_len = 6;
    view.horizon = 3;
    loss.kind = LSTM_LOSS_NEGATIVE_BINOMIAL, loss.dispersion_floor = 0.015625;
    loss.n_unit = c->n_target, loss.units = units;
    options.use = LSTM_USE_NETWORKS;
    options.view = &view, options.loss = &loss;
    return fitted(&options, c);
}

/* What the options leave open is chosen from the data; each step has scores of its own. */
static lstm_forecaster *chosen(const released_case *c)
{
    static const double half = 0.5;
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    lstm_forecaster_options options = options_of(c);
    options.max_seconds = 4096;
    loss.kind = LSTM_LOSS_HUBER, loss.reduction = LSTM_REDUCTION_MEAN, loss.delta = 0.5;
    options.n_update = 0;
    options.loss = &loss;
    options.levels = &half;
    return fitted(&options, c);
}

/* Moments by the formula, where there are some. */
static void fill_moments(lts_network_part *part)
{
    const lts_params *params = &part->model->params;
    for (int64_t m = 0; m < LTS_N_MOMENT && part->moments.values != NULL; m++)
        for (int64_t t = 0; t < params->n_tensor; t++)
            for (int64_t i = 0; i < params->tensors[t].size; i++)
                part->moments.values[m * params->total + params->tensors[t].offset + i] =
                    released_moment(m, t, i);
}

static void write_forecaster(const char *prefix, const released_case *c, lstm_forecaster *f)
{
    char path[512];
    float forecasts[RELEASED_MOST_NUMBERS];
    for (int64_t i = 0; i < f->fitted.n_network; i++) {
        released_fill(f->fitted.networks[i].model);
        fill_moments(&f->fitted.networks[i]);
    }
    snprintf(path, sizeof path, "%s%s.safetensors", prefix, c->file);
    assert_ok(lstm_forecaster_save(f, path));
    const int64_t n = released_forecast(f, c, forecasts);
    lstm_forecaster_free(f);
    snprintf(path, sizeof path, "%s%s.txt", prefix, c->file);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int64_t i = 0; i < n; i++)
        fprintf(file, "%.9g\n", (double)forecasts[i]);
    assert_int_equal(fclose(file), 0);
}

static void write_forecasters(void **prefix)
{
    lstm_forecaster *(*const fits[RELEASED_CASES])(const released_case *) = {quantiles, student,
                                                                             counts, chosen};
    for (int i = 0; i < RELEASED_CASES; i++)
        write_forecaster(*prefix, &released_cases[i], fits[i](&released_cases[i]));
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(write_training, argv[1]),
        cmocka_unit_test_prestate(write_forecasters, argv[1]),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
