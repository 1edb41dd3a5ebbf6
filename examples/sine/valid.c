/* SPDX-License-Identifier: MIT */
/*
 * How the error on the test rows grows with each recursion step, as the article's valid() shows it:
 *
 *     sine_valid FOLDER
 *
 * Prints the last snapshot's table and writes it to FOLDER/valid.csv; writes the Total of every
 * snapshot to FOLDER/valid_snapshots.csv, a column for each. valid.gp and valid_snapshots.gp draw
 * them.
 */
#include "sine.h"
#include <stdlib.h>

enum { MAX_SNAPSHOTS = 64 };

typedef double table[SINE_RECURSIONS][SINE_COLUMNS + 1]; /* RMSE of each column, then Total */

typedef struct validations {
    int n;
    int update[MAX_SNAPSHOTS];
    table rmse[MAX_SNAPSHOTS];
} validations;

static bool validate(const char *folder, int update, const lstm_series *test, table rmse)
{
    lstm_model *model = NULL;
    lstm_valid_options options = LSTM_VALID_OPTIONS_INIT;
    options.window_len = SINE_RECURSIONS;
    options.support_len = 0; /* one true row, then the model's own outputs */
    options.window_rule = LSTM_WINDOWS_ARTICLE;

    bool fine =
        sine_load_snapshot(&model, folder, update) &&
        sine_ok(lstm_valid(model, test, &options, rmse[0], SINE_RECURSIONS * (SINE_COLUMNS + 1)),
                "valid");
    lstm_model_free(model);
    return fine;
}

static bool validate_all(validations *v, const char *folder)
{
    lstm_series *test = NULL;
    bool fine = sine_data(NULL, &test);
    int update = sine_next_snapshot(folder, 0);
    for (; fine && update != 0 && v->n < MAX_SNAPSHOTS;
         update = sine_next_snapshot(folder, update)) {
        fine = validate(folder, update, test, v->rmse[v->n]);
        v->update[v->n++] = update;
    }
    lstm_series_free(test);
    if (fine && v->n == 0)
        fprintf(stderr, "%s: no snapshot; train first\n", folder);
    return fine && v->n > 0;
}

static bool write_last(const validations *v, const char *folder)
{
    FILE *csv = sine_create(folder, "valid.csv");
    if (csv == NULL)
        return false;
    fputs("recursion,sin 2t,cos t,Total\n", csv);
    printf("RMSE after %d updates\n%-11s %-10s %-10s %s\n", v->update[v->n - 1], "recursion",
           "sin 2t", "cos t", "Total");
    for (int t = 0; t < SINE_RECURSIONS; ++t) {
        const double *rmse = v->rmse[v->n - 1][t];
        fprintf(csv, "%d,%.9g,%.9g,%.9g\n", t + 1, rmse[0], rmse[1], rmse[2]);
        printf("%-11d %-10.4f %-10.4f %.4f\n", t + 1, rmse[0], rmse[1], rmse[2]);
    }
    return sine_close(csv, "valid.csv");
}

static bool write_totals(const validations *v, const char *folder)
{
    FILE *csv = sine_create(folder, "valid_snapshots.csv");
    if (csv == NULL)
        return false;
    fputs("recursion", csv);
    for (int i = 0; i < v->n; ++i)
        fprintf(csv, ",%d updates", v->update[i]);
    for (int t = 0; t < SINE_RECURSIONS; ++t) {
        fprintf(csv, "\n%d", t + 1);
        for (int i = 0; i < v->n; ++i)
            fprintf(csv, ",%.9g", v->rmse[i][t][SINE_COLUMNS]);
    }
    fputc('\n', csv);
    return sine_close(csv, "valid_snapshots.csv");
}

int main(int argc, char **argv)
{
    validations *v = calloc(1, sizeof *v);
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        free(v);
        return 2;
    }
    bool done =
        v != NULL && validate_all(v, argv[1]) && write_last(v, argv[1]) && write_totals(v, argv[1]);
    free(v);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
