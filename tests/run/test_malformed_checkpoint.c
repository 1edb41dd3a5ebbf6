/* SPDX-License-Identifier: MIT */
/*
 * The rows of tests/malformed/README.md about checkpoints. Every file has the right checksum, as a
 * faulty or hostile writer could write it. A failed resume changes nothing.
 */
#include "spoil.h"
#include "training.h"

#include <math.h>

static training_recipe recipe;

/* A checkpoint after 10 updates, as "checkpoint" in the scratch folder. */
static int make_checkpoint(void **fixture)
{
    scratch_clean(fixture);
    training_recipe_validated(&recipe);
    training_run_and_free(&recipe, 10, NULL, scratch("checkpoint"));
    return 0;
}

static void refuse(const char *path, lstm_status status, const char *part)
{
    training t, fresh;
    training_begin(&t, &recipe);
    training_begin(&fresh, &recipe);
    assert_status(lstm_trainer_resume(t.trainer, path), status, part);
    assert_same_training(&t, &fresh);
    training_free(&t);
    training_free(&fresh);
}

/* Changes an element of a tensor. Returns the file's path. */
static const char *poison(const char *tensor, double value)
{
    size_t size, length = 0;
    char start[80];
    unsigned char *bytes = scratch_read("checkpoint", &size);
    lstm_real element = (lstm_real)value;
    for (int i = 0; i < 8; i++)
        length |= (size_t)bytes[i] << 8 * i;
    snprintf(start, sizeof start, "\"%s\":{", tensor);
    const char *entry = strstr((char *)bytes + 8, start);
    assert_non_null(entry);
    const char *offsets = strstr(entry, "\"data_offsets\":[");
    size_t at = 8 + length + (size_t)strtol(offsets + 16, NULL, 10) + 2 * sizeof element;
    memcpy(bytes + at, &element, sizeof element);
    seal(bytes, size);
    const char *path = scratch_write("spoilt", bytes, size);
    free(bytes);
    return path;
}

static void a_moment_that_no_optimizer_has_is_refused(void **fixture) /* row 38 */
{
    (void)fixture;
    refuse(poison("optimizer.v.lstm.1.bias", -1), LSTM_E_NUMERIC,
           "optimizer.v.lstm.1.bias[2] is -1");
    refuse(poison("optimizer.vhat.input.weight", -1e-30), LSTM_E_NUMERIC,
           "optimizer.vhat.input.weight[0, 2] is -1e-30");
    refuse(poison("optimizer.m.lstm.0.weight_h", (double)NAN), LSTM_E_NUMERIC,
           "element 2 of optimizer.m.lstm.0.weight_h is ");
    refuse(poison("best.lstm.0.bias", (double)INFINITY), LSTM_E_NUMERIC,
           "element 2 of best.lstm.0.bias is inf");
    training t; /* a first moment may be negative */
    training_resume(&t, &recipe, poison("optimizer.m.lstm.1.bias", -1));
    training_free(&t);
}

static void refuse_each(const spoiling *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        refuse(spoil("checkpoint", cases[i].from, cases[i].to), cases[i].status, cases[i].part);
}

static void a_number_that_is_none_is_refused_by_its_key(void **fixture) /* row 38 */
{
    (void)fixture;
    static const spoiling cases[] = {
        {"\"iteration\":\"10\"", "\"iteration\":\"-1\"", LSTM_E_FORMAT,
         "\"iteration\" in the metadata is \"-1\""},
        {"\"iteration\":\"10\"", "\"iteration\":\"18446744073709551615\"", LSTM_E_LIMIT,
         "iteration is 18446744073709551615"},
        {"\"iter.drawn\":\"40\"", "\"iter.drawn\":\"9223372036854775808\"", LSTM_E_LIMIT,
         "iter.drawn is 9223372036854775808"},
        {"\"not_better\":\"", "\"not_better\":\"461168601842738799", LSTM_E_LIMIT,
         "not_better is 461168601842738799"},
        {"\"iteration\":\"10\"", "\"iteration\":\"4611686018427387905\"", LSTM_E_LIMIT,
         "iteration is 4611686018427387905, the limit is 2^62"},
        {"\"iteration\":\"10\"", "\"iteration\":\"\"", LSTM_E_FORMAT, "\"iteration\""},
        {"\"iteration\":\"10\"", "\"iterations\":\"10\"", LSTM_E_FORMAT, "no \"iteration\""},
        {"\"iter.pass_start\":\"", "\"iter.pass_start\":\"9", LSTM_E_FORMAT, "iter.pass_start is"},
        {"\"not_better\":\"", "\"not_better\":\"+", LSTM_E_FORMAT, "\"not_better\""},
        {"\"elapsed\":\"0x3", "\"elapsed\":\"0xb", LSTM_E_NUMERIC, "elapsed is -"},
        {"\"recipe\"", "\"recipes\"", LSTM_E_FORMAT, "no recipe"},
        {"\"recipe\":\"{", "\"recipe\":\"", LSTM_E_FORMAT, "is not a JSON object"},
        {"\"log_head\"", "\"log_foot\"", LSTM_E_FORMAT, "no log_head"},
    };
    refuse_each(cases, sizeof cases / sizeof cases[0]);
}

