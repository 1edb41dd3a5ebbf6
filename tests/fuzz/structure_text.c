/* SPDX-License-Identifier: MIT */
#include "structure.h"

#include <ctype.h>

static const char *const values[] = {
    "0",
    "1",
    "-1",
    "2",
    "3",
    "4611686018427387904",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "1e308",
    "1e400",
    "-0.0",
    "0.5",
    "1.0",
    "null",
    "true",
    "[]",
    "{}",
    "[1]",
    "[2,1]",
    "[0]",
    "[0,8]",
    "[8,0]",
    "[-1,1]",
    "\"\"",
    "\"0\"",
    "\"1\"",
    "\"2\"",
    "\"-1\"",
    "\"01\"",
    "\"4611686018427387904\"",
    "\"4611686018427387905\"",
    "\"9223372036854775808\"",
    "\"18446744073709551615\"",
    "\"0x0000000000000000\"",
    "\"0x0000000000000001\"",
    "\"0x3ff0000000000000\"",
    "\"0x3fe0000000000000\"",
    "\"0x7fefffffffffffff\"",
    "\"0x7ff0000000000000\"",
    "\"0x7ff8000000000000\"",
    "\"0x8000000000000000\"",
    "\"0xbff0000000000000\"",
    "\"F32\"",
    "\"F64\"",
    "\"BF16\"",
    "\"model\"",
    "\"checkpoint\"",
    "\"cpu generic\"",
    "\"\\u0000\"",
    "\"@\"",
};

static const char *const keys[] = {
    "iteration",
    "iter.iteration",
    "iter.drawn",
    "iter.pass_start",
    "log_size",
    "log_line",
    "log_head",
    "kernels",
    "last.loss",
    "last.last_loss",
    "last.learning_rate",
    "not_better",
    "elapsed",
    "snapshot.before",
    "snapshot.replaced",
    "divergence.returns",
    "divergence.start",
    "divergence.rate_factor",
    "last_score",
    "best_score",
    "recipe",
    "n_layer",
    "n_hidden",
    "best.input.weight",
    "optimizer.s.input.weight",
    "optimizer.m.input.weight",
    "input.weight",
    "lstm.1.bias",
    "",
    "__metadata__",
    "shape",
    "dtype",
    "unknown",
};

#define COUNT(array) ((int64_t)(sizeof(array) / sizeof *(array)))

static size_t string_end(const text *json, size_t at) /* at: behind the opening mark */
{
    while (at < json->size && json->at[at] != '"')
        at += json->at[at] == '\\' && at + 1 < json->size ? 2 : 1;
    return at;
}

static size_t value_end(const text *json, size_t at)
{
    for (int depth = 0; at < json->size; at++) {
        char c = json->at[at];
        if (c == '"')
            at = string_end(json, at + 1);
        else if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']' || c == ',') && depth == 0)
            return at;
        else if (c == '}' || c == ']')
            depth--;
    }
    return json->size;
}

size_t text_members(const text *json, member members[MAX_MEMBERS])
{
    size_t n = 0;
    int depth = 0;
    for (size_t at = 0; at < json->size && n < MAX_MEMBERS; at++) {
        char c = json->at[at];
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (c != '"')
            continue;
        size_t end = string_end(json, at + 1);
        if (end + 1 < json->size && json->at[end + 1] == ':')
            members[n++] = (member){
                {at + 1, end - at - 1}, {end + 2, value_end(json, end + 2) - end - 2}, depth};
        at = end;
    }
    return n;
}

void text_replace(text *t, span old, const char *bytes, size_t size)
{
    if (t->size - old.size + size > TEXT_CAPACITY)
        return;
    memmove(t->at + old.at + size, t->at + old.at + old.size, t->size - old.at - old.size);
    memcpy(t->at + old.at, bytes, size);
    t->size = t->size - old.size + size;
}

