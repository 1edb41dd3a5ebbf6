/* SPDX-License-Identifier: MIT */
/*
 * Every system call of every public function that works on files fails in turn, once and for ever
 * from there on: the call says so or does its work, the file that was there is old or new and
 * whole, no descriptor is leaked, and the next save leaves no temporary.
 */
#include "failing_io.h"
#include "scratch.h"
#include "training.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* They are told from others nowhere; those that are have tests of their own. */
static const int errors[] = {ENOSPC, EIO};
enum { N_ERROR = sizeof errors / sizeof errors[0] };

typedef struct house {
    const char *folder;
    training_recipe recipe;
    training t;
    lstm_model *other; /**< what a target holds before */
    char target[256];
} house;

/* A call under test, and what is asserted of its files when it has answered. */
typedef struct attempt {
    void (*before)(house *h);
    lstm_status (*call)(house *h);
    void (*after)(house *h, lstm_status status);
} attempt;

static failing_io *io;

static void run_once(house *h, const attempt *a, int64_t first, int64_t count, int error)
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

/* Gives how many attempts failed. */
static int64_t sweep(house *h, const attempt *a)
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

static int make_house(void **fixture)
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

static int free_house(void **fixture)
{
    house *h = *fixture;
    training_free(&h->t);
    lstm_model_free(h->other);
    failing_io_remove();
    remove_folder(h->folder);
    return 0;
}

