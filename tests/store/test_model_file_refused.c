/* SPDX-License-Identifier: MIT */
/*
 * Malformed model files: rejected with a message that names the error and its place.
 */
#include "model_file_fixture.h"

static void a_file_of_somebody_else_is_refused(void **fixture)
{
    parts *file = *fixture;
    assert_refuses(scratch("none"), LSTM_E_IO, "No such file");
    assert_refuses(scratch_folder, LSTM_E_IO, "is a folder");
    assert_refuses(scratch_write("b", "PK\3\4 and so on", 15), LSTM_E_FORMAT, "a zip archive");
    file->texts[0].value = "pt";
    assert_parts_refused(file, LSTM_E_FORMAT, "\"format\" in the metadata is \"pt\"");
    file->texts[0].key = "other";
    assert_parts_refused(file, LSTM_E_FORMAT, "no \"format\" in its metadata");
    file->n_text = 0;
    assert_parts_refused(file, LSTM_E_FORMAT, "no \"format\" in its metadata");
}

static void another_format_version_is_refused_with_both_numbers(void **fixture)
{
    parts *file = *fixture;
    file->texts[1].value = "3";
    assert_parts_refused(file, LSTM_E_VERSION,
                         "has format version 3, this release reads versions 1 to 2");
    file->texts[1].value = "0";
    assert_parts_refused(file, LSTM_E_VERSION, "has format version 0");
    file->texts[1].value = "01";
    assert_parts_refused(file, LSTM_E_FORMAT, "\"format_version\" in the metadata is \"01\"");
    file->texts[1].key = "other";
    assert_parts_refused(file, LSTM_E_FORMAT, "no \"format_version\"");
}

static void another_kind_is_refused(void **fixture)
{
    parts *file = *fixture;
    file->texts[2].value = "series";
    assert_parts_refused(file, LSTM_E_FORMAT, "\"kind\" in the metadata is \"series\"");
    file->texts[2].key = "other";
    assert_parts_refused(file, LSTM_E_FORMAT, "no \"kind\"");
}

static void a_size_that_is_no_whole_number_from_1_is_refused(void **fixture)
{
    parts *file = *fixture;
    static const char *const bad[] = {"",   "-",  "-04", "+4",  "04",  " 4",
                                      "4 ", "4.", "0x4", "4e0", "four"};
    static const char *const outside[] = {"0",
                                          "-4",
                                          "2147483648",
                                          "9223372036854775808",
                                          "18446744073709551616",
                                          "99999999999999999999999"};
    for (int size = 3; size <= 6; size++) {
        lts_text good = file->texts[size];
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            file->texts[size].value = bad[i];
            assert_parts_refused(file, LSTM_E_FORMAT, good.key);
        }
        for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++) {
            file->texts[size].value = outside[i];
            write_parts(file);
            assert_refuses(scratch("a"), LSTM_E_LIMIT, NULL);
        }
        file->texts[size].key = "other";
        assert_parts_refused(file, LSTM_E_FORMAT, good.key);
        file->texts[size] = good;
    }
}

static void a_size_that_the_tensors_do_not_have_is_refused_naming_the_first(void **fixture)
{
    parts *file = *fixture;
    file->texts[5].value = "5";
    assert_parts_refused(file, LSTM_E_SHAPE,
                         "input.bias is [4], expected [5] by the model's sizes");
    file->texts[5].value = "4";
    file->texts[3].value = "3";
    assert_parts_refused(file, LSTM_E_SHAPE,
                         "input.weight is [4, 2], expected [4, 3] by the model's sizes");
    file->texts[3].value = "2";
    file->texts[6].value = "3";
    assert_parts_refused(file, LSTM_E_NAME, "has no tensor lstm.2.weight_x; it has input.bias, ");
    file->texts[6].value = "1";
    assert_parts_refused(file, LSTM_E_FORMAT, "lstm.1.bias");
}

static void a_huge_size_is_refused_before_memory_is_asked_for(void **fixture)
{
    parts *file = *fixture;
    static const char *const huge[] = {"20000", "500000000", "9223372036854775807"};
    failing_allocator memory;
    lstm_model_free(file->model);
    file->model = NULL;
    for (size_t i = 0; i < sizeof huge / sizeof huge[0]; i++)
        for (int size = 3; size <= 6; size++) {
            lstm_model *model = NULL;
            const char *good = file->texts[size].value;
            file->texts[size].value = huge[i];
            /* the names are those of a freed model; only the metadata matters */
            assert_ok(lts_safetensors_write(lts_at_path(scratch("a")), NULL, 0, file->texts,
                                            file->n_text));
            failing_allocator_install(&memory);
            lstm_status status = lstm_model_load(&model, scratch("a"));
            int64_t peak = atomic_load(&memory.peak);
            failing_allocator_remove(&memory);
            assert_true(status == LSTM_E_LIMIT || status == LSTM_E_NAME);
            assert_true(peak < 1 << 20);
            file->texts[size].value = good;
        }
}

