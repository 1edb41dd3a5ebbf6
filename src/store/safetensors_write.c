/* SPDX-License-Identifier: MIT */
#include "store/safetensors.h"

#include "base/locale.h"
#include "base/memory.h"
#include "base/status.h"
#include "base/utf8.h"
#include "files/file.h"
#include "store/checksum.h"

#include <jansson.h>

static lstm_status no_memory(void)
{
    return lts_fail(LSTM_E_NOMEM, "out of memory for the header of a file");
}

/* Checked here because Jansson does not distinguish invalid UTF-8 from lack of memory. */
static lstm_status check_utf8(const char *text)
{
    if (lts_is_utf8(text))
        return LSTM_OK;
    return lts_fail(LSTM_E_ARGUMENT, "\"%.100s\" is not UTF-8: a file cannot hold it", text);
}

/* Takes ownership of `value`, which is NULL if it could not be allocated. */
static lstm_status put_value(json_t *object, const char *key, json_t *value)
{
    if (value == NULL)
        return no_memory();
    lstm_status status = check_utf8(key);
    if (status >= 0 && json_object_get(object, key) != NULL)
        status = lts_fail(LSTM_E_ARGUMENT, "\"%.100s\" is given twice for one file", key);
    if (status < 0) {
        json_decref(value);
        return status;
    }
    return json_object_set_new_nocheck(object, key, value) == 0 ? LSTM_OK : no_memory();
}

static lstm_status fill_texts(json_t *object, const lts_text *texts, int64_t n_text)
{
    for (int64_t i = 0; i < n_text; i++) {
        LTS_TRY(check_utf8(texts[i].value));
        LTS_TRY(put_value(object, texts[i].key, json_string_nocheck(texts[i].value)));
    }
    return LSTM_OK;
}

static json_t *integer_array(const int64_t *values, int64_t n)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < n && array != NULL; i++)
        if (json_array_append_new(array, json_integer(values[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    return array;
}

static lstm_status fill_tensor(json_t *object, const lts_stored *tensor)
{
    const int64_t offsets[] = {tensor->begin, tensor->begin + tensor->n_byte};
    LTS_TRY(put_value(object, "dtype", json_string_nocheck(tensor->dtype)));
    LTS_TRY(put_value(object, "shape", integer_array(tensor->dim, tensor->n_dim)));
    return put_value(object, "data_offsets", integer_array(offsets, 2));
}

/*
 * Objects are added to the header before they are filled, so that the header owns them on failure.
 */
static lstm_status fill_header(json_t *header, lts_stored *tensors, int64_t n_tensor,
                               const lts_text *texts, int64_t n_text)
{
    json_t *metadata = json_object();
    LTS_TRY(put_value(header, "__metadata__", metadata));
    LTS_TRY(put_value(metadata, LTS_CHECKSUM_KEY, json_string_nocheck(LTS_CHECKSUM_ZERO)));
    LTS_TRY(fill_texts(metadata, texts, n_text));
    int64_t end = 0;
    for (int64_t i = 0; i < n_tensor; i++) {
        int64_t size = 1;
        for (int64_t d = 0; d < tensors[i].n_dim; d++)
            size *= tensors[i].dim[d];
        if (tensors[i].dtype == NULL)
            tensors[i].dtype = LTS_REAL_DTYPE;
        tensors[i].begin = end;
        tensors[i].n_byte = size * (strcmp(tensors[i].dtype, "F64") == 0 ? 8 : 4);
        end += tensors[i].n_byte;
        json_t *entry = json_object();
        LTS_TRY(put_value(header, tensors[i].name, entry));
        LTS_TRY(fill_tensor(entry, &tensors[i]));
    }
    return LSTM_OK;
}

/* Prints the first part of the file: length, JSON, and spaces up to a multiple of 8. */
static lstm_status print_header(const json_t *header, unsigned char **bytes, int64_t *size)
{
    LTS_C_LOCALE_SCOPE();
    size_t length = json_dumpb(header, NULL, 0, JSON_COMPACT);
    if (length == 0)
        return no_memory();
    size_t padded = (length + 7) / 8 * 8;
    if ((int64_t)padded > lts_max_header)
        return lts_fail(LSTM_E_LIMIT, "a file's header would have %zu bytes, the limit is %lld",
                        padded, (long long)lts_max_header);
    unsigned char *buffer = lts_alloc((int64_t)padded + 8, 1);
    if (buffer == NULL)
        return LSTM_E_NOMEM;
    for (int i = 0; i < 8; i++)
        buffer[i] = (unsigned char)((uint64_t)padded >> 8 * i);
    memset(buffer + 8, ' ', padded);
    if (json_dumpb(header, (char *)buffer + 8, length, JSON_COMPACT) != length) {
        lts_free(buffer);
        return no_memory();
    }
    *bytes = buffer;
    *size = (int64_t)padded + 8;
    return LSTM_OK;
}

static lstm_status write_parts(lts_location to, unsigned char *header, int64_t header_size,
                               const lts_stored *tensors, int64_t n_tensor)
{
    lts_chunk *chunks = lts_alloc(n_tensor + 1, sizeof *chunks);
    if (chunks == NULL)
        return LSTM_E_NOMEM;
    chunks[0] = (lts_chunk){header, header_size};
    for (int64_t i = 0; i < n_tensor; i++)
        chunks[i + 1] = (lts_chunk){tensors[i].data, tensors[i].n_byte};
    lstm_status status = lts_checksum_set(header, chunks, n_tensor + 1);
    if (status >= 0)
        status = lts_file_replace(to, chunks, n_tensor + 1);
    lts_free(chunks);
    return status;
}

lstm_status lts_safetensors_write(lts_location to, lts_stored *tensors, int64_t n_tensor,
                                  const lts_text *texts, int64_t n_text)
{
    if (!lts_host_is_little_endian())
        return lts_fail(LSTM_E_LIMIT, "files are not written on big-endian hosts");
    json_t *header = json_object();
    if (header == NULL)
        return no_memory();
    unsigned char *bytes = NULL;
    int64_t size = 0;
    lstm_status status = fill_header(header, tensors, n_tensor, texts, n_text);
    if (status >= 0)
        status = print_header(header, &bytes, &size);
    json_decref(header);
    if (status >= 0)
        status = write_parts(to, bytes, size, tensors, n_tensor);
    lts_free(bytes);
    return status;
}
