/* SPDX-License-Identifier: MIT */
#include "assert_status.h"
#include "model_of.h"

#include <lstmts/model.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The elements of parameter `name`; the caller frees them. */
static lstm_real *values_of(const lstm_model *model, const char *name, int64_t size)
{
    lstm_real *values = malloc((size_t)size * sizeof *values);
    assert_non_null(values);
    assert_ok(lstm_model_get(model, name, values, size));
    return values;
}

static void sizes_are_as_given_and_default_to_k_of_d_and_one_layer(void **fixture)
{
    (void)fixture;
    lstm_model *given = model_of(5, 2, 7, 3, 0), *defaults = model_of(5, 0, 7, 0, 0);
    assert_int_equal(lstm_model_inputs(given), 5);
    assert_int_equal(lstm_model_outputs(given), 2);
    assert_int_equal(lstm_model_hidden(given), 7);
    assert_int_equal(lstm_model_layers(given), 3);
    assert_int_equal(lstm_model_outputs(defaults), 5);
    assert_int_equal(lstm_model_layers(defaults), 1);
    lstm_model_free(given);
    lstm_model_free(defaults);
}

typedef struct row {
    const char *name;
    int64_t n_dim, rows, columns;
} row;

static void assert_table(const lstm_model *model, const row *rows, int64_t n_row)
{
    assert_int_equal(lstm_model_parameters(model), n_row);
    for (int64_t i = 0; i < n_row; i++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(model, i, &info));
        assert_string_equal(info.name, rows[i].name);
        assert_int_equal(info.n_dim, rows[i].n_dim);
        assert_int_equal(info.dim[0], rows[i].rows);
        assert_int_equal(info.dim[1], rows[i].columns);
        assert_int_equal(info.size, rows[i].rows * rows[i].columns);
        free(values_of(model, info.name, info.size));
    }
}

static void the_table_of_one_layer_is_the_documented_one(void **fixture)
{
    (void)fixture;
    static const row rows[] = {
        {"input.weight", 2, 4, 3},     {"input.bias", 1, 4, 1},   {"lstm.0.weight_x", 2, 16, 4},
        {"lstm.0.weight_h", 2, 16, 4}, {"lstm.0.bias", 1, 16, 1}, {"output.weight", 2, 2, 4},
        {"output.bias", 1, 2, 1},
    };
    lstm_model *model = model_of(3, 2, 4, 1, 0);
    assert_table(model, rows, 7);
    lstm_model_free(model);
}

static void the_table_of_three_layers_is_the_documented_one(void **fixture)
{
    (void)fixture;
    static const row rows[] = {
        {"input.weight", 2, 5, 1},     {"input.bias", 1, 5, 1},   {"lstm.0.weight_x", 2, 20, 5},
        {"lstm.0.weight_h", 2, 20, 5}, {"lstm.0.bias", 1, 20, 1}, {"lstm.1.weight_x", 2, 20, 5},
        {"lstm.1.weight_h", 2, 20, 5}, {"lstm.1.bias", 1, 20, 1}, {"lstm.2.weight_x", 2, 20, 5},
        {"lstm.2.weight_h", 2, 20, 5}, {"lstm.2.bias", 1, 20, 1}, {"output.weight", 2, 6, 5},
        {"output.bias", 1, 6, 1},
    };
    lstm_model *model = model_of(1, 6, 5, 3, 0);
    assert_table(model, rows, 13);
    lstm_model_free(model);
}

static void a_thousand_layers_have_names_of_their_own(void **fixture)
{
    (void)fixture;
    lstm_model *model = model_of(1, 1, 1, 1000, 0);
    lstm_parameter_info info;
    assert_int_equal(lstm_model_parameters(model), 3004);
    assert_ok(lstm_model_parameter(model, 3001, &info));
    assert_string_equal(info.name, "lstm.999.bias");
    assert_status(lstm_model_parameter(model, 3004, &info), LSTM_E_ARGUMENT, "3004");
    for (int64_t i = 0; i < 3004; i++) {
        const lstm_real values[4] = {(lstm_real)i, 0, 0, 0};
        assert_ok(lstm_model_parameter(model, i, &info));
        assert_true(info.size <= 4);
        assert_ok(lstm_model_set(model, info.name, values, info.size));
    }
    for (int64_t i = 0; i < 3004; i++) {
        lstm_real found[4] = {-1, 0, 0, 0};
        assert_ok(lstm_model_parameter(model, i, &info));
        assert_ok(lstm_model_get(model, info.name, found, info.size));
        assert_true(found[0] == (lstm_real)i);
    }
    lstm_model_free(model);
}

/* Mean 0 and variance 1/fan_in within 4.75 standard deviations of the estimates; correct weights
 * exceed this for one in 500,000 seeds. */
