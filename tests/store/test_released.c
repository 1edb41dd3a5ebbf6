/* SPDX-License-Identifier: MIT */
/*
 * Models and checkpoints of every format version and of another writer can be read, and have the
 * contents of released.h.
 */
#include "released.h"
#include "scratch.h"
#include "spoil.h"

#define MODEL(version)      TEST_RELEASED "/v" #version "_model.safetensors"
#define CHECKPOINT(version) TEST_RELEASED "/v" #version "_checkpoint.safetensors"

static const lstm_load_options loose = {sizeof loose, 1};

static void assert_holds_the_model(const char *path, const lstm_load_options *options)
{
    lstm_model *model;
    assert_ok(lstm_model_load_with(&model, path, options));
    released_assert(model);
    lstm_model_free(model);
}

static void assert_refuses(const char *path, const lstm_load_options *options, lstm_status status,
                           const char *part)
{
    lstm_model *model = NULL;
    assert_status(lstm_model_load_with(&model, path, options), status, part);
    assert_null(model);
}

static void a_model_of_version_2_is_read(void **fixture)
{
    (void)fixture;
    lstm_model *model;
    assert_holds_the_model(MODEL(2), NULL);
    assert_holds_the_model(MODEL(2), &loose);
    assert_holds_the_model(CHECKPOINT(2), NULL);
    assert_ok(lstm_model_load(&model, MODEL(2)));
    released_assert(model);
    lstm_model_free(model);
}

static void a_model_of_version_1_is_read_if_asked_for(void **fixture)
{
    (void)fixture;
    lstm_model *model = NULL;
    static const char said[] = "has format version 1 and no checksum";
    assert_refuses(MODEL(1), NULL, LSTM_E_CHECKSUM, said);
    assert_refuses(CHECKPOINT(1), NULL, LSTM_E_CHECKSUM, said);
    assert_status(lstm_model_load(&model, MODEL(1)), LSTM_E_CHECKSUM, said);
    assert_null(model);
    assert_holds_the_model(MODEL(1), &loose);
    assert_holds_the_model(CHECKPOINT(1), &loose);
}

static void a_file_of_the_safetensors_package_is_read_if_asked_for(void **fixture)
{
    (void)fixture;
    static const char plain[] = TEST_RELEASED "/other_plain.safetensors";
    static const char metadata[] = TEST_RELEASED "/other_metadata.safetensors";
    assert_refuses(plain, NULL, LSTM_E_FORMAT, "is missing. With unchecked 1 in lstm_load_options");
    assert_refuses(metadata, NULL, LSTM_E_FORMAT,
                   "is \"np\". With unchecked 1 in lstm_load_options");
    assert_holds_the_model(plain, &loose);
    assert_holds_the_model(metadata, &loose);
}

static void a_checkpoint_of_version_2_is_resumed(void **fixture)
{
    (void)fixture;
    released_training t;
    lstm_progress progress;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    released_start(&t, &options);
    assert_ok(lstm_trainer_resume(t.trainer, CHECKPOINT(2)));
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_int_equal(progress.iteration, RELEASED_UPDATES);
    released_assert(t.model);
    released_free(&t);
}

/* Copies a released file to the scratch folder as `name`. */
static void copy_released(const char *path, const char *name)
{
    size_t size;
    unsigned char bytes[20000];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_in_range(size, 500, sizeof bytes - 1);
    scratch_write(name, bytes, size);
}

static void resume_spoilt(const char *from, const char *to, lstm_trainer_options options,
                          lstm_status status, const char *part)
{
    released_training t;
    released_start(&t, &options);
    copy_released(CHECKPOINT(2), "checkpoint");
    assert_status(lstm_trainer_resume(t.trainer, spoil("checkpoint", from, to)), status, part);
    released_free(&t);
}

/*
 * Recipes of earlier releases lack the keys of later options; these keys are examples. `later` is
 * the recipe of a release with one more option than this one.
 */
