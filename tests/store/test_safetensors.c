/* SPDX-License-Identifier: MIT */
#include "safetensors_fixture.h"

#define CHECKSUM "\"checksum\":\"xxh3_128:00000000000000000000000000000000\","

static void the_bytes_are_the_format_s(void **fixture)
{
    (void)fixture;
    const char *header =
        PICK("{\"__metadata__\":{" CHECKSUM "\"k\":\"v\",\"quote\":\"\\\"\\\\\\n\xC3\xA9\"},"
             "\"b\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
             "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[24,28]}}",
             "{\"__metadata__\":{" CHECKSUM "\"k\":\"v\",\"quote\":\"\\\"\\\\\\n\xC3\xA9\"},"
             "\"b\":{\"dtype\":\"F64\",\"shape\":[2,3],\"data_offsets\":[0,48]},"
             "\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[48,56]}}");
    const unsigned char three[] = {PICK(0, 0), 0, PICK(0x40, 0), PICK(0x40, 0), 0, 0, 8, 0x40};
    size_t size, length = strlen(header), padded = (length + 7) / 8 * 8;
    assert_ok(write_two("a"));
    unsigned char *bytes = scratch_read("a", &size);
    assert_int_equal(size, 8 + padded + 7 * sizeof(real));
    assert_int_equal(bytes[0] | bytes[1] << 8, padded);
    for (int i = 2; i < 8; i++)
        assert_int_equal(bytes[i], 0);
    assert_sealed(bytes, size);
    memset(bytes + SEAL_AT, '0', SEAL_SIZE);
    assert_memory_equal(bytes + 8, header, length);
    for (size_t i = length; i < padded; i++)
        assert_int_equal(bytes[8 + i], ' ');
    assert_memory_equal(bytes + 8 + padded, ramp, sizeof ramp);
    assert_memory_equal(bytes + size - sizeof(real), three, sizeof(real));
    free(bytes);
}

static void what_is_written_is_read_bit_for_bit(void **fixture)
{
    (void)fixture;
    lts_safetensors *file;
    assert_ok(write_two("a"));
    assert_ok(lts_safetensors_open(&file, lts_at_path(scratch("a"))));
    assert_string_equal(lts_safetensors_path(file), scratch("a"));
    assert_int_equal(lts_safetensors_count(file), 2);
    assert_string_equal(lts_safetensors_at(file, 0)->name, "a");
    assert_string_equal(lts_safetensors_at(file, 1)->name, "b");
    const lts_stored *b = lts_safetensors_find(file, "b");
    assert_string_equal(b->dtype, TYPE);
    assert_int_equal(b->n_dim, 2);
    assert_int_equal(b->dim[0], 2);
    assert_int_equal(b->dim[1], 3);
    assert_int_equal(b->n_byte, sizeof ramp);
    assert_int_equal((uintptr_t)b->data % 8, 0);
    assert_memory_equal(b->data, ramp, sizeof ramp);
    assert_memory_equal(lts_safetensors_find(file, "a")->data, ramp + 3, sizeof(real));
    assert_null(lts_safetensors_find(file, "c"));
    assert_null(lts_safetensors_find(file, "__metadata__"));
    assert_string_equal(lts_safetensors_text(file, "k"), "v");
    assert_string_equal(lts_safetensors_text(file, "quote"), "\"\\\n\xC3\xA9");
    assert_null(lts_safetensors_text(file, "a"));
    lts_safetensors_free(file);
    lts_safetensors_free(NULL);
}

static void files_of_other_writers_are_read(void **fixture)
{
    (void)fixture;
    static const struct {
        const char *header;
        size_t n_data;
        int count;
    } good[] = {
        {"{}", 0, 0},
        {"{}      \n\t", 0, 0},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", 4, 1},
        {"{ \"a\" : {\"shape\":[0],\"data_offsets\":[0,0],\"dtype\":\"U8\"}}", 0, 1},
        {"{\"a\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[2,18]},"
         "\"b\":{\"dtype\":\"BF16\",\"shape\":[1,1,1],\"data_offsets\":[0,2]},"
         "\"z\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[2,2]}}",
         18, 3},
        {"{\"__metadata__\":{},\"\\u00e9\":{\"dtype\":\"I8\",\"shape\":[1],"
         "\"data_offsets\":[0,1]}}",
         1, 1},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        lts_safetensors *file;
        assert_ok(lts_safetensors_open(&file, lts_at_path(make(good[i].header, good[i].n_data))));
        assert_int_equal(lts_safetensors_count(file), good[i].count);
        assert_null(lts_safetensors_text(file, "k"));
        if (i == 4) {
            const unsigned char *a = lts_safetensors_find(file, "a")->data;
            assert_int_equal(a[0], 2);
            assert_int_equal(a[15], 17);
        }
        if (i == 5)
            assert_non_null(lts_safetensors_find(file, "\xC3\xA9"));
        lts_safetensors_free(file);
    }
}

