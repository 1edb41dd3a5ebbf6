/* SPDX-License-Identifier: MIT */
/*
 * Updates over a view: n independent columns in segments of 24 rows, scaled, with a base, eight of T
 * steps in the closed loop; Huber's loss, dropout .3. docs/performance.md compares them with updates
 * over a plain series.
 */
#ifndef VIEW_WORK_H
#define VIEW_WORK_H

#include "../../bench/workloads.h"

bool work_view(const bench_shape *shape, double seconds, bench_time *time);
/** The same with every tenth value missing. */
bool work_view_missing(const bench_shape *shape, double seconds, bench_time *time);

#endif
