/* SPDX-License-Identifier: MIT */
/* An accepted model is complete and finite, and can be stepped, saved and loaded unchanged. */
#include "fuzz.h"

enum { MAX_STEP = 64 };

static void *get(const lstm_model *model, const lstm_parameter_info *info)
{
    lstm_real *values = malloc((size_t)info->size * sizeof *values);
    FUZZ_HOLDS(values != NULL);
    FUZZ_OK(lstm_model_get(model, info->name, values, info->size));
    return values;
}

static void compare(const lstm_model *a, const lstm_model *b)
{
    FUZZ_HOLDS(lstm_model_parameters(a) == lstm_model_parameters(b));
    for (int64_t i = 0; i < lstm_model_parameters(a); i++) {
        lstm_parameter_info info;
        FUZZ_OK(lstm_model_parameter(a, i, &info));
        lstm_real *x = get(a, &info), *y = get(b, &info);
        FUZZ_HOLDS(lts_first_nonfinite(x, info.size) < 0);
        FUZZ_HOLDS(memcmp(x, y, (size_t)info.size * sizeof *x) == 0);
        free(x);
        free(y);
    }
}

static void step(const lstm_model *model)
{
    lstm_real x[MAX_STEP] = {1}, y[MAX_STEP];
    lstm_state *state;
    if (lstm_model_inputs(model) > MAX_STEP || lstm_model_outputs(model) > MAX_STEP)
        return;
    FUZZ_OK(lstm_state_new(&state, model, 1));
    lstm_status status = lstm_state_step(state, x, y);
    FUZZ_HOLDS(status == LSTM_OK || status == LSTM_E_NUMERIC);
    FUZZ_HOLDS(status != LSTM_OK || lts_first_nonfinite(y, lstm_model_outputs(model)) < 0);
    lstm_state_free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lstm_model *model = NULL, *again;
    lstm_load_options any = LSTM_LOAD_OPTIONS_INIT;
    fuzz_json_begin(data, size);
    any.unchecked = 1;
    fuzz_file(data, size);
    lstm_status status = lstm_model_load_with(&model, "fuzz", &any);
    FUZZ_HOLDS((status >= 0) == (model != NULL));
    if (model == NULL)
        return 0;
    step(model);
    FUZZ_OK(lstm_model_save(model, "fuzz"));
    fuzz_file_written();
    FUZZ_OK(lstm_model_load(&again, "fuzz"));
    compare(model, again);
    lstm_model_free(again);
    lstm_model_free(model);
    return 0;
}
