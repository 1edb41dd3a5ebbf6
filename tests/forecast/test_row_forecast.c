/* SPDX-License-Identifier: MIT */
/* lstm_view_forecast(): rows in the units of the data, from any origin of any data set. */
#include "dataset_fixture.h"
#include "effort.h"
#include "forecast/row_forecast.h"
#include "score/loss_options.h"
#include "view_training.h"

enum { N_CASE = 80 / TEST_FEWER, N_ORIGIN = 300, H = 7, MAX = N_ORIGIN * H * CASE_MAX_COLUMN };

typedef struct origins {
    int64_t series[N_ORIGIN], origin[N_ORIGIN], n;
} origins;

/* Of series without known columns, whose rows after the origin a forecast needs. */
static bool draw_origins(view_training *t, origins *o)
{
    for (int64_t c = 0; c < lstm_dataset_width(t->c.data); c++)
        if (lstm_dataset_role(t->c.data, c) == LSTM_ROLE_KNOWN)
            return false;
    o->n = N_ORIGIN;
    for (int64_t i = 0; i < N_ORIGIN; i++) {
        o->series[i] = random_int(&t->c.stream, 0, lstm_dataset_series(t->c.data) - 1);
        o->origin[i] = random_int(&t->c.stream, 1, lstm_dataset_rows(t->c.data, o->series[i]));
    }
    return true;
}

/* Each window alone, its rows and channels put in their places one by one. */
static void expect_rows(const view_training *t, const lts_loss *loss, const origins *o, int64_t i,
                        real *y)
{
    const lstm_view *view = t->c.view;
    int64_t w = view->options.segment_len, n_segment = (H + w - 1) / w, K = view->targets.n;
    for (int64_t c = 0; c < view->n_channel; c++) {
        const lts_place place = {o->series[i], c, o->origin[i], o->origin[i]};
        const lts_view_forecast one = {.model = t->random.model,
                                       .view = view,
                                       .loss = loss,
                                       .places = &place,
                                       .n = 1,
                                       .n_segment = n_segment,
                                       .n_thread = 1};
        real x[REFERENCE_MAX];
        lts_level levels[CASE_MAX_COLUMN];
        assert_ok(lts_view_forecast_run(&one, x));
        lts_view_levels(view, &place, levels);
        lts_view_restore(view, &place, levels, n_segment * w, x);
        for (int64_t h = 0; h < H; h++)
            for (int64_t k = 0; k < K; k++)
                if (view->n_channel == 1 || k == c)
                    y[h * K + k] = x[h * view->n_base + (view->n_channel == 1 ? k : 0)];
    }
}

static void each_origin_has_the_forecast_that_it_has_alone(void **state)
{
    (void)state;
    static real got[MAX], want[MAX];
    static origins o;
    int64_t n_checked = 0;
    for (int64_t kind = LSTM_LOSS_MSE; kind <= LSTM_LOSS_GAUSSIAN; kind += LSTM_LOSS_GAUSSIAN)
        for (uint64_t number = 0; number < N_CASE; number++) {
            view_training t;
            lts_loss loss;
            lstm_loss_options options = LSTM_LOSS_OPTIONS_INIT;
            options.kind = kind;
            assert_ok(lts_loss_read(&loss, &options));
            if (!view_training_open(&t, number, loss.n_out))
                continue;
            int64_t slot = H * t.c.view->targets.n;
            if (draw_origins(&t, &o)) {
                assert_ok(lstm_view_forecast(t.c.view, t.random.model, &options, NULL, o.series,
                                             o.origin, o.n, H, 1 + (int64_t)(number % 3), got));
                for (int64_t i = 0; i < o.n; i++)
                    expect_rows(&t, &loss, &o, i, want + i * slot);
                assert_memory_equal(got, want, (size_t)(o.n * slot) * sizeof *got);
                n_checked++;
            }
            view_training_close(&t);
        }
    assert_true(n_checked > N_CASE / 2);
}

