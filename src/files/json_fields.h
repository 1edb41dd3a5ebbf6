/* SPDX-License-Identifier: MIT */
/*
 * A struct of numbers as a JSON object, by a table of its fields. A field of 0 is not written, and
 * one that is missing is 0. An int64_t is a JSON integer, other numbers are strings of
 * files/numbers.h; a text is an array of LTS_FIELD_TEXT_SIZE characters with a 0.
 */
#ifndef LTS_FILES_JSON_FIELDS_H
#define LTS_FILES_JSON_FIELDS_H

#include "base/real.h"
#include <jansson.h>
#include <lstmts/status.h>
#include <stddef.h>

typedef enum lts_field_type {
    LTS_FIELD_INT,
    LTS_FIELD_UINT,
    LTS_FIELD_DOUBLE,
    LTS_FIELD_TEXT,
} lts_field_type;

enum { LTS_FIELD_TEXT_SIZE = 64 };

typedef struct lts_field {
    const char *name;
    size_t offset;
    lts_field_type type;
} lts_field;

#define LTS_FIELD(type, field, struct_type)                                                        \
    {                                                                                              \
#field, offsetof(struct_type, field), LTS_FIELD_##type                                     \
    }

/** The fields as an object; NULL if memory is exhausted. */
json_t *lts_fields_json(const lts_field *fields, int64_t n, const void *from);

/**
 * Read the fields; nothing else of `to` is written. Other members of the object must be those named
 * in `others`, which ends with NULL.
 *
 * @param what  the object, for messages: "FILE: view"
 * @return LSTM_OK; LSTM_E_FORMAT if it is no object, a number is not as it is written, or a member
 *         is unknown.
 */
lstm_status lts_fields_read(const lts_field *fields, int64_t n, const char *const *others,
                            const char *what, const json_t *object, void *to);

/** A double as it is written. */
json_t *lts_double_json(double value);

#endif
