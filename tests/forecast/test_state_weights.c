/* SPDX-License-Identifier: MIT */
/*
 * States that store the weights of their model in fewer bytes.
 */
#include "assert_status.h"
#include "failing_allocator.h"
#include "model_of.h"

#include <float.h>
#include <lstmts/forecast.h>
#include <lstmts/state.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDING (sizeof(lstm_real) == 8 ? DBL_EPSILON / 2 : (double)FLT_EPSILON / 2)

static lstm_state *state_of(const lstm_model *model, int64_t B, int64_t weights)
{
    lstm_state_options options = LSTM_STATE_OPTIONS_INIT;
    lstm_state *state = NULL;
    options.n_stream = B;
    options.weights = weights;
    assert_ok(lstm_state_new_with(&state, model, &options));
    return state;
}

static double *parameter(const lstm_model *model, const char *layer, const char *tensor)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", layer, tensor);
    for (int64_t i = 0; i < lstm_model_parameters(model); i++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(model, i, &info));
        if (strcmp(info.name, name) != 0)
            continue;
        size_t n = (size_t)info.size;
        lstm_real *values = malloc(n * sizeof *values);
        double *wide = malloc(n * sizeof *wide);
        assert_true(values != NULL && wide != NULL);
        assert_ok(lstm_model_get(model, name, values, info.size));
        for (size_t k = 0; k < n; k++)
            wide[k] = (double)values[k];
        free(values);
        return wide;
    }
    fail_msg("there is no %s", name);
    return NULL;
}

/* What one step may be off at most: docs/numerics.md, section 15, (43a) to (43c). */
typedef struct bounds {
    int64_t H, format;
    double *in, *in_error; /**< [H] magnitudes of what a layer reads, and bounds of their errors */
} bounds;

/* The largest error of element p of a stored row; 0 if the row is not stored. */
static double weight_error(const bounds *b, bool is_stored, const double *row, int64_t p)
{
    double most = 0;
    if (!is_stored)
        return 0;
    if (b->format == LSTM_WEIGHTS_BFLOAT16)
        return (0x1p-8 + 0x1p-24) * fabs(row[p]) + 0x1p-126;
    for (int64_t q = 0; q < b->H; q++)
        most = fmax(most, fabs(row[q]));
    return most / 127 * (0.5 + 0x1p-16) + 0x1p-119;
}

/* (43b), with the rounding of both sums. */
static double sum_error(const bounds *b, bool in_is_stored, const double *W_x, const double *W_h,
                        double bias, const lstm_real *h)
{
    double error = 0, size = fabs(bias);
    for (int64_t p = 0; p < b->H; p++) {
        double in = b->in[p] + b->in_error[p];
        error += weight_error(b, in_is_stored, W_x, p) * in + fabs(W_x[p]) * b->in_error[p];
        error += weight_error(b, true, W_h, p) * fabs((double)h[p]);
        size += fabs(W_x[p]) * in + fabs(W_h[p]) * fabs((double)h[p]);
    }
    return error + 2 * (double)(2 * b->H + 40) * ROUNDING * 1.1 * size;
}

/* Errors of c and h of a layer, (43c); h and c are those before the step. */
static void layer_errors(const bounds *b, const lstm_model *model, int64_t l, bool folded,
                         const lstm_real *h, const lstm_real *c, double *c_error, double *h_error)
{
    char layer[32];
    int64_t H = b->H;
    snprintf(layer, sizeof layer, "lstm.%lld", (long long)l);
    double *W_x = parameter(model, layer, "weight_x"), *W_h = parameter(model, layer, "weight_h");
    double *bias = parameter(model, layer, "bias");
    for (int64_t j = 0; j < H; j++) {
        double e[4];
        for (int64_t g = 0; g < 4; g++) {
            int64_t row = g * H + j;
            e[g] = sum_error(b, l > 0 || !folded, W_x + row * H, W_h + row * H, bias[row], h) *
                       (g == 2 ? 1 : 0.25) +
                   8 * ROUNDING;
        }
        c_error[j] =
            fabs((double)c[j]) * e[1] + e[0] + e[2] + 4 * ROUNDING * (2 + fabs((double)c[j]));
        h_error[j] = e[3] + c_error[j] + 12 * ROUNDING;
    }
    free(W_x);
    free(W_h);
    free(bias);
}

