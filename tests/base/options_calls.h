/* SPDX-License-Identifier: MIT */
/* A call with each kind of options. */
#ifndef TESTS_OPTIONS_CALLS_H
#define TESTS_OPTIONS_CALLS_H

#include "assert_status.h"

#include <lstmts/lstmts.h>
#include <stdlib.h>
#include <unistd.h>

/* The other arguments of the calls below. */
typedef struct house {
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
} house;

static lstm_status call_model(house *h, const void *options)
{
    (void)h;
    lstm_model *made = NULL;
    lstm_status status = lstm_model_new(&made, options);
    lstm_model_free(made);
    return status;
}

static lstm_status call_load(house *h, const void *options)
{
    char path[] = "/tmp/lstmts-test-XXXXXX";
    lstm_model *made = NULL;
    assert_int_equal(close(mkstemp(path)), 0);
    assert_ok(lstm_model_save(h->model, path));
    lstm_status status = lstm_model_load_with(&made, path, options);
    lstm_model_free(made);
    unlink(path);
    return status;
}

static lstm_status call_valid(house *h, const void *options)
{
    double rmse[3 * 3];
    return lstm_valid(h->model, h->series, options, rmse, 9);
}

static lstm_status call_pred(house *h, const void *options)
{
    lstm_real y[3 * 2];
    return lstm_pred(h->model, h->series, options, y, NULL);
}

static lstm_status call_forecast(house *h, const void *options)
{
    lstm_real y[2 * 3 * 2];
    const lstm_series *series[2] = {h->series, h->series};
    return lstm_forecast(h->model, series, 2, options, y);
}

static lstm_status call_state(house *h, const void *options)
{
    lstm_state *made = NULL;
    lstm_status status = lstm_state_new_with(&made, h->model, options);
    lstm_state_free(made);
    return status;
}

static lstm_status call_iter(house *h, const void *options)
{
    lstm_iter *made = NULL;
    lstm_status status = lstm_iter_new(&made, h->series, options);
    lstm_iter_free(made);
    return status;
}

static lstm_status call_updater(house *h, const void *options)
{
    lstm_updater *made = NULL;
    lstm_status status = lstm_updater_new(&made, h->model, h->iter, options);
    lstm_updater_free(made);
    return status;
}

static lstm_status call_optimizer(house *h, const void *options)
{
    lstm_updater_options outer = LSTM_UPDATER_OPTIONS_INIT;
    outer.optimizer = options;
    return call_updater(h, &outer);
}

static lstm_status call_schedule(house *h, const void *options)
{
    lstm_updater_options outer = LSTM_UPDATER_OPTIONS_INIT;
    outer.schedule = options;
    return call_updater(h, &outer);
}

static lstm_status call_factor(house *h, const void *options)
{
    (void)h;
    double factor;
    return lstm_schedule_factor(options, 0, &factor);
}

static lstm_status call_trainer(house *h, const void *options)
{
    lstm_trainer *made = NULL;
    lstm_status status = lstm_trainer_new(&made, h->updater, options);
    lstm_trainer_free(made);
    return status;
}

static lstm_status call_trainer_valid(house *h, const void *options)
{
    lstm_trainer_options outer = LSTM_TRAINER_OPTIONS_INIT;
    outer.max_iteration = 1;
    outer.validate.every = 1;
    outer.valid_series = h->series;
    outer.valid = options;
    return call_trainer(h, &outer);
}

static lstm_status call_dataset(house *h, const void *options)
{
    (void)h;
    lstm_dataset *made = NULL;
    lstm_status status = lstm_dataset_new(&made, options);
    lstm_dataset_free(made);
    return status;
}

static lstm_status predict_nothing(void *user, const lstm_dataset *dataset, int64_t series,
                                   int64_t origin, int64_t horizon, lstm_real *y)
{
    (void)user, (void)dataset, (void)series, (void)origin;
    memset(y, 0, (size_t)horizon * sizeof *y);
    return LSTM_OK;
}

static lstm_status call_method(house *h, const void *options)
{
    (void)h;
    lstm_method *made = NULL;
    lstm_status status = lstm_method_new(&made, options);
    lstm_method_free(made);
    return status;
}

