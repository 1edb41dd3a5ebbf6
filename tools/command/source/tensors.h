/* SPDX-License-Identifier: MIT */
/* The header of a safetensors file. */
#ifndef TOOLS_COMMAND_SOURCE_TENSORS_H
#define TOOLS_COMMAND_SOURCE_TENSORS_H

#include <jansson.h>

/**
 * Read the header of a file: an object with "bytes", the entries of its metadata that are short,
 * "parameters" (the number of elements of all tensors) and "tensors".
 *
 * @param[out] all  free it with json_decref().
 * @return EXIT_OK; EXIT_FAILED with a message
 */
int tensors_read(json_t **all, const char *path);

#endif
