/* SPDX-License-Identifier: MIT */
#include "kernels/pack.h"

/* Element (0, column) of a packed matrix, and the width of its panel. */
static real *packed_at(const lts_kernels *kernels, int64_t n_inner, int64_t n_padded,
                       int64_t column, int64_t *stride, real *packed)
{
    int64_t full = 4 * kernels->lanes, first = column / full * full;
    *stride = n_padded - first < full ? n_padded - first : full;
    return packed + first * n_inner + (column - first);
}

void lts_pack(const lts_kernels *kernels, int64_t n_inner, int64_t n, const real *b,
              int64_t b_inner, int64_t b_column, real *packed)
{
    int64_t n_padded = lts_padded(kernels, n), stride;
    for (int64_t j = 0; j < n; j += kernels->lanes) {
        real *to = packed_at(kernels, n_inner, n_padded, j, &stride, packed);
        int64_t columns = n - j < kernels->lanes ? n - j : kernels->lanes;
        for (int64_t p = 0; p < n_inner; p++)
            for (int64_t q = 0; q < columns; q++)
                to[p * stride + q] = b[p * b_inner + (j + q) * b_column];
    }
}

void lts_pack_gate_rows(const lts_kernels *kernels, int64_t H, int64_t n, const real *rows,
                        int64_t row, int64_t gate, int64_t unit, real *forward, real *back)
{
    int64_t lanes = kernels->lanes, n_padded = lts_padded(kernels, n), stride;
    int64_t units = H - unit < lanes ? H - unit : lanes;
    int64_t width = lts_block_units(lanes, H, unit), first = 4 * unit + gate * width;
    kernels->layout->transpose(units, n, rows, row, forward + 4 * unit * n + gate * width,
                               4 * width);
    for (int64_t column = 0; back != NULL && column < n; column += lanes) {
        real *to = packed_at(kernels, lts_gate_row(lanes, H), n_padded, column, &stride, back);
        kernels->layout->copy_columns(n - column < lanes ? n - column : lanes, units, rows + column,
                                      row, to + first * stride, stride);
    }
}

void lts_pack_gates(const lts_kernels *kernels, int64_t H, int64_t n, const real *W, int64_t row,
                    real *forward, real *back)
{
    for (int64_t unit = 0; unit < H; unit += kernels->lanes)
        for (int64_t gate = 0; gate < 4; gate++)
            lts_pack_gate_rows(kernels, H, n, W + (gate * H + unit) * row, row, gate, unit, forward,
                               back);
}

void lts_spread_gates(const lts_kernels *kernels, int64_t H, const real *blocks, real *spread)
{
    for (int64_t gate = 0; gate < 4; gate++)
        for (int64_t j = 0; j < H; j++)
            spread[lts_gate_column(kernels, H, gate, j)] = blocks[gate * H + j];
}
