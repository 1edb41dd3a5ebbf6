/* SPDX-License-Identifier: MIT */
#include "base/loader.h"

#ifdef __linux__
#include <sys/auxv.h>
#endif

bool lts_program_has_loader(void)
{
#ifdef __linux__
    return getauxval(AT_BASE) != 0;
#else
    return true;
#endif
}
