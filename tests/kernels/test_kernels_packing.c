/* SPDX-License-Identifier: MIT */
/*
 * How matrices and gates lie in memory for the kernels of every set that can run here (kernels.h).
 */
#include "kernels_fixture.h"

/* The copied elements, and those of `to` [n_row, stride] that must not change, from column n. */
static void assert_copied(const real *to, int64_t n_row, int64_t n, int64_t stride,
                          const real *from, int64_t row, int64_t column)
{
    for (int64_t r = 0; r < n_row; r++)
        for (int64_t q = 0; q < stride; q++)
            assert_same("copy", r, q, to[r * stride + q], q < n ? from[r * row + q * column] : -7);
}

static void check_transpose(const lts_kernels *kernels, int64_t width, int64_t length, int64_t gap)
{
    int64_t lda = length + gap, stride = width + 2 * gap;
    real *a = random_array(width * lda), *to = filled(length * stride, -7);
    fill_gaps(width, length, lda, a);
    kernels->layout->transpose(width, length, a, lda, to, stride);
    assert_copied(to, length, width, stride, a, 1, lda);
    FREE(a, to);
}

static void check_copy(const lts_kernels *kernels, int64_t width, int64_t length, int64_t gap)
{
    int64_t lda = width + gap, stride = width + 2 * gap;
    real *a = random_array(length * lda), *to = filled(length * stride, -7);
    fill_gaps(length, width, lda, a);
    kernels->layout->copy_columns(width, length, a, lda, to, stride);
    assert_copied(to, length, width, stride, a, lda, 1);
    FREE(a, to);
}

static void check_widths(const lts_kernels *kernels)
{
    static const int64_t gaps[] = {0, 1, 3, 48};
    for (int64_t width = 0; width <= 40; width++)
        for (int64_t length = 0; length <= 40; length++)
            for (int i = 0; i < 4; i++) {
                check_transpose(kernels, width, length, gaps[i]);
                check_copy(kernels, width, length, gaps[i]);
            }
}

static void columns_are_transposed_and_copied_at_every_width_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_widths);
}

/*
 * Element (p, column) of a packed [n_inner, n]: panels of 4 vectors; the last has the remaining
 * columns.
 */
static real packed_at(const lts_kernels *kernels, const real *packed, int64_t n_inner, int64_t n,
                      int64_t p, int64_t column)
{
    int64_t full = 4 * kernels->lanes, panel = column / full, left = lts_padded(kernels, n);
    left -= panel * full;
    int64_t width = left < full ? left : full;
    return packed[panel * full * n_inner + p * width + column % full];
}

static void check_pack(const lts_kernels *kernels, int64_t n_inner, int64_t n)
{
    real *b = random_array(n_inner * n), *packed = zeros(n_inner * lts_padded(kernels, n));
    for (int transposed = 0; transposed < 2; transposed++) {
        int64_t b_inner = transposed ? 1 : n, b_column = transposed ? n_inner : 1;
        lts_pack(kernels, n_inner, n, b, b_inner, b_column, packed);
        for (int64_t p = 0; p < n_inner; p++)
            for (int64_t j = 0; j < lts_padded(kernels, n); j++)
                assert_same("packed", p, j, packed_at(kernels, packed, n_inner, n, p, j),
                            j < n ? b[p * b_inner + j * b_column] : 0);
    }
    FREE(b, packed);
}

static void check_packs(const lts_kernels *kernels)
{
    for (int64_t n = 1; n <= 129; n++)
        check_pack(kernels, n % 9, n);
}

static void a_matrix_is_packed_in_panels_with_zeros_behind_it_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_packs);
}

/*
 * The gate and unit of a column in unit blocks. The last block has a quarter, half or all of the
 * lanes: the fewest that hold the remaining units, at least one.
 */
static void stands_in(int64_t lanes, int64_t H, int64_t column, int64_t *gate, int64_t *unit)
{
    int64_t first = column / (4 * lanes) * lanes, left = H - first;
    int64_t units = 4 * left <= lanes ? lanes / 4 : 2 * left <= lanes ? lanes / 2 : lanes;
    *gate = (column - 4 * first) / units;
    *unit = first + (column - 4 * first) % units;
}

/* The last piece first. */
static void pack_in_pieces(const lts_kernels *kernels, int64_t H, int64_t n, const real *W,
                           int64_t row, real *there, real *back)
{
    int64_t last = (H - 1) / kernels->lanes * kernels->lanes;
    for (int64_t gate = 3; gate >= 0; gate--)
        for (int64_t unit = last; unit >= 0; unit -= kernels->lanes)
            lts_pack_gate_rows(kernels, H, n, W + (gate * H + unit) * row, row, gate, unit, there,
                               back);
}

/* W [4H, n] with rows `row` apart, packed for both passes, and the bias. */
static void check_gates(const lts_kernels *kernels, int64_t H, int64_t n, int64_t row,
                        bool in_pieces)
{
    int64_t G = lts_gate_row(kernels->lanes, H);
    real *W = random_array(4 * H * row), *bias = random_array(4 * H), *spread = zeros(G);
    real *there = zeros(n * G), *back = zeros(G * lts_padded(kernels, n));
    fill_gaps(4 * H, n, row, W);
    if (in_pieces)
        pack_in_pieces(kernels, H, n, W, row, there, back);
    else
        lts_pack_gates(kernels, H, n, W, row, there, back);
    lts_spread_gates(kernels, H, bias, spread);
    assert_true(G >= 4 * H && G % kernels->lanes == 0 && G < 4 * H + 2 * kernels->lanes + 4);
    for (int64_t column = 0; column < G; column++) {
        int64_t gate, unit;
        stands_in(kernels->lanes, H, column, &gate, &unit);
        int64_t from = gate * H + unit;
        bool padding = unit >= H;
        assert_int_equal(lts_gate_column(kernels, H, gate, unit), column);
        assert_same("bias", 0, column, spread[column], padding ? 0 : bias[from]);
        for (int64_t p = 0; p < n; p++)
            assert_same("there", p, column, packed_at(kernels, there, n, G, p, column),
                        padding ? 0 : W[from * row + p]);
        for (int64_t p = 0; p < lts_padded(kernels, n); p++)
            assert_same("back", column, p, packed_at(kernels, back, G, n, column, p),
                        padding || p >= n ? 0 : W[from * row + p]);
    }
    FREE(W, bias, spread, there, back);
}

static void check_gate_sizes(const lts_kernels *kernels)
{
    for (int pieces = 0; pieces < 2; pieces++) {
        for (int64_t H = 1; H <= 40; H++) {
            check_gates(kernels, H, H, H, pieces == 1);
            check_gates(kernels, H, 1 + H % 7, 3 + H % 7, pieces == 1);
        }
        check_gates(kernels, 100, 2, 2, pieces == 1);
        check_gates(kernels, 127, 127, 130, pieces == 1);
        check_gates(kernels, 129, 70, 70, pieces == 1);
    }
}

static void gates_are_packed_by_unit_blocks_with_zeros_for_padding_in_every_set(void **fixture)
{
    (void)fixture;
    with_every_set(check_gate_sizes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_transposed_and_copied_at_every_width_in_every_set),
        cmocka_unit_test(a_matrix_is_packed_in_panels_with_zeros_behind_it_in_every_set),
        cmocka_unit_test(gates_are_packed_by_unit_blocks_with_zeros_for_padding_in_every_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
