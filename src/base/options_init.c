/* SPDX-License-Identifier: MIT */
/*
 * The functions beside the _INIT macros of all option structs. They take the caller's size, because
 * a later release may have a longer struct than the program.
 */
#include "base/options.h"

#include <lstmts/lstmts.h>

#define DEFINE_INIT(name)                                                                          \
    lstm_status lstm_##name##_options_init(lstm_##name##_options *options, uint64_t size)          \
    {                                                                                              \
        return lts_init_options(options, size, "lstm_" #name "_options");                          \
    }

DEFINE_INIT(model)
DEFINE_INIT(load)
DEFINE_INIT(iter)
DEFINE_INIT(updater)
DEFINE_INIT(optimizer)
DEFINE_INIT(schedule)
DEFINE_INIT(trainer)
DEFINE_INIT(valid)
DEFINE_INIT(pred)
DEFINE_INIT(forecast)
DEFINE_INIT(backtest)
DEFINE_INIT(continue)
DEFINE_INIT(baseline)
DEFINE_INIT(ridge)
DEFINE_INIT(dataset)
DEFINE_INIT(ensemble)
DEFINE_INIT(forecaster)
DEFINE_INIT(interval)
DEFINE_INIT(loss)
DEFINE_INIT(method)
DEFINE_INIT(stream)
DEFINE_INIT(sampling)
DEFINE_INIT(curriculum)
DEFINE_INIT(state)
DEFINE_INIT(view)
