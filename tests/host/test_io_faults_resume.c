/* SPDX-License-Identifier: MIT */
/* System calls fail while a run is resumed; see io_faults.h. */
#include "io_faults.h"

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

/* A folder that is two updates past the checkpoint `target`, with another run's best model. */
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
    /* the only failure after which the new file exists */
    bool flushed = strstr(lstm_last_error(), "flush the folder of") == NULL;
    nothing_or_all(h, status, 1);
    if (status == LSTM_OK) {
        assert_ok(lstm_trainer_best(h->t.trainer, &best));
        assert_either(path, h->other, best, true);
        assert_ok(lstm_trainer_run(h->t.trainer)); /* its lines follow the truncated log */
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_house, free_house)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_resume_that_fails_changes_nothing),
        TEST(a_resume_that_fails_leaves_the_folder_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
