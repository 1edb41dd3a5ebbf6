/* SPDX-License-Identifier: MIT */
/* What a run says in words on standard error. */
#ifndef TOOLS_COMMAND_STUDY_WORDS_H
#define TOOLS_COMMAND_STUDY_WORDS_H

#include "command/source/source.h"
#include "command/study/fitting.h"
#include "command/study/judge.h"

/** Three lines: the table and what forecasts it; how good that is; its intervals. A fourth one says
    how to forecast by a simple method that is clearly better. Notes name what is far off. */
void words_say(const source *from, const chosen *what, const judgement *judged);

/** The ends of the parts of each series, at most of the first ones, and the origins in it. */
void words_parts(const source *from, const judgement *judged);

/** A line for the table: "7 columns, 17420 rows every hour". @return out */
const char *words_table(char *out, int size, const source *from);

#endif
