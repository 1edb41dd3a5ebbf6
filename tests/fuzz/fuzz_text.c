/* SPDX-License-Identifier: MIT */
/*
 * Untrusted strings other than files: the recipe in a checkpoint, numbers as strings, environment
 * variables. The first byte chooses.
 */
#include "small_run.h"

#include "base/memory.h"
#include "files/numbers.h"
#include "kernels/kernels.h"
#include "network/packed.h"
#include "run/recipe.h"
#include "run/trainer.h"

static void recipe(const char *text)
{
    static small_run run;
    static lts_ingredients ingredients;
    static char *ours;
    if (run.trainer == NULL) {
        small_run_make(&run, true);
        ingredients =
            (lts_ingredients){run.updater, &run.trainer->validation, &run.trainer->divergence};
        ours = lts_recipe_text(&ingredients);
        FUZZ_HOLDS(ours != NULL);
    }
    int64_t differs, may_differ = (int64_t)(strlen(text) % 64);
    lstm_status status = lts_recipe_match(&ingredients, text, may_differ, &differs);
    FUZZ_HOLDS(status < 0 || (differs & ~may_differ) == 0);
    FUZZ_HOLDS(status == LSTM_OK || status == LSTM_E_MISMATCH || status == LSTM_E_FORMAT ||
               status == LSTM_E_LIMIT);
    FUZZ_HOLDS(strcmp(text, ours) != 0 || status == LSTM_OK);
    if (strlen(text) % 8 == 0) /* as much work as the input */
        FUZZ_OK(lts_recipe_match(&ingredients, ours, 0, &differs));
}

/* A string is accepted as a number only if the number is printed like that. */
static void whole_number(const char *text)
{
    uint64_t value = 7;
    char printed[LTS_NUMBER_SIZE];
    if (lts_parse_uint(text, &value)) {
        lts_print_uint(printed, value);
        FUZZ_HOLDS(strcmp(printed, text) == 0);
    } else {
        FUZZ_HOLDS(value == 7);
    }
}

static void fraction(const char *text)
{
    double value = 7;
    char printed[LTS_NUMBER_SIZE];
    if (lts_parse_double(text, &value)) {
        lts_print_double(printed, value);
        FUZZ_HOLDS(strcmp(printed, text) == 0);
    } else {
        FUZZ_HOLDS(value == 7);
    }
}

static void environment(const char *text)
{
    FUZZ_HOLDS(setenv("LSTMTS_KERNELS", text, 1) == 0 && setenv("LSTMTS_FOLD", text, 1) == 0);
    FUZZ_HOLDS(lts_kernels_select(1) != NULL);
    lts_fold_pays(3, 5, 7);
    unsetenv("LSTMTS_KERNELS");
    unsetenv("LSTMTS_FOLD");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_json_begin(data, size);
    static void (*const readers[])(const char *) = {recipe, whole_number, fraction, environment};
    if (size == 0)
        return 0;
    char *text = malloc(size);
    FUZZ_HOLDS(text != NULL);
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    readers[data[0] % 4](text);
    free(text);
    return 0;
}
