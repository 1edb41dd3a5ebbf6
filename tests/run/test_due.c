/* SPDX-License-Identifier: MIT */
/*
 * The steps after an update when something fails: each allocation and each system call of a run
 * fails in turn. After the next call of lstm_trainer_run() the run must be as if nothing had
 * failed: the same bits, the same log, the same lines to the callback.
 */
#include "effort.h"
#include "failing_allocator.h"
#include "failing_io.h"
#include "training.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Validations follow updates 3 and 6. The cause of a divergence is set after update AT. */
enum { AT = 5, UPDATES = 7, LINES = 8192 };

/*
 * How a run diverges: once; but twice by the first update, which diverges again when it is retried.
 */
typedef enum trouble {
    NONE,
    BY_UPDATE,
    BY_SCORE,
    BY_VALIDATION,
    BY_FIRST_UPDATE,
    N_TROUBLE,
} trouble;

typedef struct play {
    trouble kind;
    training_recipe recipe;
    training t;
    char folder[64], lines[LINES]; /**< the lines given to on_log, as in a file */
    bool spoilt;
} play;

static void set_bias(lstm_model *model, double value)
{
    const lstm_real bias[2] = {(lstm_real)value, (lstm_real)value};
    assert_ok(lstm_model_set(model, "output.bias", bias, 2));
}

/* Causes the divergence after update AT; a validation series is restored after the next. */
static void spoil(play *p)
{
    p->spoilt = true;
    if (p->kind == BY_UPDATE)
        set_bias(p->t.model, 3e38);
    if (p->kind == BY_SCORE)
        set_bias(p->t.model, 50);
}

/* Makes a column of a series unusable for training and validation, or restores it. */
static void poison_series(const lstm_series *series, bool poisoned)
{
    static lstm_real kept[40];
    int64_t n_row = lstm_series_rows(series), n_column = lstm_series_columns(series);
    lstm_real *rows = (lstm_real *)(uintptr_t)lstm_series_data(series);
    assert_true(n_row <= 40);
    for (int64_t i = 0; i < n_row; i++) {
        if (poisoned)
            kept[i] = rows[i * n_column];
        rows[i * n_column] = poisoned ? (lstm_real)NAN : kept[i];
    }
}

static int act(const lstm_progress *progress, void *user)
{
    play *p = user;
    if (progress->iteration == AT)
        spoil(p);
    if (p->kind == BY_VALIDATION && (progress->iteration == AT || progress->iteration == AT + 1))
        poison_series(p->t.test, progress->iteration == AT);
    return 0;
}

static int hear(const char *line, void *user)
{
    play *p = user;
    size_t length = strlen(p->lines), n = strlen(line);
    assert_true(length + n + 2 < LINES);
    memcpy(p->lines + length, line, n);
    memcpy(p->lines + length + n, "\n", 2);
    if (p->kind == BY_FIRST_UPDATE && strstr(line, "\"returns\":2,") != NULL)
        poison_series(p->t.train, false);
    return 0;
}

static void begin_without_files(play *p, trouble kind)
{
    *p = (play){.kind = kind};
    training_recipe_init(&p->recipe);
    p->recipe.model.n_layer = 1;
    p->recipe.model.n_hidden = 3;
    p->recipe.updater.n_hook = 0;
    p->recipe.trainer.max_iteration = UPDATES;
    p->recipe.trainer.validate = (lstm_trigger){3, LSTM_ITERATIONS};
    p->recipe.trainer.on_log = hear;
    p->recipe.trainer.on_progress = act;
    p->recipe.trainer.log_user = p->recipe.trainer.progress_user = p;
    p->recipe.trainer.on_divergence = LSTM_DIVERGENCE_ROLL_BACK;
    p->recipe.trainer.divergence_factor = 0.25;
    p->recipe.trainer.divergence_ratio = 10;
    training_begin(&p->t, &p->recipe);
}

