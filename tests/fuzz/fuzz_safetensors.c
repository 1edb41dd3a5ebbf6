/* SPDX-License-Identifier: MIT */
/* The container: accepted tensors lie within the file, in order, and can be found by name. */
#include "fuzz.h"

#include "store/safetensors.h"

/* Keeps the compiler from omitting the reads. */
static volatile uint64_t sum;

static uint64_t read_bytes(const lts_stored *tensor)
{
    uint64_t total = 0;
    const unsigned char *bytes = tensor->data;
    for (int64_t i = 0; i < tensor->n_byte; i++)
        total += bytes[i];
    return total;
}

static void look_at(const lts_safetensors *file, int64_t data_size)
{
    int64_t total = 0;
    for (int64_t i = 0; i < lts_safetensors_count(file); i++) {
        const lts_stored *tensor = lts_safetensors_at(file, i);
        FUZZ_HOLDS(lts_safetensors_find(file, tensor->name) == tensor);
        FUZZ_HOLDS(i == 0 || strcmp(lts_safetensors_at(file, i - 1)->name, tensor->name) < 0);
        FUZZ_HOLDS(tensor->n_dim >= 0 && tensor->n_dim <= LTS_MAX_DIM);
        for (int64_t d = 0; d < tensor->n_dim; d++)
            FUZZ_HOLDS(tensor->dim[d] >= 0);
        char shape[LTS_SHAPE_TEXT];
        lts_shape_text(shape, tensor->n_dim, tensor->dim);
        FUZZ_HOLDS(strlen(shape) < sizeof shape);
        sum = sum + read_bytes(tensor);
        total += tensor->n_byte;
    }
    FUZZ_HOLDS(total <= data_size);
    lts_safetensors_text(file, "format");
    FUZZ_HOLDS(lts_safetensors_find(file, "__metadata__") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_json_begin(data, size);
    lts_safetensors *file = NULL;
    fuzz_file(data, size);
    lstm_status status = lts_safetensors_open(&file, lts_at_path("fuzz"));
    FUZZ_HOLDS((status >= 0) == (file != NULL));
    if (status >= 0)
        look_at(file, (int64_t)size - 8);
    else
        FUZZ_HOLDS(lstm_last_error()[0] != '\0');
    lts_safetensors_free(file);
    return 0;
}
