/* SPDX-License-Identifier: MIT */
#include "windows.h"

#include <limits.h>
#include <string.h>

#define TAKE(arena, array, rows, columns)                                                          \
    ((array) = lts_arena_take((arena), (rows), (columns), sizeof *(array)))

lstm_status lts_windows_check(const lts_engine_options *o, const lts_services *services)
{
    const lts_source *source = &o->source;
    int64_t rows, n_column = source->series == NULL ? 1 : source->series->n_column;
    if (__builtin_mul_overflow(o->plan->n_call + 1, o->B, &rows) || rows > INT_MAX ||
        o->plan->T + source->pred > INT_MAX || n_column > INT_MAX)
        return services->fail(
            LSTM_E_LIMIT,
            "%lld model calls of %lld windows, or %lld + %lld rows, are more than 2^31 - 1",
            (long long)o->plan->n_call, (long long)o->B, (long long)o->plan->T,
            (long long)source->pred);
    if (source->series != NULL && source->columns->known && source->pred >= INT_MAX / n_column)
        return services->fail(LSTM_E_LIMIT,
                              "%lld rows ahead of %lld columns are more than 2^31 - 1",
                              (long long)source->pred, (long long)n_column);
    return LSTM_OK;
}

static void take_view(lts_arena *arena, lts_windows *w, const lts_engine_options *o)
{
    lts_view_table *to = &w->table;
    *to = *o->view_table;
    TAKE(arena, to->first, to->n_series + 1, 1);
    TAKE(arena, to->origin, to->n_series, 1);
    TAKE(arena, to->end, to->n_series, 1);
    TAKE(arena, to->row, to->n_series, 1);
    TAKE(arena, to->fed, to->n_fed, 1);
    TAKE(arena, to->values, to->n_row, to->n_column);
    if (o->view_table->gaps != NULL) {
        TAKE(arena, to->gaps, to->n_row, to->n_column);
        TAKE(arena, to->pieces, to->n_piece, 1);
    }
    TAKE(arena, to->statics, to->n_series, to->n_static);
    TAKE(arena, w->levels, to->n_window, to->n_base);
    TAKE(arena, w->places, o->B, 1);
    TAKE(arena, w->weights, o->plan->T * o->B, to->K);
}

void lts_windows_take(lts_arena *arena, lts_windows *w, const lts_engine_options *o)
{
    int64_t n_call = o->plan->n_call, D = o->source.columns->D, K = o->source.columns->K;
    w->is_view = o->view_table != NULL;
    for (int64_t call = 0; call < n_call; call++)
        w->has_holes = w->has_holes || o->plan->calls[call].holes;
    if (w->is_view) {
        take_view(arena, w, o);
    } else {
        TAKE(arena, w->series, o->source.series->n_row, o->source.series->n_column);
        TAKE(arena, w->input, D, 1);
        TAKE(arena, w->target, K, 1);
    }
    TAKE(arena, w->column_feed, D, 1);
    TAKE(arena, w->row, n_call, 1);
    TAKE(arena, w->feed, n_call, 1);
    TAKE(arena, w->holes, n_call, 1);
    TAKE(arena, w->target_step, n_call, 1);
    TAKE(arena, w->target_row, o->plan->T, 1);
    if (w->has_holes)
        TAKE(arena, w->fed, n_call * o->B, D);
    TAKE(arena, w->offsets, o->B, 1);
    TAKE(arena, w->numbers, 1, 1);
    TAKE(arena, w->targets, o->plan->T * o->B, K);
}

/* Numbers of the plan and the columns as the device reads them, and where they go. */
typedef struct index_list {
    int32_t *to;
    int64_t n;
} index_list;

static void fill_indices(const lts_engine_options *o, bool is_view, int32_t *at)
{
    const lts_columns *columns = o->source.columns;
    const lts_plan *plan = o->plan;
    for (int64_t d = 0; d < columns->D && !is_view; d++)
        *at++ = (int32_t)columns->input[d];
    for (int64_t k = 0; k < columns->K && !is_view; k++)
        *at++ = (int32_t)columns->target[k];
    for (int64_t d = 0; d < columns->D; d++)
        *at++ = (int32_t)columns->feed[d];
    for (int64_t call = 0; call < plan->n_call; call++)
        *at++ = (int32_t)plan->calls[call].row;
    for (int64_t call = 0; call < plan->n_call; call++)
        *at++ = (int32_t)plan->calls[call].feed;
    for (int64_t call = 0; call < plan->n_call; call++)
        *at++ = plan->calls[call].holes ? 1 : 0;
    for (int64_t call = 0; call < plan->n_call; call++)
        *at++ = (int32_t)plan->calls[call].target_step;
    for (int64_t t = 0; t < plan->T; t++)
        *at++ = (int32_t)(t + o->source.pred);
}

