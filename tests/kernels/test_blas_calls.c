/* SPDX-License-Identifier: MIT */
/*
 * How the library calls a BLAS (kernels/blas.h). The fake BLAS misbehaves as a BLAS may; it is
 * found by LD_LIBRARY_PATH.
 */
#include "blas_fixture.h"

#include <errno.h>
#include <fenv.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static fake_blas *fake;

static int open_fake(void **fixture)
{
    (void)fixture;
    fake = lts_blas_open() ? fake_blas_loaded() : NULL;
    return fake == NULL;
}

static int reset(void **fixture)
{
    (void)fixture;
    fake->parallel = fake->inside = fake->most_inside = fake->called = fake->may_leave = 0;
    fake->mode = FAKE_BLAS_PLAIN;
    return 0;
}

static void a_blas_without_threads_is_called_by_one_thread_at_a_time(void **fixture)
{
    (void)fixture;
    assert_true(multiply_in_threads(8, 500));
    assert_int_equal(fake->called, 8 * 500 * 2);
    assert_int_equal(fake->most_inside, 1);
}

static void a_blas_with_threads_is_called_by_several_at_once(void **fixture)
{
    (void)fixture;
    fake->parallel = 1;
    fake->mode = FAKE_BLAS_MEETS;
    assert_true(multiply_in_threads(2, 1));
    assert_int_equal(fake->most_inside, 2);
}

static bool multiplies_in_child(void)
{
    alarm(60);
    fake->mode = FAKE_BLAS_PLAIN;
    return multiply_small() && multiply_small() && fake->called == 4;
}

/* A thread that does not exist in the child holds the lock. */
static void a_child_forked_during_a_product_may_multiply(void **fixture)
{
    (void)fixture;
    blas_user user = {.n = 1};
    int status;
    fake->mode = FAKE_BLAS_STAYS;
    assert_int_equal(pthread_create(&user.thread, NULL, multiply_often, &user), 0);
    while (fake->inside < 1)
        sched_yield();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(multiplies_in_child() ? EXIT_SUCCESS : EXIT_FAILURE);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS);
    fake->may_leave = 1;
    assert_int_equal(pthread_join(user.thread, NULL), 0);
    assert_true(user.right);
}

static void a_blas_leaves_neither_errno_nor_a_rounding_mode_behind(void **fixture)
{
    (void)fixture;
    fake->mode = FAKE_BLAS_CHANGES_STATE;
    errno = EDOM;
    assert_true(multiply_small());
    assert_int_equal(errno, EDOM);
    assert_int_equal(fegetround(), FE_TONEAREST);
}

static void a_blas_is_not_called_where_a_size_is_0(void **fixture)
{
    (void)fixture;
    float c = 3;
    lts_blas_add_product(false, 1, 1, 0, NULL, 1, NULL, 1, &c, 1);
    lts_blas_add_product(false, 0, 1, 1, NULL, 1, NULL, 1, &c, 1);
    lts_blas_add_product(true, 1, 0, 1, NULL, 1, NULL, 1, &c, 1);
    assert_int_equal(fake->called, 0);
    assert_true(c == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_blas_without_threads_is_called_by_one_thread_at_a_time, reset),
        cmocka_unit_test_setup(a_blas_with_threads_is_called_by_several_at_once, reset),
        cmocka_unit_test_setup(a_child_forked_during_a_product_may_multiply, reset),
        cmocka_unit_test_setup(a_blas_leaves_neither_errno_nor_a_rounding_mode_behind, reset),
        cmocka_unit_test_setup(a_blas_is_not_called_where_a_size_is_0, reset),
    };
    return cmocka_run_group_tests_name("blas_calls", tests, open_fake, NULL);
}
