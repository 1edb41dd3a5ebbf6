/* SPDX-License-Identifier: MIT */
/*
 * The reader of checkpoints, with the least that one can hold, so that it is asked often. A resume
 * that fails has changed nothing; of those that succeed a few are gone on from.
 */
#include "small_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_resume(data, size, false, 8);
    return 0;
}
