/* SPDX-License-Identifier: MIT */
/*
 * Prints how long each workload of docs/performance.md takes. Nothing here passes or fails by time.
 */
#include "report.h"
#include "sweep.h"

#include <lstmts/lstmts.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct request {
    const char *only; /* names separated by commas, or NULL */
    const char *json;
    int64_t n_thread; /* 0: one, then two */
    double seconds;
    bool sweep;
} request;

typedef bool (*measure_fn)(const bench_shape *shape, double seconds, bench_time *time);

typedef struct workload {
    const char *name;
    measure_fn measure;
    bench_shape shape;
    double passes; /* a forward pass counts 1, with a backward one 3 */
} workload;

static const workload workloads[] = {
    {"W1", bench_training, {2, 100, 10, 10, LSTM_TEACHER_FORCED, 1}, 3},
    {"W2", bench_training, {8, 256, 64, 50, LSTM_TEACHER_FORCED, 1}, 3},
    {"W3", bench_training, {32, 1024, 128, 100, LSTM_TEACHER_FORCED, 1}, 3},
    {"W4", bench_training, {8, 256, 64, 50, 10, 1}, 3},
    {"W5/16", bench_stream, {2, 16, 1, 1, 0, 1}, 1},
    {"W5/32", bench_stream, {2, 32, 1, 1, 0, 1}, 1},
    {"W5/100", bench_stream, {2, 100, 1, 1, 0, 1}, 1},
    {"W5/256", bench_stream, {2, 256, 1, 1, 0, 1}, 1},
    {"W5/512", bench_stream, {2, 512, 1, 1, 0, 1}, 1},
    {"W5/1024", bench_stream, {2, 1024, 1, 1, 0, 1}, 1},
    {"W6", bench_fleet, {2, 100, 1000, 50, 0, 1}, 1},
};

/* W5 names all of W5/16 ... */
static bool wanted(const char *only, const char *name)
{
    size_t whole = strlen(name), family = strcspn(name, "/");
    for (const char *at = only; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, ",");
        if ((length == whole || length == family) && strncmp(at, name, length) == 0)
            return true;
        at += length + (at[length] == ',');
    }
    return only == NULL;
}

static bool is_workload(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
        const char *known = workloads[i].name;
        if ((length == strlen(known) || length == strcspn(known, "/")) &&
            strncmp(name, known, length) == 0)
            return true;
    }
    return false;
}

static bool measure_one(bench_report *report, const workload *w, int64_t n_thread)
{
    bench_shape shape = w->shape;
    bench_time time;
    shape.n_thread = n_thread;
    if (!w->measure(&shape, report->seconds, &time))
        return false;
    if (w->measure == bench_stream)
        bench_report_add_stream(report, w->name, &shape, &time);
    else
        bench_report_add(report, w->name, &shape, w->passes * (double)(shape.B * shape.T), &time);
    return true;
}

static bool measure_all(bench_report *report, const request *r)
{
    for (int64_t n_thread = 1; n_thread <= 2; n_thread++)
        for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
            const workload *w = &workloads[i];
            bool runs = wanted(r->only, w->name) && (r->n_thread == 0 || r->n_thread == n_thread);
            if (runs && !measure_one(report, w, n_thread))
                return false;
        }
    return true;
}

static int usage(void)
{
    fputs("usage: lstmts-bench [--quick] [--seconds S] [--threads 1|2] [--only W1,W5,...]\n"
          "                    [--sweep] [--json FILE]\n",
          stderr);
    return 2;
}

static bool refuse(const char *option, const char *value, const char *must)
{
    fprintf(stderr, "lstmts-bench: %s is \"%s\", it must be %s\n", option, value, must);
    return false;
}

static bool read_names(const char **only, const char *value)
{
    for (const char *at = value;; at++) {
        size_t length = strcspn(at, ",");
        if (!is_workload(at, length))
            return refuse("--only", value, "names of workloads, W1 to W6, between commas");
        at += length;
        if (*at == '\0')
            break;
    }
    *only = value;
    return true;
}

static bool read_seconds(double *seconds, const char *value)
{
    char *end;
    *seconds = strtod(value, &end);
    if (end == value || *end != '\0' || !isfinite(*seconds) || !(*seconds > 0))
        return refuse("--seconds", value, "a number above 0");
    return true;
}

static bool read_threads(int64_t *n_thread, const char *value)
{
    if (strcmp(value, "1") != 0 && strcmp(value, "2") != 0)
        return refuse("--threads", value, "1 or 2");
    *n_thread = value[0] - '0';
    return true;
}

/* An option that has a value; false if there is no such option or the value will not do. */
static bool read_value(request *r, const char *option, const char *value)
{
    if (strcmp(option, "--only") == 0)
        return read_names(&r->only, value);
    if (strcmp(option, "--seconds") == 0)
        return read_seconds(&r->seconds, value);
    if (strcmp(option, "--threads") == 0)
        return read_threads(&r->n_thread, value);
    if (strcmp(option, "--json") != 0)
        return false;
    r->json = value;
    return true;
}

static bool read_arguments(request *r, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) {
            r->seconds = 0.2;
        } else if (strcmp(argv[i], "--sweep") == 0) {
            r->sweep = true;
        } else if (i + 1 == argc || !read_value(r, argv[i], argv[i + 1])) {
            return false;
        } else {
            i++;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    request r = {.seconds = 2};
    bench_report report = {0};
    if (!read_arguments(&r, argc, argv))
        return usage();
    bool fine = bench_report_open(&report, r.seconds) && measure_all(&report, &r) &&
                (!r.sweep || bench_sweep(&report, r.n_thread)) &&
                (r.json == NULL || bench_report_write(&report, r.json));
    bench_report_close(&report);
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
