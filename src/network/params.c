/* SPDX-License-Identifier: MIT */
#include "network/params.h"

#include "base/memory.h"
#include "base/rng.h"
#include "base/status.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Tensors are aligned to cache lines, so that no two share a line. */
static int64_t padded(int64_t size)
{
    int64_t line = LTS_ALIGNMENT / (int64_t)sizeof(real);
    return (size + line - 1) / line * line;
}

/*
 * Appends a tensor to the table and sets its offset; false, with the message, if it is too large.
 */
static bool add_tensor(lts_params *params, const char *name, int64_t rows, int64_t columns,
                       int64_t *offset)
{
    lts_tensor *tensor = &params->tensors[params->n_tensor];
    int64_t size;
    if (rows > INT_MAX || columns > INT_MAX || !lts_multiply(rows, columns, &size) ||
        size > INT_MAX) {
        lts_fail(LSTM_E_LIMIT, "%s would be %lld x %lld, the limit is 2^31 - 1 elements", name,
                 (long long)rows, (long long)columns);
        return false;
    }
    snprintf(tensor->name, sizeof tensor->name, "%s", name);
    tensor->n_dim = strstr(name, "bias") != NULL ? 1 : 2;
    tensor->dim[0] = rows;
    tensor->dim[1] = columns;
    tensor->size = size;
    tensor->offset = *offset = params->total;
    params->total += padded(size);
    params->n_tensor++;
    return true;
}

static bool add_layer(lts_params *params, int64_t layer)
{
    int64_t H = params->H;
    lts_layer_layout *at = &params->layers[layer];
    char name[3][LTS_NAME_SIZE];
    snprintf(name[0], sizeof name[0], "lstm.%lld.weight_x", (long long)layer);
    snprintf(name[1], sizeof name[1], "lstm.%lld.weight_h", (long long)layer);
    snprintf(name[2], sizeof name[2], "lstm.%lld.bias", (long long)layer);
    return add_tensor(params, name[0], 4 * H, H, &at->weight_x) &&
           add_tensor(params, name[1], 4 * H, H, &at->weight_h) &&
           add_tensor(params, name[2], 4 * H, 1, &at->bias);
}

static bool add_tensors(lts_params *params)
{
    if (!add_tensor(params, "input.weight", params->H, params->D, &params->input_weight) ||
        !add_tensor(params, "input.bias", params->H, 1, &params->input_bias))
        return false;
    for (int64_t layer = 0; layer < params->L; layer++)
        if (!add_layer(params, layer))
            return false;
    return add_tensor(params, "output.weight", params->K, params->H, &params->output_weight) &&
           add_tensor(params, "output.bias", params->K, 1, &params->output_bias);
}

lstm_status lts_params_init(lts_params *params, int64_t D, int64_t K, int64_t H, int64_t L)
{
    memset(params, 0, sizeof *params);
    if (D > INT_MAX || K > INT_MAX || H > INT_MAX / 4 || L > 1024)
        return lts_fail(LSTM_E_LIMIT, "a model of D %lld, K %lld, H %lld, L %lld is too large",
                        (long long)D, (long long)K, (long long)H, (long long)L);
    params->D = D;
    params->K = K;
    params->H = H;
    params->L = L;
    params->tensors = lts_alloc(3 * L + 4, sizeof *params->tensors);
    params->layers = lts_alloc(L, sizeof *params->layers);
    lstm_status status = LSTM_OK;
    if (params->tensors == NULL || params->layers == NULL)
        status = LSTM_E_NOMEM;
    else if (!add_tensors(params))
        status = LSTM_E_LIMIT;
    if (status < 0)
        lts_params_clear(params);
    return status;
}

void lts_params_clear(lts_params *params)
{
    lts_free(params->tensors);
    lts_free(params->layers);
    memset(params, 0, sizeof *params);
}

/* The order of add_tensors(): rows before the layers, rows of each layer, rows after them. */
enum { ROWS_BEFORE = 2, ROWS_OF_LAYER = 3, ROWS_AFTER = 2, LAYER_DIGITS = 4 };

