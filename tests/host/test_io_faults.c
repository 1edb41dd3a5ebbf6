/* SPDX-License-Identifier: MIT */
/* System calls fail while models and runs are written and loaded; see io_faults.h. */
#include "io_faults.h"

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

static lstm_status run_it(house *h)
{
    return lstm_trainer_run(h->t.trainer);
}

/* After any failure the same trainer continues, and a new one can resume from the folder. */
static void it_continues(house *h, lstm_status status)
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
    assert_ok(lstm_trainer_resume(h->t.trainer, NULL)); /* the failed snapshot was written later */
    assert_ok(lstm_trainer_progress(h->t.trainer, &progress));
    assert_int_equal(progress.iteration, 2);
    assert_ok(lstm_trainer_resume(h->t.trainer, h->target));
}

static void a_run_that_fails_continues(void **fixture)
{
    const attempt runs = {begin_trainer, run_it, it_continues};
    assert_true(sweep(*fixture, &runs) >= 4 * 40);
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
        TEST(a_run_that_fails_continues),
        TEST(a_checkpoint_that_cannot_be_saved_leaves_the_old_one),
        TEST(calls_that_are_interrupted_or_short_are_gone_on_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
