/* SPDX-License-Identifier: MIT */
/*
 * What denormal numbers cost: a file may hold them as weights, unscaled data saturates the gates so
 * that gradients become denormal, and the state of a stream without input and biases decays through
 * them. Some processors trap on each. Times of a step of one stream and of a gradient, relative to
 * the same work without denormals:
 *
 *     lstmts-denormals [--seconds S]
 *
 * Fails if a ratio is above 1.5.
 */
#include "timing.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 2, ROWS = 400, B = 10, T = 10, LARGEST = 4 * 256 * 256 };

/* A source of denormals. */
typedef struct source {
    const char *name;
    const char *weights; /* a part of the names of the parameters that are denormal; NULL: none */
    float low, high;     /* range of the data */
    bool silent;         /* all biases 0, and no input after the first steps */
} source;

static const source sources[] = {
    {"none", NULL, -1, 1, false},
    {"all weights", "", -1, 1, false},
    {"input", "input", -1, 1, false},
    {"weight_x", "weight_x", -1, 1, false},
    {"weight_h", "weight_h", -1, 1, false},
    {"output", "output", -1, 1, false},
    {"data 50..2000", NULL, 50, 2000, false},
    {"silent stream", NULL, -1, 1, true},
};
enum { N_SOURCE = sizeof sources / sizeof *sources };
static const double most = 1.5; /* ratio */

typedef struct subject {
    lstm_series *series;
    lstm_model *model;
    lstm_iter *iter;
    lstm_updater *updater;
    lstm_state *state;
    float in[N], out[N];
} subject;

static bool ok(lstm_status status)
{
    if (status < 0)
        fprintf(stderr, "lstmts-denormals: %s\n", lstm_last_error());
    return status >= 0;
}

/* Weights are about 0.1: 1e-41 is a thousandth of the smallest number that is normal. */
static bool scale(lstm_model *model, const char *kind, float factor)
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
            values[e] *= factor;
        if (!ok(lstm_model_set(model, info.name, values, info.size)))
            return false;
    }
    return true;
}

static bool make(subject *s, int64_t H, const source *from)
{
    static float rows[ROWS * N];
    lstm_model_options model = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options windows = LSTM_ITER_OPTIONS_INIT;
    for (int64_t i = 0; i < ROWS * N; i++)
        rows[i] = from->low + (from->high - from->low) / 2 *
                                  (1 + sinf(0.05F * (float)(i % N + 1) * (float)(i / N)));
    model.n_input = N;
    model.n_hidden = H;
    windows.window_len = T;
    windows.batch_size = B;
    return ok(lstm_series_new(&s->series, rows, ROWS, N)) &&
           ok(lstm_model_new(&s->model, &model)) &&
           (from->weights == NULL || scale(s->model, from->weights, 1e-40F)) &&
           (!from->silent || scale(s->model, "bias", 0)) &&
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
    subject *s = what;
    return ok(lstm_state_step(s->state, s->in, s->out));
}

/* A silent stream decays for as many steps as take it to denormals. */
static bool start_stream(subject *s, const source *from)
{
    bool fine = ok(lstm_state_new(&s->state, s->model, 1));
    for (int i = 0; i < N; i++)
        s->in[i] = from->low + (from->high - from->low) * 0.3F * (float)(i + 1);
    for (int i = 0; i < 10 && fine; i++)
        fine = step(s);
    if (from->silent)
        memset(s->in, 0, sizeof s->in);
    for (int i = 0; i < 300 && fine; i++)
        fine = step(s);
    return fine;
}

/* Backward without applying: an update by Adam would make the weights normal. */
static bool backward(void *what)
{
    return ok(lstm_updater_backward(((subject *)what)->updater));
}

static bool print_times(int64_t H, const source *from, const bench_time times[2],
                        const double usual[2])
{
    double ratio[2] = {times[0].minimum_ns / usual[0], times[1].minimum_ns / usual[1]};
    printf("%-5lld %-14s %12.0f ns %6.2f %12.0f ns %6.2f\n", (long long)H, from->name,
           times[0].minimum_ns, ratio[0], times[1].minimum_ns, ratio[1]);
    return ratio[0] <= most && ratio[1] <= most;
}

static bool measure(int64_t H, double seconds, bool *within)
{
    double usual[2] = {0, 0};
    for (int k = 0; k < N_SOURCE; k++) {
        subject s;
        bench_time times[2];
        memset(&s, 0, sizeof s);
        bool fine = make(&s, H, &sources[k]) && start_stream(&s, &sources[k]) &&
                    bench_measure(step, &s, seconds, &times[0]) &&
                    bench_measure(backward, &s, seconds, &times[1]);
        end(&s);
        if (!fine)
            return false;
        for (int i = 0; i < 2 && k == 0; i++)
            usual[i] = times[i].minimum_ns;
        *within = print_times(H, &sources[k], times, usual) && *within;
    }
    return true;
}

int main(int argc, char **argv)
{
    static const int64_t sizes[] = {16, 100, 256};
    double seconds = 0.5;
    bool fine = true, within = true;
    if (argc == 3 && strcmp(argv[1], "--seconds") == 0)
        seconds = atof(argv[2]);
    if ((argc != 1 && argc != 3) || !(seconds > 0)) {
        fputs("usage: lstmts-denormals [--seconds S]\n", stderr);
        return 2;
    }
    printf("%-5s %-14s %15s %6s %15s %6s\n", "H", "denormal", "step", "times", "gradient", "times");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes && fine; i++)
        fine = measure(sizes[i], seconds, &within);
    if (fine && !within)
        fprintf(stderr, "lstmts-denormals: a ratio is above %g\n", most);
    return fine && within ? EXIT_SUCCESS : EXIT_FAILURE;
}
