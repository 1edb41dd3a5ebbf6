/* SPDX-License-Identifier: MIT */
#include "table/names.h"

#include "table/memory.h"
#include "table/types.h"

#include <string.h>

/* FNV-1a, 64 bits. Names that are made to collide make reading slow, not wrong. */
static uint64_t hash_of(const char *text, size_t size)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 32;
}

/* The slot of a name, or the free one where it belongs. */
static int64_t find_slot(const table_names *names, const char *text, size_t size)
{
    int64_t mask = names->n_slot - 1, i = (int64_t)(hash_of(text, size) & (uint64_t)mask);
    for (; names->slots[i] != 0; i = (i + 1) & mask) {
        const char *other = table_names_text(names, names->slots[i] - 1);
        if (strlen(other) == size && memcmp(other, text, size) == 0)
            break;
    }
    return i;
}

/* At most half of the slots are taken. */
static bool reserve_slots(table_names *names)
{
    if (2 * (names->n + 1) <= names->n_slot)
        return true;
    table_names larger = *names;
    larger.n_slot = names->n_slot == 0 ? 64 : 2 * names->n_slot;
    larger.slots = table_allocate(larger.n_slot, sizeof *larger.slots);
    if (larger.slots == NULL)
        return false;
    for (int64_t i = 0; i < names->n; i++) {
        const char *text = table_names_text(names, i);
        larger.slots[find_slot(&larger, text, strlen(text))] = i + 1;
    }
    table_release(names->slots);
    *names = larger;
    return true;
}

int64_t table_names_number(table_names *names, const char *text, size_t size)
{
    /* rows of a series mostly come together */
    if (!reserve_slots(names))
        return -1;
    int64_t slot = find_slot(names, text, size);
    if (names->slots[slot] != 0)
        return names->slots[slot] - 1;
    if (!table_reserve((void **)&names->begins, &names->begins_capacity, names->n + 1,
                       sizeof *names->begins) ||
        !table_reserve((void **)&names->text, &names->text_capacity,
                       names->n_text + (int64_t)size + 1, 1))
        return -1;
    memcpy(names->text + names->n_text, text, size);
    names->text[names->n_text + (int64_t)size] = '\0';
    names->begins[names->n] = names->n_text;
    names->n_text += (int64_t)size + 1;
    names->slots[slot] = ++names->n;
    return names->n - 1;
}

const char *table_names_text(const table_names *names, int64_t number)
{
    return names->text + names->begins[number];
}

void table_names_close(table_names *names)
{
    table_release(names->text);
    table_release(names->begins);
    table_release(names->slots);
    *names = (table_names){0};
}

/* Bytes of the UTF-8 character at the beginning of a text; 0 if there is none. Neither overlong
   forms nor surrogates are characters, nor anything above U+10FFFF. */
static size_t character_size(const unsigned char *text, size_t size)
{
    static const struct {
        unsigned char first, last, low, high; /* range of the first byte, and of the second */
        unsigned char n;
    } forms[] = {
        {0x00, 0x7F, 0x00, 0xFF, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (text[0] < forms[i].first || text[0] > forms[i].last)
            continue;
        size_t n = forms[i].n;
        if (n > size || (n > 1 && (text[1] < forms[i].low || text[1] > forms[i].high)))
            return 0;
        for (size_t k = 2; k < n; k++)
            if ((text[k] & 0xC0) != 0x80)
                return 0;
        return n;
    }
    return 0;
}

const char *table_name_fault(const char *text, size_t size)
{
    if (size == 0)
        return "is empty";
    if (size > TABLE_MOST_NAME)
        return "is longer than 255 bytes";
    const unsigned char *at = (const unsigned char *)text;
    for (size_t i = 0, n; i < size; i += n) {
        n = character_size(at + i, size - i);
        if (n == 0)
            return "is not UTF-8";
        if (at[i] < 0x20 || at[i] == 0x7F || (n == 2 && at[i] == 0xC2 && at[i + 1] < 0xA0))
            return "has a control character";
    }
    return NULL;
}

bool table_is_word(const char *text, size_t size, const char *word)
{
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (c >= 'A' && c <= 'Z')
            c = (char)(c + ('a' - 'A'));
        if (c != word[i]) /* also at the end of the word */
            return false;
    }
    return word[size] == '\0';
}

bool table_is_id_name(const char *text, size_t size)
{
    return table_is_word(text, size, "unique_id") || table_is_word(text, size, "item_id") ||
           table_is_word(text, size, "series_id") || table_is_word(text, size, "ts_id");
}
