/* SPDX-License-Identifier: MIT */
/*
 * Options of a forecaster's intervals: each against a plain loop over interval.h. Members that are
 * not fitted again are those that the fit has judged, so that their forecasts of the validation part
 * can be had by calls.
 */
#include "forecaster/forecaster.h"
#include "forecaster_fixture.h"
#include "scratch.h"

#include <lstmts/stream.h>
#include <stdbool.h>

enum { H = 4, WEEK = 7, ROWS = 330, TRAIN = 200, VALID = 280, L = 2, SLOT = L * H, N = 4 };
static const double levels[] = {0.5, 0.8};
static const int64_t origins[N] = {VALID, VALID + 1, VALID + 20, ROWS};

static lstm_real value_at(int64_t row)
{
    double width = 0.3 + 0.2 * wave(row, 40);
    return (lstm_real)(5 + 2 * wave(row, WEEK) + width * noise(row));
}

static lstm_dataset *new_data(int64_t n_row)
{
    lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_MASK);
    lstm_real *rows = new_rows(n_row);
    for (int64_t t = 0; t < n_row; t++)
        rows[t] = value_at(t);
    add_rows(dataset, rows, n_row);
    assert_ok(lstm_dataset_split(dataset, 0, TRAIN, n_row < VALID ? n_row : VALID));
    return dataset;
}

/* A forecaster with a distribution, of which interval options may be conformalized. */
typedef struct setup {
    lstm_view_options view;
    lstm_loss_options loss;
    lstm_interval_options interval;
    lstm_forecaster_options options;
} setup;

static setup *new_setup(int64_t use)
{
    static setup s;
    s.view = (lstm_view_options)LSTM_VIEW_OPTIONS_INIT;
    s.view.segment_len = 2, s.view.context_len = 3, s.view.horizon = 2;
    s.view.scaling = LSTM_SCALING_STANDARD;
    s.loss = (lstm_loss_options)LSTM_LOSS_OPTIONS_INIT;
    s.loss.kind = LSTM_LOSS_GAUSSIAN;
    s.interval = (lstm_interval_options)LSTM_INTERVAL_OPTIONS_INIT;
    s.options = small_options(H);
    s.options.use = use, s.options.season_len = WEEK, s.options.skip_refit = 1;
    s.options.levels = levels, s.options.n_level = L;
    s.options.view = &s.view, s.options.loss = &s.loss, s.options.interval = &s.interval;
    s.options.n_network = 2, s.options.n_update = 20;
    return &s;
}

/* Scored intervals of the series, in units of its mean absolute change over a week. */
typedef struct plain {
    const lstm_forecaster *f;
    const lstm_dataset *dataset;
    lstm_interval *interval;
    double scale;
    int64_t begin, stride; /* of the forecasts that are scored */
    bool is_conformalized;
} plain;

static double plain_scale(void)
{
    double sum = 0;
    for (int64_t t = WEEK; t < TRAIN; t++)
        sum += fabs((double)value_at(t) - (double)value_at(t - WEEK));
    return sum / (TRAIN - WEEK);
}

/* Quantiles low [L, H] and high, or points, low [H]. */
static void forecast(const plain *p, int64_t origin, lstm_real *low, lstm_real *high)
{
    const int64_t series = 0;
    lstm_real y[H], all[(1 + 2 * L) * H] = {0};
    assert_ok(lstm_forecaster_predict_from(p->f, p->dataset, 0, &origin, 1, H, y));
    if (p->is_conformalized) {
        const lts_origins one = {1, &series, &origin};
        assert_ok(lts_fitted_predict_shares(&p->f->fitted, &p->f->loss, &p->f->shares, 1,
                                            p->dataset, &one, H, all));
        assert_memory_equal(all, y, sizeof y);
    }
    for (int64_t i = 0; i < (p->is_conformalized ? SLOT : H); i++) {
        low[i] = (lstm_real)(((double)y[i % H] + (double)all[H + i]) / p->scale);
        high[i] = (lstm_real)(((double)y[i % H] + (double)all[H + SLOT + i]) / p->scale);
    }
    if (!p->is_conformalized)
        for (int64_t h = 0; h < H; h++)
            low[h] = (lstm_real)((double)y[h] / p->scale);
}

/* Rows up to `end`; forecasts are scored whose targets are before `known`. */
static void score(const plain *p, int64_t first, int64_t end, int64_t known)
{
    for (int64_t t = first; t < end; t++) {
        lstm_real low[SLOT], high[SLOT], row = (lstm_real)((double)value_at(t) / p->scale);
        forecast(p, t, low, high);
        if ((t - p->begin) % p->stride == 0 && t + H <= known)
            assert_ok(lstm_interval_expect(p->interval, low, p->is_conformalized ? high : NULL));
        assert_ok(lstm_interval_observe(p->interval, &row));
    }
}

