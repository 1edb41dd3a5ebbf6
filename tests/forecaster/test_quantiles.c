/* SPDX-License-Identifier: MIT */
/* Quantiles of a forecaster against sorted paths, and as those of its method. */
#include "assert_close.h"
#include "failing_allocator.h"
#include "paths_fixture.h"
#include "scratch.h"

#include <lstmts/backtest.h>

enum { PATHS = 1000, L = 3, SLOT = H * K, SEED = 11 };

static const double levels[L] = {0.1, 0.5, 0.97};
static const int64_t origins[] = {100, ROWS};

static int compare(const void *a, const void *b)
{
    lstm_real x = *(const lstm_real *)a, y = *(const lstm_real *)b;
    return (x > y) - (x < y);
}

static double sorted_quantile(const lstm_real *paths, int64_t at, double level)
{
    lstm_real values[PATHS];
    for (int64_t p = 0; p < PATHS; p++)
        values[p] = paths[p * SLOT + at];
    qsort(values, PATHS, sizeof *values, compare);
    double rank = level * (PATHS - 1);
    int64_t below = (int64_t)rank;
    return (double)values[below] +
           (rank - (double)below) * ((double)values[below + 1] - (double)values[below]);
}

/* Networks with a likelihood for LSTM_USE_NETWORKS, whose paths are samples; else residuals are
   drawn. */
static lstm_forecaster *new_fitted(int64_t use, const lstm_dataset *data)
{
    const lstm_loss_options loss = loss_of(LSTM_LOSS_GAUSSIAN);
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.context_len = 2;
    lstm_forecaster_options options = of_networks(use, &view, &loss);
    options.seed = SEED;
    return fit_new(&options, data);
}

static void they_are_those_of_a_thousand_paths(void **state)
{
    (void)state;
    lstm_dataset *data = new_walks(7);
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        lstm_forecaster *f = new_fitted(use, data);
        lstm_real y[2 * L * SLOT];
        assert_ok(lstm_forecaster_quantiles(f, data, 1, origins, 2, H, levels, L, y));
        for (int64_t o = 0; o < 2; o++) {
            lstm_real *paths = draw(f, data, 1, origins[o], H, PATHS, SEED);
            for (int64_t i = 0; i < L * SLOT; i++) {
                double want = sorted_quantile(paths, i % SLOT, levels[i / SLOT]);
                assert_close("quantile", "y", i, (double)y[o * L * SLOT + i], want, 1e-4);
                assert_true(i < SLOT || y[o * L * SLOT + i] > y[o * L * SLOT + i - SLOT]);
            }
            free(paths);
        }
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(data);
}

/* Rows from `origins[0]` on have other values. */
static void later_rows_are_not_read(void **state)
{
    (void)state;
    lstm_dataset *data = new_walks(0), *spoiled = new_dataset(K, NULL, LSTM_MISSING_MASK);
    for (int64_t s = 0; s < 2; s++) {
        lstm_real *rows = new_rows(ROWS * K);
        for (int64_t i = 0; i < ROWS * K; i++)
            rows[i] = lstm_dataset_data(data, s)[i] + (i / K >= origins[0] ? 1000 : 0);
        add_rows(spoiled, rows, ROWS);
        assert_ok(lstm_dataset_split(spoiled, s, TRAIN, VALID));
    }
    for (int64_t use = LSTM_USE_MEAN; use <= LSTM_USE_BASELINE; use++) {
        lstm_forecaster *f = new_fitted(use, data);
        lstm_real y[L * SLOT], again[L * SLOT];
        assert_ok(lstm_forecaster_quantiles(f, data, 0, origins, 1, H, levels, L, y));
        assert_ok(lstm_forecaster_quantiles(f, spoiled, 0, origins, 1, H, levels, L, again));
        assert_memory_equal(y, again, sizeof y);
        lstm_forecaster_free(f);
    }
    lstm_dataset_free(data);
    lstm_dataset_free(spoiled);
}

static void a_loaded_forecaster_has_the_same_bits(void **state)
{
    (void)state;
    lstm_dataset *data = new_walks(0);
    for (int64_t use = LSTM_USE_NETWORKS; use <= LSTM_USE_BASELINE; use++) {
        lstm_forecaster *f = new_fitted(use, data), *loaded = NULL;
        lstm_real y[L * SLOT], again[L * SLOT];
        assert_ok(lstm_forecaster_save(f, scratch("forecaster")));
        assert_ok(lstm_forecaster_load(&loaded, scratch("forecaster")));
        assert_ok(lstm_forecaster_quantiles(f, data, 0, origins + 1, 1, H, levels, L, y));
        assert_ok(lstm_forecaster_quantiles(loaded, data, 0, origins + 1, 1, H, levels, L, again));
        assert_memory_equal(y, again, sizeof y);
        lstm_forecaster_free(f);
        lstm_forecaster_free(loaded);
    }
    lstm_dataset_free(data);
}

