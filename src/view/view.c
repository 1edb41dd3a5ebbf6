/* SPDX-License-Identifier: MIT */
#include "view/view_columns.h"

#include "base/float_env.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"

static int64_t part_end(const lstm_view *view, const lts_dataset_series *m)
{
    return view->options.part == LSTM_PART_TRAIN         ? lts_train_end(m)
           : view->options.part == LSTM_PART_TRAIN_VALID ? lts_valid_end(m)
                                                         : m->n_row;
}

/* A filled first row is missing in windows that begin before the column's first value. */
static bool has_missing_inputs(const lstm_view *view, const lts_dataset_series *m, int64_t end)
{
    const lstm_dataset *d = view->dataset;
    for (int64_t row = 0; row < end; row++)
        for (int64_t j = 0; j < view->fed.n; j++) {
            int64_t at = row * d->n_column + view->fed.at[j];
            if (isnan(m->values[at]) || (row == 0 && lts_is_filled(m, at)))
                return true;
        }
    return false;
}

static lstm_status allocate_counts(lstm_view *view)
{
    int64_t n = view->dataset->names.n;
    view->first = lts_alloc(n + 1, sizeof *view->first);
    view->origin = lts_alloc(n, sizeof *view->origin);
    view->end = lts_alloc(n, sizeof *view->end);
    return view->first == NULL || view->origin == NULL || view->end == NULL ? LSTM_E_NOMEM
                                                                            : LSTM_OK;
}

/*
 * Counts the windows of each series. A short one has a window if one row before the origin is
 * known.
 */
static lstm_status count_windows(lstm_view *view)
{
    const lstm_dataset *d = view->dataset;
    bool pads = view->options.skip_short == 0;
    int64_t w = view->options.segment_len, before = view->options.difference;
    int64_t full = view->options.context_len * w + before, least = pads ? 1 + before : full;
    LTS_TRY(allocate_counts(view));
    for (int64_t s = 0; s < d->names.n; s++) {
        const lts_dataset_series *m = &d->series[s];
        int64_t end = view->end[s] = part_end(view, m), last = end - w;
        int64_t n = last >= full ? last - full + 1 : last >= least;
        view->origin[s] = last >= full ? full : last;
        view->first[s + 1] = view->first[s] + n * view->n_channel;
        view->n_skipped += n == 0;
        view->holes = view->holes || (n > 0 && (last < full || has_missing_inputs(view, m, end)));
    }
    view->n_window = view->first[d->names.n];
    if (view->n_window == 0)
        return lts_fail(LSTM_E_SHAPE,
                        "none of %lld series has the %lld rows of a window in its part",
                        (long long)d->names.n, (long long)(least + w));
    return LSTM_OK;
}

/* Targets are transformed; covariates are not, unless the view transforms known ones. */
static lstm_status set_transforms(lstm_view *view)
{
    const lstm_view_options *o = &view->options;
    view->transform = (lts_transform){o->transform, o->lambda};
    view->transformed = lts_alloc(view->dataset->n_column, sizeof *view->transformed);
    if (view->transformed == NULL)
        return LSTM_E_NOMEM;
    for (int64_t j = 0; j < view->targets.n; j++)
        view->transformed[view->targets.at[j]] = 1;
    for (int64_t j = 0; view->transforms_known && j < view->known.n; j++)
        if (view->known.at[j] < view->dataset->n_column)
            view->transformed[view->known.at[j]] = 1;
    return LSTM_OK;
}

/* Scales and seasons of columns with the transformations [C]. */
static lstm_status fit_columns(lstm_view *view, lts_transform *transforms)
{
    const lstm_dataset *d = view->dataset;
    const lstm_view_options *o = &view->options;
    for (int64_t c = 0; c < d->n_column; c++) {
        transforms[c] = lts_view_transform(view, c);
        if (o->skip_transform && !lts_is_in_domain(d, o->part, c, &transforms[c])) {
            view->transformed[c] = 0;
            transforms[c] = lts_view_transform(view, c);
        }
    }
    LTS_TRY(
        lts_scaler_fit(&view->scaler, o->scaling, d, o->part, o->scale_series != 0, transforms));
    return lts_season_fit(&view->season, o, d, o->part, transforms, &view->scaler);
}