/* |u| of the first layer, at most, and 0 as its error: both states read the same. */
static bounds bounds_of(const lstm_model *model, int64_t format, const lstm_real *x)
{
    int64_t H = lstm_model_hidden(model), D = lstm_model_inputs(model);
    bounds b = {H, format, malloc((size_t)H * sizeof(double)), calloc((size_t)H, sizeof(double))};
    double *W = parameter(model, "input", "weight"), *bias = parameter(model, "input", "bias");
    assert_true(b.in != NULL && b.in_error != NULL);
    for (int64_t j = 0; j < H; j++) {
        b.in[j] = fabs(bias[j]);
        for (int64_t k = 0; k < D; k++)
            b.in[j] += fabs(W[j * D + k]) * fabs((double)x[k]);
    }
    free(W);
    free(bias);
    return b;
}

typedef struct shape {
    int64_t D, H, L, seed;
} shape;

enum { MOST_D = 40, MOST_STATE = 2 * 2 * 128 };

/* A step from the same h and c in both forms: each element of h and c within its bound. */
static void check_bound(const shape *s, int64_t format, bool folded)
{
    lstm_model *model = model_of(s->D, 1, s->H, s->L, (uint64_t)s->seed);
    lstm_state *exact = state_of(model, 1, LSTM_WEIGHTS_FLOAT32),
               *stored = state_of(model, 1, format);
    lstm_real x[MOST_D], y[1], before[MOST_STATE], want[MOST_STATE], got[MOST_STATE];
    double c_error[128], h_error[128];
    int64_t H = s->H, size = lstm_state_size(exact);
    for (int64_t t = 0; t < 6; t++) {
        for (int64_t k = 0; k < s->D; k++)
            x[k] = (lstm_real)(2 * sin((double)(7 * t + 3 * k + s->seed)));
        assert_ok(lstm_state_get(exact, before, size));
        assert_ok(lstm_state_set(stored, before, size));
        assert_ok(lstm_state_step(exact, x, y));
        assert_ok(lstm_state_step(stored, x, y));
        assert_ok(lstm_state_get(exact, want, size));
        assert_ok(lstm_state_get(stored, got, size));
        bounds b = bounds_of(model, format, x);
        for (int64_t l = 0; l < s->L; l++) {
            const lstm_real *h = before + 2 * l * H, *c = h + H;
            const lstm_real *h_want = want + 2 * l * H, *h_got = got + 2 * l * H;
            layer_errors(&b, model, l, folded, h, c, c_error, h_error);
            for (int64_t j = 0; j < H; j++) {
                double h_off = fabs((double)h_got[j] - (double)h_want[j]);
                double c_off = fabs((double)h_got[H + j] - (double)h_want[H + j]);
                if (!(h_off <= h_error[j]) || !(c_off <= c_error[j]))
                    fail_msg("step %lld, layer %lld, unit %lld: h is off by %g, at most %g; c by "
                             "%g, at most %g",
                             (long long)t, (long long)l, (long long)j, h_off, h_error[j], c_off,
                             c_error[j]);
                b.in[j] = fabs((double)h_want[j]);
                b.in_error[j] = h_error[j];
            }
        }
        if (t > 0) /* else h is 0, and a folded layer has no other stored weights */
            assert_memory_not_equal(want, got, (size_t)size * sizeof *got);
        free(b.in);
        free(b.in_error);
    }
    lstm_state_free(exact);
    lstm_state_free(stored);
    lstm_model_free(model);
}

/* The fold pays where 4 D H < D H + 4 H^2. */
static void a_step_is_within_the_bound_of_its_weights(void **fixture)
{
    static const shape shapes[] = {{2, 9, 2, 1}, {3, 100, 1, 2}, {1, 128, 2, 3}, {40, 21, 2, 4}};
    (void)fixture;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int64_t format = LSTM_WEIGHTS_BFLOAT16; format <= LSTM_WEIGHTS_INT8; format++)
            check_bound(&shapes[i], format, 3 * shapes[i].D < 4 * shapes[i].H);
}

static void step_from(lstm_state *state, int64_t t, int64_t B, lstm_real *y)
{
    lstm_real x[8];
    for (int64_t b = 0; b < B; b++)
        x[b] = (lstm_real)sin((double)(t + 1) * (0.7 + 0.31 * (double)b));
    assert_ok(lstm_state_step(state, x, y));
}

