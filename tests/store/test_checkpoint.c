/* SPDX-License-Identifier: MIT */
#include "failing_allocator.h"
#include "scratch.h"

#include "base/memory.h"
#include "network/model.h"
#include "store/checkpoint.h"

enum { D = 2, K = 3, H = 5, L = 2 };

static const char *const prefixes[] = {"", "best.", "optimizer.m.", "optimizer.v."};
enum { N_BLOCK = 4 };

/* The metadata that every checkpoint of the model has. */
static const lts_text plain_texts[] = {
    {"format", "lstmts"}, {"format_version", "2"}, {"n_input", "2"}, {"kind", "checkpoint"},
    {"n_output", "3"},    {"n_hidden", "5"},       {"n_layer", "2"}};

/* A checkpoint to write; its blocks have different values. */
typedef struct recipe {
    lts_params params;
    real *values[N_BLOCK];
    lts_block blocks[N_BLOCK];
    lts_text texts[3];
} recipe;

static void fill_recipe(recipe *made)
{
    assert_ok(lts_params_init(&made->params, D, K, H, L));
    for (int b = 0; b < N_BLOCK; b++) {
        made->values[b] = lts_params_new_block(&made->params);
        assert_non_null(made->values[b]);
        for (int64_t t = 0; t < made->params.n_tensor; t++)
            for (int64_t e = 0; e < made->params.tensors[t].size; e++)
                made->values[b][made->params.tensors[t].offset + e] =
                    (real)(1000 * b + 10 * t) + (real)e / 7;
        made->blocks[b] = (lts_block){prefixes[b], made->values[b]};
    }
    const lts_text texts[] = {
        {"iteration", "12"}, {"columns", "sin,cos"}, {"score", "0x3ff8000000000000"}};
    memcpy(made->texts, texts, sizeof texts);
}

static void clear_recipe(recipe *made)
{
    for (int b = 0; b < N_BLOCK; b++)
        lts_free(made->values[b]);
    lts_params_clear(&made->params);
}

static int make_recipe(void **fixture)
{
    static recipe made;
    fill_recipe(&made);
    *fixture = &made;
    return scratch_clean(NULL);
}

static int free_recipe(void **fixture)
{
    clear_recipe(*fixture);
    return 0;
}

static lstm_status write_blocks(const recipe *with, int64_t n_block)
{
    return lts_checkpoint_write(lts_at_path(scratch("a")), &with->params, with->blocks, n_block,
                                NULL, with->texts, 3);
}

static lts_checkpoint *open_it(void)
{
    lts_checkpoint *checkpoint;
    assert_ok(lts_checkpoint_open(&checkpoint, lts_at_path(scratch("a")), false));
    return checkpoint;
}

static void assert_refuses(lstm_status status, const char *part)
{
    lts_checkpoint *checkpoint = NULL;
    assert_status(lts_checkpoint_open(&checkpoint, lts_at_path(scratch("a")), false), status, part);
    assert_null(checkpoint);
}

static void blocks_and_strings_come_back_bit_for_bit(void **fixture)
{
    const recipe *with = *fixture;
    assert_ok(write_blocks(with, N_BLOCK));
    lts_checkpoint *checkpoint = open_it();
    assert_string_equal(lts_checkpoint_text(checkpoint, "iteration"), "12");
    assert_string_equal(lts_checkpoint_text(checkpoint, "columns"), "sin,cos");
    assert_string_equal(lts_checkpoint_text(checkpoint, "kind"), "checkpoint");
    assert_null(lts_checkpoint_text(checkpoint, "epoch"));
    for (int b = 0; b < N_BLOCK; b++) {
        real *values = lts_params_new_block(&with->params);
        assert_ok(lts_checkpoint_block(checkpoint, &with->params, prefixes[b], values));
        assert_memory_equal(values, with->values[b], (size_t)with->params.total * sizeof *values);
        lts_free(values);
    }
    lts_checkpoint_close(checkpoint);
    lts_checkpoint_close(NULL);
    assert_int_equal(scratch_entries(0), 1);
}

