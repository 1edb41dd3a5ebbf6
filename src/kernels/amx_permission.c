/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* syscall(); NOLINT(bugprone-reserved-identifier,cert-dcl*) */
#include "kernels/amx_permission.h"

#if defined(__linux__) && defined(__x86_64__)
#include "base/keep_errno.h"

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

/* CPUID leaf 7, EDX (Intel's Software Developer's Manual, volume 2). */
enum { AMX_BF16 = 1 << 22, AMX_TILE = 1 << 24 };

/* Of Linux's asm/prctl.h since 5.16, and the number of the tiles' state. */
enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };

bool lts_amx_permitted(void)
{
    LTS_KEEP_ERRNO();
    unsigned a, b, c, d;
    const unsigned needed = AMX_BF16 | AMX_TILE;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & needed) == needed &&
           syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}
#else
bool lts_amx_permitted(void)
{
    return false;
}
#endif
