/* SPDX-License-Identifier: MIT */
#include "tables.h"

#include "data/dataset.h"

#include <xxhash.h>

tables t;

void fill_rows(lstm_real *rows, int64_t n, int64_t C)
{
    static const double odd[] = {NAN, NAN, NAN, INFINITY, 3e38, 1e-42, -0.0, 1e10};
    uint8_t seed = fuzz_byte(&w.input), how = fuzz_byte(&w.input);
    for (int64_t i = 0; i < n * C; i++)
        rows[i] = (lstm_real)(20 + (double)((i * 37 + seed * 11) % 101) / 7);
    for (int64_t i = 0; how >= 160 && i < n * C; i += 1 + how % 16)
        rows[(i + seed) % (n * C)] = (lstm_real)odd[how % 8];
}

lstm_dataset *some_dataset(void)
{
    uint8_t choice = fuzz_byte(&w.input);
    return choice == 255                    ? NULL
           : t.datasets[choice % 2] != NULL ? t.datasets[choice % 2]
                                            : t.datasets[0];
}

int64_t some_series(const lstm_dataset *dataset)
{
    uint8_t choice = fuzz_byte(&w.input);
    int64_t n = lstm_dataset_series(dataset);
    return choice >= 250 || n == 0 ? odd_int() : choice % n;
}

int64_t some_origin(const lstm_dataset *dataset, int64_t series)
{
    uint8_t choice = fuzz_byte(&w.input);
    int64_t n = lstm_dataset_rows(dataset, series);
    return choice >= 250 || n == 0 ? odd_int() : n - choice % n;
}

const double *some_levels(int64_t *n)
{
    static const double levels[][MOST_TABLE_LEVELS] = {
        {0.1, 0.5, 0.9}, {0.5, 0.7, 0.8}, {0.9, 0.1, 0.5}, {0, 0.5, 1}, {NAN, 0.5, 2}};
    uint8_t choice = fuzz_byte(&w.input);
    *n = 1 + choice % MOST_TABLE_LEVELS;
    return levels[choice < 240 ? choice % 2 : choice % 5];
}

static uint64_t add(uint64_t print, const void *bytes, size_t size)
{
    return size == 0 ? print : XXH3_64bits_withSeed(bytes, size, print);
}

uint64_t print_datasets(void)
{
    uint64_t print = 0;
    for (int i = 0; i < 2; i++)
        for (int64_t s = 0; s < lstm_dataset_series(t.datasets[i]); s++) {
            const lstm_dataset *d = t.datasets[i];
            const lts_dataset_series *m = &d->series[s];
            int64_t parts[] = {m->n_row, m->n_future, lts_train_end(m), lts_valid_end(m)};
            print = add(print, parts, sizeof parts);
            print = add(print, m->values,
                        (size_t)((m->n_row + m->n_future) * d->n_column) * sizeof *m->values);
        }
    return print;
}

void free_view(void)
{
    lstm_iter_free(t.iter);
    lstm_view_free(t.view);
    t.iter = NULL;
    t.view = NULL;
}

void free_methods(void)
{
    for (int i = N_METHOD - 1; i >= 0; i--) {
        lstm_method_free(t.methods[i]);
        t.methods[i] = NULL;
    }
}

void free_tables(void)
{
    free_view();
    free_methods();
    lstm_stream_free(t.stream);
    lstm_interval_free(t.interval);
    for (int i = 0; i < 2; i++) {
        lstm_forecaster_free(t.forecasters[i]);
        lstm_dataset_free(t.datasets[i]);
    }
    memset(&t, 0, sizeof t);
}
