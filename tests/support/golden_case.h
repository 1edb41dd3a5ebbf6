/* SPDX-License-Identifier: MIT */
/*
 * Reads the golden cases (golden/README.md): the settings of case.txt and the arrays of
 * tensors.txt. A missing or malformed entry fails the running test. The cases are those of the
 * source tree, or of the folder in LSTMTS_GOLDEN.
 */
#ifndef TESTS_GOLDEN_CASE_H
#define TESTS_GOLDEN_CASE_H

#include <stdbool.h>
#include <stdint.h>

/** An array, or every n-th element of one that is stored thinned. */
typedef struct golden_tensor {
    char name[48];
    int64_t n_dim, dim[3];
    int64_t size;   /**< elements of the whole array                   */
    int64_t every;  /**< values[i] is its element i * every; 1 = whole */
    int64_t n_kept; /**< number of values                              */
    double *values;
} golden_tensor;

typedef struct golden_setting {
    char key[64], value[256];
} golden_setting;

typedef struct golden_case {
    const char *name;
    int64_t n_setting, n_tensor;
    golden_setting *settings;
    golden_tensor *tensors;
} golden_case;

/** Reads the case `name`; free it with golden_case_close(). `name` must outlive it. */
golden_case *golden_case_open(const char *name);
void golden_case_close(golden_case *golden);

/** The value of a setting as text, or NULL if the case has none of that name. */
const char *golden_find(const golden_case *golden, const char *key);
const char *golden_text(const golden_case *golden, const char *key);
int64_t golden_int(const golden_case *golden, const char *key);
double golden_real(const golden_case *golden, const char *key);

/** Whether the text of a setting is `value`; the key must exist. */
bool golden_is(const golden_case *golden, const char *key, const char *value);

/** The array whose name is formatted as by printf(); fails if there is none. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
const golden_tensor *
golden_get(const golden_case *golden, const char *format, ...);

/** Whether the case has an array of that name. */
bool golden_has(const golden_case *golden, const char *name);

#endif
