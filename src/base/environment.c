/* SPDX-License-Identifier: MIT */
#include "base/environment.h"

#include <stdlib.h>
#include <string.h>

static bool variable_is(const char *name, const char *value)
{
    const char *found = getenv(name);
    return found != NULL && strcmp(found, value) == 0;
}

const char *lts_environment_kernels(void)
{
    return getenv("LSTMTS_KERNELS");
}

bool lts_environment_fold(bool *fold)
{
    *fold = variable_is("LSTMTS_FOLD", "1");
    return *fold || variable_is("LSTMTS_FOLD", "0");
}

bool lts_environment_split(void)
{
    return variable_is("LSTMTS_SPLIT", "1");
}
