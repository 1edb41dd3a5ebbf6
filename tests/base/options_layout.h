/* SPDX-License-Identifier: MIT */
/* The fields of all option structs, in the order that compiled programs rely on. */
#ifndef TESTS_OPTIONS_LAYOUT_H
#define TESTS_OPTIONS_LAYOUT_H

#include <lstmts/lstmts.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct field {
    size_t at, size;
    bool pointer;
} field;

/* The class of a pointer, also to a function, in what gcc and clang say of a type. */
#define IS_POINTER(value) (__builtin_classify_type(value) == __builtin_classify_type(NULL))
#define AT(type, field)                                                                            \
    {                                                                                              \
        offsetof(type, field), sizeof(((type *)NULL)->field), IS_POINTER(((type *)NULL)->field)    \
    }
static const field backtest_fields[] = {
    AT(lstm_backtest_options, struct_size), AT(lstm_backtest_options, horizon),
    AT(lstm_backtest_options, stride),      AT(lstm_backtest_options, first_origin),
    AT(lstm_backtest_options, last_origin), AT(lstm_backtest_options, refit),
    AT(lstm_backtest_options, season_len),  AT(lstm_backtest_options, standardized),
    AT(lstm_backtest_options, n_threads),   AT(lstm_backtest_options, levels),
    AT(lstm_backtest_options, n_level),
};
static const field baseline_fields[] = {
    AT(lstm_baseline_options, struct_size), AT(lstm_baseline_options, kind),
    AT(lstm_baseline_options, season_len),  AT(lstm_baseline_options, window),
    AT(lstm_baseline_options, context_len),
};
static const field ridge_fields[] = {
    AT(lstm_ridge_options, struct_size), AT(lstm_ridge_options, context_len),
    AT(lstm_ridge_options, horizon),     AT(lstm_ridge_options, base_len),
    AT(lstm_ridge_options, n_block),     AT(lstm_ridge_options, penalty),
};
static const field dataset_fields[] = {
    AT(lstm_dataset_options, struct_size),  AT(lstm_dataset_options, n_column),
    AT(lstm_dataset_options, names),        AT(lstm_dataset_options, roles),
    AT(lstm_dataset_options, step_unit),    AT(lstm_dataset_options, step),
    AT(lstm_dataset_options, missing),      AT(lstm_dataset_options, season_len),
    AT(lstm_dataset_options, static_names), AT(lstm_dataset_options, n_static),
};
static const field ensemble_fields[] = {
    AT(lstm_ensemble_options, struct_size), AT(lstm_ensemble_options, name),
    AT(lstm_ensemble_options, members),     AT(lstm_ensemble_options, n_member),
    AT(lstm_ensemble_options, kind),        AT(lstm_ensemble_options, horizon),
    AT(lstm_ensemble_options, stride),      AT(lstm_ensemble_options, metric),
    AT(lstm_ensemble_options, tolerance),   AT(lstm_ensemble_options, is_fitted),
    AT(lstm_ensemble_options, n_threads),
};
static const field valid_fields[] = {
    AT(lstm_valid_options, struct_size),  AT(lstm_valid_options, window_len),
    AT(lstm_valid_options, support_len),  AT(lstm_valid_options, pred),
    AT(lstm_valid_options, feedback_lag), AT(lstm_valid_options, window_rule),
    AT(lstm_valid_options, context_len),  AT(lstm_valid_options, horizon),
    AT(lstm_valid_options, stride),       AT(lstm_valid_options, max_windows),
    AT(lstm_valid_options, n_threads),
};
static const field pred_fields[] = {
    AT(lstm_pred_options, struct_size),  AT(lstm_pred_options, n_step),
    AT(lstm_pred_options, support_len),  AT(lstm_pred_options, pred),
    AT(lstm_pred_options, feedback_lag),
};
static const field forecast_fields[] = {
    AT(lstm_forecast_options, struct_size),  AT(lstm_forecast_options, n_step),
    AT(lstm_forecast_options, context_len),  AT(lstm_forecast_options, pred),
    AT(lstm_forecast_options, feedback_lag), AT(lstm_forecast_options, n_threads),
    AT(lstm_forecast_options, device),       AT(lstm_forecast_options, precision),
    AT(lstm_forecast_options, n_future),     AT(lstm_forecast_options, weights),
};
static const field forecaster_fields[] = {
    AT(lstm_forecaster_options, struct_size),    AT(lstm_forecaster_options, horizon),
    AT(lstm_forecaster_options, season_len),     AT(lstm_forecaster_options, use),
    AT(lstm_forecaster_options, n_network),      AT(lstm_forecaster_options, n_hidden),
    AT(lstm_forecaster_options, n_layer),        AT(lstm_forecaster_options, n_update),
    AT(lstm_forecaster_options, batch_size),     AT(lstm_forecaster_options, learning_rate),
    AT(lstm_forecaster_options, dropout),        AT(lstm_forecaster_options, view),
    AT(lstm_forecaster_options, loss),           AT(lstm_forecaster_options, seed),
    AT(lstm_forecaster_options, n_threads),      AT(lstm_forecaster_options, device),
    AT(lstm_forecaster_options, folder),         AT(lstm_forecaster_options, on_progress),
    AT(lstm_forecaster_options, progress_user),  AT(lstm_forecaster_options, levels),
    AT(lstm_forecaster_options, n_level),        AT(lstm_forecaster_options, interval),
    AT(lstm_forecaster_options, calibrate_once), AT(lstm_forecaster_options, average_decay),
    AT(lstm_forecaster_options, skip_refit),     AT(lstm_forecaster_options, keep_moments),
    AT(lstm_forecaster_options, ridge),          AT(lstm_forecaster_options, views),
    AT(lstm_forecaster_options, n_view),         AT(lstm_forecaster_options, max_seconds),
};
static const field interval_fields[] = {
    AT(lstm_interval_options, struct_size),  AT(lstm_interval_options, horizon),
    AT(lstm_interval_options, n_column),     AT(lstm_interval_options, levels),
    AT(lstm_interval_options, n_level),      AT(lstm_interval_options, window),
    AT(lstm_interval_options, block_len),    AT(lstm_interval_options, stride),
    AT(lstm_interval_options, is_two_sided), AT(lstm_interval_options, is_conformalized),
    AT(lstm_interval_options, rate),
};
static const field iter_fields[] = {
    AT(lstm_iter_options, struct_size),  AT(lstm_iter_options, window_len),
    AT(lstm_iter_options, batch_size),   AT(lstm_iter_options, pred),
    AT(lstm_iter_options, order),        AT(lstm_iter_options, window_rule),
    AT(lstm_iter_options, seed),         AT(lstm_iter_options, sampler),
    AT(lstm_iter_options, sampler_user), AT(lstm_iter_options, context_len),
    AT(lstm_iter_options, horizon),      AT(lstm_iter_options, draw),
};
static const field loss_fields[] = {
    AT(lstm_loss_options, struct_size),
    AT(lstm_loss_options, kind),
    AT(lstm_loss_options, reduction),
    AT(lstm_loss_options, delta),
    AT(lstm_loss_options, n_level),
    AT(lstm_loss_options, levels),
    AT(lstm_loss_options, scale_floor),
    AT(lstm_loss_options, freedom_floor),
    AT(lstm_loss_options, dispersion_floor),
    AT(lstm_loss_options, n_unit),
    AT(lstm_loss_options, units),
    AT(lstm_loss_options, n_column_weight),
    AT(lstm_loss_options, column_weights),
    AT(lstm_loss_options, step_weights),
    AT(lstm_loss_options, n_step_weight),
};
static const field method_fields[] = {
    AT(lstm_method_options, struct_size), AT(lstm_method_options, name),
    AT(lstm_method_options, fit),         AT(lstm_method_options, predict),
    AT(lstm_method_options, free),        AT(lstm_method_options, user),
    AT(lstm_method_options, quantiles),
};
static const field model_fields[] = {
    AT(lstm_model_options, struct_size), AT(lstm_model_options, n_input),
    AT(lstm_model_options, n_output),    AT(lstm_model_options, n_hidden),
    AT(lstm_model_options, n_layer),     AT(lstm_model_options, seed),
};
static const field load_fields[] = {
    AT(lstm_load_options, struct_size),
    AT(lstm_load_options, unchecked),
};
static const field optimizer_fields[] = {
    AT(lstm_optimizer_options, struct_size),   AT(lstm_optimizer_options, kind),
    AT(lstm_optimizer_options, learning_rate), AT(lstm_optimizer_options, beta1),
    AT(lstm_optimizer_options, beta2),         AT(lstm_optimizer_options, eps),
    AT(lstm_optimizer_options, eta),           AT(lstm_optimizer_options, weight_decay),
    AT(lstm_optimizer_options, momentum),      AT(lstm_optimizer_options, decay),
    AT(lstm_optimizer_options, eps_inside),
};
static const field schedule_fields[] = {
    AT(lstm_schedule_options, struct_size), AT(lstm_schedule_options, kind),
    AT(lstm_schedule_options, warmup),      AT(lstm_schedule_options, period),
    AT(lstm_schedule_options, gamma),       AT(lstm_schedule_options, final_factor),
    AT(lstm_schedule_options, begin),
};
static const field state_fields[] = {
    AT(lstm_state_options, struct_size),
    AT(lstm_state_options, n_stream),
    AT(lstm_state_options, weights),
};
static const field stream_fields[] = {
    AT(lstm_stream_options, struct_size), AT(lstm_stream_options, dataset),
    AT(lstm_stream_options, series),      AT(lstm_stream_options, start),
    AT(lstm_stream_options, horizon),     AT(lstm_stream_options, static_values),
    AT(lstm_stream_options, n_future),    AT(lstm_stream_options, intervals),
};
static const field trainer_fields[] = {
    AT(lstm_trainer_options, struct_size),      AT(lstm_trainer_options, max_epoch),
    AT(lstm_trainer_options, max_iteration),    AT(lstm_trainer_options, folder),
    AT(lstm_trainer_options, log.every),        AT(lstm_trainer_options, log.unit),
    AT(lstm_trainer_options, snapshot.every),   AT(lstm_trainer_options, snapshot.unit),
    AT(lstm_trainer_options, validate.every),   AT(lstm_trainer_options, validate.unit),
    AT(lstm_trainer_options, valid_series),     AT(lstm_trainer_options, valid),
    AT(lstm_trainer_options, valid_view),       AT(lstm_trainer_options, patience),
    AT(lstm_trainer_options, min_delta),        AT(lstm_trainer_options, on_log),
    AT(lstm_trainer_options, log_user),         AT(lstm_trainer_options, on_progress),
    AT(lstm_trainer_options, progress_user),    AT(lstm_trainer_options, keep),
    AT(lstm_trainer_options, unchecked),        AT(lstm_trainer_options, on_divergence),
    AT(lstm_trainer_options, divergence_ratio), AT(lstm_trainer_options, divergence_factor),
    AT(lstm_trainer_options, divergence_limit), AT(lstm_trainer_options, log_step_loss),
    AT(lstm_trainer_options, may_differ),
};
static const field sampling_fields[] = {
    AT(lstm_sampling_options, struct_size), AT(lstm_sampling_options, kind),
    AT(lstm_sampling_options, period),      AT(lstm_sampling_options, k),
    AT(lstm_sampling_options, final_share),
};
static const field continue_fields[] = {
    AT(lstm_continue_options, struct_size),   AT(lstm_continue_options, n_update),
    AT(lstm_continue_options, learning_rate), AT(lstm_continue_options, schedule),
    AT(lstm_continue_options, folder),        AT(lstm_continue_options, device),
    AT(lstm_continue_options, on_progress),   AT(lstm_continue_options, progress_user),
    AT(lstm_continue_options, n_threads),
};
static const field curriculum_fields[] = {
    AT(lstm_curriculum_options, struct_size), AT(lstm_curriculum_options, kind),
    AT(lstm_curriculum_options, period),      AT(lstm_curriculum_options, first),
    AT(lstm_curriculum_options, stages),      AT(lstm_curriculum_options, n_stage),
};
static const field updater_fields[] = {
    AT(lstm_updater_options, struct_size),  AT(lstm_updater_options, unroll),
    AT(lstm_updater_options, support_len),  AT(lstm_updater_options, feedback_lag),
    AT(lstm_updater_options, n_hook),       AT(lstm_updater_options, hooks),
    AT(lstm_updater_options, optimizer),    AT(lstm_updater_options, schedule),
    AT(lstm_updater_options, n_threads),    AT(lstm_updater_options, device),
    AT(lstm_updater_options, precision),    AT(lstm_updater_options, dropout),
    AT(lstm_updater_options, seed),         AT(lstm_updater_options, sampling),
    AT(lstm_updater_options, loss),         AT(lstm_updater_options, average_decay),
    AT(lstm_updater_options, curriculum),   AT(lstm_updater_options, n_tensor_rule),
    AT(lstm_updater_options, tensor_rules), AT(lstm_updater_options, n_accumulate),
    AT(lstm_updater_options, loss_fn),      AT(lstm_updater_options, loss_user),
};
static const field view_fields[] = {
    AT(lstm_view_options, struct_size),    AT(lstm_view_options, segment_len),
    AT(lstm_view_options, context_len),    AT(lstm_view_options, horizon),
    AT(lstm_view_options, channels),       AT(lstm_view_options, column_input),
    AT(lstm_view_options, transform),      AT(lstm_view_options, lambda),
    AT(lstm_view_options, difference),     AT(lstm_view_options, scaling),
    AT(lstm_view_options, scale_series),   AT(lstm_view_options, base),
    AT(lstm_view_options, base_len),       AT(lstm_view_options, spread_floor),
    AT(lstm_view_options, season),         AT(lstm_view_options, season_len),
    AT(lstm_view_options, n_harmonic),     AT(lstm_view_options, past),
    AT(lstm_view_options, missing_input),  AT(lstm_view_options, skip_context),
    AT(lstm_view_options, part),           AT(lstm_view_options, skip_short),
    AT(lstm_view_options, skip_transform),
};

#endif
