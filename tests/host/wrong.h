/* SPDX-License-Identifier: MIT */
/*
 * Shared by tests of wrong use: a table of option fields, wrong values and the expected failure; a
 * training that must not change, and a folder.
 */
#ifndef TESTS_WRONG_H
#define TESTS_WRONG_H

#include "refused.h"
#include "scratch.h"

#include <limits.h>
#include <math.h>
#include <stdbool.h>

static inline int make_victim_and_folder(void **fixture)
{
    return scratch_make(fixture) || make_victim(fixture);
}

static inline int free_victim_and_folder(void **fixture)
{
    return free_victim(fixture) || scratch_remove(fixture);
}

/* Sets one field of valid options, or two. */
typedef struct wrong_field {
    lstm_status status;
    const char *shown; /* part of the message: the field, or the values */
    const char *also;
    size_t field;
    int64_t whole;
    double number; /* instead of `whole`, unless 0 */
} wrong_field;

static inline void apply(void *options, const wrong_field *w)
{
    if (w->number != 0)
        memcpy((char *)options + w->field, &w->number, sizeof w->number);
    else
        memcpy((char *)options + w->field, &w->whole, sizeof w->whole);
}

#define AT(type, field) offsetof(lstm_##type##_options, field)

/* For each entry of `table`: `call` with a copy of `base` with that field must fail. */
#define EACH_REFUSED(type, table, base, call)                                                      \
    do {                                                                                           \
        for (size_t i_ = 0; i_ < sizeof(table) / sizeof(table)[0]; i_++) {                         \
            lstm_##type##_options options = (base);                                                \
            apply(&options, &(table)[i_]);                                                         \
            REFUSED((table)[i_].status, (table)[i_].shown, call);                                  \
            if ((table)[i_].also != NULL && strstr(lstm_last_error(), (table)[i_].also) == NULL)   \
                fail_msg("\"%s\" does not say %s", lstm_last_error(), (table)[i_].also);           \
        }                                                                                          \
    } while (0)

#define BAD     LSTM_E_ARGUMENT
#define LARGEST "9223372036854775807"

#endif
