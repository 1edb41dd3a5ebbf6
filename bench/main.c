/* SPDX-License-Identifier: MIT */
/*
 * Prints the time of each workload of docs/performance.md. Nothing here passes or fails by time.
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
    int64_t batch;    /* windows of an update, series of a fleet; 0: the workload's */
    const char *device;
    int64_t precision;
    int64_t weights;
    double seconds;
    bool sweep;
} request;

typedef bool (*measure_fn)(const bench_shape *shape, double seconds, bench_time *time);

typedef struct workload {
    const char *name;
    measure_fn measure;
    bench_shape shape;
    double passes; /* 1 for forward, 3 for forward and backward     */
    bool large;    /* runs only if it is requested by its full name */
} workload;

static const workload workloads[] = {
#define FORCED LSTM_TEACHER_FORCED
    {"W1", bench_training, {.n = 2, .H = 100, .B = 10, .T = 10, .support_len = FORCED}, 3, false},
    {"W2", bench_training, {.n = 8, .H = 256, .B = 64, .T = 50, .support_len = FORCED}, 3, false},
    {"W3",
     bench_training,
     {.n = 32, .H = 1024, .B = 128, .T = 100, .support_len = FORCED},
     3,
     false},
    {"W3/512",
     bench_training,
     {.n = 32, .H = 1024, .B = 512, .T = 100, .support_len = FORCED},
     3,
     true},
    {"W4", bench_training, {.n = 8, .H = 256, .B = 64, .T = 50, .support_len = 10}, 3, false},
    {"W5/16", bench_stream, {.n = 2, .H = 16, .B = 1, .T = 1}, 1, false},
    {"W5/32", bench_stream, {.n = 2, .H = 32, .B = 1, .T = 1}, 1, false},
    {"W5/100", bench_stream, {.n = 2, .H = 100, .B = 1, .T = 1}, 1, false},
    {"W5/256", bench_stream, {.n = 2, .H = 256, .B = 1, .T = 1}, 1, false},
    {"W5/512", bench_stream, {.n = 2, .H = 512, .B = 1, .T = 1}, 1, false},
    {"W5/1024", bench_stream, {.n = 2, .H = 1024, .B = 1, .T = 1}, 1, false},
    {"W6", bench_fleet, {.n = 2, .H = 100, .B = 1000, .T = 50}, 1, false},
    {"W6/100000", bench_fleet, {.n = 2, .H = 100, .B = 100000, .T = 50}, 1, true},
    {"W7", bench_recipe, {.n = 24, .H = 128, .B = 192, .T = 28, .support_len = 21}, 3, false},
    {"D/64", bench_training, {.n = 64, .H = 64, .B = 32, .T = 48, .support_len = FORCED}, 3, false},
    {"D/128",
     bench_training,
     {.n = 128, .H = 64, .B = 32, .T = 48, .support_len = FORCED},
     3,
     false},
    {"D/321",
     bench_training,
     {.n = 321, .H = 64, .B = 32, .T = 48, .support_len = FORCED},
     3,
     false},
    {"D/862",
     bench_training,
     {.n = 862, .H = 64, .B = 32, .T = 48, .support_len = FORCED},
     3,
     false},
    {"S/1",
     bench_training,
     {.n = 4, .H = 128, .L = 1, .B = 32, .T = 50, .support_len = FORCED},
     3,
     false},
    {"S/2",
     bench_training,
     {.n = 4, .H = 128, .L = 2, .B = 32, .T = 50, .support_len = FORCED},
     3,
     false},
    {"S/3",
     bench_training,
     {.n = 4, .H = 128, .L = 3, .B = 32, .T = 50, .support_len = FORCED},
     3,
     false},
};

/* A family, as W5, selects all of W5/16 ... except large ones. */
static bool wanted(const char *only, const char *name, bool large)
{
    size_t whole = strlen(name), family = large ? whole : strcspn(name, "/");
    for (const char *at = only; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, ",");
        if ((length == whole || length == family) && strncmp(at, name, length) == 0)
            return true;
        at += length + (at[length] == ',');
    }
    return only == NULL && !large;
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

static bool measure_one(bench_report *report, const request *r, const workload *w, int64_t n_thread)
{
    bench_shape shape = w->shape;
    bench_time time;
    shape.n_thread = n_thread;
    if (r->batch > 0 && w->measure != bench_stream)
        shape.B = r->batch;
    shape.device = r->device;
    shape.precision = r->precision;
    shape.weights = r->weights;
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
    int64_t first = r->n_thread == 0 ? 1 : r->n_thread, last = r->n_thread == 0 ? 2 : first;
    for (int64_t n_thread = first; n_thread <= last; n_thread++)
        for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++) {
            const workload *w = &workloads[i];
            if (wanted(r->only, w->name, w->large) && !measure_one(report, r, w, n_thread))
                return false;
        }
    return true;
}

static int usage(void)
{
    fputs("usage: lstmts-bench [--quick] [--seconds S] [--threads N] [--only W1,W5,...]\n"
          "                    [--batch B] [--device NAME] [--precision highest|high|medium]\n"
          "                    [--weights float32|bfloat16|int8] [--sweep] [--json FILE]\n",
          stderr);
    return 2;
}

static bool report_invalid_value(const char *option, const char *value, const char *must)
{
    fprintf(stderr, "lstmts-bench: %s is \"%s\", it must be %s\n", option, value, must);
    return false;
}

static bool read_names(const char **only, const char *value)
{
    for (const char *at = value;; at++) {
        size_t length = strcspn(at, ",");
        if (!is_workload(at, length))
            return report_invalid_value("--only", value,
                                        "names of workloads, as W1,W5/16,D, between commas");
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
        return report_invalid_value("--seconds", value, "a number above 0");
    return true;
}

static bool read_count(int64_t *count, const char *option, const char *value)
{
    char *end;
    long n = strtol(value, &end, 10);
    if (end == value || *end != '\0' || n < 1 || n > 1024)
        return report_invalid_value(option, value, "a number from 1 to 1024");
    *count = n;
    return true;
}

/* The number of one of three names, or -1. */
static int64_t name_of(const char *const names[3], const char *value)
{
    int64_t i = 2;
    while (i >= 0 && strcmp(value, names[i]) != 0)
        i--;
    return i;
}

static bool read_precision(int64_t *precision, const char *value)
{
    static const char *const names[] = {"highest", "high", "medium"};
    *precision = name_of(names, value);
    return *precision >= 0 || report_invalid_value("--precision", value, "highest, high or medium");
}

static bool read_weights(int64_t *weights, const char *value)
{
    static const char *const names[] = {"float32", "bfloat16", "int8"};
    *weights = name_of(names, value);
    return *weights >= 0 || report_invalid_value("--weights", value, "float32, bfloat16 or int8");
}

/* Reads an option with a value. Returns false if option or value is invalid. */
static bool read_value(request *r, const char *option, const char *value)
{
    if (strcmp(option, "--only") == 0)
        return read_names(&r->only, value);
    if (strcmp(option, "--seconds") == 0)
        return read_seconds(&r->seconds, value);
    if (strcmp(option, "--threads") == 0)
        return read_count(&r->n_thread, option, value);
    if (strcmp(option, "--batch") == 0)
        return read_count(&r->batch, option, value);
    if (strcmp(option, "--precision") == 0)
        return read_precision(&r->precision, value);
    if (strcmp(option, "--weights") == 0)
        return read_weights(&r->weights, value);
    if (strcmp(option, "--device") == 0) {
        r->device = value;
        return true;
    }
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