/* A header with one tensor "a" of this entry. */
#define ONE(dtype, shape, offsets)                                                                 \
    "{\"a\":{\"dtype\":" dtype ",\"shape\":" shape ",\"data_offsets\":" offsets "}}"
/* And one with "a" and "b", 4 bytes each. */
#define TWO(a_offsets, b_offsets)                                                                  \
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" a_offsets "},"                     \
    "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":" b_offsets "}}"

static const struct {
    const char *header;
    size_t n_data;
    lstm_status status;
    const char *part;
} malformed[] = {
    {"", 0, LSTM_E_FORMAT, "no '{'"},
    {"{", 0, LSTM_E_FORMAT, "no '{'"},
    {"[]", 0, LSTM_E_FORMAT, "no '{'"},
    {" {}", 0, LSTM_E_FORMAT, "no '{'"},
    {"{,", 0, LSTM_E_FORMAT, "header, byte 2"},
    {"{}}", 0, LSTM_E_FORMAT, "end of file expected"},
    {"{} {}", 0, LSTM_E_FORMAT, "end of file expected"},
    {"{\"a\":nan}", 0, LSTM_E_FORMAT, "invalid token"},
    {"{\"a\" \"b\"}", 0, LSTM_E_FORMAT, "':' expected"},
    {"{\"a\":@}", 0, LSTM_E_FORMAT, "invalid token"},
    {"{1:2}", 0, LSTM_E_FORMAT, "string or '}' expected"},
    {"{\"a\":\"b}", 0, LSTM_E_FORMAT, "premature end"},
    {"{\"a\\u0000\":1}", 0, LSTM_E_FORMAT, "NUL"},
    {"{\"\xFF\":1}", 0, LSTM_E_FORMAT, "0xff"},
    {"{\"\xC0\x80\":1}", 0, LSTM_E_FORMAT, "0xc0"},
    {"{\"a\":\"\\ud800\"}", 0, LSTM_E_FORMAT, "Unicode"},
    {"{\"a\":1,\"a\":1}", 0, LSTM_E_FORMAT, "duplicate"},
    {"{\"__metadata__\":{\"k\":\"1\",\"k\":\"1\"}}", 0, LSTM_E_FORMAT, "duplicate"},
    {"{\"__metadata__\":[]}", 0, LSTM_E_FORMAT, "__metadata__ is not an object"},
    {"{\"__metadata__\":{\"k\":1}}", 0, LSTM_E_FORMAT, "\"k\" in __metadata__"},
    {"{\"a\":1}", 0, LSTM_E_FORMAT, "\"a\": its entry"},
    {"{\"a\":{}}", 0, LSTM_E_FORMAT, "\"a\": its entry"},
    {"{\"\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, LSTM_E_FORMAT, "empty"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}", 4, LSTM_E_FORMAT,
     "not just"},
    {ONE("4", "[1]", "[0,4]"), 4, LSTM_E_DTYPE, "\"a\": its dtype is not a string"},
    {"{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, LSTM_E_FORMAT, "its entry"},
    {ONE("\"F32\"", "1", "[0,4]"), 4, LSTM_E_FORMAT, "its entry"},
    {ONE("\"F32\"", "[1]", "4"), 4, LSTM_E_FORMAT, "its entry"},
    {ONE("\"F33\"", "[1]", "[0,4]"), 4, LSTM_E_DTYPE, "\"a\": unknown dtype \"F33\""},
    {ONE("\"\"", "[1]", "[0,4]"), 4, LSTM_E_DTYPE, "unknown dtype \"\""},
    {ONE("\"F32\"", "[-1]", "[0,4]"), 4, LSTM_E_SHAPE, "\"a\": shape[0]"},
    {ONE("\"F32\"", "[1,1.0]", "[0,4]"), 4, LSTM_E_SHAPE, "\"a\": shape[1]"},
    {ONE("\"F32\"", "[\"1\"]", "[0,4]"), 4, LSTM_E_SHAPE, "\"a\": shape[0]"},
    {ONE("\"F32\"", "[1,1,1,1,1,1,1,1,1]", "[0,4]"), 4, LSTM_E_SHAPE, "9 dimensions"},
    {ONE("\"F32\"", "[65536,65536,65536,65536]", "[0,0]"), 0, LSTM_E_SHAPE,
     "\"a\": shape[3], 65536, makes it too large"},
    {ONE("\"F32\"", "[65536,65536,2147483647]", "[0,0]"), 0, LSTM_E_SHAPE, "too large"},
    {ONE("\"F32\"", "[2147483648,0]", "[0,0]"), 0, LSTM_E_LIMIT,
     "\"a\": shape[0] is 2147483648, the limit is 2147483647"},
    {ONE("\"F32\"", "[18446744073709551617]", "[0,4]"), 4, LSTM_E_FORMAT, "too big integer"},
    {ONE("\"F32\"", "[1]", "[0,8]"), 8, LSTM_E_SHAPE, "\"a\": [1] of F32 are 4 bytes, it has 8"},
    {ONE("\"F64\"", "[2,3]", "[0,47]"), 47, LSTM_E_SHAPE, "[2, 3] of F64 are 48 bytes"},
    {ONE("\"F32\"", "[1]", "[0,4,8]"), 4, LSTM_E_FORMAT, "\"a\": data_offsets"},
    {ONE("\"F32\"", "[1]", "[0]"), 4, LSTM_E_FORMAT, "\"a\": data_offsets"},
    {ONE("\"F32\"", "[1]", "[0.0,4]"), 4, LSTM_E_FORMAT, "\"a\": data_offsets"},
    {ONE("\"F32\"", "[1]", "[0,4.0]"), 4, LSTM_E_FORMAT, "\"a\": data_offsets"},
    {ONE("\"F32\"", "[1]", "[-4,0]"), 4, LSTM_E_FORMAT, "\"a\": data_offsets are [-4, 0]"},
    {ONE("\"F32\"", "[1]", "[4,0]"), 4, LSTM_E_FORMAT, "\"a\": data_offsets are [4, 0]"},
    {ONE("\"F32\"", "[1]", "[0,4]"), 3, LSTM_E_TRUNC, "3 bytes of data, the tensors take 4"},
    {ONE("\"F32\"", "[1]", "[0,4]"), 6, LSTM_E_FORMAT, "2 bytes after its last tensor"},
    {"{}", 1, LSTM_E_FORMAT, "1 bytes after its last tensor"},
    {ONE("\"F32\"", "[1]", "[4,8]"), 8, LSTM_E_FORMAT, "\"a\": it begins at 4, after a hole"},
    {ONE("\"F32\"", "[1]", "[9223372036854775803,9223372036854775807]"), 4, LSTM_E_FORMAT,
     "after a hole"},
    {ONE("\"F32\"", "[1073741824,2147483647]", "[0,9223372032559808512]"), 4, LSTM_E_TRUNC,
     "take 9223372032559808512"},
    {TWO("[0,4]", "[5,9]"), 9, LSTM_E_FORMAT, "\"b\": it begins at 5, after a hole"},
    {TWO("[2,6]", "[0,4]"), 6, LSTM_E_FORMAT, "\"a\": it begins at 2, an overlap"},
    {TWO("[0,4]", "[0,4]"), 4, LSTM_E_FORMAT, "an overlap"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
     "\"z\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}",
     8, LSTM_E_FORMAT, "\"z\": it begins at 4, an overlap"},
};

static void a_malformed_file_is_refused_with_the_place_and_value(void **fixture)
{
    (void)fixture;
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        const char *path = make(malformed[i].header, malformed[i].n_data);
        assert_refuses(path, malformed[i].status, malformed[i].part);
        assert_non_null(strstr(lstm_last_error(), path));
    }
}

