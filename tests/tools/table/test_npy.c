/* SPDX-License-Identifier: MIT */
/* Arrays of NumPy, written here byte by byte as its format description has them. */
#include "table_case.h"

#include <stdio.h>

typedef struct npy {
    unsigned char bytes[2000];
    size_t n;
} npy;

/* The beginning of a file of a version with a header of that text. */
static npy begin_version(int version, const char *header)
{
    npy file = {.n = 0};
    size_t n = strlen(header), most = version == 1 ? 2 : 4;
    memcpy(file.bytes, "\x93NUMPY", 6);
    file.bytes[6] = (unsigned char)version;
    for (size_t i = 0; i < most; i++)
        file.bytes[8 + i] = (unsigned char)(n >> 8 * i);
    memcpy(file.bytes + 8 + most, header, n);
    file.n = 8 + most + n;
    return file;
}

static npy begin(const char *header)
{
    return begin_version(1, header);
}

/* Integers of `size` bytes, the lowest first unless `is_big`. */
static void put(npy *file, uint64_t value, int size, bool is_big)
{
    for (int i = 0; i < size; i++)
        file->bytes[file->n++] = (unsigned char)(value >> 8 * (is_big ? size - 1 - i : i));
}

static void put_double(npy *file, double value, bool is_big)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(file, bits, 8, is_big);
}

static void put_float(npy *file, float value, bool is_big)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(file, bits, 4, is_big);
}

static table_frame *table_of_npy(const npy *file)
{
    return table_of_bytes(file->bytes, file->n, NULL);
}

static void arrays_of_doubles_are_read(void **state)
{
    (void)state;
    for (int version = 1; version <= 3; version++)
        for (int is_big = 0; is_big <= 1; is_big++) {
            npy file = begin_version(
                version, is_big ? "{'descr': '>f8', 'fortran_order': False, 'shape': (2, 3), }   \n"
                                : "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }\n");
            const double values[] = {1, -2.5, NAN, 1e300, 5e-324, -0.0};
            for (int i = 0; i < 6; i++)
                put_double(&file, values[i], is_big);
            table_frame *frame = table_of_npy(&file);
            assert_values(frame, 2, 3, values);
            assert_true(frame->form.npy);
            assert_string_equal(frame->names[2], "3");
            assert_null(frame->times);
            assert_int_equal(frame->step_unit, LSTM_STEP_ROWS);
            assert_int_equal(frame->n_series, 1);
            table_free(frame);
        }
}

static void fortran_s_order_is_transposed(void **state)
{
    (void)state;
    npy file = begin("{\"shape\":(2,3),\"fortran_order\":True,\"descr\":\"<f4\"}");
    const float values[] = {1, 4, 2, 5, 3, 6};
    for (int i = 0; i < 6; i++)
        put_float(&file, values[i], false);
    table_frame *frame = table_of_npy(&file);
    assert_values(frame, 2, 3, (double[]){1, 2, 3, 4, 5, 6});
    table_free(frame);
}

static void every_type_of_number_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        int size;
        uint64_t bits[2];
        double values[2];
    } cases[] = {
        {"<i1", 1, {0x7F, 0x80}, {127, -128}},
        {"|i1", 1, {0xFF, 1}, {-1, 1}},
        {"<i2", 2, {0x7FFF, 0x8000}, {32767, -32768}},
        {">i4", 4, {0x7FFFFFFF, 0xFFFFFFFE}, {2147483647, -2}},
        {"<i8", 8, {0xFFFFFFFFFFFFFFFF, 0x8000000000000000}, {-1, -0x1p63}},
        {">i8", 8, {5, 0x7FFFFFFFFFFFFFFF}, {5, 0x1p63}},
        {"|u1", 1, {0xFF, 0}, {255, 0}},
        {">u2", 2, {0xFFFF, 0x0102}, {65535, 258}},
        {"<u4", 4, {0xFFFFFFFF, 7}, {4294967295.0, 7}},
        {"<u8", 8, {0xFFFFFFFFFFFFFFFF, 9}, {0x1p64, 9}},
        {"|b1", 1, {1, 0}, {1, 0}},
        {"<f2", 2, {0x3C00, 0xC500}, {1, -5}},
        {">f2", 2, {0x0001, 0x7E00}, {0x1p-24, NAN}},
        {"<f2", 2, {0x7BFF, 0x0400}, {65504, 0x1p-14}},
        {">f4", 4, {0x3F800000, 0x7FC00000}, {1, NAN}},
        {"<f8", 8, {0x3FF0000000000000, 0xC000000000000000}, {1, -2}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[100];
        snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (2,)}",
                 cases[i].type);
        npy file = begin(header);
        for (int k = 0; k < 2; k++)
            put(&file, cases[i].bits[k], cases[i].size, cases[i].type[0] == '>');
        table_frame *frame = table_of_npy(&file);
        assert_values(frame, 2, 1, cases[i].values);
        table_free(frame);
    }
}

static void three_dimensions_are_several_series(void **state)
{
    (void)state;
    for (int is_fortran = 0; is_fortran <= 1; is_fortran++) {
        npy file =
            begin(is_fortran ? "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 2)}"
                             : "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 2)}");
        double values[12];
        for (int i = 0; i < 12; i++) {
            int s = i / 6, t = i / 2 % 3, c = i % 2;
            values[i] = is_fortran ? s + 2 * t + 6 * c : i;
        }
        for (int i = 0; i < 12; i++)
            put(&file, (uint64_t)i, 1, false);
        table_frame *frame = table_of_npy(&file);
        assert_values(frame, 6, 2, values);
        assert_int_equal(frame->n_series, 2);
        assert_string_equal(frame->series[1].name, "2");
        assert_int_equal(frame->series[1].first, 3);
        assert_int_equal(frame->series[1].n_row, 3);
        table_free(frame);
    }
}

