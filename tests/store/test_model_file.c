/* SPDX-License-Identifier: MIT */
#include "file_limit.h"
#include "model_file_fixture.h"

static void a_model_comes_back_bit_for_bit(void **fixture)
{
    const parts *file = *fixture;
    lstm_model *loaded;
    assert_ok(lstm_model_save(file->model, scratch("a")));
    assert_ok(lstm_model_load(&loaded, scratch("a")));
    assert_same(loaded, file->model);
    lstm_model_free(loaded);
    assert_int_equal(scratch_entries(0), 1);
}

static void values_at_the_edge_of_the_type_come_back(void **fixture)
{
    const parts *file = *fixture;
    const real edges[K] = {(real)-0.0, (real)1e-44, (real)3.4028234e38};
    lstm_model *loaded;
    real got[K];
    assert_ok(lstm_model_set(file->model, "output.bias", edges, K));
    assert_ok(lstm_model_save(file->model, scratch("a")));
    assert_ok(lstm_model_load(&loaded, scratch("a")));
    assert_ok(lstm_model_get(loaded, "output.bias", got, K));
    assert_memory_equal(got, edges, sizeof got);
    lstm_model_free(loaded);
}

static void the_same_model_is_the_same_file(void **fixture)
{
    const parts *file = *fixture;
    size_t size;
    assert_ok(lstm_model_save(file->model, scratch("a")));
    assert_ok(lstm_model_save(file->model, scratch("b")));
    unsigned char *bytes = scratch_read("a", &size);
    scratch_holds("b", bytes, size);
    free(bytes);
}

/* Checked without the library's reader: what every safetensors reader relies on. */
static void the_file_has_the_sizes_and_each_tensor_by_name(void **fixture)
{
    const parts *file = *fixture;
    size_t size;
    assert_ok(lstm_model_save(file->model, scratch("a")));
    unsigned char *bytes = scratch_read("a", &size);
    size_t length = (size_t)bytes[0] | (size_t)bytes[1] << 8;
    char *header = (char *)bytes + 8;
    const unsigned char *data = bytes + 8 + length;
    assert_int_equal(length % 8, 0);
    memset(strstr(header, "xxh3_128:") + 9, '0', 32);
    static const char start[] =
        "{\"__metadata__\":{\"checksum\":\"xxh3_128:"
        "00000000000000000000000000000000\","
        "\"format\":\"lstmts\",\"format_version\":\"2\",\"kind\":\"model\",\"library_version\":"
        "\"" LSTM_VERSION_STRING "\",\"n_input\":\"2\",\"n_output\":\"3\",\"n_hidden\":\"4\","
        "\"n_layer\":\"2\"},\"input.weight\":{";
    assert_memory_equal(header, start, sizeof start - 1);
    size_t at = 0;
    for (int64_t i = 0; i < N_TENSOR; i++) {
        lstm_parameter_info info;
        real values[MOST];
        char entry[200], shape[40];
        assert_ok(lstm_model_parameter(file->model, i, &info));
        assert_ok(lstm_model_get(file->model, info.name, values, info.size));
        snprintf(shape, sizeof shape, info.n_dim == 1 ? "%d" : "%d,%d", (int)info.dim[0],
                 (int)info.dim[1]);
        size_t n_byte = (size_t)info.size * sizeof(real);
        snprintf(entry, sizeof entry,
                 "\"%s\":{\"dtype\":\"" TYPE "\",\"shape\":[%s],\"data_offsets\":[%zu,%zu]}",
                 info.name, shape, at, at + n_byte);
        header[length - 1] = '\0';
        assert_non_null(strstr(header, entry));
        assert_memory_equal(data + at, values, n_byte);
        at += n_byte;
    }
    assert_int_equal(size, 8 + length + at);
    free(bytes);
}

static void parts_that_are_right_are_a_model(void **fixture)
{
    parts *file = *fixture;
    lstm_model *loaded;
    write_parts(file);
    assert_ok(lstm_model_load(&loaded, scratch("a")));
    assert_same(loaded, file->model);
    lstm_model_free(loaded);
}

