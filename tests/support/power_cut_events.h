/* SPDX-License-Identifier: MIT */
/* Operations on the files of a folder: power_cut.c records them, power_cut_disk.c replays them. */
#ifndef TESTS_POWER_CUT_EVENTS_H
#define TESTS_POWER_CUT_EVENTS_H

#include <stdint.h>

enum {
    MAX_EVENT = 4000,
    MAX_FILE = 100,
    MAX_NAME = 16,
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
    int64_t n;   /* number of bytes; size after CUT; the mark */
} event;

typedef struct named_file {
    char name[NAME_SIZE];
    int file;
} named_file;

typedef struct directory {
    named_file names[MAX_NAME];
    int n;
} directory;

/** `at_start` is the folder before the first mark. */
typedef struct recording {
    event events[MAX_EVENT];
    int n_event, n_file;
    directory at_start;
} recording;

extern recording recorded;

/** CREATE, RENAME or REMOVE. */
void directory_change(directory *in, const event *e);

#endif
