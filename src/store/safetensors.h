/* SPDX-License-Identifier: MIT */
/*
 * The safetensors container:
 *
 *     8 bytes   n, the length of the header, little-endian
 *     n bytes   JSON: {"__metadata__": {"checksum": ..., key: string, ...},
 *                      name: {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ...}
 *     the rest  the tensors' bytes, little-endian, row-major, at those offsets, without gaps
 *
 * The checksum is an addition of this library (checksum.h). Files without one can be read;
 * lts_safetensors_verified() is then false.
 *
 * Elements are copied without conversion, so writer and reader return LSTM_E_LIMIT on a big-endian
 * host.
 */
#ifndef LTS_STORE_SAFETENSORS_H
#define LTS_STORE_SAFETENSORS_H

#include "files/file.h"
#include <lstmts/status.h>
#include <string.h>

enum {
    LTS_MAX_DIM = 8,
    LTS_SHAPE_TEXT = 192, /**< size of a shape as text: LTS_MAX_DIM numbers of 20 digits */
};

/**
 * Maximum length of a header, in bytes. The checkpoint of the largest table needs 2 MiB. Jansson
 * allocates up to 24 times a header's length and 240 bytes for each object, array and string, whose
 * number is limited too (files/json_read.h): a hostile file can make it allocate 220 MiB.
 */
static const int64_t lts_max_header = 8 << 20;

/** The element type of `real`. */
#define LTS_REAL_DTYPE (sizeof(real) == 4 ? "F32" : "F64")

static inline bool lts_host_is_little_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

/** A tensor in a file, or to be written to one. */
typedef struct lts_stored {
    const char *name;
    const char *dtype; /**< the writer writes "F32" and "F64"; NULL = that of `real`  */
    int64_t n_dim;     /**< 0 .. LTS_MAX_DIM                                          */
    int64_t dim[LTS_MAX_DIM];
    const void *data; /**< not aligned if it points into a file's buffer       */
    int64_t begin;    /**< offset in the file's data; set by reader and writer */
    int64_t n_byte;   /**< set by reader and writer                            */
} lts_stored;

/** A string of the metadata. */
typedef struct lts_text {
    const char *key;
    const char *value;
} lts_text;

/** "[64, 16]" */
void lts_shape_text(char text[LTS_SHAPE_TEXT], int64_t n_dim, const int64_t *dim);

/**
 * Write tensors in the given order, with a checksum, atomically (files/file.h). The header is
 * padded so that the data begins at a multiple of 8.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT if a name or key is a duplicate or a string is not UTF-8;
 *         LSTM_E_LIMIT if the header would be too long; LSTM_E_IO; LSTM_E_NOMEM.
 */
lstm_status lts_safetensors_write(lts_location to, lts_stored *tensors, int64_t n_tensor,
                                  const lts_text *texts, int64_t n_text);

/** A file in memory. */
typedef struct lts_safetensors lts_safetensors;

/**
 * Read and verify a file: afterwards all its tensors lie within the file. The header is parsed
 * first, so no more is read or allocated than header and tensors take.
 *
 * @return LSTM_OK; LSTM_E_IO; LSTM_E_TRUNC; LSTM_E_CHECKSUM if its checksum is wrong, even if the
 *         file is malformed too, unless it has more than 256 MiB; LSTM_E_FORMAT; LSTM_E_LIMIT;
 *         LSTM_E_SHAPE and LSTM_E_DTYPE, naming the tensor; LSTM_E_NOMEM.
 */
lstm_status lts_safetensors_open(lts_safetensors **file, lts_location from);

/** Free a file, with its tensors and strings. NULL is allowed. */
void lts_safetensors_free(lts_safetensors *file);

/** Whether the file has a checksum. (lts_safetensors_open() fails if that is wrong.) */
bool lts_safetensors_verified(const lts_safetensors *file);

/** The path of the file, for messages. */
const char *lts_safetensors_path(const lts_safetensors *file);

int64_t lts_safetensors_count(const lts_safetensors *file);

/** Tensor `index`, 0 .. count - 1, in order of names. */
const lts_stored *lts_safetensors_at(const lts_safetensors *file, int64_t index);

/** The tensor of that name, or NULL. */
const lts_stored *lts_safetensors_find(const lts_safetensors *file, const char *name);

/** The metadata string of that key, or NULL. */
const char *lts_safetensors_text(const lts_safetensors *file, const char *key);

#endif
