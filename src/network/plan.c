/* SPDX-License-Identifier: MIT */
#include "network/plan.h"

#include "base/memory.h"
#include "base/status.h"
#include "data/window.h"

#include <string.h>

static lstm_status allocate_plan(lts_plan *plan, int64_t T, int64_t max_call)
{
    memset(plan, 0, sizeof *plan);
    plan->T = T;
    plan->calls = lts_alloc(max_call, sizeof *plan->calls);
    plan->segments = lts_alloc(max_call + 1, sizeof *plan->segments);
    if (plan->calls != NULL && plan->segments != NULL)
        return LSTM_OK;
    lts_plan_clear(plan);
    return LSTM_E_NOMEM;
}

static int64_t add_call(lts_plan *plan, int64_t row, int64_t feed, int64_t target_step)
{
    plan->calls[plan->n_call] = (lts_call){row, feed, target_step, false};
    return plan->n_call++;
}

static void cut_into_segments(lts_plan *plan)
{
    for (int64_t call = 0; call < plan->n_call; call++)
        if (call == 0 || plan->calls[call].feed >= plan->segments[plan->n_segment - 1])
            plan->segments[plan->n_segment++] = call;
    plan->segments[plan->n_segment] = plan->n_call;
}

lstm_status lts_plan_init_loop(lts_plan *plan, int64_t T, int64_t support_len, int64_t lag)
{
    LTS_TRY(allocate_plan(plan, T, T));
    for (int64_t t = 0; t < T; t++)
        add_call(plan, t, lts_fed_step(t, support_len, lag), t);
    cut_into_segments(plan);
    return LSTM_OK;
}

lstm_status lts_plan_init_holes(lts_plan *plan, int64_t T, int64_t support_len, int64_t lag)
{
    LTS_TRY(allocate_plan(plan, T, T));
    for (int64_t t = 0; t < T; t++) {
        add_call(plan, t, t >= lag ? t - lag : -1, t);
        plan->calls[t].holes = lts_fed_step(t, support_len, lag) < 0;
    }
    cut_into_segments(plan);
    return LSTM_OK;
}

lstm_status lts_plan_init_article(lts_plan *plan, int64_t T, int64_t support_len)
{
    LTS_TRY(allocate_plan(plan, T, 2 * T));
    int64_t fed = -1; /* the call whose output is the next input in the closed loop */
    for (int64_t t = 0; t < T; t++) {
        if (t == support_len)
            fed = add_call(plan, t, -1, -1);
        int64_t source = t > support_len ? fed : -1;
        add_call(plan, t, source, t);
        if (t > support_len)
            fed = add_call(plan, t, source, -1);
    }
    cut_into_segments(plan);
    return LSTM_OK;
}

/* In both kinds of plan, call t is that of step t. */
void lts_plan_cut(lts_plan *plan, int64_t T)
{
    plan->T = plan->n_call = T;
    plan->n_segment = 0;
    cut_into_segments(plan);
}

void lts_plan_clear(lts_plan *plan)
{
    lts_free(plan->calls);
    lts_free(plan->segments);
    memset(plan, 0, sizeof *plan);
}