static void malformed_headers_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        lstm_status status;
        const char *part;
    } cases[] = {
        {"", LSTM_E_FORMAT, "malformed header"},
        {"{", LSTM_E_FORMAT, "malformed header"},
        {"{}", LSTM_E_FORMAT, "lacks a key"},
        {"{'descr': '<f8', 'fortran_order': False}", LSTM_E_FORMAT, "lacks a key"},
        {"{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", LSTM_E_FORMAT,
         "repeated key \"descr\""},
        {"{'descr': '<f8', 'x': 1, 'fortran_order': False, 'shape': (1,)}", LSTM_E_FORMAT,
         "key \"x\""},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x", LSTM_E_FORMAT, "\"x\""},
        {"{'descr': '<f8' 'fortran_order': False, 'shape': (1,)}", LSTM_E_FORMAT, "malformed"},
        {"{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}", LSTM_E_FORMAT, "malformed"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': __import__('os')}", LSTM_E_FORMAT,
         "malformed"},
        {"{'descr': '<f\\x38', 'fortran_order': False, 'shape': (1,)}", LSTM_E_FORMAT, "malformed"},
        {"{'descr: 1}", LSTM_E_FORMAT, "malformed"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", LSTM_E_DTYPE, "\"|O\""},
        {"{'descr': '<U7', 'fortran_order': False, 'shape': (1,)}", LSTM_E_DTYPE, "\"<U7\""},
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", LSTM_E_DTYPE, "\"<c8\""},
        {"{'descr': '<M8[s]', 'fortran_order': False, 'shape': (1,)}", LSTM_E_DTYPE, "M8"},
        {"{'descr': '|f8', 'fortran_order': False, 'shape': (1,)}", LSTM_E_DTYPE, "\"|f8\""},
        {"{'descr': '', 'fortran_order': False, 'shape': (1,)}", LSTM_E_DTYPE, "\"\""},
        {"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", LSTM_E_DTYPE,
         "several fields"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': ()}", LSTM_E_SHAPE, "no dimensions"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 0)}", LSTM_E_SHAPE, "no elements"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", LSTM_E_SHAPE, "whole number"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': ('a',)}", LSTM_E_SHAPE, "whole number"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,1,1,1)}", LSTM_E_SHAPE,
         "more than 3"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (18446744073709551617,)}", LSTM_E_SHAPE,
         "2^63"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
         LSTM_E_SHAPE, "2^63"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2000000000,)}", LSTM_E_LIMIT,
         "values"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 10001)}", LSTM_E_LIMIT,
         "10000 columns"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (10000, 10000)}", LSTM_E_TRUNC,
         "truncated"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        npy file = begin(cases[i].header);
        refused_bytes(file.bytes, file.n, NULL, cases[i].status, 0, 0, cases[i].part);
    }
}

static void wrong_sizes_are_refused(void **state)
{
    (void)state;
    npy file = begin("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}");
    put_double(&file, 3, false);
    for (size_t n = 6; n < file.n; n++)
        refused_bytes(file.bytes, n, NULL, LSTM_E_TRUNC, 0, 0, "truncated");
    file.n++;
    refused_bytes(file.bytes, file.n, NULL, LSTM_E_FORMAT, 0, 0, "bytes after its array");
    file.bytes[9] = 0xFF;
    refused_bytes(file.bytes, file.n, NULL, LSTM_E_TRUNC, 0, 0, "truncated");
    file.bytes[6] = 2;
    memcpy(file.bytes + 8, "\xF0\xFF\xFF\xFF", 4);
    refused_bytes(file.bytes, file.n, NULL, LSTM_E_LIMIT, 0, 0, "header of 4294967280 bytes");
    file.bytes[6] = 4;
    refused_bytes(file.bytes, file.n, NULL, LSTM_E_VERSION, 0, 0, "version 4.0");
}

static void infinite_elements_are_refused(void **state)
{
    (void)state;
    npy file = begin("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}");
    put_double(&file, 3, false);
    put_double(&file, (double)INFINITY, false);
    refused_bytes(file.bytes, file.n, NULL, LSTM_E_NUMERIC, 0, 0,
                  "row 2, column 1: the value is infinite");
    file = begin("{'descr': '<f2', 'fortran_order': False, 'shape': (1,)}");
    put(&file, 0xFC00, 2, false);
    refused_bytes(file.bytes, file.n, NULL, LSTM_E_NUMERIC, 0, 0,
                  "row 1, column 1: the value is infinite");
    for (int i = 0; i < 2; i++) { /* element 8 of [2, 3, 2], in either order */
        file = begin(i == 0 ? "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3, 2)}"
                            : "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3, 2)}");
        for (int e = 0; e < 12; e++)
            put_double(&file, e == 8 ? (double)INFINITY : 1, false);
        refused_bytes(file.bytes, file.n, NULL, LSTM_E_NUMERIC, 0, 0,
                      i == 0 ? "series 2, row 2, column 1" : "series 1, row 2, column 2");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_of_doubles_are_read),
        cmocka_unit_test(fortran_s_order_is_transposed),
        cmocka_unit_test(every_type_of_number_is_read),
        cmocka_unit_test(three_dimensions_are_several_series),
        cmocka_unit_test(malformed_headers_are_refused),
        cmocka_unit_test(wrong_sizes_are_refused),
        cmocka_unit_test(infinite_elements_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
