/* SPDX-License-Identifier: MIT */
/*
 * An updater allocates the bytes that docs/performance.md documents for (N, B, D, K, H, L), and no
 * more.
 */
#include "assert_status.h"

#include "kernels/training.h"

#include <lstmts/library.h>
#include <lstmts/updater.h>
#include <stdlib.h>

typedef struct sizes {
    int64_t T, B, n, H, L;
    bool forced, unfolded; /* no output is fed back; the input layer is not folded */
} sizes;

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t rounded(int64_t n, int64_t to)
{
    return (n + to - 1) / to * to;
}

/* Floats of gradient and moments of Adam; the model has the parameters. */
static int64_t parameters(const sizes *s)
{
    int64_t layers = s->L * (8 * s->H * s->H + 4 * s->H);
    return layers + s->H * s->n + s->H + s->n * s->H + s->n;
}

/* The list of what products in parts take besides, of which two are as long as a float. */
static int64_t documented_parts(const sizes *s, const lts_kernels *kernels)
{
    const lts_part_kernels *parts = lts_training_kernels_of(kernels)->parts;
    if (parts == NULL || !parts->pays(s->H, s->B))
        return 0;
    int64_t H = s->H, Hp = rounded(H, kernels->lanes), G = lts_gate_row(kernels->lanes, H);
    int64_t h = rounded(H, 32), g = rounded(G, 32), n_in = rounded(s->n, 32);
    int64_t in = larger(s->n, s->L > 1 ? H : 0), row = h + larger(n_in, s->L > 1 ? h : 0);
    int64_t weights = s->L * (h * G + g * Hp) + (s->L - 1) * (h * G + g * Hp) + n_in * G;
    row = larger(row, g < 1024 ? g : 1024);
    return 3 * (weights + s->B * row + 256 * (H + in + 1 + G)) / 2;
}

/* Calls of which dy is kept where no output is fed back. */
static int64_t documented_calls(const sizes *s)
{
    int64_t calls =
        larger(65536 * (int64_t)sizeof(float) / (int64_t)sizeof(real) / (s->B * s->n), 1);
    return calls < s->T ? calls : s->T;
}

/* Inputs, outputs, targets and their gradients. */
static int64_t documented_rows(const sizes *s)
{
    int64_t rows = s->T * s->B * s->n;
    return s->forced ? 2 * rows + s->B * s->n * (1 + documented_calls(s)) : 5 * rows;
}

/* Weights of the input layer, packed, and what the fold takes. */
static int64_t documented_input(const sizes *s, int64_t lanes)
{
    int64_t H = s->H, n = s->n, Hp = rounded(H, lanes), G = lts_gate_row(lanes, H);
    if (s->unfolded)
        return n * Hp + H * rounded(n, lanes) + G * (H + Hp);
    return G * (n + rounded(n, lanes)) + 8 * H * (n + 1) + 2 * Hp * (n + 1) + 4 * H;
}

/* The document's list, line by line, with D = K = n and Adam. */
static int64_t documented_floats(const sizes *s, const lts_kernels *kernels)
{
    int64_t lanes = kernels->lanes, H = s->H, L = s->L, n = s->n, N = s->T;
    int64_t Hp = rounded(H, lanes), G = lts_gate_row(lanes, H);
    int64_t in = s->unfolded ? H : larger(n, L > 1 ? H : 0), rows = H + in + 1;
    int64_t trace = L * N * s->B * (G + 2 * Hp) + N * s->B * Hp * (s->unfolded ? 2 : 1);
    int64_t between = 4 * L * s->B * Hp;
    int64_t wide = larger(n >= H ? n : H + 1, s->unfolded ? n + 1 : 0);
    int64_t output = n >= H ? (H + 1) * rounded(n, lanes) : n * rounded(H + 1, lanes);
    int64_t products =
        larger(rows * (G + lanes), s->unfolded ? H * rounded(n + 1, lanes) : 0) + output;
    products += 256 * (rounded(rows, 48) + rounded(wide, lanes));
    int64_t packed = (L - 1) * G * (H + Hp) + L * G * (H + Hp) + H * rounded(n, lanes) + n * Hp;
    return trace + documented_rows(s) + between + products + packed + documented_input(s, lanes) +
           3 * parameters(s) + documented_parts(s, kernels);
}

/* Counts the bytes allocated through the public allocator. */
static void *count_and_give(size_t size, void *user)
{
    *(int64_t *)user += (int64_t)size;
    return malloc(size);
}

static void give_back(void *block, void *user)
{
    (void)user;
    free(block);
}

static int64_t bytes_of_an_updater(const sizes *s)
{
    int64_t counted = 0;
    const lstm_allocator counting = {count_and_give, give_back, &counted};
    lstm_series *series = NULL;
    lstm_model *model = NULL;
    lstm_iter *iter = NULL;
    lstm_updater *updater = NULL;
    lstm_model_options shape = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    lstm_updater_options options = LSTM_UPDATER_OPTIONS_INIT;
    int64_t n_row = s->T + 5;
    options.support_len = s->forced ? LSTM_TEACHER_FORCED : 0;
    lstm_real *rows = calloc((size_t)(n_row * s->n), sizeof *rows);
    shape.n_input = s->n, shape.n_hidden = s->H, shape.n_layer = s->L;
    windows.window_len = s->T, windows.batch_size = s->B;
    assert_non_null(rows);
    assert_ok(lstm_set_allocator(&counting));
    assert_ok(lstm_series_new(&series, rows, n_row, s->n));
    assert_ok(lstm_model_new(&model, &shape));
    assert_ok(lstm_iter_new(&iter, series, &windows));
    int64_t before = counted;
    assert_ok(lstm_updater_new(&updater, model, iter, &options));
    int64_t bytes = counted - before;
    lstm_updater_free(updater);
    lstm_iter_free(iter);
    lstm_model_free(model);
    lstm_series_free(series);
    assert_ok(lstm_set_allocator(NULL));
    free(rows);
    return bytes;
}

static void an_updater_takes_what_the_document_counts(void **fixture)
{
    (void)fixture;
    static const sizes cases[] = {
        {10, 10, 2, 100, 1, false, false}, {50, 64, 8, 64, 1, false, false},
        {20, 16, 4, 33, 3, false, false},  {7, 128, 32, 128, 2, false, false},
        {20, 16, 4, 33, 3, true, false},   {50, 64, 40, 64, 1, true, false},
        {12, 16, 400, 40, 1, true, true},  {12, 16, 400, 40, 2, false, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const lts_kernels *kernels = lts_kernels_select(cases[i].H);
        int64_t want = (int64_t)sizeof(lstm_real) * documented_floats(&cases[i], kernels);
        int64_t got = bytes_of_an_updater(&cases[i]);
        /* the rest, alignment, plan and structs, does not grow with the sizes */
        if (got > want + want / 50 + 32768 || got < want - want / 50)
            fail_msg("case %d takes %lld bytes, not about %lld", (int)i, (long long)got,
                     (long long)want);
    }
}

static void the_largest_workload_takes_less_than_700_megabytes(void **fixture)
{
    (void)fixture;
    const sizes W3 = {.T = 100, .B = 128, .n = 32, .H = 1024, .L = 1};
    int64_t model = parameters(&W3);
    assert_true(4 * (documented_floats(&W3, lts_kernels_select(W3.H)) + model) < 700 * 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_updater_takes_what_the_document_counts),
        cmocka_unit_test(the_largest_workload_takes_less_than_700_megabytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
