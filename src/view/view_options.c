/* SPDX-License-Identifier: MIT */
#include "view/view.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/status.h"
#include "view/profile.h"

static lstm_status check_flag(const char *name, int64_t value)
{
    return lts_check_one_of(name, value, 2, "0 or 1");
}

/* What an option without effect must be: 0, so that a mistake is not overlooked. */
static lstm_status check_unused(const char *name, bool is_used, bool is_set, const char *needs)
{
    return is_set && !is_used ? lts_fail(LSTM_E_ARGUMENT, "%s needs %s", name, needs) : LSTM_OK;
}

/* Sums of a few such numbers do not overflow. */
static lstm_status check_rows(const char *name, int64_t value, int64_t lowest)
{
    const int64_t most = INT64_MAX / 64;
    LTS_TRY(lts_check_at_least(name, value, lowest));
    if (value > most)
        return lts_fail(LSTM_E_LIMIT, "%s is %lld, the limit is %lld", name, (long long)value,
                        (long long)most);
    return LSTM_OK;
}

static lstm_status check_kinds(const lstm_view_options *o)
{
    LTS_TRY(lts_check_one_of("channels", o->channels, LSTM_CHANNELS_INDEPENDENT + 1,
                             "LSTM_CHANNELS_JOINT or _INDEPENDENT"));
    LTS_TRY(lts_check_one_of("scaling", o->scaling, LSTM_SCALING_ROBUST + 1,
                             "LSTM_SCALING_NONE, _STANDARD, _MINMAX or _ROBUST"));
    LTS_TRY(
        lts_check_one_of("base", o->base, LSTM_BASE_MEAN + 1, "LSTM_BASE_NONE, _LAST or _MEAN"));
    LTS_TRY(lts_check_one_of("season", o->season, LSTM_SEASON_YEAR + 1,
                             "LSTM_SEASON_NONE, _PHASES, _HARMONICS or _YEAR"));
    LTS_TRY(lts_check_one_of("past", o->past, LSTM_PAST_HOLD + 1, "LSTM_PAST_REFUSE or _HOLD"));
    LTS_TRY(lts_check_one_of("part", o->part, LSTM_PART_ALL + 1,
                             "LSTM_PART_TRAIN, _TRAIN_VALID or _ALL"));
    LTS_TRY(check_flag("column_input", o->column_input));
    LTS_TRY(check_flag("scale_series", o->scale_series));
    LTS_TRY(check_flag("missing_input", o->missing_input));
    LTS_TRY(check_flag("skip_context", o->skip_context));
    LTS_TRY(check_flag("skip_short", o->skip_short));
    return check_flag("skip_transform", o->skip_transform);
}

static lstm_status check_season(const lstm_view_options *o)
{
    bool rows = o->season == LSTM_SEASON_PHASES || o->season == LSTM_SEASON_HARMONICS;
    bool harmonics = o->season == LSTM_SEASON_HARMONICS || o->season == LSTM_SEASON_YEAR;
    LTS_TRY(
        check_unused("season_len", rows, o->season_len != 0, "LSTM_SEASON_PHASES or _HARMONICS"));
    LTS_TRY(check_unused("n_harmonic", harmonics, o->n_harmonic != 0,
                         "LSTM_SEASON_HARMONICS or _YEAR"));
    if (rows)
        LTS_TRY(check_rows("season_len", o->season_len, 2));
    if (harmonics && (o->n_harmonic < 1 || o->n_harmonic > LTS_MOST_HARMONICS))
        return lts_fail(LSTM_E_ARGUMENT, "n_harmonic is %lld, expected 1 .. %d",
                        (long long)o->n_harmonic, LTS_MOST_HARMONICS);
    return LSTM_OK;
}

static lstm_status check_window(lstm_view_options *o)
{
    if (o->segment_len == 0)
        o->segment_len = 1;
    if (o->horizon == 0)
        o->horizon = 1;
    LTS_TRY(check_rows("segment_len", o->segment_len, 1));
    LTS_TRY(check_rows("context_len", o->context_len, 1));
    LTS_TRY(check_rows("horizon", o->horizon, 1));
    int64_t rows;
    if (!lts_multiply(o->context_len + o->horizon, o->segment_len, &rows) || rows > INT64_MAX / 4)
        return lts_fail(LSTM_E_LIMIT, "%lld + %lld segments of %lld rows are too many",
                        (long long)o->context_len, (long long)o->horizon,
                        (long long)o->segment_len);
    return LSTM_OK;
}

static lstm_status check_levels(lstm_view_options *o)
{
    int64_t context = o->context_len * o->segment_len;
    LTS_TRY(
        check_unused("base_len", o->base == LSTM_BASE_MEAN, o->base_len != 0, "LSTM_BASE_MEAN"));
    if (o->base == LSTM_BASE_MEAN && o->base_len == 0)
        o->base_len = context;
    LTS_TRY(lts_check_at_least("base_len", o->base_len, 0));
    if (o->base_len > context)
        return lts_fail(LSTM_E_ARGUMENT, "base_len is %lld, but the context has %lld rows",
                        (long long)o->base_len, (long long)context);
    real floor = (real)o->spread_floor;
    if (o->spread_floor != 0 && !(floor > 0 && isnormal(floor)))
        return lts_fail(LSTM_E_ARGUMENT,
                        "spread_floor is %g, expected 0 or a normal number above 0",
                        o->spread_floor);
    return LSTM_OK;
}

lstm_status lts_view_options_check(lstm_view_options *o)
{
    LTS_TRY(check_window(o));
    LTS_TRY(check_kinds(o));
    LTS_TRY(lts_transform_check(&(lts_transform){o->transform, o->lambda}));
    LTS_TRY(check_rows("difference", o->difference, 0));
    LTS_TRY(check_levels(o));
    LTS_TRY(check_unused("column_input", o->channels == LSTM_CHANNELS_INDEPENDENT, o->column_input,
                         "LSTM_CHANNELS_INDEPENDENT"));
    return check_season(o);
}

lstm_status lts_view_check_counts(const lstm_view_options *o)
{
    const struct {
        const char *name;
        bool is_set;
    } changes[] = {{"transform", o->transform != LSTM_TRANSFORM_NONE},
                   {"difference", o->difference != 0},
                   {"scaling", o->scaling != LSTM_SCALING_NONE},
                   {"base", o->base != LSTM_BASE_NONE},
                   {"spread_floor", o->spread_floor != 0},
                   {"season", o->season != LSTM_SEASON_NONE}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if (changes[i].is_set)
            return lts_fail(LSTM_E_ARGUMENT,
                            "LSTM_LOSS_NEGATIVE_BINOMIAL needs counts: %s of the view must be 0",
                            changes[i].name);
    return LSTM_OK;
}
