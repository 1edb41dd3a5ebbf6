/* SPDX-License-Identifier: MIT */
#include "store/safetensors.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/file.h"
#include "store/checksum.h"
#include "store/header.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct lts_safetensors {
    char *path;
    unsigned char *front; /* the file up to the end of its header               */
    unsigned char *data;  /* the rest                                           */
    int64_t size;         /* of the file                                        */
    int64_t header_size;
    lts_checksum checksum;
    json_t *header;      /* owns all names and strings                          */
    lts_stored *tensors; /* [n_tensor] sorted by offset to verify, then by name */
    int64_t n_tensor;
};

void lts_shape_text(char text[LTS_SHAPE_TEXT], int64_t n_dim, const int64_t *dim)
{
    int at = snprintf(text, LTS_SHAPE_TEXT, "[");
    for (int64_t i = 0; i < n_dim; i++)
        at += snprintf(text + at, (size_t)(LTS_SHAPE_TEXT - at), i == 0 ? "%lld" : ", %lld",
                       (long long)dim[i]);
    snprintf(text + at, (size_t)(LTS_SHAPE_TEXT - at), "]");
}

#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
static lstm_status
fail_tensor(const lts_safetensors *file, const lts_stored *tensor, lstm_status status,
            const char *format, ...)
{
    char detail[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    return lts_fail(status, "%.160s: tensor \"%.80s\": %s", file->path, tensor->name, detail);
}

static lstm_status check_metadata(const lts_safetensors *file)
{
    json_t *metadata = json_object_get(file->header, "__metadata__");
    if (metadata == NULL)
        return LSTM_OK;
    if (json_typeof(metadata) != JSON_OBJECT)
        return lts_fail(LSTM_E_FORMAT, "%.300s: __metadata__ is not an object", file->path);
    const char *key;
    json_t *value;
    json_object_foreach(
        metadata, key,
        value) if (json_typeof(value) !=
                   JSON_STRING) return lts_fail(LSTM_E_FORMAT,
                                                "%.200s: \"%.80s\" in __metadata__ is not a string",
                                                file->path, key);
    return LSTM_OK;
}

static lstm_status parse_dtype(const lts_safetensors *file, lts_stored *tensor, int64_t *n_byte)
{
    static const struct {
        const char *name;
        int64_t n_byte;
    } known[] = {
        {"F32", 4}, {"F64", 8}, {"F16", 2},     {"BF16", 2},    {"BOOL", 1}, {"U8", 1},
        {"I8", 1},  {"U16", 2}, {"I16", 2},     {"U32", 4},     {"I32", 4},  {"U64", 8},
        {"I64", 8}, {"C64", 8}, {"F8_E5M2", 1}, {"F8_E4M3", 1},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(tensor->dtype, known[i].name) == 0) {
            *n_byte = known[i].n_byte;
            return LSTM_OK;
        }
    return fail_tensor(file, tensor, LSTM_E_DTYPE, "unknown dtype \"%.40s\"", tensor->dtype);
}

/* On entry *n_byte is the size of an element, on return that of the tensor. */
static lstm_status parse_shape(const lts_safetensors *file, lts_stored *tensor, const json_t *shape,
                               int64_t *n_byte)
{
    tensor->n_dim = (int64_t)json_array_size(shape);
    if (tensor->n_dim > LTS_MAX_DIM)
        return fail_tensor(file, tensor, LSTM_E_SHAPE, "it has %lld dimensions, the limit is %d",
                           (long long)tensor->n_dim, LTS_MAX_DIM);
    for (int64_t i = 0; i < tensor->n_dim; i++) {
        const json_t *dim = json_array_get(shape, (size_t)i);
        tensor->dim[i] = json_typeof(dim) == JSON_INTEGER ? (int64_t)json_integer_value(dim) : -1;
        if (tensor->dim[i] < 0)
            return fail_tensor(file, tensor, LSTM_E_SHAPE,
                               "shape[%lld] is not an integer of 0 or more", (long long)i);
        if (tensor->dim[i] > INT_MAX)
            return fail_tensor(file, tensor, LSTM_E_LIMIT, "shape[%lld] is %lld, the limit is %d",
                               (long long)i, (long long)tensor->dim[i], INT_MAX);
        if (!lts_multiply(*n_byte, tensor->dim[i], n_byte))
            return fail_tensor(file, tensor, LSTM_E_SHAPE, "shape[%lld], %lld, makes it too large",
                               (long long)i, (long long)tensor->dim[i]);
    }
    return LSTM_OK;
}

static lstm_status parse_offsets(const lts_safetensors *file, lts_stored *tensor,
                                 const json_t *offsets, int64_t n_byte)
{
    const json_t *begin = json_array_get(offsets, 0);
    const json_t *end = json_array_get(offsets, 1);
    if (json_array_size(offsets) != 2 || json_typeof(begin) != JSON_INTEGER ||
        json_typeof(end) != JSON_INTEGER)
        return fail_tensor(file, tensor, LSTM_E_FORMAT, "data_offsets are not two integers");
    tensor->begin = (int64_t)json_integer_value(begin);
    int64_t behind = (int64_t)json_integer_value(end);
    if (tensor->begin < 0 || behind < tensor->begin)
        return fail_tensor(file, tensor, LSTM_E_FORMAT, "data_offsets are [%lld, %lld]",
                           (long long)tensor->begin, (long long)behind);
    tensor->n_byte = behind - tensor->begin;
    if (tensor->n_byte == n_byte)
        return LSTM_OK;
    char shape[LTS_SHAPE_TEXT];
    lts_shape_text(shape, tensor->n_dim, tensor->dim);
    return fail_tensor(file, tensor, LSTM_E_SHAPE, "%s of %s are %lld bytes, it has %lld", shape,
                       tensor->dtype, (long long)n_byte, (long long)tensor->n_byte);
}

static lstm_status parse_tensor(const lts_safetensors *file, lts_stored *tensor, const char *name,
                                const json_t *entry)
{
    const json_t *dtype = json_object_get(entry, "dtype");
    const json_t *shape = json_object_get(entry, "shape");
    const json_t *offsets = json_object_get(entry, "data_offsets");
    tensor->name = name;
    if (name[0] == '\0')
        return fail_tensor(file, tensor, LSTM_E_FORMAT, "a name must not be empty");
    if (dtype == NULL || !json_is_array(shape) || !json_is_array(offsets) ||
        json_object_size(entry) != 3)
        return fail_tensor(file, tensor, LSTM_E_FORMAT,
                           "its entry has not just a dtype, a shape and data_offsets");
    if (json_typeof(dtype) != JSON_STRING)
        return fail_tensor(file, tensor, LSTM_E_DTYPE, "its dtype is not a string");
    tensor->dtype = json_string_value(dtype);
    int64_t n_byte;
    LTS_TRY(parse_dtype(file, tensor, &n_byte));
    LTS_TRY(parse_shape(file, tensor, shape, &n_byte));
    return parse_offsets(file, tensor, offsets, n_byte);
}

/* Runs before the array of tensors is allocated: members that are not objects can be many more. */
static lstm_status check_entries(const lts_safetensors *file)
{
    lts_stored tensor = {0};
    json_t *entry;
    json_object_foreach(
        file->header, tensor.name,
        entry) if (!json_is_object(entry)) return fail_tensor(file, &tensor, LSTM_E_FORMAT,
                                                              "its entry is not an object");
    return LSTM_OK;
}

static lstm_status parse_tensors(lts_safetensors *file)
{
    LTS_TRY(check_entries(file));
    file->tensors = lts_alloc((int64_t)json_object_size(file->header), sizeof *file->tensors);
    if (file->tensors == NULL)
        return LSTM_E_NOMEM;
    const char *name;
    json_t *entry;
    json_object_foreach(file->header, name, entry) if (strcmp(name, "__metadata__") != 0)
        LTS_TRY(parse_tensor(file, &file->tensors[file->n_tensor++], name, entry));
    return LSTM_OK;
}

static int compare_offsets(const void *a, const void *b)
{
    const lts_stored *left = a, *right = b;
    if (left->begin != right->begin)
        return left->begin < right->begin ? -1 : 1;
    return (left->n_byte > right->n_byte) - (left->n_byte < right->n_byte);
}

static int compare_names(const void *a, const void *b)
{
    const lts_stored *left = a, *right = b;
    return strcmp(left->name, right->name);
}

/* Checks that the tensors, sorted by offset, cover all of the data without overlap. */
static lstm_status check_coverage(const lts_safetensors *file)
{
    int64_t end = 0;
    for (int64_t i = 0; i < file->n_tensor; i++) {
        const lts_stored *tensor = &file->tensors[i];
        if (tensor->begin != end)
            return fail_tensor(file, tensor, LSTM_E_FORMAT,
                               "it begins at %lld, %s: what comes before ends at %lld",
                               (long long)tensor->begin,
                               tensor->begin < end ? "an overlap" : "after a hole", (long long)end);
        end += tensor->n_byte;
    }
    int64_t size = file->size - 8 - file->header_size;
    if (end > size)
        return lts_fail(LSTM_E_TRUNC, "%.300s ends after %lld bytes of data, the tensors take %lld",
                        file->path, (long long)size, (long long)end);
    if (end < size)
        return lts_fail(LSTM_E_FORMAT, "%.300s has %lld bytes after its last tensor", file->path,
                        (long long)(size - end));
    return LSTM_OK;
}

static void sort_and_point(lts_safetensors *file)
{
    for (int64_t i = 0; i < file->n_tensor; i++)
        file->tensors[i].data = file->data + file->tensors[i].begin;
    qsort(file->tensors, (size_t)file->n_tensor, sizeof *file->tensors, compare_names);
}

/* Reads the header and verifies everything except the checksum. */
static lstm_status read_header(lts_safetensors *file, const lts_input *input)
{
    unsigned char front[LTS_HEADER_FRONT] = {0};
    file->size = input->size;
    LTS_TRY(lts_input_read(input, 0, front,
                           file->size < LTS_HEADER_FRONT ? file->size : LTS_HEADER_FRONT));
    LTS_TRY(lts_header_find(file->path, front, file->size, &file->header_size));
    file->front = lts_alloc(8 + file->header_size, 1);
    if (file->front == NULL)
        return LSTM_E_NOMEM;
    LTS_TRY(lts_input_read(input, 0, file->front, 8 + file->header_size));
    LTS_TRY(lts_header_parse(file->path, file->front + 8, file->header_size, &file->header));
    LTS_TRY(check_metadata(file));
    LTS_TRY(parse_tensors(file));
    qsort(file->tensors, (size_t)file->n_tensor, sizeof *file->tensors, compare_offsets);
    return check_coverage(file);
}

static lstm_status read_data(lts_safetensors *file, const lts_input *input)
{
    int64_t begin = 8 + file->header_size, n = file->size - begin;
    file->data = lts_alloc(n, 1);
    if (file->data == NULL)
        return LSTM_E_NOMEM;
    LTS_TRY(lts_input_read(input, begin, file->data, n));
    LTS_TRY(lts_checksum_verify(file->front, begin, file->data, n, &file->checksum));
    sort_and_point(file);
    return LSTM_OK;
}

static lstm_status fail_damaged(const lts_safetensors *file)
{
    return lts_fail(LSTM_E_CHECKSUM, "%.300s is damaged: its bytes do not give its checksum",
                    file->path);
}

static void clear(lts_safetensors *file)
{
    json_decref(file->header);
    lts_free(file->tensors);
    lts_free(file->front);
    lts_free(file->data);
    file->header = NULL;
    file->tensors = NULL;
    file->front = file->data = NULL;
}

/*
 * The header is malformed, which is `status` and the message. It is LSTM_E_CHECKSUM instead if the
 * file has a checksum that is wrong: it is damaged. A larger file is not read to find out.
 */
static lstm_status explain(lts_safetensors *file, const lts_input *input, lstm_status status)
{
    enum { MOST = 256 << 20 };
    if (status == LSTM_E_TRUNC || status == LSTM_E_NOMEM || status == LSTM_E_IO ||
        file->size > MOST)
        return status;
    lts_checksum checksum = LTS_CHECKSUM_NONE;
    clear(file); /* first, so that the file takes no more memory than its size */
    unsigned char *bytes = lts_alloc(file->size, 1);
    if (bytes == NULL)
        return LSTM_E_NOMEM;
    lstm_status read = lts_input_read(input, 0, bytes, file->size);
    if (read >= 0)
        read = lts_checksum_verify(bytes, file->size, NULL, 0, &checksum);
    lts_free(bytes);
    LTS_TRY(read);
    return checksum == LTS_CHECKSUM_WRONG ? fail_damaged(file) : status;
}

static lstm_status read_and_verify(lts_safetensors *file, const lts_input *input)
{
    lstm_status status = read_header(file, input);
    if (status < 0)
        return explain(file, input, status);
    LTS_TRY(read_data(file, input));
    if (file->checksum == LTS_CHECKSUM_WRONG)
        return fail_damaged(file);
    if (file->checksum == LTS_CHECKSUM_NONE && lts_safetensors_text(file, LTS_CHECKSUM_KEY) != NULL)
        return lts_fail(LSTM_E_CHECKSUM,
                        "%.300s has a \"" LTS_CHECKSUM_KEY
                        "\" in its metadata, but not where its header begins",
                        file->path);
    return LSTM_OK;
}

static lstm_status open_and_read(lts_safetensors *file, lts_location from)
{
    lts_input input;
    file->path = lts_strdup(from.path);
    if (file->path == NULL)
        return LSTM_E_NOMEM;
    LTS_TRY(lts_input_open(&input, from));
    lstm_status status = read_and_verify(file, &input);
    lts_input_close(&input);
    return status;
}

lstm_status lts_safetensors_open(lts_safetensors **out, lts_location from)
{
    if (!lts_host_is_little_endian())
        return lts_fail(LSTM_E_LIMIT, "files are not read on big-endian hosts");
    lts_safetensors *file = lts_alloc(1, sizeof *file);
    if (file == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = open_and_read(file, from);
    if (status < 0) {
        lts_safetensors_free(file);
        return status;
    }
    *out = file;
    return LSTM_OK;
}

void lts_safetensors_free(lts_safetensors *file)
{
    if (file == NULL)
        return;
    clear(file);
    lts_free(file->path);
    lts_free(file);
}

const char *lts_safetensors_path(const lts_safetensors *file)
{
    return file->path;
}

int64_t lts_safetensors_count(const lts_safetensors *file)
{
    return file->n_tensor;
}

const lts_stored *lts_safetensors_at(const lts_safetensors *file, int64_t index)
{
    return &file->tensors[index];
}

const lts_stored *lts_safetensors_find(const lts_safetensors *file, const char *name)
{
    const lts_stored wanted = {.name = name};
    return bsearch(&wanted, file->tensors, (size_t)file->n_tensor, sizeof *file->tensors,
                   compare_names);
}

const char *lts_safetensors_text(const lts_safetensors *file, const char *key)
{
    return json_string_value(json_object_get(json_object_get(file->header, "__metadata__"), key));
}

bool lts_safetensors_verified(const lts_safetensors *file)
{
    return file->checksum == LTS_CHECKSUM_RIGHT;
}
