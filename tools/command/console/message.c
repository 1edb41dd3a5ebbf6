/* SPDX-License-Identifier: MIT */
#include "command/console/message.h"
#include "command/options/settings.h"
#include <lstmts/status.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* https://no-color.org: set and not empty. */
static int has_color(void)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return (no_color == NULL || *no_color == '\0') && term != NULL && isatty(STDERR_FILENO);
}

int message_error(const char *format, ...)
{
    va_list list;
    int color = has_color();
    fputs(color ? "lstmts: \033[31m" : "lstmts: ", stderr);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputs(color ? "\033[0m\n" : "\n", stderr);
    return EXIT_FAILED;
}

int message_library(const char *doing)
{
    const char *text = lstm_last_error();
    if (strstr(text, doing) != NULL) /* it names the file */
        return message_error("%s", text);
    return message_error("%s: %s", doing, text);
}

void message_note(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
}