static lstm_status fit_view(lstm_view *view)
{
    const lstm_dataset *d = view->dataset;
    LTS_TRY(set_transforms(view));
    lts_transform *transforms = lts_alloc(d->n_column, sizeof *transforms);
    lstm_status status = transforms == NULL ? LSTM_E_NOMEM : fit_columns(view, transforms);
    lts_free(transforms);
    LTS_TRY(status);
    return lts_statics_fit(&view->static_scales, view->options.scaling, d);
}

static void set_plain(lstm_view *view)
{
    view->plain = view->options.transform == LSTM_TRANSFORM_NONE &&
                  view->options.season == LSTM_SEASON_NONE && view->options.difference == 0;
}

static lstm_status init_view(lstm_view *view)
{
    const lstm_dataset *d = view->dataset;
    if (d->names.n == 0)
        return lts_fail(LSTM_E_SHAPE, "the data set has no series");
    if (view->options.season == LSTM_SEASON_YEAR && d->step_unit == LSTM_STEP_ROWS)
        return lts_fail(LSTM_E_ARGUMENT, "LSTM_SEASON_YEAR needs rows with times");
    LTS_TRY(lts_view_choose_columns(view));
    LTS_TRY(count_windows(view));
    LTS_TRY(lts_view_lay_out(view, 0));
    set_plain(view);
    return fit_view(view);
}

static lstm_status new_view(lstm_view **view, const lstm_dataset *dataset,
                            const lstm_view_options *options, bool transforms_known)
{
    lstm_view_options read;
    LTS_NOT_NULL(view);
    LTS_NOT_NULL(dataset);
    LTS_NOT_NULL(options);
    LTS_READ_OPTIONS(&read, options, lstm_view_options);
    LTS_TRY(lts_view_options_check(&read));
    lstm_view *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    made->dataset = dataset;
    made->options = read;
    made->transforms_known = transforms_known && read.skip_transform != 0;
    lstm_status status = init_view(made);
    if (status < 0) {
        lstm_view_free(made);
        return status;
    }
    *view = made;
    return LSTM_OK;
}

lstm_status lstm_view_new(lstm_view **view, const lstm_dataset *dataset,
                          const lstm_view_options *options)
{
    LTS_FLOAT_SCOPE();
    return new_view(view, dataset, options, false);
}

lstm_status lts_view_new_known(lstm_view **view, const lstm_dataset *dataset,
                               const lstm_view_options *options)
{
    return new_view(view, dataset, options, true);
}

static lstm_status take_static_scales(lstm_view *view, const lts_view_stored *stored)
{
    int64_t S = view->dataset->statics.n;
    view->static_scales = lts_alloc(S, sizeof *view->static_scales);
    if (view->static_scales == NULL)
        return LSTM_E_NOMEM;
    if (S > 0)
        memcpy(view->static_scales, stored->static_scales, (size_t)S * sizeof(lts_scale));
    for (int64_t i = 0; i < S; i++)
        if (!(view->static_scales[i].unit > 0))
            return lts_fail(LSTM_E_NUMERIC,
                            "the unit of static feature %lld is %g, expected above 0", (long long)i,
                            view->static_scales[i].unit);
    return LSTM_OK;
}

static lstm_status take_stored(lstm_view *view, const lts_view_stored *stored)
{
    const lstm_view_options *o = &view->options;
    int64_t C = view->dataset->n_column, n = stored->n_series;
    if (o->season == LSTM_SEASON_YEAR && view->dataset->step_unit == LSTM_STEP_ROWS)
        return lts_fail(LSTM_E_ARGUMENT, "LSTM_SEASON_YEAR needs rows with times");
    LTS_TRY(lts_view_choose_columns(view));
    LTS_TRY(set_transforms(view));
    for (int64_t c = 0; stored->transformed != NULL && c < C; c++) {
        double transformed; /* a file's data need not be aligned */
        memcpy(&transformed, (const char *)stored->transformed + c * (int64_t)sizeof transformed,
               sizeof transformed);
        view->transformed[c] *= transformed != 0;
    }
    if (stored->D > 0)
        LTS_TRY(lts_view_lay_out(view, stored->D));
    set_plain(view);
    view->scaler.scales = lts_alloc(n * C, sizeof *view->scaler.scales);
    if (view->scaler.scales == NULL)
        return LSTM_E_NOMEM;
    view->scaler.n_series = n;
    view->scaler.n_column = C;
    memcpy(view->scaler.scales, stored->scales, (size_t)(n * C) * sizeof *view->scaler.scales);
    for (int64_t i = 0; i < n * C; i++)
        if (!(view->scaler.scales[i].unit > 0))
            return lts_fail(LSTM_E_NUMERIC, "the unit of column %lld is %g, expected above 0",
                            (long long)(i % C), view->scaler.scales[i].unit);
    LTS_TRY(take_static_scales(view, stored));
    LTS_TRY(lts_season_new(&view->season, o, C));
    if (view->season.n_phase > 0)
        memcpy(view->season.values, stored->season,
               (size_t)(C * (view->season.n_phase + 1)) * sizeof(real));
    return LSTM_OK;
}

