/* SPDX-License-Identifier: MIT */
/* Fits that end when their time is over, on a clock that advances with each update. */
#include "forecaster/forecaster.h"

#include "folder_fixture.h"

enum { FEW = 5 }; /* updates, where they are given */

static double seconds;
static int64_t n_read, jump_at; /* reads of the clock, and that at which the time is over */

/* Nearly all reads are those after an update: it takes a second. */
static double ticking(void)
{
    return ++seconds;
}

static double jumping(void)
{
    return ++n_read >= jump_at ? 1e9 : 0;
}

static lstm_forecaster_options options_of(double max_seconds)
{
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    options.horizon = H, options.season_len = LSTM_NO_SEASON;
    options.n_hidden = 2, options.batch_size = 4;
    options.max_seconds = max_seconds;
    return options;
}

static lstm_forecaster *new_on(const lstm_forecaster_options *options, double (*clock)(void))
{
    lstm_forecaster *f;
    assert_ok(lstm_forecaster_new(&f, options));
    f->clock = clock;
    seconds = 0, n_read = 0;
    return f;
}

/* What a fit of so many seconds makes. */
static lts_fitted fit_ticking(lstm_forecaster **f, double max_seconds, int64_t use,
                              const lstm_dataset *data)
{
    lstm_forecaster_options options = options_of(max_seconds);
    options.use = use;
    *f = new_on(&options, ticking);
    assert_ok(lstm_forecaster_fit(*f, data));
    return (*f)->fitted;
}

static void enough_time_changes_nothing(void **state)
{
    (void)state;
    lstm_dataset *data = new_data(0);
    lstm_real y[2][H * K];
    for (int i = 0; i < 2; i++) {
        lstm_forecaster *f;
        lts_fitted made = fit_ticking(&f, i == 0 ? 0 : 1e6, LSTM_USE_MEAN, data);
        assert_int_equal(made.n_network, 3);
        assert_null(strstr(made.choice.why, "max_seconds"));
        assert_ok(lstm_forecaster_predict(f, data, 0, y[i]));
        lstm_forecaster_free(f);
    }
    assert_memory_equal(y[0], y[1], sizeof y[0]);
    lstm_dataset_free(data);
}

/*
 * A quarter of the time goes to views. Then 150 updates are tried, 500 if there is time for them
 * twice; the other networks are judged while there is time to train them twice; and networks are
 * trained again while there is time for one.
 */
static void what_is_ready_forecasts(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        int64_t use, n_network, n_update;
    } cases[] = {{1, LSTM_USE_AUTO, 0, 0},
                 {200, LSTM_USE_AUTO, 0, 0},
                 {900, LSTM_USE_MEAN, 1, 150},
                 {1400, LSTM_USE_NETWORKS, 3, 150},
                 {5300, LSTM_USE_NETWORKS, 3, 500}};
    lstm_dataset *data = new_data(0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lstm_forecaster *f;
        lstm_real y[H * K];
        lts_fitted made = fit_ticking(&f, cases[i].seconds, cases[i].use, data);
        assert_int_equal(made.n_network, cases[i].n_network);
        assert_int_equal(made.n_network > 0 ? made.choice.training.n_update : 0, cases[i].n_update);
        if (cases[i].n_update < 500)
            assert_non_null(strstr(made.choice.why, "; max_seconds, "));
        assert_ok(lstm_forecaster_predict(f, data, 0, y));
        assert_true(isfinite(y[0]) && isfinite(y[H * K - 1]));
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(data);
}

static void the_time_may_be_over_at_any_moment(void **state)
{
    (void)state;
    lstm_dataset *data = new_data(0);
    const lstm_view_options view = short_view();
    static const int64_t uses[] = {LSTM_USE_AUTO, LSTM_USE_MEAN, LSTM_USE_NETWORKS};
    for (int i = 0; i < 6; i++) {
        lstm_forecaster_options options = options_of(10);
        options.view = &view, options.n_update = FEW, options.n_network = 2;
        options.use = uses[i % 3], options.skip_refit = i / 3;
        int64_t n_network = 0;
        bool is_free = options.use == LSTM_USE_AUTO; /* ridge may be all that forecasts */
        jump_at = 1;
        do {
            jump_at++; /* the first read begins the fit */
            lstm_real y[H * K];
            lstm_forecaster *f = new_on(&options, jumping);
            lstm_status status = lstm_forecaster_fit(f, data);
            if (!is_free && n_network == 0 && status != LSTM_OK) {
                assert_status(status, LSTM_E_LIMIT,
                              "no network was trained within max_seconds, 10");
                assert_status(lstm_forecaster_predict(f, data, 0, y), LSTM_E_ORDER, "not fitted");
            } else {
                assert_ok(status);
                assert_ok(lstm_forecaster_predict(f, data, 0, y));
                assert_true(isfinite(y[0]) && isfinite(y[H * K - 1]));
                assert_true(is_free || f->fitted.n_network >= n_network);
                n_network = f->fitted.n_network;
            }
            lstm_forecaster_free(f);
        } while (n_read >= jump_at);
        assert_true(is_free || n_network == 2);
    }
    lstm_dataset_free(data);
}

static void the_limit_is_in_the_file(void **state)
{
    (void)state;
    lstm_dataset *data = new_data(0);
    lstm_forecaster *f, *loaded;
    const char *path = scratch("limited");
    (void)fit_ticking(&f, 1, LSTM_USE_AUTO, data);
    assert_ok(lstm_forecaster_save(f, path));
    assert_ok(lstm_forecaster_load(&loaded, path));
    assert_true(loaded->options.max_seconds == 1);
    assert_string_equal(loaded->fitted.choice.why, f->fitted.choice.why);
    lstm_forecaster_free(loaded);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

static void wrong_limits_are_refused(void **state)
{
    (void)state;
    static const double wrong[] = {-1, (double)NAN, HUGE_VAL};
    lstm_forecaster *f = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const lstm_forecaster_options options = options_of(wrong[i]);
        assert_status(lstm_forecaster_new(&f, &options), LSTM_E_ARGUMENT, "max_seconds is ");
    }
    lstm_forecaster_options options = options_of(1);
    options.folder = ".";
    assert_status(lstm_forecaster_new(&f, &options), LSTM_E_ARGUMENT, "max_seconds and folder");
    assert_null(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enough_time_changes_nothing),
        cmocka_unit_test(what_is_ready_forecasts),
        cmocka_unit_test(the_time_may_be_over_at_any_moment),
        cmocka_unit_test(the_limit_is_in_the_file),
        cmocka_unit_test(wrong_limits_are_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
