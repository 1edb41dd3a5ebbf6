/* SPDX-License-Identifier: MIT */
#include "train/carry.h"

#include "base/memory.h"
#include "base/status.h"

lstm_status lts_carry_init(lts_carry *carry, const lts_params *params, int64_t B)
{
    *carry = (lts_carry){.L = params->L, .B = B, .H = params->H};
    int64_t size;
    if (!lts_multiply(2 * params->L * params->H, B, &size))
        size = INT64_MAX;
    carry->before.values = lts_alloc(size, sizeof(real));
    carry->now.values = lts_alloc(size, sizeof(real));
    if (carry->before.values != NULL && carry->now.values != NULL)
        return LSTM_OK;
    lts_carry_clear(carry);
    return LSTM_E_NOMEM;
}

void lts_carry_clear(lts_carry *carry)
{
    lts_free(carry->before.values);
    lts_free(carry->now.values);
    *carry = (lts_carry){0};
}

int64_t lts_carry_size(const lts_carry *carry)
{
    return carry->L * 2 * carry->B * carry->H;
}

static bool is_at(const lts_carried *carried, const lstm_iter_position *position)
{
    return carried->valid && carried->at.iteration == position->iteration &&
           carried->at.drawn == position->drawn && carried->at.pass_start == position->pass_start;
}

real *lts_carry_find(const lts_carry *carry, const lstm_iter_position *position)
{
    if (is_at(&carry->now, position))
        return carry->now.values;
    return is_at(&carry->before, position) ? carry->before.values : NULL;
}

void lts_carry_begin(lts_carry *carry, const lstm_iter *iter)
{
    size_t bytes = (size_t)lts_carry_size(carry) * sizeof(real);
    const real *found = lts_carry_find(carry, &iter->position);
    if (found == NULL)
        memset(carry->now.values, 0, bytes); // NOLINT(clang-analyzer-core.NonNullParamChecker)
    else if (found != carry->now.values)
        memcpy(carry->now.values, found, bytes);
    carry->now.valid = carry->before.valid = true;
    carry->now.at = carry->before.at = iter->position;
    // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker)
    memcpy(carry->before.values, carry->now.values, bytes);
}

const real *lts_carry_initial(lts_carry *carry, const lstm_iter *iter)
{
    int64_t B = carry->B, H = carry->H;
    for (int64_t i = 0; i < 2 * carry->L; i++)
        for (int64_t b = 0; b < B; b++)
            if (iter->begins[b])
                memset(carry->now.values + (i * B + b) * H, 0, (size_t)H * sizeof(real));
    return carry->now.values;
}

void lts_carry_advance(lts_carry *carry, const lstm_iter *iter)
{
    carry->now.valid = true;
    carry->now.at = iter->position;
}
