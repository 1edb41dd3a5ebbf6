/* SPDX-License-Identifier: MIT */
/*
 * Each system call of each public function that works on files fails in turn, alone and with all
 * later calls. The function must then fail or succeed completely: the file is either the old or the
 * new one and complete, no descriptor is leaked, and the next save leaves no temporary file.
 */
#ifndef TESTS_IO_FAULTS_H
#define TESTS_IO_FAULTS_H

#include "failing_io.h"
#include "scratch.h"
#include "training.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The library handles these like any other error; those that it distinguishes have other tests. */
static const int errors[] = {ENOSPC, EIO};
enum { N_ERROR = sizeof errors / sizeof errors[0] };

typedef struct house {
    const char *folder;
    training_recipe recipe;
    training t;
    lstm_model *other; /**< the model in a file before the call */
    char target[256];
} house;

/* A call under test, and the assertions on its files afterwards. */
typedef struct attempt {
    void (*before)(house *h);
    lstm_status (*call)(house *h);
    void (*after)(house *h, lstm_status status);
} attempt;

static failing_io *io;

static inline void run_once(house *h, const attempt *a, int64_t first, int64_t count, int error)
{
    a->before(h);
    failing_io_fail(first, count, error);
    int64_t open = io->open;
    lstm_status status = a->call(h);
    failing_io_fail(0, 0, 0);
    if (status < 0 && status != LSTM_E_IO)
        fail_msg("call %lld with error %d: %s (%s)", (long long)first, error,
                 lstm_status_name(status), lstm_last_error());
    assert_int_equal(io->open, open);
    a->after(h, status);
    assert_ok(lstm_model_save(h->t.model, in_folder(h->folder, "next")));
    assert_int_equal(scratch_temporaries(h->folder), 0);
}

/* Fails each system call of an attempt in turn. Returns the number of failed attempts. */
static inline int64_t sweep(house *h, const attempt *a)
{
    int64_t failed = 0;
    a->before(h);
    failing_io_fail(0, 0, 0);
    assert_true(a->call(h) >= 0);
    int64_t needed = io->calls;
    for (int64_t first = 1; first <= needed; first++)
        for (int e = 0; e < N_ERROR; e++) {
            run_once(h, a, first, 1, errors[e]);
            run_once(h, a, first, INT64_MAX, errors[e]);
            failed += 2;
        }
    return failed;
}

static inline int make_house(void **fixture)
{
    static house h;
    void *folder;
    make_folder_fixture(&folder);
    h.folder = folder;
    training_recipe_validated(&h.recipe);
    h.recipe.model.n_layer = 1;
    h.recipe.optimizer.kind = LSTM_MOMENTUM; /* small files: the sweep writes some thousand */
    h.recipe.trainer.max_iteration = 2;
    h.recipe.trainer.folder = h.folder;
    h.recipe.trainer.snapshot = (lstm_trigger){1, LSTM_ITERATIONS};
    h.recipe.trainer.validate = (lstm_trigger){1, LSTM_ITERATIONS};
    h.recipe.trainer.keep = 1;
    training_make(&h.t, &h.recipe);
    assert_ok(lstm_model_clone(&h.other, h.t.model));
    const lstm_real bias[2] = {3, 4};
    assert_ok(lstm_model_set(h.other, "output.bias", bias, 2));
    snprintf(h.target, sizeof h.target, "%s", in_folder(h.folder, "target"));
    io = failing_io_install();
    *fixture = &h;
    return 0;
}

static inline int free_house(void **fixture)
{
    house *h = *fixture;
    training_free(&h->t);
    lstm_model_free(h->other);
    failing_io_remove();
    remove_folder(h->folder);
    return 0;
}

/* Asserts that the file is complete and holds one of the two models. */
static inline void assert_either(const char *path, const lstm_model *old, const lstm_model *new,
                                 bool must_be_new)
{
    lstm_model *found;
    lstm_real a[2], b[2];
    assert_ok(lstm_model_load(&found, path));
    assert_ok(lstm_model_get(found, "output.bias", a, 2));
    assert_ok(lstm_model_get(new, "output.bias", b, 2));
    bool is_new = memcmp(a, b, sizeof a) == 0;
    assert_true(is_new || !must_be_new);
    assert_same_model(found, is_new ? new : old);
    lstm_model_free(found);
}

/* Creates a trainer in an empty folder. */
static inline void begin(house *h)
{
    remove_folder(h->folder);
    assert_int_equal(mkdir(h->folder, 0777), 0);
    training_free(&h->t);
    training_make(&h->t, &h->recipe);
}

static inline lstm_status make_trainer(house *h)
{
    lstm_trainer_options options = h->recipe.trainer;
    options.valid_series = h->t.test;
    options.valid = &h->recipe.valid;
    return lstm_trainer_new(&h->t.trainer, h->t.updater, &options);
}

static inline void begin_trainer(house *h)
{
    begin(h);
    assert_ok(make_trainer(h));
}

/* Asserts that the log has whole lines of updates 1, 2, ... n and nothing else. */
static inline void assert_log(const house *h, int n)
{
    char *log = read_text(h->folder, "log.jsonl"), *at = log;
    for (int i = 1; i <= n; i++) {
        char start[32], *line_end = strchr(at, '\n');
        snprintf(start, sizeof start, "{\"iteration\":%d,", i);
        if (strncmp(at, start, strlen(start)) != 0 || line_end == NULL || line_end[-1] != '}')
            fail_msg("line %d of the log is %.200s", i, at);
        *line_end = 0;
        assert_null(strchr(at + 1, '{')); /* no line follows a part of another */
        at = line_end + 1;
    }
    assert_string_equal(at, "");
    free(log);
}

static inline void begin_trained(house *h)
{
    begin_trainer(h);
    assert_ok(lstm_trainer_run(h->t.trainer));
    assert_ok(lstm_trainer_save(h->t.trainer, h->target));
    training_free(&h->t);
    training_make(&h->t, &h->recipe);
    assert_ok(make_trainer(h));
}

#endif
