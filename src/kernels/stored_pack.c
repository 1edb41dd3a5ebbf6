/* SPDX-License-Identifier: MIT */
#include "kernels/stored_pack.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MOST_INT8 = 127 };

const lts_kernels *lts_kernels_storing(const lts_kernels *kernels)
{
    return kernels->stored != NULL ? kernels : lts_kernels_find("generic");
}

/* The panel of a block of units: its words, and those of one of its rows. */
typedef struct panel {
    int64_t first, row;
} panel;

static panel stored_panel_at(int64_t lanes, int64_t H, int64_t n, int64_t unit, int64_t format)
{
    int64_t vectors = 4 * lts_block_units(lanes, H, unit) / lanes;
    int64_t in_word = lts_stored_in_word(format);
    return (panel){4 / in_word * unit * n, (vectors + in_word - 1) / in_word * lanes};
}

int64_t lts_stored_words(int64_t lanes, int64_t H, int64_t n, int64_t format)
{
    panel last = stored_panel_at(lanes, H, n, (H - 1) / lanes * lanes, format);
    return last.first + last.row * n;
}

/*
 * The upper half of the float that is nearest to the weight among those whose lower half is
 * `below`. Magnitudes are ordered as their bits.
 */
static uint32_t nearest_half(real weight, uint32_t below)
{
    const uint32_t infinite = 0x7f800000, largest_half = 0x7f7f, nan_half = 0x7fc0;
    float value = (float)weight;
    uint32_t bits, half = 0;
    memcpy(&bits, &value, sizeof bits);
    uint32_t magnitude = bits & 0x7fffffff, sign = bits >> 16 & 0x8000;
    if (magnitude >= infinite)
        return sign | (magnitude == infinite ? infinite >> 16 : nan_half);
    if (magnitude + 0x8000 > below)
        half = (magnitude + 0x8000 - below) >> 16;
    return sign | (half > largest_half ? largest_half : half);
}

/* Elements `row` [n] become part k of n words that are `stride` apart. */
static void pack_bfloat16(int64_t n, const real *row, int k, uint32_t *to, int64_t stride)
{
    for (int64_t p = 0; p < n; p++, to += stride)
        *to |= nearest_half(row[p], k == 0 ? 0 : *to) << 16 * k;
}

/* NaN if the row is not finite. */
static real scale_of(int64_t n, const real *row)
{
    real most = 0;
    for (int64_t p = 0; p < n; p++) {
        real magnitude = row[p] < 0 ? -row[p] : row[p];
        if (!isfinite(magnitude))
            return (real)NAN;
        most = magnitude > most ? magnitude : most;
    }
    return most < (real)FLT_MIN * MOST_INT8 ? 0 : most / MOST_INT8;
}

static int32_t nearest_integer(real value)
{
    return (int32_t)(value < 0 ? value - (real)0.5 : value + (real)0.5);
}

/* The same with a scale: |row[p] / scale| <= 127, and a byte is -128 at least. */
static void pack_int8(int64_t n, const real *row, real scale, int k, uint32_t *to, int64_t stride)
{
    for (int64_t p = 0; p < n; p++, to += stride) {
        real fraction = k == 0 ? 0 : (real)(*to << (32 - 8 * k)) * (real)0x1p-32; /* below */
        *to |= (uint32_t)(nearest_integer(row[p] / scale - fraction) & 0xff) << 8 * k;
    }
}

/* A row of W is column `column` of a panel of [n, G]. */
static void pack_row(int64_t lanes, int64_t n, const real *row, int64_t column, const panel *at,
                     int64_t format, const lts_stored_matrix *to, real *scale)
{
    int64_t vector = column / lanes, in_word = lts_stored_in_word(format);
    uint32_t *words = to->panels + at->first + vector / in_word * lanes + column % lanes;
    int k = (int)(vector % in_word);
    if (scale == NULL) { /* bfloat16 has none */
        pack_bfloat16(n, row, k, words, at->row);
        return;
    }
    *scale = scale_of(n, row);
    if (*scale > 0)
        pack_int8(n, row, *scale, k, words, at->row);
}

void lts_stored_pack(int64_t lanes, int64_t H, int64_t n, const real *W, int64_t format,
                     const lts_stored_matrix *to)
{
    for (int64_t unit = 0; unit < H; unit += lanes) {
        panel at = stored_panel_at(lanes, H, n, unit, format);
        int64_t units = lts_block_units(lanes, H, unit);
        /* in the order of columns: the lower parts of a word must be known */
        for (int64_t gate = 0; gate < 4; gate++)
            for (int64_t j = 0; j < lts_min(units, H - unit); j++) {
                int64_t column = gate * units + j;
                pack_row(lanes, n, W + (gate * H + unit + j) * n, column, &at, format, to,
                         to->scale == NULL ? NULL : to->scale + 4 * unit + column);
            }
    }
}
