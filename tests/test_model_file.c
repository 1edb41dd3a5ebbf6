/* SPDX-License-Identifier: MIT */
#include "failing_allocator.h"
#include "scratch.h"
#include "seal.h"

#include "base/real.h"
#include "store/safetensors.h"

#include <lstmts/lstmts.h>
#include <signal.h>
#include <sys/resource.h>

#ifdef LSTMTS_TEST_DOUBLE
#define TYPE       "F64"
#define OTHER_TYPE "I64"
#else
#define TYPE       "F32"
#define OTHER_TYPE "I32"
#endif

enum { D = 2, K = 3, H = 4, L = 2, N_TENSOR = 3 * L + 4, MOST = 64 };

static lstm_model *new_model(void)
{
    lstm_model *model;
    lstm_model_options options = LSTM_MODEL_OPTIONS_INIT;
    options.n_input = D;
    options.n_output = K;
    options.n_hidden = H;
    options.n_layer = L;
    options.seed = 7;
    assert_ok(lstm_model_new(&model, &options));
    return model;
}

static void assert_same(const lstm_model *a, const lstm_model *b)
{
    assert_int_equal(lstm_model_inputs(a), lstm_model_inputs(b));
    assert_int_equal(lstm_model_outputs(a), lstm_model_outputs(b));
    assert_int_equal(lstm_model_hidden(a), lstm_model_hidden(b));
    assert_int_equal(lstm_model_layers(a), lstm_model_layers(b));
    for (int64_t i = 0; i < lstm_model_parameters(a); i++) {
        lstm_parameter_info info;
        real x[MOST], y[MOST];
        assert_ok(lstm_model_parameter(a, i, &info));
        assert_ok(lstm_model_get(a, info.name, x, info.size));
        assert_ok(lstm_model_get(b, info.name, y, info.size));
        assert_memory_equal(x, y, (size_t)info.size * sizeof *x);
    }
}

/* The parts of a model file, to be spoilt before they are written. */
typedef struct parts {
    lstm_model *model;
    real values[N_TENSOR + 2][MOST];
    lts_stored tensors[N_TENSOR + 2];
    int64_t n_tensor;
    lts_text texts[8];
    int64_t n_text;
} parts;

static int make_parts(void **fixture)
{
    static parts made;
    memset(&made, 0, sizeof made);
    made.model = new_model();
    made.n_tensor = N_TENSOR;
    for (int64_t i = 0; i < N_TENSOR; i++) {
        lstm_parameter_info info;
        assert_ok(lstm_model_parameter(made.model, i, &info));
        assert_ok(lstm_model_get(made.model, info.name, made.values[i], info.size));
        made.tensors[i] = (lts_stored){.name = info.name,
                                       .n_dim = info.n_dim,
                                       .dim = {info.dim[0], info.dim[1]},
                                       .data = made.values[i]};
    }
    const lts_text texts[] = {{"format", "lstmts"}, {"format_version", "2"},   {"kind", "model"},
                              {"n_input", "2"},     {"n_output", "3"},         {"n_hidden", "4"},
                              {"n_layer", "2"},     {"library_version", "any"}};
    memcpy(made.texts, texts, sizeof texts);
    made.n_text = 8;
    *fixture = &made;
    return scratch_clean(NULL);
}

static int free_parts(void **fixture)
{
    lstm_model_free(((parts *)*fixture)->model);
    return 0;
}

static void write_parts(parts *file)
{
    assert_ok(lts_safetensors_write(scratch("a"), file->tensors, file->n_tensor, file->texts,
                                    file->n_text));
}

static void assert_refuses(const char *path, lstm_status status, const char *part)
{
    lstm_model *model = NULL;
    assert_status(lstm_model_load(&model, path), status, part);
    assert_null(model);
}

static void assert_parts_refused(parts *file, lstm_status status, const char *part)
{
    write_parts(file);
    assert_refuses(scratch("a"), status, part);
}

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

/* Written without the library's reader: what any safetensors reader relies on. */
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
                         "input.bias is [4], by the model's sizes it must be [5]");
    file->texts[5].value = "4";
    file->texts[3].value = "3";
    assert_parts_refused(file, LSTM_E_SHAPE,
                         "input.weight is [4, 2], by the model's sizes it must be [4, 3]");
    file->texts[3].value = "2";
    file->texts[6].value = "3";
    assert_parts_refused(file, LSTM_E_NAME, "has no tensor lstm.2.weight_x");
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
            /* names belong to the model that is gone; only the metadata is of interest */
            assert_ok(lts_safetensors_write(scratch("a"), NULL, 0, file->texts, file->n_text));
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
                         "lstm.0.weight_x is [15, 4], by the model's sizes it must be [16, 4]");
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
    /* one more space at the header's end puts every element at an odd address */
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
    struct rlimit before, limit;
    scratch_write("a", "old", 3);
    assert_status(lstm_model_save(file->model, scratch("none/a")), LSTM_E_IO, "No such file");
    assert_int_equal(mkdir(scratch("folder"), 0777), 0);
    lstm_status status = lstm_model_save(file->model, scratch("folder"));
    rmdir(scratch("folder"));
    assert_int_equal(status, LSTM_E_IO);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 700;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    status = lstm_model_save(file->model, scratch("a"));
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
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
    with.model = new_model();
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
        TEST(the_order_and_alignment_of_tensors_do_not_matter),
        TEST(a_model_cut_at_any_byte_is_truncated),
        TEST(null_is_refused),
        TEST(a_save_that_fails_leaves_the_old_file_and_no_temporary),
        TEST(out_of_memory_at_any_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
