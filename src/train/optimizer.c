/* SPDX-License-Identifier: MIT */
/*
 * Optimizers process whole blocks of the parameter table. The gaps between tensors are 0 in every
 * block and stay 0: their gradient is 0, and eps prevents 0 / 0.
 */
#include "train/optimizer.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"

#include <float.h>
#include <string.h>

#define KIND(kind)  (1u << (kind))
#define ADAM_KINDS  (KIND(LSTM_ADAM) | KIND(LSTM_AMSGRAD) | KIND(LSTM_ADAMW_DECOUPLED))
#define EPS_KINDS   (ADAM_KINDS | KIND(LSTM_RMSPROP) | KIND(LSTM_ADAGRAD))
#define SMALL_RATES (ADAM_KINDS | KIND(LSTM_ADAGRAD))
#define LARGE_RATES (KIND(LSTM_SGD) | KIND(LSTM_MOMENTUM) | KIND(LSTM_RMSPROP))

/* A constant, the kinds that use it, its default for them, and its range low <= value < high. */
typedef struct constant {
    const char *name;
    size_t offset;
    unsigned kinds;
    double by_default, low, high;
} constant;

#define FIELD(field) #field, offsetof(lstm_optimizer_options, field)

/*
 * Ranges in which a computation in float follows its formula. eps: g^2 is 0 in float where g is
 * below about 1e-18, and the root of what is lost, at most 4e-18, must not count beside eps.
 * Momentum and decay must be below 1 as floats; 1 - beta1 and 1 - beta2 are computed in double.
 */
#define LEAST_EPS 1e-15
#define BELOW_ONE (1 - 0x1p-25)

static const constant constants[] = {
    {FIELD(learning_rate), SMALL_RATES, 0.001, FLT_MIN, FLT_MAX},
    {FIELD(learning_rate), LARGE_RATES, 0.01, FLT_MIN, FLT_MAX},
    {FIELD(beta1), ADAM_KINDS, 0.9, 0, 1},
    {FIELD(beta2), ADAM_KINDS, 0.999, 0, 1},
    {FIELD(eps), EPS_KINDS, 1e-8, 0, FLT_MAX},
    {FIELD(eta), KIND(LSTM_ADAM) | KIND(LSTM_AMSGRAD), 1, FLT_MIN, FLT_MAX},
    {FIELD(weight_decay), KIND(LSTM_ADAM) | KIND(LSTM_AMSGRAD), 0, 0, FLT_MAX},
    {FIELD(weight_decay), KIND(LSTM_ADAMW_DECOUPLED), 0.01, 0, FLT_MAX},
    {FIELD(momentum), KIND(LSTM_MOMENTUM), 0.9, 0, BELOW_ONE},
    {FIELD(decay), KIND(LSTM_RMSPROP), 0.99, 0, BELOW_ONE},
};
enum { N_CONSTANT = sizeof constants / sizeof *constants };

static double *field(lstm_optimizer_options *options, size_t offset)
{
    return (double *)(void *)((char *)options + offset);
}

static lstm_status fill_in(lstm_optimizer_options *options, const constant *c)
{
    double low = c->low;
    if (c->offset == offsetof(lstm_optimizer_options, eps)) /* under the root, its square */
        low = options->eps_inside == 1 ? LEAST_EPS * LEAST_EPS : LEAST_EPS;
    double *value = field(options, c->offset);
    if (*value == 0)
        *value = c->by_default;
    else if (*value <= LSTM_ZERO)
        *value = 0;
    if (!(*value >= low && *value < c->high))
        return lts_fail(LSTM_E_ARGUMENT, "%s is %.9g, expected at least %.9g and below %.9g",
                        c->name, *value, low, c->high);
    return LSTM_OK;
}

/* Whether this kind uses the field at `offset`. */
static bool kind_uses_field(unsigned kind, size_t offset)
{
    for (int i = 0; i < N_CONSTANT; i++)
        if (constants[i].offset == offset && (constants[i].kinds & KIND(kind)) != 0)
            return true;
    return false;
}