/* How far quantiles of .5, .1, .9 and .975 are from the location, at one value. */
static void assert_spread(const lstm_view *view, real y, const real *spread, int64_t distance)
{
    double low = (double)spread[distance], high = (double)spread[2 * distance];
    double wide = (double)spread[3 * distance], most = 1e-5 * (fabs((double)y) + fabs(wide) + 1e-3);
    assert_true(fabs((double)spread[0]) <= most);
    assert_true(low <= 0 && high >= 0 && wide >= high);
    if (view->options.transform != LSTM_TRANSFORM_NONE)
        return;
    assert_true(fabs(low + high) <= most); /* a normal distribution's, in any units */
    assert_true(fabs(wide - high * (1.9599639845 / 1.2815515655)) <= most);
}

static void quantiles_lie_beside_the_locations(void **state)
{
    (void)state;
    static const lts_shares shares = {4, {0.5, 0.1, 0.9, 0.975}};
    static real plain[MAX], got[5 * MAX];
    static origins o;
    lts_loss loss;
    lstm_loss_options options = LSTM_LOSS_OPTIONS_INIT;
    int64_t n_checked = 0;
    options.kind = LSTM_LOSS_GAUSSIAN;
    assert_ok(lts_loss_read(&loss, &options));
    for (uint64_t number = 0; number < N_CASE; number++) {
        view_training t;
        if (!view_training_open(&t, number, loss.n_out))
            continue;
        if (draw_origins(&t, &o)) {
            const lstm_view *view = t.c.view;
            int64_t size = o.n * H * view->targets.n;
            lts_view_forecast f = {.model = t.random.model, .view = view, .loss = &loss};
            f.n_thread = 1;
            assert_ok(lts_row_forecast_run(&f, o.series, o.origin, o.n, H, plain));
            f.shares = &shares, f.n_thread = 1 + (int64_t)(number % 3);
            assert_ok(lts_row_forecast_run(&f, o.series, o.origin, o.n, H, got));
            assert_memory_equal(got, plain, (size_t)size * sizeof *got);
            for (int64_t i = 0; i < size; i++)
                assert_spread(view, got[i], got + size + i, size);
            n_checked++;
        }
        view_training_close(&t);
    }
    assert_true(n_checked > N_CASE / 4);
}

/* A network that puts out `bias` whatever it reads. */
static lstm_model *constant(const lstm_view *view, const lstm_real *bias)
{
    lstm_model *model = NULL;
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = lstm_view_inputs(view);
    options.n_output = lstm_view_targets(view);
    options.n_hidden = 2;
    assert_ok(lstm_model_new(&model, &options));
    for (int64_t i = 0; i < lstm_model_parameters(model); i++) {
        lstm_parameter_info info;
        lstm_real zero[64] = {0};
        assert_ok(lstm_model_parameter(model, i, &info));
        assert_in_range(info.size, 1, 64);
        bool is_bias = strcmp(info.name, "output.bias") == 0;
        assert_ok(lstm_model_set(model, info.name, is_bias ? bias : zero, info.size));
    }
    return model;
}

/* A table of two columns with the means 3 and 30, and the deviations 1 and 10. */
static lstm_dataset *new_table(lstm_real later)
{
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_BOTH};
    const lstm_real rows[] = {2, 20, 4, 40, 2, 40, 4, 20, later, later};
    lstm_dataset *d = new_dataset(2, roles, LSTM_MISSING_REFUSE);
    assert_ok(lstm_dataset_add(d, NULL, rows, 5, 0));
    assert_ok(lstm_dataset_split(d, 0, 4, 4));
    return d;
}

static lstm_view *scaled_view(const lstm_dataset *d, int64_t segment_len, int64_t base)
{
    lstm_view *view = NULL;
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    options.segment_len = segment_len;
    options.context_len = 1;
    options.scaling = LSTM_SCALING_STANDARD;
    options.base = base;
    assert_ok(lstm_view_new(&view, d, &options));
    return view;
}