static const lts_tensor *find_in_rows(const lts_params *params, int64_t first, int64_t n,
                                      const char *name)
{
    for (int64_t i = first; i < first + n; i++)
        if (strcmp(params->tensors[i].name, name) == 0)
            return &params->tensors[i];
    return NULL;
}

/* The layer in a name, or -1. */
static int64_t layer_of(const char *name)
{
    int64_t layer = 0;
    if (strncmp(name, "lstm.", 5) != 0)
        return -1;
    const char *digits = name + 5;
    size_t n = strspn(digits, "0123456789");
    if (n == 0 || n > LAYER_DIGITS)
        return -1;
    for (size_t i = 0; i < n; i++)
        layer = 10 * layer + (digits[i] - '0');
    return layer;
}

/* The message lists the first parameters of the model: of one layer they are all. */
static void fail_missing(const lts_params *params, const char *name)
{
    char names[240] = "";
    size_t at = 0;
    for (int64_t i = 0; i < params->n_tensor && at < sizeof names; i++)
        at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", i == 0 ? "" : ", ",
                               params->tensors[i].name);
    lts_fail(LSTM_E_NAME, "the model has no parameter \"%.60s\"; it has %s%s", name, names,
             at < sizeof names ? "" : "...");
}

/*
 * Searches only the rows that can have the name. A hostile file may contain 100,000 names, and the
 * largest table has 3,076 rows: a linear search for each would take a second.
 */
const lts_tensor *lts_params_find(const lts_params *params, const char *name)
{
    const lts_tensor *found;
    int64_t layer = layer_of(name), behind = params->n_tensor - ROWS_AFTER;
    if (layer >= 0 && layer < params->L) {
        found = find_in_rows(params, ROWS_BEFORE + ROWS_OF_LAYER * layer, ROWS_OF_LAYER, name);
    } else {
        found = find_in_rows(params, 0, ROWS_BEFORE, name);
        if (found == NULL)
            found = find_in_rows(params, behind, ROWS_AFTER, name);
    }
    if (found == NULL)
        fail_missing(params, name);
    return found;
}

lstm_status lts_params_match(const lts_params *params, const char *name, int64_t size,
                             const lts_tensor **tensor)
{
    *tensor = lts_params_find(params, name);
    if (*tensor == NULL)
        return LSTM_E_NAME;
    if (size != (*tensor)->size)
        return lts_fail(LSTM_E_SHAPE, "%s has %lld elements, the array given has %lld", name,
                        (long long)(*tensor)->size, (long long)size);
    return LSTM_OK;
}

void lts_params_place(const lts_params *params, int64_t offset, char place[LTS_PLACE_SIZE])
{
    int64_t i = params->n_tensor - 1;
    while (i > 0 && params->tensors[i].offset > offset)
        i--;
    const lts_tensor *tensor = &params->tensors[i];
    long long at = (long long)(offset - tensor->offset), columns = (long long)tensor->dim[1];
    if (tensor->n_dim == 1)
        snprintf(place, LTS_PLACE_SIZE, "%s[%lld]", tensor->name, at);
    else
        snprintf(place, LTS_PLACE_SIZE, "%s[%lld, %lld]", tensor->name, at / columns, at % columns);
}

real *lts_params_new_block(const lts_params *params)
{
    return lts_alloc(params->total, sizeof(real));
}

void lts_params_draw(const lts_params *params, uint64_t seed, real *block)
{
    for (int64_t i = 0; i < params->n_tensor; i++) {
        const lts_tensor *tensor = &params->tensors[i];
        real *values = block + tensor->offset;
        uint64_t stream = lts_rng_part(LTS_RNG_WEIGHTS, (uint64_t)i);
        double deviation = 1 / sqrt((double)tensor->dim[1]);
        for (int64_t e = 0; e < tensor->size; e++)
            values[e] = tensor->n_dim == 1
                            ? 0
                            : (real)(deviation * lts_rng_normal(seed, stream, (uint64_t)e));
    }
    for (int64_t layer = 0; layer < params->L; layer++) {
        real *forget = block + params->layers[layer].bias + params->H;
        for (int64_t j = 0; j < params->H; j++)
            forget[j] = 1;
    }
}
