/* SPDX-License-Identifier: MIT */
/* Ridge regression as a member reads known covariates: of the horizon, in files, live and later. */
#include "members/ridge_part.h"

#include "known_fixture.h"

#include "failing_allocator.h"
#include "spoil.h"

#include <lstmts/continuation.h>
#include <lstmts/stream.h>

enum { LONG_H = 2 * H + 1 };

static void ridge_uses_known_covariates(void **fixture)
{
    (void)fixture;
    const lstm_forecaster_options options = options_of(LSTM_USE_RIDGE);
    double errors[2];
    errors_with_and_without(&options, "\"covariates\":[\"1\"]", errors);
    if (!(errors[0] < 0.2 * errors[1]))
        fail_msg("%g with the covariate, %g without", errors[0], errors[1]);
}

/* A forecast of series 0, n rows; the covariate of row `row` of the horizon is `more` more. */
static void forecast_with(const lstm_forecaster *f, lstm_dataset *dataset, int64_t n, int64_t row,
                          double more, lstm_real *y)
{
    const int64_t origin = ROWS;
    lstm_real *rows = make_rows(0, ROWS + n);
    rows[(ROWS + row) * C + 1] += (lstm_real)more;
    assert_ok(lstm_dataset_set_future(dataset, 0, rows + ROWS * C, n));
    assert_ok(lstm_forecaster_predict_from(f, dataset, 0, &origin, 1, n, y));
    free(rows);
}

/* Beyond the horizon of the fit, too, a covariate moves its own row alone: here by 2. */
static void a_covariate_moves_its_own_row(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(2);
    lstm_forecaster_options options = options_of(LSTM_USE_RIDGE);
    lstm_forecaster *f = fit_new(&options, dataset);
    lstm_real y[LONG_H * K], moved[LONG_H * K];
    forecast_with(f, dataset, LONG_H, 0, 0, y);
    for (int64_t row = 0; row < LONG_H; row++) {
        forecast_with(f, dataset, LONG_H, row, 1, moved);
        for (int64_t h = 0; h < LONG_H; h++) {
            double change = (double)moved[h * K] - (double)y[h * K];
            if (fabs(change - (h == row ? 2 : 0)) > (h == row ? 0.1 : 0))
                fail_msg("row %d changes row %d by %g", (int)row, (int)h, change);
        }
    }
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
}

/* Only where a covariate has an effect. */
static void the_future_is_needed_for_effects(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(2), *constant = new_dataset(C, roles, LSTM_MISSING_MASK);
    lstm_forecaster_options options = options_of(LSTM_USE_RIDGE);
    lstm_forecaster *f = fit_new(&options, dataset);
    lstm_real y[H * K], *rows = make_rows(0, ROWS);
    assert_ok(lstm_dataset_set_future(dataset, 0, NULL, 0));
    assert_status(lstm_forecaster_predict(f, dataset, 0, y), LSTM_E_SHAPE,
                  "series \"0\": column 1 (1) is known to row 149");
    lstm_forecaster_free(f);
    for (int64_t t = 0; t < ROWS; t++)
        rows[t * C + 1] = (lstm_real)0.1;
    add_rows(constant, rows, ROWS);
    f = fit_new(&options, constant);
    assert_ok(lstm_forecaster_predict(f, constant, 0, y));
    assert_finite(H * K, y);
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
    lstm_dataset_free(constant);
}

static void assert_same(const lstm_forecaster *a, const lstm_forecaster *b,
                        const lstm_dataset *dataset)
{
    lstm_real x[LONG_H * K], y[LONG_H * K];
    for (int64_t s = 0; s < N_SERIES; s++) { /* the last one is new, and short */
        const int64_t origin = lstm_dataset_rows(dataset, s);
        assert_ok(lstm_forecaster_predict_from(a, dataset, s, &origin, 1, LONG_H, x));
        assert_ok(lstm_forecaster_predict_from(b, dataset, s, &origin, 1, LONG_H, y));
        assert_memory_equal(x, y, sizeof x);
        assert_finite(LONG_H * K, x);
    }
}

