/* SPDX-License-Identifier: MIT */
#include "forecast/view_forecast.h"

#include "base/memory.h"
#include "base/rng.h"
#include "base/status.h"
#include "base/threads.h"
#include "forecast/state.h"
#include "network/unroll.h"
#include "view/source.h"

#include <stdio.h>

/* Windows that run together: the weights are read once for all of them. */
enum { BLOCK = 128, ERROR_SIZE = 512 };

/* One thread's objects. */
typedef struct worker {
    lstm_state *state;
    lts_reader reader;
    real *fed;        /**< [B, K] what the next step may be fed */
    real *quantiles;  /**< [B, K] of one share                  */
    int64_t *numbers; /**< [B] of the windows, for messages     */
    lstm_status status;
    char error[ERROR_SIZE];
} worker;

typedef struct task {
    const lts_view_forecast *forecast;
    const lts_source *source;
    worker *workers;
    real *x;
} task;

static lstm_status init_worker(worker *w, const task *t, int64_t B)
{
    const lts_view_forecast *f = t->forecast;
    LTS_TRY(lstm_state_new(&w->state, f->model, B));
    w->fed = lts_alloc(B * f->view->columns.K, sizeof *w->fed);
    w->quantiles = lts_alloc(B * f->view->columns.K, sizeof *w->quantiles);
    w->numbers = lts_alloc(B, sizeof *w->numbers);
    if (w->fed == NULL || w->quantiles == NULL || w->numbers == NULL)
        return LSTM_E_NOMEM;
    w->state->stream_numbers = w->numbers;
    w->state->stream_noun = "window";
    return lts_reader_init(&w->reader, t->source, B);
}

static void clear_worker(worker *w)
{
    lstm_state_free(w->state);
    lts_reader_clear(&w->reader);
    lts_free(w->fed);
    lts_free(w->quantiles);
    lts_free(w->numbers);
}

/*
 * Fills missing inputs x [B, D]: by what is fed, if there is any and the column is fed back, else
 * by 0.
 */
static void fill_inputs(const lts_columns *columns, int64_t B, const real *fed, real *x)
{
    for (int64_t b = 0; b < B; b++)
        for (int64_t j = 0; j < columns->D; j++, x++)
            if (isnan(*x))
                *x = fed != NULL && columns->feed[j] >= 0 ? fed[b * columns->K + columns->feed[j]]
                                                          : 0;
}

/* Samples of the distributions that outputs y [B, n_out K] of windows from `first` on stand for. */
static void draw_samples(const lts_view_forecast *f, int64_t first, int64_t B, int64_t step,
                         const real *y, real *samples)
{
    int64_t K = f->view->columns.K;
    for (int64_t i = 0; i < B * K; i++) {
        uint64_t stream = lts_rng_part(LTS_RNG_PATHS, f->first + (uint64_t)(first + i / K));
        double uniform = lts_rng_uniform(f->seed, stream, (uint64_t)(step * K + i % K));
        samples[i] = lts_loss_quantile(f->loss, i, K, y, uniform == 0 ? 0x1p-54 : uniform);
    }
}

/* Windows of a block, and the segment that a step predicts. */
typedef struct place {
    int64_t first, B, segment;
} place;

/* Stores values [B, K] in a slab. Rows of a segment follow each other in an output. */
static void store(const task *t, const place *p, int64_t slab, const real *values)
{
    const lts_view_forecast *f = t->forecast;
    int64_t K = f->view->columns.K;
    real *x = t->x + slab * f->n * f->n_segment * K;
    for (int64_t b = 0; b < p->B; b++)
        memcpy(x + ((p->first + b) * f->n_segment + p->segment) * K, values + b * K,
               (size_t)K * sizeof(real));
}

/* Stores what a step of the horizon predicts. */
static void store_step(const task *t, const worker *w, const place *p)
{
    const lts_view_forecast *f = t->forecast;
    int64_t K = f->view->columns.K, n_slab = lts_view_forecast_slabs(f);
    store(t, p, 0, w->fed);
    for (int64_t slab = 1; slab < n_slab; slab++) {
        for (int64_t i = 0; i < p->B * K; i++)
            w->quantiles[i] =
                lts_loss_quantile(f->loss, i, K, w->state->trace.y, f->shares->at[slab - 1]);
        store(t, p, slab, w->quantiles);
    }
}

