/* SPDX-License-Identifier: MIT */
/*
 * A step must leave finite numbers or change nothing. Checking every element first would cost as
 * much as the step. Therefore bounds of all elements are updated with each step, in a few
 * operations. Only if they allow an overflow are the elements measured, and if these bounds still
 * allow it, the step is first computed on copies.
 */
#include "base/status.h"
#include "train/optimizer.h"

#include <float.h>

#ifdef LSTMTS_TEST_DOUBLE
#define REAL_MAX DBL_MAX
#else
#define REAL_MAX FLT_MAX
#endif

/* The constants of update t: Adam as in the article's framework (lstmts/window.h), or AdamW. */
static lts_adam adam_constants(const lstm_optimizer_options *o, uint64_t t, double rate)
{
    double correction1 = 1 - pow(o->beta1, (double)t), correction2 = 1 - pow(o->beta2, (double)t);
    lts_adam k = {.one_minus_beta1 = (real)(1 - o->beta1),
                  .one_minus_beta2 = (real)(1 - o->beta2),
                  .eps = (real)o->eps};
    if (o->kind == LSTM_ADAMW_DECOUPLED) {
        k.rate = (real)(rate / correction1);
        k.root_by = (real)(1 / sqrt(correction2));
        k.decay = (real)(rate * o->weight_decay);
    } else {
        k.rate = (real)(o->eta * rate * sqrt(correction2) / correction1);
        k.root_by = 1;
        k.decay = (real)(o->eta * o->weight_decay);
    }
    return k;
}

static lts_step step_of(const lstm_optimizer_options *o, uint64_t t, double rate)
{
    real eps = (real)o->eps;
    lts_step s = {
        .kind = o->kind, .rate = (real)rate, .momentum = (real)o->momentum, .eps = (real)o->eps};
    if (o->kind == LSTM_RMSPROP)
        s.rmsprop = (lts_rmsprop){.rate = s.rate,
                                  .decay = (real)o->decay,
                                  .one_minus_decay = (real)(1 - o->decay),
                                  .eps_outside = o->eps_inside ? 0 : eps,
                                  .eps_inside = o->eps_inside ? eps : 0};
    if (o->kind == LSTM_ADAM || o->kind == LSTM_AMSGRAD || o->kind == LSTM_ADAMW_DECOUPLED)
        s.adam = adam_constants(o, t, rate);
    return s;
}

/* A bound of x / y that is also a bound of x. */
static double quotient_bound(double x, double y)
{
    return y < 1 ? x / y : x;
}

/*
 * Bounds after a step by a gradient whose elements are at most g in magnitude. A moment becomes a
 * weighted mean of its old value and g or g^2, or a sum of these. The denominator of a quotient is
 * a root + eps, at least eps. `slack` covers rounding. The bounds are not finite if a constant
 * overflowed.
 */
static lts_bounds bounds_after(lts_bounds bounds, const lstm_optimizer_options *o,
                               const lts_step *s, double g)
{
    const double slack = 1 + 1e-6;
    double *moment = bounds.moment, change, square = g * g, rate = (double)s->rate;
    switch (o->kind) {
    case LSTM_SGD:
        change = rate * g;
        break;
    case LSTM_MOMENTUM:
        change = moment[0] = (o->momentum * moment[0] + rate * g) * slack;
        break;
    case LSTM_RMSPROP:
        moment[0] = fmax(moment[0], square) * slack;
        change = quotient_bound(rate * g, o->eps_inside ? sqrt(o->eps) : o->eps);
        break;
    case LSTM_ADAGRAD:
        moment[0] = (moment[0] + square) * slack;
        change = quotient_bound(rate * g, o->eps);
        break;
    default:
        moment[0] = fmax(moment[0], g) * slack;
        moment[1] = fmax(moment[1], square) * slack;
        moment[2] = fmax(moment[2], moment[1]);
        change = quotient_bound((double)s->adam.rate * moment[0], o->eps) +
                 (double)s->adam.decay * bounds.value;
    }
    bounds.value = (bounds.value + change) * slack;
    return bounds;
}

/* The steps of the tensors that have rules. */
static void make_parts(lts_step *step, const lts_optimizer *optimizer, uint64_t t, double rate)
{
    const lts_tensor_rules *rules = &optimizer->rules;
    for (int64_t i = 0; i < rules->n; i++) {
        const lts_tensor_rule *rule = &rules->rules[i];
        lstm_optimizer_options options = optimizer->options;
        options.weight_decay = rule->weight_decay;
        rules->parts[i] = (lts_step_part){.first = rule->tensor->offset,
                                          .end = rule->tensor->offset + rule->tensor->size,
                                          .frozen = rule->rate_factor == 0,
                                          .step = step_of(&options, t, rate * rule->rate_factor)};
    }
    step->n_part = rules->n;
    step->parts = rules->parts;
}

