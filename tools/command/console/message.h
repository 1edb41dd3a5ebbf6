/* SPDX-License-Identifier: MIT */
/* Messages on standard error. */
#ifndef TOOLS_COMMAND_CONSOLE_MESSAGE_H
#define TOOLS_COMMAND_CONSOLE_MESSAGE_H

/** Print "lstmts: ...", in red on a terminal unless NO_COLOR is set. @return EXIT_FAILED */
int message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Print the last error of the library. @return EXIT_FAILED */
int message_library(const char *doing);

/** Print a line of information. */
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
