/* SPDX-License-Identifier: MIT */
/* Numbers as text. */
#ifndef TOOLS_COMMAND_CONSOLE_NUMBER_H
#define TOOLS_COMMAND_CONSOLE_NUMBER_H

#include <lstmts/export.h>

/** The shortest decimal that reads as the same float. @return out */
const char *number_print(char out[32], lstm_real value);

#endif
