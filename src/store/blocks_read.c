/* SPDX-License-Identifier: MIT */
#include "store/blocks.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/numbers.h"

#include <stdio.h>

static lstm_status read_text(const lts_blocks *blocks, const char *key, const char **text)
{
    *text = lts_safetensors_text(blocks->file, key);
    if (*text == NULL)
        return lts_fail(LSTM_E_FORMAT, "%.200s: no \"%s\" in its metadata",
                        lts_safetensors_path(blocks->file), key);
    return LSTM_OK;
}

static lstm_status bad_text(const lts_blocks *blocks, const char *key, const char *text)
{
    return lts_fail(LSTM_E_FORMAT, "%.200s: \"%s\" in the metadata is \"%.80s\"",
                    lts_safetensors_path(blocks->file), key, text);
}

/* Version 1 had no checksum; a later file without one is damaged. */
static lstm_status check_version(const lts_blocks *blocks, bool unchecked)
{
    const char *path = lts_safetensors_path(blocks->file), *version;
    uint64_t number;
    LTS_TRY(read_text(blocks, "format_version", &version));
    if (!lts_parse_uint(version, &number))
        return bad_text(blocks, "format_version", version);
    if (number < 1 || number > LTS_FORMAT_VERSION)
        return lts_fail(LSTM_E_VERSION,
                        "%.200s has format version %llu, this release reads versions 1 to %llu",
                        path, (unsigned long long)number, (unsigned long long)LTS_FORMAT_VERSION);
    if (lts_safetensors_verified(blocks->file))
        return LSTM_OK;
    if (number > 1)
        return lts_fail(LSTM_E_CHECKSUM, "%.200s is damaged: its checksum is missing", path);
    if (!unchecked)
        return lts_fail(LSTM_E_CHECKSUM,
                        "%.200s has format version 1 and no checksum: set `unchecked` to read it",
                        path);
    return LSTM_OK;
}

static lstm_status check_kind(lts_blocks *blocks, bool unchecked)
{
    const char *kind = lts_safetensors_text(blocks->file, "kind");
    if (kind != NULL && strcmp(kind, "forecaster") == 0)
        return lts_fail(LSTM_E_FORMAT,
                        "%.300s holds a forecaster: read it with lstm_forecaster_load()",
                        lts_safetensors_path(blocks->file));
    LTS_TRY(check_version(blocks, unchecked));
    LTS_TRY(read_text(blocks, "kind", &kind));
    blocks->checkpoint = strcmp(kind, "checkpoint") == 0;
    if (!blocks->checkpoint && strcmp(kind, "model") != 0)
        return bad_text(blocks, "kind", kind);
    return LSTM_OK;
}

/* Whether the text is an integer of any size and sign. */
static bool is_integer(const char *text)
{
    text += *text == '-';
    return text[0] != '\0' && (text[0] != '0' || text[1] == '\0') &&
           strspn(text, "0123456789") == strlen(text);
}

static lstm_status read_size(const lts_blocks *blocks, const char *key, int64_t *size)
{
    const char *text;
    uint64_t number;
    LTS_TRY(read_text(blocks, key, &text));
    if (!is_integer(text))
        return bad_text(blocks, key, text);
    if (!lts_parse_uint(text, &number) || number < 1 || number > INT64_MAX)
        return lts_fail(LSTM_E_LIMIT, "%.200s: %s is %.40s, expected at least 1 and below 2^31",
                        lts_safetensors_path(blocks->file), key, text);
    *size = (int64_t)number;
    return LSTM_OK;
}

static lstm_status read_sizes(lts_blocks *blocks)
{
    int64_t D, K, H, L;
    LTS_TRY(read_size(blocks, "n_input", &D));
    LTS_TRY(read_size(blocks, "n_output", &K));
    LTS_TRY(read_size(blocks, "n_hidden", &H));
    LTS_TRY(read_size(blocks, "n_layer", &L));
    return lts_params_init(&blocks->params, D, K, H, L);
}

