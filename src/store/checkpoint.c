/* SPDX-License-Identifier: MIT */
#include "store/checkpoint.h"

#include "base/memory.h"
#include "base/status.h"
#include "files/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct lts_checkpoint {
    lts_blocks blocks;
};

lstm_status lts_checkpoint_write(lts_location file, const lts_params *params,
                                 const lts_block *blocks, int64_t n_block,
                                 const lts_stored_state *state, const lts_text *texts,
                                 int64_t n_text)
{
    return lts_blocks_write(file, "checkpoint", params, blocks, n_block, state, texts, n_text);
}

lstm_status lts_checkpoint_open(lts_checkpoint **out, lts_location file, bool unchecked)
{
    lts_checkpoint *checkpoint = lts_alloc(1, sizeof *checkpoint);
    if (checkpoint == NULL)
        return LSTM_E_NOMEM;
    lstm_status status = lts_blocks_open(&checkpoint->blocks, file, unchecked);
    if (status >= 0 && !checkpoint->blocks.checkpoint)
        status = lts_fail(LSTM_E_FORMAT, "%.300s holds a model, not a checkpoint", file.path);
    if (status < 0) {
        lts_checkpoint_close(checkpoint);
        return status;
    }
    *out = checkpoint;
    return LSTM_OK;
}

void lts_checkpoint_close(lts_checkpoint *checkpoint)
{
    if (checkpoint == NULL)
        return;
    lts_blocks_close(&checkpoint->blocks);
    lts_free(checkpoint);
}

const char *lts_checkpoint_text(const lts_checkpoint *checkpoint, const char *key)
{
    return lts_safetensors_text(checkpoint->blocks.file, key);
}

static lstm_status bad_number(const lts_checkpoint *checkpoint, const char *key, const char *text)
{
    const char *path = lts_safetensors_path(checkpoint->blocks.file);
    if (text == NULL)
        return lts_fail(LSTM_E_FORMAT, "%.300s: no \"%.80s\" in the metadata", path, key);
    return lts_fail(LSTM_E_FORMAT, "%.200s: \"%.80s\" in the metadata is \"%.80s\"", path, key,
                    text);
}

lstm_status lts_checkpoint_uint(const lts_checkpoint *checkpoint, const char *key, uint64_t *value)
{
    const char *text = lts_checkpoint_text(checkpoint, key);
    if (text == NULL || !lts_parse_uint(text, value))
        return bad_number(checkpoint, key, text);
    return LSTM_OK;
}

lstm_status lts_checkpoint_double(const lts_checkpoint *checkpoint, const char *key, double *value)
{
    const char *text = lts_checkpoint_text(checkpoint, key);
    if (text == NULL || !lts_parse_double(text, value))
        return bad_number(checkpoint, key, text);
    return LSTM_OK;
}

static lstm_status match_size(const char *name, int64_t stored, int64_t wanted)
{
    if (stored == wanted)
        return LSTM_OK;
    return lts_fail(LSTM_E_MISMATCH, "%s is %lld in the checkpoint, %lld in the model", name,
                    (long long)stored, (long long)wanted);
}

static lstm_status match_sizes(const lts_checkpoint *checkpoint, const lts_params *params)
{
    const lts_params *stored = &checkpoint->blocks.params;
    LTS_TRY(match_size("n_input", stored->D, params->D));
    LTS_TRY(match_size("n_output", stored->K, params->K));
    LTS_TRY(match_size("n_hidden", stored->H, params->H));
    return match_size("n_layer", stored->L, params->L);
}

lstm_status lts_checkpoint_only(const lts_checkpoint *checkpoint, const lts_params *params,
                                const char *const *prefixes, int64_t n_prefix, int64_t n_stream)
{
    LTS_TRY(match_sizes(checkpoint, params));
    return lts_blocks_only(&checkpoint->blocks, prefixes, n_prefix, n_stream);
}

bool lts_checkpoint_has_state(const lts_checkpoint *checkpoint)
{
    return lts_blocks_has_state(&checkpoint->blocks);
}

lstm_status lts_checkpoint_state(const lts_checkpoint *checkpoint, real *values)
{
    return lts_blocks_read_state(&checkpoint->blocks, values);
}

lstm_status lts_checkpoint_block(const lts_checkpoint *checkpoint, const lts_params *params,
                                 const char *prefix, real *values)
{
    LTS_TRY(match_sizes(checkpoint, params));
    return lts_blocks_read(&checkpoint->blocks, prefix, values);
}

static const char snapshot_start[] = "snapshot_", snapshot_end[] = ".safetensors";

void lts_snapshot_name(uint64_t iteration, char name[LTS_SNAPSHOT_NAME])
{
    snprintf(name, LTS_SNAPSHOT_NAME, "%s%08" PRIu64 "%s", snapshot_start, iteration, snapshot_end);
}

/* Whether `name` is that of a snapshot: 8 digits, or more without a leading 0. */
static bool parse_snapshot_name(const char *name, uint64_t *iteration)
{
    char digits[LTS_NUMBER_SIZE];
    if (strncmp(name, snapshot_start, sizeof snapshot_start - 1) != 0)
        return false;
    name += sizeof snapshot_start - 1;
    size_t n = strspn(name, "0123456789");
    if (n < 8 || n >= sizeof digits || strcmp(name + n, snapshot_end) != 0)
        return false;
    size_t zeros = n == 8 ? strspn(name, "0") : 0;
    if (zeros == 8)
        zeros = 7;
    memcpy(digits, name + zeros, n - zeros);
    digits[n - zeros] = '\0';
    return lts_parse_uint(digits, iteration);
}

/* The snapshots found so far. */
typedef struct listing {
    lts_snapshots *snapshots;
    int64_t capacity;
} listing;

static lstm_status see(const char *name, void *user)
{
    listing *all = user;
    lts_snapshots *snapshots = all->snapshots;
    uint64_t iteration;
    if (!parse_snapshot_name(name, &iteration))
        return LSTM_OK;
    if (snapshots->n == all->capacity) {
        int64_t capacity = 2 * all->capacity + 8;
        uint64_t *iterations = lts_alloc(capacity, sizeof *iterations);
        if (iterations == NULL)
            return LSTM_E_NOMEM;
        if (snapshots->n > 0)
            memcpy(iterations, snapshots->iterations, (size_t)snapshots->n * sizeof *iterations);
        lts_free(snapshots->iterations);
        snapshots->iterations = iterations;
        all->capacity = capacity;
    }
    snapshots->iterations[snapshots->n++] = iteration;
    return LSTM_OK;
}

static int newest_first(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left < right) - (left > right);
}

lstm_status lts_snapshots_list(lts_snapshots *out, lts_location folder)
{
    lts_snapshots snapshots = {NULL, 0};
    listing all = {&snapshots, 0};
    lstm_status status = lts_folder_list(folder, snapshot_start, see, &all);
    if (status < 0) {
        lts_free(snapshots.iterations);
        return status;
    }
    if (snapshots.n > 0)
        qsort(snapshots.iterations, (size_t)snapshots.n, sizeof(uint64_t), newest_first);
    *out = snapshots;
    return LSTM_OK;
}

void lts_snapshots_free(lts_snapshots *snapshots)
{
    lts_free(snapshots->iterations);
}
