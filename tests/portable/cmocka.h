/* SPDX-License-Identifier: MIT */
/*
 * The part of CMocka's interface that the engine's tests use, for a machine without CMocka. A
 * failed assertion ends its test; the counts are printed in CMocka's format.
 */
#ifndef TESTS_PORTABLE_CMOCKA_H
#define TESTS_PORTABLE_CMOCKA_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef int (*CMFixtureFunction)(void **state);

struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
};

/** End the running test as failed. */
_Noreturn void _fail(const char *file, int line);

/** Returns the number of failed tests, at least 1 if set-up or teardown failed. */
int run_group(const char *name, const struct CMUnitTest *tests, size_t n_test,
              CMFixtureFunction setup, CMFixtureFunction teardown);

#define cmocka_unit_test(test)                                                                     \
    {                                                                                              \
#test, test                                                                                \
    }
#define cmocka_run_group_tests_name(name, tests, setup, teardown)                                  \
    run_group(name, tests, sizeof(tests) / sizeof((tests)[0]), setup, teardown)
#define cmocka_run_group_tests(tests, setup, teardown)                                             \
    cmocka_run_group_tests_name(#tests, tests, setup, teardown)

#define print_message(...) printf(__VA_ARGS__)
#define print_error(...)   fprintf(stderr, __VA_ARGS__)

#define fail() _fail(__FILE__, __LINE__)
#define fail_msg(...)                                                                              \
    do {                                                                                           \
        print_error(__VA_ARGS__);                                                                  \
        print_error("\n");                                                                         \
        fail();                                                                                    \
    } while (0)

#define assert_true(condition)                                                                     \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("%s does not hold", #condition);                                              \
    } while (0)
#define assert_false(condition)  assert_true(!(condition))
#define assert_null(pointer)     assert_true((pointer) == NULL)
#define assert_non_null(pointer) assert_true((pointer) != NULL)

/* As CMocka does it, integers are compared as unsigned ones of the largest size. */
#define assert_int_equal(a, b)              assert_true((uintmax_t)(a) == (uintmax_t)(b))
#define assert_int_not_equal(a, b)          assert_true((uintmax_t)(a) != (uintmax_t)(b))
#define assert_ptr_equal(a, b)              assert_true((const void *)(a) == (const void *)(b))
#define assert_ptr_not_equal(a, b)          assert_true((const void *)(a) != (const void *)(b))
#define assert_string_equal(a, b)           assert_true(strcmp((a), (b)) == 0)
#define assert_memory_equal(a, b, size)     assert_true(memcmp((a), (b), (size)) == 0)
#define assert_memory_not_equal(a, b, size) assert_true(memcmp((a), (b), (size)) != 0)

static inline int is_in_range(uintmax_t value, uintmax_t least, uintmax_t most)
{
    return value >= least && value <= most;
}

#define assert_in_range(value, least, most)                                                        \
    assert_true(is_in_range((uintmax_t)(value), (uintmax_t)(least), (uintmax_t)(most)))

#endif