static lstm_status run_block(const task *t, worker *w, int64_t first, int64_t B)
{
    const lts_view_forecast *f = t->forecast;
    const lts_columns *columns = &f->view->columns;
    lts_trace *trace = &w->state->trace;
    int64_t context_len = f->view->options.context_len;
    for (int64_t b = 0; b < B; b++)
        w->numbers[b] = first + b;
    lts_state_restart(w->state, B);
    lts_reader_begin_places(&w->reader, f->places + first, B);
    for (int64_t step = 0; step < context_len - 1 + f->n_segment; step++) {
        lts_reader_inputs(&w->reader, step, trace->x);
        fill_inputs(columns, B, step == 0 ? NULL : w->fed, trace->x);
        LTS_TRY(lts_state_try(w->state));
        lts_state_commit(w->state);
        if (f->sampled && step >= context_len - 1)
            draw_samples(f, first, B, step, trace->y, w->fed);
        else
            lts_loss_location(f->loss, B, columns->K, trace->y, w->fed);
        const place at = {first, B, step - (context_len - 1)};
        if (at.segment >= 0)
            store_step(t, w, &at);
    }
    return LSTM_OK;
}

static void run_part(void *work, int64_t part, int64_t n_part)
{
    const task *t = work;
    worker *w = &t->workers[part];
    int64_t n = t->forecast->n, end = lts_part_begin(n, part + 1, n_part);
    w->status = LSTM_OK;
    for (int64_t first = lts_part_begin(n, part, n_part); first < end && w->status >= 0;
         first += BLOCK)
        w->status = run_block(t, w, first, end - first < BLOCK ? end - first : BLOCK);
    if (w->status < 0)
        snprintf(w->error, ERROR_SIZE, "%s", lstm_last_error());
}

static lstm_status run_workers(task *t, lts_pool *pool)
{
    int64_t n = lts_pool_size(pool), B = t->forecast->n < BLOCK ? t->forecast->n : BLOCK;
    lstm_status status = LSTM_OK;
    t->workers = lts_alloc(n, sizeof *t->workers);
    if (t->workers == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < n && status >= 0; i++)
        status = init_worker(&t->workers[i], t, B);
    if (status >= 0)
        lts_pool_run(pool, run_part, t);
    for (int64_t i = 0; i < n && status >= 0; i++)
        if (t->workers[i].status < 0)
            status = lts_fail(t->workers[i].status, "%s", t->workers[i].error);
    for (int64_t i = 0; i < n; i++)
        clear_worker(&t->workers[i]);
    lts_free(t->workers);
    return status;
}

lstm_status lts_view_forecast_run(const lts_view_forecast *forecast, real *x)
{
    const lstm_view *view = forecast->view;
    const lstm_model *model = forecast->model;
    const lts_source source = {.columns = &view->columns, .pred = 1, .view = view};
    task t = {.forecast = forecast, .source = &source, .x = x};
    lts_pool *pool;
    LTS_TRY(
        lts_columns_match(&view->columns, model->params.D, forecast->loss->n_out, model->params.K));
    double n_call = (double)(view->options.context_len - 1 + forecast->n_segment);
    LTS_TRY(lts_pool_new(&pool, lts_worth_threads(model->kernels, &model->params, n_call,
                                                  forecast->n, forecast->n_thread)));
    lstm_status status = run_workers(&t, pool);
    lts_pool_free(pool);
    return status;
}

struct lts_view_worker {
    worker run;
    lts_source source;
    int64_t B;
};

lstm_status lts_view_worker_new(lts_view_worker **out, const lts_view_forecast *forecast, int64_t B)
{
    const lstm_view *view = forecast->view;
    const lstm_model *model = forecast->model;
    LTS_TRY(
        lts_columns_match(&view->columns, model->params.D, forecast->loss->n_out, model->params.K));
    lts_view_worker *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    made->source = (lts_source){.columns = &view->columns, .pred = 1, .view = view};
    made->B = B < BLOCK ? B : BLOCK;
    const task t = {.forecast = forecast, .source = &made->source};
    lstm_status status = init_worker(&made->run, &t, made->B);
    if (status < 0) {
        lts_view_worker_free(made);
        return status;
    }
    *out = made;
    return LSTM_OK;
}

void lts_view_worker_free(lts_view_worker *own)
{
    if (own == NULL)
        return;
    clear_worker(&own->run);
    lts_free(own);
}

lstm_status lts_view_worker_run(lts_view_worker *own, const lts_view_forecast *forecast, real *x)
{
    const task t = {.forecast = forecast, .source = &own->source, .x = x};
    int64_t n = forecast->n, B = own->B;
    for (int64_t first = 0; first < n; first += B)
        LTS_TRY(run_block(&t, &own->run, first, n - first < B ? n - first : B));
    return LSTM_OK;
}
