/* SPDX-License-Identifier: MIT */
/*
 * Window number w, counted over all batches, is a function of the seed and w alone: with
 * LSTM_ORDER_RANDOM the w-th random number, or two (series_draw.c), with LSTM_ORDER_SHUFFLE element
 * w mod n of permutation w div n (shuffle.c). So a checkpoint need only store the position.
 */
#include "view/iter.h"

#include "base/check.h"
#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/rng.h"
#include "base/status.h"

#include <limits.h>
#include <string.h>

static lstm_status check_iter_options(lstm_iter_options *options)
{
    if (options->batch_size == 0)
        options->batch_size = 10;
    LTS_TRY(lts_check_at_least("batch_size", options->batch_size, 1));
    if (options->batch_size > INT_MAX)
        return lts_fail(LSTM_E_LIMIT, "batch_size is %lld, the limit is 2^31 - 1",
                        (long long)options->batch_size);
    LTS_TRY(lts_check_one_of("order", options->order, LSTM_ORDER_CONSECUTIVE + 1,
                             "LSTM_ORDER_RANDOM, _SHUFFLE, _SEQUENTIAL or _CONSECUTIVE"));
    LTS_TRY(lts_check_one_of("draw", options->draw, LSTM_DRAW_SERIES + 1,
                             "LSTM_DRAW_WINDOWS or _SERIES"));
    if (options->draw == LSTM_DRAW_SERIES &&
        (options->order != LSTM_ORDER_RANDOM || options->sampler != NULL))
        return lts_fail(LSTM_E_ARGUMENT,
                        "LSTM_DRAW_SERIES needs LSTM_ORDER_RANDOM, without sampler");
    return LSTM_OK;
}