bool text_is(const text *t, span s, const char *string)
{
    return s.size == strlen(string) && memcmp(t->at + s.at, string, s.size) == 0;
}

static void exchange(text *t, span a, span b)
{
    static char first[TEXT_CAPACITY], second[TEXT_CAPACITY];
    if (a.at > b.at) {
        span c = a;
        a = b;
        b = c;
    }
    if (a.at + a.size > b.at)
        return; /* one contains the other */
    memcpy(first, t->at + a.at, a.size);
    memcpy(second, t->at + b.at, b.size);
    text_replace(t, b, first, a.size);
    text_replace(t, a, second, b.size);
}

/* The member with one of its commas. */
static span whole_member(const text *t, const member *m)
{
    size_t at = m->key.at - 1, end = m->value.at + m->value.size;
    if (end < t->size && t->at[end] == ',')
        end++;
    else if (at > 0 && t->at[at - 1] == ',')
        at--;
    return (span){at, end - at};
}

/* Puts a copy of `m` before `at`, where another member begins. */
static void copy_member(text *t, const member *m, size_t at)
{
    static char copy[TEXT_CAPACITY];
    size_t begin = m->key.at - 1, size = m->value.at + m->value.size - begin;
    if (size + 1 > sizeof copy)
        return;
    memcpy(copy, t->at + begin, size);
    copy[size] = ',';
    text_replace(t, (span){at, 0}, copy, size + 1);
}

/* Changes a digit, or the number of them. */
static void change_digit(text *t, span s, fuzz_input *input)
{
    uint8_t where = fuzz_byte(input), how = fuzz_byte(input);
    size_t digits[64], n = 0;
    for (size_t i = s.at; i < s.at + s.size && n < 64; i++)
        if (isdigit((unsigned char)t->at[i]))
            digits[n++] = i;
    if (n == 0)
        return;
    char digit = (char)('0' + how / 4 % 10);
    size_t at = digits[n - 1 - where % n];
    text_replace(t, (span){at, how % 4 != 0}, &digit, how % 4 != 1);
}

static void add_member(text *t, const member *before, fuzz_input *input)
{
    char made[160];
    int n = snprintf(made, sizeof made, "\"%s\":%s,", keys[fuzz_below(input, COUNT(keys))],
                     values[fuzz_below(input, COUNT(values))]);
    text_replace(t, (span){before->key.at - 1, 0}, made, (size_t)n);
}

void text_edit(text *json, fuzz_input *input)
{
    member members[MAX_MEMBERS];
    size_t n = text_members(json, members);
    uint8_t edit = fuzz_byte(input);
    const member *m = n == 0 ? NULL : &members[fuzz_byte(input) % n];
    if (m == NULL)
        return;
    const member *other = &members[(size_t)(m - members + 1 + edit / 16) % n];
    const char *value = values[fuzz_below(input, COUNT(values))];
    switch (edit % 12) {
    case 0:
    case 1:
        text_replace(json, m->value, value, strlen(value));
        break;
    case 2:
    case 3:
        change_digit(json, m->value, input);
        break;
    case 4:
        text_replace(json, whole_member(json, m), "", 0);
        break;
    case 5:
        copy_member(json, m, m->key.at - 1);
        break;
    case 6:
        exchange(json, m->value, other->value);
        break;
    case 7:
        exchange(json, m->key, other->key);
        break;
    case 8:
        other = &members[fuzz_byte(input) % n];
        exchange(
            json, (span){m->key.at - 1, m->value.at + m->value.size - m->key.at + 1},
            (span){other->key.at - 1, other->value.at + other->value.size - other->key.at + 1});
        break;
    case 9:
        add_member(json, m, input);
        break;
    case 10:
        copy_member(json, m, members[fuzz_byte(input) % n].key.at - 1);
        break;
    default:
        value = keys[fuzz_below(input, COUNT(keys))];
        text_replace(json, m->key, value, strlen(value));
    }
}
