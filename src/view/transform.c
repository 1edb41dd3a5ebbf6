/* SPDX-License-Identifier: MIT */
/*
 * Box and Cox, "An Analysis of Transformations", Journal of the Royal Statistical Society B 26
 * (1964), equation (1). With s = log x it is expm1(lambda s) / lambda, which keeps its digits for
 * small lambda; the inverse is exp(log1p(lambda y) / lambda). Its range is bounded: by -1 / lambda
 * from below for lambda > 0, and from above for lambda < 0.
 */
#include "view/transform.h"

#include "base/check.h"
#include "base/status.h"

#include <float.h>

static const double largest = sizeof(real) == sizeof(float) ? (double)FLT_MAX : DBL_MAX;

lstm_status lts_transform_check(const lts_transform *transform)
{
    LTS_TRY(lts_check_one_of("transform", transform->kind, LSTM_TRANSFORM_BOXCOX + 1,
                             "none, the logarithm, the square root or Box-Cox"));
    double lambda = transform->lambda;
    if (transform->kind == LSTM_TRANSFORM_BOXCOX && !(lambda >= -1 && lambda <= 2))
        return lts_fail(LSTM_E_ARGUMENT, "lambda is %g, expected -1 .. 2", lambda);
    if (transform->kind != LSTM_TRANSFORM_BOXCOX && lambda != 0)
        return lts_fail(LSTM_E_ARGUMENT, "lambda is %g, expected 0 without Box-Cox", lambda);
    return LSTM_OK;
}

bool lts_transform_takes(const lts_transform *transform, double x)
{
    switch (transform->kind) {
    case LSTM_TRANSFORM_NONE:
        return true;
    case LSTM_TRANSFORM_SQRT:
        return !(x < 0);
    default:
        return !(x <= 0);
    }
}

static double boxcox(double lambda, double x)
{
    return lambda == 0 ? log(x) : expm1(lambda * log(x)) / lambda;
}

static double invert_boxcox(double lambda, double y)
{
    if (lambda == 0)
        return exp(y);
    if (lambda * y <= -1)
        return lambda > 0 ? 0 : largest;
    return exp(log1p(lambda * y) / lambda);
}

double lts_transform_apply(const lts_transform *transform, double x)
{
    switch (transform->kind) {
    case LSTM_TRANSFORM_NONE:
        return x;
    case LSTM_TRANSFORM_SQRT:
        return sqrt(x);
    default:
        return boxcox(transform->lambda, x);
    }
}

double lts_transform_invert(const lts_transform *transform, double y)
{
    double x = y;
    if (transform->kind == LSTM_TRANSFORM_SQRT)
        x = y > 0 ? y * y : 0 * y; /* NaN of NaN */
    else if (transform->kind != LSTM_TRANSFORM_NONE)
        x = invert_boxcox(transform->lambda, y);
    return x > largest && transform->kind != LSTM_TRANSFORM_NONE ? largest : x;
}
