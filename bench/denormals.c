/* SPDX-License-Identifier: MIT */
/*
 * Measures the cost of denormal weights, which a file may contain, and which are slow on many
 * processors. Times of a step of one stream, a forecast and an update, with initial weights, and
 * with all of them or those of one kind scaled down to denormals:
 *
 *     lstmts-denormals [--seconds S]
 */
#include "timing.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 2, ROWS = 400, B = 10, T = 10, LARGEST = 4 * 256 * 256 };

/* Part of the names of the parameters that are scaled; NULL: none. */
static const char *const kinds[] = {NULL, "", "input", "weight_x", "weight_h", "output"};
enum { N_KIND = sizeof kinds / sizeof *kinds };

typedef struct subject {
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_state *state;
    float out[N];
} subject;

static bool ok(lstm_status status)
{
    if (status < 0)
        fprintf(stderr, "lstmts-denormals: %s\n", lstm_last_error());
    return status >= 0;
}

/* Weights are about 0.1; 1e-41 is a thousandth of the smallest normal number. */
static bool scale_down(lstm_model *model, const char *kind)
{
    static float values[LARGEST];
    for (int64_t i = 0; i < lstm_model_parameters(model); i++) {
        lstm_parameter_info info;
        if (!ok(lstm_model_parameter(model, i, &info)))
            return false;
        if (strstr(info.name, kind) == NULL)
            continue;
        if (!ok(lstm_model_get(model, info.name, values, info.size)))
            return false;
        for (int64_t e = 0; e < info.size; e++)
            values[e] *= 1e-40F;
        if (!ok(lstm_model_set(model, info.name, values, info.size)))
            return false;
    }
    return true;
}

static bool make(subject *s, int64_t H, const char *kind)
{
    static float rows[ROWS * N];
    lstm_model_options model = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    for (int64_t i = 0; i < ROWS * N; i++)
        rows[i] = sinf(0.05F * (float)(i % N + 1) * (float)(i / N));
    model.n_input = N;
    model.n_hidden = H;
    windows.window_len = T;
    windows.batch_size = B;
    return ok(lstm_series_new(&s->series, rows, ROWS, N)) &&
           ok(lstm_model_new(&s->model, &model)) && (kind == NULL || scale_down(s->model, kind)) &&
           ok(lstm_iter_new(&s->iter, s->series, &windows)) &&
           ok(lstm_updater_new(&s->updater, s->model, s->iter, NULL));
}

static void end(subject *s)
{
    lstm_state_free(s->state);
    lstm_updater_free(s->updater);
    lstm_iter_free(s->iter);
    lstm_model_free(s->model);
    lstm_series_free(s->series);
}

static bool step(void *what)
{
    static const float x[N] = {0.3F, -0.7F};
    subject *s = what;
    return ok(lstm_state_step(s->state, x, s->out));
}

/* Backward without applying: an update by Adam would make the weights normal. */
static bool backward(void *what)
{
    return ok(lstm_updater_backward(((subject *)what)->updater));
}

static bool measure(int64_t H, double seconds)
{
    double usual[2] = {0, 0};
    for (int k = 0; k < N_KIND; k++) {
        subject s;
        bench_time times[2];
        memset(&s, 0, sizeof s);
        bool fine = make(&s, H, kinds[k]) && ok(lstm_state_new(&s.state, s.model, 1)) &&
                    bench_measure(step, &s, seconds, &times[0]) &&
                    bench_measure(backward, &s, seconds, &times[1]);
        end(&s);
        if (!fine)
            return false;
        for (int i = 0; i < 2 && k == 0; i++)
            usual[i] = times[i].minimum_ns;
        printf("%-5lld %-10s %12.0f ns %6.2f %12.0f ns %6.2f\n", (long long)H,
               kinds[k] == NULL      ? "none"
               : kinds[k][0] == '\0' ? "all"
                                     : kinds[k],
               times[0].minimum_ns, times[0].minimum_ns / usual[0], times[1].minimum_ns,
               times[1].minimum_ns / usual[1]);
    }
    return true;
}

int main(int argc, char **argv)
{
    static const int64_t sizes[] = {16, 100, 256};
    double seconds = 0.5;
    bool fine = true;
    if (argc == 3 && strcmp(argv[1], "--seconds") == 0)
        seconds = atof(argv[2]);
    if ((argc != 1 && argc != 3) || !(seconds > 0)) {
        fputs("usage: lstmts-denormals [--seconds S]\n", stderr);
        return 2;
    }
    printf("%-5s %-10s %15s %6s %15s %6s\n", "H", "denormal", "step", "times", "gradient", "times");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && fine; i++)
        fine = measure(sizes[i], seconds);
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