static void float_weights_are_those_of_a_state_without_options(void **fixture)
{
    (void)fixture;
    lstm_model *model = model_of(1, 1, 37, 2, 5);
    lstm_state *plain = NULL, *zero = NULL, *asked = state_of(model, 1, LSTM_WEIGHTS_FLOAT32);
    assert_ok(lstm_state_new(&plain, model, 1));
    assert_ok(lstm_state_new_with(&zero, model, NULL));
    assert_int_equal(lstm_state_size(zero), lstm_state_size(plain));
    for (int64_t t = 0; t < 5; t++) {
        lstm_real y[3];
        step_from(plain, t, 1, &y[0]);
        step_from(asked, t, 1, &y[1]);
        step_from(zero, t, 1, &y[2]);
        assert_true(y[0] == y[1] && y[0] == y[2]);
    }
    lstm_state_free(plain);
    lstm_state_free(asked);
    lstm_state_free(zero);
    lstm_model_free(model);
}

/* Large enough that threads share the units. Streams of a fleet have the bits of each alone. */
static void streams_and_threads_do_not_change_bits(void **fixture)
{
    enum { H = 240, B = 5, STEPS = 8 };
    (void)fixture;
    lstm_model *model = model_of(1, 1, H, 2, 6);
    for (int64_t format = LSTM_WEIGHTS_BFLOAT16; format <= LSTM_WEIGHTS_INT8; format++) {
        lstm_state *fleet = state_of(model, B, format), *shared = state_of(model, B, format);
        lstm_state *alone = state_of(model, 1, format), *split = state_of(model, 1, format);
        assert_ok(lstm_state_set_threads(shared, 3));
        assert_ok(lstm_state_set_threads(split, 2));
        for (int64_t t = 0; t < STEPS; t++) {
            lstm_real of_fleet[B], of_shared[B], of_one[1], of_split[1];
            step_from(fleet, t, B, of_fleet);
            step_from(shared, t, B, of_shared);
            step_from(alone, t, 1, of_one);
            step_from(split, t, 1, of_split);
            assert_memory_equal(of_fleet, of_shared, sizeof of_fleet);
            assert_memory_equal(of_one, of_split, sizeof of_one);
            assert_memory_equal(of_fleet, of_one, sizeof of_one);
        }
        lstm_state_free(fleet);
        lstm_state_free(shared);
        lstm_state_free(alone);
        lstm_state_free(split);
    }
    lstm_model_free(model);
}

/* One form for all states, which is made with the first, and again after a change. */
static void a_form_is_made_once_and_a_step_allocates_nothing(void **fixture)
{
    (void)fixture;
    failing_allocator memory;
    failing_allocator_install(&memory);
    lstm_model *model = model_of(1, 1, 33, 2, 7);
    int64_t bytes[3], again[3];
    lstm_state *first[3], *second[3];
    lstm_real y[1], bias[4 * 33] = {0};
    for (int64_t format = 0; format < 3; format++) {
        int64_t before = memory.bytes;
        first[format] = state_of(model, 1, format);
        bytes[format] = memory.bytes - before;
        before = memory.bytes;
        second[format] = state_of(model, 1, format);
        again[format] = memory.bytes - before;
        assert_true(again[format] < bytes[format]);
    }
    /* 3 matrices of 4 x 33 x 33 floats, of 2 bytes, of 1 byte and scales */
    int64_t matrices = (bytes[0] - again[0]) - (bytes[1] - again[1]);
    assert_true(matrices > 3 * 2 * 4 * 33 * 30);
    assert_true(bytes[2] - again[2] < bytes[1] - again[1]);
    failing_allocator_fail(&memory, 1, INT64_MAX);
    for (int64_t format = 0; format < 3; format++)
        step_from(first[format], 0, 1, y);
    assert_int_equal(memory.calls, 0);
    failing_allocator_fail(&memory, 0, 0);
    assert_ok(lstm_model_set(model, "lstm.1.bias", bias, 4 * 33));
    for (int64_t format = 0; format < 3; format++) {
        assert_int_equal(lstm_state_step(first[format], y, y), LSTM_E_STALE);
        assert_ok(lstm_state_reset(first[format]));
        assert_ok(lstm_state_step(first[format], y, y));
        lstm_state_free(first[format]);
        lstm_state_free(second[format]);
    }
    lstm_model_free(model);
    failing_allocator_remove(&memory);
}