static void the_gaps_between_tensors_stay_as_they_are(void **fixture)
{
    const recipe *with = *fixture;
    int64_t total = with->params.total, covered = 0, kept = 0;
    assert_ok(write_blocks(with, 1));
    lts_checkpoint *checkpoint = open_it();
    real *values = lts_params_new_block(&with->params);
    for (int64_t i = 0; i < total; i++)
        values[i] = -1;
    assert_ok(lts_checkpoint_block(checkpoint, &with->params, "", values));
    for (int64_t i = 0; i < with->params.n_tensor; i++)
        covered += with->params.tensors[i].size;
    for (int64_t i = 0; i < total; i++)
        kept += values[i] < 0;
    assert_true(covered < total);
    assert_int_equal(kept, total - covered);
    lts_free(values);
    lts_checkpoint_close(checkpoint);
}

static void a_block_that_is_not_in_the_file_is_named(void **fixture)
{
    const recipe *with = *fixture;
    static const char *const absent[] = {
        "best.",         "optimizer.v.", "optimizer.", "optimizer.m",
        "optimizer.m.l", "input.",       "lstm.0.",    "x."};
    real *values = lts_params_new_block(&with->params);
    recipe without = *with;
    without.blocks[1] = without.blocks[2];
    assert_ok(write_blocks(&without, 2));
    lts_checkpoint *checkpoint = open_it();
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        assert_status(lts_checkpoint_block(checkpoint, &with->params, absent[i], values),
                      LSTM_E_NAME, "has no tensor ");
        assert_non_null(strstr(lstm_last_error(), absent[i]));
    }
    for (int64_t i = 0; i < with->params.total; i++)
        assert_true(values[i] == 0);
    lts_free(values);
    lts_checkpoint_close(checkpoint);
}

static void a_model_is_loaded_out_of_a_checkpoint(void **fixture)
{
    const recipe *with = *fixture;
    lstm_model *model;
    assert_ok(write_blocks(with, N_BLOCK));
    assert_ok(lstm_model_load(&model, scratch("a")));
    assert_int_equal(lstm_model_inputs(model), D);
    assert_int_equal(lstm_model_outputs(model), K);
    assert_int_equal(lstm_model_hidden(model), H);
    assert_int_equal(lstm_model_layers(model), L);
    assert_memory_equal(model->values, with->values[0], (size_t)with->params.total * sizeof(real));
    assert_ok(lstm_model_save(model, scratch("a")));
    assert_refuses(LSTM_E_FORMAT, "holds a model, not a checkpoint");
    lstm_model_free(model);
}

static void another_model_is_a_mismatch_naming_the_size_and_both_values(void **fixture)
{
    const recipe *with = *fixture;
    static const struct {
        int64_t D, K, H, L;
        const char *part;
    } others[] = {
        {1, K, H, L, "n_input is 2 in the checkpoint, 1 in the model"},
        {D, 4, H, L, "n_output is 3 in the checkpoint, 4 in the model"},
        {D, K, 6, L, "n_hidden is 5 in the checkpoint, 6 in the model"},
        {D, K, H, 1, "n_layer is 2 in the checkpoint, 1 in the model"},
    };
    assert_ok(write_blocks(with, 1));
    lts_checkpoint *checkpoint = open_it();
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        lts_params params;
        assert_ok(lts_params_init(&params, others[i].D, others[i].K, others[i].H, others[i].L));
        real *values = lts_params_new_block(&params);
        assert_status(lts_checkpoint_block(checkpoint, &params, "", values), LSTM_E_MISMATCH,
                      others[i].part);
        for (int64_t e = 0; e < params.total; e++)
            assert_true(values[e] == 0);
        lts_free(values);
        lts_params_clear(&params);
    }
    lts_checkpoint_close(checkpoint);
}

