/* SPDX-License-Identifier: MIT */
/*
 * Checkpoints changed by their structure, with the right length and checksum. The input is a
 * program of edits of a real checkpoint: of its header, of the recipe in it, of its blocks and
 * their values; mostly the offsets are corrected afterwards. A refused one must change nothing;
 * with an accepted one the run can be trained, saved, and resumed from the saved file.
 */
#include "structure.h"

enum { MAX_EDITS = 12 };

static parts real_ones[SMALL_KINDS], edited;

/* The first byte chooses the run that wrote the checkpoint, the one that resumes, mostly the same,
 * and whether offsets are corrected. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    size_t file_size;
    fuzz_json_begin(data, size);
    for (int i = 0; i < SMALL_KINDS && real_ones[i].data_size == 0; i++)
        parts_make(&real_ones[i], (small_run_kind)i);
    uint8_t choice = fuzz_byte(&input);
    small_run_kind from = choice % 8 == 7 ? SMALL_LEAST
                          : choice % 2    ? SMALL_ROLLS_BACK
                                          : SMALL_WHOLE;
    small_run_kind to = choice < 240 ? from : (small_run_kind)(choice % SMALL_KINDS);
    bool unchanged = input.size == 0 && from == to;
    edited = real_ones[from];
    for (int i = 0; i < MAX_EDITS && input.size > 0; i++)
        parts_edit(&edited, &input);
    if (choice / 8 % 4 != 0)
        parts_correct_offsets(&edited);
    uint8_t *file = parts_file(&edited, &file_size);
    lstm_status status = fuzz_resume(file, file_size, to, 1);
    FUZZ_HOLDS(status >= 0 || !unchanged);
    free(file);
    return 0;
}
