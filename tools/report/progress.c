/* SPDX-License-Identifier: MIT */
#include "report/progress.h"

#include "table/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Updates from a line of the log to the next in a folder of lstm_forecaster_fit(). */
enum { LOG_EVERY = 10 };

/* The arrays of a curve are allocated here, and not changed by others. */
static void *own(const void *memory)
{
    return (void *)(uintptr_t)memory;
}

static void free_curve(report_curve *curve)
{
    table_release(own(curve->name));
    table_release(own(curve->x));
    table_release(own(curve->y));
}

static bool begin_curve(report_progress *record, const char *stage)
{
    char *name = table_copy(stage, strlen(stage));
    report_curve *curves =
        name == NULL ? NULL
                     : table_resize(record->curves, (size_t)(record->n_curve + 1) * sizeof *curves);
    if (curves == NULL) {
        table_release(name);
        return false;
    }
    curves[record->n_curve] = (report_curve){.name = name};
    record->curves = curves;
    record->n_curve++;
    record->capacity = record->n_update = 0;
    return true;
}

static bool reserve(report_progress *record, report_curve *curve)
{
    if (curve->n < record->capacity)
        return true;
    const int64_t capacity = 2 * record->capacity + 256;
    double *x = table_resize(own(curve->x), (size_t)capacity * sizeof *x);
    if (x == NULL)
        return false;
    curve->x = x;
    double *y = table_resize(own(curve->y), (size_t)capacity * sizeof *y);
    if (y == NULL)
        return false;
    curve->y = y;
    record->capacity = capacity;
    return true;
}

/* Both calls have the decimal mark of the locale. */
static double as_logged(double loss)
{
    char text[64];
    snprintf(text, sizeof text, "%.9g", loss);
    return strtod(text, NULL);
}

bool report_progress_record(report_progress *record, const lstm_fit_progress *progress)
{
    if (!isfinite(progress->loss) || strncmp(progress->stage, "network ", 8) != 0)
        return true;
    const bool is_new = record->n_curve == 0 ||
                        strcmp(record->curves[record->n_curve - 1].name, progress->stage) != 0;
    if (is_new && !begin_curve(record, progress->stage))
        return false;
    report_curve *curve = &record->curves[record->n_curve - 1];
    if ((record->n_update + 1) % LOG_EVERY == 0) {
        if (!reserve(record, curve))
            return false;
        ((double *)own(curve->x))[curve->n] = (double)(record->n_update + 1);
        ((double *)own(curve->y))[curve->n] = as_logged(progress->loss);
        curve->n++;
    }
    record->n_update++;
    return true;
}

void report_progress_free(report_progress *record)
{
    for (int64_t i = 0; i < record->n_curve; i++)
        free_curve(&record->curves[i]);
    table_release(record->curves);
    *record = (report_progress){0};
}
