/* SPDX-License-Identifier: MIT */
#include "view/shuffle.h"

#include "base/memory.h"
#include "base/rng.h"

lstm_status lts_shuffle_init(lts_shuffle *shuffle, int64_t n)
{
    *shuffle = (lts_shuffle){n, lts_alloc(n, sizeof *shuffle->permutation), UINT64_MAX};
    return shuffle->permutation == NULL ? LSTM_E_NOMEM : LSTM_OK;
}

void lts_shuffle_clear(lts_shuffle *shuffle)
{
    lts_free(shuffle->permutation);
    *shuffle = (lts_shuffle){0};
}

/*
 * Fisher-Yates shuffle: element i is exchanged with one drawn from 0 .. i. Some are drawn ahead, so
 * that their memory is on its way: 100 million elements lie in no cache, and take ten seconds. False
 * if a stop came meanwhile.
 */
static bool make_permutation(lts_shuffle *shuffle, uint64_t seed, uint64_t pass,
                             const atomic_bool *stop)
{
    enum { AHEAD = 64, UNTIL_STOP = 1 << 20 };
    int64_t *permutation = shuffle->permutation, n = shuffle->n, drawn[AHEAD];
    uint64_t stream = lts_rng_part(LTS_RNG_SHUFFLE, pass);
    shuffle->pass = UINT64_MAX;
    for (int64_t first = 0; first < n; first += AHEAD) {
        if (first % UNTIL_STOP == UNTIL_STOP - AHEAD && stop != NULL && atomic_load(stop))
            return false;
        int64_t end = n - first < AHEAD ? n : first + AHEAD;
        for (int64_t i = first; i < end; i++) {
            drawn[i - first] = lts_rng_below(seed, stream, (uint64_t)i, i + 1);
            __builtin_prefetch(&permutation[drawn[i - first]], 1);
        }
        for (int64_t i = first; i < end; i++) {
            int64_t *j = &permutation[drawn[i - first]];
            permutation[i] = *j;
            *j = i;
        }
    }
    shuffle->pass = pass;
    return true;
}

int64_t lts_shuffle_window(lts_shuffle *shuffle, uint64_t seed, uint64_t number,
                           const atomic_bool *stop)
{
    uint64_t n = (uint64_t)shuffle->n;
    if (shuffle->pass != number / n && !make_permutation(shuffle, seed, number / n, stop))
        return -1;
    return shuffle->permutation[number % n];
}