static void what_could_not_be_read_again_is_not_written(void **fixture)
{
    recipe *with = *fixture;
    scratch_write("a", "old", 3);
    with->values[2][with->params.output_bias + 1] = (real)NAN;
    assert_status(write_blocks(with, N_BLOCK), LSTM_E_NUMERIC, "optimizer.m.output.bias");
    with->values[0][0] = (real)INFINITY;
    assert_status(write_blocks(with, N_BLOCK), LSTM_E_NUMERIC, "input.weight[0, 0] is inf");
    with->values[0][0] = 0;
    with->texts[1].key = "n_hidden";
    assert_status(write_blocks(with, 1), LSTM_E_ARGUMENT, "\"n_hidden\" is given twice");
    with->texts[1] = (lts_text){"columns", "\xFF"};
    assert_status(write_blocks(with, 1), LSTM_E_ARGUMENT, "is not UTF-8");
    with->texts[1].value = "sin";
    with->blocks[1].prefix = "";
    assert_status(write_blocks(with, 2), LSTM_E_ARGUMENT, "\"input.weight\" is given twice");
    with->blocks[1].prefix =
        "a.prefix.that.is.much.longer.than.any.that.the.library.uses.for.its.own.blocks.";
    assert_status(write_blocks(with, 2), LSTM_E_LIMIT, "too long");
    scratch_holds("a", "old", 3);
    assert_int_equal(scratch_entries(0), 1);
}

static void a_tensor_that_is_none_of_a_checkpoint_s_is_named(void **fixture)
{
    const recipe *with = *fixture;
    static const char *const names[] = {"worst.input.bias",
                                        "optimizer_m.input.bias",
                                        "optimizer.m.input",
                                        "optimizer.input.bias",
                                        "best.best.input.bias",
                                        "optimizer.m",
                                        "best."};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        lts_stored tensor = {.name = names[i], .n_dim = 1, .dim = {H}, .data = with->values[0]};
        char part[80];
        assert_ok(lts_safetensors_write(lts_at_path(scratch("a")), &tensor, 1, plain_texts, 7));
        snprintf(part, sizeof part, "has the tensor \"%s\"", names[i]);
        assert_refuses(LSTM_E_FORMAT, part);
    }
}

/* Writes all blocks, with one tensor spoilt or omitted. */
static void write_but(const recipe *with, const char *name, lts_stored *spoilt)
{
    static lts_stored tensors[N_BLOCK * (3 * L + 4)];
    static char names[N_BLOCK * (3 * L + 4)][80];
    int n = 0;
    for (int b = 0; b < N_BLOCK; b++)
        for (int64_t t = 0; t < with->params.n_tensor; t++) {
            const lts_tensor *tensor = &with->params.tensors[t];
            snprintf(names[n], sizeof names[n], "%s%s", prefixes[b], tensor->name);
            tensors[n] = (lts_stored){.name = names[n],
                                      .n_dim = tensor->n_dim,
                                      .dim = {tensor->dim[0], tensor->dim[1]},
                                      .data = with->values[b] + tensor->offset};
            if (strcmp(names[n], name) != 0)
                n++;
            else if (spoilt != NULL)
                tensors[n++] = *spoilt;
        }
    assert_ok(lts_safetensors_write(lts_at_path(scratch("a")), tensors, n, plain_texts, 7));
}

static void a_block_that_is_spoilt_is_refused_naming_the_tensor(void **fixture)
{
    const recipe *with = *fixture;
    real bad[4 * H] = {0};
    lts_stored spoilt = {.name = "best.lstm.1.bias", .n_dim = 1, .dim = {4 * H}, .data = bad};
    real *values = lts_params_new_block(&with->params);
    write_but(with, "best.lstm.1.bias", NULL);
    lts_checkpoint *checkpoint = open_it();
    assert_status(lts_checkpoint_block(checkpoint, &with->params, "best.", values), LSTM_E_NAME,
                  "has no tensor best.lstm.1.bias");
    lts_checkpoint_close(checkpoint);
    bad[7] = (real)-INFINITY;
    write_but(with, "best.lstm.1.bias", &spoilt);
    checkpoint = open_it();
    assert_status(lts_checkpoint_block(checkpoint, &with->params, "best.", values), LSTM_E_NUMERIC,
                  "element 7 of best.lstm.1.bias is -inf");
    for (int64_t i = 0; i < with->params.total; i++)
        assert_true(values[i] == 0);
    assert_ok(lts_checkpoint_block(checkpoint, &with->params, "optimizer.m.", values));
    lts_checkpoint_close(checkpoint);
    lts_free(values);
    spoilt.dim[0]--;
    write_but(with, "best.lstm.1.bias", &spoilt);
    assert_refuses(LSTM_E_SHAPE, "best.lstm.1.bias is [19], expected [20] by the model's sizes");
}

