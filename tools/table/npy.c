/* SPDX-License-Identifier: MIT */
/*
 * The array grows as its bytes come: a header that promises more than there is costs no memory.
 */
#include "table/npy.h"

#include "table/memory.h"
#include "table/notes.h"
#include "table/npy_header.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAGIC = 6, MOST_HEADER = 1 << 16 };

bool table_npy_is(const char *data, size_t size)
{
    return size >= MAGIC && memcmp(data, "\x93NUMPY", MAGIC) == 0;
}

/* Exactly `size` bytes. */
static lstm_status read_bytes(table_input *input, void *bytes, size_t size, table_error *error)
{
    char *at = bytes;
    while (size > 0) {
        const char *data = NULL;
        size_t n = 0;
        lstm_status status = table_input_next(input, &data, &n, error);
        if (status < 0)
            return status;
        if (n == 0)
            return table_fail(error, LSTM_E_TRUNC, "is truncated: %lld bytes are missing",
                              (long long)size);
        size_t taken = n < size ? n : size;
        memcpy(at, data, taken);
        table_input_return(input, n - taken);
        at += taken;
        size -= taken;
    }
    return LSTM_OK;
}

static lstm_status read_header(table_input *input, table_npy_header *header, table_error *error)
{
    unsigned char begin[MAGIC + 6] = {0};
    lstm_status status = read_bytes(input, begin, MAGIC + 4, error);
    if (status < 0)
        return status;
    if (begin[MAGIC] < 1 || begin[MAGIC] > 3 || begin[MAGIC + 1] != 0)
        return table_fail(error, LSTM_E_VERSION,
                          "has version %d.%d of NPY, expected 1.0, 2.0 or 3.0", begin[MAGIC],
                          begin[MAGIC + 1]);
    uint32_t size = begin[MAGIC + 2] | (uint32_t)begin[MAGIC + 3] << 8;
    if (begin[MAGIC] > 1) {
        status = read_bytes(input, begin + MAGIC + 4, 2, error);
        if (status < 0)
            return status;
        size |= (uint32_t)begin[MAGIC + 4] << 16 | (uint32_t)begin[MAGIC + 5] << 24;
    }
    if (size > MOST_HEADER)
        return table_fail(error, LSTM_E_LIMIT, "has a header of %lu bytes, expected at most %d",
                          (unsigned long)size, MOST_HEADER);
    char *text = table_allocate((int64_t)size, 1);
    if (text == NULL)
        return table_fail_memory(error);
    status = read_bytes(input, text, size, error);
    if (status == LSTM_OK)
        status = table_npy_header_read(header, text, size, error);
    table_release(text);
    return status;
}

/* sign, 5 bits of exponent, 10 of mantissa */
static double half_of(uint64_t bits)
{
    int exponent = (int)(bits >> 10 & 31);
    double mantissa = (double)(bits & 1023);
    double value = exponent == 31  ? (mantissa == 0 ? (double)INFINITY : (double)NAN)
                   : exponent == 0 ? ldexp(mantissa, -24)
                                   : ldexp(mantissa + 1024, exponent - 25);
    return bits >> 15 != 0 ? -value : value;
}