static void a_file_cut_at_any_byte_is_truncated(void **fixture)
{
    (void)fixture;
    size_t size;
    assert_ok(write_two("whole"));
    unsigned char *bytes = scratch_read("whole", &size);
    for (size_t cut = 0; cut < size; cut++)
        assert_refuses(scratch_write("cut", bytes, cut), LSTM_E_TRUNC, scratch("cut"));
    free(bytes);
}

static void another_format_is_named(void **fixture)
{
    (void)fixture;
    static const struct {
        const char *bytes;
        const char *name;
    } others[] = {
        {"PK\3\4\x14\0\x08\x08more", "a zip archive"},
        {"\x80\4\x95\x10\0\0\0\0}more", "a Python pickle"},
        {"\x80\2}q\1X\1\0more", "a Python pickle"},
        {"\x93NUMPY\1\0more", "a NumPy array"},
        {"\x89HDF\r\n\x1a\nmore", "an HDF5 file"},
        {"\x1f\x8b\x08\0\1\2\3\4more", "a gzip archive"},
        {"{\n  \"a\": 1}  ", "text"},
        {"time,value\r\n", "text"},
        {"\xEF\xBB\xBFtime,val", "text"},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_refuses(scratch_write("other", others[i].bytes, 12), LSTM_E_FORMAT, others[i].name);
}

static void a_header_length_beyond_the_limit_is_refused(void **fixture)
{
    (void)fixture;
    static const unsigned char lengths[][9] = {
        {1, 0, 0x80, 0, 0, 0, 0, 0, '{'},
        {0, 0, 0, 0, 0, 0, 0, 0x80, '{'},
        {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, '{'},
    };
    static const char *const values[] = {"8388609", "9223372036854775808", "18446744073709551615"};
    for (int i = 0; i < 3; i++)
        assert_refuses(scratch_write("long", lengths[i], 9), LSTM_E_LIMIT, values[i]);
    const unsigned char at_limit[] = {0, 0, 0x80, 0, 0, 0, 0, 0, '{'};
    assert_refuses(scratch_write("long", at_limit, 9), LSTM_E_TRUNC, "the header ends at 8388616");
}

static void deep_nesting_is_refused(void **fixture)
{
    (void)fixture;
    static char header[8000];
    memcpy(header, "{\"a\":", 5);
    memset(header + 5, '[', sizeof header - 6);
    assert_refuses(make(header, 0), LSTM_E_LIMIT, "depth");
}

static void files_that_cannot_be_read_are_refused(void **fixture)
{
    (void)fixture;
    assert_refuses(scratch("none"), LSTM_E_IO, "No such file");
    assert_refuses(scratch_folder, LSTM_E_IO, "is a folder");
    assert_refuses(scratch_write("empty", "", 0), LSTM_E_TRUNC, "ends after 0 bytes");
}

/* Asserts that a write fails and leaves no file. */
static void assert_refuses_to_write(const char *name, const char *key, const char *value,
                                    lstm_status status, const char *part)
{
    lts_stored tensors[] = {
        {.name = "a", .n_dim = 1, .dim = {1}, .data = ramp},
        {.name = name, .n_dim = 1, .dim = {1}, .data = ramp},
    };
    const lts_text texts[] = {{"k", "v"}, {key, value}};
    assert_status(lts_safetensors_write(lts_at_path(scratch("a")), tensors, 2, texts, 2), status,
                  part);
    assert_int_equal(scratch_entries(0), 0);
}

static void what_no_file_can_hold_is_not_written(void **fixture)
{
    (void)fixture;
    assert_refuses_to_write("a", "x", "y", LSTM_E_ARGUMENT, "\"a\" is given twice");
    assert_refuses_to_write("b", "k", "y", LSTM_E_ARGUMENT, "\"k\" is given twice");
    assert_refuses_to_write("__metadata__", "x", "y", LSTM_E_ARGUMENT, "is given twice");
    static const char *const invalid[] = {
        "\x80",
        "\xC3",
        "\xC3(",
        "\xC0\x80",
        "\xE0\x80\x80",
        "\xED\xA0\x80",
        "\xE2\x82",
        "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80",
        "\xFF",
        "ok\xF8\x88\x80\x80\x80",
    };
    for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
        assert_refuses_to_write(invalid[i], "x", "y", LSTM_E_ARGUMENT, "is not UTF-8");
        assert_refuses_to_write("b", invalid[i], "y", LSTM_E_ARGUMENT, "is not UTF-8");
        assert_refuses_to_write("b", "x", invalid[i], LSTM_E_ARGUMENT, "is not UTF-8");
    }
}