/* LSTM_E_NAME for a tensor that the file does not have; the message lists those that it has. */
static lstm_status fail_missing(const lts_blocks *blocks, const char *name)
{
    char names[160] = "none";
    int64_t count = lts_safetensors_count(blocks->file);
    size_t at = 0;
    for (int64_t i = 0; i < count && at < sizeof names; i++)
        at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", i == 0 ? "" : ", ",
                               lts_safetensors_at(blocks->file, i)->name);
    return lts_fail(LSTM_E_NAME, "%.160s has no tensor %.80s; it has %s%s",
                    lts_safetensors_path(blocks->file), name, names,
                    at < sizeof names ? "" : "...");
}

/* Finds a matrix whose shape gives the sizes of the model, in a file of another writer. */
static lstm_status find_matrix(const lts_blocks *blocks, const char *name, const lts_stored **found)
{
    const char *path = lts_safetensors_path(blocks->file);
    *found = lts_safetensors_find(blocks->file, name);
    if (*found == NULL)
        return fail_missing(blocks, name);
    const lts_stored *matrix = *found;
    if (matrix->n_dim == 2 && matrix->dim[0] >= 1 && matrix->dim[1] >= 1)
        return LSTM_OK;
    char shape[LTS_SHAPE_TEXT];
    lts_shape_text(shape, matrix->n_dim, matrix->dim);
    return lts_fail(LSTM_E_SHAPE, "%.160s: %s is %s, expected a matrix", path, name, shape);
}

static lstm_status infer_sizes(lts_blocks *blocks)
{
    const lts_stored *input, *output;
    lts_stored_name name;
    LTS_TRY(find_matrix(blocks, "input.weight", &input));
    LTS_TRY(find_matrix(blocks, "output.weight", &output));
    int64_t L = -1;
    do
        snprintf(name.text, sizeof name.text, "lstm.%lld.weight_x", (long long)++L);
    while (lts_safetensors_find(blocks->file, name.text) != NULL);
    if (L == 0)
        return fail_missing(blocks, name.text);
    return lts_params_init(&blocks->params, input->dim[1], output->dim[0], input->dim[0], L);
}

/* Files of this library have kind and sizes in the metadata. Files of other writers are models. */
static lstm_status identify_file(lts_blocks *blocks, bool unchecked)
{
    const char *format = lts_safetensors_text(blocks->file, "format");
    if (format != NULL && strcmp(format, "lstmts") == 0) {
        LTS_TRY(check_kind(blocks, unchecked));
        return read_sizes(blocks);
    }
    if (unchecked && !lts_safetensors_verified(blocks->file))
        return infer_sizes(blocks);
    const char *path = lts_safetensors_path(blocks->file);
    if (lts_safetensors_verified(blocks->file))
        return format != NULL ? bad_text(blocks, "format", format)
                              : lts_fail(LSTM_E_FORMAT,
                                         "%.200s is not a file of this library: no \"format\" in "
                                         "its metadata",
                                         path);
    return lts_fail(
        LSTM_E_FORMAT,
        "%.200s is not a file of this library: \"format\" in its metadata is %s%.40s%s. "
        "With unchecked 1 in lstm_load_options a model of another writer is read",
        path, format == NULL ? "missing" : "\"", format == NULL ? "" : format,
        format == NULL ? "" : "\"");
}

/* The parameter in a tensor's name: what follows "best.", "average." or "optimizer.X.". */
static const char *parameter_name(const lts_blocks *blocks, const char *name)
{
    if (!blocks->checkpoint)
        return name;
    if (strncmp(name, "best.", 5) == 0)
        return name + 5;
    if (strncmp(name, "average.", 8) == 0)
        return name + 8;
    if (strncmp(name, "optimizer.", 10) == 0) {
        const char *dot = strchr(name + 10, '.');
        return dot == NULL ? name : dot + 1;
    }
    return name;
}

/* Any number of streams; which, lts_blocks_only() checks. */
static bool is_state(const lts_blocks *blocks, const lts_stored *stored)
{
    return blocks->checkpoint && strcmp(stored->name, LTS_STATE_NAME) == 0;
}