static double element_of(const table_npy_header *header, const unsigned char *bytes)
{
    uint64_t bits = 0;
    for (int64_t i = 0; i < header->size; i++)
        bits |= (uint64_t)bytes[i] << 8 * (header->is_big ? header->size - 1 - i : i);
    if (header->kind == 'b')
        return bits != 0;
    if (header->kind == 'u')
        return (double)bits;
    if (header->kind == 'i') {
        uint64_t sign = UINT64_C(1) << (8 * header->size - 1);
        return bits < sign ? (double)bits : -(double)((sign - 1 - (bits - sign)) + 1);
    }
    if (header->size == 2)
        return half_of(bits);
    if (header->size == 4) {
        uint32_t half = (uint32_t)bits;
        float value;
        memcpy(&value, &half, sizeof value);
        return (double)value;
    }
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* [S, T, C] of the array. */
static void dimensions(const table_npy_header *header, int64_t *S, int64_t *T, int64_t *C)
{
    const int64_t *shape = header->shape;
    *S = header->n_dimension == 3 ? shape[0] : 1;
    *T = header->n_dimension == 3 ? shape[1] : shape[0];
    *C = header->n_dimension == 1 ? 1 : shape[header->n_dimension - 1];
}

/* Element i of the file is infinite: where it is, from 1. */
static lstm_status refuse_infinite(const table_npy_header *header, int64_t i, table_error *error)
{
    int64_t S, T, C;
    dimensions(header, &S, &T, &C);
    int64_t row = header->is_fortran ? i / S % T : i / C % T;
    int64_t column = header->is_fortran ? i / S / T : i % C;
    int64_t series = header->is_fortran ? i % S : i / C / T;
    char text[48] = "";
    if (S > 1)
        snprintf(text, sizeof text, "series %lld, ", (long long)series + 1);
    return table_fail(error, LSTM_E_NUMERIC, "%srow %lld, column %lld: the value is infinite", text,
                      (long long)row + 1, (long long)column + 1);
}

/* The elements in the order of the file. */
static lstm_status read_elements(table_input *input, const table_npy_header *header,
                                 table_rows *rows, int64_t n, table_error *error)
{
    enum { BLOCK = 8192 };
    unsigned char bytes[BLOCK] = {0};
    for (int64_t i = 0; i < n;) {
        int64_t some = BLOCK / header->size < n - i ? BLOCK / header->size : n - i;
        if (!table_reserve((void **)&rows->values, &rows->values_capacity, i + some,
                           sizeof *rows->values))
            return table_fail_memory(error);
        lstm_status status = read_bytes(input, bytes, (size_t)(some * header->size), error);
        if (status < 0)
            return status;
        for (int64_t k = 0; k < some; k++, i++) {
            rows->values[i] = element_of(header, bytes + k * header->size);
            if (isinf(rows->values[i]))
                return refuse_infinite(header, i, error);
        }
    }
    const char *data = NULL;
    size_t more = 0;
    lstm_status status = table_input_next(input, &data, &more, error);
    if (status == LSTM_OK && more > 0)
        status = table_fail(error, LSTM_E_FORMAT, "has bytes after its array");
    return status;
}

/* From Fortran's order, in which the first index runs fastest. */
static lstm_status transpose(table_rows *rows, int64_t S, int64_t T, int64_t C, table_error *error)
{
    double *values = table_allocate(S * T * C, sizeof *values);
    if (values == NULL)
        return table_fail_memory(error);
    for (int64_t s = 0; s < S; s++)
        for (int64_t t = 0; t < T; t++)
            for (int64_t c = 0; c < C; c++)
                values[(s * T + t) * C + c] = rows->values[(c * T + t) * S + s];
    table_release(rows->values);
    rows->values = values;
    return LSTM_OK;
}

static lstm_status number_series(table_rows *rows, int64_t S, int64_t T, table_error *error)
{
    rows->series = table_allocate(S * T, sizeof *rows->series);
    if (rows->series == NULL)
        return table_fail_memory(error);
    rows->has_series = true;
    for (int64_t s = 0; s < S; s++) {
        char name[24];
        int n = snprintf(name, sizeof name, "%lld", (long long)s + 1);
        if (table_names_number(&rows->names, name, (size_t)n) < 0)
            return table_fail_memory(error);
        for (int64_t t = 0; t < T; t++)
            rows->series[s * T + t] = s;
    }
    return LSTM_OK;
}

static lstm_status name_columns(table_frame *frame, int64_t C, table_error *error)
{
    frame->names = table_allocate(C, sizeof *frame->names);
    if (frame->names == NULL)
        return table_fail_memory(error);
    frame->n_column = C;
    for (int64_t c = 0; c < C; c++) {
        char name[24];
        int n = snprintf(name, sizeof name, "%lld", (long long)c + 1);
        frame->names[c] = table_copy(name, (size_t)n);
        if (frame->names[c] == NULL)
            return table_fail_memory(error);
    }
    return LSTM_OK;
}

lstm_status table_npy_read(table_input *input, const table_options *options, table_rows *rows,
                           table_frame *frame, table_error *error)
{
    table_npy_header header = {0};
    lstm_status status = read_header(input, &header, error);
    if (status < 0)
        return status;
    int64_t S, T, C;
    dimensions(&header, &S, &T, &C);
    if (C < 1 || C > options->max_columns || S * T > options->max_values / C)
        return table_fail(error, LSTM_E_LIMIT,
                          "has shape [%lld, %lld, %lld]; there may be %lld columns and %lld values",
                          (long long)S, (long long)T, (long long)C, (long long)options->max_columns,
                          (long long)options->max_values);
    frame->form.npy = true;
    rows->n_column = C;
    status = read_elements(input, &header, rows, S * T * C, error);
    if (status == LSTM_OK && header.is_fortran)
        status = transpose(rows, S, T, C, error);
    if (status == LSTM_OK && header.n_dimension == 3)
        status = number_series(rows, S, T, error);
    if (status == LSTM_OK)
        status = name_columns(frame, C, error);
    rows->n_row = S * T;
    if (status < 0)
        return status;
    return table_remark_add(&frame->remarks, error, TABLE_FORMAT, C, 0,
                            "an array of NumPy, [%lld, %lld, %lld] of %c%lld in %s order%s",
                            (long long)S, (long long)T, (long long)C, header.kind,
                            (long long)header.size, header.is_fortran ? "Fortran's" : "C's",
                            frame->form.gzip ? ", compressed by gzip" : "");
}
