/* SPDX-License-Identifier: MIT */
/* What a mistyped word was to be: "did you mean --horizon?" */
#ifndef TOOLS_COMMAND_OPTIONS_GUESS_H
#define TOOLS_COMMAND_OPTIONS_GUESS_H

/** The name that is nearest to a word, of those that were tried. Begin with {.word = word}. */
typedef struct guess {
    const char *word;
    const char *name; /**< NULL = none is near; borrowed                                       */
    int edits;        /**< from the word to the name                                           */
} guess;

/** Keep a name if it is nearer than that before. A name that begins with the word is near; another
    one if at most a third of its characters, and 3, but not all, are edited. */
void guess_try(guess *made, const char *name);

#endif
