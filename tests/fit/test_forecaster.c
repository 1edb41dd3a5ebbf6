/* SPDX-License-Identifier: MIT */
/* Fitting a forecaster: what is chosen, what is read, progress and cancelling. */
#include "forecaster_fixture.h"

#include <fenv.h>
#include <lstmts/backtest.h>
#include <lstmts/baseline.h>
#include <stdbool.h>

enum { ROWS = 160, TRAIN = 100, VALID = 130, H = 6, K = 2 };

/* Two columns of a period of 8 rows; from `spoiled` on another table. */
static lstm_dataset *new_data(int64_t spoiled)
{
    const int64_t roles[K] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH};
    lstm_dataset *dataset = new_timed(K, roles, LSTM_STEP_ROWS, 1);
    lstm_real *rows = new_rows(ROWS * K);
    for (int64_t i = 0; i < ROWS * K; i++) {
        int64_t t = i / K, c = i % K;
        rows[i] = (lstm_real)(5 + (double)c + wave(t + c, 8) + 0.02 * (double)t + 0.1 * noise(i));
        if (t >= spoiled)
            rows[i] = (lstm_real)(t % 3 == 0 ? (double)NAN : -1e9 * noise(i));
    }
    add_rows(dataset, rows, ROWS);
    assert_ok(lstm_dataset_split(dataset, 0, TRAIN, VALID));
    return dataset;
}

static void predict(const lstm_forecaster *forecaster, const lstm_dataset *dataset,
                    lstm_real y[H * K])
{
    const int64_t origin = VALID;
    assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 0, &origin, 1, H, y));
}

/* Forecasts and description: everything that a user sees of a fit. */
typedef struct sight {
    lstm_real y[H * K];
    char text[1 << 14];
} sight;

static void look(const lstm_forecaster *forecaster, const lstm_dataset *dataset, sight *s)
{
    memset(s, 0, sizeof *s);
    predict(forecaster, dataset, s->y);
    assert_ok(lstm_forecaster_describe(forecaster, s->text, sizeof s->text, NULL));
}

static void assert_same_sight(const sight *a, const sight *b)
{
    assert_string_equal(a->text, b->text);
    assert_memory_equal(a->y, b->y, sizeof a->y);
}

