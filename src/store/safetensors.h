/* SPDX-License-Identifier: MIT */
/*
 * The safetensors container:
 *
 *     8 bytes   n, the length of the header, little-endian
 *     n bytes   JSON: {"__metadata__": {"checksum": ..., key: string, ...},
 *                      name: {"dtype": "F32", "shape": [..], "data_offsets": [begin, end]}, ...}
 *     the rest  the tensors' bytes, little-endian, row-major, at those offsets, without holes
 *
 * The checksum is ours; checksum.h says what it covers. Files without one are read too, and then
 * not lts_safetensors_verified().
 *
 * Element bytes are taken as they lie in memory; a big-endian host is refused, LSTM_E_LIMIT, both
 * by the writer and by the reader.
 */
#ifndef LTS_STORE_SAFETENSORS_H
#define LTS_STORE_SAFETENSORS_H

#include "base/real.h"
#include <lstmts/status.h>
#include <string.h>

enum {
    LTS_MAX_DIM = 8,
    LTS_SHAPE_TEXT = 192, /**< room for a shape as text: LTS_MAX_DIM numbers of 20 digits */
};

/**
 * The longest header that is read or written. The deepest model that the library makes, with all
 * that a checkpoint holds, needs 2 MiB. The JSON library takes up to 24 times a header's length and
 * 240 bytes for each object, array and string, of which there is a limit too (json_read.h), so that
 * a hostile file can make it take 220 MiB.
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
    const char *dtype; /**< the writer ignores it: it writes `real`                   */
    int64_t n_dim;     /**< 0 .. LTS_MAX_DIM                                          */
    int64_t dim[LTS_MAX_DIM];
    const void *data; /**< in a file's buffer it need not be aligned                 */
    int64_t begin;    /**< offset in the file's data; found out by reader and writer */
    int64_t n_byte;   /**< likewise                                                  */
} lts_stored;

/** A string of the metadata. */
typedef struct lts_text {
    const char *key;
    const char *value;
} lts_text;

/** "[64, 16]" */
void lts_shape_text(char text[LTS_SHAPE_TEXT], int64_t n_dim, const int64_t *dim);

/**
 * Write tensors in the given order, with a checksum; the header is padded so that the data begins
 * at a multiple of 8. The file appears whole or not at all.
 *
 * @return LSTM_OK; LSTM_E_ARGUMENT if a name or key is given twice or a string is not UTF-8;
 *         LSTM_E_LIMIT if the header would be too long; LSTM_E_IO; LSTM_E_NOMEM.
 */
lstm_status lts_safetensors_write(const char *path, lts_stored *tensors, int64_t n_tensor,
                                  const lts_text *texts, int64_t n_text);

/** A file in memory. */
typedef struct lts_safetensors lts_safetensors;

/**
 * Read a file and verify it: all that is found in it later is in range.
 *
 * @return LSTM_OK; LSTM_E_IO; LSTM_E_TRUNC; LSTM_E_CHECKSUM if its checksum is wrong, whatever else
 *         is; LSTM_E_FORMAT; LSTM_E_LIMIT; LSTM_E_SHAPE and LSTM_E_DTYPE, naming the tensor;
 *         LSTM_E_NOMEM.
 */
lstm_status lts_safetensors_open(lts_safetensors **file, const char *path);

/** Free a file and all it gave; NULL is fine. */
void lts_safetensors_free(lts_safetensors *file);

/** Whether it has a checksum, which then is right. */
bool lts_safetensors_verified(const lts_safetensors *file);

/** As given to lts_safetensors_open(), for sentences. */
const char *lts_safetensors_path(const lts_safetensors *file);

int64_t lts_safetensors_count(const lts_safetensors *file);

/** Tensor `index`, 0 .. count - 1, by name. */
const lts_stored *lts_safetensors_at(const lts_safetensors *file, int64_t index);

/** The tensor of that name, or NULL. */
const lts_stored *lts_safetensors_find(const lts_safetensors *file, const char *name);

/** The metadata string of that key, or NULL. */
const char *lts_safetensors_text(const lts_safetensors *file, const char *key);

#endif
