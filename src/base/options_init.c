/* SPDX-License-Identifier: MIT */
/*
 * The functions beside the _INIT macros of all option structs. They take the caller's size, because
 * a later release may have a longer struct than the program.
 */
#include "base/options.h"

#include <lstmts/lstmts.h>

#define DEFINE_INIT(type)                                                                          \
    lstm_status type##_init(type *options, uint64_t size)                                          \
    {                                                                                              \
        return lts_init_options(options, size, #type);                                             \
    }

DEFINE_INIT(lstm_model_options)
DEFINE_INIT(lstm_load_options)
DEFINE_INIT(lstm_iter_options)
DEFINE_INIT(lstm_updater_options)
DEFINE_INIT(lstm_optimizer_options)
DEFINE_INIT(lstm_schedule_options)
DEFINE_INIT(lstm_trainer_options)
DEFINE_INIT(lstm_valid_options)
DEFINE_INIT(lstm_pred_options)
DEFINE_INIT(lstm_forecast_options)
DEFINE_INIT(lstm_backtest_options)
DEFINE_INIT(lstm_baseline_options)
DEFINE_INIT(lstm_ridge_options)
DEFINE_INIT(lstm_dataset_options)
DEFINE_INIT(lstm_ensemble_options)
DEFINE_INIT(lstm_forecaster_options)
DEFINE_INIT(lstm_interval_options)
DEFINE_INIT(lstm_loss_options)
DEFINE_INIT(lstm_method_options)
DEFINE_INIT(lstm_stream_options)
DEFINE_INIT(lstm_sampling_options)
DEFINE_INIT(lstm_curriculum_options)
DEFINE_INIT(lstm_view_options)
