/* SPDX-License-Identifier: MIT */
/* Where output goes: standard output, or a file that appears when it is complete. */
#ifndef TOOLS_COMMAND_CONSOLE_SINK_H
#define TOOLS_COMMAND_CONSOLE_SINK_H

#include <stdbool.h>
#include <stdio.h>

typedef struct sink {
    FILE *file;       /**< to write to; errors are found by sink_close()             */
    const char *path; /**< borrowed; NULL = standard output                          */
    char *temporary;  /**< the name of the file until it is complete; NULL = none    */
} sink;

/** The folder of a path; "." where it names none. Free it with free(). NULL = out of memory */
char *sink_folder(const char *path);

/**
 * Whether a file can be written. As in the library (docs/file-format.md), a symbolic link to a file
 * is not replaced, nor is it followed.
 *
 * @param regular  whether devices and pipes, and links to them, are refused as well
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int sink_check(const char *path, bool regular);

/**
 * @param path  NULL or "-" is standard output. A file is written under another name in the same
 *              folder and replaced by sink_close(). Devices and pipes are written directly. What
 *              sink_check() refuses is refused.
 * @return EXIT_OK; EXIT_FAILED with a message.
 */
int sink_open(sink *out, const char *path);

/** Complete the output. @return EXIT_OK; EXIT_FAILED with a message: the file is as before. */
int sink_close(sink *out);

/** Give up the output: the file is as before. */
void sink_discard(sink *out);

#endif
