/* SPDX-License-Identifier: MIT */
/*
 * The number of processors behind LSTM_ALL_CORES: of the affinity mask, and of control groups as
 * their files describe them, in folders that the test makes.
 */
#define _GNU_SOURCE /* sched_setaffinity() */
#include "assert_status.h"
#include "base/cores.h"
#include "base/threads.h"
#include "scratch.h"

#include <errno.h>
#include <sched.h>
#include <sys/wait.h>

/* Writes a file, and the folders in which it lies. */
static void put(const char *name, const char *text)
{
    char path[1024];
    snprintf(path, sizeof path, "%s", scratch(name));
    for (char *at = path + strlen(scratch_folder) + 1; (at = strchr(at, '/')) != NULL;
         *at++ = '/') {
        *at = '\0';
        assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void remove_all(void)
{
    char command[600];
    snprintf(command, sizeof command, "rm -rf '%s/proc' '%s/sys'", scratch_folder, scratch_folder);
    assert_int_equal(system(command), 0);
}

/* proc/self/cgroup, one file with its text, another one; and the processors they allow. */
static const struct {
    const char *groups, *name, *text, *other_name, *other_text;
    int64_t cores;
} cases[] = {
    {"0::/\n", "sys/fs/cgroup/cpu.max", "200000 100000\n", NULL, NULL, 2},
    {"0::/\n", "sys/fs/cgroup/cpu.max", "max 100000\n", NULL, NULL, INT64_MAX},
    {"0::/\n", "sys/fs/cgroup/cpu.max", "50000 100000\n", NULL, NULL, 1},
    {"0::/\n", "sys/fs/cgroup/cpu.max", "390000 100000\n", NULL, NULL, 3},
    {"0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max", "max 100000\n", "sys/fs/cgroup/a/cpu.max",
     "300000 100000\n", 3},
    {"0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max", "200000 100000\n", "sys/fs/cgroup/a/cpu.max",
     "300000 100000\n", 2},
    {"0::/not/there\n", "sys/fs/cgroup/cpu.max", "400000 100000\n", NULL, NULL, 4},
    {"5:memory:/m\n4:cpu,cpuacct:/a\n", "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "600000\n",
     "sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n", 6},
    {"4:cpuacct,cpu:/a\n", "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1\n",
     "sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n", INT64_MAX},
    {"4:cpuset:/a\n", "sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "600000\n",
     "sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n", INT64_MAX},
    {"0::/\n", "sys/fs/cgroup/cpu.max", "garbage\n", NULL, NULL, INT64_MAX},
    {"garbage", "sys/fs/cgroup/cpu.max", "200000 100000\n", NULL, NULL, INT64_MAX},
};

static void a_quota_is_found_in_the_group_and_its_parents(void **fixture)
{
    (void)fixture;
    assert_int_equal(lts_cores_by_quota(scratch_folder), INT64_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put("proc/self/cgroup", cases[i].groups);
        put(cases[i].name, cases[i].text);
        if (cases[i].other_name != NULL)
            put(cases[i].other_name, cases[i].other_text);
        if (lts_cores_by_quota(scratch_folder) != cases[i].cores)
            fail_msg("case %d", (int)i);
        remove_all();
    }
}

/* In a child, so that the mask does not stay. */
static void all_cores_are_those_of_the_affinity_mask(void **fixture)
{
    (void)fixture;
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        cpu_set_t set, one;
        int64_t n = 0;
        size_t cpu = 0;
        if (sched_getaffinity(0, sizeof set, &set) != 0)
            _exit(2);
        while (!CPU_ISSET(cpu, &set))
            cpu++;
        CPU_ZERO(&one);
        CPU_SET(cpu, &one);
        if (sched_setaffinity(0, sizeof one, &one) != 0)
            _exit(3);
        errno = 7;
        lstm_status got = lts_threads_resolve(LSTM_ALL_CORES, &n);
        _exit(got == LSTM_OK && n == 1 && errno == 7 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quota_is_found_in_the_group_and_its_parents),
        cmocka_unit_test(all_cores_are_those_of_the_affinity_mask),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
