/* SPDX-License-Identifier: MIT */
/*
 * How the intervals of a forecaster cover a table, beside those of ridge regression:
 *
 *     lstmts-intervals [OPTION=VALUE...] FILE.csv HORIZON...
 *
 * One forecaster is fitted for the longest horizon, with intervals of 90 %. Every window of the
 * test part counts that has all targets in the table, from each of its rows. Intervals are those of
 * lstm_forecaster_intervals(). Widths and scores are divided by the deviation of the training part.
 *
 * task.h has the options; naive and scale have no meaning here.
 */
#include "task.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double MISSED = 0.1; /* the share of misses of the default level */

typedef enum method { FORECASTER, RIDGE, N_METHOD } method;
static const char *const method_names[] = {"forecaster", "ridge"};

/* Of one column. */
typedef struct sums {
    double n, covered, width, score;
} sums;

typedef struct bench {
    bench_task task;
    lstm_real *lower, *upper; /* [n_origin, H, C]         */
    sums *sums;               /* [N_METHOD, n_horizon, C] */
} bench;

static void add(sums *to, double truth, double lower, double upper, double deviation)
{
    double beyond = fmax(lower - truth, truth - upper);
    if (isnan(truth) || isnan(lower) || isnan(upper))
        return;
    to->n++;
    to->covered += beyond <= 0;
    to->width += (upper - lower) / deviation;
    to->score += (upper - lower + 2 / MISSED * fmax(beyond, 0)) / deviation;
}

/* Judges the first h rows of all whole windows; sums [C]. */
static void judge(const bench *b, int64_t h, sums *of_columns)
{
    const bench_task *t = &b->task;
    int64_t C = t->table.C;
    for (int64_t i = 0; i <= t->n_origin - h; i++)
        for (int64_t r = 0; r < h; r++)
            for (int64_t c = 0; c < C; c++) {
                int64_t at = (i * t->H + r) * C + c;
                add(&of_columns[c], (double)t->table.rows[(t->origins[i] + r) * C + c],
                    (double)b->lower[at], (double)b->upper[at], t->deviation[c]);
            }
}

/* Fits a forecaster, and computes its intervals from all rows of the test part. */
static bool run(bench *b, int64_t use, int64_t seed, method m)
{
    static char text[8192];
    double seconds;
    const bench_task *t = &b->task;
    lstm_forecaster *forecaster = NULL;
    bool done = bench_task_fit(t, use, seed, &forecaster, &seconds) == LSTM_OK &&
                lstm_forecaster_describe(forecaster, text, sizeof text, NULL) == LSTM_OK &&
                lstm_forecaster_intervals(forecaster, t->dataset, 0, t->origins, t->n_origin, NULL,
                                          b->lower, b->upper) == LSTM_OK;
    lstm_forecaster_free(forecaster);
    if (!done)
        return false;
    const char *by = strchr(text, ':');
    if (m == FORECASTER && by != NULL)
        printf("seed %lld: forecast by %.*s\n", (long long)seed, (int)strcspn(by + 1, ","), by + 1);
    for (int64_t i = 0; i < t->n_horizon; i++)
        judge(b, t->horizons[i], b->sums + (m * t->n_horizon + i) * t->table.C);
    return true;
}

static void print_line(const bench *b, method m, int64_t i)
{
    int64_t n = b->task.n_horizon, C = b->task.table.C;
    const sums *of_columns = b->sums + (m * n + i) * C;
    sums all = {0, 0, 0, 0};
    double least = 1, most = 0;
    for (int64_t c = 0; c < C; c++) {
        const sums *s = &of_columns[c];
        if (!(s->n > 0))
            continue;
        least = fmin(least, s->covered / s->n), most = fmax(most, s->covered / s->n);
        all.n += s->n, all.covered += s->covered, all.width += s->width, all.score += s->score;
    }
    printf("| %lld | %s | %.3f | %.3f - %.3f | %.3f | %.3f |\n", (long long)b->task.horizons[i],
           method_names[m], all.covered / all.n, least, most, all.width / all.n, all.score / all.n);
}

static void print_table(const bench *b)
{
    bench_task_print(&b->task);
    printf(
        "\n| rows | intervals of | coverage | columns | width | score |\n|---|---|---|---|---|---|"
        "\n");
    for (int64_t i = 0; i < b->task.n_horizon; i++)
        for (method m = b->task.ridge ? RIDGE : FORECASTER; m < N_METHOD; m++)
            print_line(b, m, i);
}

static bool allocate(bench *b)
{
    const bench_task *t = &b->task;
    size_t all = (size_t)(t->n_origin * t->H * t->table.C);
    b->lower = malloc(all * sizeof *b->lower);
    b->upper = malloc(all * sizeof *b->upper);
    b->sums = calloc((size_t)(N_METHOD * t->n_horizon * t->table.C), sizeof *b->sums);
    return b->lower != NULL && b->upper != NULL && b->sums != NULL;
}

static bool run_all(bench *b)
{
    bool done = allocate(b) && run(b, LSTM_USE_RIDGE, 0, RIDGE);
    for (int64_t seed = 0; seed < b->task.seeds && !b->task.ridge && done; seed++)
        done = run(b, LSTM_USE_AUTO, seed, FORECASTER);
    if (done)
        print_table(b);
    return done;
}

int main(int n, char **arguments)
{
    static bench b;
    bool done = bench_task_begin(&b.task, n, arguments) && run_all(&b);
    if (!done && *lstm_last_error() != '\0')
        fprintf(stderr, "%s: %s\n", arguments[0], lstm_last_error());
    bench_task_end(&b.task);
    free(b.lower);
    free(b.upper);
    free(b.sums);
    return !done;
}
