/* SPDX-License-Identifier: MIT */
#include "table/npy_header.h"

#include "table/notes.h"

#include <string.h>

typedef struct literal {
    const char *at, *end;
    table_error *error;
} literal;

static void skip_blanks(literal *l)
{
    while (l->at < l->end && (*l->at == ' ' || *l->at == '\t' || *l->at == '\n'))
        l->at++;
}

static bool take(literal *l, char c)
{
    skip_blanks(l);
    bool found = l->at < l->end && *l->at == c;
    l->at += found;
    return found;
}

static bool take_word(literal *l, const char *word)
{
    size_t n = strlen(word);
    skip_blanks(l);
    if ((size_t)(l->end - l->at) < n || memcmp(l->at, word, n) != 0)
        return false;
    l->at += n;
    return true;
}

/* 'text' or "text", without escapes. */
static bool take_string(literal *l, const char **text, size_t *size)
{
    skip_blanks(l);
    if (l->at == l->end || (*l->at != '\'' && *l->at != '"'))
        return false;
    const char *end = memchr(l->at + 1, *l->at, (size_t)(l->end - l->at - 1));
    if (end == NULL)
        return false;
    *text = l->at + 1;
    *size = (size_t)(end - *text);
    l->at = end + 1;
    return memchr(*text, '\\', *size) == NULL;
}

static lstm_status malformed(const literal *l)
{
    char quoted[TABLE_QUOTE];
    return table_fail(l->error, LSTM_E_FORMAT, "has a malformed header at %s",
                      table_quote(quoted, l->at, (size_t)(l->end - l->at)));
}

static lstm_status read_type(table_npy_header *header, literal *l)
{
    const char *text;
    size_t size;
    char quoted[TABLE_QUOTE];
    skip_blanks(l);
    if (l->at < l->end && (*l->at == '[' || *l->at == '('))
        return table_fail(l->error, LSTM_E_DTYPE,
                          "has elements of several fields, expected numbers");
    if (!take_string(l, &text, &size))
        return malformed(l);
    static const char *const known[] = {"f2", "f4", "f8", "i1", "i2", "i4",
                                        "i8", "u1", "u2", "u4", "u8", "b1"};
    for (size_t i = 0; i < sizeof known / sizeof *known && size == 3; i++)
        if (memcmp(text + 1, known[i], 2) == 0 && strchr("<>|=", text[0]) != NULL && text[0] != 0 &&
            (text[0] == '<' || text[0] == '>' || text[2] == '1')) {
            header->kind = text[1];
            header->size = text[2] - '0';
            header->is_big = text[0] == '>';
            return LSTM_OK;
        }
    return table_fail(
        l->error, LSTM_E_DTYPE,
        "has elements of type %s, expected f2, f4, f8, i1 to i8, u1 to u8 or b1, with < or > "
        "for the order of bytes",
        table_quote(quoted, text, size));
}

static lstm_status read_order(table_npy_header *header, literal *l)
{
    header->is_fortran = take_word(l, "True");
    return header->is_fortran || take_word(l, "False") ? LSTM_OK : malformed(l);
}

static lstm_status read_dimension(table_npy_header *header, literal *l)
{
    int64_t n = 0;
    skip_blanks(l);
    const char *begin = l->at;
    for (; l->at < l->end && *l->at >= '0' && *l->at <= '9'; l->at++) {
        if (n > (INT64_MAX - 9) / 10)
            return table_fail(l->error, LSTM_E_SHAPE, "has a dimension of 2^63 or more");
        n = n * 10 + (*l->at - '0');
    }
    if (l->at == begin)
        return table_fail(l->error, LSTM_E_SHAPE, "has a dimension that is not a whole number");
    if (header->n_dimension == 3)
        return table_fail(l->error, LSTM_E_SHAPE,
                          "has more than 3 dimensions, expected [T], [T, C] or [S, T, C]");
    header->shape[header->n_dimension++] = n;
    return LSTM_OK;
}

static lstm_status read_shape(table_npy_header *header, literal *l)
{
    if (!take(l, '('))
        return malformed(l);
    while (!take(l, ')')) {
        lstm_status status = read_dimension(header, l);
        if (status < 0)
            return status;
        if (!take(l, ',') && !(l->at < l->end && *l->at == ')'))
            return malformed(l);
    }
    return LSTM_OK;
}

/* The value of a key, which must not have come before. */
static lstm_status read_entry(table_npy_header *header, literal *l, unsigned *seen)
{
    static const char *const keys[] = {"descr", "fortran_order", "shape"};
    static lstm_status (*const readers[])(table_npy_header *, literal *) = {read_type, read_order,
                                                                            read_shape};
    const char *text;
    size_t size;
    if (!take_string(l, &text, &size) || !take(l, ':'))
        return malformed(l);
    for (unsigned i = 0; i < 3; i++)
        if (strlen(keys[i]) == size && memcmp(keys[i], text, size) == 0 && (*seen & 1u << i) == 0) {
            *seen |= 1u << i;
            return readers[i](header, l);
        }
    char quoted[TABLE_QUOTE];
    return table_fail(l->error, LSTM_E_FORMAT, "has an unknown or repeated key %s in its header",
                      table_quote(quoted, text, size));
}

static lstm_status check_shape(const table_npy_header *header, table_error *error)
{
    int64_t n = header->size;
    if (header->n_dimension == 0)
        return table_fail(error, LSTM_E_SHAPE,
                          "has no dimensions, expected [T], [T, C] or [S, T, C]");
    for (int64_t i = 0; i < header->n_dimension; i++) {
        if (header->shape[i] == 0)
            return table_fail(error, LSTM_E_SHAPE, "has no elements: dimension %lld is 0",
                              (long long)i + 1);
        if (n > INT64_MAX / header->shape[i])
            return table_fail(error, LSTM_E_SHAPE, "has 2^63 bytes or more by its shape");
        n *= header->shape[i];
    }
    return LSTM_OK;
}

lstm_status table_npy_header_read(table_npy_header *header, const char *text, size_t size,
                                  table_error *error)
{
    literal l = {text, text + size, error};
    unsigned seen = 0;
    *header = (table_npy_header){0};
    if (!take(&l, '{'))
        return malformed(&l);
    while (!take(&l, '}')) {
        lstm_status status = read_entry(header, &l, &seen);
        if (status < 0)
            return status;
        if (!take(&l, ',') && !(l.at < l.end && *l.at == '}'))
            return malformed(&l);
    }
    skip_blanks(&l);
    if (l.at != l.end)
        return malformed(&l);
    if (seen != 7)
        return table_fail(error, LSTM_E_FORMAT,
                          "lacks a key in its header: descr, fortran_order or shape");
    return check_shape(header, error);
}
