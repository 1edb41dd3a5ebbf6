/* SPDX-License-Identifier: MIT */
#include "power_cut.h"

#include "files/io.h"
#include "power_cut_events.h"
#include "training.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

recording recorded;

enum { MAX_DESCRIPTOR = 256 };

static directory now; /* of names */
static int file_of[MAX_DESCRIPTOR];

static void copy_name(char to[NAME_SIZE], const char *name)
{
    size_t size = strlen(name) + 1;
    assert_true(size <= NAME_SIZE);
    memcpy(to, name, size);
}

static void add(event_kind kind, int file, const char *name, const void *bytes, int64_t n)
{
    assert_true(recorded.n_event < MAX_EVENT);
    event *e = &recorded.events[recorded.n_event++];
    *e = (event){.kind = kind, .file = file, .n = n};
    if (name != NULL)
        copy_name(e->name, name);
    if (bytes != NULL) {
        e->bytes = malloc((size_t)n);
        assert_non_null(e->bytes);
        memcpy(e->bytes, bytes, (size_t)n);
    }
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static int find(const directory *in, const char *name)
{
    for (int i = 0; i < in->n; i++)
        if (strcmp(in->names[i].name, name) == 0)
            return i;
    return -1;
}

static void put(directory *in, const char *name, int file)
{
    int i = find(in, name);
    if (i < 0)
        i = in->n++;
    assert_true(i < MAX_NAME);
    copy_name(in->names[i].name, name);
    in->names[i].file = file;
}

static void take(directory *in, const char *name)
{
    int i = find(in, name);
    if (i >= 0)
        in->names[i] = in->names[--in->n];
}

static void take_file(directory *in, int file)
{
    for (int i = in->n - 1; i >= 0; i--)
        if (in->names[i].file == file)
            in->names[i] = in->names[--in->n];
}

void directory_change(directory *in, const event *e)
{
    if (e->kind == RENAME)
        take_file(in, e->file);
    if (e->kind == REMOVE)
        take(in, e->name);
    else
        put(in, e->name, e->file);
}

static void add_name(event_kind kind, int file, const char *path)
{
    add(kind, file, base_name(path), NULL, 0);
    directory_change(&now, &recorded.events[recorded.n_event - 1]);
}

static int do_open(int folder, const char *path, int flags, mode_t mode)
{
    int descriptor = lts_io_system.open(folder, path, flags, mode);
    if (descriptor < 0)
        return descriptor;
    assert_true(descriptor < MAX_DESCRIPTOR);
    file_of[descriptor] = THE_FOLDER;
    if ((flags & O_DIRECTORY) != 0)
        return descriptor;
    int i = find(&now, base_name(path));
    if (i < 0) {
        assert_true((flags & O_CREAT) != 0 && recorded.n_file < MAX_FILE);
        add_name(CREATE, recorded.n_file++, path);
        i = find(&now, base_name(path));
    }
    file_of[descriptor] = now.names[i].file;
    return descriptor;
}

static int do_duplicate(int descriptor)
{
    int copy = lts_io_system.duplicate(descriptor);
    assert_in_range(copy, 0, MAX_DESCRIPTOR - 1);
    file_of[copy] = file_of[descriptor];
    return copy;
}

static ssize_t do_write(int descriptor, const void *bytes, size_t size)
{
    ssize_t written = lts_io_system.write(descriptor, bytes, size);
    assert_int_equal(written, size);
    add(WRITE, file_of[descriptor], NULL, bytes, written);
    return written;
}

static int do_truncate(int descriptor, off_t size)
{
    add(CUT, file_of[descriptor], NULL, NULL, size);
    return lts_io_system.truncate(descriptor, size);
}

static int do_sync(int descriptor)
{
    int file = file_of[descriptor];
    add(file == THE_FOLDER ? FLUSH_FOLDER : FLUSH_FILE, file, NULL, NULL, 0);
    return lts_io_system.sync(descriptor);
}

static int do_rename(int old_folder, const char *old_name, int new_folder, const char *new_name)
{
    int i = find(&now, base_name(old_name));
    assert_true(i >= 0);
    add_name(RENAME, now.names[i].file, new_name);
    return lts_io_system.rename(old_folder, old_name, new_folder, new_name);
}

static int do_unlink(int folder, const char *path, int flags)
{
    add_name(REMOVE, NO_FILE, path);
    return lts_io_system.unlink(folder, path, flags);
}

static void add_what_is_there(const char *folder)
{
    DIR *names = opendir(folder);
    assert_non_null(names);
    for (struct dirent *entry; (entry = readdir(names)) != NULL;) {
        static char bytes[1 << 16];
        FILE *file = fopen(in_folder(folder, entry->d_name), "rb");
        size_t size = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file);
        assert_true(size < sizeof bytes);
        if (file != NULL)
            fclose(file);
        if (size == 0)
            continue;
        put(&recorded.at_start, entry->d_name, recorded.n_file);
        add(WRITE, recorded.n_file, NULL, bytes, (int64_t)size);
        add(FLUSH_FILE, recorded.n_file++, NULL, NULL, 0);
    }
    closedir(names);
}

static time_t now_seconds;

static int do_clock(clockid_t clock, struct timespec *time)
{
    if (clock != CLOCK_MONOTONIC)
        return clock_gettime(clock, time);
    *time = (struct timespec){.tv_sec = now_seconds};
    return 0;
}

void power_cut_pass(time_t seconds)
{
    now_seconds += seconds;
}

void power_cut_record(const char *folder)
{
    static lts_io table;
    table = lts_io_system;
    table.open = do_open;
    table.duplicate = do_duplicate;
    table.write = do_write;
    table.truncate = do_truncate;
    table.sync = do_sync;
    table.rename = do_rename;
    table.unlink = do_unlink;
    table.clock = do_clock;
    recorded.n_event = recorded.n_file = recorded.at_start.n = 0;
    add_what_is_there(folder);
    add(MARK, NO_FILE, NULL, NULL, 0);
    now = recorded.at_start;
    lts_io_use(&table);
}

void power_cut_mark(int64_t mark)
{
    add(MARK, NO_FILE, NULL, NULL, mark);
}

void power_cut_end(void)
{
    lts_io_use(NULL);
}
