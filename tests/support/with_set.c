/* SPDX-License-Identifier: MIT */
/*
 * Runs a test program with the kernels of one set, and with no other in its place:
 * lts_kernels_select() takes a lesser one where the processor lacks the one that LSTMTS_KERNELS
 * names.
 *
 *     with_set SET PROGRAM [WORDS]
 *
 * Where the set cannot run it says so and ends with 77, which Meson takes for "skipped".
 */
#include "kernels/kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { USAGE = 2, LEFT_OUT = 77 };

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: with_set SET PROGRAM [WORDS]\n", stderr);
        return USAGE;
    }
    if (lts_kernels_find(argv[1]) == NULL) {
        printf("set %s cannot run here\n", argv[1]);
        return LEFT_OUT;
    }
    if (setenv("LSTMTS_KERNELS", argv[1], 1) == 0)
        execv(argv[2], argv + 2);
    perror(argv[2]);
    return EXIT_FAILURE;
}