static lstm_status call_baseline(house *h, const void *options)
{
    (void)h;
    lstm_method *made = NULL;
    lstm_status status = lstm_baseline_new(&made, options);
    lstm_method_free(made);
    return status;
}

static lstm_status call_ridge(house *h, const void *options)
{
    (void)h;
    lstm_method *made = NULL;
    lstm_status status = lstm_ridge_new(&made, options);
    lstm_method_free(made);
    return status;
}

static lstm_status call_sampling(house *h, const void *options)
{
    lstm_updater_options updater = LSTM_UPDATER_OPTIONS_INIT;
    updater.sampling = options;
    return call_updater(h, &updater);
}

static lstm_status call_loss(house *h, const void *options)
{
    lstm_updater_options updater = LSTM_UPDATER_OPTIONS_INIT;
    updater.loss = options;
    return call_updater(h, &updater);
}

static lstm_status call_view(house *h, const void *options)
{
    (void)h;
    static const lstm_real rows[] = {1, 2, 3};
    lstm_dataset *dataset = NULL;
    lstm_view *made = NULL;
    lstm_dataset_options column = LSTM_DATASET_OPTIONS_INIT;
    column.n_column = 1;
    assert_ok(lstm_dataset_new(&dataset, &column));
    assert_ok(lstm_dataset_add(dataset, NULL, rows, 3, 0));
    lstm_status status = lstm_view_new(&made, dataset, options);
    lstm_view_free(made);
    lstm_dataset_free(dataset);
    return status;
}

static lstm_status call_backtest(house *h, const void *options)
{
    (void)h;
    static const lstm_real rows[] = {1, 2, 3};
    lstm_method *method = NULL;
    lstm_dataset *dataset = NULL;
    lstm_backtest *made = NULL;
    lstm_dataset_options column = LSTM_DATASET_OPTIONS_INIT;
    column.n_column = 1;
    assert_ok(lstm_baseline_new(&method, NULL));
    assert_ok(lstm_dataset_new(&dataset, &column));
    assert_ok(lstm_dataset_add(dataset, NULL, rows, 3, 0));
    assert_ok(lstm_dataset_split(dataset, 0, 1, 1));
    lstm_status status = lstm_backtest_run(&made, &method, 1, dataset, options);
    lstm_backtest_free(made);
    lstm_dataset_free(dataset);
    lstm_method_free(method);
    return status;
}

static lstm_status call_forecaster(house *h, const void *options)
{
    (void)h;
    lstm_forecaster *made = NULL;
    lstm_status status = lstm_forecaster_new(&made, options);
    lstm_forecaster_free(made);
    return status;
}

/* A forecaster that is a baseline. */
static lstm_forecaster *fit_baseline(lstm_dataset **data)
{
    static const lstm_real rows[] = {1, 2, 3};
    lstm_forecaster *forecaster = NULL;
    lstm_dataset_options column = LSTM_DATASET_OPTIONS_INIT;
    lstm_forecaster_options baseline = LSTM_FORECASTER_OPTIONS_INIT;
    column.n_column = 1;
    baseline.horizon = 1, baseline.use = LSTM_USE_BASELINE;
    assert_ok(lstm_dataset_new(data, &column));
    assert_ok(lstm_dataset_add(*data, NULL, rows, 3, 0));
    assert_ok(lstm_forecaster_new(&forecaster, &baseline));
    assert_ok(lstm_forecaster_fit(forecaster, *data));
    return forecaster;
}

static lstm_status call_stream(house *h, const void *options)
{
    (void)h;
    lstm_stream *made = NULL;
    lstm_dataset *data = NULL;
    lstm_forecaster *forecaster = fit_baseline(&data);
    lstm_status status = lstm_stream_new(&made, forecaster, options);
    lstm_stream_free(made);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
    return status;
}

static lstm_status call_continue(house *h, const void *options)
{
    (void)h;
    lstm_dataset *data = NULL;
    lstm_forecaster *forecaster = fit_baseline(&data);
    lstm_status status = lstm_forecaster_continue(forecaster, data, options);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(data);
    return status;
}

static lstm_status call_interval(house *h, const void *options)
{
    (void)h;
    lstm_interval *made = NULL;
    lstm_status status = lstm_interval_new(&made, options);
    lstm_interval_free(made);
    return status;
}

#endif