/* The largest bounds of all steps. */
static lts_bounds bounds_after_all(const lts_bounds *bounds, const lstm_optimizer_options *o,
                                   const lts_step *step, double g)
{
    lts_bounds all = bounds_after(*bounds, o, step, g);
    for (int64_t i = 0; i < step->n_part; i++) {
        lts_bounds one = bounds_after(*bounds, o, &step->parts[i].step, g);
        all.value = fmax(all.value, one.value);
        for (int m = 0; m < LTS_MAX_MOMENTS; m++)
            all.moment[m] = fmax(all.moment[m], one.moment[m]);
    }
    return all;
}

/* With these bounds the sums of a few elements, as in the kernels, are finite too. */
static bool is_safe(const lts_bounds *bounds)
{
    const double limit = REAL_MAX / 16.0;
    bool safe = bounds->value < limit;
    for (int i = 0; i < LTS_MAX_MOMENTS; i++)
        safe = safe && bounds->moment[i] < limit;
    return safe;
}

/* Elements first .. first + n - 1 of a block. */
typedef struct piece_range {
    int64_t first, n;
} piece_range;

static lstm_status report_overflow(const lts_step *s, const lts_params *params, uint64_t t,
                                   const real *gradient, const char *what, int64_t at, real found)
{
    char place[LTS_PLACE_SIZE];
    lts_params_place(params, at, place);
    return lts_fail(LSTM_E_NUMERIC,
                    "%s would have the %s %g after update %llu: the gradient is %g there, the "
                    "learning rate %g",
                    place, what, (double)found, (unsigned long long)t, (double)gradient[at],
                    (double)s->rate);
}

enum { PIECE = 128 };

/* Computes a step of up to PIECE elements of one tensor on copies. */
static lstm_status dry_run_piece(const lts_step *s, const lts_optimizer *optimizer,
                                 const lts_params *params, uint64_t t, const real *gradient,
                                 const real *values, piece_range piece)
{
    real copies[1 + LTS_MAX_MOMENTS][PIECE];
    real *moments[LTS_MAX_MOMENTS] = {NULL};
    size_t bytes = (size_t)piece.n * sizeof(real);
    memcpy(copies[0], values + piece.first, bytes);
    for (int64_t i = 0; i < optimizer->n_moment; i++)
        moments[i] = memcpy(copies[1 + i], optimizer->moments[i] + piece.first, bytes);
    lts_step_apply(s, optimizer->kernels, piece.n, gradient + piece.first, moments, copies[0]);
    for (int64_t i = 0; i <= optimizer->n_moment; i++) {
        int64_t bad = lts_first_nonfinite(copies[i], piece.n);
        if (bad >= 0)
            return report_overflow(s, params, t, gradient,
                                   i == 0 ? "value" : optimizer->names[i - 1], piece.first + bad,
                                   copies[i][bad]);
    }
    return LSTM_OK;
}

/* Computes a step on copies, piece by piece. LSTM_E_NUMERIC naming the first non-finite element. */
static lstm_status dry_run(const lts_step *step, const lts_optimizer *optimizer,
                           const lts_params *params, uint64_t t, const real *gradient,
                           const real *values)
{
    for (int64_t i = 0; i < params->n_tensor; i++) {
        int64_t first = params->tensors[i].offset, end = first + params->tensors[i].size;
        const lts_step *s = lts_step_of_element(step, first);
        for (; s != NULL && first < end; first += PIECE) {
            int64_t n = end - first < PIECE ? end - first : PIECE;
            LTS_TRY(
                dry_run_piece(s, optimizer, params, t, gradient, values, (piece_range){first, n}));
        }
    }
    return LSTM_OK;
}

void lts_optimizer_forget(lts_optimizer *optimizer)
{
    optimizer->bounds.value = HUGE_VAL;
}

lstm_status lts_step_begin(lts_step *step, lts_optimizer *optimizer, lts_engine *engine,
                           const lts_params *params, uint64_t t, double rate, const real *gradient,
                           double norm, const real *values)
{
    const lts_device *device = engine->device;
    *step = step_of(&optimizer->options, t, rate);
    make_parts(step, optimizer, t, rate);
    lts_bounds bounds = bounds_after_all(&optimizer->bounds, &optimizer->options, step, norm);
    if (!is_safe(&bounds)) {
        LTS_TRY(device->measure(engine, &bounds));
        bounds = bounds_after_all(&bounds, &optimizer->options, step, norm);
        if (!is_safe(&bounds)) {
            LTS_TRY(device->read(engine, LTS_READ_VALUES | LTS_READ_GRADIENT | LTS_READ_MOMENTS));
            LTS_TRY(dry_run(step, optimizer, params, t, gradient, values));
        }
    }
    optimizer->bounds = bounds;
    return LSTM_OK;
}