static void assert_bounds(const plain *p, int64_t origin, const lstm_real *lower,
                          const lstm_real *upper)
{
    lstm_real y[SLOT], z[SLOT], low[SLOT], high[SLOT];
    forecast(p, origin, y, z);
    assert_ok(lstm_interval_bounds(p->interval, y, p->is_conformalized ? z : NULL, low, high));
    for (int i = 0; i < SLOT; i++) {
        low[i] = (lstm_real)((double)low[i] * p->scale);
        high[i] = (lstm_real)((double)high[i] * p->scale);
    }
    assert_memory_equal(low, lower, sizeof low);
    assert_memory_equal(high, upper, sizeof high);
}

/* What the options are where they are not given. */
static lstm_interval_options defaults_of(const setup *s)
{
    lstm_interval_options o = s->interval;
    o.horizon = H, o.levels = levels, o.n_level = L;
    o.window = o.window == 0 ? 200 : o.window;
    o.stride = o.stride == 0 ? 1 : o.stride;
    int64_t n_score = (VALID - TRAIN - H + o.stride) / o.stride;
    bool five_are_beyond = (double)(n_score * o.stride) * (1 - levels[L - 1]) >= 5;
    o.block_len = o.block_len > 0 ? o.block_len : five_are_beyond ? o.stride : H;
    if (s->options.calibrate_once)
        o.rate = LSTM_NO_ADAPTATION;
    return o;
}

/* Sets the bounds, which must be those of the loop. */
static void assert_plain(const setup *s, lstm_real lower[N * SLOT], lstm_real upper[N * SLOT])
{
    lstm_dataset *dataset = new_data(ROWS);
    const lstm_interval_options o = defaults_of(s);
    lstm_forecaster *f = fit_new(&s->options, dataset);
    plain p = {f, dataset, NULL, plain_scale(), TRAIN, o.stride, o.is_conformalized != 0};
    lstm_real y[N * H];
    assert_ok(lstm_forecaster_intervals(f, dataset, 0, origins, N, y, lower, upper));
    assert_ok(lstm_interval_new(&p.interval, &o));
    score(&p, TRAIN, VALID, VALID);
    p.begin = VALID;
    assert_ok(lstm_interval_restart(p.interval));
    for (int i = 0; i < N; i++) {
        if (i > 0 && !s->options.calibrate_once)
            score(&p, origins[i - 1], origins[i], INT64_MAX);
        assert_bounds(&p, origins[i], lower + (int64_t)i * SLOT, upper + (int64_t)i * SLOT);
    }
    lstm_interval_free(p.interval);
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
}

static void each_option_is_that_of_a_plain_loop(void **state)
{
    (void)state;
    static lstm_real plain_low[N * SLOT], low[N * SLOT], high[N * SLOT];
    const struct {
        lstm_interval_options interval;
        int64_t once;
    } cases[] = {
        {{.window = 0}, 0},
        {{.window = 30}, 0},
        {{.block_len = H}, 0},
        {{.stride = 3}, 0},
        {{.rate = 0.3}, 0},
        {{.rate = LSTM_NO_ADAPTATION}, 0},
        {{.is_two_sided = 1}, 0},
        {{.is_conformalized = 1}, 0},
        {{.is_conformalized = 1, .is_two_sided = 1, .window = 25, .block_len = 3}, 0},
        {{.window = 0}, 1},
        {{.is_conformalized = 1}, 1},
    };
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_RIDGE; use++)
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            setup *s = new_setup(use);
            s->interval = cases[i].interval, s->interval.struct_size = sizeof s->interval;
            s->options.calibrate_once = cases[i].once;
            assert_plain(s, low, high);
            bool has_shares = use != LSTM_USE_RIDGE || !s->interval.is_conformalized;
            if (i == 0)
                memcpy(plain_low, low, sizeof low);
            else if (has_shares || i == 8 || i == 10)
                assert_memory_not_equal(plain_low, low, sizeof low);
            else /* ridge has no quantiles: its forecasts are points */
                assert_memory_equal(plain_low, low, sizeof low);
        }
}

