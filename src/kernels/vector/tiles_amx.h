/* SPDX-License-Identifier: MIT */
/*
 * The tile instructions of AMX (Intel's Software Developer's Manual, volume 2, TDPBF16PS). Included
 * by parts_body.h; tiles_twin.h is the same in C.
 *
 * Eight tiles: C(i, j), A(i) and B(j), i and j < 2. A row has 64 bytes: 16 floats of C, 32 parts of
 * A, and 16 pairs of parts of B.
 */
#include "kernels/parts.h"
#define LTS_LANES 16
#include "kernels/vector/vector.h"

#include <immintrin.h>

/* Rows of C(i, .) and A(i) for which the tiles are set up; 0: they are not. */
typedef struct tiles {
    int64_t rows[2];
} tiles;

/* What LDTILECFG reads. */
typedef struct tile_shapes {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_shapes;

/* LDTILECFG: 1 to 16 rows for C(i, .) and A(i), 16 for B. */
static inline void tiles_configure(tiles *t, int64_t rows_0, int64_t rows_1)
{
    if (t->rows[0] == rows_0 && t->rows[1] == rows_1)
        return;
    tile_shapes shapes = {.palette = 1};
    for (int tile = 0; tile < 8; tile++) {
        bool second = tile == 2 || tile == 3 || tile == 5;
        shapes.row_bytes[tile] = 64;
        shapes.rows[tile] = (uint8_t)(tile >= 6 ? 16 : second ? rows_1 : rows_0);
    }
    __asm__ volatile("ldtilecfg %0" : : "m"(shapes));
    *t = (tiles){{rows_0, rows_1}};
}

#define EVERY_TILE(CASE) CASE(0) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7)

/* TILEZERO */
KERNEL void tile_zero(tiles *t, const int tile)
{
    (void)t;
#define CASE(n)                                                                                    \
    case n:                                                                                        \
        __asm__ volatile("tilezero %%tmm" #n : :);                                                 \
        break;
    switch (tile) {
        EVERY_TILE(CASE)
    }
#undef CASE
}

/* TILELOADD: rows are row_bytes apart, or all the same if it is 0. */
KERNEL void tile_load(tiles *t, const int tile, const void *from, int64_t row_bytes)
{
    (void)t;
#define CASE(n)                                                                                    \
    case n:                                                                                        \
        __asm__ volatile("tileloadd (%0,%1,1), %%tmm" #n                                           \
                         :                                                                         \
                         : "r"(from), "r"(row_bytes)                                               \
                         : "memory");                                                              \
        break;
    switch (tile) {
        EVERY_TILE(CASE)
    }
#undef CASE
}

/* TILESTORED */
KERNEL void tile_store(tiles *t, const int tile, void *to, int64_t row_bytes)
{
    (void)t;
#define CASE(n)                                                                                    \
    case n:                                                                                        \
        __asm__ volatile("tilestored %%tmm" #n ", (%0,%1,1)"                                       \
                         :                                                                         \
                         : "r"(to), "r"(row_bytes)                                                 \
                         : "memory");                                                              \
        break;
    switch (tile) {
        EVERY_TILE(CASE)
    }
#undef CASE
}

/* TDPBF16PS: C(i, j) += A(i) B(j) */
KERNEL void tile_multiply(tiles *t, const int i, const int j)
{
    (void)t;
    switch (2 * i + j) {
    case 0:
        __asm__ volatile("tdpbf16ps %%tmm6, %%tmm4, %%tmm0" : :);
        break;
    case 1:
        __asm__ volatile("tdpbf16ps %%tmm7, %%tmm4, %%tmm1" : :);
        break;
    case 2:
        __asm__ volatile("tdpbf16ps %%tmm6, %%tmm5, %%tmm2" : :);
        break;
    case 3:
        __asm__ volatile("tdpbf16ps %%tmm7, %%tmm5, %%tmm3" : :);
        break;
    }
}

/* TILERELEASE: the thread has no tiles to save any more. */
static inline void tiles_release(tiles *t)
{
    __asm__ volatile("tilerelease" : :);
    *t = (tiles){{0}};
}
