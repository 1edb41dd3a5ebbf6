/* SPDX-License-Identifier: MIT */
/*
 * Shared by the tests that open and call a BLAS: the fake BLAS, and products in threads.
 */
#ifndef TESTS_BLAS_FIXTURE_H
#define TESTS_BLAS_FIXTURE_H

#include "assert_status.h"
#include "fake_blas.h"

#include "kernels/blas.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

/** The names by which the library opens a BLAS, in this order. */
static const char *const blas_files[] = {LTS_BLAS_FILES};
enum { N_BLAS_FILE = sizeof blas_files / sizeof *blas_files };

/** The fake BLAS, or NULL if it is not loaded. */
static inline fake_blas *fake_blas_loaded(void)
{
    void *library = dlopen(blas_files[0], RTLD_NOW | RTLD_NOLOAD);
    return library == NULL ? NULL : dlsym(library, "the_fake_blas");
}

/** C [2, 2] += A B, and its first row alone: two calls. Returns whether they are right. */
static inline bool multiply_small(void)
{
    const float a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8}, want[] = {20, 23, 44, 51, 20, 23};
    float c[] = {1, 1, 1, 1, 1, 1};
    lts_blas_add_product(false, 2, 2, 2, a, 2, b, 2, c, 2);
    lts_blas_add_product(false, 1, 2, 2, a, 2, b, 2, c + 4, 2);
    return memcmp(c, want, sizeof c) == 0;
}

typedef struct blas_user {
    pthread_t thread;
    int n;
    bool right;
} blas_user;

static inline void *multiply_often(void *argument)
{
    blas_user *user = argument;
    user->right = true;
    for (int i = 0; i < user->n; i++)
        user->right = multiply_small() && user->right;
    return NULL;
}

/** multiply_small() n times in each of n_thread threads, 8 at most. */
static inline bool multiply_in_threads(int n_thread, int n)
{
    blas_user users[8];
    bool right = true;
    for (int i = 0; i < n_thread; i++) {
        users[i].n = n;
        if (pthread_create(&users[i].thread, NULL, multiply_often, &users[i]) != 0)
            return false;
    }
    for (int i = 0; i < n_thread; i++)
        right = pthread_join(users[i].thread, NULL) == 0 && users[i].right && right;
    return right;
}

#endif
