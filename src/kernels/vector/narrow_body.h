/* SPDX-License-Identifier: MIT */
/*
 * Vectors of narrow blocks. Included by body.h.
 *
 * A narrow block has `width` < 4 vectors for its gates, UNITS(width) lanes for each gate;
 * TOGETHER(width) rows fill a vector. gather() copies these lanes of up to n rows to a vector, in
 * which lanes without a row are 0; scatter() copies them back. Parts of vectors are joined in
 * registers: a vector that is loaded where its parts were just stored waits until they are in the
 * cache.
 */
#define UNITS(width)    ((int64_t)LTS_LANES * (width) / 4)
#define TOGETHER(width) (4 / (width))

#if LTS_LANES == 16
#define FIRST_HALF  0, 1, 2, 3, 4, 5, 6, 7
#define SECOND_HALF 8, 9, 10, 11, 12, 13, 14, 15
#define FIRST_TWO   0, 1, 2, 3
#define SECOND_TWO  4, 5, 6, 7
#elif LTS_LANES == 8
#define FIRST_HALF  0, 1, 2, 3
#define SECOND_HALF 4, 5, 6, 7
#define FIRST_TWO   0, 1
#define SECOND_TWO  2, 3
#endif

#ifdef FIRST_HALF
typedef real half_vec __attribute__((vector_size(LTS_LANES / 2 * sizeof(real))));
typedef real quarter_vec __attribute__((vector_size(LTS_LANES / 4 * sizeof(real))));

/* Row r, or zeros from row n on. */
KERNEL half_vec half_row(int64_t r, int64_t n, const real *rows, int64_t stride)
{
    half_vec v = {0};
    if (r < n)
        memcpy(&v, rows + r * stride, sizeof v);
    return v;
}

KERNEL quarter_vec quarter_row(int64_t r, int64_t n, const real *rows, int64_t stride)
{
    quarter_vec v = {0};
    if (r < n)
        memcpy(&v, rows + r * stride, sizeof v);
    return v;
}

KERNEL half_vec two_quarters(int64_t r, int64_t n, const real *rows, int64_t stride)
{
    return __builtin_shufflevector(quarter_row(r, n, rows, stride),
                                   quarter_row(r + 1, n, rows, stride), FIRST_TWO, SECOND_TWO);
}

KERNEL vec gather_rows(const int width, int64_t n, const real *rows, int64_t stride)
{
    half_vec a, b;
    if (width == 1) {
        a = two_quarters(0, n, rows, stride);
        b = two_quarters(2, n, rows, stride);
    } else {
        a = half_row(0, n, rows, stride);
        b = half_row(1, n, rows, stride);
    }
    return __builtin_shufflevector(a, b, FIRST_HALF, SECOND_HALF);
}

KERNEL void scatter_rows(const int width, int64_t n, vec v, real *rows, int64_t stride)
{
    const half_vec halves[] = {__builtin_shufflevector(v, v, FIRST_HALF),
                               __builtin_shufflevector(v, v, SECOND_HALF)};
    UNROLL for (int r = 0; r < TOGETHER(width); r++)
    {
        half_vec half = halves[width == 1 ? r / 2 : r];
        quarter_vec quarters[] = {__builtin_shufflevector(half, half, FIRST_TWO),
                                  __builtin_shufflevector(half, half, SECOND_TWO)};
        if (r < n && width == 1)
            memcpy(rows + r * stride, &quarters[r % 2], sizeof quarters[0]);
        else if (r < n)
            memcpy(rows + r * stride, &half, sizeof half);
    }
}
#else
KERNEL vec gather_rows(const int width, int64_t n, const real *rows, int64_t stride)
{
    real lanes[LTS_LANES] = {0};
    for (int64_t r = 0; r < TOGETHER(width) && r < n; r++)
        memcpy(lanes + r * UNITS(width), rows + r * stride, (size_t)UNITS(width) * sizeof(real));
    return load(lanes);
}

KERNEL void scatter_rows(const int width, int64_t n, vec v, real *rows, int64_t stride)
{
    real lanes[LTS_LANES];
    store(lanes, v);
    for (int64_t r = 0; r < TOGETHER(width) && r < n; r++)
        memcpy(rows + r * stride, lanes + r * UNITS(width), (size_t)UNITS(width) * sizeof(real));
}
#endif

/* The same for rows enough, as nearly always, without a branch for each. */
KERNEL vec gather(const int width, int64_t n, const real *rows, int64_t stride)
{
    return n < TOGETHER(width) ? gather_rows(width, n, rows, stride)
                               : gather_rows(width, TOGETHER(width), rows, stride);
}

KERNEL void scatter(const int width, int64_t n, vec v, real *rows, int64_t stride)
{
    if (n < TOGETHER(width))
        scatter_rows(width, n, v, rows, stride);
    else
        scatter_rows(width, TOGETHER(width), v, rows, stride);
}
