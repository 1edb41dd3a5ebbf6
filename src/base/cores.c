/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* sched_getaffinity(); NOLINT(bugprone-reserved-identifier,cert-dcl*) */
#include "base/cores.h"

#include "base/keep_errno.h"

#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 1024, TEXT_SIZE = 4096 };

/* The beginning of a small file as a string; false if it cannot be read. */
static bool read_start(const char *path, char text[TEXT_SIZE])
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    ssize_t n = read(file, text, TEXT_SIZE - 1);
    close(file);
    text[n > 0 ? n : 0] = '\0';
    return n > 0;
}

/*
 * quota / period, rounded down: a pool that is held up in the middle of a round waits as a whole.
 */
static int64_t whole_cores(long long quota, long long period)
{
    if (quota <= 0 || period <= 0)
        return INT64_MAX;
    return quota < period ? 1 : (int64_t)(quota / period);
}

/* The quota of one group: version 2 has both numbers in cpu.max, "max" for none. */
static int64_t quota_of(const char *folder)
{
    char path[PATH_SIZE + 32], text[TEXT_SIZE];
    char *end;
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (read_start(path, text)) {
        long long quota = strtoll(text, &end, 10);
        return whole_cores(quota, strtoll(end, NULL, 10));
    }
    snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", folder);
    if (!read_start(path, text))
        return INT64_MAX;
    long long quota = strtoll(text, NULL, 10);
    snprintf(path, sizeof path, "%s/cpu.cfs_period_us", folder);
    return read_start(path, text) ? whole_cores(quota, strtoll(text, NULL, 10)) : INT64_MAX;
}

/*
 * The least quota of a group and its parents. Inside a container the group's own path may not
 * exist, and the mount is the container's group: so missing folders are passed over.
 */
static int64_t quota_upward(const char *mount, const char *group)
{
    char folder[PATH_SIZE];
    int64_t least = INT64_MAX;
    size_t top = strlen(mount);
    if (snprintf(folder, sizeof folder, "%s%s", mount, group) >= (int)sizeof folder)
        return least;
    for (;;) {
        int64_t quota = quota_of(folder);
        least = quota < least ? quota : least;
        char *slash = strrchr(folder, '/');
        if (slash == NULL || slash < folder + top)
            return least;
        *slash = '\0';
    }
}

/* Whether a line "4:cpu,cpuacct:/path" of version 1 has the controller cpu. */
static bool has_cpu(const char *controllers, const char *end)
{
    while (controllers < end) {
        size_t n = strcspn(controllers, ",:");
        if (n == 3 && strncmp(controllers, "cpu", 3) == 0)
            return true;
        controllers += n + 1;
    }
    return false;
}

int64_t lts_cores_by_quota(const char *root)
{
    char path[PATH_SIZE], text[TEXT_SIZE];
    int64_t least = INT64_MAX;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    if (!read_start(path, text))
        return least;
    for (char *line = text, *next; line != NULL && *line != '\0'; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        char *controllers = strchr(line, ':');
        char *group = controllers == NULL ? NULL : strchr(++controllers, ':');
        if (group == NULL || (group > controllers && !has_cpu(controllers, group)))
            continue;
        bool version_2 = group == controllers;
        snprintf(path, sizeof path, "%s/sys/fs/cgroup%s", root, version_2 ? "" : "/cpu");
        int64_t quota = quota_upward(path, group + 1);
        least = quota < least ? quota : least;
    }
    return least;
}

static int64_t by_affinity(void)
{
#ifdef CPU_COUNT
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
#endif
    return sysconf(_SC_NPROCESSORS_ONLN);
}

int64_t lts_cores(void)
{
    LTS_KEEP_ERRNO();
    int64_t cores = by_affinity(), quota = lts_cores_by_quota("");
    cores = quota < cores ? quota : cores;
    return cores < 1 ? 1 : cores;
}