static lstm_status init_streams(lstm_iter *iter)
{
    LTS_TRY(
        lts_streams_init(&iter->streams, &iter->source, iter->window.T, iter->n_window, iter->B));
    iter->epoch_size = iter->B * iter->streams.len;
    iter->begins = lts_alloc(iter->B, sizeof *iter->begins);
    return iter->begins == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

static lstm_status allocate_iter(lstm_iter *iter)
{
    if (iter->source.series != NULL)
        LTS_TRY(lts_columns_init(&iter->columns, iter->source.series, iter->window.pred));
    iter->offsets = lts_alloc(iter->B, sizeof *iter->offsets);
    iter->candidates = lts_alloc(iter->B, sizeof *iter->candidates);
    if (iter->offsets == NULL || iter->candidates == NULL)
        return LSTM_E_NOMEM;
    iter->epoch_size = iter->n_window;
    if (iter->source.series != NULL && iter->window.rule == LSTM_WINDOWS_ARTICLE)
        iter->epoch_size = iter->source.series->n_row;
    if (iter->order == LSTM_ORDER_CONSECUTIVE && iter->sampler == NULL)
        return init_streams(iter);
    if (iter->draw == LSTM_DRAW_SERIES && iter->source.view != NULL)
        return lts_series_draw_init(&iter->by_series, iter->source.view);
    if (iter->order != LSTM_ORDER_SHUFFLE || iter->sampler != NULL)
        return LSTM_OK;
    return lts_shuffle_init(&iter->shuffle, iter->n_window);
}

/* Creates an iterator with checked options over a source of n_window windows. */
static lstm_status make_iter(lstm_iter **iter, const lts_source *source, const lts_window *window,
                             int64_t n_window, int64_t support_len,
                             const lstm_iter_options *options)
{
    lstm_iter *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    made->source = *source;
    if (source->columns == NULL)
        made->source.columns = &made->columns;
    made->window = *window;
    made->n_window = n_window;
    made->support_len = support_len;
    made->B = options->batch_size;
    made->order = options->order;
    made->draw = options->draw;
    made->seed = options->seed;
    made->sampler = options->sampler;
    made->sampler_user = options->sampler_user;
    lstm_status status = allocate_iter(made);
    if (status < 0) {
        lstm_iter_free(made);
        return status;
    }
    *iter = made;
    return LSTM_OK;
}

lstm_status lstm_iter_new(lstm_iter **iter, const lstm_series *series,
                          const lstm_iter_options *options)
{
    lstm_iter_options read;
    LTS_NOT_NULL(iter);
    LTS_NOT_NULL(series);
    LTS_NOT_NULL(options);
    LTS_READ_OPTIONS(&read, options, lstm_iter_options);
    lts_window window = {read.window_len, read.pred, read.window_rule};
    int64_t n_window, support_len = 0;
    LTS_TRY(lts_context_read(read.context_len, read.horizon, &window, &support_len));
    LTS_TRY(lts_window_check(&window, series->n_row, &n_window));
    LTS_TRY(check_iter_options(&read));
    const lts_source source = {.series = series, .pred = window.pred};
    return make_iter(iter, &source, &window, n_window, support_len, &read);
}

/* A view has these. */
static lstm_status check_view_fields(const lstm_iter_options *options)
{
    static const char reason[] = "the view has the windows";
    LTS_TRY(lts_check_unset("window_len", options->window_len, reason));
    LTS_TRY(lts_check_unset("pred", options->pred, reason));
    LTS_TRY(lts_check_unset("window_rule", options->window_rule, reason));
    LTS_TRY(lts_check_unset("context_len", options->context_len, reason));
    return lts_check_unset("horizon", options->horizon, reason);
}

lstm_status lstm_iter_new_view(lstm_iter **iter, const lstm_view *view,
                               const lstm_iter_options *options)
{
    lstm_iter_options read;
    LTS_NOT_NULL(iter);
    LTS_NOT_NULL(view);
    LTS_READ_OPTIONS(&read, options, lstm_iter_options);
    LTS_TRY(check_view_fields(&read));
    LTS_TRY(check_iter_options(&read));
    if (view->n_window == 0)
        return lts_fail(LSTM_E_SHAPE, "the view of a forecaster has no windows");
    int64_t context_len = view->options.context_len;
    const lts_window window = {context_len + view->options.horizon - 1, 1, LSTM_WINDOWS_ALL};
    const lts_source source = {.columns = &view->columns, .pred = 1, .view = view};
    return make_iter(iter, &source, &window, view->n_window, context_len - 1, &read);
}

void lstm_iter_free(lstm_iter *iter)
{
    if (iter == NULL)
        return;
    lts_columns_clear(&iter->columns);
    lts_streams_clear(&iter->streams);
    lts_series_draw_clear(&iter->by_series);
    lts_free(iter->begins);
    lts_free(iter->offsets);
    lts_free(iter->candidates);
    lts_shuffle_clear(&iter->shuffle);
    lts_free(iter);
}

/* All of the batch at once. */
static int64_t draw_consecutive(lstm_iter *iter)
{
    uint64_t batch = iter->position.drawn / (uint64_t)iter->B;
    int64_t at = (int64_t)(batch % (uint64_t)iter->streams.len);
    for (int64_t b = 0; b < iter->B; b++)
        iter->candidates[b] = lts_streams_window(&iter->streams, b, at, &iter->begins[b]);
    return iter->B;
}

/*
 * Draws the candidates in the iterator's order; returns their number, 0 at the end of a pass, -1 if
 * a stop came.
 */
static int64_t draw_candidates(lstm_iter *iter)
{
    uint64_t drawn = iter->position.drawn, stream = lts_rng_part(LTS_RNG_WINDOWS, 0);
    uint64_t in_pass = drawn - iter->position.pass_start, all = (uint64_t)iter->n_window;
    int64_t n = iter->B;
    if (iter->order == LSTM_ORDER_CONSECUTIVE)
        return draw_consecutive(iter);
    if (iter->order == LSTM_ORDER_SEQUENTIAL) {
        uint64_t left = in_pass < all ? all - in_pass : 0;
        n = left < (uint64_t)n ? (int64_t)left : n;
    }
    for (int64_t b = 0; b < n; b++) {
        uint64_t number = drawn + (uint64_t)b;
        if (iter->by_series.n > 0)
            iter->candidates[b] = lts_series_draw_window(&iter->by_series, iter->seed, number);
        else if (iter->order == LSTM_ORDER_RANDOM)
            iter->candidates[b] = lts_rng_below(iter->seed, stream, number, iter->n_window);
        else if (iter->order == LSTM_ORDER_SHUFFLE)
            iter->candidates[b] =
                lts_shuffle_window(&iter->shuffle, iter->seed, number, iter->stop);
        else
            iter->candidates[b] = (int64_t)in_pass + b;
        if (iter->candidates[b] < 0)
            return -1;
    }
    return n;
}

/* Gets the candidates from the caller's sampler. LSTM_END if it ends. */
static lstm_status sample_candidates(lstm_iter *iter)
{
    if (iter->sampler(iter->position.iteration, iter->n_window, iter->candidates, iter->B,
                      iter->sampler_user) != 0)
        return LSTM_END;
    for (int64_t b = 0; b < iter->B; b++)
        if (iter->candidates[b] < 0 || iter->candidates[b] >= iter->n_window)
            return lts_fail(LSTM_E_ARGUMENT,
                            "the sampler returned offset %lld for window %lld of iteration %llu, "
                            "expected 0 .. %lld",
                            (long long)iter->candidates[b], (long long)b,
                            (unsigned long long)iter->position.iteration,
                            (long long)iter->n_window - 1);
    return LSTM_OK;
}

/* A position must be one that lstm_iter_set_position() takes. */
static lstm_status check_end(const lstm_iter *iter)
{
    const lstm_iter_position *p = &iter->position;
    if (p->iteration >= INT64_MAX || p->drawn > (uint64_t)(INT64_MAX - iter->B))
        return lts_fail(LSTM_E_LIMIT,
                        "iteration %llu, drawn %llu: the next batch would exceed 2^63 - 1",
                        (unsigned long long)p->iteration, (unsigned long long)p->drawn);
    return LSTM_OK;
}

lstm_status lstm_iter_next(lstm_iter *iter, int64_t *n_window)
{
    LTS_NOT_NULL(iter);
    LTS_TRY(check_end(iter));
    int64_t n = iter->B;
    lstm_status status = LSTM_OK;
    if (iter->sampler != NULL)
        status = sample_candidates(iter);
    else if ((n = draw_candidates(iter)) <= 0)
        status = n == 0 ? LSTM_END : LSTM_STOPPED;
    if (status != LSTM_OK)
        return status;
    int64_t *last = iter->offsets;
    iter->offsets = iter->candidates;
    iter->candidates = last;
    iter->n_drawn = n;
    iter->position.iteration++;
    iter->position.drawn += (uint64_t)n;
    if (n_window != NULL)
        *n_window = n;
    return LSTM_OK;
}

static lstm_status check_batch(const lstm_iter *iter)
{
    return iter->n_drawn > 0 ? LSTM_OK : lts_fail(LSTM_E_ORDER, "no batch has been drawn yet");
}

lstm_status lstm_iter_offsets(const lstm_iter *iter, int64_t *offsets, int64_t size)
{
    LTS_NOT_NULL(iter);
    LTS_NOT_NULL(offsets);
    LTS_TRY(check_batch(iter));
    if (size != iter->n_drawn)
        return lts_fail(LSTM_E_SHAPE, "the batch has %lld windows, the array given has %lld",
                        (long long)iter->n_drawn, (long long)size);
    memcpy(offsets, iter->offsets, (size_t)size * sizeof *offsets);
    return LSTM_OK;
}

/* Reads what is asked for of the present batch. */
static lstm_status read_batch(const lstm_iter *iter, real *x, real *target, real *weight)
{
    const lts_columns *columns = iter->source.columns;
    int64_t B = iter->n_drawn, D = columns->D, K = columns->K;
    lts_reader reader;
    LTS_TRY(check_batch(iter));
    lstm_status status = lts_reader_init(&reader, &iter->source, B);
    if (status >= 0)
        lts_reader_begin(&reader, iter->offsets, B);
    for (int64_t t = 0; status >= 0 && t < iter->window.T; t++) {
        if (x != NULL)
            lts_reader_inputs(&reader, t, x + t * B * D);
        if (target != NULL || weight != NULL)
            lts_reader_targets(&reader, t, target == NULL ? NULL : target + t * B * K,
                               weight == NULL ? NULL : weight + t * B * K);
    }
    lts_reader_clear(&reader);
    return status;
}

lstm_status lstm_iter_read(const lstm_iter *iter, lstm_real *x, lstm_real *target)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(iter);
    return read_batch(iter, x, target, NULL);
}

