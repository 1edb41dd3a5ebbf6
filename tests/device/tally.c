/* SPDX-License-Identifier: MIT */
#include "tally.h"
#include "assert_status.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_KINDS = 32, MAX_LINES = 12 };

typedef struct kind {
    char name[32];
    int64_t n, n_over;
    double *errors; /**< [n] */
    double in_float;
} kind;

struct tally {
    double asked;
    int64_t n_kind, n_over;
    kind kinds[MAX_KINDS];
};

tally *tally_new(double asked)
{
    tally *t = calloc(1, sizeof *t);
    assert_non_null(t);
    t->asked = asked;
    return t;
}

double tally_error(int64_t n, const double *got, const double *want)
{
    double difference = 0, size = 0;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(got[i]) != isnan(want[i]))
            return INFINITY;
        if (isnan(want[i]))
            continue;
        difference += (got[i] - want[i]) * (got[i] - want[i]);
        size += want[i] * want[i];
    }
    if (difference == 0)
        return 0;
    double error = sqrt(difference) / sqrt(size);
    return isnan(error) ? INFINITY : error;
}

static kind *find_kind(tally *t, const char *what)
{
    const char *end = strstr(what, " of ");
    size_t length = end == NULL ? strlen(what) : (size_t)(end - what);
    for (int64_t i = 0; i < t->n_kind; i++)
        if (strlen(t->kinds[i].name) == length && strncmp(t->kinds[i].name, what, length) == 0)
            return &t->kinds[i];
    assert_true(t->n_kind < MAX_KINDS && length < sizeof t->kinds[0].name);
    kind *k = &t->kinds[t->n_kind++];
    memcpy(k->name, what, length);
    return k;
}

void tally_add(tally *t, const char *what, const char *context, double error, double times,
               double in_float)
{
    kind *k = find_kind(t, what);
    double allowed = fmax(times * t->asked, 4 * in_float);
    k->errors = realloc(k->errors, (size_t)(k->n + 1) * sizeof *k->errors);
    assert_non_null(k->errors);
    k->errors[k->n++] = error;
    k->in_float = fmax(k->in_float, in_float);
    if (error <= allowed)
        return;
    k->n_over++;
    if (t->n_over++ < MAX_LINES)
        print_error("  %s: %s off by %.3g of its norm, allowed %.3g\n", context, what, error,
                    allowed);
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

void tally_report(tally *t, const char *title)
{
    int64_t n_over = t->n_over;
    print_message("%s: errors relative to each array's norm, asked %.0e\n", title, t->asked);
    print_message("  %-20s %7s %9s %9s %9s %14s %5s\n", "", "arrays", "median", "95 %", "largest",
                  "float on cpu", "over");
    for (int64_t i = 0; i < t->n_kind; i++) {
        kind *k = &t->kinds[i];
        qsort(k->errors, (size_t)k->n, sizeof *k->errors, by_size);
        print_message("  %-20s %7lld %9.2g %9.2g %9.2g %14.2g %5lld\n", k->name, (long long)k->n,
                      k->errors[k->n / 2], k->errors[k->n * 95 / 100], k->errors[k->n - 1],
                      k->in_float, (long long)k->n_over);
        free(k->errors);
    }
    free(t);
    if (n_over > 0)
        fail_msg("%s: %lld arrays are off by more than is allowed", title, (long long)n_over);
}