static lstm_status read_options(lstm_optimizer_options *read, const lstm_optimizer_options *options)
{
    LTS_READ_OPTIONS(read, options, lstm_optimizer_options);
    LTS_TRY(lts_check_one_of("optimizer kind", read->kind, LSTM_ADAGRAD + 1,
                             "LSTM_ADAM, _AMSGRAD, _ADAMW_DECOUPLED, _SGD, _MOMENTUM, _RMSPROP or "
                             "_ADAGRAD"));
    unsigned kind = (unsigned)read->kind;
    for (int i = 0; i < N_CONSTANT; i++) {
        const constant *c = &constants[i];
        if ((c->kinds & KIND(kind)) != 0)
            LTS_TRY(fill_in(read, c));
        else if (!kind_uses_field(kind, c->offset) && *field(read, c->offset) != 0)
            return lts_fail(LSTM_E_ARGUMENT, "%s is %g, expected 0: this optimizer does not use it",
                            c->name, *field(read, c->offset));
    }
    if (read->eps_inside < 0 || read->eps_inside > (kind == LSTM_RMSPROP))
        return lts_fail(LSTM_E_ARGUMENT, "eps_inside is %lld, expected 0%s",
                        (long long)read->eps_inside, kind == LSTM_RMSPROP ? " or 1" : "");
    return LSTM_OK;
}

lstm_status lts_optimizer_init(lts_optimizer *optimizer, const lts_params *params,
                               const lts_kernels *kernels, const lstm_optimizer_options *options)
{
    static const char *const names[][LTS_MAX_MOMENTS] = {
        [LSTM_ADAM] = {"m", "v"},
        [LSTM_AMSGRAD] = {"m", "v", "vhat"},
        [LSTM_ADAMW_DECOUPLED] = {"m", "v"},
        [LSTM_SGD] = {NULL},
        [LSTM_MOMENTUM] = {"v"},
        [LSTM_RMSPROP] = {"s"},
        [LSTM_ADAGRAD] = {"s"},
    };
    memset(optimizer, 0, sizeof *optimizer);
    LTS_TRY(read_options(&optimizer->options, options));
    optimizer->kernels = lts_training_kernels_of(kernels);
    lts_optimizer_forget(optimizer);
    for (int i = 0; i < LTS_MAX_MOMENTS; i++) {
        optimizer->names[i] = names[optimizer->options.kind][i];
        if (optimizer->names[i] == NULL)
            break;
        optimizer->moments[i] = lts_params_new_block(params);
        if (optimizer->moments[i] == NULL) {
            lts_optimizer_clear(optimizer);
            return LSTM_E_NOMEM;
        }
        optimizer->n_moment++;
    }
    return LSTM_OK;
}

void lts_optimizer_clear(lts_optimizer *optimizer)
{
    for (int i = 0; i < LTS_MAX_MOMENTS; i++)
        lts_free(optimizer->moments[i]);
    lts_tensor_rules_clear(&optimizer->rules);
    memset(optimizer, 0, sizeof *optimizer);
}

lstm_status lts_hooks_check(const lstm_hook *hooks, int64_t n_hook)
{
    if (n_hook < 0 || n_hook > 64)
        return lts_fail(LSTM_E_ARGUMENT, "n_hook is %lld, expected 0 .. 64", (long long)n_hook);
    if (n_hook > 0 && hooks == NULL)
        return lts_fail(LSTM_E_ARGUMENT, "hooks is NULL, n_hook is %lld", (long long)n_hook);
    for (int64_t i = 0; i < n_hook; i++) {
        if (hooks[i].kind != LSTM_HOOK_CLIP && hooks[i].kind != LSTM_HOOK_WEIGHT_DECAY)
            return lts_fail(LSTM_E_ARGUMENT,
                            "kind of hook %lld is %lld, expected LSTM_HOOK_CLIP or _WEIGHT_DECAY",
                            (long long)i, (long long)hooks[i].kind);
        if (!(hooks[i].value > 0) || !isfinite(hooks[i].value))
            return lts_fail(LSTM_E_ARGUMENT, "value of hook %lld is %g, expected a value above 0",
                            (long long)i, hooks[i].value);
    }
    return LSTM_OK;
}
