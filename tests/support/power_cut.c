/* SPDX-License-Identifier: MIT */
#include "power_cut.h"

#include "files/io.h"
#include "training.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    MAX_EVENT = 4000,
    MAX_FILE = 100,
    MAX_NAME = 16,
    MAX_PENDING = 16,
    MAX_SEEN = 20000,
    MAX_DESCRIPTOR = 256,
    NAME_SIZE = 64,
    NO_FILE = -1,
    THE_FOLDER = -2,
};

typedef enum event_kind {
    CREATE, /* names */
    RENAME,
    REMOVE,
    WRITE, /* content */
    CUT,
    FLUSH_FILE,
    FLUSH_FOLDER,
    MARK,
} event_kind;

typedef struct event {
    event_kind kind;
    int file;
    char name[NAME_SIZE];
    char *bytes; /* of WRITE */
    int64_t n;   /* of bytes; what is left by CUT; the mark */
} event;

typedef struct named_file {
    char name[NAME_SIZE];
    int file;
} named_file;

typedef struct directory {
    named_file names[MAX_NAME];
    int n;
} directory;

static event events[MAX_EVENT];
static int n_event, n_file;
static directory at_start, now; /* of names */
static int file_of[MAX_DESCRIPTOR];

static void copy_name(char to[NAME_SIZE], const char *name)
{
    size_t size = strlen(name) + 1;
    assert_true(size <= NAME_SIZE);
    memcpy(to, name, size);
}

static void add(event_kind kind, int file, const char *name, const void *bytes, int64_t n)
{
    assert_true(n_event < MAX_EVENT);
    event *e = &events[n_event++];
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

static void change_names(directory *in, const event *e)
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
    change_names(&now, &events[n_event - 1]);
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
        assert_true((flags & O_CREAT) != 0 && n_file < MAX_FILE);
        add_name(CREATE, n_file++, path);
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
        put(&at_start, entry->d_name, n_file);
        add(WRITE, n_file, NULL, bytes, (int64_t)size);
        add(FLUSH_FILE, n_file++, NULL, NULL, 0);
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
    n_event = n_file = at_start.n = 0;
    add_what_is_there(folder);
    add(MARK, NO_FILE, NULL, NULL, 0);
    now = at_start;
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

typedef struct content {
    char *bytes;
    int64_t size, flushed;
} content;

/* What is left of what was written since a flush. */
typedef enum fate { NOTHING, HALF, ZEROS, ALL, N_FATE } fate;

/* The disk after some events. */
typedef struct disk {
    directory flushed;
    const event *pending[MAX_PENDING]; /* of names */
    int n_pending;
    content files[MAX_FILE];
    int64_t mark, n_checked;
    int n_seen;
    uint64_t seen[MAX_SEEN];
} disk;

static void write_to(content *file, const char *bytes, int64_t n)
{
    file->bytes = realloc(file->bytes, (size_t)(file->size + n + 1));
    assert_non_null(file->bytes);
    memcpy(file->bytes + file->size, bytes, (size_t)n);
    file->size += n;
}

static void happen(disk *d, const event *e)
{
    content *file = e->file >= 0 ? &d->files[e->file] : NULL;
    switch (e->kind) {
    case CREATE:
    case RENAME:
    case REMOVE:
        assert_true(d->n_pending < MAX_PENDING);
        d->pending[d->n_pending++] = e;
        break;
    case WRITE:
        write_to(file, e->bytes, e->n);
        break;
    case CUT:
        file->size = e->n;
        file->flushed = file->flushed < e->n ? file->flushed : e->n;
        break;
    case FLUSH_FILE:
        file->flushed = file->size;
        break;
    case FLUSH_FOLDER:
        for (int i = 0; i < d->n_pending; i++)
            change_names(&d->flushed, d->pending[i]);
        d->n_pending = 0;
        break;
    case MARK:
        d->mark = e->n;
        break;
    }
}

static int64_t left_of(const content *file, fate f)
{
    int64_t lost = file->size - file->flushed;
    return file->flushed + (f == NOTHING ? 0 : f == HALF ? lost / 2 : lost);
}

/*
 * Temporaries are nothing that anybody looks for: folders that differ in them alone are the same.
 */
static bool is_temporary(const char *name)
{
    return strstr(name, ".tmp") != NULL;
}

/* FNV-1a, summed over files, whose order is none. */
static uint64_t key_of(const disk *d, const directory *names, fate f)
{
    uint64_t key = (uint64_t)d->mark;
    for (int i = 0; i < names->n; i++) {
        const named_file *named = &names->names[i];
        const content *file = &d->files[named->file];
        uint64_t hash = 0xcbf29ce484222325;
        char text[NAME_SIZE + 80];
        if (is_temporary(named->name))
            continue;
        snprintf(text, sizeof text, "%s %d %lld %d", named->name, named->file,
                 (long long)left_of(file, f), f == ZEROS && file->flushed < file->size);
        for (const char *at = text; *at != '\0'; at++)
            hash = (hash ^ (unsigned char)*at) * 0x100000001b3;
        key += hash;
    }
    return key;
}

static bool is_new(disk *d, uint64_t key)
{
    for (int i = d->n_seen - 1; i >= 0; i--)
        if (d->seen[i] == key)
            return false;
    assert_true(d->n_seen < MAX_SEEN);
    d->seen[d->n_seen++] = key;
    return true;
}

static void make_files(const disk *d, const directory *names, fate f, const char *folder)
{
    for (int i = 0; i < names->n; i++) {
        const content *file = &d->files[names->names[i].file];
        int64_t n = left_of(file, f), good = f == ZEROS ? file->flushed : n;
        FILE *out = fopen(in_folder(folder, names->names[i].name), "wb");
        assert_non_null(out);
        assert_int_equal(fwrite(file->bytes == NULL ? "" : file->bytes, 1, (size_t)good, out),
                         good);
        for (int64_t k = good; k < n; k++)
            fputc(0, out);
        assert_int_equal(fclose(out), 0);
    }
}

static void check_cut(disk *d, power_cut_check check, void *user)
{
    for (unsigned done = 0; done < 1U << d->n_pending; done++) {
        directory names = d->flushed;
        for (int i = 0; i < d->n_pending; i++)
            if ((done >> i & 1) != 0)
                change_names(&names, d->pending[i]);
        for (fate f = NOTHING; f < N_FATE; f++) {
            char folder[64];
            if (!is_new(d, key_of(d, &names, f)))
                continue;
            make_folder(folder);
            make_files(d, &names, f, folder);
            check(folder, d->mark, user);
            remove_folder(folder);
            d->n_checked++;
        }
    }
}

int64_t power_cut_each(power_cut_check check, void *user)
{
    static disk d;
    d = (disk){.flushed = at_start};
    int first = 0;
    while (events[first].kind != MARK)
        first++;
    for (int i = 0; i < n_event; i++) {
        happen(&d, &events[i]);
        if (i >= first)
            check_cut(&d, check, user);
    }
    for (int i = 0; i < n_event; i++)
        free(events[i].bytes);
    for (int i = 0; i < n_file; i++)
        free(d.files[i].bytes);
    return d.n_checked;
}