lstm_status lts_view_new_stored(lstm_view **view, const lstm_dataset *frame,
                                const lstm_view_options *options, const lts_view_stored *stored)
{
    lstm_view *made = lts_alloc(1, sizeof *made);
    if (made == NULL)
        return LSTM_E_NOMEM;
    made->dataset = frame;
    made->options = *options;
    made->transforms_known = stored->transforms_known && options->skip_transform != 0;
    lstm_status status = take_stored(made, stored);
    if (status < 0) {
        lstm_view_free(made);
        return status;
    }
    *view = made;
    return LSTM_OK;
}

lstm_status lts_view_new_like(lstm_view **view, const lstm_view *like, const lstm_dataset *dataset,
                              int64_t part)
{
    lstm_view *made;
    lstm_view_options options = like->options;
    const lts_view_stored stored = {
        like->columns.D,     like->scaler.n_series, like->scaler.scales,   like->season.values,
        like->static_scales, like->transformed,     like->transforms_known};
    options.part = part;
    LTS_TRY(lts_view_new_stored(&made, dataset, &options, &stored));
    lstm_status status = count_windows(made);
    if (status < 0) {
        lstm_view_free(made);
        return status;
    }
    *view = made;
    return LSTM_OK;
}

void lstm_view_free(lstm_view *view)
{
    if (view == NULL)
        return;
    lts_season_clear(&view->season);
    lts_scaler_clear(&view->scaler);
    lts_free(view->static_scales);
    lts_free(view->transformed);
    lts_free(view->targets.at);
    lts_free(view->fed.at);
    lts_free(view->past.at);
    lts_free(view->known.at);
    lts_free(view->columns.feed);
    lts_free(view->first);
    lts_free(view->origin);
    lts_free(view->end);
    lts_free(view);
}

int64_t lstm_view_inputs(const lstm_view *view)
{
    return view == NULL ? 0 : view->columns.D;
}

int64_t lstm_view_targets(const lstm_view *view)
{
    return view == NULL ? 0 : view->columns.K;
}

int64_t lstm_view_windows(const lstm_view *view)
{
    return view == NULL ? 0 : view->n_window;
}

int64_t lstm_view_skipped(const lstm_view *view)
{
    return view == NULL ? 0 : view->n_skipped;
}

/* Channels of one origin are neighbours. */
lts_place lts_view_place(const lstm_view *view, int64_t number)
{
    int64_t low = 0, high = view->dataset->names.n;
    while (high - low > 1) { /* first[low] <= number < first[high] */
        int64_t middle = low + (high - low) / 2;
        if (view->first[middle] <= number)
            low = middle;
        else
            high = middle;
    }
    int64_t within = number - view->first[low];
    return (lts_place){low, within % view->n_channel, view->origin[low] + within / view->n_channel,
                       view->end[low]};
}

lstm_status lstm_view_window_at(const lstm_view *view, int64_t number, lstm_view_window *window)
{
    LTS_NOT_NULL(view);
    LTS_NOT_NULL(window);
    if (number < 0 || number >= view->n_window)
        return lts_fail(LSTM_E_ARGUMENT, "number is %lld, expected 0 .. %lld", (long long)number,
                        (long long)view->n_window - 1);
    lts_place place = lts_view_place(view, number);
    *window = (lstm_view_window){place.series, place.channel, place.origin};
    return LSTM_OK;
}
