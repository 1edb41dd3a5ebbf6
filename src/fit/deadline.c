/* SPDX-License-Identifier: MIT */
#include "fit/deadline.h"

void lts_deadline_begin(lts_deadline *deadline, double limit, double (*clock)(void))
{
    double now = clock();
    *deadline = (lts_deadline){clock, limit, now, now + limit, 0, false};
}

void lts_deadline_set_share(lts_deadline *deadline, double share)
{
    deadline->end = deadline->start + share * deadline->limit;
}

/* Whether there are so many seconds more. */
static bool has_time(lts_deadline *deadline, double seconds)
{
    bool has = deadline->limit == 0 || !(deadline->clock() + seconds >= deadline->end);
    deadline->has_cut = deadline->has_cut || !has;
    return has;
}

bool lts_deadline_has_passed(lts_deadline *deadline)
{
    return !has_time(deadline, 0);
}

bool lts_deadline_allows(lts_deadline *deadline, double n_update)
{
    return has_time(deadline, n_update * deadline->of_update);
}

void lts_deadline_learn(lts_deadline *deadline, double began, int64_t n_update)
{
    if (n_update > 0)
        deadline->of_update = (deadline->clock() - began) / (double)n_update;
}
