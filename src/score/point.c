/* SPDX-License-Identifier: MIT */
/* Losses of one output: squared, absolute and Huber's. */
#include "score/loss_kind.h"

double lts_location_identity(double y, double *slope)
{
    *slope = 1;
    return y;
}

static double squared(const lts_loss *loss, double unit, const double *y, double target,
                      double *slope)
{
    (void)loss, (void)unit;
    double error = y[0] - target;
    *slope = 2 * error;
    return error * error;
}

static double absolute(const lts_loss *loss, double unit, const double *y, double target,
                       double *slope)
{
    (void)loss, (void)unit;
    double error = y[0] - target;
    *slope = (error > 0) - (error < 0);
    return fabs(error);
}

static double huber(const lts_loss *loss, double unit, const double *y, double target,
                    double *slope)
{
    (void)unit;
    double error = y[0] - target, delta = loss->delta;
    if (fabs(error) <= delta) {
        *slope = error;
        return error * error / 2;
    }
    *slope = error > 0 ? delta : -delta;
    return delta * (fabs(error) - delta / 2);
}

const lts_loss_kind lts_point_kinds[LSTM_LOSS_HUBER + 1] = {
    [LSTM_LOSS_MSE] = {1, squared, lts_location_identity, NULL},
    [LSTM_LOSS_MAE] = {1, absolute, lts_location_identity, NULL},
    [LSTM_LOSS_HUBER] = {1, huber, lts_location_identity, NULL},
};
