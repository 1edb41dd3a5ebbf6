/* SPDX-License-Identifier: MIT */
/*
 * A damaged checkpoint: with any bit flipped or any number of bytes missing at the end, a resume
 * fails and leaves the run unchanged. The file is the smallest with every kind of block and key.
 */
#include "effort.h"
#include "scratch.h"
#include "seal.h"
#include "training.h"

#include <fcntl.h>
#include <stdbool.h>

static training_recipe recipe;
static training t, fresh;
static unsigned char *bytes;
static size_t size;

static int make_checkpoint(void **fixture)
{
    scratch_clean(fixture);
    training_recipe_validated(&recipe);
    recipe.model.n_hidden = 1;
    recipe.model.n_layer = 1;
    recipe.trainer.on_divergence = LSTM_DIVERGENCE_ROLL_BACK;
    training_run_and_free(&recipe, 7, NULL, scratch("checkpoint"));
    recipe.trainer.unchecked = 1; /* must fail nevertheless */
    bytes = scratch_read("checkpoint", &size);
    training_begin(&t, &recipe);
    training_begin(&fresh, &recipe);
    return 0;
}

static int it_is_as_it_was(void **fixture)
{
    (void)fixture;
    assert_same_training(&t, &fresh);
    scratch_holds("checkpoint", bytes, size); /* the flipped bit was restored */
    assert_ok(lstm_trainer_resume(t.trainer, scratch("checkpoint")));
    training_free(&t);
    training_free(&fresh);
    free(bytes);
    return 0;
}

static void no_bit_can_be_wrong(void **fixture)
{
    (void)fixture;
    const char *path = scratch("checkpoint");
    int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    for (size_t at = 0; at < size; at = TEST_NEXT(at)) {
        for (int bit = 0; bit < 8; bit++) {
            const unsigned char flipped = (unsigned char)(bytes[at] ^ 1 << bit);
            assert_int_equal(pwrite(file, &flipped, 1, (off_t)at), 1);
            lstm_status status = lstm_trainer_resume(t.trainer, path);
            if (!seal_names_flip(at, status))
                fail_msg("bit %d of byte %zu: %s", bit, at, lstm_status_name(status));
        }
        assert_int_equal(pwrite(file, &bytes[at], 1, (off_t)at), 1);
    }
    close(file);
}

static void no_byte_can_be_missing(void **fixture)
{
    (void)fixture;
    const char *path = scratch("checkpoint");
    lstm_model *model = NULL;
    for (size_t cut = size; cut-- > 0;) {
        assert_int_equal(truncate(path, (off_t)cut), 0);
        assert_status(lstm_trainer_resume(t.trainer, path), LSTM_E_TRUNC, path);
        assert_status(lstm_model_load(&model, path), LSTM_E_TRUNC, path);
        assert_null(model);
    }
    scratch_write("checkpoint", bytes, size);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_checkpoint, it_is_as_it_was)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_bit_can_be_wrong),
        TEST(no_byte_can_be_missing),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