static void forecasts_are_in_the_units_of_the_data(void **state)
{
    (void)state;
    const int64_t series[2] = {0, 0}, origin[2] = {1, 4};
    const lstm_real bias[4] = {1, 2, 3, 4}; /* of two rows of two columns */
    lstm_dataset *d = new_table(7);
    lstm_real y[2 * 3 * 2];
    const lstm_real mean[2] = {3, 30}, deviation[2] = {1, 10}, last[2][2] = {{2, 20}, {4, 20}};
    for (int64_t base = LSTM_BASE_NONE; base <= LSTM_BASE_LAST; base++) {
        lstm_view *view = scaled_view(d, 2, base);
        lstm_model *model = constant(view, bias);
        assert_ok(lstm_view_forecast(view, model, NULL, d, series, origin, 2, 3, 0, y));
        for (int64_t i = 0; i < 12; i++) {
            int64_t p = i / 6, h = i / 2 % 3, c = i % 2;
            lstm_real level = base == LSTM_BASE_NONE ? mean[c] : last[p][c];
            assert_true(fabs((double)(y[i] - level - deviation[c] * bias[h % 2 * 2 + c])) < 1e-4);
        }
        lstm_model_free(model);
        lstm_view_free(view);
    }
    lstm_dataset_free(d);
}

static void rows_after_the_origin_are_not_read(void **state)
{
    (void)state;
    const int64_t series = 0, origin = 4;
    lstm_dataset *d = new_table(7), *other = new_table(-1e6f);
    lstm_view *view = scaled_view(d, 1, LSTM_BASE_LAST);
    lstm_model *model = NULL;
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = options.n_output = 2;
    options.n_hidden = 3;
    assert_ok(lstm_model_new(&model, &options));
    lstm_real y[6], of_other[6];
    assert_ok(lstm_view_forecast(view, model, NULL, NULL, &series, &origin, 1, 3, 1, y));
    assert_ok(lstm_view_forecast(view, model, NULL, other, &series, &origin, 1, 3, 1, of_other));
    assert_memory_equal(y, of_other, sizeof y);
    lstm_model_free(model);
    lstm_view_free(view);
    lstm_dataset_free(other);
    lstm_dataset_free(d);
}

/* Asserts that a call fails and leaves y as it is. */
#define REFUSED(status, message, ...)                                                              \
    do {                                                                                           \
        lstm_real y[8] = {1, 2, 3, 4, 5, 6, 7, 8}, before[8];                                      \
        memcpy(before, y, sizeof y);                                                               \
        assert_status(lstm_view_forecast(__VA_ARGS__, y), status, message);                        \
        assert_memory_equal(y, before, sizeof y);                                                  \
    } while (0)

