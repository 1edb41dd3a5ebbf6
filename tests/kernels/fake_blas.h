/* SPDX-License-Identifier: MIT */
/*
 * A BLAS for tests, in place of the one that the library opens: its settings, and what it observed.
 * It multiplies, and ends the program if an argument is one that a CBLAS must not receive.
 */
#ifndef TESTS_FAKE_BLAS_H
#define TESTS_FAKE_BLAS_H

#include <stdatomic.h>

typedef enum fake_blas_mode {
    FAKE_BLAS_PLAIN,
    FAKE_BLAS_CHANGES_STATE, /**< sets errno and the rounding mode                */
    FAKE_BLAS_MEETS,         /**< leaves when two threads have been in it at once */
    FAKE_BLAS_STAYS,         /**< leaves when `may_leave` is set                  */
} fake_blas_mode;

typedef struct fake_blas {
    atomic_int parallel; /**< what openblas_get_parallel() returns */
    _Atomic fake_blas_mode mode;
    atomic_int may_leave;
    atomic_int inside, most_inside; /**< threads */
    atomic_int called;
    int rounding_when_loaded; /**< of fegetround() */
} fake_blas;

#endif
