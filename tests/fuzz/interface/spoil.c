/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <float.h>

int pick(int n)
{
    return (int)fuzz_below(&w.input, n);
}

int used_of(unsigned exist)
{
    uint8_t choice = fuzz_byte(&w.input);
    int i = choice < 128 ? 0 : choice % N_EACH;
    for (int tries = 0; tries < N_EACH && choice < 248 && (exist >> i & 1) == 0; tries++)
        i = (i + 1) % N_EACH;
    return i;
}

int free_of(unsigned exist, bool *to_free)
{
    uint8_t choice = fuzz_byte(&w.input);
    int i = choice % N_EACH;
    *to_free = choice >= 208 && (exist >> i & 1) != 0;
    for (int tries = 0; tries < N_EACH && !*to_free; tries++, i = (i + 1) % N_EACH)
        if ((exist >> i & 1) == 0)
            return i;
    return *to_free ? i : -1;
}

static const int64_t ints[] = {
    0,
    1,
    2,
    3,
    4,
    5,
    8,
    10,
    100,
    -1,
    -2,
    INT64_MAX,
    INT64_MIN,
    INT64_MAX - 1,
    INT64_MIN + 1,
    INT64_C(1) << 31,
    (INT64_C(1) << 31) - 1,
    INT64_C(1) << 32,
    INT64_C(1) << 62,
    (INT64_C(1) << 62) + 1,
    1024,
    1025,
    64,
    65,
};

static const double doubles[] = {
    -0.0,   1,     -1,    0.5,      1e-3,      0.9,    0.999999999, 1.0000001, 1e-8,     1e-15,
    1e-16,  1e-30, 1e-31, 1e-45,    1e38,      3.5e38, 1e300,       DBL_MAX,   -DBL_MAX, DBL_MIN,
    5e-324, 2,     10,    INFINITY, -INFINITY, NAN,    1e-38,       1e-39,     100,      0.1,
};

int64_t odd_int(void)
{
    return ints[pick((int)(sizeof ints / sizeof *ints))];
}

uint64_t odd_bits(void)
{
    uint64_t bits;
    uint8_t choice = fuzz_byte(&w.input);
    if (choice < 100)
        bits = (uint64_t)odd_int();
    else if (choice < 240)
        memcpy(&bits, &doubles[(size_t)choice % (sizeof doubles / sizeof *doubles)], 8);
    else
        fuzz_take(&w.input, &bits, sizeof bits);
    return bits;
}

static uint64_t odd_size(uint64_t size)
{
    const uint64_t sizes[] = {size - 8, size + 8, 8, 0, 7, size - 4, size + 64, UINT64_MAX};
    return sizes[pick(8)];
}

void *spoiled(const void *options, size_t size, uint32_t fixed)
{
    uint8_t control = fuzz_byte(&w.input);
    uint64_t struct_size = control >= 250 ? odd_size(size) : size;
    bool believable = struct_size >= 8 && struct_size % 8 == 0 && struct_size <= 65536;
    size_t bytes = believable ? (size_t)struct_size : 8;
    uint64_t *fields = calloc(bytes / 8, 8);
    FUZZ_HOLDS(fields != NULL);
    memcpy(fields, options, bytes < size ? bytes : size);
    fields[0] = struct_size;
    for (int n = control < 192 ? 0 : control % 3 + 1; n > 0 && bytes > 8; n--) {
        size_t i = 1 + fuzz_byte(&w.input) % (bytes / 8 - 1);
        uint64_t bits = odd_bits();
        if (i >= 32 || (fixed >> i & 1) == 0)
            fields[i] = bits;
    }
    return fields;
}

int64_t about(int64_t size)
{
    uint8_t choice = fuzz_byte(&w.input);
    return choice < 248 ? size : choice < 252 ? size + 1 : choice < 254 ? size - 1 : odd_int() % 64;
}

int64_t number_of_threads(void)
{
    static const int64_t odd[] = {LSTM_ALL_CORES, 1025, -2, INT64_MIN, INT64_MAX, 3, 0, 1};
    uint8_t choice = fuzz_byte(&w.input);
    return choice < 224 ? 0 : choice < 240 ? 2 : odd[choice % 8];
}