static void an_option_that_a_recipe_lacks_was_not_used_in_its_run(void **fixture)
{
    (void)fixture;
    static const spoiling cases[] = {
        {"\\\"window_rule\\\":0,", "", LSTM_OK, NULL},
        {"\\\"weight_decay\\\":0.0,", "", LSTM_OK, NULL},
        {",\\\"sampler\\\":false", "", LSTM_OK, NULL},
        {"\\\"hooks\\\":[],", "", LSTM_OK, NULL},
        {"\\\"min_delta\\\":0.0,", "", LSTM_OK, NULL},
        {"\\\"seed\\\":3", "\\\"later\\\":0", LSTM_E_MISMATCH, "has no iter.seed"},
        {"\\\"beta1\\\":0.90000000000000002,", "", LSTM_E_MISMATCH, "has no optimizer.beta1"},
        {"\\\"seed\\\":3", "\\\"seed\\\":3,\\\"later\\\":0", LSTM_OK, NULL},
        {"\\\"seed\\\":3", "\\\"seed\\\":3,\\\"later\\\":null", LSTM_OK, NULL},
        {"\\\"seed\\\":3", "\\\"seed\\\":3,\\\"later\\\":1", LSTM_E_MISMATCH,
         "has iter.later, which this release does not know"},
        {"{\\\"series\\\":", "{\\\"later\\\":{\\\"rate\\\":0.5},\\\"series\\\":", LSTM_E_MISMATCH,
         "has later, which this release"},
        {"{\\\"series\\\":", "{\\\"later\\\":null,\\\"series\\\":", LSTM_OK, NULL},
    };
    const lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        resume_spoilt(cases[i].from, cases[i].to, options, cases[i].status, cases[i].part);
}

/* "divergence" was added after the files were written. */
static void an_option_of_now_is_no_option_of_an_older_run(void **fixture)
{
    (void)fixture;
    static const char *const paths[] = {CHECKPOINT(1), CHECKPOINT(2)};
    for (int i = 0; i < 2; i++) {
        released_training t;
        lstm_progress progress;
        lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
        options.unchecked = 1;
        options.on_divergence = LSTM_DIVERGENCE_ROLL_BACK;
        released_start(&t, &options);
        assert_status(lstm_trainer_resume(t.trainer, paths[i]), LSTM_E_MISMATCH,
                      "the recipe in the checkpoint has no divergence");
        assert_ok(lstm_trainer_progress(t.trainer, &progress));
        assert_int_equal(progress.iteration, 0);
        released_free(&t);
    }
}

/* The bytes of a tensor of a file. */
static const unsigned char *find_tensor(const unsigned char *file, const char *name)
{
    char start[80];
    size_t length = (size_t)file[0] | (size_t)file[1] << 8;
    snprintf(start, sizeof start, "\"%s\":{", name);
    const char *entry = strstr((const char *)file + 8, start);
    assert_non_null(entry);
    const char *offsets = strstr(entry, "\"data_offsets\":[");
    assert_non_null(offsets);
    return file + 8 + length + strtol(offsets + 16, NULL, 10);
}

static unsigned char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = calloc(1, 20000);
    assert_true(file != NULL && bytes != NULL);
    assert_true(fread(bytes, 1, 19999, file) > 500);
    fclose(file);
    return bytes;
}

static void a_checkpoint_of_version_1_is_resumed_if_asked_for(void **fixture)
{
    (void)fixture;
    released_training t;
    lstm_progress progress;
    lstm_iter_position position;
    float v[36];
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    released_start(&t, &options);
    assert_status(lstm_trainer_resume(t.trainer, CHECKPOINT(1)), LSTM_E_CHECKSUM, "no checksum");
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_int_equal(progress.iteration, 0);
    released_free(&t);
    options.unchecked = 1;
    released_start(&t, &options);
    assert_ok(lstm_trainer_resume(t.trainer, CHECKPOINT(1)));
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_int_equal(progress.iteration, RELEASED_UPDATES);
    assert_true(progress.valid_score > 0);
    assert_ok(lstm_iter_get_position(t.iter, &position));
    assert_int_equal(position.drawn, 2 * RELEASED_UPDATES);
    released_assert(t.model);
    unsigned char *file = read_file(CHECKPOINT(1));
    assert_ok(lstm_updater_moment(t.updater, "v", "lstm.0.weight_h", v, 36));
    assert_memory_equal(v, find_tensor(file, "optimizer.v.lstm.0.weight_h"), sizeof v);
    free(file);
    released_free(&t);
}

static const unsigned char *data_of(const unsigned char *file)
{
    return file + 8 + file[0] + 256 * (size_t)file[1];
}

