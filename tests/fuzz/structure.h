/* SPDX-License-Identifier: MIT */
/*
 * Edits of a checkpoint by its structure: members of its JSON are found, replaced, removed,
 * repeated and exchanged, and its blocks and their values are changed. It is not instrumented.
 */
#ifndef TESTS_FUZZ_STRUCTURE_H
#define TESTS_FUZZ_STRUCTURE_H

#include "small_run.h"

enum { TEXT_CAPACITY = 16384, MAX_MEMBERS = 256, MAX_DATA = 16384 };

typedef struct text {
    char at[TEXT_CAPACITY];
    size_t size;
} text;

typedef struct span {
    size_t at, size;
} span;

/** A member of an object, at any depth (1 = of the outermost object). */
typedef struct member {
    span key;   /**< without quotation marks */
    span value; /**< with its own            */
    int depth;
} member;

/** List the members in order, at most MAX_MEMBERS of them. */
size_t text_members(const text *json, member members[MAX_MEMBERS]);

/** Replace a span. A text that would be too long does not change. */
void text_replace(text *t, span old, const char *bytes, size_t size);

bool text_is(const text *t, span s, const char *string);

/** One edit that the input chooses. The text stays JSON, except in what an edit exchanges. */
void text_edit(text *json, fuzz_input *input);

/** A checkpoint in parts. */
typedef struct parts {
    text header; /**< has "@" for the recipe   */
    text recipe; /**< as JSON, not as a string */
    uint8_t data[MAX_DATA];
    size_t data_size;
} parts;

/** The checkpoint of a finished run. */
void parts_make(parts *made, small_run_kind kind);

/** One edit that the input chooses. */
void parts_edit(parts *p, fuzz_input *input);

/** Give each tensor, in the order of the header, the bytes that its shape needs. */
void parts_correct_offsets(parts *p);

/**
 * The file with the right length and checksum, in a block of its exact size, so that a sanitizer
 * detects overreads. The caller frees it.
 */
uint8_t *parts_file(parts *p, size_t *size);

#endif