static void a_backtest_scores_them(void **state)
{
    (void)state;
    lstm_dataset *data = new_walks(0);
    lstm_forecaster *f = new_fitted(LSTM_USE_NETWORKS, data);
    lstm_method *method = NULL;
    lstm_backtest *backtest = NULL;
    lstm_backtest_options options = LSTM_BACKTEST_OPTIONS_INIT;
    lstm_real y[L * SLOT], of_method[L * SLOT];
    double crps, want = 0;
    options.horizon = H, options.refit = LSTM_NO_FIT;
    options.first_origin = options.last_origin = origins[0];
    options.levels = levels, options.n_level = L;
    assert_ok(lstm_forecaster_method(&method, f, "networks"));
    assert_ok(lstm_method_quantiles(method, data, 1, origins[0], H, levels, L, of_method));
    assert_ok(lstm_forecaster_quantiles(f, data, 1, origins, 1, H, levels, L, y));
    assert_memory_equal(y, of_method, sizeof y);
    assert_ok(lstm_backtest_run(&backtest, &method, 1, data, &options));
    assert_ok(lstm_backtest_quantile(backtest, LSTM_QUANTILE_CRPS, 0, LSTM_ALL, 1, LSTM_ALL,
                                     LSTM_ALL, &crps, NULL));
    for (int64_t i = 0; i < L * SLOT; i++) {
        double level = levels[i / SLOT];
        double truth = (double)lstm_dataset_data(data, 1)[origins[0] * K + i % SLOT];
        double above = truth - (double)y[i];
        want += 2 * fmax(level * above, (level - 1) * above) / (L * SLOT);
    }
    assert_close("backtest", "CRPS", 0, crps, want, 1e-9 * want);
    lstm_backtest_free(backtest);
    lstm_method_free(method);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

/* Without a validation window no residual is known. */
static void a_short_series_has_none(void **state)
{
    (void)state;
    const int64_t origin = 4;
    lstm_dataset *data = new_dataset(1, NULL, LSTM_MISSING_REFUSE);
    lstm_real *rows = new_rows(4), y[L * H];
    for (int64_t t = 0; t < 4; t++)
        rows[t] = (lstm_real)t;
    add_rows(data, rows, 4);
    lstm_forecaster *f = new_baseline(data);
    assert_ok(lstm_forecaster_quantiles(f, data, 0, &origin, 1, H, levels, L, y));
    for (int64_t i = 0; i < L * H; i++)
        assert_true(isnan(y[i]));
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

static void wrong_calls_are_refused(void **state)
{
    (void)state;
    const double outside[] = {0.5, 0};
    lstm_dataset *data = new_walks(0);
    lstm_forecaster *f = new_baseline(data);
    lstm_forecaster_options options = small_options(H);
    lstm_forecaster *unfitted = new_forecaster(&options);
    const int64_t late = ROWS + 1;
    lstm_real y[L * SLOT] = {77};
#define REFUSED(status, part, ...)                                                                 \
    assert_status(lstm_forecaster_quantiles(__VA_ARGS__), status, part)
    REFUSED(LSTM_E_ARGUMENT, "forecaster is NULL", NULL, data, 0, origins, 1, H, levels, L, y);
    REFUSED(LSTM_E_ARGUMENT, "dataset is NULL", f, NULL, 0, origins, 1, H, levels, L, y);
    REFUSED(LSTM_E_ARGUMENT, "origins is NULL", f, data, 0, NULL, 1, H, levels, L, y);
    REFUSED(LSTM_E_ARGUMENT, "levels is NULL", f, data, 0, origins, 1, H, NULL, L, y);
    REFUSED(LSTM_E_ARGUMENT, "y is NULL", f, data, 0, origins, 1, H, levels, L, NULL);
    REFUSED(LSTM_E_ORDER, "not fitted", unfitted, data, 0, origins, 1, H, levels, L, y);
    REFUSED(LSTM_E_ARGUMENT, "series is 2", f, data, 2, origins, 1, H, levels, L, y);
    REFUSED(LSTM_E_ARGUMENT, "n_origin is 0", f, data, 0, origins, 0, H, levels, L, y);
    REFUSED(LSTM_E_SHAPE, "origin is 121", f, data, 0, &late, 1, H, levels, L, y);
    REFUSED(LSTM_E_ARGUMENT, "horizon is 0", f, data, 0, origins, 1, 0, levels, L, y);
    REFUSED(LSTM_E_SHAPE, "horizon is 5", f, data, 0, origins, 1, H + 1, levels, L, y);
    REFUSED(LSTM_E_LIMIT, "too large", f, data, 0, origins, 1, INT64_MAX / 4, levels, L, y);
    REFUSED(LSTM_E_ARGUMENT, "n_level is 0", f, data, 0, origins, 1, H, levels, 0, y);
    REFUSED(LSTM_E_ARGUMENT, "levels[1] is 0", f, data, 0, origins, 1, H, outside, 2, y);
#undef REFUSED
    assert_true(y[0] == 77);
    lstm_forecaster_free(unfitted);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

typedef struct call {
    lstm_forecaster *f;
    const lstm_dataset *data;
} call;

static lstm_status attempt(void *context)
{
    const call *c = context;
    lstm_real y[2 * L * SLOT];
    return lstm_forecaster_quantiles(c->f, c->data, 0, origins, 2, H, levels, L, y);
}

static void nothing_is_lost_without_memory(void **state)
{
    (void)state;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *data = new_walks(0);
    for (int64_t use = LSTM_USE_NETWORKS; use <= LSTM_USE_RIDGE; use++) {
        call c = {new_fitted(use, data), data};
        assert_ok(attempt(&c)); /* copies of the weights are made */
        failing_allocator_sweep(&memory, attempt, &c);
        lstm_forecaster_free(c.f);
    }
    lstm_dataset_free(data);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_those_of_a_thousand_paths),
        cmocka_unit_test(later_rows_are_not_read),
        cmocka_unit_test(a_loaded_forecaster_has_the_same_bits),
        cmocka_unit_test(a_backtest_scores_them),
        cmocka_unit_test(a_short_series_has_none),
        cmocka_unit_test(wrong_calls_are_refused),
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