/* Asserts that the file is whole and holds the one or the other. */
static void assert_either(const char *path, const lstm_model *old, const lstm_model *new,
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

static void put_old_model(house *h)
{
    assert_ok(lstm_model_save(h->other, h->target));
}

static lstm_status save_model(house *h)
{
    return lstm_model_save(h->t.model, h->target);
}

static void model_is_old_or_new(house *h, lstm_status status)
{
    assert_either(h->target, h->other, h->t.model, status == LSTM_OK);
}

static void a_model_that_cannot_be_saved_leaves_the_old_one(void **fixture)
{
    const attempt saves = {put_old_model, save_model, model_is_old_or_new};
    assert_true(sweep(*fixture, &saves) >= 4 * 10);
}

static lstm_status load_model(house *h)
{
    lstm_model *model = NULL;
    lstm_status status = lstm_model_load(&model, h->target);
    assert_int_equal(model == NULL, status < 0);
    if (model != NULL)
        assert_same_model(model, h->other);
    lstm_model_free(model);
    return status;
}

static void nothing_more(house *h, lstm_status status)
{
    (void)h;
    (void)status;
}

static void a_model_that_cannot_be_loaded_is_none(void **fixture)
{
    const attempt loads = {put_old_model, load_model, nothing_more};
    assert_true(sweep(*fixture, &loads) >= 4 * 4);
}

/* Makes a trainer in an emptied folder. */
static void begin(house *h)
{
    remove_folder(h->folder);
    assert_int_equal(mkdir(h->folder, 0777), 0);
    training_free(&h->t);
    training_make(&h->t, &h->recipe);
}

static lstm_status make_trainer(house *h)
{
    lstm_trainer_options options = h->recipe.trainer;
    options.valid_series = h->t.test;
    options.valid = &h->recipe.valid;
    return lstm_trainer_new(&h->t.trainer, h->t.updater, &options);
}

static lstm_status make_and_free(house *h)
{
    lstm_status status = make_trainer(h);
    assert_int_equal(h->t.trainer == NULL, status < 0);
    lstm_trainer_free(h->t.trainer);
    h->t.trainer = NULL;
    return status;
}

static void a_trainer_that_cannot_have_its_folder_is_none(void **fixture)
{
    const attempt makes = {begin, make_and_free, nothing_more};
    assert_true(sweep(*fixture, &makes) >= 4 * 5);
}

static void begin_trainer(house *h)
{
    begin(h);
    assert_ok(make_trainer(h));
}

static lstm_status run_it(house *h)
{
    return lstm_trainer_run(h->t.trainer);
}

/* Asserts that the log has whole lines of updates 1, 2, ... n and nothing else. */
static void assert_log(const house *h, int n)
{
    char *log = read_text(h->folder, "log.jsonl"), *at = log;
    for (int i = 1; i <= n; i++) {
        char start[32], *line_end = strchr(at, '\n');
        snprintf(start, sizeof start, "{\"iteration\":%d,", i);
        if (strncmp(at, start, strlen(start)) != 0 || line_end == NULL || line_end[-1] != '}')
            fail_msg("line %d of the log is %.200s", i, at);
        *line_end = 0;
        assert_null(strchr(at + 1, '{')); /* no line is behind a part of another */
        at = line_end + 1;
    }
    assert_string_equal(at, "");
    free(log);
}

/* Whatever happened, the same trainer goes on, and a new one finds what it needs in the folder. */
static void it_goes_on(house *h, lstm_status status)
{
    lstm_progress progress;
    (void)status;
    assert_ok(lstm_trainer_run(h->t.trainer));
    assert_ok(lstm_trainer_progress(h->t.trainer, &progress));
    assert_int_equal(progress.iteration, 2);
    assert_log(h, 2);
    assert_ok(lstm_trainer_save(h->t.trainer, h->target));
    training_free(&h->t);
    training_make(&h->t, &h->recipe);
    assert_ok(make_trainer(h));
    assert_ok(
        lstm_trainer_resume(h->t.trainer, NULL)); /* what could not be written was made up for */
    assert_ok(lstm_trainer_progress(h->t.trainer, &progress));
    assert_int_equal(progress.iteration, 2);
    assert_ok(lstm_trainer_resume(h->t.trainer, h->target));
}

static void a_run_that_fails_goes_on(void **fixture)
{
    const attempt runs = {begin_trainer, run_it, it_goes_on};
    assert_true(sweep(*fixture, &runs) >= 4 * 40);
}

static void begin_trained(house *h)
{
    begin_trainer(h);
    assert_ok(lstm_trainer_run(h->t.trainer));
    assert_ok(lstm_trainer_save(h->t.trainer, h->target));
    training_free(&h->t);
    training_make(&h->t, &h->recipe);
    assert_ok(make_trainer(h));
}

static lstm_status save_run(house *h)
{
    return lstm_trainer_save(h->t.trainer, h->target);
}

static void checkpoint_is_whole(house *h, lstm_status status)
{
    lstm_progress progress;
    assert_ok(lstm_trainer_resume(h->t.trainer, h->target));
    assert_ok(lstm_trainer_progress(h->t.trainer, &progress));
    assert_true(progress.iteration == 0 || (status < 0 && progress.iteration == 2));
}

static void a_checkpoint_that_cannot_be_saved_leaves_the_old_one(void **fixture)
{
    const attempt saves = {begin_trained, save_run, checkpoint_is_whole};
    assert_true(sweep(*fixture, &saves) >= 4 * 10);
}

static lstm_status resume(house *h)
{
    return lstm_trainer_resume(h->t.trainer, NULL);
}

static void nothing_or_all(house *h, lstm_status status, uint64_t updates)
{
    lstm_progress progress;
    lstm_model *fresh;
    assert_ok(lstm_trainer_progress(h->t.trainer, &progress));
    assert_int_equal(progress.iteration, status == LSTM_OK ? updates : 0);
    if (status != LSTM_OK) {
        assert_ok(lstm_model_new(&fresh, &h->recipe.model));
        assert_same_model(h->t.model, fresh);
        lstm_model_free(fresh);
    }
}

static void nothing_or_all_is_resumed(house *h, lstm_status status)
{
    nothing_or_all(h, status, 2);
}

static void a_resume_that_fails_changes_nothing(void **fixture)
{
    const attempt resumes = {begin_trained, resume, nothing_or_all_is_resumed};
    assert_true(sweep(*fixture, &resumes) >= 4 * 10);
}

/* A folder two updates on from the checkpoint `target`, with somebody else's best model in it. */
static void begin_beyond(house *h, int64_t updates)
{
    h->recipe.trainer.max_iteration = updates > 0 ? updates : 2;
    begin_trainer(h);
    if (updates > 0)
        assert_ok(lstm_trainer_run(h->t.trainer));
    assert_ok(lstm_trainer_save(h->t.trainer, h->target));
    lstm_trainer_free(h->t.trainer);
    h->recipe.trainer.max_iteration = 2;
    assert_ok(make_trainer(h));
    assert_ok(lstm_trainer_resume(h->t.trainer, h->target));
    assert_ok(lstm_trainer_run(h->t.trainer));
    training_free(&h->t);
    training_make(&h->t, &h->recipe);
    assert_ok(make_trainer(h));
    assert_ok(lstm_model_save(h->other, in_folder(h->folder, "best.safetensors")));
}

static void begin_beyond_update_1(house *h)
{
    begin_beyond(h, 1);
}

static lstm_status resume_target(house *h)
{
    return lstm_trainer_resume(h->t.trainer, h->target);
}

static void folder_goes_back_or_stays(house *h, lstm_status status)
{
    lstm_model *best = NULL;
    const char *path = in_folder(h->folder, "best.safetensors");
    /* the one failure after which the new file is there */
    bool flushed = strstr(lstm_last_error(), "flush the folder of") == NULL;
    nothing_or_all(h, status, 1);
    if (status == LSTM_OK) {
        assert_ok(lstm_trainer_best(h->t.trainer, &best));
        assert_either(path, h->other, best, true);
        assert_ok(lstm_trainer_run(h->t.trainer)); /* behind what was cut off */
    } else if (flushed)
        assert_either(path, h->t.model, h->other, true);
    assert_log(h, 2);
    lstm_model_free(best);
}

static void begin_beyond_the_start(house *h)
{
    begin_beyond(h, 0);
}

static void best_is_gone_or_stays(house *h, lstm_status status)
{
    const char *path = in_folder(h->folder, "best.safetensors");
    nothing_or_all(h, status, 0);
    assert_int_equal(access(path, F_OK), status == LSTM_OK ? -1 : 0);
}

static void a_resume_that_fails_leaves_the_folder_as_it_was(void **fixture)
{
    const attempt resumes = {begin_beyond_update_1, resume_target, folder_goes_back_or_stays};
    const attempt from_start = {begin_beyond_the_start, resume_target, best_is_gone_or_stays};
    assert_true(sweep(*fixture, &resumes) >= 4 * 10);
    assert_true(sweep(*fixture, &from_start) >= 4 * 5);
}

static void calls_that_are_interrupted_or_short_are_gone_on_with(void **fixture)
{
    house *h = *fixture;
    lstm_model *model;
    begin(h);
    io->interrupted = true;
    errno = 4321;
    assert_ok(make_trainer(h));
    assert_ok(lstm_trainer_run(h->t.trainer));
    assert_ok(lstm_trainer_save(h->t.trainer, h->target));
    assert_ok(lstm_trainer_resume(h->t.trainer, NULL));
    assert_ok(lstm_model_load(&model, h->target));
    lstm_trainer_free(h->t.trainer);
    h->t.trainer = NULL;
    assert_int_equal(errno, 4321);
    assert_true(io->waits > 20000); /* a byte at a time */
    lstm_model_free(model);
    io->interrupted = false;
    assert_int_equal(scratch_temporaries(h->folder), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_house, free_house)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_model_that_cannot_be_saved_leaves_the_old_one),
        TEST(a_model_that_cannot_be_loaded_is_none),
        TEST(a_trainer_that_cannot_have_its_folder_is_none),
        TEST(a_run_that_fails_goes_on),
        TEST(a_checkpoint_that_cannot_be_saved_leaves_the_old_one),
        TEST(a_resume_that_fails_changes_nothing),
        TEST(a_resume_that_fails_leaves_the_folder_as_it_was),
        TEST(calls_that_are_interrupted_or_short_are_gone_on_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