static void wrong_numbers_are_refused(void **state)
{
    (void)state;
    const lstm_real bias[2] = {0, 0};
    const int64_t s = 0, one = 1, zero = 0, six = 6, two_series[2] = {0, 1}, twice[2] = {1, 1};
    lstm_dataset *d = new_table(7);
    lstm_view *v = scaled_view(d, 1, LSTM_BASE_NONE);
    lstm_model *m = constant(v, bias);
    lstm_loss_options gaussian = LSTM_LOSS_OPTIONS_INIT, wrong = LSTM_LOSS_OPTIONS_INIT;
    gaussian.kind = LSTM_LOSS_GAUSSIAN, wrong.kind = 99;
    REFUSED(LSTM_E_ARGUMENT, "view is NULL", NULL, m, NULL, d, &s, &one, 1, 1, 1);
    REFUSED(LSTM_E_ARGUMENT, "model is NULL", v, NULL, NULL, d, &s, &one, 1, 1, 1);
    REFUSED(LSTM_E_ARGUMENT, "series is NULL", v, m, NULL, d, NULL, &one, 1, 1, 1);
    REFUSED(LSTM_E_ARGUMENT, "origins is NULL", v, m, NULL, d, &s, NULL, 1, 1, 1);
    REFUSED(LSTM_E_ARGUMENT, "n is 0", v, m, NULL, d, &s, &one, 0, 1, 1);
    REFUSED(LSTM_E_ARGUMENT, "horizon is 0", v, m, NULL, d, &s, &one, 1, 0, 1);
    REFUSED(LSTM_E_ARGUMENT, "n_threads is 1025", v, m, NULL, d, &s, &one, 1, 1, 1025);
    REFUSED(LSTM_E_ARGUMENT, "kind is 99", v, m, &wrong, d, &s, &one, 1, 1, 1);
    REFUSED(LSTM_E_ARGUMENT, "series is 1", v, m, NULL, d, two_series, twice, 2, 1, 1);
    REFUSED(LSTM_E_ARGUMENT, "origin is 0", v, m, NULL, d, &s, &zero, 1, 1, 1);
    REFUSED(LSTM_E_SHAPE, "origin is 6", v, m, NULL, d, &s, &six, 1, 1, 1);
    REFUSED(LSTM_E_SHAPE, "outputs", v, m, &gaussian, d, &s, &one, 1, 1, 1);
    REFUSED(LSTM_E_NOMEM, "memory", v, m, NULL, d, &s, &one, 1, INT64_MAX, 1);
    assert_status(lstm_view_forecast(v, m, NULL, d, &s, &one, 1, 1, 1, NULL), LSTM_E_ARGUMENT,
                  "y is NULL");
    lstm_model_free(m);
    lstm_view_free(v);
    lstm_dataset_free(d);
}

static void other_data_are_refused(void **state)
{
    (void)state;
    const int64_t roles[2] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN}, s = 0, one = 1, five = 5;
    const lstm_real bias[2] = {0, 0}, rows[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 8};
    lstm_dataset *d = new_table(7), *wide = new_dataset(3, NULL, LSTM_MISSING_REFUSE);
    lstm_dataset *known = new_dataset(2, roles, LSTM_MISSING_REFUSE), *more = new_table(7);
    lstm_view *v = scaled_view(d, 1, LSTM_BASE_NONE), *of_known, *own;
    lstm_model *m = constant(v, bias), *of_one;
    assert_ok(lstm_dataset_add(known, NULL, rows, 5, 0));
    assert_ok(lstm_dataset_add(wide, NULL, rows, 3, 0));
    assert_ok(lstm_dataset_add(more, NULL, rows, 5, 0));
    of_known = scaled_view(known, 1, LSTM_BASE_NONE);
    of_one = constant(of_known, bias);
    REFUSED(LSTM_E_SHAPE, "3 columns", v, m, NULL, wide, &s, &one, 1, 1, 1);
    REFUSED(LSTM_E_SHAPE, "has role 3", v, m, NULL, known, &s, &one, 1, 1, 1);
    REFUSED(LSTM_E_SHAPE, "is known to row 4, a forecast of 1 rows from row 5 needs more", of_known,
            of_one, NULL, known, &s, &five, 1, 1, 1);
    lstm_view_options options = LSTM_VIEW_OPTIONS_INIT;
    options.context_len = 1, options.scale_series = 1, options.scaling = LSTM_SCALING_STANDARD;
    assert_ok(lstm_view_new(&own, d, &options));
    REFUSED(LSTM_E_SHAPE, "has no scale: the view has those of 1", own, m, NULL, more, &one, &one,
            1, 1, 1);
    lstm_model_free(of_one);
    lstm_model_free(m);
    lstm_view_free(own);
    lstm_view_free(of_known);
    lstm_view_free(v);
    lstm_dataset_free(more);
    lstm_dataset_free(known);
    lstm_dataset_free(wide);
    lstm_dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_origin_has_the_forecast_that_it_has_alone),
        cmocka_unit_test(quantiles_lie_beside_the_locations),
        cmocka_unit_test(forecasts_are_in_the_units_of_the_data),
        cmocka_unit_test(rows_after_the_origin_are_not_read),
        cmocka_unit_test(wrong_numbers_are_refused),
        cmocka_unit_test(other_data_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
