/* SPDX-License-Identifier: MIT */
/*
 * A disk whose power can be cut: it records what the library does to the files of one folder, and
 * then makes each folder that may be found after a cut at any moment of that.
 *
 * POSIX promises no more than this, and some file systems keep no more:
 *   - names are as when the folder was last flushed; of what was created, renamed and removed since
 *     then any selection is done;
 *   - a file has what it had when it was last flushed; of what was written since there is nothing, half,
 *     all, or as many zeros.
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

/** From here on in this thread; what is in the folder now is safe. The clock stands still. */
void power_cut_record(const char *folder);

/** Let the clock go forward. */
void power_cut_pass(time_t seconds);

/** What happens from here on comes after `mark`. 0 before the first. */
void power_cut_mark(int64_t mark);

void power_cut_end(void);

/** `folder` may be found if the power is cut after `mark` and not after a later one. */
typedef void (*power_cut_check)(const char *folder, int64_t mark, void *user);

/** Check all that may be found, the same once for each mark. Returns how many were checked. */
int64_t power_cut_each(power_cut_check check, void *user);

#endif
