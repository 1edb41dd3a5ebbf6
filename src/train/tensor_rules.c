/* SPDX-License-Identifier: MIT */
#include "train/tensor_rules.h"

#include "base/memory.h"
#include "base/status.h"

#include <float.h>

enum { MOST = 4096 };

static bool decays(int64_t kind)
{
    return kind == LSTM_ADAM || kind == LSTM_AMSGRAD || kind == LSTM_ADAMW_DECOUPLED;
}

static lstm_status read_rule(lts_tensor_rule *rule, int64_t i, const lts_params *params,
                             const lstm_optimizer_options *optimizer,
                             const lstm_tensor_rule *options)
{
    double decay = options->weight_decay;
    bool none = decay <= LSTM_ZERO;
    if (options->name == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "name of tensor rule %lld is NULL", (long long)i);
    const lts_tensor *tensor = lts_params_find(params, options->name);
    if (tensor == NULL)
        return LSTM_E_NAME;
    if (!(options->rate_factor >= 0 && options->rate_factor < FLT_MAX))
        return lts_fail(LSTM_E_ARGUMENT,
                        "rate_factor of tensor rule %lld, %s, is %g, expected >= 0", (long long)i,
                        tensor->name, options->rate_factor);
    if (decay != 0 && !decays(optimizer->kind))
        return lts_fail(LSTM_E_ARGUMENT,
                        "weight_decay of tensor rule %lld, %s, is %g, expected 0: this optimizer "
                        "does not use it",
                        (long long)i, tensor->name, decay);
    if (!none && !(decay >= 0 && decay < FLT_MAX))
        return lts_fail(LSTM_E_ARGUMENT,
                        "weight_decay of tensor rule %lld, %s, is %g, expected >= 0", (long long)i,
                        tensor->name, decay);
    if (decay == 0)
        decay = optimizer->weight_decay;
    *rule = (lts_tensor_rule){tensor, options->rate_factor, none ? 0 : decay};
    return LSTM_OK;
}

/* Inserts a rule in the order of the table. */
static lstm_status insert(lts_tensor_rules *rules, const lts_tensor_rule *rule)
{
    int64_t at = rules->n;
    while (at > 0 && rules->rules[at - 1].tensor > rule->tensor) {
        rules->rules[at] = rules->rules[at - 1];
        at--;
    }
    if (at > 0 && rules->rules[at - 1].tensor == rule->tensor)
        return lts_fail(LSTM_E_ARGUMENT, "two tensor rules are of %s", rule->tensor->name);
    rules->rules[at] = *rule;
    rules->n++;
    return LSTM_OK;
}

static lstm_status read_all(lts_tensor_rules *rules, const lts_params *params,
                            const lstm_optimizer_options *optimizer,
                            const lstm_tensor_rule *options, int64_t n)
{
    rules->rules = lts_alloc(n, sizeof *rules->rules);
    rules->parts = lts_alloc(n, sizeof *rules->parts);
    rules->frozen = lts_alloc(n, sizeof(const lts_tensor *));
    if (rules->rules == NULL || rules->parts == NULL || rules->frozen == NULL)
        return LSTM_E_NOMEM;
    for (int64_t i = 0; i < n; i++) {
        lts_tensor_rule rule;
        LTS_TRY(read_rule(&rule, i, params, optimizer, &options[i]));
        LTS_TRY(insert(rules, &rule));
        if (rule.rate_factor == 0)
            rules->frozen[rules->n_frozen++] = rule.tensor;
    }
    return LSTM_OK;
}

lstm_status lts_tensor_rules_init(lts_tensor_rules *rules, const lts_params *params,
                                  const lstm_optimizer_options *optimizer,
                                  const lstm_tensor_rule *options, int64_t n)
{
    *rules = (lts_tensor_rules){0};
    if (n < 0 || n > MOST)
        return lts_fail(LSTM_E_ARGUMENT, "n_tensor_rule is %lld, expected 0 .. %d", (long long)n,
                        (int)MOST);
    if (n == 0)
        return LSTM_OK;
    if (options == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "tensor_rules is NULL, n_tensor_rule is %lld",
                        (long long)n);
    lstm_status status = read_all(rules, params, optimizer, options, n);
    if (status < 0)
        lts_tensor_rules_clear(rules);
    return status;
}

void lts_tensor_rules_clear(lts_tensor_rules *rules)
{
    lts_free(rules->rules);
    lts_free(rules->parts);
    lts_free(rules->frozen);
    *rules = (lts_tensor_rules){0};
}
