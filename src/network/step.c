/* SPDX-License-Identifier: MIT */
#include "network/step.h"

#include <lstmts/optimizer.h>

const lts_step *lts_step_of_element(const lts_step *step, int64_t at)
{
    for (int64_t i = 0; i < step->n_part; i++)
        if (at >= step->parts[i].first && at < step->parts[i].end)
            return step->parts[i].frozen ? NULL : &step->parts[i].step;
    return step;
}

void lts_step_apply(const lts_step *step, const lts_training_kernels *kernels, int64_t n,
                    const real *gradient, real *const moments[LTS_MAX_MOMENTS], real *values)
{
    switch (step->kind) {
    case LSTM_SGD:
        kernels->elementwise->sgd(n, step->rate, gradient, values);
        break;
    case LSTM_MOMENTUM:
        kernels->elementwise->momentum(n, step->rate, step->momentum, gradient, moments[0], values);
        break;
    case LSTM_RMSPROP:
        kernels->elementwise->rmsprop(n, &step->rmsprop, gradient, moments[0], values);
        break;
    case LSTM_ADAGRAD:
        kernels->elementwise->adagrad(n, step->rate, step->eps, gradient, moments[0], values);
        break;
    default:
        kernels->elementwise->adam(n, &step->adam, gradient, moments[0], moments[1], moments[2],
                                   values);
    }
}