static void begin(play *p, trouble kind)
{
    begin_without_files(p, kind);
    make_folder(p->folder);
    lstm_trainer_free(p->t.trainer);
    p->recipe.trainer.folder = p->folder;
    p->recipe.trainer.snapshot.every = LSTM_NEVER; /* test_io_faults.c tests snapshots */
    training_start(&p->t, &p->recipe);
    if (kind == BY_FIRST_UPDATE)
        poison_series(p->t.train, true);
}

static void end(play *p)
{
    training_free(&p->t);
    remove_folder(p->folder);
}

/* Removes the elapsed times from a log. */
static void strip_elapsed(char *log)
{
    for (char *at = log; (at = strstr(at, ",\"elapsed\":")) != NULL;) {
        size_t length = 11 + strspn(at + 11, "0123456789.e-+");
        memmove(at, at + length, strlen(at + length) + 1);
    }
}

static void assert_same_learning_rate(const play *a, const play *b)
{
    lstm_update_info x, y;
    assert_ok(lstm_updater_info(a->t.updater, &x));
    assert_ok(lstm_updater_info(b->t.updater, &y));
    assert_memory_equal(&x.learning_rate, &y.learning_rate, sizeof x.learning_rate);
}

/* `want` is a run without failures, without the elapsed times in its lines. */
static void assert_same_play(play *p, const play *want)
{
    char *log = read_text(p->folder, "log.jsonl");
    assert_string_equal(log, p->lines);
    strip_elapsed(log);
    assert_string_equal(log, want->lines);
    free(log);
    assert_same_training(&p->t, &want->t);
    assert_same_learning_rate(p, want);
}

static void play_through(play *p, trouble kind)
{
    begin(p, kind);
    assert_ok(lstm_trainer_run(p->t.trainer));
    strip_elapsed(p->lines);
    assert_int_equal(strstr(p->lines, "times the best") != NULL, kind == BY_SCORE);
    int returns = 0;
    for (const char *at = p->lines; (at = strstr(at, "\"divergence\"")) != NULL; at++)
        returns++;
    assert_int_equal(returns, kind == NONE ? 0 : kind == BY_FIRST_UPDATE ? 2 : 1);
}

/* -------------------------------------------------------------------------------- what may fail */

typedef struct faults {
    void (*arm)(int64_t first, int64_t count); /**< 0, 0: no failures */
    int64_t (*calls)(void);                    /**< since arm()       */
    lstm_status status;
} faults;

static failing_allocator memory;
static failing_io *io;

static void fail_memory(int64_t first, int64_t count)
{
    failing_allocator_fail(&memory, first, count);
}

static int64_t memory_calls(void)
{
    return atomic_load(&memory.calls);
}

static void fail_io(int64_t first, int64_t count)
{
    failing_io_fail(first, count, EIO);
}

static int64_t io_calls(void)
{
    return io->calls;
}

static const faults of_memory = {fail_memory, memory_calls, LSTM_E_NOMEM};
static const faults of_io = {fail_io, io_calls, LSTM_E_IO};

static void *json_allocate(size_t size)
{
    return failing_allocator_refuses(&memory) ? NULL : malloc(size);
}

static int make_faults(void **fixture)
{
    (void)fixture;
    failing_allocator_install(&memory);
    json_set_alloc_funcs(json_allocate, free);
    io = failing_io_install();
    return 0;
}

static int remove_faults(void **fixture)
{
    (void)fixture;
    failing_io_remove();
    json_set_alloc_funcs(malloc, free);
    failing_allocator_remove(&memory);
    return 0;
}

/* Returns whether the run failed. The failures end when the call returns. */
static bool run_with(play *p, const faults *f, int64_t first, int64_t count)
{
    f->arm(first, count);
    lstm_status status = lstm_trainer_run(p->t.trainer);
    f->arm(0, 0);
    if (status != LSTM_OK && status != f->status)
        fail_msg("call %lld: %s, %s", (long long)first, lstm_status_name(status),
                 lstm_last_error());
    return status != LSTM_OK;
}

