/* SPDX-License-Identifier: MIT */
/* The peak of memory of a fit to many series. */
#include "failing_allocator.h"
#include "forecaster_fixture.h"

enum { H = 6 };

/* 10,000 series of 1,000 rows: their values are not copied. */
static void many_series_are_fitted_in_little_memory(void **fixture)
{
    (void)fixture;
    enum { N_SERIES = 10000, N_ROW = 1000 };
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *dataset = new_timed(1, NULL, LSTM_STEP_SECONDS, 86400);
    lstm_forecaster_options options = small_options(H);
    lstm_real rows[N_ROW];
    for (int64_t s = 0; s < N_SERIES; s++) {
        for (int64_t t = 0; t < N_ROW; t++)
            rows[t] = (lstm_real)(wave(t % 7 + s, 7) + 0.1 * noise(t + 17 * s));
        assert_ok(lstm_dataset_add(dataset, NULL, rows, N_ROW, 0));
    }
    int64_t before = atomic_load(&memory.bytes);
    options.use = LSTM_USE_MEAN;
    lstm_forecaster *forecaster = fit_new(&options, dataset);
    assert_described(forecaster, "\"season_len\":7");
    int64_t peak = atomic_load(&memory.peak);
    if (peak > before + before / 5)
        fail_msg("%g MB for %g MB of data", (double)peak / 1e6, (double)before / 1e6);
    lstm_forecaster_free(forecaster);
    lstm_dataset_free(dataset);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_series_are_fitted_in_little_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
