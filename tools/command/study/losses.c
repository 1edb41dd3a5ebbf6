/* SPDX-License-Identifier: MIT */
#include "command/study/losses.h"
#include "command/console/message.h"
#include "command/options/settings.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PATH = 4200 };

static FILE *open_log(const char *folder, int64_t number, char path[MOST_PATH])
{
    int size = snprintf(path, MOST_PATH, "%s/training-%03lld/log.jsonl", folder, (long long)number);
    if (size < MOST_PATH)
        return fopen(path, "r");
    errno = ENAMETOOLONG;
    return NULL;
}

static int64_t count_lines(FILE *file)
{
    int64_t n = 1; /* the last one may have no end */
    for (int c; (c = getc(file)) != EOF;)
        n += c == '\n';
    rewind(file);
    return n;
}

/* Points of a log, until a line that is none. */
static int64_t read_points(double *x, double *y, int64_t most, FILE *file)
{
    char *line = NULL;
    size_t capacity = 0;
    int64_t n = 0;
    while (n < most && getline(&line, &capacity, file) > 0) {
        json_t *entry = json_loads(line, 0, NULL);
        const json_t *update = json_object_get(entry, "iteration");
        const json_t *loss = json_object_get(entry, "loss");
        bool is_point = json_is_integer(update) && json_is_number(loss);
        x[n] = (double)json_integer_value(update);
        y[n] = json_number_value(loss);
        n += is_point;
        json_decref(entry);
        if (entry == NULL)
            break;
    }
    free(line);
    return n;
}

static int read_log(losses *made, int64_t k, const char *folder, int64_t number)
{
    char path[MOST_PATH];
    FILE *file = open_log(folder, number, path);
    if (file == NULL)
        return message_error("%s: %s", path, strerror(errno));
    int64_t most = count_lines(file);
    double *points = calloc((size_t)most, 2 * sizeof *points);
    made->points[k] = points;
    if (points == NULL) {
        fclose(file);
        return message_error("out of memory");
    }
    snprintf(made->names[k], sizeof made->names[k], "network %lld of %lld", (long long)k + 1,
             (long long)made->n);
    made->curves[k] = (report_curve){.name = made->names[k], .x = points, .y = points + most};
    made->curves[k].n = read_points(points, points + most, most, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    return failed ? message_error("%s: cannot be read", path) : EXIT_OK;
}

static int64_t count_trainings(const char *folder)
{
    char path[MOST_PATH];
    int64_t n = 0;
    for (FILE *file; (file = open_log(folder, n, path)) != NULL; n++)
        fclose(file);
    return n;
}

int losses_read(losses *made, const char *folder, int64_t n)
{
    int64_t n_training = count_trainings(folder);
    *made = (losses){.n = n < n_training ? n : n_training};
    if (made->n == 0)
        return EXIT_OK;
    made->curves = calloc((size_t)made->n, sizeof *made->curves);
    made->names = calloc((size_t)made->n, sizeof *made->names);
    made->points = calloc((size_t)made->n, sizeof *made->points);
    if (made->curves == NULL || made->names == NULL || made->points == NULL)
        return message_error("out of memory");
    int code = EXIT_OK;
    for (int64_t k = 0; k < made->n && code == EXIT_OK; k++)
        code = read_log(made, k, folder, n_training - made->n + k);
    return code;
}

void losses_free(losses *made)
{
    for (int64_t k = 0; k < made->n && made->points != NULL; k++)
        free(made->points[k]);
    free(made->points);
    free(made->names);
    free(made->curves);
    *made = (losses){0};
}
