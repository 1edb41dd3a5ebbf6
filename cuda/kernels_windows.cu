/* SPDX-License-Identifier: MIT */
/* The kernels of backend.h for windows: gathering, feeding outputs, random numbers. */
#include "elements.h"
#include "kernels.cuh"

namespace
{

__global__ void gather(lts_gather_rows g)
{
    for (int64_t i = first_element(); i < g.n_call * g.B * g.n; i += stride()) {
        int64_t j = i % g.n, b = i / g.n % g.B, call = i / g.n / g.B;
        g.out[i] = g.series[(g.offsets[b] + g.rows[call]) * g.n_column + g.columns[j]];
    }
}

__global__ void find_levels(lts_view_table v, lts_table_level *levels)
{
    for (int64_t i = first_element(); i < v.n_window * v.n_base; i += stride()) {
        const lts_table_place place = lts_table_place_of(&v, i / v.n_base);
        levels[i] = lts_table_level_of(&v, &place, i % v.n_base);
    }
}

__global__ void find_places(lts_view_table v, int64_t B, const int64_t *__restrict__ numbers,
                            lts_table_place *places)
{
    for (int64_t b = first_element(); b < B; b += stride())
        places[b] = lts_table_place_of(&v, numbers[b]);
}

__global__ void gather_inputs(lts_view_table v, lts_gather_view g)
{
    for (int64_t i = first_element(); i < g.n_call * g.B * v.D; i += stride()) {
        int64_t row = i / v.D, call = row / g.B;
        const lts_table_place *place = &g.places[row - call * g.B];
        g.x[i] = lts_table_input(&v, place, g.levels + place->number * v.n_base, g.rows[call],
                                 i - row * v.D);
    }
}

__global__ void gather_targets(lts_view_table v, lts_gather_view g)
{
    for (int64_t i = first_element(); i < g.T * g.B * v.K; i += stride()) {
        int64_t row = i / v.K, t = row / g.B;
        const lts_table_place *place = &g.places[row - t * g.B];
        g.target[i] = lts_table_scored(&v, place, g.levels + place->number * v.n_base, t,
                                       i - row * v.K, &g.weight[i]);
    }
}

__global__ void feed(lts_feeding f, const float *__restrict__ y, float *x)
{
    for (int64_t i = first_element(); i < f.n * f.B * f.D; i += stride())
        lts_feed_element(&f, i, y, x);
}

/* A thread has one column of a window in all calls: two calls may be fed by the same output. */
__global__ void feed_back(lts_feeding f, const float *__restrict__ y, const float *__restrict__ dx,
                          float *dy)
{
    for (int64_t i = first_element(); i < f.B * f.D; i += stride())
        for (int64_t call = 0; call < f.n && f.column_feed[i % f.D] >= 0; call++) {
            int64_t at;
            float more;
            if (lts_feed_back_element(&f, call * f.B * f.D + i, y, dx, &at, &more))
                dy[at] += more;
        }
}

__global__ void withhold(lts_feeding f, const lts_numbers *__restrict__ numbers, float *x)
{
    for (int64_t row = first_element(); row < f.n * f.B && numbers->withheld > 0; row += stride()) {
        int64_t call = row / f.B;
        if (f.holes[call] == 0 || f.feed[call] < 0 || !lts_is_withheld(numbers, row))
            continue;
        for (int64_t d = 0; d < f.D; d++)
            if (f.column_feed[d] >= 0)
                x[row * f.D + d] = NAN;
    }
}

__global__ void draw_kept(lts_dropout dropout, const lts_numbers *__restrict__ numbers, int64_t l,
                          int64_t rows, int64_t words, uint32_t *kept)
{
    for (int64_t i = first_element(); i < rows * words; i += stride())
        kept[i] = lts_kept_word(&dropout, numbers->number, l, i / words, i % words);
}

__global__ void drop(int64_t n, int64_t H, int64_t words, float scale,
                     const uint32_t *__restrict__ kept, const float *h, float *out)
{
    for (int64_t i = first_element(); i < n; i += stride())
        out[i] = lts_drop_element(H, words, scale, kept, h, i);
}

} // namespace

extern "C" {

void lts_gpu_gather(lts_gpu *gpu, const lts_gather_rows *g)
{
    if (gpu->status < 0)
        return;
    gather<<<blocks_for(g->n_call * g->B * g->n), THREADS, 0, gpu->stream>>>(*g);
    check(gpu, "gathering windows");
}

void lts_gpu_view_levels(lts_gpu *gpu, const lts_view_table *table, lts_table_level *levels)
{
    if (gpu->status < 0)
        return;
    find_levels<<<blocks_for(table->n_window * table->n_base), THREADS, 0, gpu->stream>>>(*table,
                                                                                          levels);
    check(gpu, "finding the levels of windows");
}

void lts_gpu_gather_view(lts_gpu *gpu, const lts_gather_view *g)
{
    const lts_view_table *v = g->table;
    if (gpu->status < 0)
        return;
    find_places<<<blocks_for(g->B), THREADS, 0, gpu->stream>>>(*v, g->B, g->numbers, g->places);
    gather_inputs<<<blocks_for(g->n_call * g->B * v->D), THREADS, 0, gpu->stream>>>(*v, *g);
    gather_targets<<<blocks_for(g->T * g->B * v->K), THREADS, 0, gpu->stream>>>(*v, *g);
    check(gpu, "gathering windows of a view");
}

void lts_gpu_feed(lts_gpu *gpu, const lts_feeding *f, const float *y, float *x)
{
    if (gpu->status < 0)
        return;
    feed<<<blocks_for(f->n * f->B * f->D), THREADS, 0, gpu->stream>>>(*f, y, x);
    check(gpu, "feeding outputs");
}

void lts_gpu_feed_back(lts_gpu *gpu, const lts_feeding *f, const float *y, const float *dx,
                       float *dy)
{
    if (gpu->status < 0)
        return;
    feed_back<<<blocks_for(f->B * f->D), THREADS, 0, gpu->stream>>>(*f, y, dx, dy);
    check(gpu, "feeding gradients back");
}

void lts_gpu_withhold(lts_gpu *gpu, const lts_feeding *f, const lts_numbers *numbers, float *x)
{
    if (gpu->status < 0)
        return;
    withhold<<<blocks_for(f->n * f->B), THREADS, 0, gpu->stream>>>(*f, numbers, x);
    check(gpu, "withholding rows");
}

void lts_gpu_draw_kept(lts_gpu *gpu, const lts_dropout *dropout, const lts_numbers *numbers,
                       int64_t l, int64_t rows, int64_t H, uint32_t *kept)
{
    int64_t words = lts_kept_words(H);
    if (gpu->status < 0)
        return;
    draw_kept<<<blocks_for(rows * words), THREADS, 0, gpu->stream>>>(*dropout, numbers, l, rows,
                                                                     words, kept);
    check(gpu, "drawing masks");
}

void lts_gpu_drop(lts_gpu *gpu, int64_t rows, int64_t H, float scale, const uint32_t *kept,
                  const float *h, float *out)
{
    if (gpu->status < 0)
        return;
    drop<<<blocks_for(rows * H), THREADS, 0, gpu->stream>>>(rows * H, H, lts_kept_words(H), scale,
                                                            kept, h, out);
    check(gpu, "dropping outputs");
}

} // extern "C"
