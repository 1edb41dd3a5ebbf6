/* SPDX-License-Identifier: MIT */
#include "run/snapshot_policy.h"

#include "base/check.h"
#include "base/status.h"

lstm_status lts_snapshot_policy_check(lstm_trainer_options *options)
{
    enum { DEFAULT_SECONDS = 60 };
    lstm_trigger *snapshot = &options->snapshot;
    bool unset = snapshot->every == 0;
    if (snapshot->every == LSTM_NEVER)
        snapshot->every = 0;
    LTS_TRY(lts_trigger_check("snapshot", snapshot, LSTM_SECONDS));
    if (snapshot->every > 0 && options->folder == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "snapshots need a folder, but folder is NULL");
    if (unset && options->folder != NULL)
        *snapshot = (lstm_trigger){DEFAULT_SECONDS, LSTM_SECONDS};
    return lts_check_at_least("keep", options->keep, 0);
}

void lts_snapshot_policy_init(lts_snapshot_policy *policy, const lstm_trainer_options *options)
{
    *policy = (lts_snapshot_policy){.trigger = options->snapshot, .keep = options->keep};
    lts_snapshot_policy_reset(policy, LTS_NO_SNAPSHOT, 0);
}

void lts_snapshot_policy_reset(lts_snapshot_policy *policy, uint64_t last, double elapsed)
{
    policy->last = last;
    policy->replaceable[0] = policy->replaceable[1] = policy->replaced = LTS_NO_SNAPSHOT;
    policy->last_attempt = LTS_NO_SNAPSHOT;
    policy->prune_pending = false;
    lts_snapshot_policy_note_cost(policy, elapsed, 0);
}

void lts_snapshot_policy_inherit(lts_snapshot_policy *policy, const lts_snapshot_chain *chain)
{
    if (!lts_snapshot_policy_replaces(policy))
        return;
    policy->replaceable[0] = policy->last;
    if (chain->before < policy->last)
        policy->replaceable[1] = chain->before;
    if (chain->replaced >= chain->before)
        return;
    policy->replaced = chain->replaced;
    policy->prune_pending = true;
}

bool lts_snapshot_policy_is_due(const lts_snapshot_policy *policy, const lts_moment *moment,
                                double elapsed)
{
    const lstm_trigger *trigger = &policy->trigger;
    if (trigger->unit != LSTM_SECONDS || trigger->every == 0)
        return lts_trigger_fires(trigger, moment);
    double passed = elapsed - policy->last_at;
    return passed >= (double)trigger->every && passed >= 100 * policy->cost;
}

bool lts_snapshot_policy_replaces(const lts_snapshot_policy *policy)
{
    return policy->trigger.unit == LSTM_SECONDS && policy->keep == 0;
}

bool lts_snapshot_policy_is_new_file(const lts_snapshot_policy *policy, uint64_t iteration)
{
    return policy->last_attempt != iteration;
}

void lts_snapshot_policy_note_file(lts_snapshot_policy *policy, uint64_t iteration, bool existed)
{
    policy->last_attempt = iteration;
    policy->file_existed =
        existed && iteration != policy->replaceable[0] && iteration != policy->replaceable[1];
}

bool lts_snapshot_policy_chain(const lts_snapshot_policy *policy, uint64_t iteration,
                               lts_snapshot_chain *chain)
{
    const uint64_t *last = policy->replaceable;
    bool again = last[0] == iteration;
    uint64_t before = again ? last[1] : last[0];
    chain->before = before == LTS_NO_SNAPSHOT ? iteration : before;
    chain->replaced = again ? LTS_NO_SNAPSHOT : last[1];
    return lts_snapshot_policy_replaces(policy) && !policy->file_existed;
}

void lts_snapshot_policy_note_written(lts_snapshot_policy *policy, uint64_t iteration)
{
    uint64_t *last = policy->replaceable;
    policy->last = iteration;
    policy->prune_pending = true;
    if (!lts_snapshot_policy_replaces(policy) || policy->file_existed || last[0] == iteration)
        return;
    policy->replaced = last[1];
    last[1] = last[0];
    last[0] = iteration;
}

void lts_snapshot_policy_note_cost(lts_snapshot_policy *policy, double elapsed, double cost)
{
    policy->last_at = elapsed;
    policy->cost = cost;
}

int64_t lts_snapshot_policy_n_kept(const lts_snapshot_policy *policy, const uint64_t *iterations,
                                   int64_t n, uint64_t now)
{
    int64_t later = 0;
    while (later < n && iterations[later] > now)
        later++;
    return n - later > policy->keep ? later + policy->keep : n;
}

int64_t lts_snapshot_policy_to_come(const lts_snapshot_policy *policy, int64_t n_now)
{
    /* no more than can be counted, whatever the host asks for */
    int64_t kept = policy->keep < INT32_MAX ? policy->keep : INT32_MAX;
    if (lts_snapshot_policy_replaces(policy)) {
        kept = 2;
        n_now = (policy->replaceable[0] != LTS_NO_SNAPSHOT) +
                (policy->replaceable[1] != LTS_NO_SNAPSHOT);
    }
    return 1 + (kept > n_now ? kept - n_now : 0);
}
