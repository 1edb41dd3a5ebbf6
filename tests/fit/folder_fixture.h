/* SPDX-License-Identifier: MIT */
/* Fits with a folder, of a table of two columns; include it after feature macros. */
#ifndef TESTS_FOLDER_FIXTURE_H
#define TESTS_FOLDER_FIXTURE_H

#include "forecaster_fixture.h"
#include "scratch.h"

#include <stdbool.h>

enum { ROWS = 130, TRAIN = 80, H = 6, K = 2 };

/** Positive values of a period of 8 rows; another table for each number. */
static inline lstm_dataset *new_data(int64_t number)
{
    lstm_dataset *dataset = new_timed(K, NULL, LSTM_STEP_ROWS, 1);
    lstm_real *rows = new_rows(ROWS * K);
    for (int64_t i = 0; i < ROWS * K; i++)
        rows[i] = (lstm_real)(5 + wave(i / K + i % K, 8) + 0.1 * noise(i + 1000 * number));
    add_rows(dataset, rows, ROWS);
    assert_ok(lstm_dataset_split(dataset, 0, TRAIN, ROWS - H));
    return dataset;
}

/** Everything is chosen from the data, by networks of few units and updates. */
static inline lstm_forecaster_options auto_options(void)
{
    lstm_forecaster_options options = small_options(H);
    options.n_hidden = 2, options.n_update = 2;
    return options;
}

/** A view spares the probes of networks. */
static inline lstm_view_options short_view(void)
{
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    view.segment_len = 3, view.context_len = 3, view.horizon = 2;
    view.scaling = LSTM_SCALING_STANDARD;
    return view;
}

/** All that a user sees of a fit. */
typedef struct sight {
    lstm_real y[H * K], lower[H * K], upper[H * K];
    char text[1 << 14];
} sight;

static inline void look(const lstm_forecaster *forecaster, const lstm_dataset *dataset, sight *s)
{
    const int64_t origin = ROWS;
    memset(s, 0, sizeof *s);
    assert_ok(
        lstm_forecaster_intervals(forecaster, dataset, 0, &origin, 1, s->y, s->lower, s->upper));
    assert_ok(lstm_forecaster_describe(forecaster, s->text, sizeof s->text, NULL));
}

/** What an uninterrupted fit without a folder shows. */
static inline void sight_of(const lstm_forecaster_options *options, const lstm_dataset *dataset,
                            sight *s)
{
    lstm_forecaster *forecaster = fit_new(options, dataset);
    look(forecaster, dataset, s);
    lstm_forecaster_free(forecaster);
}

static inline void assert_sight(const lstm_forecaster *forecaster, const lstm_dataset *dataset,
                                const sight *want)
{
    sight seen;
    look(forecaster, dataset, &seen);
    assert_string_equal(seen.text, want->text);
    assert_memory_equal(seen.y, want->y, sizeof seen.y);
    assert_memory_equal(seen.lower, want->lower, sizeof seen.lower);
    assert_memory_equal(seen.upper, want->upper, sizeof seen.upper);
}

/** Removes files, and folders of files. */
static inline void empty_folder(void)
{
    DIR *folder = opendir(scratch_folder);
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[512];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%.100s", scratch_folder, entry->d_name);
        if (unlink(path) == 0)
            continue;
        DIR *inner = opendir(path);
        assert_non_null(inner);
        for (const struct dirent *file; (file = readdir(inner)) != NULL;)
            if (strcmp(file->d_name, ".") != 0 && strcmp(file->d_name, "..") != 0)
                assert_int_equal(unlinkat(dirfd(inner), file->d_name, 0), 0);
        closedir(inner);
        assert_int_equal(rmdir(path), 0);
    }
    closedir(folder);
}

static inline int clean_folder(void **state)
{
    (void)state;
    empty_folder();
    return 0;
}

#endif