lstm_status lstm_iter_weights(const lstm_iter *iter, lstm_real *weight)
{
    LTS_FLOAT_SCOPE();
    LTS_NOT_NULL(iter);
    LTS_NOT_NULL(weight);
    return read_batch(iter, NULL, NULL, weight);
}

void lts_iter_put_back(lstm_iter *iter, const lstm_iter_position *position)
{
    iter->position = *position;
}

void lts_iter_next_pass(lstm_iter *iter)
{
    iter->position.pass_start = iter->position.drawn;
    iter->n_drawn = 0;
}

lstm_status lstm_iter_reset(lstm_iter *iter)
{
    return lstm_iter_set_position(iter, &(lstm_iter_position){0, 0, 0});
}

uint64_t lstm_iter_iteration(const lstm_iter *iter)
{
    return iter == NULL ? 0 : iter->position.iteration;
}

uint64_t lstm_iter_epoch(const lstm_iter *iter)
{
    return iter == NULL ? 0 : iter->position.drawn / (uint64_t)iter->epoch_size;
}

int64_t lstm_iter_windows(const lstm_iter *iter)
{
    return iter == NULL ? 0 : iter->n_window;
}

lstm_status lstm_iter_get_position(const lstm_iter *iter, lstm_iter_position *position)
{
    LTS_NOT_NULL(iter);
    LTS_NOT_NULL(position);
    *position = iter->position;
    return LSTM_OK;
}

lstm_status lstm_iter_set_position(lstm_iter *iter, const lstm_iter_position *position)
{
    LTS_NOT_NULL(iter);
    LTS_NOT_NULL(position);
    if (position->pass_start > position->drawn)
        return lts_fail(LSTM_E_ARGUMENT, "pass_start is %llu, expected at most drawn, %llu",
                        (unsigned long long)position->pass_start,
                        (unsigned long long)position->drawn);
    if (position->iteration > INT64_MAX || position->drawn > INT64_MAX)
        return lts_fail(LSTM_E_ARGUMENT, "iteration is %llu and drawn %llu, expected below 2^63",
                        (unsigned long long)position->iteration,
                        (unsigned long long)position->drawn);
    iter->position = *position;
    iter->n_drawn = 0;
    return LSTM_OK;
}
