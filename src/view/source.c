/* SPDX-License-Identifier: MIT */
#include "view/source.h"

#include "base/memory.h"

lstm_status lts_reader_init(lts_reader *reader, const lts_source *source, int64_t B)
{
    int64_t n_level;
    *reader = (lts_reader){.source = source};
    if (source->view == NULL)
        return LSTM_OK;
    if (!lts_multiply(B, source->view->n_base, &n_level))
        n_level = INT64_MAX;
    reader->places = lts_alloc(B, sizeof *reader->places);
    reader->levels = lts_alloc(n_level, sizeof *reader->levels);
    return reader->places == NULL || reader->levels == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

void lts_reader_clear(lts_reader *reader)
{
    lts_free(reader->places);
    lts_free(reader->levels);
    memset(reader, 0, sizeof *reader);
}

static void find_levels(lts_reader *reader)
{
    const lstm_view *view = reader->source->view;
    for (int64_t b = 0; b < reader->B; b++)
        lts_view_levels(view, &reader->places[b], reader->levels + b * view->n_base);
}

void lts_reader_begin(lts_reader *reader, const int64_t *offsets, int64_t B)
{
    const lstm_view *view = reader->source->view;
    reader->B = B;
    reader->offsets = offsets;
    for (int64_t b = 0; view != NULL && b < B; b++)
        reader->places[b] = lts_view_place(view, offsets[b]);
    if (view != NULL)
        find_levels(reader);
}

void lts_reader_begin_places(lts_reader *reader, const lts_place *places, int64_t B)
{
    reader->B = B;
    memcpy(reader->places, places, (size_t)B * sizeof *places);
    find_levels(reader);
}

lts_reader lts_reader_windows(const lts_reader *reader, int64_t first, int64_t n)
{
    lts_reader windows = *reader;
    windows.B = n;
    if (reader->offsets != NULL)
        windows.offsets += first;
    if (reader->source->view != NULL) {
        windows.places += first;
        windows.levels += first * reader->source->view->n_base;
    }
    return windows;
}

void lts_reader_inputs(const lts_reader *reader, int64_t step, real *x)
{
    const lts_source *source = reader->source;
    const lts_columns *columns = source->columns;
    if (source->view == NULL)
        lts_gather(source->series, columns->input, columns->D, reader->offsets, reader->B, step, x);
    for (int64_t b = 0; source->view != NULL && b < reader->B; b++)
        lts_view_inputs(source->view, &reader->places[b], reader->levels + b * source->view->n_base,
                        step, x + b * columns->D);
}

static real *row_of(real *rows, int64_t row)
{
    return rows == NULL ? NULL : rows + row;
}

void lts_reader_targets(const lts_reader *reader, int64_t step, real *target, real *weight)
{
    const lts_source *source = reader->source;
    const lts_columns *columns = source->columns;
    int64_t K = columns->K, n = reader->B * K;
    if (source->view == NULL && target != NULL)
        lts_gather(source->series, columns->target, K, reader->offsets, reader->B,
                   step + source->pred, target);
    for (int64_t i = 0; source->view == NULL && weight != NULL && i < n; i++)
        weight[i] = 1;
    for (int64_t b = 0; source->view != NULL && b < reader->B; b++)
        lts_view_targets(source->view, &reader->places[b],
                         reader->levels + b * source->view->n_base, step, row_of(target, b * K),
                         row_of(weight, b * K));
}
