/* SPDX-License-Identifier: MIT */
#include "assert_close.h"
#include "failing_allocator.h"
#include "view/profile.h"

enum { N = 37 };

/* Noise with gaps; the values of Python below are of the same numbers. */
static void make_noise(double *values)
{
    int64_t x = 7;
    for (int64_t i = 0; i < N; i++) {
        x = (x * 1103515245 + 12345) % 2147483648;
        values[i] = i % 9 == 4 ? (double)NAN : (double)(x >> 16) / 1024;
    }
}

static lts_profile fit_noise(double period, int64_t n_phase, int64_t n_harmonic)
{
    double values[N];
    lts_profile_fit fit;
    lts_profile profile;
    make_noise(values);
    assert_ok(lts_profile_begin(&fit, period, n_phase, n_harmonic));
    for (int64_t i = 0; i < N; i++)
        lts_profile_take(&fit, (double)(i + 3), (double)i, values[i]);
    assert_ok(lts_profile_end(&fit, &profile));
    return profile;
}

/* numpy.linalg.lstsq of a column for each phase and one for the time; the phases less their mean */
static void phases_are_those_of_least_squares(void **fixture)
{
    (void)fixture;
    const double means[5] = {6.1805766007016985, 0.6796380514114553, -4.851899456212124,
                             -6.367581476026765, 4.359266280125734};
    lts_profile profile = fit_noise(5, 5, 0);
    for (int64_t position = -20; position < 20; position++)
        assert_close("phases", "value", position, lts_profile_value(&profile, (double)position),
                     means[(position + 20) % 5], 1e-12);
    assert_true(lts_profile_value(&profile, 6.999) == lts_profile_value(&profile, 6));
    lts_profile_clear(&profile);
}

/* numpy.linalg.lstsq of 1, the time, and the cosines and sines of three harmonics */
static void harmonics_are_those_of_least_squares(void **fixture)
{
    (void)fixture;
    const double coefficients[6] = {-1.3132581645058141, 0.2755122639720443,  -4.988640329485866,
                                    -3.915539376420864,  -2.0054885205125657, -0.8077495051859641};
    const double positions[4] = {-4.5, 0, 7.25, 100};
    const double values[4] = {-4.216482356313275, -8.307387014504247, -3.504517571832915,
                              3.508951095616304};
    lts_profile profile = fit_noise(11.25, 0, 3);
    for (int64_t i = 0; i < 6; i++)
        assert_close("harmonics", "coefficient", i, profile.coefficients[i], coefficients[i],
                     1e-12);
    for (int64_t i = 0; i < 4; i++)
        assert_close("harmonics", "value", i, lts_profile_value(&profile, positions[i]), values[i],
                     1e-12);
    lts_profile_clear(&profile);
}

static void a_trend_is_no_season(void **fixture)
{
    (void)fixture;
    for (int64_t n_phase = 0; n_phase <= 12; n_phase += 12) {
        lts_profile_fit fit;
        lts_profile profile;
        assert_ok(lts_profile_begin(&fit, 12, n_phase, n_phase == 0 ? 2 : 0));
        for (int64_t i = 0; i < 100; i++) /* times far from 0 */
            lts_profile_take(&fit, (double)i, 1e9 + 3600 * (double)i, 5 + .25 * (double)i);
        assert_ok(lts_profile_end(&fit, &profile));
        for (int64_t i = 0; i < 12; i++)
            assert_close("trend", "season", i, lts_profile_value(&profile, (double)i), 0, 1e-10);
        lts_profile_clear(&profile);
    }
}

static void equal_times_leave_the_trend_out(void **fixture)
{
    (void)fixture;
    lts_profile_fit fit;
    lts_profile profile;
    for (int64_t n_phase = 0; n_phase <= 4; n_phase += 4) {
        assert_ok(lts_profile_begin(&fit, 1, n_phase, n_phase == 0));
        for (int64_t i = 0; i < 16; i++) /* a quarter of a year each */
            lts_profile_take(&fit, 100 + .25 * (double)i, 0, i % 4 == 0 ? 6 : i % 4 == 2 ? 2 : 4);
        assert_ok(lts_profile_end(&fit, &profile));
        assert_close("quarters", "season", n_phase, lts_profile_value(&profile, 7), 2, 1e-12);
        assert_close("quarters", "season", n_phase, lts_profile_value(&profile, .25), 0, 1e-12);
        assert_close("quarters", "season", n_phase, lts_profile_value(&profile, -.5), -2, 1e-12);
        lts_profile_clear(&profile);
    }
}

static void too_few_values_determine_no_season(void **fixture)
{
    (void)fixture;
    lts_profile_fit fit;
    lts_profile profile;
    assert_ok(lts_profile_begin(&fit, 3, 3, 0));
    lts_profile_take(&fit, 0, 0, 1);
    lts_profile_take(&fit, 2, 2, 1);
    assert_status(lts_profile_end(&fit, &profile), LSTM_E_SHAPE, "phase 1 of a season of 3");
    assert_ok(lts_profile_begin(&fit, 10, 0, 2));
    for (int64_t i = 0; i < 5; i++)
        lts_profile_take(&fit, (double)i, (double)i, 1);
    assert_status(lts_profile_end(&fit, &profile), LSTM_E_SHAPE, "5 values");
    assert_ok(lts_profile_begin(&fit, 10, 0, 2));
    for (int64_t i = 0; i < 50; i++) /* two positions only */
        lts_profile_take(&fit, (double)(i % 2), (double)i, 1);
    assert_status(lts_profile_end(&fit, &profile), LSTM_E_SHAPE, "50 values");
}

static void wrong_seasons_are_refused(void **fixture)
{
    (void)fixture;
    lts_profile_fit fit;
    assert_status(lts_profile_begin(&fit, 0, 3, 0), LSTM_E_ARGUMENT, "is 0");
    assert_status(lts_profile_begin(&fit, (double)NAN, 3, 0), LSTM_E_ARGUMENT, "is nan");
    assert_status(lts_profile_begin(&fit, (double)INFINITY, 3, 0), LSTM_E_ARGUMENT, "is inf");
    assert_status(lts_profile_begin(&fit, 7, -1, 0), LSTM_E_ARGUMENT, "n_phase is -1");
    assert_status(lts_profile_begin(&fit, 7, 0, 0), LSTM_E_ARGUMENT, "n_harmonic is 0");
    assert_status(lts_profile_begin(&fit, 7, 0, 17), LSTM_E_ARGUMENT, "n_harmonic is 17");
    assert_status(lts_profile_begin(&fit, 7, 7, 1), LSTM_E_ARGUMENT, "n_harmonic is 1");
    assert_status(lts_profile_begin(&fit, 7, INT64_MAX, 0), LSTM_E_NOMEM, "9223372036854775807");
}

static lstm_status begin_and_give_up(void *context)
{
    lts_profile_fit fit;
    lstm_status status = lts_profile_begin(&fit, 7, 7, 0);
    return status < 0 ? status : lts_profile_end(&fit, context);
}

static void exhausted_memory_is_reported_and_nothing_is_lost(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    assert_int_equal(failing_allocator_sweep(&memory, begin_and_give_up, NULL), 2);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phases_are_those_of_least_squares),
        cmocka_unit_test(harmonics_are_those_of_least_squares),
        cmocka_unit_test(a_trend_is_no_season),
        cmocka_unit_test(equal_times_leave_the_trend_out),
        cmocka_unit_test(too_few_values_determine_no_season),
        cmocka_unit_test(wrong_seasons_are_refused),
        cmocka_unit_test(exhausted_memory_is_reported_and_nothing_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
