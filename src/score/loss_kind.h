/* SPDX-License-Identifier: MIT */
/*
 * The table of losses. A row computes with one target, in double in both builds: outputs y [n_out],
 * parameter o at y[o]. With finite float values every value is finite.
 */
#ifndef LTS_SCORE_LOSS_KIND_H
#define LTS_SCORE_LOSS_KIND_H

#include "base/inline.h"
#include "base/real.h"
#include <float.h>
#include <lstmts/loss.h>

enum { LTS_MAX_LEVELS = 99 };

typedef struct lts_loss lts_loss;

typedef struct lts_loss_kind {
    int64_t n_out; /**< 0: one per level */

    /** lts_loss_sum() of a kind of one output; NULL: by `value`. */
    double (*sum)(const lts_loss *loss, int64_t n, int64_t K, const real *y, const real *target,
                  const real *weight, double scale, real *dy);

    /** Returns the loss, and writes its derivative by y [n_out] to slope. */
    double (*value)(const lts_loss *loss, double unit, const double *y, double target,
                    double *slope);

    /** Returns the location of y[0], and its derivative. */
    double (*location)(double y, double *slope);

    /** The quantile of the distribution at 0 < level < 1; NULL = the kind has no distribution. */
    double (*quantile)(const lts_loss *loss, double unit, const double *y, double level);
} lts_loss_kind;

/** Checked options with their defaults. Fields that the kind does not use are 0. */
struct lts_loss {
    const lts_loss_kind *row;
    int64_t kind, reduction;
    int64_t n_out, n_level, median; /**< levels[median] is 0.5 */
    double delta, scale_floor, freedom_floor, dispersion_floor;
    int64_t n_unit, n_column_weight, n_step_weight;
    const double *levels, *units, *column_weights, *step_weights;
    double *kept;                   /**< the block that the arrays lie in, if they are copies */
    struct lts_caller_loss *caller; /**< minimized instead; NULL = none. Borrowed */
};

/** The rows, by lstm_loss_kind. */
extern const lts_loss_kind lts_point_kinds[LSTM_LOSS_HUBER + 1];
extern const lts_loss_kind lts_quantile_kind;
extern const lts_loss_kind lts_likelihood_kinds[3]; /**< from LSTM_LOSS_GAUSSIAN on */

/** A location that is y[0] itself. */
double lts_location_identity(double y, double *slope);

/** Whether the outputs stand for a distribution. A single level is the median alone. */
static inline bool lts_loss_has_distribution(const lts_loss *loss)
{
    return loss->row->quantile != NULL && loss->n_level != 1;
}

/** w of the target at `at`, of column k. */
LTS_INLINE double lts_target_weight(const lts_loss *loss, const real *weight, int64_t at, int64_t k)
{
    double own = weight == NULL ? 1 : (double)weight[at];
    return loss->n_column_weight == 0 ? own : own * loss->column_weights[k];
}

/** The nearest real; the largest one for what is larger. NaN stays. */
LTS_INLINE real lts_saturate(double value)
{
    const double most = sizeof(real) == sizeof(float) ? (double)FLT_MAX : DBL_MAX;
    return (real)(value > most ? most : value < -most ? -most : value);
}

/** ln(1 + e^y) and its derivative 1 / (1 + e^-y). */
LTS_INLINE double lts_softplus(double y, double *slope)
{
    double e = exp(-fabs(y));
    *slope = (y > 0 ? 1 : e) / (1 + e);
    return fmax(y, 0.0) + log1p(e);
}

#endif