static lstm_status check_dtype(const lts_blocks *blocks, const lts_stored *stored)
{
    if (strcmp(stored->dtype, LTS_REAL_DTYPE) == 0)
        return LSTM_OK;
    return lts_fail(LSTM_E_DTYPE, "%.200s: %s has elements of type %s, not %s",
                    lts_safetensors_path(blocks->file), stored->name, stored->dtype,
                    LTS_REAL_DTYPE);
}

static lstm_status check_state(const lts_blocks *blocks, const lts_stored *stored)
{
    const lts_params *params = &blocks->params;
    char is[LTS_SHAPE_TEXT];
    if (stored->n_dim == 4 && stored->dim[0] == params->L && stored->dim[1] == 2 &&
        stored->dim[2] >= 1 && stored->dim[3] == params->H)
        return check_dtype(blocks, stored);
    lts_shape_text(is, stored->n_dim, stored->dim);
    return lts_fail(LSTM_E_SHAPE, "%.160s: %s is %s, expected [%lld, 2, batch_size, %lld]",
                    lts_safetensors_path(blocks->file), stored->name, is, (long long)params->L,
                    (long long)params->H);
}

static lstm_status check_tensor(const lts_blocks *blocks, const lts_stored *stored)
{
    const char *path = lts_safetensors_path(blocks->file);
    if (is_state(blocks, stored))
        return check_state(blocks, stored);
    const lts_tensor *tensor =
        lts_params_find(&blocks->params, parameter_name(blocks, stored->name));
    if (tensor == NULL)
        return lts_fail(LSTM_E_FORMAT, "%.200s has the tensor \"%.80s\", which no model has", path,
                        stored->name);
    if (stored->n_dim != tensor->n_dim || stored->dim[0] != tensor->dim[0] ||
        (tensor->n_dim == 2 && stored->dim[1] != tensor->dim[1])) {
        char is[LTS_SHAPE_TEXT], wanted[LTS_SHAPE_TEXT];
        lts_shape_text(is, stored->n_dim, stored->dim);
        lts_shape_text(wanted, tensor->n_dim, tensor->dim);
        return lts_fail(LSTM_E_SHAPE, "%.160s: %s is %s, expected %s by the model's sizes", path,
                        stored->name, is, wanted);
    }
    return check_dtype(blocks, stored);
}

/* Finds the stored tensor of a parameter. */
static lstm_status find_tensor(const lts_blocks *blocks, const char *prefix,
                               const lts_tensor *tensor, const lts_stored **stored)
{
    lts_stored_name name;
    LTS_TRY(lts_name_tensor(&name, prefix, tensor->name));
    *stored = lts_safetensors_find(blocks->file, name.text);
    if (*stored == NULL)
        return fail_missing(blocks, name.text);
    return LSTM_OK;
}

/* Stops at the largest number of tensors that the sizes allow: a header may contain 100,000. */
static lstm_status check_tensors(const lts_blocks *blocks)
{
    int64_t count = lts_safetensors_count(blocks->file);
    int64_t most = LTS_MAX_BLOCKS * blocks->params.n_tensor + 1; /* the states */
    for (int64_t i = 0; i < count; i++) {
        const lts_stored *stored = lts_safetensors_at(blocks->file, i);
        if (i == most)
            return lts_fail(
                LSTM_E_FORMAT,
                "%.200s has %lld tensors, expected at most %lld by the model's sizes: \"%.80s\" "
                "is one too many",
                lts_safetensors_path(blocks->file), (long long)count, (long long)most,
                stored->name);
        LTS_TRY(check_tensor(blocks, stored));
    }
    return LSTM_OK;
}

static lstm_status verify_file(lts_blocks *blocks, bool unchecked)
{
    const lts_stored *stored;
    LTS_TRY(identify_file(blocks, unchecked));
    LTS_TRY(check_tensors(blocks));
    for (int64_t i = 0; i < blocks->params.n_tensor; i++)
        LTS_TRY(find_tensor(blocks, "", &blocks->params.tensors[i], &stored));
    return LSTM_OK;
}