static int64_t calls_of(const faults *f, trouble kind)
{
    play p;
    begin(&p, kind);
    f->arm(0, 0);
    assert_ok(lstm_trainer_run(p.t.trainer));
    int64_t calls = f->calls();
    end(&p);
    return calls;
}

/* Resumes from a checkpoint, without a folder. */
static void resume_through(play *p, const play *from, const char *path)
{
    lstm_progress progress;
    begin_without_files(p, from->kind);
    assert_ok(lstm_trainer_resume(p->t.trainer, path));
    assert_ok(lstm_trainer_progress(p->t.trainer, &progress));
    if (progress.iteration == AT && !from->spoilt)
        spoil(p); /* the checkpoint is older than the callback */
    assert_ok(lstm_trainer_run(p->t.trainer));
}

/* Saves after a failure. If saving is rejected, no file may exist. */
static bool save_and_resume(const play *p, const play *want)
{
    static play resumed;
    const char *path = in_folder(p->folder, "checkpoint");
    lstm_status status = lstm_trainer_save(p->t.trainer, path);
    if (status != LSTM_OK) {
        assert_status(status, LSTM_E_ORDER, "is pending: call lstm_trainer_run() first");
        assert_null(fopen(path, "r"));
        return false;
    }
    resume_through(&resumed, p, path);
    assert_same_training(&resumed.t, &want->t);
    training_free(&resumed.t);
    return true;
}

/* Results of a sweep. */
typedef struct counts {
    int64_t failed, saved, refused[N_TROUBLE];
} counts;

static void attempt(const faults *f, int64_t first, int64_t count, const play *want, counts *seen)
{
    static play p;
    begin(&p, want->kind);
    if (run_with(&p, f, first, count)) {
        seen->failed++;
        bool whole = want->kind <= BY_SCORE; /* a resume needs the original series */
        if (whole && count == 1) {
            bool saved = save_and_resume(&p, want);
            seen->saved += saved;
            seen->refused[p.kind] += !saved;
        }
        assert_ok(lstm_trainer_run(p.t.trainer));
    }
    assert_same_play(&p, want);
    end(&p);
}

static counts sweep(const faults *f)
{
    static play want;
    counts seen = {0};
    for (trouble kind = NONE; kind < N_TROUBLE; kind++) {
        int64_t calls = calls_of(f, kind);
        play_through(&want, kind);
        for (int64_t first = 1; first <= calls; first = TEST_NEXT(first)) {
            attempt(f, first, 1, &want, &seen);
            if (f == &of_io) /* a failed allocation ends a run at once */
                attempt(f, first, INT64_MAX, &want, &seen);
        }
        end(&want);
    }
    return seen;
}

static void no_allocation_that_fails_changes_a_run_or_what_is_resumed_from_it(void **fixture)
{
    (void)fixture;
    counts seen = sweep(&of_memory);
    assert_true(seen.saved > 10 * UPDATES);
    assert_true(seen.refused[NONE] >= 2 * 3);                 /* validations without memory */
    assert_true(seen.refused[BY_SCORE] > seen.refused[NONE]); /* also lines before a rollback */
}

static void no_system_call_that_fails_changes_a_run_or_what_is_resumed_from_it(void **fixture)
{
    (void)fixture;
    counts seen = sweep(&of_io);
    assert_true(seen.failed > 4 * 2 * UPDATES);
    assert_true(seen.saved > 2 * UPDATES);
    assert_int_equal(seen.refused[NONE], 0);
    assert_true(seen.refused[BY_SCORE] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            no_allocation_that_fails_changes_a_run_or_what_is_resumed_from_it, make_faults,
            remove_faults),
        cmocka_unit_test_setup_teardown(
            no_system_call_that_fails_changes_a_run_or_what_is_resumed_from_it, make_faults,
            remove_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