/* After a change a state that was reset has the bits of a new one of a model with the parameters. */
static void a_reset_takes_the_present_weights(void **fixture)
{
    enum { H = 20 };
    static lstm_real W[4 * H * H];
    (void)fixture;
    for (int i = 0; i < 4 * H * H; i++)
        W[i] = (lstm_real)sin(i);
    for (int64_t format = LSTM_WEIGHTS_BFLOAT16; format <= LSTM_WEIGHTS_INT8; format++) {
        lstm_model *model = model_of(1, 1, H, 1, 8), *clone = NULL;
        lstm_state *state = state_of(model, 1, format);
        lstm_real before[1], y[1], of_clone[1];
        step_from(state, 0, 1, y);
        step_from(state, 1, 1, before);
        assert_ok(lstm_model_set(model, "lstm.0.weight_h", W, 4 * H * H));
        assert_ok(lstm_model_clone(&clone, model));
        lstm_state *fresh = state_of(clone, 1, format);
        assert_ok(lstm_state_reset(state));
        for (int64_t t = 0; t < 2; t++) {
            step_from(state, t, 1, y);
            step_from(fresh, t, 1, of_clone);
            assert_true(y[0] == of_clone[0]);
        }
        assert_true(y[0] != before[0]);
        lstm_state_free(state);
        lstm_state_free(fresh);
        lstm_model_free(model);
        lstm_model_free(clone);
    }
}

/* h and c go from one form to another, each of which steps on with its own weights. */
static void states_of_different_weights_are_copied(void **fixture)
{
    enum { H = 23, SIZE = 2 * H, AHEAD = 4 };
    (void)fixture;
    lstm_model *model = model_of(1, 1, H, 1, 9);
    lstm_state *exact = state_of(model, 1, LSTM_WEIGHTS_FLOAT32);
    lstm_state *small = state_of(model, 1, LSTM_WEIGHTS_INT8);
    lstm_state *reference = state_of(model, 1, LSTM_WEIGHTS_INT8);
    lstm_real y[1], want[1], values[SIZE], copied[SIZE], ahead[AHEAD];
    for (int64_t t = 0; t < 3; t++)
        step_from(exact, t, 1, y);
    assert_ok(lstm_state_copy(small, exact));
    assert_ok(lstm_state_get(exact, values, SIZE));
    assert_ok(lstm_state_get(small, copied, SIZE));
    assert_memory_equal(values, copied, sizeof values);
    assert_ok(lstm_state_set(reference, values, SIZE));
    assert_ok(lstm_state_forecast(small, AHEAD, ahead));
    assert_true(ahead[0] == y[0]);
    memcpy(y, ahead, sizeof y);
    for (int64_t t = 1; t < AHEAD; t++) {
        assert_ok(lstm_state_step(reference, y, want));
        assert_true(ahead[t] == want[0]);
        memcpy(y, want, sizeof y);
    }
    assert_ok(lstm_state_get(small, copied, SIZE)); /* a look ahead does not move it */
    assert_memory_equal(values, copied, sizeof values);
    step_from(exact, 3, 1, want);
    step_from(small, 3, 1, y);
    assert_true(y[0] != want[0]);
    lstm_state_free(exact);
    lstm_state_free(small);
    lstm_state_free(reference);
    lstm_model_free(model);
}

/* lstm_forecast() computes what states with these weights do. */
static void a_forecast_is_that_of_states(void **fixture)
{
    enum { ROWS = 6, AHEAD = 5 };
    (void)fixture;
    lstm_model *model = model_of(1, 1, 23, 2, 10);
    lstm_real rows[ROWS], ahead[AHEAD], y[3][AHEAD];
    lstm_series *series = NULL;
    for (int t = 0; t < ROWS; t++)
        rows[t] = (lstm_real)sin(t);
    assert_ok(lstm_series_new(&series, rows, ROWS, 1));
    const lstm_series *const all[] = {series};
    for (int64_t format = 0; format < 3; format++) {
        lstm_forecast_options options = LSTM_FORECAST_OPTIONS_INIT;
        options.n_step = AHEAD;
        options.weights = format;
        assert_ok(lstm_forecast(model, all, 1, &options, y[format]));
        lstm_state *state = state_of(model, 1, format);
        assert_ok(lstm_state_warm(state, rows, ROWS));
        assert_ok(lstm_state_forecast(state, AHEAD, ahead));
        assert_memory_equal(ahead, y[format], sizeof ahead);
        assert_true(format == 0 || memcmp(y[format], y[format - 1], sizeof ahead) != 0);
        lstm_state_free(state);
    }
    lstm_series_free(series);
    lstm_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_within_the_bound_of_its_weights),
        cmocka_unit_test(float_weights_are_those_of_a_state_without_options),
        cmocka_unit_test(streams_and_threads_do_not_change_bits),
        cmocka_unit_test(a_form_is_made_once_and_a_step_allocates_nothing),
        cmocka_unit_test(a_reset_takes_the_present_weights),
        cmocka_unit_test(states_of_different_weights_are_copied),
        cmocka_unit_test(a_forecast_is_that_of_states),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