/* The entry of a double in the checkpoint's header. */
static const char *entry_of(const char *key)
{
    static char entry[80];
    char start[40];
    size_t size;
    unsigned char *bytes = scratch_read("checkpoint", &size);
    snprintf(start, sizeof start, "\"%s\":\"0x", key);
    const char *at = strstr((char *)bytes + 8, start);
    assert_non_null(at);
    snprintf(entry, sizeof entry, "%.*s", (int)strlen(start) + 17, at); /* with the last quote */
    free(bytes);
    return entry;
}

static void refuse_double(const char *key, const char *value, const char *part)
{
    char entry[80];
    snprintf(entry, sizeof entry, "\"%s\":\"%s\"", key, value);
    refuse(spoil("checkpoint", entry_of(key), entry), LSTM_E_NUMERIC, part);
}

static const char nan_text[] = "0x7ff8000000000000", infinity_text[] = "0x7ff0000000000000",
                  minus_one_text[] = "0xbff0000000000000";

static void seconds_and_scores_that_no_run_has_are_refused(void **fixture) /* row 38 */
{
    (void)fixture;
    refuse_double("elapsed", infinity_text, "elapsed is inf");
    refuse_double("elapsed", nan_text, "elapsed is nan");
    refuse_double("elapsed", minus_one_text, "elapsed is -1");
    refuse_double("elapsed", "0x8000000000000000", "elapsed is -0"); /* would be saved as 0 */
    static const char *const keys[] = {"last_score", "best_score"};
    for (int i = 0; i < 2; i++) { /* there was a validation */
        refuse_double(keys[i], infinity_text, keys[i]);
        refuse_double(keys[i], minus_one_text, keys[i]);
        refuse_double(keys[i], nan_text, "expected both finite");
    }
}

/* An update later they can still be saved, and resumed; or they are not saved. */
static void a_counter_at_its_limit_is_never_saved_beyond_it(void **fixture)
{
    (void)fixture;
    static const struct {
        const char *iteration;
        lstm_status status;
    } cases[] = {{"\"iteration\":\"4611686018427387903\"", LSTM_OK},
                 {"\"iteration\":\"4611686018427387904\"", LSTM_E_LIMIT}};
    for (int i = 0; i < 2; i++) {
        training t;
        const char *next = scratch("next");
        training_resume(&t, &recipe,
                        spoil("checkpoint", "\"iteration\":\"10\"", cases[i].iteration));
        assert_ok(lstm_updater_update(t.updater));
        assert_status(lstm_trainer_save(t.trainer, next), cases[i].status,
                      i == 0 ? NULL : "iteration is 4611686018427387905");
        assert_ok(lstm_trainer_resume(t.trainer, next)); /* the file that was there is kept */
        training_free(&t);
    }
}

