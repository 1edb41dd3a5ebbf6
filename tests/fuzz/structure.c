/* SPDX-License-Identifier: MIT */
#include "structure.h"

#include "repair.h"

static void unescape(text *to, const char *from, size_t size)
{
    to->size = 0;
    for (size_t i = 0; i < size && to->size < TEXT_CAPACITY; i++) {
        i += from[i] == '\\' && i + 1 < size;
        to->at[to->size++] = from[i];
    }
}

static size_t escape(char *to, size_t capacity, const text *from)
{
    size_t n = 0;
    to[n++] = '"';
    for (size_t i = 0; i < from->size && n + 3 < capacity; i++) {
        if (from->at[i] == '"' || from->at[i] == '\\')
            to[n++] = '\\';
        to[n++] = from->at[i];
    }
    to[n++] = '"';
    return n;
}

void parts_make(parts *made, small_run_kind kind)
{
    small_run run;
    size_t size;
    member members[MAX_MEMBERS];
    small_run_make(&run, kind);
    FUZZ_OK(lstm_trainer_run(run.trainer));
    FUZZ_OK(lstm_trainer_save(run.trainer, "fuzz"));
    small_run_free(&run);
    const uint8_t *file = fuzz_file_bytes(&size);
    made->header.size = fuzz_header_length(file, size);
    made->data_size = size - 8 - made->header.size;
    FUZZ_HOLDS(made->header.size < TEXT_CAPACITY && made->data_size < MAX_DATA);
    memcpy(made->header.at, file + 8, made->header.size);
    memcpy(made->data, file + 8 + made->header.size, made->data_size);
    size_t i = 0, n = text_members(&made->header, members);
    while (i < n && !text_is(&made->header, members[i].key, "recipe"))
        i++;
    FUZZ_HOLDS(i < n);
    span recipe = members[i].value;
    unescape(&made->recipe, made->header.at + recipe.at + 1, recipe.size - 2);
    text_replace(&made->header, recipe, "\"@\"", 3);
}

/* Exchanges a part of the names of all tensors, so that a block becomes another. */
static void rename_block(text *header, fuzz_input *input)
{
    static const char *const prefixes[] = {"", "best.", "optimizer.s.", "optimizer.m.", "lstm.0."};
    const char *from = prefixes[fuzz_below(input, 5)], *to = prefixes[fuzz_below(input, 5)];
    member members[MAX_MEMBERS];
    for (size_t i = text_members(header, members); i-- > 0;) {
        span key = members[i].key;
        size_t size = strlen(from);
        if (members[i].depth == 1 && key.size >= size &&
            memcmp(header->at + key.at, from, size) == 0 && !text_is(header, key, "__metadata__"))
            text_replace(header, (span){key.at, size}, to, strlen(to));
    }
}

/* Removes all tensors whose name begins alike. */
static void remove_block(text *header, fuzz_input *input)
{
    static const char *const prefixes[] = {"best.", "optimizer.", "lstm.", "input.", "output."};
    const char *prefix = prefixes[fuzz_below(input, 5)];
    member members[MAX_MEMBERS];
    for (size_t i = text_members(header, members); i-- > 0;) {
        const member *m = &members[i];
        size_t size = strlen(prefix), at = m->key.at - 1;
        if (m->depth == 1 && m->key.size >= size && at > 0 && header->at[at - 1] == ',' &&
            memcmp(header->at + m->key.at, prefix, size) == 0)
            text_replace(header, (span){at - 1, m->value.at + m->value.size - at + 1}, "", 0);
    }
}

static void change_data(parts *p, fuzz_input *input)
{
    static const uint32_t floats[] = {0,          1,          0x80000000, 0x3f800000, 0x7f7fffff,
                                      0x7f800000, 0x7fc00000, 0x00800000, 0x7149f2ca, 0xbf800000};
    size_t n = p->data_size / 4, at, other;
    uint8_t places[4];
    fuzz_take(input, places, sizeof places);
    at = n == 0 ? 0 : (places[0] + 256u * places[1]) % n;
    other = n == 0 ? 0 : (places[2] + 256u * places[3]) % n;
    uint8_t how = fuzz_byte(input);
    if (n > 0 && how < 200)
        memcpy(p->data + 4 * at, &floats[how % 10], 4);
    else if (n > 0 && how < 230)
        memmove(p->data + 4 * at, p->data + 4 * other, 4 * (n - (at > other ? at : other)));
    else if (how < 240)
        p->data_size = 4 * at + how % 2;
    else
        for (size_t add = places[0]; add > 0 && p->data_size < MAX_DATA; add--)
            p->data[p->data_size++] = 0;
}

