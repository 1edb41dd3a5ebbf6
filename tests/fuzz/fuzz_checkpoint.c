/* SPDX-License-Identifier: MIT */
/*
 * Reading checkpoints with the least contents, so that it is fast. A failed resume must change
 * nothing; after a few of the successful ones, the run continues.
 */
#include "small_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_resume(data, size, SMALL_LEAST, 8);
    return 0;
}
