/* SPDX-License-Identifier: MIT */
#include "data/source.h"

void lts_source_inputs(const lts_source *source, const lts_batch *batch, int64_t step, real *x)
{
    const lts_columns *columns = source->columns;
    lts_gather(source->series, columns->input, columns->D, batch->offsets, batch->B, step, x);
}

void lts_source_targets(const lts_source *source, const lts_batch *batch, int64_t step,
                        real *target)
{
    const lts_columns *columns = source->columns;
    lts_gather(source->series, columns->target, columns->K, batch->offsets, batch->B,
               step + source->pred, target);
}
