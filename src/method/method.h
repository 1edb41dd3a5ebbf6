/* SPDX-License-Identifier: MIT */
#ifndef LTS_METHOD_METHOD_H
#define LTS_METHOD_METHOD_H

#include "base/float_env.h"
#include "base/real.h"
#include <lstmts/method.h>

struct lstm_method {
    char *name;
    lstm_method_options functions; /**< `name` is not valid */
};

/** As lstm_method_fit(), lstm_method_predict() and lstm_method_quantiles(), in a scope whose
 *  environment of the host is *host. Arguments are not checked. */
lstm_status lts_method_fit(lstm_method *method, lts_float_env *host, const lstm_dataset *dataset);
lstm_status lts_method_predict(const lstm_method *method, lts_float_env *host,
                               const lstm_dataset *dataset, int64_t series, int64_t origin,
                               int64_t horizon, real *y);

lstm_status lts_method_quantiles(const lstm_method *method, lts_float_env *host,
                                 const lstm_dataset *dataset, int64_t series, int64_t origin,
                                 int64_t horizon, const double *levels, int64_t n_level, real *y);

#endif
