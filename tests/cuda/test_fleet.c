/* SPDX-License-Identifier: MIT */
/* Fleets on a companion's device against lstm_forecast(). */
#include "assert_status.h"
#include "engine_case.h"
#include "network/model.h"
#include <stdio.h>

enum { N_FLEET = 60, MOST_SERIES = 9, MOST_ROWS = 8, MOST_STEPS = 12, MOST_COLUMNS = 3 };

static tested_companion under_test;

/* A fleet, and what it is made of. */
typedef struct fleet_case {
    lts_fleet fleet;
    int64_t numbers[MOST_SERIES];
    lstm_model *model;
    lstm_series *series[MOST_SERIES];
    lts_columns columns;
    float x[(MOST_ROWS + MOST_STEPS) * MOST_SERIES * (MOST_COLUMNS + 1)];
    float y[MOST_SERIES * MOST_STEPS * MOST_COLUMNS];
    float want[MOST_SERIES * MOST_STEPS * MOST_COLUMNS];
    int64_t n_output;
} fleet_case;

/*
 * Series of K targets, of which the first n_fed are inputs, too, and of `known`, 0 or 1, known
 * covariates. x of what is fed back is NaN: nobody may read it.
 */
static void make_series(fleet_case *c, random_stream *stream, int64_t n_fed, int64_t K,
                        int64_t known)
{
    const lts_fleet *fleet = &c->fleet;
    int64_t C = K + known, D = n_fed + known, n_row = fleet->n_x + known;
    for (int64_t i = 0; i < fleet->n_series; i++) {
        double rows[(MOST_ROWS + MOST_STEPS) * (MOST_COLUMNS + 1)];
        for (int64_t at = 0; at < n_row * C; at++)
            rows[at] = random_real(stream, -1, 1);
        for (int64_t t = 0; t < fleet->n_x; t++)
            for (int64_t d = 0; d < D; d++) {
                double value = d < n_fed ? rows[t * C + d] : rows[(t + 1) * C + K];
                c->x[(t * fleet->n_series + i) * D + d] =
                    d < n_fed && t >= fleet->context_len ? NAN : (float)value;
            }
        assert_ok(lstm_series_new_double(&c->series[i], rows, n_row, C));
        if (n_fed < K)
            assert_ok(lstm_series_set_role(c->series[i], K - 1, LSTM_ROLE_TARGET));
        if (known != 0)
            assert_ok(lstm_series_set_role(c->series[i], K, LSTM_ROLE_KNOWN));
    }
}

static void make_model(fleet_case *c, random_stream *stream, int64_t D, int64_t K)
{
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = D;
    options.n_output = K;
    options.n_hidden = random_int(stream, 1, 7);
    options.n_layer = random_int(stream, 1, 3);
    assert_ok(lstm_model_new(&c->model, &options));
    for (int64_t p = 0; p < lstm_model_parameters(c->model); p++) {
        lstm_parameter_info info;
        lstm_real values[512];
        assert_ok(lstm_model_parameter(c->model, p, &info));
        assert_in_range(info.size, 1, 512);
        for (int64_t i = 0; i < info.size; i++)
            values[i] = (lstm_real)random_real(stream, -0.9, 0.9);
        assert_ok(lstm_model_set(c->model, info.name, values, info.size));
    }
}

static void fleet_case_open(fleet_case *c, uint64_t number)
{
    random_stream stream = number;
    memset(c, 0, sizeof *c);
    lts_fleet *fleet = &c->fleet;
    int64_t K = random_int(&stream, 1, MOST_COLUMNS);
    int64_t n_fed = K > 1 ? K - random_int(&stream, 0, 1) : K, known = random_int(&stream, 0, 1);
    fleet->n_series = random_int(&stream, 1, MOST_SERIES);
    fleet->n_step = random_int(&stream, 1, MOST_STEPS);
    fleet->context_len = random_int(&stream, 1, MOST_ROWS);
    fleet->lag = fleet->n_step == 1 ? random_int(&stream, 1, MOST_ROWS + 3)
                                    : random_int(&stream, 1, fleet->context_len);
    fleet->n_x = fleet->context_len + (known != 0 ? fleet->n_step - 1 : 0);
    make_series(c, &stream, n_fed, K, known);
    make_model(c, &stream, n_fed + known, K);
    assert_ok(lts_columns_init(&c->columns, c->series[0], 1));
    fleet->params = &c->model->params;
    fleet->values = c->model->values;
    fleet->columns = &c->columns;
    fleet->precision = under_test.precision;
    for (int64_t i = 0; i < fleet->n_series; i++)
        c->numbers[i] = i + 7;
    fleet->numbers = c->numbers;
    fleet->x = c->x;
    fleet->y = c->y;
    c->n_output = fleet->n_series * fleet->n_step * K;

    lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
    options.n_step = fleet->n_step;
    options.context_len = fleet->context_len;
    options.feedback_lag = fleet->lag;
    options.n_future = known != 0 ? fleet->n_step : 0;
    assert_ok(lstm_forecast(c->model, (const lstm_series *const *)c->series, fleet->n_series,
                            &options, c->want));
}

