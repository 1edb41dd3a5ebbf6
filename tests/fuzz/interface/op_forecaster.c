/* SPDX-License-Identifier: MIT */
/* Forecasters of a few updates, and streams. */
#include "tables.h"

static lstm_forecaster *some_forecaster(void)
{
    uint8_t choice = fuzz_byte(&w.input);
    return choice == 255                       ? NULL
           : t.forecasters[choice % 2] != NULL ? t.forecasters[choice % 2]
                                               : t.forecasters[0];
}

static int stop_rarely(const lstm_fit_progress *progress, void *user)
{
    (void)user;
    FUZZ_HOLDS(progress->stage != NULL && progress->fraction >= 0 && progress->fraction <= 1);
    return pick(64) == 63;
}

/* The window decides the memory: other numbers may be odd. */
static void *some_intervals(void)
{
    lstm_interval_options interval = LSTM_INTERVAL_OPTIONS_INIT;
    interval.window = pick(5), interval.block_len = pick(2), interval.stride = pick(4);
    interval.is_two_sided = pick(2), interval.is_conformalized = pick(2);
    return SPOILED(interval,
                   FIELD(lstm_interval_options, window) | FIELD(lstm_interval_options, levels));
}

static void new_forecaster(int i)
{
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_view_options longer = LSTM_VIEW_OPTIONS_INIT;
    const lstm_view_options *views[] = {&view, &longer};
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    static const int64_t kinds[] = {LSTM_LOSS_HUBER, LSTM_LOSS_GAUSSIAN, LSTM_LOSS_STUDENT_T};
    loss.kind = kinds[pick(3)], loss.reduction = LSTM_REDUCTION_MEAN;
    view.context_len = 1 + pick(3), view.segment_len = 1 + pick(2), view.scaling = pick(4);
    options.horizon = 1 + pick(3), options.season_len = pick(2) == 0 ? LSTM_NO_SEASON : 3;
    options.use = pick(5), options.n_network = 1 + pick(2), options.n_hidden = 1 + pick(3);
    options.n_update = 1 + pick(2), options.batch_size = 1 + pick(3), options.n_layer = pick(3);
    options.view = &view, options.loss = &loss, options.on_progress = stop_rarely;
    options.levels = some_levels(&options.n_level);
    options.skip_refit = pick(2), options.keep_moments = pick(2);
    options.calibrate_once = pick(4) == 3;
    void *interval = pick(2) == 0 ? NULL : some_intervals();
    options.interval = interval;
    longer.context_len = 4;
    if (pick(4) == 3)
        options.view = NULL, options.views = views, options.n_view = options.n_network;
    /* season, batch, rate, dropout and seed may be odd: the others decide the time */
    uint32_t odd_fields =
        FIELD(lstm_forecaster_options, season_len) | FIELD(lstm_forecaster_options, batch_size) |
        FIELD(lstm_forecaster_options, learning_rate) | FIELD(lstm_forecaster_options, dropout) |
        FIELD(lstm_forecaster_options, seed);
    void *odd = SPOILED(options, ~odd_fields);
    CALL(ANY_ERROR, lstm_forecaster_new(&t.forecasters[i], odd));
    free(odd);
    free(interval);
}

/* The numbers of updates and threads decide the time. */
static void continue_fit(lstm_forecaster *f)
{
    static const char *const devices[] = {NULL, "cpu", "cpu:1", "nothing at all"};
    lstm_continue_options options = LSTM_CONTINUE_OPTIONS_INIT;
    options.n_update = pick(3), options.n_threads = number_of_threads();
    options.device = devices[pick(16) < 14 ? pick(2) : pick(4)];
    options.on_progress = pick(2) == 0 ? NULL : stop_rarely;
    void *odd = SPOILED(options, ~FIELD(lstm_continue_options, learning_rate));
    CALL(ANY_ERROR, lstm_forecaster_continue(f, some_dataset(), odd));
    free(odd);
}

/* Methods and streams may borrow forecasters. */
void op_fit(void)
{
    int i = pick(2);
    lstm_forecaster *f = t.forecasters[i];
    if (f == NULL && pick(4) == 3) {
        CALL(ANY_ERROR, lstm_forecaster_clone(&t.forecasters[i], t.forecasters[1 - i]));
    } else if (f == NULL) {
        new_forecaster(i);
    } else if (pick(8) == 7) {
        free_methods();
        lstm_stream_free(t.stream);
        t.stream = NULL;
        lstm_forecaster_free(f);
        t.forecasters[i] = NULL;
    } else {
        if (pick(16) == 15)
            lstm_forecaster_cancel(f);
        if (pick(3) == 2) { /* streams keep the fit that they were made of */
            continue_fit(f);
            return;
        }
        lstm_stream_free(t.stream);
        t.stream = NULL;
        CALL(ANY_ERROR, lstm_forecaster_fit(f, some_dataset()));
    }
}