void parts_edit(parts *p, fuzz_input *input)
{
    switch (fuzz_below(input, 16)) {
    case 0:
        rename_block(&p->header, input);
        break;
    case 1:
        remove_block(&p->header, input);
        break;
    case 2:
    case 3:
        change_data(p, input);
        break;
    case 4:
    case 5:
    case 6:
        text_edit(&p->recipe, input);
        break;
    default:
        text_edit(&p->header, input);
    }
}

/* Up to eight whole numbers of an array. */
static size_t numbers_of(const text *t, span s, uint64_t numbers[8])
{
    size_t n = 0;
    for (size_t i = s.at; i < s.at + s.size && n < 8; i++)
        if (t->at[i] >= '0' && t->at[i] <= '9') {
            uint64_t number = 0;
            for (; i < s.at + s.size && t->at[i] >= '0' && t->at[i] <= '9'; i++)
                number = 10 * number + (uint64_t)(t->at[i] - '0');
            numbers[n++] = number;
        }
    return n;
}

void parts_correct_offsets(parts *p)
{
    static uint8_t data[MAX_DATA];
    static text header;
    member members[MAX_MEMBERS];
    size_t n = text_members(&p->header, members), size = 0, copied = 0, elements = 0;
    header.size = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t numbers[8];
        char offsets[64];
        span value = members[i].value;
        if (members[i].depth == 2 && text_is(&p->header, members[i].key, "shape")) {
            elements = 1;
            for (size_t d = numbers_of(&p->header, value, numbers); d-- > 0;)
                elements = numbers[d] > MAX_DATA ? MAX_DATA : elements * numbers[d] % MAX_DATA;
        }
        if (members[i].depth != 2 || !text_is(&p->header, members[i].key, "data_offsets") ||
            value.at < copied)
            continue;
        size_t bytes = 4 * elements, from = 0;
        if (size + bytes > MAX_DATA)
            break;
        if (numbers_of(&p->header, value, numbers) > 0 && numbers[0] < p->data_size)
            from = (size_t)numbers[0];
        memset(data + size, 0, bytes);
        memcpy(data + size, p->data + from,
               bytes < p->data_size - from ? bytes : p->data_size - from);
        int length = snprintf(offsets, sizeof offsets, "[%zu,%zu]", size, size + bytes);
        size += bytes;
        text_replace(&header, (span){header.size, 0}, p->header.at + copied, value.at - copied);
        text_replace(&header, (span){header.size, 0}, offsets, (size_t)length);
        copied = value.at + value.size;
    }
    text_replace(&header, (span){header.size, 0}, p->header.at + copied, p->header.size - copied);
    p->header = header;
    p->data_size = size;
    memcpy(p->data, data, size);
}

/* Puts the recipe back wherever "@" has come to, once. */
static void put_recipe(parts *p)
{
    static char escaped[TEXT_CAPACITY];
    for (size_t i = 0; i + 3 <= p->header.size; i++)
        if (memcmp(p->header.at + i, "\"@\"", 3) == 0) {
            size_t size = escape(escaped, sizeof escaped, &p->recipe);
            text_replace(&p->header, (span){i, 3}, escaped, size);
            return;
        }
}

uint8_t *parts_file(parts *p, size_t *size)
{
    put_recipe(p);
    *size = 8 + p->header.size + p->data_size;
    uint8_t *file = malloc(*size);
    FUZZ_HOLDS(file != NULL);
    memcpy(file + 8, p->header.at, p->header.size);
    memcpy(file + 8 + p->header.size, p->data, p->data_size);
    fuzz_repair(file, *size, p->header.size);
    return file;
}