static void the_bits_depend_on_the_options_alone(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(ROWS);
    lstm_forecaster_options options = small_options(H);
    sight first, other;
    options.use = LSTM_USE_MEAN, options.n_network = 2, options.seed = 5;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    look(forecaster, dataset, &first);
    assert_ok(lstm_forecaster_fit(forecaster, dataset));
    look(forecaster, dataset, &other);
    assert_same_sight(&first, &other);
    lstm_forecaster_free(forecaster);
    for (int64_t n = 2; n < 6; n++) {
        options.n_threads = n;
        forecaster = fit_new(&options, dataset);
        look(forecaster, dataset, &other);
        assert_same_sight(&first, &other);
        lstm_forecaster_free(forecaster);
    }
    options.seed = 6;
    forecaster = fit_new(&options, dataset);
    look(forecaster, dataset, &other);
    assert_memory_not_equal(&first.y, &other.y, sizeof first.y);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

/* Forecasters of neighbouring seeds share no network. */
static void all_networks_of_all_seeds_differ(void **fixture)
{
    (void)fixture;
    enum { N_SEED = 3, N_NETWORK = 3, N = N_SEED * N_NETWORK, N_HIDDEN = 4 };
    lstm_dataset *dataset = new_data(ROWS);
    lstm_forecaster_options options = small_options(H);
    lstm_real biases[N][4 * N_HIDDEN];
    options.use = LSTM_USE_NETWORKS, options.n_network = N_NETWORK, options.n_update = 1;
    for (int64_t i = 0; i < N; i++) {
        options.seed = (uint64_t)(i / N_NETWORK);
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        assert_ok(lstm_model_get(lstm_forecaster_model(forecaster, i % N_NETWORK), "lstm.0.bias",
                                 biases[i], 4 * N_HIDDEN));
        lstm_forecaster_free(forecaster);
        for (int64_t j = 0; j < i; j++)
            assert_memory_not_equal(biases[i], biases[j], sizeof biases[i]);
    }
    lstm_dataset_free(dataset);
}

/* A test part of other values, some of them missing, changes no bit. */
static void the_test_part_is_not_read(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(ROWS), *spoiled = new_data(VALID);
    for (int64_t use = LSTM_USE_AUTO; use <= LSTM_USE_BASELINE; use++) {
        lstm_forecaster_options options = small_options(H);
        sight first, other;
        options.use = use;
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        look(forecaster, dataset, &first);
        assert_ok(lstm_forecaster_fit(forecaster, spoiled));
        look(forecaster, dataset, &other);
        assert_same_sight(&first, &other);
        look(forecaster, spoiled, &other); /* nor do forecasts read rows after their origin */
        assert_same_sight(&first, &other);
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
    lstm_dataset_free(spoiled);
}

/* Fits a column y(t) by a baseline and asserts which one it is. */
static void assert_baseline(double (*y)(int64_t), int64_t season_len, const char *want)
{
    lstm_dataset *dataset = new_timed(1, NULL, LSTM_STEP_ROWS, 1);
    lstm_real *rows = new_rows(ROWS);
    for (int64_t t = 0; t < ROWS; t++)
        rows[t] = (lstm_real)y(t);
    add_rows(dataset, rows, ROWS);
    lstm_forecaster_options options = small_options(H);
    options.use = LSTM_USE_BASELINE, options.season_len = season_len;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_described(forecaster, want);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

static double line(int64_t t)
{
    return 3 + 0.5 * (double)t;
}

static double season(int64_t t)
{
    return 10 * wave(t, 8) + noise(t);
}

static double season_on_a_line(int64_t t)
{
    return line(t) + wave(t, 8);
}

static double alternating(int64_t t) /* no trend, and the last value is at most 1 away */
{
    return (double)(t / 40 % 2);
}

static double constant(int64_t t)
{
    (void)t;
    return 7;
}

static void an_obvious_baseline_is_chosen(void **fixture)
{
    (void)fixture;
    assert_baseline(line, 0, "\"forecast_by\":\"drift\"");
    assert_baseline(season, 0, "\"forecast_by\":\"seasonal naive\"");
    assert_baseline(season, 0, "\"season_len\":8");
    assert_baseline(season, LSTM_NO_SEASON, "\"season_len\":0");
    assert_baseline(season, 16, "\"season_len\":16");
    assert_baseline(season_on_a_line, 8, "\"forecast_by\":\"seasonal naive with drift\"");
    assert_baseline(alternating, LSTM_NO_SEASON, "\"forecast_by\":\"naive\"");
    assert_baseline(constant, 0, "\"forecast_by\":\"naive\"");
    assert_baseline(constant, 8, "\"forecast_by\":\"naive\"");
}

/* Where all methods are the same, or there is too little to choose by: a baseline. */
static void little_data_gives_a_baseline(void **fixture)
{
    (void)fixture;
    static const int64_t lengths[] = {1, 2, 7, 12};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
        lstm_real *rows = new_rows(lengths[i]), y[H];
        for (int64_t t = 0; t < lengths[i]; t++)
            rows[t] = (lstm_real)(3 + t % 2);
        lstm_real last = rows[lengths[i] - 1];
        add_rows(dataset, rows, lengths[i]);
        lstm_forecaster_options options = small_options(H);
        options.season_len = LSTM_NO_SEASON;
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        assert_described(forecaster, "fewer than five validation windows");
        assert_described(forecaster, "\"forecast_by\":\"naive\"");
        assert_null(lstm_forecaster_model(forecaster, 0));
        assert_ok(lstm_forecaster_predict(forecaster, dataset, 0, y));
        for (int64_t h = 0; h < H; h++)
            assert_true(y[h] == last);
        lstm_real lower[H], upper[H];
        assert_ok(
            lstm_forecaster_intervals(forecaster, dataset, 0, &lengths[i], 1, y, lower, upper));
        for (int64_t h = 0; h < H; h++)
            assert_true(isnan(lower[h]) && isnan(upper[h]));
        lstm_forecaster_free(forecaster);
        lstm_dataset_free(dataset);
    }
}

/* Of a series without a validation part, the first number of rows that are enough to choose by. */
static void three_times_the_horizon_and_four_rows_are_enough(void **fixture)
{
    (void)fixture;
    for (int64_t n = 3 * (H + 4) - 1; n <= 3 * (H + 4); n++) {
        lstm_dataset *dataset = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
        lstm_real *rows = new_rows(n);
        for (int64_t t = 0; t < n; t++)
            rows[t] = (lstm_real)wave(t, 7);
        add_rows(dataset, rows, n);
        lstm_forecaster_options options = small_options(H);
        options.season_len = LSTM_NO_SEASON;
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        char text[8192];
        assert_ok(lstm_forecaster_describe(forecaster, text, sizeof text, NULL));
        assert_true((strstr(text, "fewer than five validation windows") == NULL) ==
                    (n == 3 * (H + 4)));
        lstm_forecaster_free(forecaster);
        lstm_dataset_free(dataset);
    }
}

/* Longer trainings on a table whose next rows follow from the last ones. */
static void members_forecast_better_than_the_last_value(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(ROWS);
    const lstm_real *rows = lstm_dataset_data(dataset, 0);
    for (int64_t use = LSTM_USE_AUTO; use <= LSTM_USE_RIDGE; use++) {
        lstm_forecaster_options options = small_options(H);
        lstm_real y[H * K];
        double error = 0, naive = 0;
        options.use = use, options.n_hidden = 16, options.n_update = 150, options.batch_size = 16;
        lstm_forecaster *forecaster = fit_new(&options, dataset);
        predict(forecaster, dataset, y);
        for (int64_t i = 0; i < H * K; i++) {
            error += fabs((double)y[i] - (double)rows[VALID * K + i]);
            naive += fabs((double)rows[(VALID - 1) * K + i % K] - (double)rows[VALID * K + i]);
        }
        if (!(error < naive / 3))
            fail_msg("use %d: %g, the last value has %g", (int)use, error, naive);
        lstm_forecaster_free(forecaster);
    }
    lstm_dataset_free(dataset);
}

/* What a callback has seen, and after how many calls it cancels. */
typedef struct watched {
    int64_t n, last;
    double fraction, of_views, best;
    bool by_function;
    lstm_forecaster *forecaster;
    char stages[512];
} watched;

static int watch(const lstm_fit_progress *progress, void *user)
{
    watched *w = user;
    assert_int_equal(fegetround(), FE_UPWARD);
    assert_true(progress->fraction >= w->fraction && progress->fraction <= 1);
    assert_true(isnan(progress->loss) || progress->loss >= 0);
    assert_true(progress->best <= progress->error);
    assert_true(w->n == 0 || progress->best <= w->best);
    w->best = progress->best;
    if (strstr(w->stages, progress->stage) == NULL) {
        strcat(w->stages, progress->stage);
        strcat(w->stages, ";");
    }
    w->fraction = progress->fraction;
    if (strcmp(progress->stage, "views of networks") == 0)
        w->of_views = progress->fraction;
    if (++w->n != w->last)
        return 0;
    if (w->by_function)
        lstm_forecaster_cancel(w->forecaster);
    return !w->by_function;
}

static lstm_status fit_watched(lstm_forecaster *forecaster, const lstm_dataset *dataset)
{
    fesetround(FE_UPWARD);
    lstm_status status = lstm_forecaster_fit(forecaster, dataset);
    assert_int_equal(fegetround(), FE_UPWARD);
    fesetround(FE_TONEAREST);
    return status;
}

static void a_cancelled_fit_leaves_the_forecaster_as_before(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(ROWS), *other = new_data(0);
    lstm_forecaster_options options = small_options(H);
    watched w = {0};
    sight before, after;
    lstm_real y[H * K];
    options.on_progress = watch, options.progress_user = &w, options.n_network = 2;
    options.use = LSTM_USE_MEAN;
    lstm_forecaster *forecaster = w.forecaster = new_forecaster(&options);
    assert_int_equal(fit_watched(forecaster, dataset), LSTM_OK);
    assert_string_equal(w.stages, "ridge;views of networks;a schedule of 3 updates;network 1 of 2;"
                                  "network 2 of 2;");
    /* 6 to 11 trainings of views, and 4 others of as many updates */
    assert_true(w.of_views > 0.3 && w.of_views < 0.75 && w.fraction == 1);
    int64_t n = w.n;
    look(forecaster, dataset, &before);
    lstm_forecaster_cancel(NULL);
    lstm_forecaster_cancel(forecaster); /* nothing is in progress: the next fit stops at once */
    assert_int_equal(fit_watched(forecaster, other), LSTM_STOPPED);
    assert_int_equal(w.n, n);
    look(forecaster, dataset, &after);
    assert_same_sight(&before, &after);
    for (int64_t last = 1;; last += last % 5 == 0 ? 3 : 1) {
        w = (watched){.last = last, .by_function = last % 2 == 0, .forecaster = forecaster};
        lstm_status status = fit_watched(forecaster, other);
        if (w.n < last) { /* there are no more reports */
            assert_int_equal(status, LSTM_OK);
            assert_true(last > 20);
            break;
        }
        assert_int_equal(status, LSTM_STOPPED);
        look(forecaster, dataset, &after);
        assert_same_sight(&before, &after);
    }
    lstm_forecaster_free(forecaster);
    w = (watched){.last = 1};
    forecaster = new_forecaster(&options);
    assert_int_equal(fit_watched(forecaster, dataset), LSTM_STOPPED);
    assert_status(lstm_forecaster_predict(forecaster, dataset, 0, y), LSTM_E_ORDER,
                  "lstm_forecaster_fit()");
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
    lstm_dataset_free(other);
}

static void a_backtest_fits_and_judges_a_forecaster(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(ROWS);
    lstm_forecaster_options options = small_options(H);
    lstm_backtest_options test = LSTM_BACKTEST_OPTIONS_INIT;
    options.use = LSTM_USE_RIDGE;
    lstm_forecaster *forecaster = new_forecaster(&options);
    lstm_method *methods[2] = {NULL, NULL};
    lstm_backtest *backtest = NULL;
    double mine, naive, sum = 0;
    assert_ok(lstm_forecaster_method(&methods[0], forecaster, "mine"));
    assert_ok(lstm_baseline_new(&methods[1], NULL));
    assert_string_equal(lstm_method_name(methods[0]), "mine");
    lstm_forecaster_cancel(forecaster);
    assert_status(lstm_method_fit(methods[0], dataset), LSTM_E_ORDER, "the fit was cancelled");
    test.horizon = H, test.stride = 7, test.n_threads = 3;
    assert_ok(lstm_backtest_run(&backtest, methods, 2, dataset, &test));
    assert_ok(lstm_backtest_value(backtest, LSTM_METRIC_MAE, 0, LSTM_ALL, LSTM_ALL, LSTM_ALL, &mine,
                                  NULL));
    assert_ok(lstm_backtest_value(backtest, LSTM_METRIC_MAE, 1, LSTM_ALL, LSTM_ALL, LSTM_ALL,
                                  &naive, NULL));
    assert_true(mine < naive / 3);
    const lstm_real *rows = lstm_dataset_data(dataset, 0);
    int64_t n = 0;
    for (int64_t origin = VALID; origin + H <= ROWS; origin += 7, n += H * K) {
        lstm_real y[H * K];
        assert_ok(lstm_forecaster_predict_from(forecaster, dataset, 0, &origin, 1, H, y));
        for (int64_t i = 0; i < H * K; i++)
            sum += fabs((double)y[i] - (double)rows[origin * K + i]);
    }
    assert_true(fabs(mine - sum / (double)n) < 1e-6 * mine);
    lstm_backtest_free(backtest);
    lstm_method_free(methods[0]);
    lstm_method_free(methods[1]);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bits_depend_on_the_options_alone),
        cmocka_unit_test(all_networks_of_all_seeds_differ),
        cmocka_unit_test(the_test_part_is_not_read),
        cmocka_unit_test(an_obvious_baseline_is_chosen),
        cmocka_unit_test(little_data_gives_a_baseline),
        cmocka_unit_test(three_times_the_horizon_and_four_rows_are_enough),
        cmocka_unit_test(members_forecast_better_than_the_last_value),
        cmocka_unit_test(a_cancelled_fit_leaves_the_forecaster_as_before),
        cmocka_unit_test(a_backtest_fits_and_judges_a_forecaster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
