/* SPDX-License-Identifier: MIT */
#ifndef LTS_NETWORK_FOLD_H
#define LTS_NETWORK_FOLD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/**
 * Whether the fold is less work, for `rows` model calls times windows between two changes of the
 * parameters. Multiplications of input and input layer, per row: D H + 4 H^2 without the fold, 4 H
 * D with it, and the fold itself 4 H^2 D; forward and backward take three times that on either
 * side. The environment's LSTMTS_FOLD, 0 or 1, overrides it: both ways must give the same to
 * rounding. It is inline for the companions, which are not linked to the library.
 */
static inline bool lts_fold_pays(int64_t D, int64_t H, int64_t rows)
{
    const char *forced = getenv("LSTMTS_FOLD");
    if (forced != NULL && (strcmp(forced, "0") == 0 || strcmp(forced, "1") == 0))
        return forced[0] == '1';
    double unfolded = (double)rows * ((double)D * (double)H + 4.0 * (double)H * (double)H);
    double folded =
        (double)rows * 4.0 * (double)H * (double)D + 4.0 * (double)H * (double)H * (double)D;
    return folded < unfolded;
}

#endif
