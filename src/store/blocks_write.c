/* SPDX-License-Identifier: MIT */
#include "store/blocks.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/numbers.h"

#include <lstmts/library.h>
#include <stdio.h>

lstm_status lts_name_tensor(lts_stored_name *name, const char *prefix, const char *parameter)
{
    int length = snprintf(name->text, sizeof name->text, "%s%s", prefix, parameter);
    if ((size_t)length >= sizeof name->text)
        return lts_fail(LSTM_E_LIMIT, "the tensor prefix \"%.60s\" is too long", prefix);
    return LSTM_OK;
}

/* Describes one block's tensors for the writer. */
static lstm_status describe_block(const lts_params *params, const lts_block *block,
                                  lts_stored *stored, lts_stored_name *names)
{
    int64_t bad = lts_first_nonfinite(block->values, params->total);
    if (bad >= 0) {
        char place[LTS_PLACE_SIZE];
        lts_params_place(params, bad, place);
        return lts_fail(LSTM_E_NUMERIC, "%s%s is %g: nothing was written", block->prefix, place,
                        (double)block->values[bad]);
    }
    for (int64_t i = 0; i < params->n_tensor; i++) {
        const lts_tensor *tensor = &params->tensors[i];
        LTS_TRY(lts_name_tensor(&names[i], block->prefix, tensor->name));
        stored[i] = (lts_stored){.name = names[i].text,
                                 .n_dim = tensor->n_dim,
                                 .dim = {tensor->dim[0], tensor->dim[1]},
                                 .data = block->values + tensor->offset};
    }
    return LSTM_OK;
}

static lstm_status describe_all(const lts_params *params, const lts_block *blocks, int64_t n_block,
                                lts_stored *stored, lts_stored_name *names)
{
    for (int64_t i = 0; i < n_block; i++)
        LTS_TRY(describe_block(params, &blocks[i], stored + i * params->n_tensor,
                               names + i * params->n_tensor));
    return LSTM_OK;
}

/* Describes the states for the writer. */
static lstm_status describe_state(const lts_params *params, const lts_stored_state *state,
                                  lts_stored *stored)
{
    int64_t size = params->L * 2 * state->n_stream * params->H;
    int64_t bad = lts_first_nonfinite(state->values, size);
    if (bad >= 0)
        return lts_fail(LSTM_E_NUMERIC,
                        "element %lld of " LTS_STATE_NAME " is %g: nothing was "
                        "written",
                        (long long)bad, (double)state->values[bad]);
    *stored = (lts_stored){.name = LTS_STATE_NAME,
                           .n_dim = 4,
                           .dim = {params->L, 2, state->n_stream, params->H},
                           .data = state->values};
    return LSTM_OK;
}

enum { N_OWN_TEXT = 8 };

/* Writes the library's N_OWN_TEXT texts and then the caller's to `all`. */
static void collect_texts(lts_text *all, char numbers[5][LTS_NUMBER_SIZE], const char *kind,
                          const lts_params *params, const lts_text *texts, int64_t n_text)
{
    const uint64_t values[] = {LTS_FORMAT_VERSION, (uint64_t)params->D, (uint64_t)params->K,
                               (uint64_t)params->H, (uint64_t)params->L};
    for (int i = 0; i < 5; i++)
        lts_print_uint(numbers[i], values[i]);
    const lts_text own[N_OWN_TEXT] = {
        {"format", "lstmts"},     {"format_version", numbers[0]},
        {"kind", kind},           {"library_version", LSTM_VERSION_STRING},
        {"n_input", numbers[1]},  {"n_output", numbers[2]},
        {"n_hidden", numbers[3]}, {"n_layer", numbers[4]}};
    memcpy(all, own, sizeof own);
    for (int64_t i = 0; i < n_text; i++)
        all[N_OWN_TEXT + i] = texts[i];
}

lstm_status lts_blocks_write(lts_location file, const char *kind, const lts_params *params,
                             const lts_block *blocks, int64_t n_block,
                             const lts_stored_state *state, const lts_text *texts, int64_t n_text)
{
    char numbers[5][LTS_NUMBER_SIZE];
    bool has_state = state != NULL && state->n_stream > 0;
    int64_t n_tensor = n_block * params->n_tensor;
    lts_text *all_texts = lts_alloc(N_OWN_TEXT + n_text, sizeof *all_texts);
    lts_stored *stored = lts_alloc(n_tensor + has_state, sizeof *stored);
    lts_stored_name *names = lts_alloc(n_tensor, sizeof *names);
    lstm_status status = LSTM_E_NOMEM;
    if (all_texts != NULL && stored != NULL && names != NULL) {
        collect_texts(all_texts, numbers, kind, params, texts, n_text);
        status = describe_all(params, blocks, n_block, stored, names);
    }
    if (status >= 0 && has_state)
        status = describe_state(params, state, &stored[n_tensor]);
    if (status >= 0)
        status = lts_safetensors_write(file, stored, n_tensor + has_state, all_texts,
                                       N_OWN_TEXT + n_text);
    lts_free(all_texts);
    lts_free(stored);
    lts_free(names);
    return status;
}

lstm_status lts_blocks_write_model(lts_location file, const lts_params *params, const real *values)
{
    const lts_block parameters = {"", values};
    return lts_blocks_write(file, "model", params, &parameters, 1, NULL, NULL, 0);
}