static void a_tensor_of_another_shape_is_refused_with_both_shapes(void **fixture)
{
    parts *file = *fixture;
    lts_stored *tensor = &file->tensors[2];
    tensor->dim[0] = 15;
    assert_parts_refused(file, LSTM_E_SHAPE,
                         "lstm.0.weight_x is [15, 4], expected [16, 4] by the model's sizes");
    tensor->dim[0] = 4;
    tensor->dim[1] = 16;
    assert_parts_refused(file, LSTM_E_SHAPE, "lstm.0.weight_x is [4, 16]");
    tensor->n_dim = 1;
    tensor->dim[0] = 16;
    assert_parts_refused(file, LSTM_E_SHAPE, "lstm.0.weight_x is [16]");
    tensor->n_dim = 3;
    tensor->dim[1] = 4;
    tensor->dim[2] = 1;
    assert_parts_refused(file, LSTM_E_SHAPE, "lstm.0.weight_x is [16, 4, 1]");
}

static void a_tensor_of_another_type_is_refused(void **fixture)
{
    parts *file = *fixture;
    size_t size;
    write_parts(file);
    unsigned char *bytes = scratch_read("a", &size);
    char *entry = strstr((char *)bytes + 8, "\"lstm.1.bias\":{\"dtype\":\"" TYPE);
    assert_non_null(entry);
    char *type = strstr(entry, TYPE);
    assert_non_null(type);
    memcpy(type, OTHER_TYPE, 3);
    seal(bytes, size);
    assert_refuses(scratch_write("b", bytes, size), LSTM_E_DTYPE,
                   "lstm.1.bias has elements of type " OTHER_TYPE ", not " TYPE);
    free(bytes);
}

static void a_missing_tensor_is_named(void **fixture)
{
    parts *file = *fixture;
    for (int i = 0; i < N_TENSOR; i++) {
        char part[80];
        lts_stored missing = file->tensors[i];
        file->tensors[i] = file->tensors[N_TENSOR - 1];
        file->n_tensor = N_TENSOR - 1;
        snprintf(part, sizeof part, "has no tensor %s", missing.name);
        assert_parts_refused(file, LSTM_E_NAME, part);
        file->tensors[i] = missing;
    }
}

static void an_unknown_tensor_is_named(void **fixture)
{
    parts *file = *fixture;
    static const char *const extras[] = {
        "extra",        "best.input.bias", "optimizer.m.input.bias",
        "lstm.2.bias",  "lstm.00.bias",    "input.bias ",
        "Input.weight", "input",           "."};
    file->n_tensor = N_TENSOR + 1;
    for (size_t i = 0; i < sizeof extras / sizeof extras[0]; i++) {
        char part[80];
        file->tensors[N_TENSOR] = file->tensors[1];
        file->tensors[N_TENSOR].name = extras[i];
        snprintf(part, sizeof part, "has the tensor \"%s\", which no model has", extras[i]);
        assert_parts_refused(file, LSTM_E_FORMAT, part);
    }
}

static void a_value_that_is_not_finite_is_refused_naming_tensor_and_element(void **fixture)
{
    parts *file = *fixture;
    file->values[3][5] = (real)NAN;
    assert_parts_refused(file, LSTM_E_NUMERIC, "element 5 of lstm.0.weight_h is ");
    file->values[3][5] = (real)-INFINITY;
    assert_parts_refused(file, LSTM_E_NUMERIC, "element 5 of lstm.0.weight_h is -inf");
    file->values[0][0] = (real)INFINITY;
    assert_parts_refused(file, LSTM_E_NUMERIC, "element 0 of input.weight is inf");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_parts, free_parts)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_of_somebody_else_is_refused),
        TEST(another_format_version_is_refused_with_both_numbers),
        TEST(another_kind_is_refused),
        TEST(a_size_that_is_no_whole_number_from_1_is_refused),
        TEST(a_size_that_the_tensors_do_not_have_is_refused_naming_the_first),
        TEST(a_huge_size_is_refused_before_memory_is_asked_for),
        TEST(a_tensor_of_another_shape_is_refused_with_both_shapes),
        TEST(a_tensor_of_another_type_is_refused),
        TEST(a_missing_tensor_is_named),
        TEST(an_unknown_tensor_is_named),
        TEST(a_value_that_is_not_finite_is_refused_naming_tensor_and_element),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
