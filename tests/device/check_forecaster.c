/* SPDX-License-Identifier: MIT */
/*
 * Forecasters whose networks are trained on the device: fits, continuations, and fits that one
 * device begins and another ends. Forecasts are compared with those of the processor.
 */
#include "check.h"
#include "forecaster_fixture.h"
#include "scratch.h"

enum { H = 12, K = 2, N_ROW = 400, N_UPDATE = 30, MOST_VALUES = 4 * H * K };

/* After so few updates, roundings are still roundings. */
static const double CLOSE = 2e-5;

/* A season of 12 rows, noise, and gaps: every kind of step of a view. */
static lstm_dataset *new_data(int64_t n_row)
{
    lstm_dataset *dataset = new_timed(K, NULL, LSTM_STEP_SECONDS, 3600);
    assert_ok(lstm_dataset_add_calendar(dataset, LSTM_CALENDAR_HOUR, NULL, 0));
    for (int64_t s = 0; s < 2; s++) {
        lstm_real *rows = new_rows(n_row * K);
        for (int64_t i = 0; i < n_row * K; i++)
            rows[i] = i % 47 == 13 ? (lstm_real)NAN
                                   : (lstm_real)(5 + (double)s + wave(i / K, 12 + 12 * (i % K)) +
                                                 .2 * noise(i + 1000 * s));
        add_rows(dataset, rows, n_row);
    }
    return dataset;
}

/* The default recipe in small: dropout, a base per window, independent columns. */
static lstm_forecaster_options recipe(const lstm_view_options *view, const char *device)
{
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = H;
    options.use = LSTM_USE_NETWORKS;
    options.n_network = 2;
    options.n_hidden = 16;
    options.n_update = N_UPDATE;
    options.batch_size = 16;
    options.dropout = .3;
    options.average_decay = .9;
    options.view = view;
    options.device = device;
    return options;
}

static lstm_view_options independent_view(void)
{
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.segment_len = 6;
    view.context_len = 5;
    view.horizon = 2;
    view.channels = LSTM_CHANNELS_INDEPENDENT;
    view.column_input = 1;
    view.scaling = LSTM_SCALING_STANDARD;
    view.scale_series = 1;
    view.base = LSTM_BASE_MEAN;
    view.base_len = 12;
    view.missing_input = 1;
    return view;
}

static lstm_view_options joint_view(void)
{
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.segment_len = 4;
    view.context_len = 6;
    view.horizon = 3;
    view.transform = LSTM_TRANSFORM_LOG;
    view.scaling = LSTM_SCALING_ROBUST;
    view.season = LSTM_SEASON_PHASES;
    view.season_len = 12;
    view.base = LSTM_BASE_LAST;
    view.spread_floor = .1;
    return view;
}

/* Forecasts of both series. */
static void predict(const lstm_forecaster *f, const lstm_dataset *dataset, lstm_real *y)
{
    for (int64_t s = 0; s < 2; s++)
        assert_ok(lstm_forecaster_predict(f, dataset, s, y + s * H * K));
}

static void assert_close(const lstm_real *got, const lstm_real *want)
{
    for (int64_t i = 0; i < 2 * H * K; i++)
        if (!(fabs((double)got[i] - (double)want[i]) <= CLOSE * fabs((double)want[i])))
            fail_msg("forecast %d is %.9g, on the processor %.9g", (int)i, (double)got[i],
                     (double)want[i]);
}

static void compare_fits(const lstm_view_options *view, const lstm_loss_options *loss)
{
    lstm_real want[MOST_VALUES], got[MOST_VALUES];
    lstm_dataset *dataset = new_data(N_ROW), *longer = new_data(N_ROW + 60);
    lstm_forecaster_options on_processor = recipe(view, NULL), there = recipe(view, check.device);
    lstm_continue_options more = LSTM_CONTINUE_OPTIONS_INIT;
    on_processor.loss = there.loss = loss;
    more.n_update = 20;
    lstm_forecaster *processor = fit_new(&on_processor, dataset),
                    *device = fit_new(&there, dataset);
    predict(processor, dataset, want);
    predict(device, dataset, got);
    assert_close(got, want);
    assert_ok(lstm_forecaster_continue(processor, longer, &more));
    assert_ok(lstm_forecaster_continue(device, longer, &more));
    predict(processor, longer, want);
    predict(device, longer, got);
    assert_close(got, want);
    lstm_forecaster_free(processor);
    lstm_forecaster_free(device);
    lstm_dataset_free(dataset);
    lstm_dataset_free(longer);
}

void forecasters_are_fitted_on_the_device(void **state)
{
    (void)state;
    const lstm_view_options independent = independent_view(), joint = joint_view();
    lstm_loss_options quantiles = LSTM_LOSS_OPTIONS_INIT, gaussian = LSTM_LOSS_OPTIONS_INIT;
    quantiles.kind = LSTM_LOSS_QUANTILE;
    gaussian.kind = LSTM_LOSS_GAUSSIAN;
    gaussian.reduction = LSTM_REDUCTION_MEAN;
    compare_fits(&independent, NULL);
    compare_fits(&independent, &quantiles);
    compare_fits(&joint, &gaussian);
}