/* What only the policy on divergence has in a checkpoint. */
static void a_return_that_cannot_have_been_is_refused(void **fixture)
{
    static const spoiling cases[] = {
        {"\"divergence.rate_factor\"", "\"rate_factor\"", LSTM_E_FORMAT,
         "no \"divergence.rate_factor\""},
        {"0x3ff0000000000000", "0x0000000000000000", LSTM_E_NUMERIC, "divergence.rate_factor is 0"},
        {"0x3ff0000000000000", "0xbff0000000000000", LSTM_E_NUMERIC,
         "divergence.rate_factor is -1"},
        {"0x3ff0000000000000", "0x4000000000000000", LSTM_E_NUMERIC, "divergence.rate_factor is 2"},
        {"0x3ff0000000000000", "0x7ff8000000000000", LSTM_E_NUMERIC, "divergence.rate_factor is "},
        {"\"divergence.start\":\"0\"", "\"divergence.start\":\"11\"", LSTM_E_FORMAT,
         "divergence.start is 11, expected at most iteration, 10"},
        {"\"divergence.returns\":\"0\"", "\"divergence.returns\":\"none\"", LSTM_E_FORMAT,
         "\"divergence.returns\""},
    };
    scratch_clean(fixture);
    recipe.trainer.on_divergence = LSTM_DIVERGENCE_ROLL_BACK;
    training_run_and_free(&recipe, 10, NULL, scratch("checkpoint"));
    refuse_each(cases, sizeof cases / sizeof cases[0]);
}

static void a_best_model_without_a_validation_is_refused(void **fixture)
{
    char score[80];
    scratch_clean(fixture);
    training_recipe_init(&recipe);
    const char *number = "0x3ff0000000000000";
    for (int returns = 0; returns < 2; returns++) {
        recipe.trainer.on_divergence = returns ? LSTM_DIVERGENCE_ROLL_BACK : LSTM_DIVERGENCE_STOP;
        training_run_and_free(&recipe, 3, NULL, scratch("checkpoint"));
        refuse_double("best_score", number, "best_score 1");
        size_t size;
        snprintf(score, sizeof score, "\"last_score\":\"%s\"", number);
        unsigned char *bytes = spoilt("checkpoint", entry_of("last_score"), score, &size);
        scratch_write("checkpoint", bytes, size);
        free(bytes);
        snprintf(score, sizeof score, "\"best_score\":\"%s\"", number);
        refuse(spoil("checkpoint", entry_of("best_score"), score), LSTM_E_FORMAT,
               "has a best model, but the recipe has no");
    }
}

static void a_window_of_another_length_is_a_mismatch(void **fixture) /* row 42 */
{
    (void)fixture;
    static const char *const others[] = {"0", "-5", "9223372036854775807"};
    for (int i = 0; i < 3; i++) {
        char to[80];
        snprintf(to, sizeof to, "\\\"iter\\\":{\\\"window_len\\\":%s,", others[i]);
        refuse(spoil("checkpoint", "\\\"iter\\\":{\\\"window_len\\\":5,", to), LSTM_E_MISMATCH,
               "iter.window_len is 5 here");
    }
}

static void a_checkpoint_of_other_data_or_another_model_is_a_mismatch(void **fixture) /* row 45 */
{
    (void)fixture;
    const char *path = scratch("checkpoint");
    refuse(spoil("checkpoint", "\\\"rows\\\":40", "\\\"rows\\\":41"), LSTM_E_MISMATCH,
           "series.rows is 40 here, 41 in the checkpoint");
    recipe.model.n_hidden = 7;
    refuse(path, LSTM_E_MISMATCH, "n_hidden is 6 in the checkpoint, 7 in the model");
    training_recipe_validated(&recipe);
    recipe.optimizer.kind = LSTM_ADAM;
    refuse(path, LSTM_E_MISMATCH, "optimizer.kind");
}

static void a_recipe_of_any_depth_is_refused(void **fixture) /* row 43 */
{
    (void)fixture;
    enum { DEEP = 100000 };
    static char text[DEEP + 20] = "\"recipe\":\"{\\\"x\\\":";
    memset(text + strlen(text), '[', DEEP - 20);
    refuse(spoil("checkpoint", "\"recipe\":\"{", text), LSTM_E_LIMIT,
           "the recipe's depth is above 64");
}

static void a_block_that_is_missing_is_named(void **fixture) /* row 33 */
{
    (void)fixture;
    refuse(spoil("checkpoint", "\"optimizer.v.input.bias\"", "\"optimizer.w.input.bias\""),
           LSTM_E_NAME, "has no tensor optimizer.v.input.bias");
    refuse(spoil("checkpoint", "\"best.output.bias\"", "\"worst.output.bias\""), LSTM_E_FORMAT,
           "has the tensor \"worst.output.bias\"");
}

/*
 * The checkpoint with one tensor more: an output.bias, of two elements, in the block of that
 * prefix.
 */