/* What is resumed is saved again: nothing of the file is without effect. */
static void a_checkpoint_with_all_blocks_is_resumed(void **fixture)
{
    (void)fixture;
    static const char path[] = TEST_RELEASED "/v2_checkpoint_options.safetensors";
    static const char *const blocks[] = {"best.", "average.", "optimizer.m."};
    released_training t;
    lstm_progress progress;
    lstm_trainer_options options = LSTM_TRAINER_OPTIONS_INIT;
    released_start_with(&t, &options, true);
    lstm_status status = lstm_trainer_resume(t.trainer, path);
    assert_true(status == LSTM_OK || status == LSTM_OTHER_KERNELS); /* those of the release */
    assert_ok(lstm_trainer_progress(t.trainer, &progress));
    assert_int_equal(progress.iteration, RELEASED_UPDATES);
    released_assert(t.model);
    assert_ok(lstm_trainer_save(t.trainer, scratch("a")));
    unsigned char *before = read_file(path), *after = read_file(scratch("a"));
    for (int i = 0; i < 3; i++) {
        char name[80];
        snprintf(name, sizeof name, "%slstm.0.weight_h", blocks[i]);
        assert_memory_equal(find_tensor(before, name), find_tensor(after, name),
                            36 * sizeof(float));
    }
    const float *state = (const float *)find_tensor(before, "state"); /* [1, 2, 2, 3] */
    assert_memory_equal(state, find_tensor(after, "state"), 12 * sizeof *state);
    assert_true(state[0] != 0);
    assert_memory_equal(data_of(before), data_of(after), 5 * 81 * sizeof *state);
    free(before);
    free(after);
    released_free(&t);
}

/* Only the checksum is optional; all other checks are the same. */
static void a_file_without_checksum_is_read_as_strictly_otherwise(void **fixture)
{
    (void)fixture;
    lstm_model *model = released_model();
    size_t size;
    assert_ok(lstm_model_save(model, scratch("a")));
    lstm_model_free(model);
    unsigned char *bytes = scratch_read("a", &size);
    memcpy(strstr((char *)bytes + 8, "checksum"), "checksun", 8);
    assert_refuses(scratch_write("a", bytes, size), &loose, LSTM_E_CHECKSUM,
                   "its checksum is missing");
    free(bytes);
    static const struct {
        const char *from, *to;
        lstm_status status;
        const char *part;
    } changes[] = {
        {"\"F32\"", "\"I32\"", LSTM_E_DTYPE, "input.bias has elements of type I32"},
        {"output.bias", "output.bits", LSTM_E_FORMAT, "has the tensor \"output.bits\""},
        {"output.weight", "output.height", LSTM_E_NAME, "has no tensor output.weight"},
        {"lstm.0.weight_x", "lstm.1.weight_x", LSTM_E_NAME, "has no tensor lstm.0.weight_x"},
        {"\"shape\":[1,3]", "\"shape\":[3,1]", LSTM_E_SHAPE, "output.bias is [1], expected [3]"},
        {"\"shape\":[3,2]", "\"shape\":[ 6 ]", LSTM_E_SHAPE,
         "input.weight is [6], expected a matrix"},
        {"[12,36]", "[13,37]", LSTM_E_FORMAT, "\"input.weight\": it begins at 13, after a hole"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        bytes = read_file(TEST_RELEASED "/other_plain.safetensors");
        size = 8 + (size_t)bytes[0] + ((size_t)bytes[1] << 8) + 388;
        char *at = strstr((char *)bytes + 8, changes[i].from);
        assert_non_null(at);
        memcpy(at, changes[i].to, strlen(changes[i].to));
        assert_refuses(scratch_write("a", bytes, size), &loose, changes[i].status, changes[i].part);
        free(bytes);
    }
}

static void options_that_are_none_are_refused(void **fixture)
{
    (void)fixture;
    lstm_load_options options = LSTM_LOAD_OPTIONS_INIT;
    options.unchecked = 2;
    assert_refuses(MODEL(2), &options, LSTM_E_ARGUMENT, "unchecked is 2");
    options = (lstm_load_options)LSTM_LOAD_OPTIONS_INIT;
    options.struct_size = 4;
    assert_refuses(MODEL(2), &options, LSTM_E_OPTIONS, "lstm_load_options");
}

#define TEST(name) cmocka_unit_test_setup(name, scratch_clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_model_of_version_2_is_read),
        TEST(a_model_of_version_1_is_read_if_asked_for),
        TEST(a_file_of_the_safetensors_package_is_read_if_asked_for),
        TEST(a_checkpoint_of_version_2_is_resumed),
        TEST(a_checkpoint_of_version_1_is_resumed_if_asked_for),
        TEST(a_checkpoint_with_all_blocks_is_resumed),
        TEST(an_option_that_a_recipe_lacks_was_not_used_in_its_run),
        TEST(an_option_of_now_is_no_option_of_an_older_run),
        TEST(a_file_without_checksum_is_read_as_strictly_otherwise),
        TEST(options_that_are_none_are_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