static void every_width_of_utf8_is_written_and_read(void **fixture)
{
    (void)fixture;
    static const char text[] = "a\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80"
                               "\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\x01";
    const lts_text texts[] = {{text, text}};
    lts_safetensors *file;
    assert_ok(lts_safetensors_write(lts_at_path(scratch("a")), NULL, 0, texts, 1));
    assert_ok(lts_safetensors_open(&file, lts_at_path(scratch("a"))));
    assert_string_equal(lts_safetensors_text(file, text), text);
    lts_safetensors_free(file);
}

static void a_header_longer_than_can_be_read_is_not_written(void **fixture)
{
    (void)fixture;
    size_t size = (size_t)lts_max_header;
    char *text = malloc(size + 1);
    assert_non_null(text);
    memset(text, 'x', size);
    text[size] = '\0';
    assert_refuses_to_write("b", "x", text, LSTM_E_LIMIT, "the limit is 8388608");
    free(text);
}

#define TEST(name) cmocka_unit_test_setup(name, scratch_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_bytes_are_the_format_s),
        TEST(what_is_written_is_read_bit_for_bit),
        TEST(files_of_other_writers_are_read),
        TEST(a_malformed_file_is_refused_with_the_place_and_value),
        TEST(a_file_cut_at_any_byte_is_truncated),
        TEST(another_format_is_named),
        TEST(a_header_length_beyond_the_limit_is_refused),
        TEST(deep_nesting_is_refused),
        TEST(files_that_cannot_be_read_are_refused),
        TEST(what_no_file_can_hold_is_not_written),
        TEST(every_width_of_utf8_is_written_and_read),
        TEST(a_header_longer_than_can_be_read_is_not_written),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
