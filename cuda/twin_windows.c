/* SPDX-License-Identifier: MIT */
/* The kernels of backend.h for windows and losses in plain C: the twin's. */
#include "elements.h"
#include "twin.h"

#include <string.h>

void lts_gpu_gather(lts_gpu *gpu, const lts_gather_rows *g)
{
    if (!lts_twin_can_work(gpu, g->out, g->n_call * g->B))
        return;
    float *out = g->out;
    for (int64_t call = 0; call < g->n_call; call++)
        for (int64_t b = 0; b < g->B; b++)
            for (int64_t j = 0; j < g->n; j++)
                *out++ = g->series[(g->offsets[b] + g->rows[call]) * g->n_column + g->columns[j]];
}

void lts_gpu_view_levels(lts_gpu *gpu, const lts_view_table *v, lts_table_level *levels)
{
    if (!lts_twin_can_work(gpu, levels, v->n_window))
        return;
    for (int64_t i = 0; i < v->n_window * v->n_base; i++) {
        const lts_table_place place = lts_table_place_of(v, i / v->n_base);
        levels[i] = lts_table_level_of(v, &place, i % v->n_base);
    }
}

void lts_gpu_gather_view(lts_gpu *gpu, const lts_gather_view *g)
{
    const lts_view_table *v = g->table;
    if (!lts_twin_can_work(gpu, g->x, g->n_call * g->B))
        return;
    for (int64_t b = 0; b < g->B; b++)
        g->places[b] = lts_table_place_of(v, g->numbers[b]);
    for (int64_t row = 0; row < g->n_call * g->B; row++) {
        const lts_table_place *place = &g->places[row % g->B];
        for (int64_t d = 0; d < v->D; d++)
            g->x[row * v->D + d] = lts_table_input(v, place, g->levels + place->number * v->n_base,
                                                   g->rows[row / g->B], d);
    }
    for (int64_t row = 0; row < g->T * g->B; row++) {
        const lts_table_place *place = &g->places[row % g->B];
        for (int64_t k = 0; k < v->K; k++)
            g->target[row * v->K + k] =
                lts_table_scored(v, place, g->levels + place->number * v->n_base, row / g->B, k,
                                 &g->weight[row * v->K + k]);
    }
}

void lts_gpu_feed(lts_gpu *gpu, const lts_feeding *f, const float *y, float *x)
{
    if (!lts_twin_can_work(gpu, x, f->n))
        return;
    for (int64_t i = 0; i < f->n * f->B * f->D; i++)
        lts_feed_element(f, i, y, x);
}

void lts_gpu_feed_back(lts_gpu *gpu, const lts_feeding *f, const float *y, const float *dx,
                       float *dy)
{
    int64_t at;
    float more;
    if (!lts_twin_can_work(gpu, dx, f->n))
        return;
    for (int64_t i = 0; i < f->n * f->B * f->D; i++)
        if (lts_feed_back_element(f, i, y, dx, &at, &more))
            dy[at] += more;
}

void lts_gpu_withhold(lts_gpu *gpu, const lts_feeding *f, const lts_numbers *numbers, float *x)
{
    if (!lts_twin_can_work(gpu, x, f->n) || numbers->withheld <= 0)
        return;
    for (int64_t row = 0; row < f->n * f->B; row++) {
        int64_t call = row / f->B;
        if (f->holes[call] == 0 || f->feed[call] < 0 || !lts_is_withheld(numbers, row))
            continue;
        for (int64_t d = 0; d < f->D; d++)
            if (f->column_feed[d] >= 0)
                x[row * f->D + d] = NAN;
    }
}

void lts_gpu_draw_kept(lts_gpu *gpu, const lts_dropout *dropout, const lts_numbers *numbers,
                       int64_t l, int64_t rows, int64_t H, uint32_t *kept)
{
    int64_t words = lts_kept_words(H);
    if (!lts_twin_can_work(gpu, kept, rows))
        return;
    for (int64_t i = 0; i < rows * words; i++)
        kept[i] = lts_kept_word(dropout, numbers->number, l, i / words, i % words);
}

void lts_gpu_drop(lts_gpu *gpu, int64_t rows, int64_t H, float scale, const uint32_t *kept,
                  const float *h, float *out)
{
    int64_t words = lts_kept_words(H);
    if (!lts_twin_can_work(gpu, out, rows))
        return;
    for (int64_t i = 0; i < rows * H; i++)
        out[i] = lts_drop_element(H, words, scale, kept, h, i);
}

static void score_plain(const lts_scoring *s, int64_t call)
{
    int64_t t = s->target_step[call], slot = s->B * s->K;
    float *dy = s->dy + call * slot, slope = 2 / (float)slot;
    double sum = 0;
    for (int64_t i = 0; i < slot; i++) {
        float error = t < 0 ? 0 : s->y[call * slot + i] - s->target[t * slot + i];
        sum += (double)error * (double)error;
        dy[i] = slope * error;
    }
    if (t >= 0)
        s->step_loss[t] = sum / (double)slot;
}

static void score_by_kind(const lts_scoring *s, int64_t call)
{
    int64_t t = s->target_step[call], slot = s->B * s->K;
    bool quantiles = s->loss.kind == LSTM_LOSS_QUANTILE;
    double parameter[LTS_MAX_LEVELS], slope[LTS_MAX_LEVELS], sum = 0, total = 0;
    if (t < 0) {
        memset(s->dy + call * slot * s->loss.n_out, 0,
               (size_t)(slot * s->loss.n_out) * sizeof *s->dy);
        return;
    }
    for (int64_t i = 0; i < s->T; i++)
        total += (s->loss.n_step_weight == 0 ? 1 : s->loss.step_weights[i]) * s->weight_sum[i];
    if (s->loss.reduction == LSTM_REDUCTION_STEPS)
        total = s->weight_sum[t];
    double scale = lts_score_scale(s, t, total);
    for (int64_t i = 0; i < slot; i++)
        sum += lts_score_element(s, call, t, i, scale, quantiles, parameter, slope);
    s->step_loss[t] = scale * sum;
}

void lts_gpu_score(lts_gpu *gpu, const lts_scoring *s)
{
    int64_t slot = s->B * s->K;
    bool plain = lts_scoring_is_plain(s);
    if (!lts_twin_can_work(gpu, s->y, slot))
        return;
    for (int64_t i = 0; i < s->T * slot && !plain; i++) {
        if (i % slot == 0)
            s->weight_sum[i / slot] = 0;
        s->weight_sum[i / slot] += lts_target_weight(&s->loss, s->weight, i, i % s->K);
    }
    for (int64_t call = 0; call < s->n_call; call++)
        if (plain)
            score_plain(s, call);
        else
            score_by_kind(s, call);
}
