/* SPDX-License-Identifier: MIT */
/*
 * Simulates power cuts: records the library's operations on the files of one folder, and then
 * creates every folder that may exist after a power cut at any moment.
 *
 * POSIX guarantees no more than this, and some file systems no more:
 *   - names are as at the last flush of the folder; any subset of the later creations, renames and
 *     removals has happened;
 *   - contents of a file are as at its last flush; of later writes nothing, half, all, or as many
 *     zeros are present.
 *
 *     power_cut_record(folder);
 *     ...                          calls of the library, and power_cut_mark() between them
 *     power_cut_end();
 *     power_cut_each(check, user);
 */
#ifndef TESTS_POWER_CUT_H
#define TESTS_POWER_CUT_H

#include <stdint.h>
#include <time.h>

/** Start recording in this thread. The present contents are on the disk. The clock is stopped. */
void power_cut_record(const char *folder);

/** Advance the clock. */
void power_cut_pass(time_t seconds);

/** Later operations come after `mark`. 0 before the first. */
void power_cut_mark(int64_t mark);

void power_cut_end(void);

/** `folder` may exist if the power is cut between `mark` and the next one. */
typedef void (*power_cut_check)(const char *folder, int64_t mark, void *user);

/** Check every possible folder once per mark. Returns the number of checks. */
int64_t power_cut_each(power_cut_check check, void *user);

#endif