static int stop_later(const lstm_fit_progress *progress, void *user)
{
    int *left = user;
    return !isnan(progress->loss) && --*left < 0;
}

/* Each of two networks has a folder with log and snapshots. */
static void remove_files(void)
{
    char path[512];
    for (int i = 0; i < 8; i++) {
        snprintf(path, sizeof path, "rm -rf '%s/training-%03d'", scratch_folder, i);
        assert_int_equal(system(path), 0); // NOLINT(cert-env33-c)
    }
}

/* A fit that is stopped on one device, and ended by the same call on another. */
static void end_elsewhere(const char *first, const char *second)
{
    int left = N_UPDATE + N_UPDATE / 2;
    lstm_real want[MOST_VALUES], got[MOST_VALUES];
    const lstm_view_options view = independent_view();
    lstm_dataset *dataset = new_data(N_ROW);
    lstm_forecaster_options plain = recipe(&view, NULL), o = recipe(&view, first);
    lstm_forecaster *whole = fit_new(&plain, dataset);
    o.folder = scratch_folder;
    o.on_progress = stop_later;
    o.progress_user = &left;
    lstm_forecaster *begun = new_forecaster(&o);
    assert_int_equal(lstm_forecaster_fit(begun, dataset), LSTM_STOPPED);
    left = 1 << 20;
    o.device = second;
    lstm_forecaster *ended = fit_new(&o, dataset);
    assert_true(left > (1 << 20) - 2 * 3 * N_UPDATE); /* networks of the first are not repeated */
    predict(whole, dataset, want);
    predict(ended, dataset, got);
    assert_close(got, want);
    lstm_forecaster_free(whole);
    lstm_forecaster_free(begun);
    lstm_forecaster_free(ended);
    lstm_dataset_free(dataset);
    remove_files();
}

void a_fit_is_ended_on_another_device(void **state)
{
    assert_int_equal(scratch_make(state), 0);
    end_elsewhere(NULL, check.device);
    end_elsewhere(check.device, NULL);
    assert_int_equal(scratch_remove(state), 0);
}

/* A loaded forecaster is trained on the device of the options, with the bits of the fitted one. */
static void continue_both(lstm_forecaster *fitted, lstm_forecaster *loaded)
{
    lstm_real want[MOST_VALUES], got[MOST_VALUES];
    lstm_dataset *longer = new_data(N_ROW + 60);
    lstm_continue_options more = LSTM_CONTINUE_OPTIONS_INIT;
    more.n_update = 20;
    assert_ok(lstm_forecaster_continue(fitted, longer, &more));
    more.device = check.device;
    assert_ok(lstm_forecaster_continue(loaded, longer, &more));
    predict(fitted, longer, want);
    predict(loaded, longer, got);
    assert_memory_equal(got, want, (size_t)(2 * H * K) * sizeof *got);
    lstm_dataset_free(longer);
}

void a_file_says_where_its_networks_were_trained(void **state)
{
    assert_int_equal(scratch_make(state), 0);
    char part[64];
    lstm_real want[MOST_VALUES], got[MOST_VALUES];
    const lstm_view_options view = joint_view();
    const lstm_forecaster_options options = recipe(&view, check.device);
    lstm_dataset *dataset = new_data(N_ROW);
    lstm_forecaster *fitted = fit_new(&options, dataset), *loaded, *clone;
    snprintf(part, sizeof part, "\"device\":\"%s\"", check.device);
    assert_described(fitted, part);
    assert_ok(lstm_forecaster_save(fitted, scratch("f")));
    assert_ok(lstm_forecaster_load(&loaded, scratch("f")));
    assert_ok(lstm_forecaster_clone(&clone, fitted));
    assert_described(loaded, part);
    assert_described(clone, part);
    predict(fitted, dataset, want);
    predict(loaded, dataset, got);
    assert_memory_equal(got, want, (size_t)(2 * H * K) * sizeof *got);
    continue_both(fitted, loaded);
    assert_ok(lstm_forecaster_fit(loaded, dataset)); /* on the processor */
    assert_described(loaded, "\"device\":\"cpu\"");
    lstm_forecaster_free(fitted);
    lstm_forecaster_free(loaded);
    lstm_forecaster_free(clone);
    lstm_dataset_free(dataset);
    assert_int_equal(scratch_remove(state), 0);
}

void forecasters_of_no_device_are_refused(void **state)
{
    (void)state;
    lstm_forecaster *f = NULL;
    lstm_forecaster_options options = recipe(NULL, "gpu 1");
    assert_status(lstm_forecaster_new(&f, &options), LSTM_E_ARGUMENT, "device is \"gpu 1\"");
    options.device = "abacus";
    assert_status(lstm_forecaster_new(&f, &options), LSTM_E_DEVICE, "liblstmts-abacus.so");
    assert_null(f);
}
