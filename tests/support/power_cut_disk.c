/* SPDX-License-Identifier: MIT */
/* The disk after some of the recorded events, and the folders possible after a power cut then. */
#include "power_cut.h"

#include "power_cut_events.h"
#include "training.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_PENDING = 16, MAX_SEEN = 20000 };

typedef struct content {
    char *bytes;
    int64_t size, flushed;
} content;

/* The part of later writes that is on the disk. */
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
            directory_change(&d->flushed, d->pending[i]);
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

/* Temporary files are ignored: folders that differ only in them are considered equal. */
static bool is_temporary(const char *name)
{
    return strstr(name, ".tmp") != NULL;
}

/* FNV-1a, summed over the files, which have no order. */
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
                directory_change(&names, d->pending[i]);
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
    d = (disk){.flushed = recorded.at_start};
    int first = 0;
    while (recorded.events[first].kind != MARK)
        first++;
    for (int i = 0; i < recorded.n_event; i++) {
        happen(&d, &recorded.events[i]);
        if (i >= first)
            check_cut(&d, check, user);
    }
    for (int i = 0; i < recorded.n_event; i++)
        free(recorded.events[i].bytes);
    for (int i = 0; i < recorded.n_file; i++)
        free(d.files[i].bytes);
    return d.n_checked;
}
