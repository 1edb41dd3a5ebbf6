/* SPDX-License-Identifier: MIT */
/* The numbers of a forecaster's file, struct by struct. What is 0 is not written. */
#ifndef LTS_FORECASTER_FORECASTER_FIELDS_H
#define LTS_FORECASTER_FORECASTER_FIELDS_H

#include "files/json_fields.h"
#include "forecaster/forecaster.h"

#define LTS_COUNT(array) ((int64_t)(sizeof(array) / sizeof *(array)))

/* Fields of a struct of options; `others` more are no numbers or lie elsewhere in the file. */
#define ALL_FIELDS(array, type, others)                                                            \
    _Static_assert(sizeof(void *) != 8 ||                                                          \
                       sizeof(type) == 8 * (sizeof(array) / sizeof *(array) + (others)),           \
                   "a field of " #type " is not in the file")

#define FIELD(type, field) LTS_FIELD(type, field, lstm_forecaster_options)
static const lts_field lts_option_fields[] = {
    FIELD(INT, horizon),
    FIELD(INT, season_len),
    FIELD(INT, use),
    FIELD(INT, n_network),
    FIELD(INT, n_hidden),
    FIELD(INT, n_layer),
    FIELD(INT, n_update),
    FIELD(INT, batch_size),
    FIELD(DOUBLE, learning_rate),
    FIELD(DOUBLE, dropout),
    FIELD(UINT, seed),
    FIELD(INT, n_threads),
    FIELD(INT, n_level),
    FIELD(DOUBLE, average_decay),
    FIELD(INT, skip_refit),
    FIELD(INT, keep_moments),
    FIELD(INT, calibrate_once),
    FIELD(DOUBLE, max_seconds),
};
ALL_FIELDS(lts_option_fields, lstm_forecaster_options, 12);
#undef FIELD

#define FIELD(type, field) LTS_FIELD(type, field, lstm_view_options)
static const lts_field lts_view_fields[] = {
    FIELD(INT, segment_len),     FIELD(INT, context_len),  FIELD(INT, horizon),
    FIELD(INT, channels),        FIELD(INT, column_input), FIELD(INT, transform),
    FIELD(DOUBLE, lambda),       FIELD(INT, difference),   FIELD(INT, scaling),
    FIELD(INT, scale_series),    FIELD(INT, base),         FIELD(INT, base_len),
    FIELD(DOUBLE, spread_floor), FIELD(INT, season),       FIELD(INT, season_len),
    FIELD(INT, n_harmonic),      FIELD(INT, past),         FIELD(INT, missing_input),
    FIELD(INT, skip_context),    FIELD(INT, part),         FIELD(INT, skip_short),
    FIELD(INT, skip_transform),
};
ALL_FIELDS(lts_view_fields, lstm_view_options, 1);
#undef FIELD

#define FIELD(type, field) LTS_FIELD(type, field, lstm_loss_options)
static const lts_field lts_loss_fields[] = {
    FIELD(INT, kind),
    FIELD(INT, reduction),
    FIELD(DOUBLE, delta),
    FIELD(INT, n_level),
    FIELD(DOUBLE, scale_floor),
    FIELD(DOUBLE, freedom_floor),
    FIELD(DOUBLE, dispersion_floor),
    FIELD(INT, n_unit),
    FIELD(INT, n_column_weight),
    FIELD(INT, n_step_weight),
};
ALL_FIELDS(lts_loss_fields, lstm_loss_options, 5);
#undef FIELD

#define FIELD(type, field) LTS_FIELD(type, field, lstm_ridge_options)
static const lts_field lts_given_ridge_fields[] = {
    FIELD(INT, context_len), FIELD(INT, horizon),    FIELD(INT, base_len),
    FIELD(INT, n_block),     FIELD(DOUBLE, penalty),
};
ALL_FIELDS(lts_given_ridge_fields, lstm_ridge_options, 1);
#undef FIELD

#define FIELD(type, field) LTS_FIELD(type, field, lstm_interval_options)
static const lts_field lts_interval_fields[] = {
    FIELD(INT, window),       FIELD(INT, block_len),        FIELD(INT, stride),
    FIELD(INT, is_two_sided), FIELD(INT, is_conformalized), FIELD(DOUBLE, rate),
};
ALL_FIELDS(lts_interval_fields, lstm_interval_options, 5);
#undef FIELD

#define FIELD(type, field) LTS_FIELD(type, field, lts_ridge_options)
static const lts_field lts_ridge_fields[] = {
    FIELD(INT, L),       FIELD(INT, H),          FIELD(INT, base_len),
    FIELD(INT, n_block), FIELD(DOUBLE, penalty), FIELD(INT, longest_gap),
};
ALL_FIELDS(lts_ridge_fields, lts_ridge_options, 0);
#undef FIELD

/* Not its seed, which each network has of the options. */
#define FIELD(type, field) LTS_FIELD(type, field, lts_training)
static const lts_field lts_training_fields[] = {
    FIELD(INT, n_hidden),         FIELD(INT, n_layer),
    FIELD(INT, n_update),         FIELD(INT, batch_size),
    FIELD(DOUBLE, learning_rate), FIELD(DOUBLE, dropout),
    FIELD(DOUBLE, average_decay), FIELD(INT, draw),
    FIELD(TEXT, device),
};
_Static_assert((int)LTS_DEVICE_NAME == (int)LTS_FIELD_TEXT_SIZE, "a name is a text");
#undef FIELD

#define FIELD(type, field) LTS_FIELD(type, field, lts_choice)
#define ERROR(name, i)                                                                             \
    {                                                                                              \
        name, offsetof(lts_choice, baseline_error) + (i) * sizeof(double), LTS_FIELD_DOUBLE        \
    }
static const lts_field lts_choice_fields[] = {
    FIELD(INT, season_len),
    FIELD(INT, use),
    FIELD(INT, baseline),
    FIELD(INT, joined),
    FIELD(INT, n_window),
    FIELD(INT, n_part_made),
    FIELD(INT, block_len),
    ERROR("naive_error", LSTM_BASELINE_NAIVE),
    ERROR("seasonal_naive_error", LSTM_BASELINE_SEASONAL_NAIVE),
    ERROR("drift_error", LSTM_BASELINE_DRIFT),
    ERROR("seasonal_drift_error", LSTM_BASELINE_SEASONAL_DRIFT),
    FIELD(DOUBLE, ridge_error),
    FIELD(DOUBLE, network_error),
    FIELD(DOUBLE, mean_error),
};
#undef ERROR
#undef FIELD

#define FIELD(type, field) LTS_FIELD(type, field, lstm_dataset)
static const lts_field lts_data_fields[] = {
    FIELD(INT, step_unit),
    FIELD(INT, step),
    FIELD(INT, missing),
    FIELD(INT, season_len),
    {"calendar", offsetof(lstm_dataset, calendar.features), LTS_FIELD_INT},
};
#undef FIELD

#define FIELD(type, field) LTS_FIELD(type, field, lts_continued)
static const lts_field lts_continued_fields[] = {
    FIELD(INT, n_refit),
    FIELD(INT, n_update),
    FIELD(DOUBLE, learning_rate),
};
ALL_FIELDS(lts_continued_fields, lts_continued, 0);
#undef FIELD

static const lts_field lts_network_fields[] = {
    {"n_hidden", 0, LTS_FIELD_INT},
    {"n_layer", sizeof(int64_t), LTS_FIELD_INT},
    {"n_moment_update", 2 * sizeof(int64_t), LTS_FIELD_INT},
};

#endif
