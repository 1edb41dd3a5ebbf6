/* SPDX-License-Identifier: MIT */
/*
 * Writes the seeds: make_seeds CORPUS. Files of the library, the same files with one error, and
 * options as programs set them. Run it again after a change of the format.
 */
#include "base/memory.h"
#include "repair.h"
#include "run/recipe.h"
#include "run/trainer.h"
#include "small_run.h"

#include <sys/stat.h>

enum { MAX_SEED = 8192 };

static const char *corpus;

static void put(const char *target, const char *name, const void *bytes, size_t size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", corpus, target);
    mkdir(path, 0777);
    snprintf(path, sizeof path, "%s/%s/%s", corpus, target, name);
    FILE *file = fopen(path, "wb");
    FUZZ_HOLDS(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

/* An error in a header: the first `from` becomes `to`. */
static const struct {
    const char *name, *from, *to;
} faults[] = {
    {"version_1", "\"format_version\":\"2\"", "\"format_version\":\"1\""},
    {"version_3", "\"format_version\":\"2\"", "\"format_version\":\"3\""},
    {"no_checksum", "\"checksum\"", "\"checksun\""},
    {"other_checksum", "xxh3_128:", "xxh3_064:"},
    {"short_checksum", "xxh3_128:", "xxh3_128:0\",\"a\":\""},
    {"somebody_else_s", "\"format\":\"lstmts\",", ""},
    {"other_format", "\"format\":\"lstmts\"", "\"format\":\"pt\""},
    {"other_kind", "\"kind\":\"", "\"kind\":\"a"},
    {"huge_size", "\"n_hidden\":\"2\"", "\"n_hidden\":\"2147483648\""},
    {"zero_size", "\"n_layer\":\"1\"", "\"n_layer\":\"0\""},
    {"more_layers", "\"n_layer\":\"1\"", "\"n_layer\":\"1024\""},
    {"no_metadata", "__metadata__", "__metadata"},
    {"same_name_twice", "\"input.bias\"", "\"input.weight\""},
    {"unknown_tensor", "\"input.bias\"", "\"input.bios\""},
    {"negative_dimension", "\"shape\":[2", "\"shape\":[-2"},
    {"product_wraps", "\"shape\":[2", "\"shape\":[4611686018427387904,4"},
    {"nine_dimensions", "\"shape\":[2", "\"shape\":[1,1,1,1,1,1,1,1,2"},
    {"overlap", "\"data_offsets\":[8,", "\"data_offsets\":[4,"},
    {"offset_wraps", "\"data_offsets\":[0,", "\"data_offsets\":[9223372036854775807,"},
    {"other_dtype", "\"F32\"", "\"F64\""},
    {"unknown_dtype", "\"F32\"", "\"F33\""},
    {"nested", "\"F32\"", "[[[[[[[[[[[[[[[[{}]]]]]]]]]]]]]]]]"},
    {"negative_counter", "\"iteration\":\"4\"", "\"iteration\":\"-4\""},
    {"last_iteration", "\"iteration\":\"4\"", "\"iteration\":\"18446744073709551615\""},
    {"last_window", "\"iter.drawn\":\"8\"", "\"iter.drawn\":\"18446744073709551615\""},
    {"window_that_wraps", "\"iter.drawn\":\"8\"", "\"iter.drawn\":\"18446744073709551614\""},
    {"other_recipe", "\\\"batch_size\\\":2", "\\\"batch_size\\\":3"},
    {"broken_recipe", "{\\\"series\\\"", "[\\\"series\\\""},
    {"other_use", "\\\"use\\\":1", "\\\"use\\\":9"},
    {"long_context", "\\\"context_len\\\":2", "\\\"context_len\\\":2147483647"},
    {"long_horizon", "\\\"horizon\\\":1", "\\\"horizon\\\":2147483647"},
    {"other_role", "\\\"roles\\\":[0", "\\\"roles\\\":[3"},
    {"more_columns", "\\\"roles\\\":[0", "\\\"roles\\\":[0,0"},
    {"more_units", "\\\"n_hidden\\\":2", "\\\"n_hidden\\\":2147483647"},
    {"own_scales", "\\\"context_len\\\"", "\\\"scale_series\\\":1,\\\"context_len\\\""},
    {"named_series", "{\\\"options\\\"", "{\\\"series\\\":[\\\"a\\\"],\\\"options\\\""},
    {"broken_text", "{\\\"options\\\"", "[\\\"options\\\""},
    {"infinite_score", "\"best_score\":\"0x3", "\"best_score\":\"0x7"},
};

static void put_faulty(const char *target, const uint8_t *file, size_t size, size_t fault)
{
    char header[MAX_SEED], made[2 * MAX_SEED];
    size_t length = fuzz_header_length(file, size);
    memcpy(header, file + 8, length);
    header[length] = '\0';
    const char *at = strstr(header, faults[fault].from);
    if (at == NULL)
        return;
    size_t before = (size_t)(at - header);
    const char *after = at + strlen(faults[fault].from);
    int n = snprintf(made + 8, sizeof made - 8, "%.*s%s%s", (int)before, header, faults[fault].to,
                     after);
    memcpy(made + 8 + n, file + 8 + length, size - 8 - length);
    size_t made_size = 8 + (size_t)n + (size - 8 - length);
    fuzz_repair((uint8_t *)made, made_size, (size_t)n);
    put(target, faults[fault].name, made, made_size);
}

static void put_container(const char *target, const char *name)
{
    size_t size;
    uint8_t file[MAX_SEED] = {0};
    const uint8_t *written = fuzz_file_bytes(&size);
    FUZZ_HOLDS(size < sizeof file);
    memcpy(file, written, size);
    put(target, name, file, size);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        put_faulty(target, file, size, i);
    put(target, "cut_in_length", file, 5);
    put(target, "cut_in_header", file, 100);
    put(target, "cut_in_data", file, size - 1);
    put(target, "one_byte_more", file, size + 1);
    file[size - 1] ^= 1;
    put(target, "flipped", file, size);
    memcpy(file + size - 4, "\0\0\xc0\x7f", 4);
    fuzz_repair(file, size, fuzz_header_length(file, size));
    put(target, "not_a_number", file, size);
    memset(file, 0xFF, 8);
    put(target, "endless_header", file, size);
}

static void put_files(void)
{
    small_run run;
    small_run_make(&run, SMALL_LEAST);
    FUZZ_OK(lstm_trainer_run(run.trainer));
    FUZZ_OK(lstm_trainer_save(run.trainer, "fuzz"));
    put_container("checkpoint", "whole");
    small_run_free(&run);
    small_run_make(&run, SMALL_WHOLE);
    FUZZ_OK(lstm_model_save(run.model, "fuzz"));
    put_container("model", "whole");
    put_container("safetensors", "whole");
    FUZZ_OK(lstm_trainer_run(run.trainer));
    FUZZ_OK(lstm_trainer_save(run.trainer, "fuzz"));
    put_container("resume", "whole");
    const lts_ingredients ingredients = {run.updater, &run.trainer->validation,
                                         &run.trainer->divergence};
    char *recipe = lts_recipe_text(&ingredients), text[MAX_SEED];
    FUZZ_HOLDS(recipe != NULL);
    int n = snprintf(text, sizeof text, "%c%s", 0, recipe);
    lts_free(recipe);
    put("text", "recipe", text, (size_t)n);
    put("text", "recipe_cut", text, (size_t)n / 2);
    text[1] = '[';
    put("text", "recipe_broken", text, (size_t)n);
    put("text", "recipe_empty", "\0{}", 3);
    small_run_free(&run);
}

/* A forecaster of a column of 24 rows, of the least sizes; of two, the second is known. */
static void put_forecaster(int64_t use, int64_t n_column, const char *name, bool faulty)
{
    static const int64_t roles[] = {LSTM_ROLE_BOTH, LSTM_ROLE_KNOWN};
    lstm_real rows[24 * 2];
    size_t size;
    lstm_dataset *data;
    lstm_forecaster *f;
    lstm_dataset_options column = LSTM_DATASET_OPTIONS_INIT;
    lstm_view_options view = LSTM_VIEW_OPTIONS_INIT;
    lstm_forecaster_options options = LSTM_FORECASTER_OPTIONS_INIT;
    for (int i = 0; i < 24; i++) {
        lstm_real known = (lstm_real)(i % 5 == 0);
        rows[i * n_column + n_column - 1] = known;
        rows[i * n_column] = (lstm_real)(i % 3 + i * i % 7);
        if (n_column > 1)
            rows[i * n_column] += 20 * known;
    }
    column.n_column = n_column;
    column.roles = roles;
    view.context_len = 2;
    options.horizon = options.n_network = options.n_update = options.batch_size = 1;
    options.n_hidden = 2;
    options.season_len = LSTM_NO_SEASON;
    options.use = use;
    options.view = &view;
    FUZZ_OK(lstm_dataset_new(&data, &column));
    FUZZ_OK(lstm_dataset_add(data, NULL, rows, 24, 0));
    FUZZ_OK(lstm_forecaster_new(&f, &options));
    FUZZ_OK(lstm_forecaster_fit(f, data));
    FUZZ_OK(lstm_forecaster_save(f, "fuzz"));
    const uint8_t *file = fuzz_file_bytes(&size);
    if (faulty)
        put_container("forecaster", name);
    else
        put("forecaster", name, file, size);
    lstm_forecaster_free(f);
    lstm_dataset_free(data);
}

static void put_forecasters(void)
{
    put_forecaster(LSTM_USE_MEAN, 1, "whole", true);
    put_forecaster(LSTM_USE_NETWORKS, 1, "networks", false);
    put_forecaster(LSTM_USE_RIDGE, 1, "ridge", false);
    put_forecaster(LSTM_USE_RIDGE, 2, "ridge_effects", false);
    put_forecaster(LSTM_USE_BASELINE, 1, "baseline", false);
}

static void put_text(const char *name, char reader, const char *value)
{
    char text[64];
    int n = snprintf(text, sizeof text, "%c%s", reader, value);
    put("text", name, text, (size_t)n);
}

static void put_texts(void)
{
    put_text("whole_largest", 1, "18446744073709551615");
    put_text("whole_too_large", 1, "18446744073709551616");
    put_text("whole_padded", 1, "007");
    put_text("double", 2, "0x3ff8000000000000");
    put_text("double_short", 2, "0x3ff800000000000");
    put_text("kernels", 3, "avx2");
    put_text("fold", 3, "1");
}

/* An input in the format of fuzz_training.c, with all option structs as a program sets them. */
static void put_training(const char *name, bool sampler, bool threads, int64_t order,
                         int64_t optimizer_kind, const lstm_loss_options *loss)
{
    uint8_t bytes[MAX_SEED], roles[2] = {0, 0}, layers[1] = {3}, choice[1] = {sampler ? 3 : 0},
                             one[1] = {1}, none[4] = {0}, batches[1] = {4};
    uint8_t thread_choice[2] = {threads ? 0 : 1, 5};
    const lstm_hook hooks[4] = {{LSTM_HOOK_CLIP, 1}, {LSTM_HOOK_WEIGHT_DECAY, 0.001}};
    lstm_model_options model = LSTM_MODEL_OPTIONS_INIT;
    lstm_iter_options iter = LSTM_ITER_OPTIONS_INIT;
    lstm_optimizer_options optimizer = LSTM_OPTIMIZER_OPTIONS_INIT;
    lstm_schedule_options schedule = LSTM_SCHEDULE_OPTIONS_INIT;
    lstm_updater_options updater = LSTM_UPDATER_OPTIONS_INIT;
    lstm_sampling_options sampling = LSTM_SAMPLING_OPTIONS_INIT;
    lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    lstm_trainer_options trainer = LSTM_TRAINER_OPTIONS_INIT;
    model.n_input = 2;
    model.n_hidden = 3;
    iter.window_len = valid.window_len = 3;
    iter.batch_size = 2;
    iter.order = order;
    optimizer.kind = optimizer_kind;
    schedule.kind = LSTM_SCHEDULE_STEP;
    schedule.period = 1;
    updater.n_hook = 2;
    sampling.kind = LSTM_SAMPLING_LINEAR;
    sampling.period = 2;
    trainer.max_iteration = 2;
    trainer.validate.every = 1;
    const struct {
        const void *bytes;
        size_t size;
    } parts[] = {{roles, 2},
                 {&model, sizeof model},
                 {layers, 1},
                 {choice, 1},
                 {&iter, sizeof iter},
                 {hooks, sizeof hooks},
                 {one, 1},
                 {&optimizer, sizeof optimizer},
                 {one, 1},
                 {&schedule, sizeof schedule},
                 {&updater, sizeof updater},
                 {thread_choice, 2},
                 {one, 1},
                 {&sampling, sizeof sampling},
                 {none, 1}, /* curriculum */
                 {one, 1},
                 {loss, sizeof *loss},
                 {none, 4}, /* its arrays */
                 {none, 1}, /* rules */
                 {batches, 1},
                 {none, 1}, /* the caller's loss */
                 {one, 1},
                 {&valid, sizeof valid},
                 {&trainer, sizeof trainer}};
    size_t size = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        memcpy(bytes + size, parts[i].bytes, parts[i].size);
        size += parts[i].size;
    }
    put("training", name, bytes, size);
}

/* An input in the format of fuzz_forecast.c: rows, columns, form, values, slice, model, call and
 * its options. */
/* Two columns; with n_future rows, the second is LSTM_ROLE_KNOWN. */
static void put_forecast(const char *name, uint8_t call, uint8_t size_or_none, const void *options,
                         size_t options_size, uint8_t n_step, uint8_t n_future)
{
    uint8_t bytes[512] = {12, 2, n_future > 0 ? 129 : 1};
    size_t size = 3;
    const int64_t first = 1, n_row = 11;
    for (int i = 0; i < 24; i++)
        bytes[size++] = (uint8_t)(100 + 5 * i % 37);
    if (n_future > 0) {
        bytes[size++] = LSTM_ROLE_BOTH;
        bytes[size++] = LSTM_ROLE_KNOWN;
    }
    memcpy(bytes + size, &first, 8);
    memcpy(bytes + size + 8, &n_row, 8);
    size += 16;
    const uint8_t rest[] = {3, 1, call, size_or_none};
    memcpy(bytes + size, rest, sizeof rest);
    size += call == 0 ? 4 : 3;
    memcpy(bytes + size, options, options_size);
    size += options_size;
    const uint8_t end[] = {n_step, 0, 0, n_future}; /* 0: two threads; 0: no device */
    memcpy(bytes + size, end, sizeof end);
    size += sizeof end;
    put("forecast", name, bytes, size);
}

/* Programs of fuzz_structure.c: none, and each edit of each kind once. */
static void put_structures(void)
{
    for (uint8_t run = 0; run < 2; run++)
        for (uint8_t edit = 0; edit < 16; edit++) {
            const uint8_t program[] = {(uint8_t)(8 + run), edit, (uint8_t)(edit + run), 7, 11, 5};
            char name[32];
            snprintf(name, sizeof name, "run_%d_edit_%d", run, edit);
            put("structure", name, program, sizeof program);
        }
    put("structure", "unchanged", "\x08", 1);
    put("structure", "rolls_back", "\x09", 1);
    put("structure", "least", "\x0f", 1);
}

/* Random programs of fuzz_interface.c and fuzz_tables.c, long enough for some objects and calls. */
static void put_programs(const char *target)
{
    uint32_t random = 1;
    for (uint8_t i = 0; i < 32; i++) {
        uint8_t program[400];
        char name[32];
        for (size_t j = 0; j < sizeof program; j++) {
            random = random * 1664525 + 1013904223;
            program[j] = (uint8_t)(random >> 24);
        }
        program[0] = i;
        snprintf(name, sizeof name, "program_%02d", i);
        put(target, name, program, sizeof program);
    }
}

int main(int argc, char **argv)
{
    const lstm_valid_options valid = LSTM_VALID_OPTIONS_INIT;
    const lstm_pred_options pred = LSTM_PRED_OPTIONS_INIT;
    lstm_forecast_options forecast = LSTM_FORECAST_OPTIONS_INIT;
    FUZZ_HOLDS(argc == 2);
    corpus = argv[1];
    mkdir(corpus, 0777);
    put_files();
    put_forecasters();
    put_texts();
    put_structures();
    put_programs("interface");
    put_programs("tables");
    lstm_loss_options loss = LSTM_LOSS_OPTIONS_INIT;
    put_training("adam", false, false, LSTM_ORDER_RANDOM, LSTM_ADAM, &loss);
    put_training("rmsprop_in_order", false, true, LSTM_ORDER_SEQUENTIAL, LSTM_RMSPROP, &loss);
    loss.kind = LSTM_LOSS_HUBER;
    put_training("amsgrad_shuffled", false, false, LSTM_ORDER_SHUFFLE, LSTM_AMSGRAD, &loss);
    loss.kind = LSTM_LOSS_MAE;
    loss.reduction = LSTM_REDUCTION_MEAN;
    put_training("sgd_sampler", true, false, LSTM_ORDER_RANDOM, LSTM_SGD, &loss);
    put_forecast("valid", 0, 4, &valid, sizeof valid, 0, 0);
    put_forecast("pred", 1, 0, &pred, sizeof pred, 6, 0);
    put_forecast("forecast", 2, 0, &forecast, sizeof forecast, 6, 0);
    forecast.context_len = 5;
    forecast.feedback_lag = 2;
    put_forecast("forecast_known", 2, 0, &forecast, sizeof forecast, 9, 0);
    forecast.feedback_lag = 0;
    put_forecast("forecast_future", 2, 0, &forecast, sizeof forecast, 5, 4);
    return 0;
}
