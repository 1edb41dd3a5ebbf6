/* SPDX-License-Identifier: MIT */
/*
 * A checkpoint with everything that it can contain. A failed resume must change nothing; after a
 * successful one the run can be trained, saved, and resumed from the saved file.
 */
#include "small_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_resume(data, size, SMALL_WHOLE, 1);
    return 0;
}
