/* SPDX-License-Identifier: MIT */
/* Forecasts that fail, and the series in their messages. */
#include "forecast_fixture.h"
#include "refused.h"

static void series_that_do_not_belong_together_are_refused_by_number(void **fixture)
{
    (void)fixture;
    fleet f;
    make_fleet(&f, 5, 0);
    lstm_series *wide = new_series(0, 9, 1), *roles = new_series(0, 9, 0);
    lstm_forecast_options options = forecast_options(0, 0, 0);
    const lstm_series *kept = f.series[3];
    f.series[3] = NULL;
    REFUSED(LSTM_E_ARGUMENT, "series 3 is NULL",
            lstm_forecast(f.model, f.series, 5, &options, out.values));
    f.series[3] = wide;
    REFUSED(LSTM_E_SHAPE, "series 3", lstm_forecast(f.model, f.series, 5, &options, out.values));
    assert_ok(lstm_series_set_role(roles, 1, LSTM_ROLE_TARGET));
    f.series[3] = roles;
    REFUSED(LSTM_E_SHAPE, "series 3", lstm_forecast(f.model, f.series, 5, &options, out.values));
    f.series[3] = kept;
    options.context_len = -1;
    REFUSED(LSTM_E_ARGUMENT, "context_len is -1",
            lstm_forecast(f.model, f.series, 5, &options, out.values));
    lstm_series_free(wide);
    lstm_series_free(roles);
    free_fleet(&f);
}

static void a_series_that_does_not_fit_the_model_is_refused(void **fixture)
{
    (void)fixture;
    fleet f;
    make_fleet(&f, 3, 0);
    lstm_model *other = model_of(D, 3, H, L, SEED);
    lstm_forecast_options options = forecast_options(0, 0, 0);
    REFUSED(LSTM_E_SHAPE, "2 target columns",
            lstm_forecast(other, f.series, 3, &options, out.values));
    lstm_model_free(other);
    other = model_of(D, 1, H, 1, 0);
    for (int64_t i = 0; i < 3; i++)
        assert_ok(lstm_series_set_role(f.made[i], 0, LSTM_ROLE_INPUT));
    REFUSED(LSTM_E_SHAPE, "covariates", lstm_forecast(other, f.series, 3, &options, out.values));
    lstm_model_free(other);
    free_fleet(&f);
}

/* Steps between the last known row and the first fed-back output would have no input. */
static void a_lag_that_reaches_back_beyond_the_known_rows_is_refused(void **fixture)
{
    (void)fixture;
    fleet f;
    make_fleet(&f, 3, 0);
    lstm_forecast_options options = forecast_options(2, 3, 0);
    REFUSED(LSTM_E_SHAPE, NULL, lstm_forecast(f.model, f.series, 3, &options, out.values));
    options = forecast_options(2, 1, 3);
    REFUSED(LSTM_E_SHAPE, NULL, lstm_forecast(f.model, f.series, 3, &options, out.values));
    options = forecast_options(0, 6, 0); /* rows: 5, 12, 6 */
    REFUSED(LSTM_E_SHAPE, "the 5 rows read of series 0",
            lstm_forecast(f.model, f.series, 3, &options, out.values));
    options.n_step = 1; /* there is no such step */
    assert_ok(lstm_forecast(f.model, f.series, 3, &options, out.values));
    free_fleet(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(series_that_do_not_belong_together_are_refused_by_number),
        cmocka_unit_test(a_series_that_does_not_fit_the_model_is_refused),
        cmocka_unit_test(a_lag_that_reaches_back_beyond_the_known_rows_is_refused),
    };
    return cmocka_run_group_tests_name("forecast refused", tests, NULL, NULL);
}
