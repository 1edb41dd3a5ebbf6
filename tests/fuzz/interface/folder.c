/* SPDX-License-Identifier: MIT */
/* Two folders in memory, files in them, what others do to these, and system calls that fail. */
#include "world.h"

#include "../repair.h"
#include "failing_io.h"
#include "network/model.h"

#include <fcntl.h>
#include <unistd.h>

enum { MAX_FILE = 65536 };

static char root[64], folders[2][MAX_PATH];

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Removes what is in a folder. */
static void empty(const char *folder)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_entry, alphasort);
    for (int i = 0; i < n; i++) {
        char path[2 * MAX_PATH + 256];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (unlink(path) != 0) {
            empty(path);
            rmdir(path);
        }
        free(entries[i]);
    }
    free(entries);
}

static void remove_all(void)
{
    empty(root);
    rmdir(root);
}

void folders_begin(void)
{
    if (root[0] == '\0') {
        bool memory = access("/dev/shm", W_OK | X_OK) == 0;
        snprintf(root, sizeof root, "%s/lstmts-fuzz-XXXXXX", memory ? "/dev/shm" : "/tmp");
        FUZZ_HOLDS(mkdtemp(root) != NULL && atexit(remove_all) == 0);
        for (int i = 0; i < 2; i++)
            snprintf(folders[i], sizeof folders[i], "%s/%c", root, 'a' + i);
    }
    for (int i = 0; i < 2; i++)
        FUZZ_HOLDS(mkdir(folders[i], 0777) == 0);
}

void folders_end(void)
{
    empty(root);
}

const char *folder_path(int which)
{
    return folders[which];
}

void choose_path(char path[MAX_PATH])
{
    static const char *const names[] = {
        "a/saved",
        "b/saved",
        "a/snapshot_00000002.safetensors",
        "a/best.safetensors",
        "b/snapshot_00000003.safetensors",
        "none/saved",
        "a",
        "a/log.jsonl",
    };
    snprintf(path, MAX_PATH, "%s/%s", root, names[pick(8)]);
}

lstm_status check_saved(const char *path, const lstm_model *model)
{
    lstm_model *loaded = NULL;
    lstm_status status = CALL(E(IO) | E(NOMEM), lstm_model_load(&loaded, path));
    if (status >= 0)
        FUZZ_HOLDS(
            memcmp(loaded->values, model->values, (size_t)model->params.total * sizeof(real)) == 0);
    lstm_model_free(loaded);
    return status;
}

/* One of the files in a folder, in the order of their names. */
static bool choose_file(const char *folder, char path[2 * MAX_PATH + 256])
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_entry, alphasort), chosen = pick(16);
    for (int i = 0; i < n; i++) {
        if (i == chosen % n)
            snprintf(path, 2 * MAX_PATH + 256, "%s/%s", folder, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return n > 0;
}

/* Changes bytes of a file; those of a digit in a header pass the checksum. */
static void damage(const char *path)
{
    static uint8_t bytes[MAX_FILE];
    int file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), how = pick(4);
    if (file < 0)
        return;
    ssize_t got = read(file, bytes, sizeof bytes);
    size_t size = got < 0 ? 0 : (size_t)got,
           at = size == 0 ? 0 : (size_t)fuzz_byte(&w.input) * 16 % size;
    if (how == 0)
        FUZZ_HOLDS(size == 0 || ftruncate(file, (off_t)at) == 0);
    while (how > 1 && at < size && !(bytes[at] >= '0' && bytes[at] <= '9'))
        at++;
    if (how > 0 && at < size) {
        bytes[at] = how == 1 ? (uint8_t)~bytes[at] : (uint8_t)('0' + pick(10));
        if (how > 1 && size > 128)
            fuzz_repair(bytes, size, fuzz_header_length(bytes, size));
        FUZZ_HOLDS(pwrite(file, bytes, size, 0) == (ssize_t)size);
    }
    close(file);
}

/* Another process does something with the files. */
change op_files(void)
{
    char path[2 * MAX_PATH + 256], other[MAX_PATH], swap[MAX_PATH];
    int which = pick(2), what = pick(10);
    choose_path(other);
    if (what == 9) { /* the folders change places, below the trainers that hold them */
        snprintf(swap, sizeof swap, "%s/swap", root);
        FUZZ_HOLDS(rename(folders[0], swap) == 0 && rename(folders[1], folders[0]) == 0 &&
                   rename(swap, folders[1]) == 0);
        return SAME;
    }
    if (!choose_file(folders[which], path))
        return SAME;
    int done = 0;
    if (what <= 3)
        damage(path);
    else if (what == 4)
        done = unlink(path);
    else if (what == 5)
        done = rename(path, other);
    else if (what == 6)
        done = link(path, other);
    else if (what == 7)
        done = symlink(path, other);
    else if (unlink(path) == 0)
        done = mkdir(path, 0777);
    (void)done; /* a name may be missing, or exist */
    return SAME;
}

/* The clock stands still between the steps of a program, and may go back. */
static int clock_of_world(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){.tv_sec = 1000000 + w.seconds};
    return 0;
}

void system_begin(void)
{
    failing_io_install()->table.clock = clock_of_world;
}

void system_fail(int64_t in, int error)
{
    failing_io_fail(in, 1, error);
}

void system_end(void)
{
    failing_io_remove();
}