static void forecast_with(const lstm_forecaster *f, const lstm_dataset *d, int64_t series, int what)
{
    int64_t origins[2] = {some_origin(d, series), lstm_dataset_rows(d, series)}, n_level, L;
    const double *levels = some_levels(&n_level);
    int64_t H = lstm_forecaster_horizon(f), K = lstm_forecaster_targets(f), n = 1 + pick(2);
    lstm_forecaster_levels(f, &L);
    output y = output_new((what == 1   ? L
                           : what == 2 ? n_level
                           : what == 3 ? 3
                                       : 1) *
                              (what == 3 ? 1 : n) * H * K,
                          sizeof(lstm_real));
    output upper = output_new(L * n * H * K, sizeof(lstm_real));
    lstm_status status;
    if (what == 0)
        status = CALL(ANY_ERROR, lstm_forecaster_predict_from(f, d, series, origins, n, H, y.at));
    else if (what == 1)
        status = CALL(ANY_ERROR,
                      lstm_forecaster_intervals(f, d, series, origins, n, NULL, y.at, upper.at));
    else if (what == 2)
        status = CALL(ANY_ERROR, lstm_forecaster_quantiles(f, d, series, origins, n, H, levels,
                                                           n_level, y.at));
    else
        status = CALL(ANY_ERROR, lstm_forecaster_paths(f, d, series, origins[0], H, 3, 1, y.at));
    output_done(&y, status, ANY_BYTES);
    output_done(&upper, what == 1 ? status : LSTM_E_SHAPE, ANY_BYTES);
}

/* The same series twice in one call. */
static void forecast_twice(const lstm_forecaster *f, const lstm_dataset *d, int64_t series)
{
    const int64_t both[] = {series, series};
    int64_t n = lstm_forecaster_horizon(f) * lstm_forecaster_targets(f);
    output y = output_new(2 * n, sizeof(lstm_real));
    output_done(&y, CALL(ANY_ERROR, lstm_forecaster_predict_series(f, d, both, 2, y.at)),
                ANY_BYTES);
}

void op_predict(void)
{
    const lstm_forecaster *f = some_forecaster();
    const lstm_dataset *d = some_dataset();
    lstm_dataset *frame = NULL;
    char text[100];
    int64_t series = some_series(d), length = 0;
    int what = pick(7);
    if (what < 4) {
        forecast_with(f, d, series, what);
        return;
    }
    if (what == 4) {
        forecast_twice(f, d, series);
        return;
    }
    CALL(ANY_ERROR, lstm_forecaster_describe(f, text, sizeof text, &length));
    CALL(ANY_ERROR, lstm_forecaster_frame(&frame, f));
    FUZZ_HOLDS(lstm_dataset_targets(frame) == (frame == NULL ? 0 : lstm_forecaster_targets(f)));
    lstm_dataset_free(frame);
    lstm_forecaster_model(f, odd_int());
}

static void new_stream(void)
{
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    const lstm_real statics[] = {1};
    const lstm_forecaster *f = some_forecaster();
    options.dataset = some_dataset();
    options.series = some_series(options.dataset);
    options.horizon = pick(4), options.n_future = pick(3);
    options.static_values = pick(2) == 0 ? NULL : statics;
    void *odd =
        SPOILED(options, FIELD(lstm_stream_options, dataset) | FIELD(lstm_stream_options, start) |
                             FIELD(lstm_stream_options, static_values));
    CALL(ANY_ERROR, lstm_stream_new(&t.stream, f, odd));
    t.stream_targets = lstm_forecaster_targets(f);
    free(odd);
}

/* A stream allocates nothing after it was made. */
void op_stream(void)
{
    lstm_real rows[4 * TABLE_COLUMNS];
    int what = pick(4);
    if (t.stream == NULL || (what == 3 && pick(4) == 3)) {
        lstm_stream_free(t.stream);
        t.stream = NULL;
        new_stream();
        return;
    }
    int64_t calls = allocator_calls();
    fill_rows(rows, 4, TABLE_COLUMNS);
    if (what == 0) {
        output y = output_new(lstm_stream_horizon(t.stream) * t.stream_targets, sizeof(lstm_real));
        lstm_status status =
            CALL(E(ORDER) | E(SHAPE) | E(LIMIT) | E(NUMERIC), lstm_stream_forecast(t.stream, y.at));
        free(y.at);
        digest(&status, sizeof status);
    } else if (what == 1) {
        CALL(E(ARGUMENT) | E(NUMERIC),
             lstm_stream_set_future(t.stream, rows, pick(4) == 3 ? odd_int() % 5 : pick(5)));
    } else {
        CALL(E(ARGUMENT) | E(NUMERIC) | E(LIMIT), lstm_stream_push(t.stream, rows));
    }
    FUZZ_HOLDS(allocator_calls() == calls);
}