/* Also with scales of each series, and after a continuation by each of both. */
static void a_file_has_the_effects(void **fixture)
{
    (void)fixture;
    for (int own = 0; own < 2; own++) {
        lstm_dataset *dataset = new_data(2), *later = new_data(N_SERIES);
        lstm_forecaster_options options = options_of(LSTM_USE_RIDGE);
        lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
        view.context_len = 12, view.scaling = LSTM_SCALING_STANDARD, view.scale_series = own;
        view.base = LSTM_BASE_LAST;
        options.view = &view;
        lstm_forecaster *f = fit_new(&options, dataset), *loaded = NULL;
        size_t size;
        assert_ok(lstm_forecaster_save(f, scratch("model")));
        assert_ok(lstm_forecaster_load(&loaded, scratch("model")));
        assert_same(f, loaded, later);
        assert_ok(lstm_forecaster_save(loaded, scratch("again")));
        unsigned char *bytes = scratch_read("model", &size);
        scratch_holds("again", bytes, size);
        free(bytes);
        assert_ok(lstm_forecaster_continue(f, later, NULL));
        assert_ok(lstm_forecaster_continue(loaded, later, NULL));
        assert_same(f, loaded, later);
        assert_described(f, "\"covariates\":[\"1\"]");
        lstm_forecaster_free(loaded);
        lstm_forecaster_free(f);
        lstm_dataset_free(dataset);
        lstm_dataset_free(later);
    }
}

/* A forecast with a price in the first row of the horizon, and another one later. */
static void forecast_at(const lstm_forecaster *f, lstm_dataset *dataset, double price, lstm_real *y)
{
    lstm_real rows[2 * H] = {0};
    for (int64_t h = 0; h < H; h++)
        rows[2 * h + 1] = (lstm_real)(h == 0 ? price : 8);
    assert_ok(lstm_dataset_set_future(dataset, 0, rows, H));
    assert_ok(lstm_forecaster_predict(f, dataset, 0, y));
}