static const char *add_bias(const char *name, const char *prefix, lstm_real first)
{
    size_t size, header = 0;
    char entry[160];
    const lstm_real values[2] = {first, 1};
    unsigned char *bytes = scratch_read(name, &size);
    for (int i = 0; i < 8; i++)
        header |= (size_t)bytes[i] << 8 * i;
    free(bytes);
    size_t end = size - 8 - header;
    snprintf(entry, sizeof entry,
             "\"%soutput.bias\":{\"dtype\":\"%s\",\"shape\":[2],\"data_offsets\":[%zu,%zu]},"
             "\"input.weight\"",
             prefix, sizeof(lstm_real) == 4 ? "F32" : "F64", end, end + sizeof values);
    bytes = with_data(spoilt(name, "\"input.weight\"", entry, &size), &size, values, sizeof values);
    const char *path = scratch_write("spoilt", bytes, size);
    free(bytes);
    return path;
}

static void a_block_that_the_optimizer_does_not_have_is_named(void **fixture) /* row 33 */
{
    (void)fixture;
    refuse(add_bias("checkpoint", "optimizer.x.", 1), LSTM_E_FORMAT,
           "has the tensor \"optimizer.x.output.bias\", which this run does not have");
    refuse(add_bias("checkpoint", "optimizer.mm.", 1), LSTM_E_FORMAT,
           "\"optimizer.mm.output.bias\"");
    refuse(add_bias("checkpoint", "optimizer..", 1), LSTM_E_FORMAT, "\"optimizer..output.bias\"");
    refuse(add_bias("checkpoint", "optimizer.", 1), LSTM_E_FORMAT, "\"optimizer.output.bias\"");
    refuse(add_bias("checkpoint", "best.best.", 1), LSTM_E_FORMAT, "\"best.best.output.bias\"");
}

static void a_nan_in_a_block_that_nobody_reads_is_not_taken(void **fixture) /* row 36 */
{
    (void)fixture;
    refuse(add_bias("checkpoint", "optimizer.x.", (lstm_real)NAN), LSTM_E_FORMAT,
           "\"optimizer.x.output.bias\", which this run does not have");
}

/* As a run has it that never validated; its best model is still there. */
static const char *without_scores(void)
{
    spoil("checkpoint", entry_of("last_score"), "\"last_score\":\"0x7ff8000000000000\"");
    return spoil("spoilt", entry_of("best_score"), "\"best_score\":\"0x7ff8000000000000\"");
}

/* Before the first validation there is no best model: neither a part of one, nor all of it. */
static void a_best_block_of_a_run_without_a_best_model_is_named(void **fixture) /* rows 33, 36 */
{
    (void)fixture;
    training_run_and_free(&recipe, 3, NULL, scratch("early"));
    refuse(add_bias("early", "best.", 1), LSTM_E_FORMAT,
           "has the tensor \"best.output.bias\", which this run does not have");
    refuse(add_bias("early", "best.", (lstm_real)NAN), LSTM_E_FORMAT, "\"best.output.bias\"");
    refuse(without_scores(), LSTM_E_FORMAT, "has the tensor \"best.input.bias\"");
}

static void a_best_block_that_is_not_whole_is_refused_by_what_it_lacks(void **fixture) /* row 33 */
{
    (void)fixture;
    refuse(spoil("checkpoint", "\"best.input.bias\"", "\"optimizer.x.input.bias\""), LSTM_E_NAME,
           "has no tensor best.input.bias");
}

#define TEST(name) cmocka_unit_test_setup(name, make_checkpoint)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_moment_that_no_optimizer_has_is_refused),
        TEST(a_number_that_is_none_is_refused_by_its_key),
        TEST(seconds_and_scores_that_no_run_has_are_refused),
        TEST(a_counter_at_its_limit_is_never_saved_beyond_it),
        TEST(a_return_that_cannot_have_been_is_refused),
        TEST(a_best_model_without_a_validation_is_refused),
        TEST(a_window_of_another_length_is_a_mismatch),
        TEST(a_checkpoint_of_other_data_or_another_model_is_a_mismatch),
        TEST(a_recipe_of_any_depth_is_refused),
        TEST(a_block_that_is_missing_is_named),
        TEST(a_block_that_the_optimizer_does_not_have_is_named),
        TEST(a_nan_in_a_block_that_nobody_reads_is_not_taken),
        TEST(a_best_block_of_a_run_without_a_best_model_is_named),
        TEST(a_best_block_that_is_not_whole_is_refused_by_what_it_lacks),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