static void the_order_and_alignment_of_tensors_do_not_matter(void **fixture)
{
    parts *file = *fixture;
    size_t size;
    for (int i = 0; i < N_TENSOR / 2; i++) {
        lts_stored tensor = file->tensors[i];
        file->tensors[i] = file->tensors[N_TENSOR - 1 - i];
        file->tensors[N_TENSOR - 1 - i] = tensor;
    }
    write_parts(file);
    unsigned char *bytes = scratch_read("a", &size);
    size_t length = (size_t)bytes[0] | (size_t)bytes[1] << 8;
    /* one more space at the end of the header moves every element to an odd address */
    unsigned char *odd = malloc(size + 1);
    assert_non_null(odd);
    memcpy(odd, bytes, 8 + length);
    odd[8 + length] = ' ';
    memcpy(odd + 9 + length, bytes + 8 + length, size - 8 - length);
    odd[0] = (unsigned char)(length + 1);
    assert_int_not_equal(odd[0], 0);
    seal(odd, size + 1);
    lstm_model *loaded;
    assert_ok(lstm_model_load(&loaded, scratch_write("b", odd, size + 1)));
    assert_same(loaded, file->model);
    lstm_model_free(loaded);
    free(odd);
    free(bytes);
}

static void a_model_cut_at_any_byte_is_truncated(void **fixture)
{
    const parts *file = *fixture;
    size_t size;
    assert_ok(lstm_model_save(file->model, scratch("a")));
    unsigned char *bytes = scratch_read("a", &size);
    for (size_t cut = 0; cut < size; cut++)
        assert_refuses(scratch_write("cut", bytes, cut), LSTM_E_TRUNC, scratch("cut"));
    free(bytes);
}

static void null_is_refused(void **fixture)
{
    const parts *file = *fixture;
    lstm_model *model;
    assert_status(lstm_model_save(NULL, scratch("a")), LSTM_E_ARGUMENT, "model is NULL");
    assert_status(lstm_model_save(file->model, NULL), LSTM_E_ARGUMENT, "path is NULL");
    assert_status(lstm_model_load(NULL, scratch("a")), LSTM_E_ARGUMENT, "model is NULL");
    assert_status(lstm_model_load(&model, NULL), LSTM_E_ARGUMENT, "path is NULL");
}

static void a_save_that_fails_leaves_the_old_file_and_no_temporary(void **fixture)
{
    const parts *file = *fixture;
    scratch_write("a", "old", 3);
    assert_status(lstm_model_save(file->model, scratch("none/a")), LSTM_E_IO, "No such file");
    assert_int_equal(mkdir(scratch("folder"), 0777), 0);
    lstm_status status = lstm_model_save(file->model, scratch("folder"));
    rmdir(scratch("folder"));
    assert_int_equal(status, LSTM_E_IO);
    rlim_t before = file_limit_set(700);
    status = lstm_model_save(file->model, scratch("a"));
    file_limit_restore(before);
    assert_int_equal(status, LSTM_E_IO);
    scratch_holds("a", "old", 3);
    assert_int_equal(scratch_entries(0), 1);
}

typedef struct attempt {
    lstm_model *model;
    char path[512];
} attempt;

static lstm_status save_it(void *context)
{
    attempt *with = context;
    return lstm_model_save(with->model, with->path);
}

static lstm_status load_it(void *context)
{
    attempt *with = context;
    lstm_model *model = NULL;
    lstm_status status = lstm_model_load(&model, with->path);
    assert_int_equal(model == NULL, status != LSTM_OK);
    lstm_model_free(model);
    return status;
}

static void out_of_memory_at_any_allocation_is_reported(void **fixture)
{
    parts *file = *fixture;
    failing_allocator memory;
    attempt with;
    snprintf(with.path, sizeof with.path, "%s", scratch("a"));
    lstm_model_free(file->model);
    failing_allocator_install(&memory);
    with.model = model_of(D, K, H, L, 7);
    assert_true(failing_allocator_sweep(&memory, save_it, &with) >= 5);
    assert_int_equal(scratch_entries(0), 1);
    assert_true(failing_allocator_sweep(&memory, load_it, &with) >= 8);
    lstm_model_free(with.model);
    failing_allocator_remove(&memory);
    file->model = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_parts, free_parts)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_model_comes_back_bit_for_bit),
        TEST(values_at_the_edge_of_the_type_come_back),
        TEST(the_same_model_is_the_same_file),
        TEST(the_file_has_the_sizes_and_each_tensor_by_name),
        TEST(parts_that_are_right_are_a_model),
        TEST(the_order_and_alignment_of_tensors_do_not_matter),
        TEST(a_model_cut_at_any_byte_is_truncated),
        TEST(null_is_refused),
        TEST(a_save_that_fails_leaves_the_old_file_and_no_temporary),
        TEST(out_of_memory_at_any_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
