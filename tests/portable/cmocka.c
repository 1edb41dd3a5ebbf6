/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stddef.h>

#include "cmocka.h"

static jmp_buf end_of_test;

_Noreturn void _fail(const char *file, int line)
{
    fprintf(stderr, "%s:%d: error: Failure!\n", file, line);
    longjmp(end_of_test, 1);
}

static int passes(const struct CMUnitTest *test, void **state)
{
    if (setjmp(end_of_test) != 0)
        return 0;
    test->run(state);
    return 1;
}

static int succeeds(CMFixtureFunction fixture, void **state)
{
    if (setjmp(end_of_test) != 0)
        return 0;
    return fixture == NULL || fixture(state) == 0;
}

int run_group(const char *name, const struct CMUnitTest *tests, size_t n_test,
              CMFixtureFunction setup, CMFixtureFunction teardown)
{
    size_t n_passed = 0;
    void *state = NULL;
    printf("[==========] %s: Running %zu test(s).\n", name, n_test);
    int fine = succeeds(setup, &state);
    for (size_t i = 0; fine && i < n_test; i++) {
        printf("[ RUN      ] %s\n", tests[i].name);
        fflush(stdout);
        int passed = passes(&tests[i], &state);
        printf(passed ? "[       OK ] %s\n" : "[  FAILED  ] %s\n", tests[i].name);
        n_passed += (size_t)passed;
    }
    fine = fine && succeeds(teardown, &state);
    int n_failed = (int)(n_test - n_passed);
    if (n_failed == 0 && !fine)
        n_failed = 1;
    printf("[  PASSED  ] %zu test(s).\n", n_passed);
    if (n_failed > 0)
        printf("[  FAILED  ] %d test(s)\n", n_failed);
    return n_failed;
}