static void without_options_they_are_the_defaults(void **state)
{
    (void)state;
    lstm_dataset *dataset = new_data(ROWS);
    setup *s = new_setup(LSTM_USE_NETWORKS);
    lstm_real bounds[2][2 * N * SLOT], y[N * H];
    for (int i = 0; i < 2; i++) {
        s->interval.rate = 0.05, s->interval.window = 200, s->interval.stride = 1;
        s->interval.block_len = 1;
        s->options.interval = i == 0 ? NULL : &s->interval;
        lstm_forecaster *f = fit_new(&s->options, dataset);
        assert_ok(lstm_forecaster_intervals(f, dataset, 0, origins, N, y, bounds[i],
                                            bounds[i] + N * SLOT));
        assert_described(f, "\"intervals\":{\"window\":200,\"block_len\":1,\"stride\":1,"
                            "\"is_two_sided\":0,\"is_conformalized\":0,\"rate\":0.05,"
                            "\"calibrate_once\":0}");
        lstm_forecaster_free(f);
    }
    assert_memory_equal(bounds[0], bounds[1], sizeof bounds[0]);
    lstm_dataset_free(dataset);
}

/* Five scores beyond the bounds of 80 % need 25 forecasts: steps of a season share fewer. */
static void few_scores_are_shared_by_the_steps_of_a_season(void **state)
{
    (void)state;
    static const int64_t n_forecast[] = {24, 26};
    static const char *const block[] = {"\"block_len\":4,", "\"block_len\":1,"};
    lstm_dataset *dataset = new_data(ROWS);
    setup *s = new_setup(LSTM_USE_RIDGE);
    for (int i = 0; i < 2; i++) {
        assert_ok(lstm_dataset_split(dataset, 0, VALID - H + 1 - n_forecast[i], VALID));
        lstm_forecaster *f = fit_new(&s->options, dataset);
        assert_described(f, block[i]);
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(dataset);
}

static void assert_same(const lstm_forecaster *f, const lstm_dataset *dataset,
                        const lstm_real *lower, const lstm_real *upper)
{
    lstm_real y[N * H], low[N * SLOT], high[N * SLOT];
    assert_ok(lstm_forecaster_intervals(f, dataset, 0, origins, N, y, low, high));
    assert_memory_equal(low, lower, sizeof low);
    assert_memory_equal(high, upper, sizeof high);
}

static void assert_stream(const lstm_forecaster *f, const lstm_real *lower, const lstm_real *upper)
{
    lstm_stream *stream = NULL;
    lstm_stream_options options = LSTM_STREAM_OPTIONS_INIT;
    lstm_dataset *begin = new_data(VALID);
    options.dataset = begin, options.intervals = 1;
    assert_ok(lstm_stream_new(&stream, f, &options));
    for (int64_t t = VALID, i = 0; i < N; t++) {
        lstm_real low[SLOT], high[SLOT], row = value_at(t);
        assert_ok(lstm_stream_intervals(stream, NULL, low, high));
        if (t == origins[i]) {
            assert_memory_equal(low, lower + i * SLOT, sizeof low);
            assert_memory_equal(high, upper + i++ * SLOT, sizeof high);
        }
        assert_ok(lstm_stream_push(stream, &row));
    }
    lstm_stream_free(stream);
    lstm_dataset_free(begin);
}

static void copies_files_and_streams_have_them(void **state)
{
    (void)state;
    lstm_dataset *dataset = new_data(ROWS);
    static const int64_t uses[] = {LSTM_USE_NETWORKS, LSTM_USE_MEAN, LSTM_USE_BASELINE};
    for (int i = 0; i < 6; i++) {
        setup *s = new_setup(uses[i % 3]);
        lstm_real lower[N * SLOT], upper[N * SLOT], y[N * H];
        s->interval.is_conformalized = 1, s->interval.is_two_sided = i % 2;
        s->interval.window = 40, s->interval.stride = 2, s->options.calibrate_once = i / 3;
        lstm_forecaster *clone = NULL, *loaded = NULL, *f = fit_new(&s->options, dataset);
        assert_ok(lstm_forecaster_intervals(f, dataset, 0, origins, N, y, lower, upper));
        assert_ok(lstm_forecaster_clone(&clone, f));
        assert_ok(lstm_forecaster_save(f, scratch("saved")));
        assert_ok(lstm_forecaster_load(&loaded, scratch("saved")));
        assert_same(clone, dataset, lower, upper);
        assert_same(loaded, dataset, lower, upper);
        assert_stream(loaded, lower, upper);
        assert_ok(lstm_forecaster_fit(loaded, dataset));
        assert_same(loaded, dataset, lower, upper);
        lstm_forecaster_free(clone);
        lstm_forecaster_free(loaded);
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(dataset);
}

/* The same widths, whatever was observed and learned since. */
static void what_was_calibrated_once_stays(void **state)
{
    (void)state;
    lstm_dataset *dataset = new_data(ROWS);
    setup *s = new_setup(LSTM_USE_RIDGE);
    s->options.calibrate_once = 1;
    lstm_forecaster *f = fit_new(&s->options, dataset);
    assert_ok(lstm_dataset_split(dataset, 0, TRAIN, ROWS - 5));
    for (int i = 0; i < 2; i++) {
        lstm_real y[N * H], lower[N * SLOT], upper[N * SLOT];
        assert_ok(lstm_forecaster_intervals(f, dataset, 0, origins, N, y, lower, upper));
        for (int64_t j = SLOT; j < N * SLOT; j++)
            assert_true(fabs((double)(upper[j] - lower[j]) -
                             (double)(upper[j % SLOT] - lower[j % SLOT])) < 1e-5);
        assert_ok(lstm_forecaster_continue(f, dataset, NULL));
    }
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
}

static void assert_refused(const setup *s, lstm_status want, const char *part)
{
    lstm_forecaster *f = NULL;
    assert_status(lstm_forecaster_new(&f, &s->options), want, part);
    assert_null(f);
}

/* The longest distance: of each series and each part one forecast is scored. */
static void a_stride_may_be_longer_than_the_data(void **state)
{
    (void)state;
    setup *s = new_setup(LSTM_USE_NETWORKS);
    lstm_dataset *fewer = new_data(VALID), *all = new_data(ROWS);
    lstm_real lower[N * SLOT], upper[N * SLOT];
    s->interval.stride = 1 << 24, s->interval.block_len = 1;
    lstm_forecaster *f = fit_new(&s->options, fewer);
    assert_int_equal(lstm_interval_scores(f->fitted.interval, 0, 0), 1);
    assert_ok(lstm_forecaster_intervals(f, all, 0, origins, N, NULL, lower, upper));
    assert_ok(lstm_dataset_split(all, 0, TRAIN, ROWS));
    assert_ok(lstm_forecaster_continue(f, all, NULL));
    assert_int_equal(lstm_interval_scores(f->fitted.interval, 0, 0), 2);
    lstm_forecaster_free(f);
    lstm_dataset_free(fewer);
    lstm_dataset_free(all);
}

static void wrong_options_are_refused(void **state)
{
    (void)state;
    setup *s = new_setup(LSTM_USE_NETWORKS);
    s->interval.horizon = H, assert_refused(s, LSTM_E_ARGUMENT, "horizon of interval is 4");
    s = new_setup(0), s->interval.n_column = 1;
    assert_refused(s, LSTM_E_ARGUMENT, "n_column of interval is 1");
    s = new_setup(0), s->interval.n_level = 1;
    assert_refused(s, LSTM_E_ARGUMENT, "n_level of interval is 1");
    s = new_setup(0), s->interval.levels = levels;
    assert_refused(s, LSTM_E_ARGUMENT, "levels of interval");
    s = new_setup(0), s->interval.window = -1;
    assert_refused(s, LSTM_E_ARGUMENT, "window is -1");
    s = new_setup(0), s->interval.block_len = H + 1;
    assert_refused(s, LSTM_E_ARGUMENT, "block_len is 5");
    s = new_setup(0), s->interval.stride = -2, assert_refused(s, LSTM_E_ARGUMENT, "stride is -2");
    s = new_setup(0), s->interval.stride = (1 << 24) + 1;
    assert_refused(s, LSTM_E_LIMIT, "stride is 16777217");
    s = new_setup(0), s->interval.stride = INT64_MAX / 100;
    assert_refused(s, LSTM_E_LIMIT, "stride is 92233720368547758");
    s = new_setup(0), s->interval.rate = 2, assert_refused(s, LSTM_E_ARGUMENT, "rate is 2");
    s = new_setup(0), s->interval.is_two_sided = 2;
    assert_refused(s, LSTM_E_ARGUMENT, "is_two_sided");
    s = new_setup(0), s->interval.struct_size = 3;
    assert_refused(s, LSTM_E_OPTIONS, "lstm_interval_options");
    s = new_setup(0), s->interval.window = 1 << 25, assert_refused(s, LSTM_E_LIMIT, "window");
    s = new_setup(0), s->options.calibrate_once = 2;
    assert_refused(s, LSTM_E_ARGUMENT, "calibrate_once is 2");
    s = new_setup(0), s->interval.is_conformalized = 1, s->loss.kind = LSTM_LOSS_MAE;
    assert_refused(s, LSTM_E_ARGUMENT, "the loss has no distribution");
    s->options.loss = NULL, assert_refused(s, LSTM_E_ARGUMENT, "the loss has no distribution");
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_option_is_that_of_a_plain_loop),
        TEST(without_options_they_are_the_defaults),
        TEST(few_scores_are_shared_by_the_steps_of_a_season),
        TEST(copies_files_and_streams_have_them),
        TEST(what_was_calibrated_once_stays),
        TEST(a_stride_may_be_longer_than_the_data),
        TEST(wrong_options_are_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