static void assert_drawn(const lstm_real *values, int64_t n, int64_t fan_in)
{
    double mean = 0, square = 0, size = (double)n;
    for (int64_t i = 0; i < n; i++) {
        mean += (double)values[i] / size;
        square += (double)values[i] * (double)values[i] / size;
    }
    assert_true(fabs(mean) < 4.75 / sqrt((double)fan_in * size));
    assert_true(fabs(square * (double)fan_in - 1) < 4.75 * sqrt(2 / size));
}

enum { D = 7, K = 5, H = 60 };

static void each_gate_block_of_each_weight_has_mean_0_and_variance_1_over_fan_in(void **fixture)
{
    (void)fixture;
    lstm_model *model = model_of(D, K, H, 2, 12345);
    const char *blocks[] = {"lstm.0.weight_x", "lstm.0.weight_h", "lstm.1.weight_x",
                            "lstm.1.weight_h"};
    lstm_real *values = values_of(model, "input.weight", H * D);
    assert_drawn(values, H * D, D);
    free(values);
    values = values_of(model, "output.weight", K * H);
    assert_drawn(values, K * H, H);
    free(values);
    for (int i = 0; i < 4; i++) {
        values = values_of(model, blocks[i], 4 * H * H);
        for (int gate = 0; gate < 4; gate++)
            assert_drawn(values + gate * H * H, H * H, H);
        free(values);
    }
    lstm_model_free(model);
}

static void biases_are_0_but_the_forget_gates_which_are_1(void **fixture)
{
    (void)fixture;
    lstm_model *model = model_of(D, K, H, 2, 1);
    const char *layers[] = {"lstm.0.bias", "lstm.1.bias"};
    for (int layer = 0; layer < 2; layer++) {
        lstm_real *bias = values_of(model, layers[layer], 4 * H);
        for (int j = 0; j < 4 * H; j++)
            assert_true(bias[j] == (j >= H && j < 2 * H ? 1 : 0));
        free(bias);
    }
    lstm_real *input = values_of(model, "input.bias", H);
    lstm_real *output = values_of(model, "output.bias", K);
    for (int j = 0; j < H; j++)
        assert_true(input[j] == 0 && output[j % K] == 0);
    free(input);
    free(output);
    lstm_model_free(model);
}

/* Number of elements of all parameters that are equal in both. */
static int64_t equal_elements(const lstm_model *a, const lstm_model *b, int64_t *total)
{
    int64_t equal = 0;
    *total = 0;
    for (int64_t i = 0; i < lstm_model_parameters(a); i++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(a, i, &info));
        lstm_real *of_a = values_of(a, info.name, info.size);
        lstm_real *of_b = values_of(b, info.name, info.size);
        for (int64_t j = 0; j < info.size; j++)
            equal += of_a[j] == of_b[j];
        *total += info.size;
        free(of_a);
        free(of_b);
    }
    return equal;
}

static void the_same_seed_gives_the_same_weights_and_another_seed_others(void **fixture)
{
    (void)fixture;
    const uint64_t seeds[] = {0, 1, 2, UINT64_C(1) << 32, UINT64_MAX};
    int64_t total, n_bias = H + 4 * H + K;
    for (int i = 0; i < 5; i++)
        for (int j = 0; j <= i; j++) {
            lstm_model *a = model_of(D, K, H, 1, seeds[i]), *b = model_of(D, K, H, 1, seeds[j]);
            int64_t equal = equal_elements(a, b, &total);
            if (i == j)
                assert_int_equal(equal, total);
            else /* of 30,000 pairs of random floats a few can be equal */
                assert_true(equal >= n_bias && equal < n_bias + 20);
            lstm_model_free(a);
            lstm_model_free(b);
        }
}

static void tensors_of_one_model_do_not_repeat_each_other(void **fixture)
{
    (void)fixture;
    lstm_model *model = model_of(H, H, H, 1, 3);
    lstm_real *x = values_of(model, "lstm.0.weight_x", 4 * H * H);
    lstm_real *h = values_of(model, "lstm.0.weight_h", 4 * H * H);
    lstm_real *in = values_of(model, "input.weight", H * H);
    int equal = 0;
    for (int i = 0; i < 4 * H * H; i++)
        equal +=
            (x[i] == h[i]) + (x[i] == in[i % (H * H)]) + (x[i] == x[(i + H * H) % (4 * H * H)]);
    assert_true(equal < 20);
    free(x);
    free(h);
    free(in);
    lstm_model_free(model);
}

static void a_clone_is_equal_and_independent(void **fixture)
{
    (void)fixture;
    lstm_model *model = model_of(D, K, H, 2, 4), *clone = NULL;
    lstm_real bias[K] = {1, 2, 3, 4, 5}, read[K];
    int64_t total;
    assert_ok(lstm_model_clone(&clone, model));
    assert_int_equal(lstm_model_inputs(clone), D);
    assert_int_equal(lstm_model_outputs(clone), K);
    assert_int_equal(lstm_model_hidden(clone), H);
    assert_int_equal(lstm_model_layers(clone), 2);
    int64_t equal = equal_elements(model, clone, &total);
    assert_int_equal(equal, total);
    assert_ok(lstm_model_set(model, "output.bias", bias, K));
    assert_ok(lstm_model_get(clone, "output.bias", read, K));
    for (int k = 0; k < K; k++)
        assert_true(read[k] == 0);
    lstm_model_free(model);
    assert_ok(lstm_model_get(clone, "output.bias", read, K));
    lstm_model_free(clone);
}

