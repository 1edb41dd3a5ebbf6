/* SPDX-License-Identifier: MIT */
/*
 * Runs a test program with one kernel set and never with another: lts_kernels_select() would choose
 * a lesser one if the processor cannot run the set in LSTMTS_KERNELS.
 *
 *     with_set SET PROGRAM [WORDS]
 *
 * If the set cannot run here, prints that and exits with 77, which Meson counts as skipped.
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