static void a_checkpoint_without_a_parameter_of_the_model_is_refused(void **fixture)
{
    const recipe *with = *fixture;
    recipe without = *with;
    without.blocks[0].prefix = "optimizer.s.";
    assert_ok(write_blocks(&without, N_BLOCK));
    assert_refuses(LSTM_E_NAME, "has no tensor input.weight");
}

static void numbers_in_the_metadata_are_read_or_refused_naming_the_key(void **fixture)
{
    const recipe *with = *fixture;
    uint64_t whole = 99;
    double value = 99;
    assert_ok(write_blocks(with, 1));
    lts_checkpoint *checkpoint = open_it();
    assert_status(lts_checkpoint_uint(checkpoint, "epoch", &whole), LSTM_E_FORMAT, "no \"epoch\"");
    assert_status(lts_checkpoint_uint(checkpoint, "columns", &whole), LSTM_E_FORMAT,
                  "\"columns\" in the metadata is \"sin,cos\"");
    assert_status(lts_checkpoint_double(checkpoint, "loss", &value), LSTM_E_FORMAT, "no \"loss\"");
    assert_status(lts_checkpoint_double(checkpoint, "iteration", &value), LSTM_E_FORMAT,
                  "\"iteration\" in the metadata is \"12\"");
    assert_true(whole == 99 && value == 99);
    assert_ok(lts_checkpoint_uint(checkpoint, "iteration", &whole));
    assert_ok(lts_checkpoint_double(checkpoint, "score", &value));
    assert_true(whole == 12 && value == 1.5);
    lts_checkpoint_close(checkpoint);
}

static lstm_status write_all(void *context)
{
    return write_blocks(context, N_BLOCK);
}

static lstm_status read_all(void *context)
{
    const recipe *with = context;
    lts_checkpoint *checkpoint = NULL;
    lstm_status status = lts_checkpoint_open(&checkpoint, lts_at_path(scratch("a")), false);
    assert_int_equal(checkpoint == NULL, status != LSTM_OK);
    if (status == LSTM_OK)
        status = lts_checkpoint_block(checkpoint, &with->params, "best.", with->values[1]);
    lts_checkpoint_close(checkpoint);
    return status;
}

static void out_of_memory_at_any_allocation_is_reported(void **fixture)
{
    failing_allocator memory;
    recipe with;
    clear_recipe(*fixture);
    failing_allocator_install(&memory);
    fill_recipe(&with);
    assert_true(failing_allocator_sweep(&memory, write_all, &with) >= 5);
    assert_true(failing_allocator_sweep(&memory, read_all, &with) >= 7);
    clear_recipe(&with);
    failing_allocator_remove(&memory);
    fill_recipe(*fixture);
    assert_int_equal(scratch_entries(0), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_recipe, free_recipe)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(blocks_and_strings_come_back_bit_for_bit),
        TEST(the_gaps_between_tensors_stay_as_they_are),
        TEST(a_block_that_is_not_in_the_file_is_named),
        TEST(a_model_is_loaded_out_of_a_checkpoint),
        TEST(another_model_is_a_mismatch_naming_the_size_and_both_values),
        TEST(what_could_not_be_read_again_is_not_written),
        TEST(a_tensor_that_is_none_of_a_checkpoint_s_is_named),
        TEST(a_block_that_is_spoilt_is_refused_naming_the_tensor),
        TEST(a_checkpoint_without_a_parameter_of_the_model_is_refused),
        TEST(numbers_in_the_metadata_are_read_or_refused_naming_the_key),
        TEST(out_of_memory_at_any_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