lstm_status lts_blocks_open(lts_blocks *blocks, lts_location file, bool unchecked)
{
    lts_blocks opened;
    memset(&opened, 0, sizeof opened);
    LTS_TRY(lts_safetensors_open(&opened.file, file));
    lstm_status status = verify_file(&opened, unchecked);
    if (status < 0) {
        lts_blocks_close(&opened);
        return status;
    }
    *blocks = opened;
    return LSTM_OK;
}

void lts_blocks_close(lts_blocks *blocks)
{
    lts_safetensors_free(blocks->file);
    lts_params_clear(&blocks->params);
}

/* Whether a known tensor belongs to the block of that prefix. */
static bool is_of_block(const lts_blocks *blocks, const char *name, const char *prefix)
{
    const char *parameter = parameter_name(blocks, name);
    size_t length = strlen(prefix);
    return (size_t)(parameter - name) == length && strncmp(name, prefix, length) == 0;
}

lstm_status lts_blocks_only(const lts_blocks *blocks, const char *const *prefixes, int64_t n_prefix,
                            int64_t n_stream)
{
    const lts_stored *stored;
    for (int64_t b = 0; b < n_prefix; b++)
        for (int64_t i = 0; i < blocks->params.n_tensor; i++)
            LTS_TRY(find_tensor(blocks, prefixes[b], &blocks->params.tensors[i], &stored));
    for (int64_t i = 0; i < lts_safetensors_count(blocks->file); i++) {
        const char *name = lts_safetensors_at(blocks->file, i)->name;
        int64_t b = 0;
        stored = lts_safetensors_at(blocks->file, i);
        if (is_state(blocks, stored) && (n_stream == LTS_ANY_STREAMS || stored->dim[2] == n_stream))
            continue;
        b = is_state(blocks, stored) ? n_prefix : 0;
        while (b < n_prefix && !is_of_block(blocks, name, prefixes[b]))
            b++;
        if (b == n_prefix)
            return lts_fail(LSTM_E_FORMAT,
                            "%.200s has the tensor \"%.80s\", which this run does not have",
                            lts_safetensors_path(blocks->file), name);
    }
    return LSTM_OK;
}

/* Element by element, since a file's data need not be aligned. */
static lstm_status check_finite_elements(const lts_blocks *blocks, const lts_stored *stored)
{
    const unsigned char *at = stored->data;
    for (int64_t i = 0; i < stored->n_byte; i += (int64_t)sizeof(real)) {
        real value;
        memcpy(&value, at + i, sizeof value);
        if (!isfinite(value))
            return lts_fail(LSTM_E_NUMERIC, "%.200s: element %lld of %s is %g",
                            lts_safetensors_path(blocks->file),
                            (long long)(i / (int64_t)sizeof(real)), stored->name, (double)value);
    }
    return LSTM_OK;
}

lstm_status lts_blocks_read(const lts_blocks *blocks, const char *prefix, real *values)
{
    const lts_params *params = &blocks->params;
    const lts_stored *stored;
    for (int64_t i = 0; i < params->n_tensor; i++) {
        LTS_TRY(find_tensor(blocks, prefix, &params->tensors[i], &stored));
        LTS_TRY(check_finite_elements(blocks, stored));
    }
    for (int64_t i = 0; i < params->n_tensor; i++) {
        LTS_TRY(find_tensor(blocks, prefix, &params->tensors[i], &stored));
        memcpy(values + params->tensors[i].offset, stored->data, (size_t)stored->n_byte);
    }
    return LSTM_OK;
}

bool lts_blocks_has_state(const lts_blocks *blocks)
{
    return blocks->checkpoint && lts_safetensors_find(blocks->file, LTS_STATE_NAME) != NULL;
}

lstm_status lts_blocks_read_state(const lts_blocks *blocks, real *values)
{
    const lts_stored *stored = lts_safetensors_find(blocks->file, LTS_STATE_NAME);
    LTS_TRY(check_finite_elements(blocks, stored));
    memcpy(values, stored->data, (size_t)stored->n_byte);
    return LSTM_OK;
}
