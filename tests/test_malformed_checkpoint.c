/* SPDX-License-Identifier: MIT */
/*
 * The rows of the catalogue of malformed files (test_malformed.c) that are about checkpoints. Every
 * file has the right checksum: these are what a wrong writer, or a hostile one, could make. A refused
 * resume changes nothing.
 */
#include "spoil.h"
#include "training.h"

#include <math.h>

static training_recipe recipe;

/* A checkpoint after 10 updates, as "checkpoint" in the scratch folder. */
static int make_checkpoint(void **fixture)
{
    training t;
    scratch_clean(fixture);
    training_recipe_validated(&recipe);
    training_run(&t, &recipe, 10, NULL, scratch("checkpoint"));
    training_free(&t);
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

/* Gives an element of a tensor another value. */
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
    training_begin(&t, &recipe);
    assert_ok(lstm_trainer_resume(t.trainer, poison("optimizer.m.lstm.1.bias", -1)));
    training_free(&t);
}

static void a_number_that_is_none_is_refused_by_its_key(void **fixture) /* row 38 */
{
    (void)fixture;
    static const struct {
        const char *from, *to;
        lstm_status status;
        const char *part;
    } cases[] = {
        {"\"iteration\":\"10\"", "\"iteration\":\"-1\"", LSTM_E_FORMAT,
         "\"iteration\" in the metadata is \"-1\""},
        {"\"iteration\":\"10\"", "\"iteration\":\"18446744073709551615\"", LSTM_E_LIMIT,
         "iteration is 18446744073709551615"},
        {"\"iter.drawn\":\"40\"", "\"iter.drawn\":\"9223372036854775808\"", LSTM_E_LIMIT,
         "iter.drawn is 9223372036854775808"},
        {"\"iteration\":\"10\"", "\"iteration\":\"\"", LSTM_E_FORMAT, "\"iteration\""},
        {"\"iteration\":\"10\"", "\"iterations\":\"10\"", LSTM_E_FORMAT, "no \"iteration\""},
        {"\"iter.pass_start\":\"", "\"iter.pass_start\":\"9", LSTM_E_FORMAT, "iter.pass_start is"},
        {"\"not_better\":\"", "\"not_better\":\"+", LSTM_E_FORMAT, "\"not_better\""},
        {"\"elapsed\":\"0x3", "\"elapsed\":\"0xb", LSTM_E_NUMERIC, "elapsed is -"},
        {"\"recipe\"", "\"recipes\"", LSTM_E_FORMAT, "no recipe"},
        {"\"recipe\":\"{", "\"recipe\":\"", LSTM_E_FORMAT, "no JSON object"},
        {"\"log_head\"", "\"log_foot\"", LSTM_E_FORMAT, "no log_head"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refuse(spoil("checkpoint", cases[i].from, cases[i].to), cases[i].status, cases[i].part);
}

/* What only the policy on divergence has in a checkpoint. */
static void a_return_that_cannot_have_been_is_refused(void **fixture)
{
    static const struct {
        const char *from, *to;
        lstm_status status;
        const char *part;
    } cases[] = {
        {"\"divergence.rate_factor\"", "\"rate_factor\"", LSTM_E_FORMAT,
         "no \"divergence.rate_factor\""},
        {"0x3ff0000000000000", "0x0000000000000000", LSTM_E_NUMERIC, "divergence.rate_factor is 0"},
        {"0x3ff0000000000000", "0xbff0000000000000", LSTM_E_NUMERIC,
         "divergence.rate_factor is -1"},
        {"0x3ff0000000000000", "0x4000000000000000", LSTM_E_NUMERIC, "divergence.rate_factor is 2"},
        {"0x3ff0000000000000", "0x7ff8000000000000", LSTM_E_NUMERIC, "divergence.rate_factor is "},
        {"\"divergence.start\":\"0\"", "\"divergence.start\":\"11\"", LSTM_E_FORMAT,
         "divergence.start is 11, beyond iteration, 10"},
        {"\"divergence.returns\":\"0\"", "\"divergence.returns\":\"none\"", LSTM_E_FORMAT,
         "\"divergence.returns\""},
    };
    training t;
    scratch_clean(fixture);
    recipe.trainer.on_divergence = LSTM_DIVERGENCE_RETURN;
    training_run(&t, &recipe, 10, NULL, scratch("checkpoint"));
    training_free(&t);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refuse(spoil("checkpoint", cases[i].from, cases[i].to), cases[i].status, cases[i].part);
}

static void a_best_model_without_a_validation_is_refused(void **fixture)
{
    training t;
    char score[80];
    scratch_clean(fixture);
    training_recipe_init(&recipe);
    training_run(&t, &recipe, 3, NULL, scratch("checkpoint"));
    training_free(&t);
    const char nan[] = "\"best_score\":\"0x7ff8000000000000\"";
    snprintf(score, sizeof score, "%s", "\"best_score\":\"0x3ff0000000000000\"");
    refuse(spoil("checkpoint", nan, score), LSTM_E_FORMAT, "has a best model, the recipe no");
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

/* The checkpoint with one tensor more: an output.bias, of two elements, in the block of that prefix. */
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

/* The checkpoint, of which the score says that there has been no validation yet. */
static const char *without_best_score(void)
{
    size_t size;
    char from[48];
    unsigned char *bytes = scratch_read("checkpoint", &size);
    const char *at = strstr((char *)bytes + 8, "\"best_score\":\"");
    assert_non_null(at);
    snprintf(from, sizeof from, "%.32s", at);
    free(bytes);
    return spoil("checkpoint", from, "\"best_score\":\"0x7ff8000000000000");
}

/* Before the first validation there is no best model: neither a part of one, nor all of it. */
static void a_best_block_of_a_run_without_a_best_model_is_named(void **fixture) /* rows 33, 36 */
{
    training t;
    (void)fixture;
    training_run(&t, &recipe, 3, NULL, scratch("early"));
    training_free(&t);
    refuse(add_bias("early", "best.", 1), LSTM_E_FORMAT,
           "has the tensor \"best.output.bias\", which this run does not have");
    refuse(add_bias("early", "best.", (lstm_real)NAN), LSTM_E_FORMAT, "\"best.output.bias\"");
    refuse(without_best_score(), LSTM_E_FORMAT, "has the tensor \"best.input.bias\"");
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