static void fleet_case_close(fleet_case *c)
{
    lts_columns_clear(&c->columns);
    for (int64_t i = 0; i < c->fleet.n_series; i++)
        lstm_series_free(c->series[i]);
    lstm_model_free(c->model);
}

static void check(const fleet_case *c, uint64_t number)
{
    for (int64_t i = 0; i < c->n_output; i++) {
        double error = fabs((double)c->y[i] - (double)c->want[i]);
        if (error <= under_test.tolerance * fmax(1, fabs((double)c->want[i])))
            continue;
        print_error("fleet %d, output %d: %g, expected %g\n", (int)number, (int)i, (double)c->y[i],
                    (double)c->want[i]);
        fail();
    }
}

static void compare_fleets(int64_t free_bytes)
{
    if (under_test.control != NULL)
        under_test.control->free_bytes = free_bytes;
    for (uint64_t number = 0; number < N_FLEET; number++) {
        fleet_case c;
        fleet_case_open(&c, number);
        assert_ok(under_test.device->forecast(&c.fleet, 1));
        check(&c, number);
        fleet_case_close(&c);
    }
}

static void fleets_equal_those_of_the_processor(void **state)
{
    (void)state;
    compare_fleets(0);
    if (under_test.control == NULL)
        return;
    compare_fleets(16000); /* blocks of a few series */
    compare_fleets(1);     /* one series at a time */
    under_test.control->without_loop = true;
    compare_fleets(0);
    compare_fleets(16000);
    compare_fleets(1);
    under_test.control->without_loop = false;
    under_test.control->free_bytes = 0;
    assert_int_equal(under_test.control->n_live, 0);
}

static void an_output_that_is_not_finite_is_named(void **state)
{
    (void)state;
    for (uint64_t number = 0; number < N_FLEET; number++) {
        fleet_case c;
        char message[64];
        random_stream stream = number;
        fleet_case_open(&c, number);
        int64_t bad = random_int(&stream, 0, c.fleet.n_series - 1), D = c.columns.D;
        if (under_test.control != NULL)
            under_test.control->free_bytes = number % 2 == 0 ? 0 : 1;
        for (int64_t i = 0; i < c.n_output; i++)
            c.y[i] = 0.25f;
        c.x[bad * D] = NAN; /* of its first row */
        snprintf(message, sizeof message, "series %d: output 0 of step 0 is", (int)bad + 7);
        assert_status(under_test.device->forecast(&c.fleet, 1), LSTM_E_NUMERIC, message);
        for (int64_t i = 0; i < c.n_output; i++)
            assert_true(c.y[i] == 0.25f);
        fleet_case_close(&c);
    }
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    lts_twin *control = under_test.control;
    fleet_case c;
    int64_t n = 0;
    if (control == NULL)
        return;
    control->without_loop = true;
    fleet_case_open(&c, 5);
    for (lstm_status status = LSTM_E_NOMEM; status < 0;) {
        control->fail_alloc = control->n_alloc + ++n;
        status = under_test.device->forecast(&c.fleet, 1);
        if (status < 0)
            assert_status(status, LSTM_E_NOMEM, "out of memory");
        assert_int_equal(control->n_live, 0);
        assert_in_range(n, 1, 10);
    }
    control->fail_alloc = 0;
    for (n = 1;; n++) {
        control->fail_work = n;
        lstm_status status = under_test.device->forecast(&c.fleet, 1);
        if (control->fail_work != 0)
            break;
        assert_status(status, LSTM_E_DEVICE, "lost");
        assert_int_equal(control->n_live, 0);
    }
    control->fail_work = 0;
    check(&c, 5);
    control->without_loop = false;
    fleet_case_close(&c);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fleets_equal_those_of_the_processor),
        cmocka_unit_test(an_output_that_is_not_finite_is_named),
        cmocka_unit_test(each_allocation_may_fail),
    };
    under_test = companion_open(argc, argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