/* Where the logarithm is forecast, the logarithm of a price has an effect; also after a load. */
static void covariates_are_transformed_as_their_targets(void **fixture)
{
    (void)fixture;
    const int64_t two[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    lstm_dataset *dataset = new_dataset(2, two, LSTM_MISSING_MASK);
    lstm_forecaster_options options = options_of(LSTM_USE_RIDGE);
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_forecaster *f[2] = {NULL, NULL};
    lstm_real *rows = new_rows(2 * ROWS), y[H], other[H];
    for (int64_t t = 0; t < ROWS; t++) {
        double price = 8 + 5 * noise(3 * t);
        rows[2 * t] = (lstm_real)(100 * exp(0.05 * noise(7 * t)) * pow(price, -1.5));
        rows[2 * t + 1] = (lstm_real)price;
    }
    add_rows(dataset, rows, ROWS);
    view.context_len = 6, view.scaling = LSTM_SCALING_STANDARD, view.base = LSTM_BASE_MEAN;
    view.transform = LSTM_TRANSFORM_LOG, view.skip_transform = 1;
    options.view = &view;
    f[0] = fit_new(&options, dataset);
    assert_ok(lstm_forecaster_save(f[0], scratch("model")));
    assert_ok(lstm_forecaster_load(&f[1], scratch("model")));
    for (int i = 0; i < 2; i++) {
        forecast_at(f[i], dataset, 8, y);
        forecast_at(f[i], dataset, 32, other);
        if (fabs((double)(y[0] / other[0]) - 8) > 0.3)
            fail_msg("at a quarter of the price %g times the sales", (double)(y[0] / other[0]));
        assert_memory_equal(y + 1, other + 1, sizeof y - sizeof *y);
        forecast_at(f[i], dataset, 0, y); /* not in the domain */
        assert_finite(H, y);
        lstm_forecaster_free(f[i]);
    }
    lstm_dataset_free(dataset);
}

static void refuse(const char *path, lstm_status status, const char *part)
{
    lstm_forecaster *f = NULL;
    assert_status(lstm_forecaster_load(&f, path), status, part);
    assert_null(f);
}

static void wrong_effects_are_refused(void **fixture)
{
    (void)fixture;
    static const spoiling cases[] = {
        {"\"ridge.effects\":{\"dtype\":\"F64\",\"shape\":[2,1]",
         "\"ridge.effects\":{\"dtype\":\"F64\",\"shape\":[1,2]", LSTM_E_SHAPE, "ridge.effects"},
        {"\"ridge.effects\"", "\"ridge.effectz\"", LSTM_E_FORMAT, "2 of "},
        {"\"ridge.effect_penalties\"", "\"ridge.effect_penaltiez\"", LSTM_E_NAME,
         "no tensor ridge.effect_penalties"},
        {"\\\"roles\\\":[0,3,2]", "\\\"roles\\\":[0,1,2]", LSTM_E_SHAPE, "expected [2, 0]"},
    };
    const double below = -1;
    size_t size;
    lstm_dataset *dataset = new_data(2);
    lstm_forecaster_options options = options_of(LSTM_USE_RIDGE);
    lstm_forecaster *f = fit_new(&options, dataset);
    assert_ok(lstm_forecaster_save(f, scratch("model")));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refuse(spoil("model", cases[i].from, cases[i].to), cases[i].status, cases[i].part);
    unsigned char *bytes = scratch_read("model", &size);
    memcpy(elements_of(bytes, "\"ridge.effect_penalties\""), &below, sizeof below);
    seal(bytes, size);
    refuse(scratch_write("spoilt", bytes, size), LSTM_E_NUMERIC,
           "element 0 of ridge.effect_penalties is -1");
    free(bytes);
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
}

/* One row after the other, with the future of each. */
static void a_stream_has_the_same_bits(void **fixture)
{
    (void)fixture;
    lstm_dataset *dataset = new_data(2);
    lstm_forecaster_options options = options_of(LSTM_USE_RIDGE);
    lstm_forecaster *f = fit_new(&options, dataset);
    lstm_stream *stream = NULL;
    lstm_stream_options of_stream = LSTM_STREAM_OPTIONS_INIT;
    lstm_real *rows = make_rows(0, ROWS), x[H * K], y[H * K];
    of_stream.series = 0;
    assert_ok(lstm_stream_new(&stream, f, &of_stream));
    for (int64_t n = 1; n <= ROWS - H; n++) {
        assert_ok(lstm_stream_push(stream, rows + (n - 1) * C));
        assert_ok(lstm_stream_set_future(stream, rows + n * C, H));
        if (n % 7 != 0)
            continue;
        assert_ok(lstm_stream_forecast(stream, y));
        assert_ok(lstm_forecaster_predict_from(f, dataset, 0, &n, 1, H, x));
        assert_memory_equal(x, y, sizeof x);
    }
    free(rows);
    lstm_stream_free(stream);
    lstm_forecaster_free(f);
    lstm_dataset_free(dataset);
}

static lstm_status attempt(void *context)
{
    const lstm_dataset *dataset = context;
    const int64_t series = 1, origin = ROWS;
    const lts_ridge_options ridge = {.L = 6, .H = H, .base_len = 1, .n_block = 1};
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_real y[H * K];
    lts_ridge_part part;
    view.context_len = 1;
    lstm_status status = lts_ridge_part_fit(&part, dataset, &view, &ridge, NULL);
    if (status < 0)
        return status;
    assert_int_equal(part.effects.n, 1);
    status = lts_ridge_part_predict(&part, dataset, &series, &origin, 1, H, y);
    lts_ridge_part_clear(&part);
    return status;
}

static void nothing_is_lost_without_memory(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_dataset *dataset = new_data(2);
    assert_ok(lstm_dataset_split(dataset, LSTM_ALL_SERIES, 95, 120));
    failing_allocator_sweep(&memory, attempt, dataset);
    lstm_dataset_free(dataset);
    failing_allocator_remove(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ridge_uses_known_covariates),
        cmocka_unit_test(a_covariate_moves_its_own_row),
        cmocka_unit_test(the_future_is_needed_for_effects),
        cmocka_unit_test(a_file_has_the_effects),
        cmocka_unit_test(covariates_are_transformed_as_their_targets),
        cmocka_unit_test(wrong_effects_are_refused),
        cmocka_unit_test(a_stream_has_the_same_bits),
        cmocka_unit_test(nothing_is_lost_without_memory),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
