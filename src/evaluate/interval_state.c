/* SPDX-License-Identifier: MIT */
/*
 * A state is, in this order:
 *
 *     oldest                            the slot that is used next
 *     ages [n_slot]
 *     forecasts [n_slot, n_bound, H, K]
 *     quantiles [n_slot, n_quantile]
 *     n [n_cell]                        scores of each set of the cell
 *     misses [n_cell, L, n_tail]
 *     scores [n_cell, n_set, capacity]  the oldest first; NaN after the newest
 *
 * Ages and counts are at most 2^24, which `real` holds exactly.
 */
#include "evaluate/interval.h"

#include "base/status.h"

static int64_t len_of_forecasts(const lstm_interval *i)
{
    return i->n_slot * i->n_bound * i->H * i->K;
}

static int64_t len_of_quantiles(const lstm_interval *i)
{
    return i->n_slot * i->n_quantile;
}

static int64_t len_of_misses(const lts_conformal *c)
{
    return c->n_cell * c->n_level * c->n_tail;
}

int64_t lstm_interval_state_len(const lstm_interval *i)
{
    if (i == NULL)
        return 0;
    const lts_conformal *c = &i->scores;
    return 1 + i->n_slot + len_of_forecasts(i) + len_of_quantiles(i) + c->n_cell +
           len_of_misses(c) + c->n_cell * c->n_set * c->capacity;
}

/* Copies n values that belong to slots, those of empty slots as NaN. Returns the end of the copy.
   */
static lstm_real *copy_of_slots(const lstm_interval *i, const real *values, int64_t n,
                                lstm_real *state)
{
    for (int64_t p = 0; p < n; p++)
        state[p] = i->ages[p / (n / i->n_slot)] < 0 ? (real)NAN : values[p];
    return state + n;
}

lstm_status lstm_interval_get_state(const lstm_interval *i, lstm_real *state)
{
    LTS_NOT_NULL(i);
    LTS_NOT_NULL(state);
    const lts_conformal *c = &i->scores;
    int64_t n_miss = len_of_misses(c);
    *state++ = (real)i->oldest;
    for (int64_t slot = 0; slot < i->n_slot; slot++)
        *state++ = (real)i->ages[slot];
    state = copy_of_slots(i, i->forecasts, len_of_forecasts(i), state);
    state = copy_of_slots(i, i->quantiles, len_of_quantiles(i), state);
    for (int64_t cell = 0; cell < c->n_cell; cell++)
        *state++ = (real)c->n[cell];
    memcpy(state, c->misses, (size_t)n_miss * sizeof *state);
    state += n_miss;
    for (int64_t set = 0; set < c->n_cell * c->n_set; set++) {
        int64_t cell = set / c->n_set;
        for (int64_t s = 0; s < c->capacity; s++) {
            int64_t at = set * c->capacity + (c->oldest[cell] + s) % c->capacities[cell];
            *state++ = s < c->n[cell] ? c->recent[at] : (real)NAN;
        }
    }
    return LSTM_OK;
}

static lstm_status refuse(const lstm_real *state, int64_t at, const char *name)
{
    return lts_fail(LSTM_E_NUMERIC, "state[%lld] is %g, which is no %s", (long long)at,
                    (double)state[at], name);
}

/* LSTM_E_NUMERIC unless the value is a whole number lowest .. highest. */
static lstm_status check_whole(const lstm_real *state, int64_t at, int64_t lowest, int64_t highest,
                               const char *name)
{
    double value = (double)state[at];
    if (value >= (double)lowest && value <= (double)highest && value == floor(value))
        return LSTM_OK;
    return refuse(state, at, name);
}

/* The newest slots have the least ages, and are at least `stride` rows apart. */
static lstm_status check_slots(const lstm_interval *i, const lstm_real *state)
{
    LTS_TRY(check_whole(state, 0, 0, i->n_slot - 1, "slot"));
    int64_t oldest = (int64_t)state[0], newer = -i->stride;
    for (int64_t r = i->n_slot - 1; r >= 0; r--) {
        int64_t at = 1 + (oldest + r) % i->n_slot;
        LTS_TRY(check_whole(state, at, -1, i->H + i->stride - 1, "age of a forecast"));
        int64_t age = (int64_t)state[at];
        if (age >= 0 && age < newer + i->stride)
            return refuse(state, at, "age of a forecast in this order");
        if (age >= 0)
            newer = age;
    }
    return LSTM_OK;
}

/* `at` is where the counts begin. */
static lstm_status check_scores(const lts_conformal *c, const lstm_real *state, int64_t at)
{
    int64_t misses = at + c->n_cell, scores = misses + len_of_misses(c);
    for (int64_t cell = 0; cell < c->n_cell; cell++)
        LTS_TRY(check_whole(state, at + cell, 0, c->capacities[cell], "number of scores"));
    for (int64_t m = misses; m < scores; m++)
        if (!(state[m] >= 0 && state[m] <= 1))
            return refuse(state, m, "share of misses");
    for (int64_t s = 0; s < c->n_cell * c->n_set * c->capacity; s++) {
        int64_t cell = s / (c->n_set * c->capacity);
        if (s % c->capacity < (int64_t)state[at + cell] && !isfinite(state[scores + s]))
            return refuse(state, scores + s, "score");
    }
    return LSTM_OK;
}

static void set_scores(lts_conformal *c, const lstm_real *state)
{
    int64_t n_miss = len_of_misses(c);
    const real *scores = state + c->n_cell + n_miss;
    for (int64_t cell = 0; cell < c->n_cell; cell++)
        lts_conformal_fill(c, cell, (int64_t)state[cell], scores + cell * c->n_set * c->capacity);
    memcpy(c->misses, state + c->n_cell, (size_t)n_miss * sizeof *state);
}

lstm_status lstm_interval_set_state(lstm_interval *i, const lstm_real *state, int64_t length)
{
    LTS_NOT_NULL(i);
    LTS_NOT_NULL(state);
    int64_t n_forecast = len_of_forecasts(i), n_quantile = len_of_quantiles(i);
    int64_t expected = lstm_interval_state_len(i), counts = 1 + i->n_slot + n_forecast + n_quantile;
    if (length != expected)
        return lts_fail(LSTM_E_SHAPE, "the state has %lld values, expected %lld", (long long)length,
                        (long long)expected);
    LTS_TRY(check_slots(i, state));
    LTS_TRY(check_scores(&i->scores, state, counts));
    i->oldest = (int64_t)state[0];
    for (int64_t slot = 0; slot < i->n_slot; slot++)
        i->ages[slot] = (int64_t)state[1 + slot];
    memcpy(i->forecasts, state + 1 + i->n_slot, (size_t)n_forecast * sizeof *state);
    memcpy(i->quantiles, state + counts - n_quantile, (size_t)n_quantile * sizeof *state);
    set_scores(&i->scores, state + counts);
    return LSTM_OK;
}
