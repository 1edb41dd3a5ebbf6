/* SPDX-License-Identifier: MIT */
/*
 * A folder for a test's files, under $TMPDIR or /tmp.
 *
 *     cmocka_run_group_tests(tests, scratch_make, scratch_remove)
 *     scratch("a")         the path of file "a" in it, valid for the next seven calls
 *
 * Files in it need not be removed; folders in it do.
 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include "assert_status.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_folder[200];

static inline const char *scratch(const char *name)
{
    static char paths[8][512];
    static int next;
    next = (next + 1) % 8;
    snprintf(paths[next], sizeof paths[next], "%s/%s", scratch_folder, name);
    return paths[next];
}

static inline int scratch_make(void **state)
{
    (void)state;
    const char *parent = getenv("TMPDIR");
    snprintf(scratch_folder, sizeof scratch_folder, "%.150s/lstmts-test-XXXXXX",
             parent == NULL ? "/tmp" : parent);
    /* accessible to others, for tests that drop root privileges */
    return mkdtemp(scratch_folder) == NULL || chmod(scratch_folder, 0755) != 0;
}

/* Number of entries of the folder. With `forget`, removes them. */
static inline int scratch_entries(int forget)
{
    int count = 0;
    DIR *folder = opendir(scratch_folder);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            count++;
            if (forget)
                assert_int_equal(unlinkat(dirfd(folder), entry->d_name, 0), 0);
        }
    closedir(folder);
    return count;
}

/* Number of temporary files of saves in a folder. */
static inline int scratch_temporaries(const char *folder)
{
    int n = 0;
    DIR *open_folder = opendir(folder);
    assert_non_null(open_folder);
    for (const struct dirent *entry; (entry = readdir(open_folder)) != NULL;)
        n += strstr(entry->d_name, ".tmp") != NULL;
    closedir(open_folder);
    return n;
}

/* Fixture of each test: empties the folder. */
static inline int scratch_clean(void **state)
{
    (void)state;
    scratch_entries(1);
    return 0;
}

static inline int scratch_remove(void **state)
{
    scratch_clean(state);
    return rmdir(scratch_folder);
}

/* Write the file of that name. Returns its path. */
static inline const char *scratch_write(const char *name, const void *bytes, size_t size)
{
    const char *path = scratch(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* The bytes of a file, followed by a 0; the caller frees them. */
static inline unsigned char *scratch_read(const char *name, size_t *size)
{
    FILE *file = fopen(scratch(name), "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    unsigned char *bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    bytes[*size] = 0;
    fclose(file);
    return bytes;
}

/* Assert the contents of a file. */
static inline void scratch_holds(const char *name, const void *bytes, size_t size)
{
    size_t got;
    unsigned char *found = scratch_read(name, &got);
    assert_int_equal(got, size);
    assert_memory_equal(found, bytes, size);
    free(found);
}

#endif