static void upload_view(lts_windows *w, lts_gpu *gpu, const lts_view_table *from)
{
    lts_view_table *to = &w->table;
    int64_t n = from->n_row * from->n_column, size = (int64_t)sizeof(int64_t);
    lts_gpu_upload(gpu, to->first, from->first, (from->n_series + 1) * size);
    lts_gpu_upload(gpu, to->origin, from->origin, from->n_series * size);
    lts_gpu_upload(gpu, to->end, from->end, from->n_series * size);
    lts_gpu_upload(gpu, to->row, from->row, from->n_series * size);
    lts_gpu_upload(gpu, to->fed, from->fed, from->n_fed * size);
    lts_gpu_upload(gpu, to->values, from->values, n * (int64_t)sizeof *from->values);
    if (from->gaps != NULL) {
        lts_gpu_upload(gpu, to->gaps, from->gaps, n * size);
        lts_gpu_upload(gpu, to->pieces, from->pieces,
                       from->n_piece * (int64_t)sizeof *from->pieces);
    }
    lts_gpu_upload(gpu, to->statics, from->statics,
                   from->n_series * from->n_static * (int64_t)sizeof *from->statics);
    lts_gpu_view_levels(gpu, to, w->levels);
}

lstm_status lts_windows_upload(lts_windows *w, lts_gpu *gpu, const lts_engine_options *o,
                               const lts_services *services)
{
    const lstm_series *series = o->source.series;
    int64_t D = o->source.columns->D, K = o->source.columns->K, n_call = o->plan->n_call;
    int64_t own = w->is_view ? 0 : 1;
    const index_list lists[] = {{w->input, own * D},      {w->target, own * K},
                                {w->column_feed, D},      {w->row, n_call},
                                {w->feed, n_call},        {w->holes, n_call},
                                {w->target_step, n_call}, {w->target_row, o->plan->T}};
    int64_t n = 0;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        n += lists[i].n;
    int32_t *indices = services->alloc(n, sizeof *indices), *from = indices;
    if (indices == NULL)
        return LSTM_E_NOMEM;
    fill_indices(o, w->is_view, indices);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; from += lists[i++].n)
        lts_gpu_upload(gpu, lists[i].to, from, lists[i].n * (int64_t)sizeof *from);
    if (w->is_view)
        upload_view(w, gpu, o->view_table);
    else
        lts_gpu_upload(gpu, w->series, series->rows,
                       series->n_row * series->n_column * (int64_t)sizeof(float));
    lstm_status status = lts_gpu_wait(gpu);
    services->free(indices);
    return status;
}

static void gather_view(const lts_windows *w, lts_gpu *gpu, const lts_plan *plan, int64_t B,
                        float *x)
{
    const lts_gather_view gather = {.table = &w->table,
                                    .levels = w->levels,
                                    .numbers = w->offsets,
                                    .places = w->places,
                                    .rows = w->row,
                                    .n_call = plan->n_call,
                                    .T = plan->T,
                                    .B = B,
                                    .x = x,
                                    .target = w->targets,
                                    .weight = w->weights};
    lts_gpu_gather_view(gpu, &gather);
}

static void gather_series(const lts_windows *w, lts_gpu *gpu, const lts_engine_options *o,
                          int64_t B, float *x)
{
    lts_gather_rows rows = {.series = w->series,
                            .n_column = o->source.series->n_column,
                            .offsets = w->offsets,
                            .rows = w->row,
                            .columns = w->input,
                            .n_call = o->plan->n_call,
                            .B = B,
                            .n = o->source.columns->D,
                            .out = x};
    lts_gpu_gather(gpu, &rows);
    rows.rows = w->target_row;
    rows.columns = w->target;
    rows.n_call = o->plan->T;
    rows.n = o->source.columns->K;
    rows.out = w->targets;
    lts_gpu_gather(gpu, &rows);
}

void lts_windows_gather(const lts_windows *w, lts_gpu *gpu, const lts_engine_options *o, int64_t B,
                        float *x)
{
    if (w->is_view)
        gather_view(w, gpu, o->plan, B, x);
    else
        gather_series(w, gpu, o, B, x);
    const lts_feeding all = lts_windows_feeding(w, o, B, 0, o->plan->n_call);
    if (w->has_holes)
        lts_gpu_withhold(gpu, &all, w->numbers, x);
}

lts_feeding lts_windows_feeding(const lts_windows *w, const lts_engine_options *o, int64_t B,
                                int64_t first, int64_t n)
{
    bool fed = w->has_holes;
    for (int64_t call = first; call < first + n; call++)
        fed = fed || o->plan->calls[call].feed >= 0;
    return (lts_feeding){
        .n = fed ? n : 0,
        .B = B,
        .D = o->params->D,
        .K = o->params->K,
        .feed = w->feed + first,
        .column_feed = w->column_feed,
        .holes = w->has_holes ? w->holes + first : NULL,
        .fed = w->has_holes ? w->fed + first * B * o->params->D : NULL,
        .maps = o->loss != NULL && o->loss->kind == LSTM_LOSS_NEGATIVE_BINOMIAL,
    };
}
