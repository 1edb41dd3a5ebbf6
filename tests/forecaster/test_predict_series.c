/* SPDX-License-Identifier: MIT */
/* Forecasts of many series in one call: those of each, with the same bits. */
#include "series_fixture.h"

static const int64_t uses[] = {LSTM_USE_MEAN, LSTM_USE_RIDGE, LSTM_USE_NETWORKS, LSTM_USE_BASELINE};
enum { N_USE = 4, FLEET = SERIES + 2, MANY = 600 };

/* The series of the fit and, in another order and of other lengths, two that are new. */
static lstm_dataset *mixed_fleet(void)
{
    lstm_dataset *dataset = new_fleet(LSTM_STEP_SECONDS);
    add_part(dataset, "Quito", SERIES, 0, 50);
    for (int64_t s = SERIES; s-- > 0;)
        add_part(dataset, names[s], s, 20 * s, ROWS);
    add_part(dataset, "Bern", 1, 0, 30);
    return dataset;
}

static lstm_forecaster *fit_with(const lstm_dataset *dataset, int64_t use, int64_t scale_series)
{
    lstm_view_options view = fleet_view();
    lstm_forecaster_options options = small_options(H);
    view.scale_series = scale_series;
    options.use = use, options.view = &view, options.season_len = WEEK, options.n_network = 2;
    return fit_new(&options, dataset);
}

static void many_series_are_forecast_as_each_alone(void **state)
{
    (void)state;
    lstm_dataset *dataset = whole_fleet(LSTM_STEP_SECONDS, 1), *mixed = mixed_fleet();
    for (int i = 0; i < 2 * N_USE; i++) {
        lstm_forecaster *f = fit_with(dataset, uses[i / 2], i % 2);
        lstm_real one[FLEET][H], all[FLEET][H];
        static lstm_real many[MANY][H];
        int64_t series[MANY];
        for (int64_t s = 0; s < FLEET; s++)
            assert_ok(lstm_forecaster_predict(f, mixed, s, one[s]));
        assert_ok(lstm_forecaster_predict_series(f, mixed, NULL, FLEET, &all[0][0]));
        assert_memory_equal(all, one, sizeof one);
        for (int64_t n = 0; n < MANY; n++) /* again and again, also twice in a row */
            series[n] = n * n / 3 % FLEET;
        assert_ok(lstm_forecaster_predict_series(f, mixed, series, MANY, &many[0][0]));
        for (int64_t n = 0; n < MANY; n++)
            assert_memory_equal(many[n], one[series[n]], sizeof one[0]);
        for (int64_t s = 0; s < FLEET; s++) { /* of a single one */
            assert_ok(lstm_forecaster_predict_series(f, mixed, &s, 1, all[0]));
            assert_memory_equal(all[0], one[s], sizeof one[0]);
        }
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(dataset);
    lstm_dataset_free(mixed);
}

static void wrong_use_leaves_the_forecasts(void **state)
{
    (void)state;
    lstm_dataset *dataset = whole_fleet(LSTM_STEP_SECONDS, 1), *empty = new_fleet(LSTM_STEP_ROWS);
    lstm_forecaster_options options = small_options(H);
    lstm_forecaster *fresh = new_forecaster(&options), *f = fit_fleet(dataset, LSTM_USE_MEAN);
    const int64_t series[] = {0, 2, SERIES}, negative = -1;
    lstm_real y[SERIES * H], before[SERIES * H];
    for (int i = 0; i < SERIES * H; i++)
        y[i] = before[i] = (lstm_real)i;
#define ALL(f, d, s, n, out) lstm_forecaster_predict_series(f, d, s, n, out)
    assert_status(ALL(NULL, dataset, NULL, 1, y), LSTM_E_ARGUMENT, "forecaster is NULL");
    assert_status(ALL(f, NULL, NULL, 1, y), LSTM_E_ARGUMENT, "dataset is NULL");
    assert_status(ALL(f, dataset, NULL, 1, NULL), LSTM_E_ARGUMENT, "y is NULL");
    assert_status(ALL(f, dataset, NULL, 0, y), LSTM_E_ARGUMENT, "n is 0");
    assert_status(ALL(f, dataset, NULL, SERIES + 1, y), LSTM_E_ARGUMENT, "series is 3");
    assert_status(ALL(f, dataset, series, 3, y), LSTM_E_ARGUMENT, "series is 3");
    assert_status(ALL(f, dataset, &negative, 1, y), LSTM_E_ARGUMENT, "series is -1");
    assert_status(ALL(f, dataset, NULL, INT64_MAX, y), LSTM_E_NOMEM, NULL);
    assert_status(ALL(f, empty, NULL, 1, y), LSTM_E_SHAPE, "step");
    assert_status(ALL(fresh, dataset, NULL, 1, y), LSTM_E_ORDER, "lstm_forecaster_fit()");
#undef ALL
    assert_memory_equal(y, before, sizeof y);
    lstm_forecaster_free(fresh);
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
    lstm_dataset_free(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_series_are_forecast_as_each_alone),
        cmocka_unit_test(wrong_use_leaves_the_forecasts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
