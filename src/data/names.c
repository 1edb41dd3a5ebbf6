/* SPDX-License-Identifier: MIT */
/*
 * One block holds the text of all names, so that many short names take little memory. The hash
 * table uses open addressing with linear probing and is at most half full.
 */
#include "data/names.h"

#include "base/memory.h"
#include "base/status.h"
#include "base/utf8.h"

#include <stdio.h>

void lts_names_clear(lts_names *names)
{
    lts_free(names->first);
    lts_free(names->text);
    lts_free(names->slots);
    memset(names, 0, sizeof *names);
}

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash_of(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (const char *at = name; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    return hash;
}

/* The slot that has the name, or the empty slot where it belongs. n_slot > n. */
static int64_t slot_of(const lts_names *names, const char *name)
{
    uint64_t mask = (uint64_t)names->n_slot - 1, at = hash_of(name) & mask;
    while (names->slots[at] != 0 &&
           strcmp(names->text + names->first[names->slots[at] - 1], name) != 0)
        at = (at + 1) & mask;
    return (int64_t)at;
}

static lstm_status grow_slots(lts_names *names)
{
    int64_t n_slot = names->n_slot == 0 ? 16 : 2 * names->n_slot;
    int64_t *slots = lts_alloc(n_slot, sizeof *slots);
    if (slots == NULL)
        return LSTM_E_NOMEM;
    lts_free(names->slots);
    names->slots = slots;
    names->n_slot = n_slot;
    for (int64_t i = 0; i < names->n; i++)
        slots[slot_of(names, names->text + names->first[i])] = i + 1;
    return LSTM_OK;
}

/* Grows the blocks by half where they are too small for one more name of `size` bytes. */
static lstm_status reserve(lts_names *names, int64_t size)
{
    if (names->n == names->capacity) {
        int64_t capacity = names->n + names->n / 2 + 8;
        int64_t *first = lts_grow(names->first, names->n, capacity, sizeof *first);
        if (first == NULL)
            return LSTM_E_NOMEM;
        names->first = first;
        names->capacity = capacity;
    }
    if (size > names->text_size - names->text_used) {
        int64_t text_size = names->text_used + names->text_used / 2 + size + 64;
        char *text = lts_grow(names->text, names->text_used, text_size, 1);
        if (text == NULL)
            return LSTM_E_NOMEM;
        names->text = text;
        names->text_size = text_size;
    }
    return 2 * (names->n + 1) > names->n_slot ? grow_slots(names) : LSTM_OK;
}

static lstm_status check_name(const lts_names *names, const char *kind, const char *name)
{
    size_t size = strlen(name);
    if (size < 1 || size > LTS_NAME_BYTES)
        return lts_fail(LSTM_E_ARGUMENT, "the name of %s %lld has %zu bytes, expected 1 .. %d",
                        kind, (long long)names->n, size, LTS_NAME_BYTES);
    bool has_control = false;
    for (const char *at = name; *at != '\0'; at++)
        has_control = has_control || (unsigned char)*at < ' ' || *at == 0x7F;
    if (has_control || !lts_is_utf8(name))
        return lts_fail(LSTM_E_ARGUMENT, "the name of %s %lld, \"%.100s\", %s", kind,
                        (long long)names->n, name,
                        has_control ? "has a control character" : "is not UTF-8");
    int64_t same = lts_names_find(names, name);
    if (same >= 0)
        return lts_fail(LSTM_E_ARGUMENT, "the name of %s %lld, \"%.100s\", is that of %s %lld",
                        kind, (long long)names->n, name, kind, (long long)same);
    return LSTM_OK;
}

lstm_status lts_names_add(lts_names *names, const char *kind, const char *name)
{
    char number[24];
    if (name == NULL) {
        snprintf(number, sizeof number, "%lld", (long long)names->n);
        name = number;
    }
    LTS_TRY(check_name(names, kind, name));
    int64_t size = (int64_t)strlen(name) + 1;
    LTS_TRY(reserve(names, size));
    names->slots[slot_of(names, name)] = names->n + 1;
    memcpy(names->text + names->text_used, name, (size_t)size);
    names->first[names->n++] = names->text_used;
    names->text_used += size;
    return LSTM_OK;
}

int64_t lts_names_find(const lts_names *names, const char *name)
{
    return names->n == 0 ? -1 : names->slots[slot_of(names, name)] - 1;
}

const char *lts_names_get(const lts_names *names, int64_t i)
{
    return names->text + names->first[i];
}
