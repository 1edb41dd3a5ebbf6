/* SPDX-License-Identifier: MIT */
/*
 * Runs a target on every file of a folder, in order of names: replay CORPUS. Prints the count in
 * CMocka's format. A missing or empty folder is a failure.
 */
#include "fuzz.h"

#include <dirent.h>

enum { MAX_INPUT = 1 << 20 };

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    printf("[ RUN      ] %s\n", name);
    fflush(stdout); /* so that a crash shows the file */
    static uint8_t bytes[MAX_INPUT];
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    uint8_t *exact = malloc(size == 0 ? 1 : size); /* so that a sanitizer detects overreads */
    if (exact == NULL)
        return false;
    memcpy(exact, bytes, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return true;
}

int main(int argc, char **argv)
{
    struct dirent **entries = NULL;
    fuzz_json_plain();
    int n = argc == 2 ? scandir(argv[1], &entries, is_file, alphasort) : -1, done = 0;
    for (int i = 0; i < n; i++) {
        done += replay(argv[1], entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    printf("[  PASSED  ] %d test(s).\n", done);
    if (n > 0 && done == n)
        return 0;
    printf("[  FAILED  ] %d test(s).\n", n > 0 ? n - done : 1);
    return 1;
}