static void setting_one_tensor_is_read_back_and_changes_no_other(void **fixture)
{
    (void)fixture;
    lstm_model *model = model_of(3, 2, 5, 2, 9), *before = NULL;
    for (int64_t i = 0; i < lstm_model_parameters(model); i++) {
        lstm_parameter_info info;
        int64_t total;
        assert_ok(lstm_model_parameter(model, i, &info));
        assert_ok(lstm_model_clone(&before, model));
        lstm_real *values = malloc((size_t)info.size * sizeof *values);
        for (int64_t j = 0; j < info.size; j++)
            values[j] = (lstm_real)(1000 * (i + 1) + j);
        assert_ok(lstm_model_set(model, info.name, values, info.size));
        lstm_real *read = values_of(model, info.name, info.size);
        assert_memory_equal(read, values, (size_t)info.size * sizeof *values);
        int64_t equal = equal_elements(model, before, &total);
        assert_int_equal(equal, total - info.size);
        free(values);
        free(read);
        lstm_model_free(before);
    }
    lstm_model_free(model);
}

static void a_refused_set_changes_nothing(void **fixture)
{
    (void)fixture;
    lstm_model *model = model_of(2, 2, 2, 1, 5), *before = NULL;
    lstm_real values[5] = {1, 2, (lstm_real)NAN, (lstm_real)INFINITY, 5};
    int64_t total;
    assert_ok(lstm_model_clone(&before, model));
    assert_status(lstm_model_set(model, "input.weight", values, 4), LSTM_E_NUMERIC, "element 2");
    assert_non_null(strstr(lstm_last_error(), "input.weight"));
    assert_status(lstm_model_set(model, "input.weight", values, 5), LSTM_E_SHAPE, "5");
    assert_status(lstm_model_set(model, "input.bias", values + 3, 2), LSTM_E_NUMERIC, "inf");
    assert_status(lstm_model_set(model, "input.wight", values, 4), LSTM_E_NAME, "input.wight");
    int64_t equal = equal_elements(model, before, &total);
    assert_int_equal(equal, total);
    lstm_model_free(model);
    lstm_model_free(before);
}

static void only_exact_names_are_found(void **fixture)
{
    (void)fixture;
    const char *wrong[] = {"",
                           "input",
                           "input.weight ",
                           "INPUT.WEIGHT",
                           "lstm.1.bias",
                           "lstm.00.bias",
                           "lstm.0.bias.",
                           "lstm.0",
                           "lstm.",
                           "lstm..bias",
                           "lstm.18446744073709551616.bias",
                           "lstm.-1.bias"};
    lstm_model *model = model_of(1, 1, 1, 1, 0);
    lstm_real value = 77;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char quoted[64];
        snprintf(quoted, sizeof quoted, "\"%s\"", wrong[i]);
        assert_status(lstm_model_get(model, wrong[i], &value, 1), LSTM_E_NAME, quoted);
        assert_true(value == 77);
    }
    lstm_model_free(model);
}

static void a_model_that_is_not_there_has_no_size(void **fixture)
{
    (void)fixture;
    assert_int_equal(lstm_model_inputs(NULL), 0);
    assert_int_equal(lstm_model_outputs(NULL), 0);
    assert_int_equal(lstm_model_hidden(NULL), 0);
    assert_int_equal(lstm_model_layers(NULL), 0);
    assert_int_equal(lstm_model_parameters(NULL), 0);
    lstm_model_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_as_given_and_default_to_k_of_d_and_one_layer),
        cmocka_unit_test(the_table_of_one_layer_is_the_documented_one),
        cmocka_unit_test(the_table_of_three_layers_is_the_documented_one),
        cmocka_unit_test(a_thousand_layers_have_names_of_their_own),
        cmocka_unit_test(each_gate_block_of_each_weight_has_mean_0_and_variance_1_over_fan_in),
        cmocka_unit_test(biases_are_0_but_the_forget_gates_which_are_1),
        cmocka_unit_test(the_same_seed_gives_the_same_weights_and_another_seed_others),
        cmocka_unit_test(tensors_of_one_model_do_not_repeat_each_other),
        cmocka_unit_test(a_clone_is_equal_and_independent),
        cmocka_unit_test(setting_one_tensor_is_read_back_and_changes_no_other),
        cmocka_unit_test(a_refused_set_changes_nothing),
        cmocka_unit_test(only_exact_names_are_found),
        cmocka_unit_test(a_model_that_is_not_there_has_no_size),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
