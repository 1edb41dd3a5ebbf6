/* SPDX-License-Identifier: MIT */
/*
 * A checkpoint with all that one can hold. A resume that fails has changed nothing; one that
 * succeeds leaves a run that can be trained on, saved, and resumed from what it saved.
 */
#include "small_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_resume(data, size, true, 1);
    return 0;
}
