/* SPDX-License-Identifier: MIT */
/*
 * Random data sets and options of views. A case is a function of its number.
 */
#ifndef TESTS_VIEW_CASE_H
#define TESTS_VIEW_CASE_H

#include "random_plan.h"
#include "view_reference.h"

#include <stdio.h>

enum { CASE_MAX_COLUMN = 4, CASE_MAX_ROW = 30, CASE_MAX_SERIES = 3 };

typedef struct view_case {
    char name[64];
    lstm_dataset *data;
    lstm_view *view; /**< NULL if there is no window */
    lstm_view_options options;
    reference_view reference;
    random_stream stream;
    int64_t missing; /* policy of the data set */
} view_case;

static inline void draw_data(view_case *c)
{
    const int64_t policies[] = {LSTM_MISSING_FORWARD, LSTM_MISSING_LINEAR, LSTM_MISSING_SEASONAL,
                                LSTM_MISSING_MASK, LSTM_MISSING_MASK};
    int64_t roles[CASE_MAX_COLUMN], n = random_int(&c->stream, 1, CASE_MAX_COLUMN);
    bool plain = random_int(&c->stream, 0, 2) == 0;
    for (int64_t j = 0; j < n; j++)
        roles[j] = plain ? LSTM_ROLE_BOTH : random_int(&c->stream, 0, 3);
    roles[random_int(&c->stream, 0, n - 1)] = LSTM_ROLE_BOTH;
    lstm_dataset_options options = LSTM_DATASET_OPTIONS_INIT;
    options.n_column = n;
    options.roles = roles;
    options.step_unit = random_int(&c->stream, 0, 2);
    options.step = options.step_unit == LSTM_STEP_SECONDS ? 3600 : 1;
    options.missing = c->missing = policies[random_int(&c->stream, 0, 4)];
    options.season_len = 3;
    options.n_static = random_int(&c->stream, 0, 2);
    assert_ok(lstm_dataset_new(&c->data, &options));
    if (options.step_unit != LSTM_STEP_ROWS && random_int(&c->stream, 0, 1))
        assert_ok(lstm_dataset_add_calendar(
            c->data, LSTM_CALENDAR_HOUR + LSTM_CALENDAR_MONTH + LSTM_CALENDAR_WORKDAY, NULL, 0));
}

static inline void draw_series(view_case *c, int64_t series)
{
    lstm_real rows[CASE_MAX_ROW * CASE_MAX_COLUMN], statics[2];
    statics[0] = (lstm_real)(1 + series);
    statics[1] = (lstm_real)(500 - series * series);
    int64_t n = random_int(&c->stream, 3, CASE_MAX_ROW), C = lstm_dataset_width(c->data);
    for (int64_t i = 0; i < n * C; i++)
        rows[i] = i < (n - 1) * C && random_int(&c->stream, 0, 5) == 0
                      ? (lstm_real)NAN
                      : (lstm_real)random_int(&c->stream, 1, 32) / 8;
    assert_ok(lstm_dataset_add(c->data, NULL, rows, n, 86400 * 30 * random_int(&c->stream, 0, 40)));
    bool known = false;
    for (int64_t j = 0; j < C; j++)
        known = known || lstm_dataset_role(c->data, j) == LSTM_ROLE_KNOWN;
    if (known && random_int(&c->stream, 0, 1)) {
        for (int64_t i = 0; i < 3 * C; i++)
            rows[i] = (lstm_real)random_int(&c->stream, 1, 32) / 8;
        assert_ok(lstm_dataset_set_future(c->data, series, rows, 3));
    }
    if (lstm_dataset_statics(c->data) > 0 && random_int(&c->stream, 0, 2) > 0)
        assert_ok(lstm_dataset_set_static(c->data, series, statics));
}

static inline void draw_options(view_case *c)
{
    lstm_view_options *o = &c->options;
    random_stream *r = &c->stream;
    bool independent = true;
    for (int64_t j = 0; j < lstm_dataset_width(c->data); j++)
        independent = independent && lstm_dataset_role(c->data, j) != LSTM_ROLE_TARGET;
    *o = (lstm_view_options)LSTM_VIEW_OPTIONS_INIT;
    o->segment_len = random_int(r, 0, 4);
    o->context_len = random_int(r, 1, 4);
    o->horizon = random_int(r, 0, 3);
    o->channels = independent ? random_int(r, 0, 1) : LSTM_CHANNELS_JOINT;
    o->column_input = o->channels == LSTM_CHANNELS_JOINT ? 0 : random_int(r, 0, 1);
    o->transform = random_int(r, 0, 3);
    o->lambda = o->transform == LSTM_TRANSFORM_BOXCOX ? .5 * (double)random_int(r, -2, 4) : 0;
    o->difference = random_int(r, 0, 2) == 0 ? random_int(r, 1, 3) : 0;
    o->scaling = random_int(r, 0, 3);
    o->scale_series = random_int(r, 0, 1);
    o->base = random_int(r, 0, 2);
    int64_t context = o->context_len * (o->segment_len == 0 ? 1 : o->segment_len);
    o->base_len = o->base == LSTM_BASE_MEAN ? random_int(r, 0, context) : 0;
    o->spread_floor = random_int(r, 0, 2) == 0 ? .5 : 0;
    o->past = LSTM_PAST_HOLD;
    o->missing_input = random_int(r, 0, 1);
    o->skip_context = random_int(r, 0, 1);
    o->part = random_int(r, 0, 2);
    o->skip_short = random_int(r, 0, 2) == 0;
}

static inline void define_reference(view_case *c)
{
    reference_view *v = &c->reference;
    *v = (reference_view){c->data, c->options, c->missing};
    v->o.segment_len = v->o.segment_len == 0 ? 1 : v->o.segment_len;
    v->o.horizon = v->o.horizon == 0 ? 1 : v->o.horizon;
    if (v->o.base_len == 0)
        v->o.base_len = v->o.context_len * v->o.segment_len;
}

/** Free it with view_case_close(). */
static inline void view_case_open(view_case *c, uint64_t number)
{
    *c = (view_case){.stream = number};
    snprintf(c->name, sizeof c->name, "case %llu", (unsigned long long)number);
    draw_data(c);
    for (int64_t s = 0, n = random_int(&c->stream, 1, CASE_MAX_SERIES); s < n; s++)
        draw_series(c, s);
    if (random_int(&c->stream, 0, 1))
        assert_ok(lstm_dataset_split_fraction(c->data, LSTM_ALL_SERIES, .6, .2));
    draw_options(c);
    define_reference(c);
    int64_t n = 0, origin;
    for (int64_t s = 0; s < lstm_dataset_series(c->data); s++)
        n += reference_windows(&c->reference, s, &origin);
    if (n == 0)
        assert_status(lstm_view_new(&c->view, c->data, &c->options), LSTM_E_SHAPE, "in its part");
    else
        assert_ok(lstm_view_new(&c->view, c->data, &c->options));
}

static inline void view_case_close(view_case *c)
{
    lstm_view_free(c->view);
    lstm_dataset_free(c->data);
}

#endif
